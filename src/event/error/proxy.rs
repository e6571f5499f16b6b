//! Why the way through a proxy is not open.

use std::io;

use crate::event::Failure;
use crate::plan::Host;
use crate::proto::connect::CredentialsError;
use crate::proto::head::HeadError;
use crate::proto::socks4::Socks4Error;
use crate::proto::socks5::Socks5Error;
use crate::proto::target::NameError;

/// Why a proxy did not open the way.
#[derive(Debug)]
pub enum ProxyReason {
    /// The target or the user cannot be said in the proxy's protocol.
    Name(NameError),
    /// User or password cannot be said in Basic authentication.
    Credentials(CredentialsError),
    /// SOCKS 4 answered with a refusal or nonsense.
    Socks4(Socks4Error),
    /// SOCKS 5 answered with a refusal or nonsense.
    Socks5(Socks5Error),
    /// The answer to HTTP CONNECT is none.
    Head(HeadError),
    /// SOCKS 4 needs the target's address, and its name could not be looked up here.
    Lookup {
        /// The target's host as given.
        host: Host,
        /// The target's port.
        port: u16,
        /// The resolver's words.
        reason: String,
    },
    /// HTTP CONNECT: the proxy said no.
    Status {
        /// The status line without its line end, in the proxy's bytes.
        line: Vec<u8>,
        /// The status.
        status: u16,
    },
    /// It wants credentials that were refused too often.
    TooManyAuthenticationFailures,
    /// The connection to it failed in the middle; `UnexpectedEof` where it just closed.
    Io(io::Error),
}

impl ProxyReason {
    /// The kind of failure: the proxy's own no, or something that is no answer to the question.
    pub(super) fn failure(&self) -> Failure {
        match self {
            Self::Lookup { .. } => Failure::NotFound,
            Self::Status { .. }
            | Self::TooManyAuthenticationFailures
            | Self::Socks4(Socks4Error::Refused(_))
            | Self::Socks5(
                Socks5Error::Refused(_) | Socks5Error::NoMethod | Socks5Error::Authentication(_),
            ) => Failure::Refused,
            _ => Failure::Other,
        }
    }
}

impl From<NameError> for ProxyReason {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

impl From<CredentialsError> for ProxyReason {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl From<Socks4Error> for ProxyReason {
    fn from(error: Socks4Error) -> Self {
        Self::Socks4(error)
    }
}

impl From<Socks5Error> for ProxyReason {
    fn from(error: Socks5Error) -> Self {
        Self::Socks5(error)
    }
}

impl From<HeadError> for ProxyReason {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

impl From<io::Error> for ProxyReason {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
