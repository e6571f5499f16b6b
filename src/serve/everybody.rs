//! A datagram socket that locks on to nobody: what anybody sends is written out, and what we send
//! goes to whoever spoke last.
//!
//! It has no end, so `-q`, `-w` and `-W`, which say when to leave, say nothing here.

use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::net::SocketAddr;
use std::task::Poll;

use rustix::net::{SocketAddrAny, SocketAddrUnix};

use super::door;
use crate::endpoint::stdio::{self, Input};
use crate::endpoint::unix;
use crate::event::{Error, Event, Failure, Observer, Peer};
use crate::layer::Stages;
use crate::plan::{Listen, Local, Transport, UnixKind};
use crate::relay::{Terms, datagram};
use crate::sys::fd::Fd;

/// Hears everybody, for ever.
pub async fn hear(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let output = stdio::output(false)?;
    let input = stdio::input(&listen.session)?;
    let terms = Terms::open(&listen.session, observer)?;
    let Some(out) = output.fd() else {
        return Ok(());
    };
    // a path of our own is removed with its listener, which lives as long as we hear
    let (sockets, _path): (Vec<Fd>, _) = match &listen.local {
        Local::Inet { transport, .. } => {
            let bound = door::bind(listen, *transport, md5_key, observer).await?;
            (bound.into_iter().map(|bound| bound.fd).collect(), None)
        }
        Local::Vsock { .. } => {
            return Err(Error::Unsupported {
                what: "vsock",
                error: std::io::Error::from_raw_os_error(libc::EAFNOSUPPORT),
            });
        }
        Local::Unix { kind, name } => {
            let listener = unix::listen(*kind, name)?;
            observer.observe(&Event::Bound(listener.peer()));
            let (fd, path) = listener.into_parts();
            (vec![fd], path)
        }
    };
    let room = Room { sockets, last: RefCell::new(None), observer };
    let hearing = async {
        let each = (0..room.sockets.len()).map(|index| room.receive(index, &out));
        door::first(each).await
    };
    tokio::select! {
        biased; // who spoke last is known before we speak
        error = hearing => Err(error),
        error = room.speak(&input, &terms) => Err(error),
    }
}

/// Everybody who is heard.
struct Room<'a> {
    sockets: Vec<Fd>,
    /// Who spoke last, and on which socket.
    last: RefCell<Option<(usize, SocketAddrAny)>>,
    observer: &'a dyn Observer,
}

impl Room<'_> {
    async fn receive(&self, index: usize, out: &Fd) -> Error {
        let socket = &self.sockets[index];
        let mut buffer = vec![0; datagram::LARGEST];
        loop {
            let (count, sender) = match socket.receive_whole(&mut buffer).await {
                Ok(received) => received,
                // somebody whom we answered is gone; the others are not
                Err(error) if Failure::of_network(&error) != Failure::Other => continue,
                Err(error) => return Error::Accept(error),
            };
            if let Some(sender) = sender {
                let known =
                    self.last.borrow().as_ref().is_some_and(|(_, before)| *before == sender);
                if !known {
                    self.observer.observe(&Event::Heard(peer(&sender)));
                    self.last.replace(Some((index, sender)));
                }
            }
            if let Err(error) = out.write_all(&buffer[..count]).await {
                return Error::Output { error, undelivered: count as u64 };
            }
        }
    }

    /// Sends our input to whoever spoke last. Before anybody spoke, it is not read. Comes back only
    /// where reading fails: after the end of our input, we go on hearing.
    async fn speak(&self, input: &Input, terms: &Terms<'_>) -> Error {
        let Some(from) = input.fd() else {
            return pending().await;
        };
        let size = terms.session.datagram_size;
        let mut stages = Stages::outgoing(terms.session, terms.recorder.as_ref());
        let mut buffer = vec![0; size];
        let mut changed = Vec::new();
        loop {
            // both halves are one task: each datagram that is heard makes us look here
            poll_fn(|_| if self.last.borrow().is_some() { Poll::Ready(()) } else { Poll::Pending })
                .await;
            let count = match from.read(&mut buffer).await {
                Ok(0) => return pending().await,
                Ok(count) => count,
                Err(error) => return Error::Input(error),
            };
            let bytes = stages.pass(&buffer[..count], &mut changed).await;
            for message in datagram::messages(bytes, size, stages.cuts_lines()) {
                stages.pause_before().await;
                self.answer(message).await;
                stages.pause_after().await;
            }
        }
    }

    /// To whoever spoke last. Where that fails, it is between us and that one alone.
    async fn answer(&self, message: &[u8]) {
        let to = self.last.borrow().clone();
        let Some((index, to)) = to else {
            return;
        };
        if let Err(error) = self.sockets[index].send_to(message, &to).await {
            let error = Error::Connection { error, undelivered: message.len() as u64 };
            self.observer.observe(&Event::ClientFailed { peer: peer(&to), error });
        }
    }
}

fn peer(sender: &SocketAddrAny) -> Peer {
    if let Ok(address) = SocketAddr::try_from(sender.clone()) {
        return Peer::Inet { transport: Transport::Udp, host: None, address };
    }
    let unix = SocketAddrUnix::try_from(sender.clone()).ok();
    let name = unix.as_ref().and_then(unix::name_of);
    Peer::Unix { kind: UnixKind::Datagram, name }
}
