//! Refuses combinations that make no sense, before anything is opened.
//!
//! One row a rule. Words for a dialect are its voice's; a rule has a name and the two sides that
//! do not go together.

use super::{
    CertificateCheck, Clients, Connect, Listen, Plan, Protocol, Remote, Scan, Service, Session,
    Transport, UnixKind,
};
use crate::proto::lint::LintKind;

/// Two things that were asked for and do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{first} and {second} do not go together")]
pub struct LintError {
    /// What was asked for.
    pub first: &'static str,
    /// What it excludes.
    pub second: &'static str,
}

/// Checks a plan.
pub fn lint(plan: &Plan) -> Result<(), LintError> {
    match plan {
        Plan::Connect(connect) => broken(CONNECT, connect),
        Plan::Scan(scan) => broken(SCAN, scan),
        Plan::Listen(listen) => broken(LISTEN, listen),
        Plan::Certificates(check) => broken(CERTIFICATES, check),
        Plan::Lab(_) | Plan::Compose(_) => Ok(()),
    }
}

struct Rule<T> {
    first: &'static str,
    second: &'static str,
    broken: fn(&T) -> bool,
}

fn broken<T>(rules: &[Rule<T>], plan: &T) -> Result<(), LintError> {
    match rules.iter().find(|rule| (rule.broken)(plan)) {
        Some(rule) => Err(LintError { first: rule.first, second: rule.second }),
        None => Ok(()),
    }
}

const CONNECT: &[Rule<Connect>] = &[
    Rule {
        first: "a proxy",
        second: "datagrams",
        broken: |plan| plan.dial.proxy.is_some() && !is_tcp(&plan.remote) && is_inet(&plan.remote),
    },
    Rule {
        first: "TLS",
        second: "datagrams that are not UDP's, or a file",
        broken: |plan| plan.dial.tls.is_some() && !is_stream(&plan.remote) && !is_udp(&plan.remote),
    },
    Rule {
        first: "STARTTLS",
        second: "datagrams",
        broken: |plan| {
            let upgrade = plan.dial.tls.as_ref().and_then(|tls| tls.upgrade);
            upgrade.is_some() && is_udp(&plan.remote)
        },
    },
    Rule {
        first: "TLS",
        second: "passing the socket on",
        broken: |plan| plan.dial.tls.is_some() && plan.pass_socket,
    },
    Rule {
        first: "a proxy",
        second: "a Unix socket or file",
        broken: |plan| plan.dial.proxy.is_some() && !is_inet(&plan.remote),
    },
    Rule {
        first: "a packet capture",
        second: "DTLS, a file, or anything of the internet but TCP and UDP",
        broken: |plan| {
            let dtls = plan.dial.tls.is_some() && is_udp(&plan.remote);
            let has_packets = match &plan.remote {
                Remote::Inet(inet) => has_packets(inet.transport),
                Remote::Unix { .. } | Remote::Vsock { .. } => true,
                Remote::File(_) => false,
            };
            plan.session.is_captured() && (dtls || !has_packets)
        },
    },
    Rule {
        first: "a packet capture",
        second: "passing the socket on",
        broken: |plan| plan.session.is_captured() && plan.pass_socket,
    },
    Rule {
        first: "passing the socket on",
        second: "a Unix socket or file",
        broken: |plan| plan.pass_socket && !is_inet(&plan.remote),
    },
    Rule {
        first: "a TCP MD5 signature",
        second: "anything but TCP",
        broken: |plan| plan.dial.socket.md5_signature && !is_tcp(&plan.remote),
    },
    Rule {
        first: "a request",
        second: "datagrams or a file",
        broken: |plan| plan.request.is_some() && !is_stream(&plan.remote),
    },
    Rule {
        first: "a request",
        second: "a program, or passing the socket on",
        broken: |plan| plan.request.is_some() && (plan.program.is_some() || plan.pass_socket),
    },
    Rule {
        first: "reading along",
        second: "datagrams or a file",
        broken: |plan| reads_along(&plan.session) && !is_stream(&plan.remote),
    },
    Rule {
        first: "reading along",
        second: "passing the socket on",
        broken: |plan| reads_along(&plan.session) && plan.pass_socket,
    },
    Rule {
        first: "escapes and placeholders",
        second: "a program, or passing the socket on",
        broken: |plan| changes_text(&plan.session) && (plan.program.is_some() || plan.pass_socket),
    },
];

const SCAN: &[Rule<Scan>] = &[
    Rule {
        first: "a proxy",
        second: "datagrams",
        broken: |plan| plan.dial.proxy.is_some() && plan.target.transport != Transport::Tcp,
    },
    Rule { first: "TLS", second: "a scan", broken: |plan| plan.dial.tls.is_some() },
];

const CERTIFICATES: &[Rule<CertificateCheck>] = &[
    Rule {
        first: "certificates",
        second: "a connection without TLS",
        broken: |plan| plan.dial.tls.is_none(),
    },
    Rule { first: "TLS", second: "datagrams or a file", broken: |plan| !is_stream(&plan.remote) },
    Rule {
        first: "certificates",
        second: "several ports",
        broken: |plan| matches!(&plan.remote, Remote::Inet(inet) if inet.ports.single().is_none()),
    },
    Rule {
        first: "a proxy",
        second: "anything but TCP",
        broken: |plan| plan.dial.proxy.is_some() && !is_tcp(&plan.remote),
    },
    Rule {
        first: "a TCP MD5 signature",
        second: "anything but TCP",
        broken: |plan| plan.dial.socket.md5_signature && !is_tcp(&plan.remote),
    },
];

const LISTEN: &[Rule<Listen>] = &[
    Rule {
        first: "reading along",
        second: "a listener, for it is done as the client",
        broken: |plan| reads_along(&plan.session),
    },
    Rule {
        first: "TLS",
        second: "datagrams that are not UDP's",
        broken: |plan| {
            plan.tls.is_some()
                && match &plan.local {
                    super::Local::Inet { transport, .. } => {
                        transport.protocol() != Protocol::Stream && *transport != Transport::Udp
                    }
                    super::Local::Unix { kind, .. } => *kind == UnixKind::Datagram,
                    super::Local::Vsock { .. } => false,
                }
        },
    },
    Rule {
        first: "a TCP MD5 signature",
        second: "anything but TCP",
        broken: |plan| {
            plan.socket.md5_signature
                && !matches!(plan.local, super::Local::Inet { transport: Transport::Tcp, .. })
        },
    },
    Rule {
        first: "a packet capture",
        second: "DTLS, or anything of the internet but TCP and UDP",
        broken: |plan| {
            let transport = match &plan.local {
                super::Local::Inet { transport, .. } => Some(*transport),
                super::Local::Unix { .. } | super::Local::Vsock { .. } => None,
            };
            let dtls = plan.tls.is_some() && transport == Some(Transport::Udp);
            let far_dtls = matches!(&plan.service, Service::Tunnel(tunnel)
                if tunnel.dial.tls.is_some() && tunnel.target.transport == Transport::Udp);
            let is_other = transport.is_some_and(|transport| !has_packets(transport));
            plan.session.is_captured() && (dtls || far_dtls || is_other)
        },
    },
    Rule {
        first: "sums",
        second: "clients that share our streams or talk to each other",
        broken: |plan| plan.session.sum && shares(plan),
    },
    Rule {
        first: "escapes and placeholders",
        second: "anything but one peer and our own input",
        broken: |plan| {
            let one_peer = plan.service == Service::Streams && plan.clients == Clients::One;
            changes_text(&plan.session) && !one_peer
        },
    },
    Rule {
        first: "a proxy server",
        second: "what changes or delays bytes",
        broken: |plan| {
            matches!(plan.service, Service::Proxy(_))
                && plan.session.clone().untouched() != plan.session
        },
    },
];

/// Whether what is sent or received belongs to several clients.
fn shares(plan: &Listen) -> bool {
    match plan.service {
        Service::Streams => plan.clients != Clients::One,
        Service::Broker | Service::Chat => true,
        Service::Program(_) | Service::Tunnel(_) | Service::Proxy(_) => false,
    }
}

/// Whether what we read is a text that somebody writes for one peer.
fn changes_text(session: &Session) -> bool {
    session.escapes || session.fill
}

fn reads_along(session: &Session) -> bool {
    session.lint.is_some_and(|kind| kind != LintKind::Nothing)
}

fn is_stream(remote: &Remote) -> bool {
    match remote {
        Remote::Inet(inet) => inet.transport.protocol() == Protocol::Stream,
        Remote::Unix { kind, .. } => *kind == UnixKind::Stream,
        Remote::Vsock { .. } => true,
        Remote::File(_) => false,
    }
}

/// Whether its packets can be made up.
fn has_packets(transport: Transport) -> bool {
    matches!(transport, Transport::Tcp | Transport::Udp)
}

fn is_udp(remote: &Remote) -> bool {
    matches!(remote, Remote::Inet(inet) if inet.transport == Transport::Udp)
}

fn is_inet(remote: &Remote) -> bool {
    matches!(remote, Remote::Inet(_))
}

fn is_tcp(remote: &Remote) -> bool {
    matches!(remote, Remote::Inet(inet) if inet.transport == Transport::Tcp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Local;

    #[test]
    fn what_is_of_one_conversation_is_refused_where_several_clients_share_it() {
        let local = Local::Inet { transport: Transport::Tcp, host: None, port: 0 };
        let sessions = [
            Session { sum: true, ..Session::default() },
            Session { escapes: true, ..Session::default() },
            Session { fill: true, ..Session::default() },
        ];
        for session in sessions {
            let alone = Listen { session, ..Listen::new(local.clone()) };
            assert_eq!(lint(&Plan::Listen(alone.clone())), Ok(()));
            for (clients, service) in [
                (Clients::AtOnce, Service::Streams),
                (Clients::InTurn, Service::Streams),
                (Clients::AtOnce, Service::Broker),
                (Clients::One, Service::Chat),
            ] {
                let shared = Listen { clients, service, ..alone.clone() };
                assert!(lint(&Plan::Listen(shared)).is_err(), "{:?}", alone.session);
            }
        }
    }
}
