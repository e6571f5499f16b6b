//! Who is in a chat: numbers, addresses, and who is told what.
//!
//! A user's number is that of its connection's descriptor, as with Ncat. A user leaves when it has
//! finished sending. The words are `proto::chat`'s.

use std::cell::RefCell;
use std::os::fd::{AsFd, AsRawFd};
use std::rc::Rc;

use super::feed::Feed;
use super::queue::Queue;
use crate::endpoint::Link;
use crate::event::Peer;
use crate::proto::chat::{self, User};

/// Everybody who is in the chat.
#[derive(Debug, Default)]
pub struct Room {
    users: RefCell<Vec<Present>>,
}

#[derive(Debug)]
struct Present {
    number: u32,
    peer: Vec<u8>,
}

impl Room {
    /// Somebody came: everybody is told, and the new one too.
    pub fn arrive(&self, link: &Link) -> Vec<u8> {
        let (number, peer) = (number(link), shown(link.peer()));
        let mut users = self.users.borrow_mut();
        let others = users.iter().map(|user| User { number: user.number, peer: &user.peer });
        let words = chat::arrival(User { number, peer: &peer }, others);
        users.push(Present { number, peer });
        words
    }

    /// Somebody is gone: the others are told, once.
    pub fn depart(&self, link: &Link, queue: &Rc<Queue>, feed: &Feed) {
        let number = number(link);
        let mut users = self.users.borrow_mut();
        let before = users.len();
        users.retain(|user| user.number != number);
        if users.len() < before {
            feed.put(&chat::departure(number), Some(queue));
        }
    }
}

/// The number that a user goes by.
pub fn number(link: &Link) -> u32 {
    link.fd().as_fd().as_raw_fd().unsigned_abs()
}

/// Address and port, or the name of the socket.
fn shown(peer: &Peer) -> Vec<u8> {
    match peer {
        Peer::Inet { address, .. } => {
            let canonical = std::net::SocketAddr::new(address.ip().to_canonical(), address.port());
            canonical.to_string().into_bytes()
        }
        Peer::Unix { name, .. } => {
            name.as_ref().map_or_else(Vec::new, crate::plan::UnixName::display)
        }
        Peer::File(path) => path.as_os_str().as_encoded_bytes().to_vec(),
        Peer::Vsock { cid, port } => format!("vsock:{cid}:{port}").into_bytes(),
    }
}
