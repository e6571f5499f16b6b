//! Where a proxy is to connect to: an address or a name, and a port.
//!
//! The one place where a name is checked before it gets into a SOCKS or HTTP request; a
//! [`HostName`] that exists is safe to send in any of them. Nothing is resolved here.

use std::net::IpAddr;

/// The destination behind a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A numeric address and a port.
    Ip(IpAddr, u16),
    /// A name for the proxy to resolve, and a port.
    Name(HostName, u16),
}

impl Target {
    /// Takes `host` as an address if it is one in its usual spelling (dotted quad; IPv6 without
    /// brackets and zone), else as a name.
    pub fn new(host: &[u8], port: u16) -> Result<Self, NameError> {
        let address = std::str::from_utf8(host).ok().and_then(|text| text.parse().ok());
        match address {
            Some(address) => Ok(Self::Ip(address, port)),
            None => Ok(Self::Name(HostName::new(host)?, port)),
        }
    }

    /// The port, in the order of the host.
    pub fn port(&self) -> u16 {
        match self {
            Self::Ip(_, port) | Self::Name(_, port) => *port,
        }
    }
}

/// A name of 1 to 255 bytes, none of which can end, split or fold a request: no control
/// character, blank, bracket or colon. Bytes above 127 pass, for names in UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(Vec<u8>);

impl HostName {
    /// The longest name that SOCKS 5 can carry (its length is one byte), in bytes.
    pub const MAX: u8 = u8::MAX;

    /// Checks a name.
    pub fn new(name: &[u8]) -> Result<Self, NameError> {
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > usize::from(Self::MAX) {
            return Err(NameError::TooLong(name.len()));
        }
        // A colon would move the border between host and port in `CONNECT host:port`.
        match name
            .iter()
            .find(|&&byte| byte.is_ascii_control() || matches!(byte, b' ' | b'[' | b']' | b':'))
        {
            Some(&byte) => Err(NameError::Byte(byte)),
            None => Ok(Self(name.to_vec())),
        }
    }

    /// The name as it is sent.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its length as SOCKS 5 sends it.
    pub(super) fn length_byte(&self) -> u8 {
        u8::try_from(self.0.len()).unwrap_or(Self::MAX)
    }
}

/// Why a name is not sent to a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No byte at all.
    #[error("empty host name")]
    Empty,
    /// More than [`HostName::MAX`] bytes; this many.
    #[error("host name of {0} bytes, longer than 255")]
    TooLong(usize),
    /// A byte that no host name has and that could change the meaning of a request.
    #[error("host name with the byte \\x{0:02x} in it")]
    Byte(u8),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{HostName, NameError, Target};
    use crate::proto::fuzz;

    #[test]
    fn addresses_are_told_from_names() {
        assert_eq!(Target::new(b"192.0.2.9", 8080), Ok(Target::Ip([192, 0, 2, 9].into(), 8080)));
        let loopback = Target::Ip("::1".parse().unwrap(), 1);
        assert_eq!(Target::new(b"::1", 1), Ok(loopback));
        for name in [&b"host.example"[..], b"192.0.2", b"b\xc3\xbccher.example", b"a"] {
            let target = Target::new(name, 8080).unwrap();
            assert_eq!(target, Target::Name(HostName::new(name).unwrap(), 8080));
            assert_eq!(target.port(), 8080);
        }
    }

    #[test]
    fn names_that_could_change_a_request_are_refused() {
        assert_eq!(HostName::new(b""), Err(NameError::Empty));
        assert_eq!(HostName::new(&[b'a'; 256]), Err(NameError::TooLong(256)));
        assert_eq!(HostName::new(&[b'a'; 255]).unwrap().length_byte(), 255);
        for byte in *b"\0\r\n\t []:\x1b\x7f" {
            for name in [vec![byte], vec![byte, b'a'], vec![b'a', byte], vec![b'a', byte, b'b']] {
                assert_eq!(HostName::new(&name), Err(NameError::Byte(byte)));
            }
        }
        for literal in [&b"[::1]"[..], b"fe80::1%eth0", b"host:25"] {
            assert!(Target::new(literal, 80).is_err());
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_keeps_its_place_in_a_request(host in "[ -~\\r\\n\\x00]{0,40}") {
            fuzz::target(host.as_bytes());
        }
    }
}
