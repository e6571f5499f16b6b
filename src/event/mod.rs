//! What happened, as types, and the voices that word it.
//!
//! The engine reports [`Event`]s and ends with `Ok` or an [`Error`]; it never writes a word. A
//! voice (one for each dialect, and one for JSON) decides what a user reads on standard error and
//! which exit status the run gets. Foreign bytes are kept raw here and escaped by the voices.

mod cursor;
mod error;
mod failure;
mod ink;
#[cfg(feature = "json")]
mod json;
mod live_line;
mod observer;
mod peer;
mod port_state;
mod program_end;
mod progress;
mod proxy_step;
mod reason;
mod reporter;
mod reporting;
#[cfg(test)]
mod sample;
pub mod strerror;
mod sum;
mod summary;
mod surroundings;
mod tls;
pub mod voice;

pub use cursor::Cursor;
pub use error::{AccessReason, Attempt, Error, InputTextError, ProxyReason, RequestFileReason};
pub use failure::Failure;
pub use observer::{Detail, Observer};
pub use peer::{Peer, Target};
pub use port_state::PortState;
pub use program_end::ProgramEnd;
pub use progress::{Asker, Held, Occasion, Progress, ScanProgress, Watch};
pub use proxy_step::ProxyStep;
pub use reason::{DropReason, NotEditing, RefusalReason};
pub use reporter::Reporter;
pub use reporting::{Colour, Reporting, VoiceName};
pub use sum::{Extent, Sha256Sum, Sum};
pub use summary::{Side, Summary};
pub use tls::{
    Breach, Distrust, Expiry, Fault, Secured, Speech, StapleFault, TlsError, TlsSettingError,
    Unusable, Verdict, Verified,
};

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

pub use crate::sys::sockopt::TcpInfo;

use crate::plan::{Host, ProxyKind, UdpProbe};
use crate::proto::certificate::{Certificate, CertificateError, Timestamp};
use crate::proto::lint::Note;
use crate::proto::starttls::Shown;

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
    /// Somebody asked how it goes, and a scan has come so far.
    ScanProgress(ScanProgress),
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
    /// A record lacks its end, and the run ends for another reason or by a signal.
    NotRecorded(Error),
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
