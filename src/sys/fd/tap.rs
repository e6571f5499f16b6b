//! Who is shown what passes through a socket, at the very place where it passes.
//!
//! Whatever lies over a descriptor (TLS, a proxy's handshake, a program), here are the bytes that
//! the kernel was given and gave.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use super::{Fd, Kind};

/// Who is shown what passes through a socket. Nothing here waits.
pub trait Tap: Debug {
    /// These bytes were read; of a datagram, from this sender where it is known. A datagram may be
    /// empty.
    fn received(&self, bytes: &[u8], from: Option<SocketAddr>);

    /// The kernel took these bytes; of a datagram, to this address where it was named.
    fn sent(&self, bytes: &[u8], to: Option<SocketAddr>);

    /// The peer's stream was read to its end.
    fn peer_ended(&self);

    /// We ended our stream.
    fn ended(&self);

    /// A call failed, or an error was found to stand on the socket.
    fn failed(&self, error: &io::Error);

    /// Whether the connection is to be reset when it is closed.
    fn set_abort(&self, abort: bool);

    /// What it takes to read what follows is not known yet.
    fn hold_back(&self);

    /// What it takes is this (as the file has it that `SSLKEYLOGFILE` names), or never comes.
    fn let_go(&self, secrets: &str);
}

impl Fd {
    /// Shows what passes from now on. Only the first one is shown it.
    pub fn show_to(&self, tap: Rc<dyn Tap>) {
        // a connection is watched from its beginning, once
        let _ = self.tap.set(tap);
    }

    /// Who is shown what passes, if anybody is. It has to pass through us then.
    pub fn tap(&self) -> Option<&Rc<dyn Tap>> {
        self.tap.get()
    }

    pub(super) fn show_read(&self, read: &io::Result<usize>, buffer: &[u8]) {
        let Some(tap) = self.tap() else { return };
        match read {
            Ok(0) if self.kind != Kind::DatagramSocket && !buffer.is_empty() => tap.peer_ended(),
            Ok(count) => tap.received(&buffer[..*count], None),
            Err(error) => tap.failed(error),
        }
    }

    pub(super) fn show_written(&self, written: &io::Result<usize>, bytes: &[u8]) {
        let Some(tap) = self.tap() else { return };
        match written {
            Ok(count) => tap.sent(&bytes[..*count], None),
            Err(error) => tap.failed(error),
        }
    }

    pub(super) fn show_ended(&self) {
        if let Some(tap) = self.tap() {
            tap.ended();
        }
    }
}
