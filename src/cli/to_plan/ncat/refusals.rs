//! What does not go together, as rows in the original's order.
//!
//! Since 7.94 `-u` goes with `-k`, since 7.96 `-k` with connecting, so the rows of
//! 7.93 for these are not here.

use super::tls;
use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Family, Transport};

/// What was asked for, as far as it decides what goes together.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Asked {
    domain: Domain,
    family: Family,
    /// TCP, UDP or SCTP.
    pub transport: Transport,
    /// `-l`, or `--broker`, which means it.
    pub listen: bool,
    /// `-z`
    pub scan: bool,
    /// `--broker` or `--chat`
    pub broker: bool,
    chat: bool,
    program: bool,
    proxy: bool,
    proxy_kind: bool,
    tls: bool,
    port: bool,
    source: bool,
    hops: bool,
    telnet: bool,
    access: bool,
    most_clients: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Domain {
    Inet,
    Unix,
    Vsock,
}

impl Asked {
    /// Collects it.
    pub fn of(settings: &Settings) -> Self {
        let has = |id| settings.has(id);
        // One and the same variable there: the last one wins.
        let domain = settings.given().filter_map(|(id, _)| match id {
            Id::Ipv4 | Id::Ipv6 => Some(Domain::Inet),
            Id::Unix => Some(Domain::Unix),
            Id::Vsock => Some(Domain::Vsock),
            _ => None,
        });
        let transport = settings.given().filter_map(|(id, _)| match id {
            Id::Udp => Some(Transport::Udp),
            Id::Sctp => Some(Transport::Sctp),
            _ => None,
        });
        Self {
            domain: domain.last().unwrap_or(Domain::Inet),
            family: settings.family,
            transport: transport.last().unwrap_or(Transport::Tcp),
            listen: has(Id::Listen) || has(Id::Broker),
            scan: has(Id::Scan),
            broker: has(Id::Broker) || has(Id::Chat),
            chat: has(Id::Chat),
            program: has(Id::Exec) || has(Id::ShellExec) || has(Id::LuaExec),
            proxy: has(Id::Proxy),
            proxy_kind: has(Id::ProxyKind),
            tls: tls::ASK_FOR_TLS.iter().copied().any(has),
            port: has(Id::SourcePort),
            source: has(Id::SourceAddress),
            hops: settings.words(Id::SourceRoute).any(|hops| !hops.is_empty()),
            telnet: has(Id::Telnet),
            access: [Id::Allow, Id::AllowFile, Id::Deny, Id::DenyFile].into_iter().any(has),
            most_clients: has(Id::MostClients),
        }
    }

    /// Neither a Unix socket nor a virtual machine.
    pub fn is_inet(self) -> bool {
        self.domain == Domain::Inet
    }

    /// A Unix socket.
    pub fn unix(self) -> bool {
        self.domain == Domain::Unix
    }

    /// `-l --proxy-type http`
    pub fn proxy_server(self) -> bool {
        self.listen && self.proxy_kind
    }

    fn vsock(self) -> bool {
        self.domain == Domain::Vsock
    }
}

type Rows = &'static [(fn(Asked) -> bool, &'static str)];

fn refuse(rows: Rows, asked: Asked) -> Result<(), UsageError> {
    match rows.iter().find(|(broken, _)| broken(asked)) {
        Some((_, sentence)) => Err(UsageError::Refused(sentence)),
        None => Ok(()),
    }
}

const BY_DOMAIN: Rows = &[
    (
        |asked| asked.unix() && (asked.proxy || asked.proxy_kind),
        "Proxy option not supported when using Unix domain sockets.",
    ),
    (|asked| asked.unix() && asked.tls, "SSL option not supported when using Unix domain sockets."),
    (
        |asked| asked.unix() && asked.broker,
        "Connection brokering not supported when using Unix domain sockets.",
    ),
    (
        |asked| asked.unix() && asked.port,
        "Specifying source port when using Unix domain sockets doesn't make sense.",
    ),
    (
        |asked| asked.unix() && asked.hops,
        "Loose source routing not allowed when using Unix domain sockets.",
    ),
    (
        |asked| asked.vsock() && (asked.proxy || asked.proxy_kind),
        "Proxy option not supported when using vsock sockets.",
    ),
    (|asked| asked.vsock() && asked.tls, "SSL option not supported when using vsock sockets."),
    (
        |asked| asked.vsock() && asked.broker,
        "Connection brokering not supported when using vsock sockets.",
    ),
    (
        |asked| asked.vsock() && asked.hops,
        "Loose source routing not allowed when using vsock sockets.",
    ),
    // the original tries it, and no kernel has it
    (
        |asked| asked.vsock() && asked.transport == Transport::Udp,
        "UDP not supported when using vsock sockets.",
    ),
];

const BEFORE_OPERANDS: Rows = &[
    (
        |asked| asked.scan && asked.listen,
        // without a full stop there, too
        "Services designed for LISTENING can't be used with -z",
    ),
    (|asked| asked.scan && asked.telnet, "Invalid option combination: -z and -t."),
    (|asked| asked.scan && asked.program, "Command execution can't be done along with option -z."),
    (
        |asked| asked.source && asked.listen,
        "-l and -s are incompatible.  Specify the address and port to bind to like you would a \
         host to connect to.",
    ),
];

const AFTER_OPERANDS: Rows = &[
    (
        |asked| asked.listen && asked.broker && asked.program,
        "Invalid option combination: --broker and -e.",
    ),
    (
        |asked| asked.listen && asked.telnet && asked.proxy_kind,
        "Invalid option combination: --telnet has no effect with --proxy-type.",
    ),
    (
        |asked| asked.listen && asked.broker && asked.transport == Transport::Udp,
        "UDP mode does not support connection brokering.\n\
         If this feature is important to you, write dev@nmap.org with a\n\
         description of how you intend to use it, as an aid to deciding how UDP\n\
         connection brokering should work.",
    ),
    (
        |asked| {
            let is_dtls = asked.tls && asked.transport == Transport::Udp;
            asked.listen && is_dtls && !asked.proxy_kind
        },
        // a line of its own there, too
        "DTLS is not supported in listen mode\n",
    ),
    (|asked| !asked.listen && asked.access, "Invalid option combination: allow/deny with connect."),
    (
        |asked| !asked.listen && asked.most_clients,
        "Invalid option combination: `--max-conns' with connect.",
    ),
    (|asked| !asked.listen && asked.chat, "Invalid option combination: `--chat' with connect."),
    (
        |asked| !asked.listen && asked.hops && asked.family != Family::V4,
        "Sorry, -g can only currently be used with IPv4.",
    ),
    // the original connects by TCP, whatever was asked for
    (
        |asked| asked.proxy && asked.transport == Transport::Udp,
        "Invalid option combination: --proxy and -u.",
    ),
    (
        |asked| asked.proxy && asked.transport == Transport::Sctp,
        "Invalid option combination: --proxy and --sctp.",
    ),
];

/// What neither Unix sockets nor virtual machines have.
pub fn by_domain(asked: Asked) -> Result<(), UsageError> {
    refuse(BY_DOMAIN, asked)
}

/// What is refused before operands are looked at.
pub fn before_operands(asked: Asked) -> Result<(), UsageError> {
    refuse(BEFORE_OPERANDS, asked)
}

/// What is refused once the ends are known.
pub fn after_operands(asked: Asked) -> Result<(), UsageError> {
    refuse(AFTER_OPERANDS, asked)
}
