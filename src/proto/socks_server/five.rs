//! The messages of SOCKS 5.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{SocksError, Version};
use crate::proto::constant_time;
use crate::proto::socks5::{Credentials, Refusal};
use crate::proto::target::Target;

pub(super) const VERSION: u8 = 5;
pub(super) const AUTHENTICATION_VERSION: u8 = 1;
pub(super) const NO_AUTHENTICATION: u8 = 0;
pub(super) const USER_AND_PASSWORD: u8 = 2;
pub(super) const NOTHING_ACCEPTABLE: u8 = 0xff;

const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// How many bytes still miss: VER NMETHODS METHODS (RFC 1928 section 3).
pub(super) fn greeting_missing(seen: &[u8]) -> usize {
    let whole = seen.get(1).map_or(2, |&count| 2 + usize::from(count));
    whole.saturating_sub(seen.len())
}

/// The answer that chooses `method`.
pub(super) fn choose(greeting: &[u8], method: u8) -> Result<Vec<u8>, SocksError> {
    let offered = greeting.get(2..).unwrap_or_default().contains(&method);
    if offered { Ok(vec![VERSION, method]) } else { Err(SocksError::NoMethod) }
}

/// VER ULEN UNAME PLEN PASSWD (RFC 1929 section 2).
pub(super) fn password_missing(seen: &[u8]) -> Result<usize, SocksError> {
    let whole = match *seen {
        [version, ..] if version != AUTHENTICATION_VERSION => {
            return Err(SocksError::AuthenticationVersion(version));
        }
        [_, user, ..] => {
            let user = usize::from(user);
            3 + user + seen.get(2 + user).map_or(0, |&password| usize::from(password))
        }
        _ => 3,
    };
    Ok(whole.saturating_sub(seen.len()))
}

/// The answer that the credentials are right.
pub(super) fn authenticate(
    message: &[u8],
    credentials: Option<&Credentials>,
) -> Result<Vec<u8>, SocksError> {
    // Compared as they are sent: the lengths in the message make it unambiguous.
    if credentials.is_some_and(|known| constant_time::eq(known.message(), message)) {
        Ok(vec![AUTHENTICATION_VERSION, 0])
    } else {
        Err(SocksError::Authentication(Version::Five))
    }
}

/// VER CMD RSV ATYP DST.ADDR DST.PORT (RFC 1928 section 4). A wrong command is an error only in a
/// whole request, so that nothing unread is left that would turn our reply into a reset.
pub(super) fn request_missing(seen: &[u8]) -> Result<usize, SocksError> {
    let whole = match *seen {
        [version, ..] if version != VERSION => return Err(SocksError::Version(version)),
        [_, _, reserved, ..] if reserved != 0 => return Err(SocksError::Reserved(reserved)),
        [_, _, _, IPV4, ..] => 4 + 4 + 2,
        [_, _, _, IPV6, ..] => 4 + 16 + 2,
        [_, _, _, NAME, length, ..] => 4 + 1 + usize::from(length) + 2,
        [_, _, _, other, ..] if other != NAME => return Err(SocksError::AddressType(other)),
        _ => 4 + 1 + 2,
    };
    Ok(whole.saturating_sub(seen.len()))
}

/// What a whole request asks for.
pub(super) fn target(request: &[u8]) -> Result<Target, SocksError> {
    let [_, command, _, kind, address @ .., high, low] = request else {
        return Err(SocksError::AddressType(0)); // not whole
    };
    if *command != CONNECT {
        return Err(SocksError::Command(Version::Five, *command));
    }
    let port = u16::from_be_bytes([*high, *low]);
    if *kind == NAME {
        let name = address.get(1..).unwrap_or_default();
        Target::new(name, port).map_err(|error| SocksError::Name(Version::Five, error))
    } else if let Ok(octets) = <[u8; 16]>::try_from(address) {
        Ok(Target::Ip(IpAddr::from(octets), port))
    } else if let Ok(octets) = <[u8; 4]>::try_from(address) {
        Ok(Target::Ip(IpAddr::from(octets), port))
    } else {
        Err(SocksError::AddressType(*kind))
    }
}

pub(super) fn granted(bound: SocketAddr) -> Vec<u8> {
    reply(0, bound.ip().to_canonical(), bound.port())
}

pub(super) fn refused(refusal: Refusal) -> Vec<u8> {
    reply(refusal.code(), Ipv4Addr::UNSPECIFIED.into(), 0)
}

/// VER REP RSV ATYP BND.ADDR BND.PORT (RFC 1928 section 6).
fn reply(code: u8, address: IpAddr, port: u16) -> Vec<u8> {
    let mut reply = vec![VERSION, code, 0];
    match address {
        IpAddr::V4(address) => {
            reply.push(IPV4);
            reply.extend(address.octets());
        }
        IpAddr::V6(address) => {
            reply.push(IPV6);
            reply.extend(address.octets());
        }
    }
    reply.extend(port.to_be_bytes());
    reply
}
