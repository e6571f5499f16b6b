//! SOCKS 4 and 4a, the client's side: one request, one answer of eight bytes.
//!
//! After "SOCKS: A protocol for TCP proxy across firewalls" (Y. Lee) and its extension 4A. Only
//! CONNECT; whether a name is resolved here (4) or by the proxy (4a) is decided by whoever makes
//! the [`Target`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4};

use super::step::{Fed, Step};
use super::target::Target;

const VERSION: u8 = 4;
const CONNECT: u8 = 1;
const GRANTED: u8 = 90;
const REPLY_LEN: usize = 8;

/// In place of an address: the name follows behind the user.
const NAME_FOLLOWS: Ipv4Addr = Ipv4Addr::new(0, 0, 0, 1);

/// The request to connect to `target` as `user`, who may be empty: SOCKS 4 for an IPv4 address,
/// 4a for a name.
pub fn request(target: &Target, user: &[u8]) -> Result<Vec<u8>, Socks4Error> {
    let (address, name) = match target {
        Target::Ip(IpAddr::V6(address), _) => return Err(Socks4Error::Ipv6(*address)),
        Target::Ip(IpAddr::V4(address), _) => match address.octets() {
            [0, 0, 0, 1..=255] => return Err(Socks4Error::Marker(*address)),
            _ => (*address, None),
        },
        Target::Name(name, _) => (NAME_FOLLOWS, Some(name)),
    };
    if user.contains(&0) {
        return Err(Socks4Error::User);
    }
    let mut request = vec![VERSION, CONNECT];
    request.extend(target.port().to_be_bytes());
    request.extend(address.octets());
    request.extend(user);
    request.push(0);
    if let Some(name) = name {
        request.extend(name.as_bytes());
        request.push(0);
    }
    Ok(request)
}

/// The proxy's answer, read in whatever pieces it comes.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    bytes: [u8; REPLY_LEN],
    seen: usize,
}

impl Reply {
    /// Takes what belongs to the answer from `input`. [`Step::Done`] brings the address that the
    /// proxy names, mostly zeros; [`Step::Send`] does not occur.
    ///
    /// A refusal is an error as soon as its code is seen, for the proxy may close behind it.
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed<SocketAddrV4>, Socks4Error> {
        let used = input.len().min(REPLY_LEN - self.seen);
        self.bytes[self.seen..self.seen + used].copy_from_slice(&input[..used]);
        self.seen += used;
        match self.bytes[..self.seen] {
            [version, ..] if version != 0 => return Err(Socks4Error::Version(version)),
            [_, code, ..] if code != GRANTED => return Err(Refusal::from(code).into()),
            _ => {}
        }
        let [_, _, high, low, address @ ..] = self.bytes;
        let port = u16::from_be_bytes([high, low]);
        let step = match REPLY_LEN - self.seen {
            0 => Step::Done(SocketAddrV4::new(address.into(), port)),
            missing => Step::Read(missing),
        };
        Ok(Fed { used, step })
    }
}

/// Why there is no tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Socks4Error {
    /// Not sent: the protocol has IPv4 addresses only.
    #[error("SOCKS 4 cannot carry the IPv6 address {0}")]
    Ipv6(Ipv6Addr),
    /// Not sent: 0.0.0.1 to 0.0.0.255 mean "a name follows" to a 4a proxy.
    #[error("SOCKS 4 cannot carry the address {0}")]
    Marker(Ipv4Addr),
    /// Not sent: the user's name would end at its NUL.
    #[error("SOCKS 4 user with a NUL in it")]
    User,
    /// The first byte of the answer, which must be 0: this is no SOCKS 4 proxy.
    #[error("not a SOCKS 4 answer: version {0}")]
    Version(u8),
    /// The proxy says no.
    #[error("SOCKS 4 proxy: {0}")]
    Refused(#[from] Refusal),
}

/// The answer's code, with the words of OpenBSD's netcat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 91
    #[error("Request rejected or failed")]
    Rejected,
    /// 92
    #[error("SOCKS server cannot connect to identd on the client")]
    NoIdentd,
    /// 93
    #[error("Client program and identd report different user-ids")]
    OtherUser,
    /// A code that the protocol does not have.
    #[error("Unknown error")]
    Unknown(u8),
}

impl From<u8> for Refusal {
    fn from(code: u8) -> Self {
        match code {
            91 => Self::Rejected,
            92 => Self::NoIdentd,
            93 => Self::OtherUser,
            code => Self::Unknown(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Refusal, Reply, Socks4Error, request};
    use crate::proto::fuzz;
    use crate::proto::step::{Fed, Step};
    use crate::proto::target::Target;

    fn sent(host: &str, user: &[u8]) -> Result<Vec<u8>, Socks4Error> {
        request(&Target::new(host.as_bytes(), 8080).unwrap(), user)
    }

    #[test]
    fn an_address_goes_by_4() {
        assert_eq!(sent("192.0.2.9", b"").unwrap(), b"\x04\x01\x1f\x90\xc0\0\x02\x09\0");
        assert_eq!(sent("192.0.2.9", b"joe").unwrap(), b"\x04\x01\x1f\x90\xc0\0\x02\x09joe\0");
    }

    #[test]
    fn a_name_goes_by_4a() {
        assert_eq!(
            sent("host.example", b"").unwrap(),
            b"\x04\x01\x1f\x90\0\0\0\x01\0host.example\0"
        );
        assert_eq!(
            sent("host.example", b"joe").unwrap(),
            b"\x04\x01\x1f\x90\0\0\0\x01joe\0host.example\0"
        );
    }

    #[test]
    fn what_cannot_be_said_is_not_sent() {
        assert_eq!(sent("::1", b""), Err(Socks4Error::Ipv6("::1".parse().unwrap())));
        assert_eq!(sent("0.0.0.7", b""), Err(Socks4Error::Marker([0, 0, 0, 7].into())));
        assert!(sent("0.0.0.0", b"").is_ok());
        assert_eq!(sent("host.example", b"joe\0evil.example"), Err(Socks4Error::User));
    }

    #[test]
    fn the_bytes_behind_the_answer_are_not_taken() {
        let done = Reply::default().feed(b"\0\x5a\x1f\x90\xc0\0\x02\x09SSH-2.0");
        let bound = "192.0.2.9:8080".parse().unwrap();
        assert_eq!(done, Ok(Fed { used: 8, step: Step::Done(bound) }));
    }

    #[test]
    fn an_answer_in_pieces() {
        let mut reply = Reply::default();
        for (piece, missing) in [(&b""[..], 8), (b"\0", 7), (b"\x5a\0\0", 4), (b"\0\0\0", 1)] {
            let read_on = Fed { used: piece.len(), step: Step::Read(missing) };
            assert_eq!(reply.feed(piece), Ok(read_on));
        }
        let bound = "0.0.0.0:0".parse().unwrap();
        assert_eq!(reply.feed(b"\0x"), Ok(Fed { used: 1, step: Step::Done(bound) }));
        assert_eq!(reply.feed(b"x"), Ok(Fed { used: 0, step: Step::Done(bound) }));
    }

    #[test]
    fn refusals_are_told_from_their_first_two_bytes() {
        let texts = [
            (91, Refusal::Rejected, "Request rejected or failed"),
            (92, Refusal::NoIdentd, "SOCKS server cannot connect to identd on the client"),
            (93, Refusal::OtherUser, "Client program and identd report different user-ids"),
            (0, Refusal::Unknown(0), "Unknown error"),
            (94, Refusal::Unknown(94), "Unknown error"),
        ];
        for (code, refusal, text) in texts {
            let refused = Reply::default().feed(&[0, code]);
            assert_eq!(refused, Err(Socks4Error::Refused(refusal)));
            assert_eq!(refusal.to_string(), text);
        }
        assert_eq!(Reply::default().feed(b"\x04\x5a"), Err(Socks4Error::Version(4)));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_reads(
            mut bytes in prop::collection::vec(any::<u8>(), 3..20),
            version in prop_oneof![9 => Just(0), 1 => any::<u8>()],
            code in prop_oneof![5 => Just(90), 1 => any::<u8>()],
        ) {
            bytes[1] = version;
            bytes[2] = code;
            fuzz::socks4(&bytes);
        }
    }
}
