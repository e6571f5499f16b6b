//! What can be wrong with a SOCKS client.

use super::{Version, five, four};
use crate::proto::socks5::Refusal;
use crate::proto::target::NameError;

/// Why a client's handshake ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SocksError {
    /// A message that begins neither with 4 nor with 5: this is no SOCKS client.
    #[error("not a SOCKS request: version {0}")]
    Version(u8),
    /// The client does not offer the method that it must use.
    #[error("SOCKS 5 client without an acceptable authentication method")]
    NoMethod,
    /// The credentials' message does not begin with 1.
    #[error("SOCKS 5 credentials of version {0}")]
    AuthenticationVersion(u8),
    /// User or password are wrong.
    #[error("SOCKS client with wrong credentials")]
    Authentication(Version),
    /// Another command than CONNECT.
    #[error("SOCKS command {1} is not supported")]
    Command(Version, u8),
    /// The reserved byte of the request, which must be 0.
    #[error("malformed SOCKS 5 request: reserved byte {0}")]
    Reserved(u8),
    /// A type of address whose length is not known.
    #[error("malformed SOCKS 5 request: address type {0}")]
    AddressType(u8),
    /// A SOCKS 4 user id that does not end in time.
    #[error("SOCKS 4 user of more than {} bytes", four::USER_MAX)]
    User,
    /// A name that is no host's.
    #[error("SOCKS request for a name that is none: {1}")]
    Name(Version, NameError),
}

impl SocksError {
    /// What to send before closing; nothing to who speaks another protocol.
    pub fn reply(self) -> Vec<u8> {
        match self {
            Self::Version(_) => Vec::new(),
            Self::NoMethod => vec![five::VERSION, five::NOTHING_ACCEPTABLE],
            Self::AuthenticationVersion(_) | Self::Authentication(Version::Five) => {
                vec![five::AUTHENTICATION_VERSION, 1]
            }
            Self::Authentication(Version::Four) => four::refused(four::OTHER_USER),
            Self::User => four::refused(four::REJECTED),
            Self::Command(version, _) => version.refused(Refusal::Command),
            Self::AddressType(_) => Version::Five.refused(Refusal::AddressType),
            Self::Reserved(_) => Version::Five.refused(Refusal::General),
            Self::Name(version, _) => version.refused(Refusal::General),
        }
    }
}
