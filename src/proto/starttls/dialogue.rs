//! What each protocol says of itself: how its bytes are cut into messages and what follows each.

use std::fmt::Debug;

use super::error::{Stage, StartTlsError};

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) bytes: Vec<u8>,
    /// What it is shown as.
    pub(super) shown: Vec<u8>,
}

impl Request {
    /// A command, which is sent with CR LF behind it.
    pub(super) fn line(text: &[u8]) -> Self {
        Self { bytes: [text, b"\r\n"].concat(), shown: text.to_vec() }
    }

    /// A binary message, shown by its name.
    pub(super) fn binary(bytes: Vec<u8>, name: &str) -> Self {
        Self { bytes, shown: name.as_bytes().to_vec() }
    }
}

/// What follows a message of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// More of the server's.
    Receive,
    /// A request; the server answers it.
    Send(Request),
    /// TLS.
    Done,
    /// A request, and TLS behind it without an answer.
    SendThenDone(Request),
}

/// One protocol's side of the conversation; it never sees where a read ended.
pub(super) trait Dialogue: Debug {
    /// What is said first, if the server does not speak first.
    fn start(&self) -> Option<Request> {
        None
    }

    /// Whether `seen`, never empty, is a whole message. Called once with each byte that comes, the
    /// last of `seen`.
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError>;

    /// What a message, whole or not, is shown as.
    fn shown(&self, message: &[u8]) -> Vec<u8>;

    /// Goes on from a whole message.
    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError>;

    /// What is waited for.
    fn stage(&self) -> Stage;

    /// Whether this byte means nothing between two messages, before the request for TLS.
    fn is_padding(&self, _byte: u8) -> bool {
        false
    }
}
