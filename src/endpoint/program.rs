//! What a program on a connection is told of it: Ncat's environment variables.
//!
//! How programs are run is in [`crate::sys::child`]; which of them get these is in the plan.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};

use super::Link;
use crate::event::Peer;
use crate::plan::{Transport, UnixKind};

/// The variables for a program on this connection, as Ncat names and fills them: numeric addresses
/// without brackets, and for Unix sockets `localhost` and an empty port at both ends. Our own
/// address is left out where it is not known; of a file there is nothing to say.
pub fn environment(link: &Link) -> Vec<(OsString, OsString)> {
    let (remote, local, protocol) = match link.peer() {
        Peer::Inet { transport, address, .. } => {
            (Some(numeric(*address)), link.local().map(numeric), name(*transport))
        }
        Peer::Unix { kind, .. } => (Some(nowhere()), Some(nowhere()), name(like(*kind))),
        Peer::File(_) => return Vec::new(),
    };
    let ends = [
        ("NCAT_REMOTE_ADDR", "NCAT_REMOTE_PORT", remote),
        ("NCAT_LOCAL_ADDR", "NCAT_LOCAL_PORT", local),
    ];
    let mut variables = vec![("NCAT_PROTO".into(), protocol.into())];
    for (address, port, end) in ends {
        if let Some((host, number)) = end {
            variables.push((address.into(), host.into()));
            variables.push((port.into(), number.into()));
        }
    }
    variables
}

/// Host and port.
type End = (String, String);

/// An IPv4 client of a listener for both families is an IPv4 client.
fn numeric(address: SocketAddr) -> End {
    let host = match (address.ip().to_canonical(), address) {
        (IpAddr::V6(ip), SocketAddr::V6(v6)) if v6.scope_id() != 0 => {
            format!("{ip}%{}", v6.scope_id())
        }
        (ip, _) => ip.to_string(),
    };
    (host, address.port().to_string())
}

/// An end of a Unix socket.
fn nowhere() -> End {
    ("localhost".to_owned(), String::new())
}

fn like(kind: UnixKind) -> Transport {
    match kind {
        UnixKind::Stream => Transport::Tcp,
        UnixKind::Datagram => Transport::Udp,
    }
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
        Transport::Dccp => "DCCP",
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;

    use super::*;
    use crate::sys::fd::Fd;

    fn inet(transport: Transport, address: &str) -> Peer {
        Peer::Inet { transport, host: None, address: address.parse().expect("an address") }
    }

    #[tokio::test]
    async fn every_kind_of_end_is_told_as_ncat_tells_it() {
        let unix = |kind| Peer::Unix { kind, name: None };
        let rows: [(Peer, Option<&str>, &[&str]); 6] = [
            (
                inet(Transport::Tcp, "192.0.2.1:5000"),
                Some("192.0.2.2:80"),
                &["TCP", "192.0.2.1", "5000", "192.0.2.2", "80"],
            ),
            (
                inet(Transport::Udp, "[::ffff:192.0.2.1]:5000"),
                Some("[::ffff:192.0.2.2]:80"),
                &["UDP", "192.0.2.1", "5000", "192.0.2.2", "80"],
            ),
            (inet(Transport::Dccp, "[fe80::1%2]:5000"), None, &["DCCP", "fe80::1%2", "5000"]),
            (unix(UnixKind::Stream), None, &["TCP", "localhost", "", "localhost", ""]),
            (unix(UnixKind::Datagram), None, &["UDP", "localhost", "", "localhost", ""]),
            (Peer::File(PathBuf::from("/dev/null")), None, &[]),
        ];
        let names = [
            "NCAT_PROTO",
            "NCAT_REMOTE_ADDR",
            "NCAT_REMOTE_PORT",
            "NCAT_LOCAL_ADDR",
            "NCAT_LOCAL_PORT",
        ];
        for (peer, local, values) in rows {
            let (socket, _other) = UnixStream::pair().expect("sockets");
            let fd = Fd::owned(socket.into()).expect("a descriptor");
            let local = local.map(|local| local.parse().expect("an address"));
            let expected: Vec<(OsString, OsString)> =
                names.iter().zip(values).map(|(name, value)| (name.into(), value.into())).collect();
            assert_eq!(environment(&Link::new(fd, peer, local)), expected);
        }
    }
}
