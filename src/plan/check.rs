//! Looking at a server's certificates: what is asked.

use std::path::PathBuf;
use std::time::Duration;

use super::{Dial, Remote};

/// Look at the certificates that a server shows; no data is exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateCheck {
    /// The server: a port of a host, or another end that is a stream.
    pub remote: Remote,
    /// How it is reached. The TLS in it says whom to believe; its deadline holds for the whole of
    /// the handshake.
    pub dial: Dial,
    /// A certificate that expires within this time is a failure of its own.
    pub warn: Option<Duration>,
    /// The file that the chain is written to, in PEM, whether it is believed or not. One that is
    /// there already is left as it is.
    pub pem: Option<PathBuf>,
}
