//! A SOCKS 5 proxy's reply to the request (RFC 1928 section 6).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{IPV4, IPV6, NAME, Refusal, Socks5Error, VERSION};

/// The address that the proxy connected from, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Mostly zeros.
    Ip(SocketAddr),
    /// Foreign bytes, possibly none, unchecked; and the port.
    Name(Vec<u8>, u16),
}

/// How many bytes it still needs at least: VER REP RSV ATYP BND.ADDR BND.PORT. The shortest is one with a name of
/// no bytes, so seven can be asked for before the type of the address is known.
pub(super) fn missing(seen: &[u8]) -> Result<usize, Socks5Error> {
    let whole = match *seen {
        [version, ..] if version != VERSION => return Err(Socks5Error::Version(version)),
        [_, code, ..] if code != 0 => return Err(Refusal::from(code).into()),
        [_, _, reserved, ..] if reserved != 0 => return Err(Socks5Error::Reserved(reserved)),
        [_, _, _, IPV4, ..] => 4 + 4 + 2,
        [_, _, _, IPV6, ..] => 4 + 16 + 2,
        [_, _, _, NAME, length, ..] => 4 + 1 + usize::from(length) + 2,
        [_, _, _, other, ..] if other != NAME => return Err(Socks5Error::AddressType(other)),
        _ => 4 + 1 + 2,
    };
    Ok(whole - seen.len())
}

/// What a whole reply says.
pub(super) fn bound(reply: &[u8]) -> Bound {
    let [_, _, _, kind, address @ .., high, low] = reply else {
        return Bound::Name(Vec::new(), 0); // not whole
    };
    let port = u16::from_be_bytes([*high, *low]);
    if *kind == NAME {
        let (_length, name) = address.split_at(address.len().min(1));
        Bound::Name(name.to_vec(), port)
    } else if let Ok(octets) = <[u8; 16]>::try_from(address) {
        Bound::Ip((Ipv6Addr::from(octets), port).into())
    } else {
        let octets = <[u8; 4]>::try_from(address).unwrap_or_default();
        Bound::Ip((Ipv4Addr::from(octets), port).into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Refusal, Socks5Error, bound, missing};

    #[test]
    fn every_type_of_bound_address_has_its_length() {
        let v6 = b"\x05\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x50";
        let replies: &[(&[u8], Bound)] = &[
            (b"\x05\0\0\x01\x7f\0\0\x01\0\x50", Bound::Ip(([127, 0, 0, 1], 80).into())),
            (v6, Bound::Ip("[::1]:80".parse().unwrap())),
            (b"\x05\0\0\x03\0\0\x50", Bound::Name(b"".to_vec(), 80)),
            (b"\x05\0\0\x03\x01p\0\x50", Bound::Name(b"p".to_vec(), 80)),
            (b"\x05\0\0\x03\x06proxy\n\0\x50", Bound::Name(b"proxy\n".to_vec(), 80)),
        ];
        for (reply, address) in replies {
            for seen in 0..reply.len() {
                let wanted = missing(&reply[..seen]).unwrap();
                assert!((1..=reply.len() - seen).contains(&wanted));
            }
            assert_eq!(missing(reply), Ok(0));
            assert_eq!(bound(reply), *address);
        }
    }

    #[test]
    fn every_fixed_byte_is_checked_as_soon_as_it_is_there() {
        assert_eq!(missing(b"\x04"), Err(Socks5Error::Version(4)));
        assert_eq!(missing(b"\x05\x05"), Err(Socks5Error::Refused(Refusal::ConnectionRefused)));
        assert_eq!(missing(b"\x05\0\x01"), Err(Socks5Error::Reserved(1)));
        assert_eq!(missing(b"\x05\0\0\x02"), Err(Socks5Error::AddressType(2)));
    }
}
