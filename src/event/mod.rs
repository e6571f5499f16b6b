//! What happened, as types, and the voices that word it.
//!
//! The engine reports [`Event`]s and ends with `Ok` or an [`Error`]; it never writes a word. A
//! voice (one for each dialect, and one for JSON) decides what a user reads on standard error and
//! which exit status the run gets. Foreign bytes are kept raw here and escaped by the voices.

mod error;
mod failure;
mod ink;
#[cfg(feature = "json")]
mod json;
mod live_line;
mod progress;
mod reporter;
mod reporting;
#[cfg(test)]
mod sample;
pub mod strerror;
mod sum;
mod surroundings;
mod tls;
pub mod voice;

pub use error::{AccessReason, Attempt, Error, InputTextError, ProxyReason, RequestFileReason};
pub use failure::Failure;
pub use progress::{Asker, Held, Occasion, Progress, Watch};
pub use reporter::Reporter;
pub use reporting::{Colour, Reporting, VoiceName};
pub use sum::{Extent, Sha256Sum, Sum};
pub use tls::{
    Breach, Distrust, Expiry, Fault, Secured, Speech, StapleFault, TlsError, TlsSettingError,
    Unusable, Verdict, Verified,
};

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

pub use crate::sys::sockopt::TcpInfo;

use crate::plan::{Host, ProxyKind, Transport, UdpProbe, UnixKind, UnixName};
use crate::proto::certificate::{Certificate, CertificateError, Timestamp};
use crate::proto::escape::escape;
use crate::proto::lint::Note;
use crate::proto::starttls::Shown;

/// Takes events as they happen. The run has one thread, so an observer may keep state in cells.
pub trait Observer {
    /// Something happened.
    fn observe(&self, event: &Event);

    /// Something was found out that the run was for. Says what is to be said of it, and gives what
    /// standard output is to get.
    fn result(&self, event: &Event) -> Option<Vec<u8>> {
        self.observe(event);
        None
    }

    /// Whether the first byte of each direction is worth being waited for: [`Event::FirstByte`].
    fn minds_first_bytes(&self) -> bool {
        true
    }

    /// Who wants to know how conversations go while they are held; `None` where nobody ever does.
    fn asker(&self) -> Option<&Asker> {
        None
    }

    /// What the peer says is about to be written to a terminal.
    fn peer_speaks(&self) {}

    /// Whether this is shown, and so is worth finding out.
    fn wants(&self, _detail: Detail) -> bool {
        false
    }
}

/// What takes a call or a lookup to find out, and is found out only for who shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The IP options of each client's packets: [`Event::IpOptions`].
    IpOptions,
    /// Host names of clients.
    ClientNames,
    /// Host names of the addresses that are connected to.
    PeerNames,
    /// The address that a client came to: `local` of [`Event::Accepted`].
    LocalAddress,
    /// What the kernel knows of a connection: `tcp` of a [`Summary`].
    TcpInfo,
    /// [`Event::Note`]s that nobody asked for by name.
    Notes,
}

/// Something happened.
#[derive(Debug)]
pub enum Event {
    /// A name was looked up.
    Resolved {
        /// The name as given.
        host: Host,
        /// What it stands for, in the order in which addresses will be tried.
        addresses: Vec<SocketAddr>,
        /// The host names of these addresses, one for each, where the observer wants them; else
        /// nothing.
        names: Vec<Option<Vec<u8>>>,
        /// How long the lookup took.
        took: Duration,
    },
    /// A connection attempt starts.
    Attempting {
        /// Where to.
        target: Target,
        /// The address of this attempt.
        address: SocketAddr,
    },
    /// A connection attempt failed.
    AttemptFailed(Attempt),
    /// One step on the way through a proxy; more of them follow, or a failure.
    ProxyStep {
        /// The proxy's host as given.
        proxy: Host,
        /// The proxy's port.
        port: u16,
        /// What it speaks.
        kind: ProxyKind,
        /// What was done.
        step: ProxyStep,
    },
    /// A proxy answered that the way to the target is open.
    ProxyOpened {
        /// The proxy's host as given.
        proxy: Host,
        /// The proxy's port.
        port: u16,
        /// What it speaks.
        kind: ProxyKind,
        /// Its address, where it was connected straight.
        address: Option<SocketAddr>,
        /// Where the way leads.
        target: Target,
        /// The target's address, where a name was looked up here.
        looked_up: Option<IpAddr>,
        /// User and password were shown.
        authenticated: bool,
        /// How long it took since the proxy was connected.
        took: Duration,
    },
    /// A request was composed; it is sent once there is a connection.
    Composed {
        /// Its bytes, or the first of them.
        bytes: Vec<u8>,
        /// How many it has in all.
        size: u64,
    },
    /// What has no host and port is connected: a Unix socket, a port of a virtual machine.
    Opened(Peer),
    /// The connection stands.
    Connected {
        /// What was asked for.
        target: Target,
        /// The peer; through a proxy, the proxy.
        peer: Peer,
        /// Our own address.
        local: Option<SocketAddr>,
        /// Whether a proxy is in between.
        proxied: bool,
        /// Since the start, lookup and proxy included.
        took: Duration,
    },
    /// A line was said in plain text before TLS (STARTTLS).
    BeforeTls(Shown),
    /// TLS stands.
    Secured {
        /// The peer.
        peer: Peer,
        /// How.
        secured: Rc<Secured>,
    },
    /// The peer's certificate is not believed; the run's error follows.
    Distrusted {
        /// Its own certificate.
        certificate: Box<Certificate>,
        /// Why.
        why: Distrust,
        /// When.
        now: Timestamp,
    },
    /// A listener that was given no certificate has made one.
    CertificateMade(Box<Certificate>),
    /// One certificate of a chain that was asked for.
    CertificateSeen {
        /// Its place; 0 is the peer's own.
        index: usize,
        /// What it says, if it can be read.
        certificate: Result<Box<Certificate>, CertificateError>,
        /// When.
        now: Timestamp,
    },
    /// What came of looking at certificates.
    Verdict(Box<Verdict>),
    /// A datagram listener, or a client's own datagram socket, is bound.
    Bound(Peer),
    /// A listener is ready for connections.
    Listening(Peer),
    /// A client came, or a datagram listener's first peer spoke.
    Accepted {
        /// The client.
        peer: Peer,
        /// The client's host name, where it was looked up.
        name: Option<Vec<u8>>,
        /// The address it came to, where the observer wants it.
        local: Option<SocketAddr>,
        /// The number that it goes by in a chat; nothing elsewhere.
        user: Option<u32>,
    },
    /// Somebody else than before spoke to a datagram listener that hears everybody.
    Heard(Peer),
    /// Which way the bytes are moved, now that both ends are known.
    Moving {
        /// From our input to the net.
        up: &'static str,
        /// From the net to our output.
        down: &'static str,
    },
    /// Who reads along in a conversation by hand has something to say.
    Note(Note),
    /// The first byte of one direction has moved.
    FirstByte {
        /// Who sent it.
        from: Side,
        /// Since the connection stands.
        took: Duration,
    },
    /// One side finished sending and that was passed on.
    HalfClosed {
        /// Who finished.
        by: Side,
        /// Bytes that it sent in all.
        bytes: u64,
        /// It is somebody at a terminal who finished, and the peer is waited for.
        typed: bool,
    },
    /// How a conversation goes, while it is held.
    Progress(Box<Progress>),
    /// Somebody asked how it goes, and no conversation is held.
    NoConversation,
    /// What went each way in a conversation that is over, added up (`--sum`).
    Sums {
        /// The peer.
        peer: Peer,
        /// Of what was sent, as it went to the net; `None` where there was nothing to read it from.
        sent: Option<Sum>,
        /// Of what was received, as it came.
        received: Sum,
    },
    /// A conversation is over.
    Closed(Summary),
    /// One client among several has gone.
    ClientLeft {
        /// The client.
        peer: Peer,
        /// How its conversation went.
        summary: Summary,
    },
    /// One client among several was dropped.
    ClientDropped {
        /// The client.
        peer: Peer,
        /// Bytes that it will not get of what was already taken for it.
        undelivered: u64,
        /// Why.
        reason: DropReason,
    },
    /// One client's conversation failed; the listener goes on.
    ClientFailed {
        /// The client.
        peer: Peer,
        /// Why.
        error: Error,
    },
    /// A client was turned away.
    ClientRefused {
        /// The client.
        peer: Peer,
        /// Its host name, where it was looked up.
        name: Option<Vec<u8>>,
        /// The number that it would have gone by in a chat; nothing elsewhere.
        user: Option<u32>,
        /// Why.
        reason: RefusalReason,
    },
    /// Datagrams were turned away that had no [`Event::ClientRefused`]: there are too many of them.
    RefusalsLeftOut {
        /// How many.
        count: u64,
    },
    /// A program was started for a connection.
    ProgramStarted {
        /// Its file or its words for the shell.
        program: Vec<u8>,
        /// Its process id.
        pid: u32,
    },
    /// A program that was started for a connection has ended.
    ProgramEnded {
        /// Its process id.
        pid: u32,
        /// How.
        how: ProgramEnd,
    },
    /// The proxy server answered a client.
    ProxyAnswered {
        /// The client.
        peer: Peer,
        /// What it asked for, in its bytes: `CONNECT host:80`, `SOCKS5 host:80`.
        request: Vec<u8>,
        /// The answer: `200 OK`, `connection refused`.
        answer: String,
    },
    /// A client's packets carry IP options.
    IpOptions {
        /// The client.
        peer: Peer,
        /// The options as they came.
        options: Vec<u8>,
    },
    /// Lines are not edited, though that was asked for.
    NotEditing(NotEditing),
    /// The lines typed are not kept for the next run.
    NotKept {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A listener cannot accept just now, and waits (descriptors exhausted).
    AcceptPaused(std::io::Error),
    /// What a scan found out about a port at one address.
    Scanned {
        /// What was tried.
        target: Target,
        /// The address that was tried; `None` through a proxy.
        address: Option<SocketAddr>,
        /// What was found.
        state: PortState,
        /// The UDP probe that was sent, by the name of its protocol; empty for an empty datagram.
        /// `None` where nothing was sent.
        probe: Option<&'static str>,
        /// How long the attempt took.
        took: Duration,
    },
    /// A scan begins to send UDP probes, which are the only bytes it sends.
    Probing {
        /// Which kind; never [`UdpProbe::Nothing`].
        probe: UdpProbe,
    },
    /// This is how the practice server read a request; its answer follows.
    LabExplained {
        /// Who sent it.
        peer: SocketAddr,
        /// A sentence for each line, fit to be shown: what the client sent is escaped in it, as it
        /// is in the answer.
        sentences: Vec<String>,
    },
    /// The practice server answered a request.
    LabAnswered {
        /// Who asked.
        peer: SocketAddr,
        /// Method, in the client's bytes.
        method: Vec<u8>,
        /// Target, in the client's bytes.
        target: Vec<u8>,
        /// The status of the answer.
        status: u16,
    },
    /// The practice server was sent something that is no request it could take.
    LabRefused {
        /// Who sent it.
        peer: SocketAddr,
        /// The status of the answer.
        status: u16,
        /// What was wrong.
        reason: String,
    },
}

/// Why lines are not edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEditing {
    /// Our input is no terminal.
    Input,
    /// Our output is no terminal.
    Output,
    /// The terminal is set to give its keys as they are, by whoever uses it.
    Raw,
    /// The terminal cannot move its cursor.
    Dumb,
}

/// A host and port that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Host as given.
    pub host: Host,
    /// Port.
    pub port: u16,
    /// TCP, UDP, …
    pub transport: Transport,
    /// Whether names are out of bounds in messages too (`-n`).
    pub numeric: bool,
}

/// One end of a connection, as far as it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// An address on the net.
    Inet {
        /// TCP, UDP, …
        transport: Transport,
        /// The host as given, where there was one.
        host: Option<Host>,
        /// Address and port.
        address: SocketAddr,
    },
    /// A Unix-domain socket; `None` for a client without a name.
    Unix {
        /// Stream or datagram.
        kind: UnixKind,
        /// Name.
        name: Option<UnixName>,
    },
    /// A file or device.
    File(PathBuf),
    /// A port of a virtual machine.
    Vsock {
        /// The machine's context id.
        cid: u32,
        /// The port.
        port: u32,
    },
}

/// A step on the way through a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyStep {
    /// It is connected: straight, at this address, or through the proxy before it.
    Reached(Option<SocketAddr>),
    /// It said whether it wants to be shown user and password (SOCKS5).
    Authentication {
        /// It does.
        wanted: bool,
    },
    /// It is asked for the way.
    Asking {
        /// Where the way is to lead.
        target: Target,
        /// The target's address, where a name was looked up here.
        looked_up: Option<IpAddr>,
    },
}

/// Why one client among several was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// It did not read, and the others were not to wait for it.
    DoesNotRead,
    /// It had finished sending and was idle, and no descriptor was left for a new client.
    NoDescriptors,
}

/// Why a client was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalReason {
    /// The rules do not let it in.
    NotAllowed,
    /// There are as many clients as may be.
    TooMany(usize),
    /// Another peer is waited for.
    NotThePeer,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgramEnd {
    /// With this status.
    Status(u8),
    /// By this signal.
    Signal(i32),
}

/// One of the two sides of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Our own input.
    Us,
    /// The peer.
    Peer,
}

/// What a scan found out about a port.
#[derive(Debug)]
pub enum PortState {
    /// A connection stood, or a datagram came back. Without either where a UDP scan takes silence
    /// for open.
    Open {
        /// Bytes of the datagram that came back; `None` where none did.
        answer: Option<usize>,
    },
    /// The host said that nobody listens.
    Closed(std::io::Error),
    /// Nothing came back until the deadline (`None`) or until the kernel gave up, with its error.
    NoAnswer(Option<std::io::Error>),
    /// It could not be tried.
    Failed(std::io::Error),
    /// The proxy did not open the way.
    ProxyRefused(Box<Error>),
}

/// How a conversation went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Who finished first, if anybody did.
    pub first_to_finish: Option<Side>,
    /// Bytes of our input that the net took.
    pub sent: u64,
    /// Bytes of the peer that our output took.
    pub received: u64,
    /// Bytes that were accepted from one side and did not reach the other.
    pub undelivered: u64,
    /// From connection to close.
    pub duration: Duration,
    /// What the kernel knows of the connection, where the observer wants it.
    pub tcp: Option<TcpInfo>,
    /// Ended by a deadline (`-w`, `-q`) rather than by the sides.
    pub by_timeout: bool,
    /// Ended by a signal.
    pub interrupted: bool,
    /// Ended by an error, which is told by itself.
    pub failed: bool,
}

impl ProgramEnd {
    /// As a shell shows it: the status, or 128 and the number of the signal.
    pub fn status(self) -> u8 {
        match self {
            Self::Status(status) => status,
            Self::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        }
    }
}
