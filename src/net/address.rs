//! Numeric addresses, with an optional `%zone`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::sys::resolver;

/// Reads a numeric address; `None` where it is a name.
pub fn numeric(host: &[u8], port: u16) -> Option<SocketAddr> {
    let text = std::str::from_utf8(host).ok()?;
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, port));
    }
    let (address, zone) = text.split_once('%')?;
    let address: Ipv6Addr = address.parse().ok()?;
    let scope = resolver::interface_index(zone.as_bytes())?;
    Some(SocketAddrV6::new(address, port, 0, scope).into())
}

/// Every address of a family, and a port.
pub fn any(ipv6: bool, port: u16) -> SocketAddr {
    if ipv6 { (Ipv6Addr::UNSPECIFIED, port).into() } else { (Ipv4Addr::UNSPECIFIED, port).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_addresses_and_names_are_not() {
        let loopback: SocketAddr = "127.0.0.1:80".parse().unwrap();
        assert_eq!(numeric(b"127.0.0.1", 80), Some(loopback));
        assert_eq!(numeric(b"::1", 80), Some("[::1]:80".parse().unwrap()));
        let zoned = numeric(b"fe80::1%lo", 80).unwrap();
        assert!(matches!(zoned, SocketAddr::V6(v6) if v6.scope_id() == 1));
        for name in [&b"localhost"[..], b"fe80::1%no-such-zone", b"127.0.0.1%lo", b"", b"\xff"] {
            assert_eq!(numeric(name, 80), None, "{name:?}");
        }
    }
}
