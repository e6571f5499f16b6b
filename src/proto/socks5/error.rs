//! What can go wrong with a SOCKS 5 proxy.

/// Why there is no tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Socks5Error {
    /// Not sent: the user has this many bytes.
    #[error("SOCKS 5 user of {0} bytes, not 1 to 255")]
    User(usize),
    /// Not sent: the password has this many bytes.
    #[error("SOCKS 5 password of {0} bytes, not 1 to 255")]
    Password(usize),
    /// A message that does not begin with 5: this is no SOCKS 5 proxy.
    #[error("not a SOCKS 5 answer: version {0}")]
    Version(u8),
    /// The proxy wants what was not offered, mostly a user and a password.
    #[error("SOCKS 5 proxy accepts none of the authentication methods offered")]
    NoMethod,
    /// The proxy chose a method that was not offered.
    #[error("SOCKS 5 proxy chose the authentication method {0}, which was not offered")]
    Method(u8),
    /// The answer to the credentials does not begin with 1.
    #[error("not an answer to SOCKS 5 credentials: version {0}")]
    AuthenticationVersion(u8),
    /// The credentials were refused, with this status.
    #[error("SOCKS 5 proxy refused user and password (status {0})")]
    Authentication(u8),
    /// The proxy says no.
    #[error("SOCKS 5 proxy: {0}")]
    Refused(#[from] Refusal),
    /// The reserved byte of the reply, which must be 0.
    #[error("malformed SOCKS 5 reply: reserved byte {0}")]
    Reserved(u8),
    /// A type of bound address whose length is not known.
    #[error("malformed SOCKS 5 reply: address type {0}")]
    AddressType(u8),
}

/// The reply's code, with the words of OpenBSD's netcat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 1
    #[error("General SOCKS server failure")]
    General,
    /// 2
    #[error("Connection not allowed by ruleset")]
    NotAllowed,
    /// 3
    #[error("Network unreachable")]
    NetworkUnreachable,
    /// 4
    #[error("Host unreachable")]
    HostUnreachable,
    /// 5
    #[error("Connection refused")]
    ConnectionRefused,
    /// 6
    #[error("TTL expired")]
    TtlExpired,
    /// 7
    #[error("Command not supported")]
    Command,
    /// 8
    #[error("Address type not supported")]
    AddressType,
    /// A code that the protocol does not have.
    #[error("Unknown error")]
    Unknown(u8),
}

impl Refusal {
    /// The code, for who refuses. 0 is none, for it means success: it becomes 1.
    pub fn code(self) -> u8 {
        match self {
            Self::General | Self::Unknown(0) => 1,
            Self::NotAllowed => 2,
            Self::NetworkUnreachable => 3,
            Self::HostUnreachable => 4,
            Self::ConnectionRefused => 5,
            Self::TtlExpired => 6,
            Self::Command => 7,
            Self::AddressType => 8,
            Self::Unknown(code) => code,
        }
    }
}

impl From<u8> for Refusal {
    fn from(code: u8) -> Self {
        match code {
            1 => Self::General,
            2 => Self::NotAllowed,
            3 => Self::NetworkUnreachable,
            4 => Self::HostUnreachable,
            5 => Self::ConnectionRefused,
            6 => Self::TtlExpired,
            7 => Self::Command,
            8 => Self::AddressType,
            code => Self::Unknown(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn codes_have_the_words_of_openbsd() {
        let texts = [
            (1, Refusal::General, "General SOCKS server failure"),
            (2, Refusal::NotAllowed, "Connection not allowed by ruleset"),
            (3, Refusal::NetworkUnreachable, "Network unreachable"),
            (4, Refusal::HostUnreachable, "Host unreachable"),
            (5, Refusal::ConnectionRefused, "Connection refused"),
            (6, Refusal::TtlExpired, "TTL expired"),
            (7, Refusal::Command, "Command not supported"),
            (8, Refusal::AddressType, "Address type not supported"),
            (9, Refusal::Unknown(9), "Unknown error"),
            (255, Refusal::Unknown(255), "Unknown error"),
        ];
        for (code, refusal, text) in texts {
            assert_eq!(Refusal::from(code), refusal);
            assert_eq!(refusal.code(), code);
            assert_eq!(refusal.to_string(), text);
        }
    }
}
