//! How long everything may take.

use std::time::Duration;

/// The deadlines of a proxy server, so that nobody holds a place for ever by doing nothing.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a request's head, or a SOCKS handshake, in all.
    pub head: Duration,
    /// For the next bytes of a request's body.
    pub body: Duration,
    /// For looking a target up and connecting to it, where the plan says nothing.
    pub dial: Duration,
    /// For the target of a forwarded request to answer, and for either side to take or send the
    /// next bytes of the answer.
    pub answer: Duration,
    /// For a client to finish, once it is told all.
    pub farewell: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            dial: Duration::from_secs(30),
            answer: Duration::from_secs(300),
            farewell: Duration::from_secs(2),
        }
    }
}
