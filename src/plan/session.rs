//! What happens on a connection once it stands: the values behind `-C -d -i -N -q -t -w -W`.

use std::num::NonZeroU64;
use std::time::Duration;

use super::{RecordFormat, RecordTo, Recording, View};
use crate::proto::lint::{AnswerTo, LintKind};

/// What happens on one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Read standard input at all (`-d` says no).
    pub read_input: bool,
    /// What the end of our input means.
    pub after_input: AfterInput,
    /// What the end of the peer's stream means while our input is still open.
    pub after_peer: AfterPeer,
    /// The same, where our input is a terminal.
    pub after_peer_at_terminal: AfterPeer,
    /// Leave when nothing moved for so long and nothing was waiting to move (`-w`).
    pub idle_timeout: Option<Duration>,
    /// Send LF as CR LF (`-C`).
    pub crlf: bool,
    /// Escapes in our input stand for bytes (`--escapes`).
    pub escapes: bool,
    /// Placeholders in our input are filled (`--fill`).
    pub fill: bool,
    /// Answer telnet negotiation (`-t`).
    pub telnet: Option<Telnet>,
    /// Pauses between what is sent (`-i`; Ncat's `-d`).
    pub pace: Option<Pace>,
    /// The most bytes a second, each way (`--rate`).
    pub rate: Option<NonZeroU64>,
    /// The bytes of each direction are added up (`--sum`).
    pub sum: bool,
    /// Show what the peer sends; otherwise it is taken and dropped (`--send-only`).
    pub show_peer: bool,
    /// How it looks at a terminal.
    pub view: View,
    /// Leaving for idleness is a failure (Ncat's `-i`).
    pub idle_is_failure: bool,
    /// A peer that ends without a whole answer over HTTP to a request like this is a failure (`nc http`).
    pub wants_answer: Option<AnswerTo>,
    /// What is written down of it (`-o`, `-x`, `--log`, `--pcap`).
    pub recordings: Vec<Recording>,
    /// Who reads along in it as its client (`--lint`). `None`: as `Auto` where somebody types and is
    /// shown such notes.
    pub lint: Option<LintKind>,
    /// Leave after so many reads from the network (`-W`).
    pub receive_limit: Option<NonZeroU64>,
    /// The most bytes of input put into one datagram.
    pub datagram_size: usize,
    /// Lines are edited where our input and output are a terminal (`--edit`).
    pub edit: Option<Edit>,
}

/// How lines are edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// They are kept for the next run that has the same peer.
    pub history: bool,
}

/// Leaving by `-q` waits at least so long for who is to get the last bytes.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

/// The largest payload of a UDP datagram over IPv4: 65,535 less 20 bytes of IP and 8 of UDP header.
pub const LARGEST_DATAGRAM: usize = 65_507;

impl Default for Session {
    /// The default face at a pipe: half-close at the end of input, then take what still comes.
    fn default() -> Self {
        Self {
            read_input: true,
            after_input: AfterInput::HalfClose,
            after_peer: AfterPeer::FinishInput,
            after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
            idle_timeout: None,
            crlf: false,
            escapes: false,
            fill: false,
            telnet: None,
            pace: None,
            rate: None,
            sum: false,
            show_peer: true,
            view: View::default(),
            idle_is_failure: false,
            wants_answer: None,
            recordings: Vec::new(),
            lint: None,
            receive_limit: None,
            datagram_size: LARGEST_DATAGRAM,
            edit: None,
        }
    }
}

impl Session {
    /// Whether standard output gets a dump in place of the peer's bytes.
    pub fn dumps(&self) -> bool {
        let dump = |record: &Recording| {
            record.to == RecordTo::Output && record.format == RecordFormat::HexTimed
        };
        self.recordings.iter().any(dump)
    }

    /// Whether packets are written down of it.
    pub fn is_captured(&self) -> bool {
        self.recordings.iter().any(|recording| recording.format == RecordFormat::Packets)
    }

    /// How long who is to get the last bytes may take nothing of them, at the end.
    pub fn last_patience(&self) -> Option<Duration> {
        match self.after_input {
            AfterInput::Quit(after)
            | AfterInput::Settle(after)
            | AfterInput::StayUntilIdle(after) => Some(after.max(LEAST_PATIENCE)),
            _ => self.idle_timeout,
        }
    }

    /// The same on the way through a proxy server, which passes bytes on as they are.
    #[must_use]
    pub fn untouched(self) -> Self {
        Self {
            crlf: false,
            telnet: None,
            pace: None,
            rate: None,
            sum: false,
            escapes: false,
            fill: false,
            show_peer: true,
            receive_limit: None,
            ..self
        }
    }

    /// The same with whoever sends datagrams to a socket that locks on to nobody: nobody in
    /// particular is there to be answered, and there is no end to leave at.
    #[must_use]
    pub fn with_anybody(self) -> Self {
        Self { telnet: None, idle_timeout: None, receive_limit: None, ..self }
    }
}

/// Which telnet negotiation is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telnet {
    /// Requests only, as RFC 854 wants it, which comes to an end between any two parties.
    Requests,
    /// Acknowledgements as well, as the original netcats do.
    Everything,
    /// Acknowledgements as well, and the negotiation is taken out of what is shown (Ncat since
    /// 7.94).
    Removed,
}

/// Pauses between what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long each is.
    pub pause: Duration,
    /// Between what.
    pub unit: PaceUnit,
    /// One goes before the first piece too, rather than after the last.
    pub before: bool,
    /// What the peer sends is shown at the same pace.
    pub both_ways: bool,
}

impl Pace {
    /// A pause after each line sent, as openbsd does it.
    pub fn after_lines(pause: Duration) -> Self {
        Self { pause, unit: PaceUnit::Line, before: false, both_ways: false }
    }
}

/// What a pause follows or goes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceUnit {
    /// A line.
    Line,
    /// What one read gave.
    Block,
}

/// What the end of our input means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterInput {
    /// Pass it on as a half-close, then read until the peer is done.
    HalfClose,
    /// Say nothing to the peer, and read until it is done.
    StayOpen,
    /// Say nothing to the peer, and leave when it is done or when nothing has moved for so long
    /// (traditional's `-w`).
    StayUntilIdle(Duration),
    /// Pass it on as a half-close, then leave when the peer is done or after so long at the latest.
    Quit(Duration),
    /// Pass it on as a half-close, then leave when the peer is done or when nothing has moved for
    /// so long (the default face's `-q 0`: a reply is not lost, and nothing is waited for).
    Settle(Duration),
    /// Pass it on as a half-close, read until the peer is done however late, then wait so long
    /// before leaving (netcat-openbsd's `-q` in a client).
    Linger(Duration),
}

impl AfterInput {
    /// Whether the peer is told of the end.
    pub fn is_passed_on(self) -> bool {
        !matches!(self, Self::StayOpen | Self::StayUntilIdle(_))
    }
}

/// What the end of the peer's stream means while our input is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterPeer {
    /// Go on sending until our input ends or the peer refuses.
    FinishInput,
    /// Send what is already there to be read, then leave.
    LeaveWhenQuiet,
    /// Go on sending until our input pauses for so long or ends, or the peer refuses.
    LeaveWhenIdle(Duration),
}
