//! Refuses combinations that make no sense, before anything is opened.
//!
//! One row a rule. Words for a dialect are its voice's; a rule has a name and the two sides that
//! do not go together.

use super::{
    CertificateCheck, Connect, Listen, Plan, Protocol, Remote, Scan, Service, Session, Transport,
    UnixKind,
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
        Plan::Lab(_) => Ok(()),
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
        first: "reading along",
        second: "datagrams or a file",
        broken: |plan| reads_along(&plan.session) && !is_stream(&plan.remote),
    },
    Rule {
        first: "reading along",
        second: "passing the socket on",
        broken: |plan| reads_along(&plan.session) && plan.pass_socket,
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
        first: "a proxy server",
        second: "what changes or delays bytes",
        broken: |plan| {
            matches!(plan.service, Service::Proxy(_))
                && plan.session.clone().untouched() != plan.session
        },
    },
];

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

fn is_udp(remote: &Remote) -> bool {
    matches!(remote, Remote::Inet(inet) if inet.transport == Transport::Udp)
}

fn is_inet(remote: &Remote) -> bool {
    matches!(remote, Remote::Inet(_))
}

fn is_tcp(remote: &Remote) -> bool {
    matches!(remote, Remote::Inet(inet) if inet.transport == Transport::Tcp)
}
