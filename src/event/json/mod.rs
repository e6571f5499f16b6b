//! Events as JSON: one object a line. `docs/json.md` is the schema.

mod closed;
mod failed;
mod line;
mod progress;
#[cfg(test)]
mod snapshots;
mod tls;
mod value;

use std::time::Duration;

use serde::Serialize;

use self::closed::{Closed, Sum};
use self::failed::Failed;
use self::line::line;
use self::progress::Progress;
use self::tls::{Certificate, Judged, Tls};
use self::value::{Address, Peer, Reason, Target, hex, ip, proxy_kind, seconds, side, text};
use super::voice::note::words;
use super::voice::tls::reason;
use super::{
    DropReason, Error, Event, NotEditing, PortState, ProgramEnd, ProxyStep, RefusalReason,
};
use crate::proto::direction::Direction;

/// The line of an event that happened at `time`.
pub fn event(event: &Event, time: Duration) -> Option<Vec<u8>> {
    line(Said::from(event), time)
}

/// The line of the error that ended the run with `status`.
pub fn error(error: &Error, status: u8, time: Duration) -> Option<Vec<u8>> {
    line(Said::Error { status, what: error.into() }, time)
}

/// What happened; field by field in `docs/json.md`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Said {
    Resolved {
        host: String,
        addresses: Vec<String>,
        took: f64,
    },
    Attempting {
        target: Target,
        address: Address,
    },
    AttemptFailed {
        target: Target,
        address: Address,
        reason: Reason,
        took: f64,
        to_proxy: bool,
    },
    ProxyStep {
        host: String,
        port: u16,
        protocol: &'static str,
        step: &'static str,
        address: Option<Address>,
        wanted: Option<bool>,
        target: Option<Target>,
        looked_up: Option<String>,
    },
    ProxyOpened {
        host: String,
        port: u16,
        protocol: &'static str,
        address: Option<Address>,
        target: Target,
        looked_up: Option<String>,
        authenticated: bool,
        took: f64,
    },
    Opened {
        peer: Peer,
    },
    Composed {
        text: String,
        size: u64,
    },
    BeforeTls {
        from: &'static str,
        text: String,
    },
    Secured {
        peer: Peer,
        tls: Tls,
    },
    Distrusted {
        certificate: Certificate,
        distrust: String,
    },
    CertificateMade {
        certificate: Certificate,
    },
    CertificateSeen {
        index: usize,
        certificate: Option<Certificate>,
        unreadable: Option<String>,
    },
    Verdict(Judged),
    Connected {
        target: Target,
        peer: Peer,
        local: Option<Address>,
        proxied: bool,
        took: f64,
    },
    Bound {
        local: Peer,
    },
    Listening {
        local: Peer,
    },
    Accepted {
        peer: Peer,
        name: Option<String>,
        local: Option<Address>,
        user: Option<u32>,
    },
    Moving {
        up: &'static str,
        down: &'static str,
    },
    Note {
        note: &'static str,
        request: Option<u64>,
        line: Option<u64>,
        status: Option<u16>,
        text: Option<String>,
        words: String,
    },
    FirstByte {
        from: &'static str,
        took: f64,
    },
    HalfClosed {
        by: &'static str,
        bytes: u64,
    },
    Progress(Progress),
    ScanProgress {
        tried: usize,
        of: usize,
    },
    NoConversation,
    Sums {
        peer: Peer,
        sent: Option<Sum>,
        received: Sum,
    },
    Closed(Closed),
    ClientLeft {
        peer: Peer,
        #[serde(flatten)]
        closed: Closed,
    },
    ClientDropped {
        peer: Peer,
        undelivered: u64,
        reason: &'static str,
    },
    ClientFailed {
        peer: Peer,
        #[serde(flatten)]
        what: Failed,
    },
    ClientRefused {
        peer: Peer,
        name: Option<String>,
        user: Option<u32>,
        reason: &'static str,
    },
    RefusalsLeftOut {
        count: u64,
    },
    ProgramStarted {
        program: String,
        pid: u32,
    },
    ProgramEnded {
        pid: u32,
        status: Option<u8>,
        signal: Option<i32>,
    },
    ProxyAnswered {
        peer: Peer,
        request: String,
        answer: String,
    },
    IpOptions {
        peer: Peer,
        options: String,
    },
    AcceptPaused {
        reason: Reason,
    },
    NotEditing {
        reason: &'static str,
    },
    NotKept {
        path: String,
        reason: Reason,
    },
    NotRecorded {
        #[serde(flatten)]
        what: Failed,
    },
    Scanned {
        target: Target,
        address: Option<Address>,
        state: &'static str,
        reason: Option<Reason>,
        probe: Option<&'static str>,
        answer: Option<usize>,
        took: f64,
    },
    Probing {
        probe: &'static str,
    },
    LabExplained {
        peer: Address,
        sentences: Vec<String>,
    },
    LabAnswered {
        peer: Address,
        method: String,
        path: String,
        status: u16,
    },
    LabRefused {
        peer: Address,
        status: u16,
        reason: String,
    },
    Heard {
        peer: Peer,
    },
    Error {
        status: u8,
        #[serde(flatten)]
        what: Failed,
    },
}

impl From<&Event> for Said {
    fn from(event: &Event) -> Self {
        match event {
            Event::Resolved { host, addresses, took, .. } => Self::Resolved {
                host: text(host.as_bytes()),
                addresses: addresses.iter().map(ip).collect(),
                took: seconds(*took),
            },
            Event::Attempting { target, address } => {
                Self::Attempting { target: target.into(), address: address.into() }
            }
            Event::AttemptFailed(attempt) => Self::AttemptFailed {
                target: (&attempt.target).into(),
                address: (&attempt.address).into(),
                reason: (&attempt.error).into(),
                took: seconds(attempt.took),
                to_proxy: attempt.to_proxy,
            },
            Event::ProxyStep { proxy, port, kind, step } => {
                let (name, address, wanted, target, looked_up) = match step {
                    ProxyStep::Reached(address) => ("reached", address.as_ref(), None, None, None),
                    ProxyStep::Authentication { wanted } => {
                        ("authentication", None, Some(*wanted), None, None)
                    }
                    ProxyStep::Asking { target, looked_up } => {
                        ("asking", None, None, Some(target), looked_up.as_ref())
                    }
                };
                Self::ProxyStep {
                    host: text(proxy.as_bytes()),
                    port: *port,
                    protocol: proxy_kind(*kind),
                    step: name,
                    address: address.map(Address::from),
                    wanted,
                    target: target.map(Into::into),
                    looked_up: looked_up.map(ToString::to_string),
                }
            }
            Event::ProxyOpened {
                proxy,
                port,
                kind,
                address,
                target,
                looked_up,
                authenticated,
                took,
            } => Self::ProxyOpened {
                host: text(proxy.as_bytes()),
                port: *port,
                protocol: proxy_kind(*kind),
                address: address.as_ref().map(Address::from),
                target: target.into(),
                looked_up: looked_up.map(|address| address.to_string()),
                authenticated: *authenticated,
                took: seconds(*took),
            },
            Event::Composed { bytes, size } => Self::Composed { text: text(bytes), size: *size },
            Event::BeforeTls(shown) => Self::BeforeTls {
                from: match shown.direction {
                    Direction::Sent => "us",
                    Direction::Received => "peer",
                },
                text: text(&shown.text),
            },
            Event::Secured { peer, secured } => {
                Self::Secured { peer: peer.into(), tls: (&**secured).into() }
            }
            Event::Distrusted { certificate, why, now } => Self::Distrusted {
                certificate: Certificate::new(certificate, *now),
                distrust: reason(why, None),
            },
            Event::CertificateMade(certificate) => Self::CertificateMade {
                certificate: Certificate::new(certificate, certificate.not_before),
            },
            Event::CertificateSeen { index, certificate, now } => Self::CertificateSeen {
                index: *index,
                certificate: certificate.as_ref().ok().map(|read| Certificate::new(read, *now)),
                unreadable: certificate.as_ref().err().map(ToString::to_string),
            },
            Event::Verdict(verdict) => Self::Verdict((&**verdict).into()),
            Event::Opened(peer) => Self::Opened { peer: peer.into() },
            Event::Connected { target, peer, local, proxied, took } => Self::Connected {
                target: target.into(),
                peer: peer.into(),
                local: local.as_ref().map(Address::from),
                proxied: *proxied,
                took: seconds(*took),
            },
            Event::Bound(local) => Self::Bound { local: local.into() },
            Event::Listening(local) => Self::Listening { local: local.into() },
            Event::Accepted { peer, name, local, user } => Self::Accepted {
                peer: peer.into(),
                name: name.as_deref().map(text),
                local: local.as_ref().map(Address::from),
                user: *user,
            },
            Event::Heard(peer) => Self::Heard { peer: peer.into() },
            Event::Moving { up, down } => Self::Moving { up, down },
            Event::Note(note) => Self::Note {
                note: note.name(),
                request: note.request(),
                line: note.line(),
                status: note.status(),
                text: note.foreign().map(text),
                words: words(note),
            },
            Event::FirstByte { from, took } => {
                Self::FirstByte { from: side(*from), took: seconds(*took) }
            }
            Event::HalfClosed { by, bytes, .. } => {
                Self::HalfClosed { by: side(*by), bytes: *bytes }
            }
            Event::Progress(progress) => Self::Progress((&**progress).into()),
            Event::ScanProgress(scan) => Self::ScanProgress { tried: scan.tried, of: scan.of },
            Event::NoConversation => Self::NoConversation,
            Event::Sums { peer, sent, received } => Self::Sums {
                peer: peer.into(),
                sent: sent.as_ref().map(Sum::from),
                received: received.into(),
            },
            Event::Closed(summary) => Self::Closed(summary.into()),
            Event::ClientLeft { peer, summary } => {
                Self::ClientLeft { peer: peer.into(), closed: summary.into() }
            }
            Event::ClientDropped { peer, undelivered, reason } => {
                let reason = match reason {
                    DropReason::DoesNotRead => "does_not_read",
                    DropReason::NoDescriptors => "no_descriptors",
                };
                Self::ClientDropped { peer: peer.into(), undelivered: *undelivered, reason }
            }
            Event::ClientFailed { peer, error } => {
                Self::ClientFailed { peer: peer.into(), what: error.into() }
            }
            Event::RefusalsLeftOut { count } => Self::RefusalsLeftOut { count: *count },
            Event::ClientRefused { peer, name, user, reason } => Self::ClientRefused {
                peer: peer.into(),
                name: name.as_deref().map(text),
                user: *user,
                reason: match reason {
                    RefusalReason::NotAllowed => "not_allowed",
                    RefusalReason::TooMany(_) => "too_many",
                    RefusalReason::NotThePeer => "not_the_peer",
                },
            },
            Event::ProgramStarted { program, pid } => {
                Self::ProgramStarted { program: text(program), pid: *pid }
            }
            Event::ProgramEnded { pid, how } => {
                let (status, signal) = match how {
                    ProgramEnd::Status(status) => (Some(*status), None),
                    ProgramEnd::Signal(signal) => (None, Some(*signal)),
                };
                Self::ProgramEnded { pid: *pid, status, signal }
            }
            Event::ProxyAnswered { peer, request, answer } => Self::ProxyAnswered {
                peer: peer.into(),
                request: text(request),
                answer: text(answer.as_bytes()),
            },
            Event::IpOptions { peer, options } => {
                Self::IpOptions { peer: peer.into(), options: hex(options) }
            }
            Event::NotEditing(reason) => Self::NotEditing {
                reason: match reason {
                    NotEditing::Input => "input_is_no_terminal",
                    NotEditing::Output => "output_is_no_terminal",
                    NotEditing::Raw => "terminal_is_raw",
                    NotEditing::Dumb => "terminal_is_dumb",
                },
            },
            Event::NotKept { path, error } => Self::NotKept {
                path: text(path.as_os_str().as_encoded_bytes()),
                reason: error.into(),
            },
            Event::NotRecorded(error) => Self::NotRecorded { what: error.into() },
            Event::AcceptPaused(error) => Self::AcceptPaused { reason: error.into() },
            Event::Scanned { target, address, state, probe, took } => {
                let answer = match state {
                    PortState::Open { answer } => *answer,
                    _ => None,
                };
                let (state, reason) = match state {
                    PortState::Open { .. } => ("open", None),
                    PortState::Closed(error) => ("closed", Some(error.into())),
                    PortState::NoAnswer(error) => ("no_answer", error.as_ref().map(Reason::from)),
                    PortState::Failed(error) => ("failed", Some(error.into())),
                    PortState::ProxyRefused(_) => ("proxy_refused", None),
                };
                Self::Scanned {
                    target: target.into(),
                    address: address.as_ref().map(Address::from),
                    state,
                    reason,
                    probe: *probe,
                    answer,
                    took: seconds(*took),
                }
            }
            Event::Probing { probe } => Self::Probing {
                probe: match probe {
                    crate::plan::UdpProbe::Nothing => "nothing",
                    crate::plan::UdpProbe::Xs => "xs",
                    crate::plan::UdpProbe::TwoNuls => "two_nuls",
                    crate::plan::UdpProbe::OneNul => "one_nul",
                    crate::plan::UdpProbe::Service => "service",
                },
            },
            Event::LabExplained { peer, sentences } => {
                Self::LabExplained { peer: peer.into(), sentences: sentences.clone() }
            }
            Event::LabAnswered { peer, method, target, status } => Self::LabAnswered {
                peer: peer.into(),
                method: text(method),
                path: text(target),
                status: *status,
            },
            Event::LabRefused { peer, status, reason } => Self::LabRefused {
                peer: peer.into(),
                status: *status,
                reason: text(reason.as_bytes()),
            },
        }
    }
}
