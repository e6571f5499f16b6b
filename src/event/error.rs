//! Why a run failed, typed. The voices have the words.

mod access;
mod input;
mod proxy;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

pub use access::AccessReason;
pub use input::{InputTextError, RequestFileReason};
pub use proxy::ProxyReason;

use super::{Failure, Peer, ProgramEnd, Target, TlsError, TlsSettingError};
use crate::plan::{Host, LintError, ProxyKind, UnixName};
use crate::proto::certificate::Timestamp;
use crate::proto::lint::AnswerFault;

/// One connection attempt that failed.
#[derive(Debug)]
pub struct Attempt {
    /// What was asked for.
    pub target: Target,
    /// The address tried.
    pub address: SocketAddr,
    /// Why it failed; `TimedOut` where the deadline ended it.
    pub error: io::Error,
    /// How long it took.
    pub took: Duration,
    /// The target is the proxy, not what was asked for.
    pub to_proxy: bool,
}

/// Why a run failed.
#[derive(Debug)]
pub enum Error {
    /// The plan asks for things that do not go together.
    Lint(LintError),
    /// A host name could not be looked up.
    Lookup {
        /// Host as given; `None` for the wildcard.
        host: Option<Host>,
        /// Port wanted.
        port: u16,
        /// It is the proxy, not what was asked for.
        to_proxy: bool,
        /// Only an address was to be taken (`-n`).
        numeric: bool,
        /// The resolver's words.
        reason: String,
    },
    /// A host of our own, of a listener or of `-s`, could not be looked up.
    LocalLookup {
        /// Host as given.
        host: Host,
        /// Only an address was to be taken (`-n`).
        numeric: bool,
        /// It is a listener's, not the one that a connection is made from.
        listening: bool,
        /// The resolver's words.
        reason: String,
    },
    /// The deadline passed before there was an address to try, or while talking to a proxy.
    TimedOut {
        /// Where to.
        target: Target,
        /// What was under way: `name lookup`, `proxy`, `TLS handshake`.
        during: &'static str,
    },
    /// No address of the target could be connected; each attempt was reported as an event.
    NotConnected {
        /// What was asked for.
        target: Target,
        /// The kind of the failure that tells most.
        failure: Failure,
    },
    /// Own address or port could not be taken for a connection.
    Source {
        /// Which, where it is known.
        address: Option<SocketAddr>,
        /// Why.
        error: io::Error,
    },
    /// A listener could not be bound.
    Bind {
        /// Where.
        local: Peer,
        /// Why.
        error: io::Error,
    },
    /// A Unix socket could not be connected or bound.
    Unix {
        /// Its name.
        name: UnixName,
        /// Why.
        error: io::Error,
    },
    /// A Unix path is taken by something that is not a dead socket.
    PathTaken {
        /// The path.
        name: UnixName,
        /// What stands there: `a regular file`, `a socket in use`, …
        by: &'static str,
    },
    /// A file could not be opened.
    File {
        /// Its path.
        path: std::path::PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The kernel has no socket to give, descriptors are exhausted, say.
    Socket(io::Error),
    /// A socket option was refused by the kernel.
    Option {
        /// The option's name, as the kernel spells it.
        option: &'static str,
        /// Why.
        error: io::Error,
    },
    /// A kind of socket that this kernel does not have.
    Unsupported {
        /// What: `DCCP`, ….
        what: &'static str,
        /// The kernel's answer.
        error: io::Error,
    },
    /// A password was needed and could not be asked for.
    Password {
        /// For what: `proxy`, `TCP MD5 signature`.
        purpose: &'static str,
        /// Why.
        error: io::Error,
    },
    /// The proxy did not open the way.
    Proxy {
        /// The proxy's host as given.
        proxy: Host,
        /// What it speaks.
        kind: ProxyKind,
        /// Why.
        reason: ProxyReason,
    },
    /// Accepting connections failed for good.
    Accept(io::Error),
    /// The connection failed while bytes were moving.
    Connection {
        /// Why.
        error: io::Error,
        /// Bytes accepted from our input that did not reach the peer, as far as known.
        undelivered: u64,
    },
    /// The peer did not acknowledge the last bytes in time.
    Unacknowledged {
        /// How many.
        bytes: u64,
    },
    /// Reading our own input failed.
    Input(io::Error),
    /// What our input says cannot be sent.
    InputText(InputTextError),
    /// Writing our own output failed; a closed pipe is `BrokenPipe`.
    Output {
        /// Why.
        error: io::Error,
        /// Bytes taken from the peer that were not written.
        undelivered: u64,
    },
    /// A rule about who is let in was not understood, or its file could not be read.
    Access {
        /// Where it stands: the file's name, or nothing where it is on the command line.
        file: Option<std::path::PathBuf>,
        /// The rule, in the user's bytes; empty where the file could not be read.
        rule: Vec<u8>,
        /// What is wrong with it.
        reason: AccessReason,
    },
    /// A program could not be run.
    Program {
        /// Its file or its words for the shell.
        program: Vec<u8>,
        /// Why.
        error: io::Error,
    },
    /// The program that took our place ended otherwise than with success.
    ProgramEnded(ProgramEnd),
    /// Nothing moved for too long, where that is a failure.
    Idle {
        /// For how long.
        after: Duration,
    },
    /// A record of what passes could not be written.
    Record {
        /// Its file.
        to: std::path::PathBuf,
        /// Why.
        error: io::Error,
        /// Bytes of the record that waited to be written.
        unwritten: u64,
    },
    /// A file that was to be part of a request cannot be.
    RequestFile {
        /// Its path; `-` is standard input.
        path: std::path::PathBuf,
        /// Why.
        reason: RequestFileReason,
    },
    /// The peer ended without a whole answer over HTTP, where one was wanted.
    Answer(AnswerFault),
    /// Nobody came to a listener in time.
    NobodyCame {
        /// How long it waited.
        after: Duration,
    },
    /// Another peer came than the one waited for.
    WrongPeer {
        /// Who came.
        peer: Peer,
        /// Its host name, where it was looked up.
        name: Option<Vec<u8>>,
        /// The address it came to.
        local: Option<SocketAddr>,
    },
    /// TLS did not come to be, or was cut.
    Tls {
        /// Why.
        error: TlsError,
        /// Whose handshake it was: the host that was asked for, or a client's address; `None` where
        /// TLS stood.
        host: Option<Host>,
        /// Bytes accepted from our input that did not reach the peer, as far as known.
        undelivered: u64,
    },
    /// A client did not finish its handshake in time.
    HandshakeTimedOut {
        /// How long it had.
        after: Duration,
    },
    /// A certificate of the chain expires sooner than was asked.
    ExpiresSoon {
        /// Which; 0 is the peer's own.
        index: usize,
        /// The last second in which it is valid.
        until: Timestamp,
        /// The clock here.
        now: Timestamp,
    },
    /// A setting of TLS cannot be used.
    TlsSetting(TlsSettingError),
    /// Something that this build does not have.
    NotBuilt {
        /// What: `Lua`, `TLS`.
        what: &'static str,
    },
    /// Passing the socket over standard output failed.
    PassSocket(io::Error),
    /// None of the ports scanned was open.
    NothingOpen(Failure),
    /// Something of the machine failed at start: the runtime, a signal handler.
    Start(io::Error),
}

impl Error {
    /// The connection failed while bytes were moving, itself or in its TLS.
    pub fn of_link(error: io::Error, undelivered: u64) -> Self {
        match TlsError::in_stream(&error) {
            Some(error) => Self::Tls { error: error.clone(), host: None, undelivered },
            None => Self::Connection { error, undelivered },
        }
    }

    /// Our input could not be read, or not be sent as it is.
    pub fn of_input(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<InputTextError>()) {
            Some(text) => Self::InputText(text.clone()),
            None => Self::Input(error),
        }
    }

    /// The kind of failure.
    pub fn failure(&self) -> Failure {
        match self {
            Self::Lookup { .. } | Self::LocalLookup { .. } => Failure::NotFound,
            Self::TimedOut { .. }
            | Self::Unacknowledged { .. }
            | Self::Idle { .. }
            | Self::HandshakeTimedOut { .. }
            | Self::NobodyCame { .. } => Failure::TimedOut,
            Self::Tls { error, .. } => error.failure(),
            Self::ExpiresSoon { .. } => Failure::ExpiresSoon,
            Self::NotConnected { failure, .. } | Self::NothingOpen(failure) => *failure,
            Self::Unix { error, .. } | Self::Connection { error, .. } => Failure::of_network(error),
            Self::Proxy { reason: ProxyReason::Io(error), .. } => match error.kind() {
                io::ErrorKind::UnexpectedEof => Failure::CutShort,
                _ => Failure::of_network(error),
            },
            Self::Proxy { reason, .. } => reason.failure(),
            Self::Answer(_) => Failure::CutShort,
            Self::Input(_)
            | Self::Output { .. }
            | Self::Record { .. }
            | Self::InputText(_)
            | Self::RequestFile { .. } => Failure::LocalIo,
            Self::Lint(_)
            | Self::Source { .. }
            | Self::Bind { .. }
            | Self::PathTaken { .. }
            | Self::File { .. }
            | Self::Socket(_)
            | Self::Option { .. }
            | Self::Unsupported { .. }
            | Self::Password { .. }
            | Self::Accept(_)
            | Self::PassSocket(_)
            | Self::Access { .. }
            | Self::Program { .. }
            | Self::ProgramEnded(_)
            | Self::WrongPeer { .. }
            | Self::NotBuilt { .. }
            | Self::TlsSetting(_)
            | Self::Start(_) => Failure::Other,
        }
    }

    /// Whether whoever read our output has left.
    pub fn reader_is_gone(&self) -> bool {
        matches!(self, Self::Output { error, .. } if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Bytes that were accepted from one side and did not reach the other, as far as known.
    pub fn undelivered(&self) -> u64 {
        match self {
            Self::Connection { undelivered, .. }
            | Self::Tls { undelivered, .. }
            | Self::Output { undelivered, .. } => *undelivered,
            Self::Unacknowledged { bytes } => *bytes,
            _ => 0,
        }
    }
}
