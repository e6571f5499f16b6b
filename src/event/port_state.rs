//! What a scan finds out.

use super::Error;

/// What a scan found out about a port.
#[derive(Debug)]
pub enum PortState {
    /// A connection stood, or a datagram came back. Without either where a UDP scan takes silence
    /// for open.
    Open {
        /// Bytes of the datagram that came back; `None` where none did.
        answer: Option<usize>,
    },
    /// The host said that nobody listens.
    Closed(std::io::Error),
    /// Nothing came back until the deadline (`None`) or until the kernel gave up, with its error.
    NoAnswer(Option<std::io::Error>),
    /// It could not be tried.
    Failed(std::io::Error),
    /// The proxy did not open the way.
    ProxyRefused(Box<Error>),
}
