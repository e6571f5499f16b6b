//! Descriptors that a program passes over a Unix socket, as a receiver gets them.

use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::DEADLINE;

/// Waits for one byte with one connected TCP socket beside it; the socket blocks, with a deadline.
pub fn receive_one(from: &UnixStream) -> TcpStream {
    from.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    let mut byte = [1];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let got =
        recvmsg(from, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC);
    let length = got.map_or(0, |message| message.bytes);
    let mut passed: Vec<OwnedFd> = control
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!((length, byte, passed.len()), (1, [0], 1), "bytes, byte and descriptors passed");
    let stream = TcpStream::from(passed.remove(0));
    stream.set_nonblocking(false).expect("a blocking socket");
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    stream
}
