//! The neutral plan: what to do, said without a dialect.
//!
//! Every dialect's argv becomes one [`Plan`]; the engine reads nothing else. A plan holds data
//! only: making one opens, resolves and reads nothing. What two dialects do differently is a
//! field here, never a branch in the engine.

mod address;
mod check;
mod lint;
mod port;
mod program;
mod recording;
mod service;
mod session;
mod socket;
mod tls;
mod view;

pub use address::{Family, Host, Inet, Protocol, Transport, UnixKind, UnixName};
pub use check::CertificateCheck;
pub use lint::{LintError, lint};
pub use port::{PortList, PortRange};
pub use program::{Attached, Command, Program, ProgramErrors};
pub use recording::{RecordFormat, RecordTo, Recording};
pub use service::{
    Access, AccessSource, OnlyPeer, ProxyServer, ProxySpeech, Service, Strangers, Tunnel,
};
pub use session::{AfterInput, AfterPeer, Edit, LARGEST_DATAGRAM, Pace, PaceUnit, Session, Telnet};
pub use socket::{SocketOptions, SourceRoute, SourceRouteLayout};
pub use tls::{
    ClientTrust, HANDSHAKE, HANDSHAKE_WITH_SERVER, Identity, Tls, TlsClient, TlsServer, TlsVersion,
    Trust,
};
pub use view::View;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::proto::http_request::Request;

/// The whole of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Connect and converse.
    Connect(Connect),
    /// Listen and converse.
    Listen(Listen),
    /// Look which ports answer; no data is exchanged.
    Scan(Scan),
    /// Look at a server's certificates; no data is exchanged.
    Certificates(CertificateCheck),
    /// Be the practice server.
    Lab(Lab),
    /// Write a request on standard output; nothing is connected.
    Compose(Box<Request>),
}

impl Plan {
    /// What happens on its connections, where data is exchanged.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Connect(connect) => Some(&connect.session),
            Self::Listen(listen) => Some(&listen.session),
            Self::Scan(_) | Self::Certificates(_) | Self::Lab(_) | Self::Compose(_) => None,
        }
    }

    /// Whether carrying it out makes what has to go away with the run: paths, programs, a terminal
    /// that is set differently.
    pub fn leaves_something(&self) -> bool {
        self.edits().is_some() || self.leaves_path_or_program()
    }

    /// The session whose lines are to be edited: that of one conversation which our streams have.
    pub fn edits(&self) -> Option<&Session> {
        let session = match self {
            Self::Connect(connect)
                if connect.program.is_none()
                    && connect.request.is_none()
                    && !connect.pass_socket =>
            {
                &connect.session
            }
            Self::Listen(listen)
                if listen.service == Service::Streams && listen.clients == Clients::One =>
            {
                &listen.session
            }
            _ => return None,
        };
        Some(session).filter(|session| session.edit.is_some() && session.read_input)
    }

    fn leaves_path_or_program(&self) -> bool {
        match self {
            Self::Connect(connect) => {
                connect.program.is_some()
                    || matches!(connect.remote, Remote::Unix { kind: UnixKind::Datagram, .. })
            }
            Self::Listen(listen) => {
                matches!(listen.service, Service::Program(_))
                    || matches!(listen.local, Local::Unix { .. })
            }
            Self::Scan(_) | Self::Certificates(_) | Self::Lab(_) | Self::Compose(_) => false,
        }
    }

    /// Whether it goes to several ports.
    pub fn has_several_ports(&self) -> bool {
        match self {
            Self::Connect(Connect { remote: Remote::Inet(inet), .. })
            | Self::Scan(Scan { target: inet, .. }) => inet.ports.count() > 1,
            Self::Connect(_)
            | Self::Listen(_)
            | Self::Certificates(_)
            | Self::Lab(_)
            | Self::Compose(_) => false,
        }
    }
}

/// Where a client connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// A host and one or more ports; with several, one connection after the other.
    Inet(Inet),
    /// A Unix-domain socket.
    Unix {
        /// Stream or datagram.
        kind: UnixKind,
        /// Path or abstract name.
        name: UnixName,
        /// Where the client's own datagram socket is bound; `None` makes a temporary one.
        source: Option<UnixName>,
    },
    /// A file or device, opened for reading and writing.
    File(PathBuf),
    /// A port of a virtual machine (`AF_VSOCK`).
    Vsock {
        /// The machine's context id; 2 is the host.
        cid: u32,
        /// Its port.
        port: u32,
    },
}

/// Connect and converse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// Where to.
    pub remote: Remote,
    /// How a connection is made.
    pub dial: Dial,
    /// What happens once it stands.
    pub session: Session,
    /// Pass the connected socket over standard output and leave, instead of conversing (`-F`).
    pub pass_socket: bool,
    /// The order of several ports.
    pub order: PortOrder,
    /// Several ports are a success whatever comes of them (traditional).
    pub always_succeeds: bool,
    /// The program that talks to the peer in place of our standard streams.
    pub program: Option<Program>,
    /// What is sent in place of standard input (`nc http`).
    pub request: Option<Box<Request>>,
}

/// The order in which several ports are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PortOrder {
    /// Each range upward.
    #[default]
    Upward,
    /// Each range downward (traditional).
    Downward,
    /// Each range in random order (`-r`).
    Random,
}

impl Connect {
    /// A conversation by the default rules.
    pub fn new(remote: Remote) -> Self {
        Self {
            remote,
            dial: Dial::default(),
            session: Session::default(),
            pass_socket: false,
            order: PortOrder::default(),
            always_succeeds: false,
            program: None,
            request: None,
        }
    }
}

impl Listen {
    /// A listener for one client, by the default rules.
    pub fn new(local: Local) -> Self {
        Self {
            local,
            family: Family::default(),
            ipv6_first: false,
            numeric: false,
            socket: SocketOptions::default(),
            tls: None,
            clients: Clients::default(),
            service: Service::default(),
            access: Access::default(),
            most_clients: None,
            tells_port: false,
            accept_timeout: None,
            session: Session::default(),
        }
    }
}

impl Scan {
    /// A scan by the default rules.
    pub fn new(target: Inet) -> Self {
        Self {
            target,
            dial: Dial::default(),
            order: PortOrder::default(),
            always_succeeds: false,
            interval: None,
            udp_probe: UdpProbe::default(),
        }
    }
}

/// How a connection is made, whatever it is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dial {
    /// IPv4, IPv6 or both.
    pub family: Family,
    /// Hosts are addresses, never names to look up (`-n`).
    pub numeric: bool,
    /// One deadline for lookup, connect, proxy and TLS together; `None` leaves it to the kernel.
    pub timeout: Option<Duration>,
    /// Own address to connect from (`-s`).
    pub source_address: Option<Host>,
    /// Own port to connect from (`-p`).
    pub source_port: Option<u16>,
    /// Connect from a random port of 8192 and above (traditional's `-r`).
    pub random_source_port: bool,
    /// Through which proxy.
    pub proxy: Option<Proxy>,
    /// Socket options.
    pub socket: SocketOptions,
    /// TLS with the remote end.
    pub tls: Option<Box<TlsClient>>,
}

/// A proxy between us and the remote end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// What it speaks.
    pub kind: ProxyKind,
    /// Its host name or address.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// User name and, where it was given, password. Without a password, one is asked for at the terminal.
    pub user: Option<(OsString, Option<OsString>)>,
    /// Who looks names up, where the proxy can (Ncat's `--proxy-dns`).
    pub names: ProxyNames,
    /// The proxy through which this one is reached.
    pub via: Option<Box<Proxy>>,
}

/// Who looks up the names that are asked of a proxy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProxyNames {
    /// The proxy.
    #[default]
    There,
    /// We.
    Here,
    /// We, and the proxy those that we do not find (Ncat's `--proxy-dns both`).
    HereOrThere,
}

/// What a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// SOCKS4: names are looked up here, IPv4 only.
    Socks4,
    /// SOCKS4A: names go to the proxy.
    Socks4a,
    /// SOCKS5 (RFC 1928), user and password by RFC 1929.
    Socks5,
    /// HTTP CONNECT (RFC 9110, section 9.3.6), Basic authentication.
    HttpConnect,
}

/// Listen and converse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Where.
    pub local: Local,
    /// IPv4, IPv6 or both.
    pub family: Family,
    /// Of every address, IPv6 is told of before IPv4 (Ncat).
    pub ipv6_first: bool,
    /// Addresses only: no lookup of hosts, none of clients' names.
    pub numeric: bool,
    /// Socket options.
    pub socket: SocketOptions,
    /// TLS with each client.
    pub tls: Option<Box<TlsServer>>,
    /// How many are served, and how.
    pub clients: Clients,
    /// What is done with them.
    pub service: Service,
    /// Who is let in.
    pub access: Access,
    /// How many at once (`--max-conns`); `None` is as many as the system lets us.
    pub most_clients: Option<NonZeroUsize>,
    /// The port is told on standard output, in a line of its own, before any client is served
    /// (toybox, where the kernel chose it).
    pub tells_port: bool,
    /// How long the first client is waited for (traditional's, BusyBox's and toybox's `-w`).
    pub accept_timeout: Option<Duration>,
    /// What happens with a connection.
    pub session: Session,
}

/// Where a listener is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Local {
    /// An address (or every one) and a port; port 0 lets the kernel choose.
    Inet {
        /// TCP, UDP, …
        transport: Transport,
        /// `None` is every address of the families asked for.
        host: Option<Host>,
        /// Port.
        port: u16,
    },
    /// A Unix-domain socket.
    Unix {
        /// Stream or datagram.
        kind: UnixKind,
        /// Path or abstract name.
        name: UnixName,
    },
    /// A port of a virtual machine (`AF_VSOCK`).
    Vsock {
        /// The context id to listen on; `None` is any of ours.
        cid: Option<u32>,
        /// The port.
        port: u32,
    },
}

/// How many clients a listener serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clients {
    /// One, then leave. A datagram listener locks on to its first peer.
    #[default]
    One,
    /// One after the other, for ever (openbsd's `-k`). A datagram listener hears everybody.
    InTurn,
    /// All at once, for ever (the default face's `-k`).
    AtOnce,
}

/// Look which ports answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Host and ports.
    pub target: Inet,
    /// How a connection is tried.
    pub dial: Dial,
    /// The order of the ports.
    pub order: PortOrder,
    /// Several ports are a success whatever is found (traditional).
    pub always_succeeds: bool,
    /// Pause between two ports (`-i`).
    pub interval: Option<Duration>,
    /// What a UDP scan sends to find out.
    pub udp_probe: UdpProbe,
}

/// What a UDP scan sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UdpProbe {
    /// Nothing: every port of a host that exists counts as open (openbsd's `-zu` without `-v`).
    Nothing,
    /// Datagrams of one `X` over three seconds, or the timeout (openbsd's `-zuv`).
    /// No answer counts as open.
    Xs,
    /// Two datagrams of one NUL byte, answered by a refusal or not at all; no answer counts as open
    /// (traditional, BusyBox).
    TwoNuls,
    /// One datagram of one NUL byte, waited for two seconds or the idle timeout (Ncat).
    OneNul,
    /// A datagram that the port's usual service answers, or an empty one where none is known; up
    /// to three times within the timeout. Says open, closed or no answer.
    #[default]
    Service,
}

/// The practice server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lab {
    /// Address to bind; loopback where none was given.
    pub host: Option<Host>,
    /// Port; 0 lets the kernel choose.
    pub port: u16,
    /// Say how each line of a request was read.
    pub explain: bool,
}
