//! Whether an address is one that the proxy itself listens on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The addresses of our own door.
#[derive(Debug, Clone, Default)]
pub struct Ourselves(Vec<SocketAddr>);

impl Ourselves {
    /// Those that listen at these addresses.
    pub fn at(addresses: impl Iterator<Item = SocketAddr>) -> Self {
        Self(addresses.map(plain).collect())
    }

    /// Whether who connects to this address, as [`destination`] gives it, comes to us.
    pub fn are_at(&self, address: SocketAddr) -> bool {
        self.0.iter().any(|own| {
            own.port() == address.port()
                && (own.ip() == address.ip()
                    || own.ip().is_unspecified()
                        && own.is_ipv6() == address.is_ipv6()
                        && is_of_this_machine(address))
        })
    }
}

/// Where a connection to this address goes in the end: an IPv4-mapped address is the IPv4 address,
/// and the unspecified one is the machine itself. Rules are asked about this, so that no spelling
/// gets round them.
pub fn destination(address: SocketAddr) -> SocketAddr {
    let mut address = plain(address);
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn plain(mut address: SocketAddr) -> SocketAddr {
    if let IpAddr::V4(ip) = address.ip().to_canonical() {
        address = SocketAddr::new(ip.into(), address.port());
    }
    address
}

/// Only an address of this machine can be bound. In doubt it is one.
fn is_of_this_machine(mut address: SocketAddr) -> bool {
    address.set_port(0);
    address.ip().is_loopback()
        || UdpSocket::bind(address)
            .err()
            .is_none_or(|error| error.kind() != io::ErrorKind::AddrNotAvailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn spellings_of_one_destination() {
        for (given, goes_to) in [
            ("[::ffff:192.0.2.9]:80", "192.0.2.9:80"),
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::ffff:0.0.0.0]:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("[fe80::1%3]:80", "[fe80::1%3]:80"),
            ("192.0.2.9:80", "192.0.2.9:80"),
        ] {
            assert_eq!(destination(address(given)), address(goes_to), "{given}");
        }
    }

    #[test]
    fn ourselves_by_whichever_address() {
        let everywhere = Ourselves(vec![address("0.0.0.0:3128")]);
        let here = Ourselves(vec![address("127.0.0.1:3128")]);
        for (asked, of_everywhere, of_here) in [
            ("127.0.0.1:3128", true, true),
            ("127.0.0.2:3128", true, false),
            ("127.0.0.1:3129", false, false),
            ("192.0.2.9:3128", false, false), // TEST-NET-1, which nobody has
            ("[::1]:3128", false, false),
        ] {
            assert_eq!(everywhere.are_at(address(asked)), of_everywhere, "{asked}");
            assert_eq!(here.are_at(address(asked)), of_here, "{asked}");
        }
    }
}
