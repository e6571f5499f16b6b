//! A conversation that is over, in figures.

use std::time::Duration;

use super::TcpInfo;

/// One of the two sides of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Our own input.
    Us,
    /// The peer.
    Peer,
}

/// How a conversation went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Who finished first, if anybody did.
    pub first_to_finish: Option<Side>,
    /// Bytes of our input that the net took.
    pub sent: u64,
    /// Bytes of the peer that our output took.
    pub received: u64,
    /// Bytes that were accepted from one side and did not reach the other.
    pub undelivered: u64,
    /// From connection to close.
    pub duration: Duration,
    /// What the kernel knows of the connection, where the observer wants it.
    pub tcp: Option<TcpInfo>,
    /// Ended by a deadline (`-w`, `-q`) rather than by the sides.
    pub by_timeout: bool,
    /// Ended by a signal.
    pub interrupted: bool,
    /// Ended by an error, which is told by itself.
    pub failed: bool,
}
