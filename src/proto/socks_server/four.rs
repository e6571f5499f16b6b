//! The messages of SOCKS 4 and 4a.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{SocksError, Version};
use crate::proto::constant_time;
use crate::proto::socks5::Credentials;
use crate::proto::target::{HostName, NameError, Target};

pub(super) const VERSION: u8 = 4;
/// The longest user id, in bytes.
pub(super) const USER_MAX: usize = 255;
pub(super) const REJECTED: u8 = 91;
pub(super) const OTHER_USER: u8 = 93;

const CONNECT: u8 = 1;
const GRANTED: u8 = 90;
/// VN CD DSTPORT DSTIP; behind them the user id and a NUL.
const FIXED: usize = 8;

/// How many bytes the request still needs at least.
pub(super) fn missing(seen: &[u8]) -> Result<usize, SocksError> {
    let Some((fixed, rest)) = seen.split_at_checked(FIXED) else {
        return Ok(FIXED + 1 - seen.len());
    };
    let end = |text: &[u8]| text.iter().position(|&byte| byte == 0);
    let Some(user) = end(rest) else {
        return if rest.len() > USER_MAX { Err(SocksError::User) } else { Ok(1) };
    };
    let name = &rest[user + 1..];
    if !name_follows(fixed) || end(name).is_some() {
        return Ok(0);
    }
    if name.len() > usize::from(HostName::MAX) {
        return Err(SocksError::Name(Version::Four, NameError::TooLong(name.len())));
    }
    Ok(1)
}

/// What a whole request asks for.
pub(super) fn target(
    request: &[u8],
    credentials: Option<&Credentials>,
) -> Result<Target, SocksError> {
    let (fixed, rest) = request.split_at_checked(FIXED).unwrap_or((request, &[]));
    let &[_, command, high, low, a, b, c, d] = fixed else {
        return Err(SocksError::User); // not whole
    };
    if command != CONNECT {
        return Err(SocksError::Command(Version::Four, command));
    }
    let mut texts = rest.split(|&byte| byte == 0);
    let user = texts.next().unwrap_or_default();
    if credentials.is_some_and(|known| !constant_time::eq(&known.joined(), user)) {
        return Err(SocksError::Authentication(Version::Four));
    }
    let port = u16::from_be_bytes([high, low]);
    if name_follows(fixed) {
        let name = texts.next().unwrap_or_default();
        return Target::new(name, port).map_err(|error| SocksError::Name(Version::Four, error));
    }
    Ok(Target::Ip(IpAddr::V4([a, b, c, d].into()), port))
}

/// 0.0.0.1 to 0.0.0.255 are no addresses: the name stands behind the user.
fn name_follows(fixed: &[u8]) -> bool {
    matches!(fixed, [_, _, _, _, 0, 0, 0, 1..=255])
}

/// An address that SOCKS 4 cannot say is zeros, which clients take as "the proxy's".
pub(super) fn granted(bound: SocketAddr) -> Vec<u8> {
    let address = match bound.ip().to_canonical() {
        IpAddr::V4(address) => address,
        IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
    };
    [&[0, GRANTED][..], &bound.port().to_be_bytes(), &address.octets()].concat()
}

pub(super) fn refused(code: u8) -> Vec<u8> {
    vec![0, code, 0, 0, 0, 0, 0, 0]
}
