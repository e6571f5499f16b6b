//! Hosts, addresses and sockets in messages.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt;

use crate::event::Peer;
use crate::plan::Host;
use crate::proto::escape::escape;

/// The address without its port; a zone as its number.
pub fn ip(address: &SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        _ => address.ip().to_string(),
    }
}

/// `localhost (127.0.0.1)`, or the host alone where it is the address, or where none is known.
pub fn host(host: &Host, address: Option<&SocketAddr>) -> String {
    let name = escape(host.as_bytes());
    match address {
        Some(address) if !is_spelled(host, address.ip()) => format!("{name} ({})", ip(address)),
        _ => name.to_string(),
    }
}

/// Whether the host as given is this address in its usual spelling, whatever the zone.
pub fn is_spelled(host: &Host, address: IpAddr) -> bool {
    let without_zone = host.as_bytes().split(|&byte| byte == b'%').next();
    without_zone == Some(address.to_string().as_bytes())
}

/// A listener or datagram socket as netcat-openbsd names it: `localhost 8000`, or a path.
pub fn spaced(peer: &Peer) -> String {
    match peer {
        Peer::Inet { host, address, .. } => match host {
            Some(host) => format!("{} {}", escape(host.as_bytes()), address.port()),
            None => format!("{} {}", ip(address), address.port()),
        },
        other => name(other),
    }
}

/// Any end in one word: `127.0.0.1:8000`, `[::1]:8000`, `/run/socket`, `@name`.
pub fn name(peer: &Peer) -> String {
    match peer {
        Peer::Inet { address, .. } => address.to_string(),
        Peer::Unix { name: Some(name), .. } => escape(&name.display()).to_string(),
        Peer::Unix { name: None, .. } => "a Unix socket".to_owned(),
        Peer::Vsock { cid, port } => format!("vsock:{cid}:{port}"),
        Peer::File(path) => escape(path.as_os_str().as_bytes()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_not_said_twice() {
        let cases = [
            ("localhost", "127.0.0.1:1", "localhost (127.0.0.1)"),
            ("127.0.0.1", "127.0.0.1:1", "127.0.0.1"),
            ("127.1", "127.0.0.1:1", "127.1 (127.0.0.1)"),
            ("0:0::1", "[::1]:1", "0:0::1 (::1)"),
            ("fe80::1%eth0", "[fe80::1%2]:1", "fe80::1%eth0"),
            ("router", "[fe80::1%2]:1", "router (fe80::1%2)"),
        ];
        for (given, address, words) in cases {
            assert_eq!(host(&given.into(), Some(&address.parse().unwrap())), words);
            assert_eq!(host(&given.into(), None), given);
        }
    }
}
