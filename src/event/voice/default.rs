//! The default face: openbsd's words where openbsd says something, since scripts look for them, and
//! further lines for people, each after the program's name.
//!
//! Errors are said without `-v` too, in one line; `-v` adds how it went, `-vv` how it was done,
//! `-vvv` every step.

use std::io::ErrorKind;

use super::lines::Lines;
use super::openbsd::{self, OpenBsdVoice};
use super::quantity::{bytes, duration};
use super::{Services, Voice, closing, hint, note, place, progress, sums, tls};
use crate::event::strerror::strerror;
use crate::event::{
    Detail, Error, Event, Failure, NotEditing, Occasion, Peer, PortState, ProgramEnd, ProxyStep,
    Reporting, Side, Target, Verified, escape,
};
use crate::plan::{ProxyKind, Transport};
use crate::proto::direction::Direction;

/// The words of the default face.
pub struct DefaultVoice {
    openbsd: OpenBsdVoice,
}

impl DefaultVoice {
    /// A voice that names services by `services`.
    pub fn new(services: Services) -> Self {
        Self { openbsd: OpenBsdVoice::new(services) }
    }

    /// What `-v` and more of it add to openbsd's words.
    fn added(&self, event: &Event, verbosity: u8) -> Option<String> {
        match event {
            // of an address there was nothing to look up
            Event::Resolved { host, addresses, .. }
                if addresses.iter().any(|address| place::is_spelled(host, address.ip())) =>
            {
                None
            }
            Event::Resolved { host, addresses, took, .. } if verbosity > 1 => {
                let addresses: Vec<_> = addresses.iter().map(place::ip).collect();
                Some(format!(
                    "{} is {} (looked up in {})",
                    escape(host.as_bytes()),
                    addresses.join(", "),
                    duration(*took)
                ))
            }
            Event::Attempting { target, address } if verbosity > 2 => {
                Some(format!("trying {address} ({})", target.transport.name()))
            }
            Event::ProxyStep { proxy, port, step: ProxyStep::Asking { target, .. }, .. }
                if verbosity > 2 =>
            {
                let (proxy, host) = (escape(proxy.as_bytes()), escape(target.host.as_bytes()));
                Some(format!("asking proxy {proxy} port {port} for {host} port {}", target.port))
            }
            Event::ProxyOpened { proxy, port, kind, took, .. } => Some(format!(
                "{} proxy {} port {port} opened the way in {}",
                proxy_kind(*kind),
                escape(proxy.as_bytes()),
                duration(*took)
            )),
            Event::Connected { target, peer, local, proxied, took } => {
                let from = match local {
                    Some(local) if verbosity > 1 => format!(", from {local}"),
                    _ => String::new(),
                };
                let (at, took) = (place::name(peer), duration(*took));
                Some(match target.transport {
                    _ if *proxied => format!("connected through {at} in {took}{from}"),
                    Transport::Udp if matches!(peer, Peer::Inet { .. }) => format!(
                        "sending to {at}{from}: UDP has no handshake, only an answer shows that \
                         somebody listens"
                    ),
                    _ => format!("connected to {at} in {took}{from}"),
                })
            }
            // the host was said, its address was not
            Event::Bound(peer @ Peer::Inet { host: Some(_), address, .. })
            | Event::Listening(peer @ Peer::Inet { host: Some(_), address, .. })
                if place::spaced(peer) != format!("{} {}", place::ip(address), address.port()) =>
            {
                Some(format!("that is {}", place::name(peer)))
            }
            Event::Accepted { peer, local: Some(local), .. } if verbosity > 1 => {
                Some(format!("{} came to {local}", place::name(peer)))
            }
            Event::Heard(peer) => Some(format!("datagrams from {}", place::name(peer))),
            Event::Moving { up, down } if verbosity > 1 => {
                Some(format!("our input goes out by {up}, the peer's bytes come in by {down}"))
            }
            Event::FirstByte { from, took } if verbosity > 2 => {
                let from = match from {
                    Side::Us => "our input",
                    Side::Peer => "the peer",
                };
                Some(format!("first byte of {from} after {}", duration(*took)))
            }
            Event::HalfClosed { by: Side::Us, bytes: sent, typed } => {
                let after = match verbosity {
                    1 => String::new(),
                    _ => format!(" after {}", bytes(*sent)),
                };
                if *typed {
                    return Some(finished_typing(&after));
                }
                Some(format!(
                    "our input ended{after} and the peer was told; nc reads on until it finishes \
                     too (Ctrl-C leaves)"
                ))
            }
            Event::HalfClosed { by: Side::Peer, bytes: sent, .. } if verbosity > 1 => {
                Some(format!("the peer finished sending after {}", bytes(*sent)))
            }
            Event::Scanned { target, address, state, probe, took } => {
                let found = match state {
                    _ if target.transport != Transport::Udp => return None,
                    PortState::Open { answer: Some(count) } => format!(
                        "open (answered {} with {} in {})",
                        asked(*probe),
                        bytes(*count as u64),
                        duration(*took)
                    ),
                    PortState::Open { answer: None } => "taken for open".to_owned(),
                    PortState::Closed(error) if error.kind() == ErrorKind::ConnectionRefused => {
                        "closed (ICMP port unreachable)".to_owned()
                    }
                    PortState::Closed(error) => format!("closed ({})", strerror(error)),
                    PortState::NoAnswer(_) => {
                        format!("no answer to {} (open or filtered)", asked(*probe))
                    }
                    PortState::Failed(_) | PortState::ProxyRefused(_) => return None,
                };
                let host = place::host(&target.host, address.as_ref());
                Some(format!(
                    "{host} port {} [{}] {found}",
                    target.port,
                    self.openbsd.service(target)
                ))
            }
            Event::ProgramStarted { program, pid } => {
                Some(format!("started {} as process {pid}", escape(program)))
            }
            Event::ProgramEnded { pid, how } => Some(match how {
                ProgramEnd::Status(status) => format!("process {pid} ended with status {status}"),
                ProgramEnd::Signal(number) => format!("process {pid} was ended by signal {number}"),
            }),
            Event::ProxyAnswered { peer, request, answer } => Some(format!(
                "{}: {} -> {}",
                place::name(peer),
                escape(request),
                escape(answer.as_bytes())
            )),
            Event::IpOptions { peer, options } => {
                let bytes: Vec<_> = options.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(format!("{} sends IP options: {}", place::name(peer), bytes.join(" ")))
            }
            Event::NotEditing(why) => {
                let why = match why {
                    NotEditing::Input => "standard input is no terminal",
                    NotEditing::Output => "standard output is no terminal",
                    NotEditing::Raw => "the terminal is in raw mode, and left as it is",
                    NotEditing::Dumb => "the terminal cannot move its cursor (TERM)",
                };
                Some(format!("lines are not edited: {why}"))
            }
            Event::NotKept { path, error } => Some(format!(
                "lines are not kept in {}: {}",
                escape(path.as_os_str().as_encoded_bytes()),
                strerror(error)
            )),
            Event::Probing { .. } => {
                Some("sending UDP probes: they are the only bytes that a scan sends".to_owned())
            }
            _ => None,
        }
    }
}

impl Voice for DefaultVoice {
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        let lines = Lines::new(reporting);
        let lines = match event {
            Event::Secured { secured, .. } if reporting.verbosity > 0 => {
                tls::secured(secured, reporting.verbosity > 1)
                    .iter()
                    .fold(lines, |lines, line| lines.prefixed(line))
            }
            // what is not checked is never left unsaid
            Event::Secured { secured, .. } => match &secured.verified {
                Verified::Nothing(why) => lines.prefixed(&tls::not_verified(why.as_ref())),
                _ => lines,
            },
            Event::CertificateMade(certificate) => {
                tls::made(certificate).iter().fold(lines, |lines, line| lines.prefixed(line))
            }
            Event::Verdict(verdict) => tls::verdict(verdict, reporting.verbosity)
                .iter()
                .fold(lines, |lines, line| lines.prefixed(line)),
            Event::Composed { bytes: shown, size } if reporting.verbosity > 0 => {
                let lines = shown
                    .split_inclusive(|byte| *byte == b'\n')
                    .fold(lines, |lines, line| lines.prefixed(&format!("> {}", escape(line))));
                match size.saturating_sub(shown.len() as u64) {
                    0 => lines,
                    more => lines.prefixed(&format!("> ... and {} more", bytes(more))),
                }
            }
            Event::BeforeTls(shown) if reporting.verbosity > 0 => {
                let mark = match shown.direction {
                    Direction::Sent => '>',
                    Direction::Received => '<',
                };
                lines.prefixed(&format!("{mark} {}", escape(&shown.text)))
            }
            Event::Progress(told) => match told.occasion {
                Occasion::Asked => {
                    progress::status(told).iter().fold(lines, |lines, line| lines.prefixed(line))
                }
                Occasion::Passing => lines.prefixed(&progress::line(told)),
                Occasion::Over => lines.prefixed(&progress::total(told)),
            },
            Event::NoConversation => lines.prefixed("no conversation is under way"),
            Event::Sums { peer, sent, received } => {
                let lines = match sent {
                    Some(sent) => lines.prefixed(&sums::sent(sent, peer)),
                    None => lines,
                };
                lines.prefixed(&sums::received(received, peer))
            }
            // whoever pressed Ctrl-D is not left to wonder
            Event::HalfClosed { by: Side::Us, typed: true, .. }
                if reporting.verbosity == 0 && reporting.at_terminal =>
            {
                lines.prefixed(&finished_typing(""))
            }
            Event::Note(note) => lines.prefixed(&format!("note: {}", note::words(note))),
            Event::Closed(summary) if reporting.why || reporting.verbosity > 1 => {
                lines.prefixed(&closing::line(summary))
            }
            Event::Closed(summary) if reporting.verbosity > 0 => {
                lines.prefixed(&closing::end(summary))
            }
            Event::ClientLeft { peer, summary } if reporting.why || reporting.verbosity > 1 => {
                lines.prefixed(&format!("{}: {}", place::name(peer), closing::line(summary)))
            }
            Event::ClientLeft { peer, summary } if reporting.verbosity > 0 => {
                lines.prefixed(&format!("{}: {}", place::name(peer), closing::end(summary)))
            }
            Event::ClientDropped { peer, undelivered, reason } => {
                let why = closing::dropped(*reason);
                let words = format!("{} was dropped: {why}", place::name(peer));
                lines.prefixed(&openbsd::lost(words, *undelivered))
            }
            Event::ClientFailed { peer, error } => {
                lines.prefixed(&format!("{}: {}", place::name(peer), sentence(error)))
            }
            Event::ClientRefused { peer, reason, .. } => {
                lines.prefixed(&openbsd::refused(peer, *reason))
            }
            Event::RefusalsLeftOut { count } => lines.prefixed(&openbsd::refused_too(*count)),
            Event::AcceptPaused(error) => lines.prefixed(&format!(
                "no new connections for the moment: accept: {}",
                strerror(error)
            )),
            Event::LabExplained { peer, sentences } => sentences
                .iter()
                .fold(lines, |lines, sentence| lines.prefixed(&format!("{peer} {sentence}"))),
            Event::LabAnswered { peer, method, target, status } => {
                lines.prefixed(&format!("{peer} {} {} -> {status}", escape(method), escape(target)))
            }
            Event::LabRefused { peer, status, reason } => {
                lines.prefixed(&format!("{peer} -> {status}: {}", escape(reason.as_bytes())))
            }
            _ if reporting.verbosity > 0 => {
                let lines = lines.lines(self.openbsd.event(event, reporting));
                match self.added(event, reporting.verbosity) {
                    Some(words) => lines.prefixed(&words),
                    None => lines,
                }
            }
            _ => lines,
        };
        lines.finish()
    }

    fn is_our_own(&self) -> bool {
        true
    }

    fn result(&self, event: &Event) -> Option<Vec<u8>> {
        match event {
            Event::CertificateSeen { index, certificate, now } => {
                let line = tls::certificate(*index, certificate.as_deref(), *now);
                Some((line + "\n").into_bytes())
            }
            _ => None,
        }
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        let words = match error {
            // what a scan finds is a result, not an error
            Error::NotConnected { .. } if reporting.scanning => return None,
            Error::NothingOpen(_) => return None,
            // each attempt was reported; only what to do next is left to say
            Error::NotConnected { target, failure } if reporting.verbosity > 0 => {
                let host = escape(target.host.as_bytes()).to_string();
                format!("{host} port {}: {}", target.port, hint::of_failure(*failure)?)
            }
            // the reader of our output went away: as quiet as SIGPIPE
            error if error.reader_is_gone() => return None,
            _ => sentence(error),
        };
        Lines::new(reporting).prefixed(&words).finish()
    }

    fn details(&self) -> &'static [(Detail, u8)] {
        &[
            (Detail::ClientNames, 1),
            (Detail::IpOptions, 1),
            (Detail::Notes, 1),
            (Detail::LocalAddress, 2),
            (Detail::TcpInfo, 2),
        ]
    }

    fn status(&self, result: &Result<(), Error>, reporting: &Reporting) -> u8 {
        match result {
            Ok(()) => 0,
            Err(Error::ProgramEnded(how)) => how.status(),
            Err(_) if reporting.classic_status => 1,
            Err(error) => error.failure().status(),
        }
    }
}

/// The whole of what is said of an error, without the program's name and without a line end:
/// openbsd's words, and what to do next.
pub fn sentence(error: &Error) -> String {
    let words = match error {
        Error::NotConnected { target, failure } => not_connected(target, *failure),
        Error::NothingOpen(_) => "no port was open".to_owned(),
        Error::TimedOut { target, during } => {
            let how = format!("timed out waiting for {}", escape(during.as_bytes()));
            openbsd::connect(target, None, &how)
        }
        Error::Bind { local, error } => {
            format!("bind to {}: {}", place::name(local), strerror(error))
        }
        Error::PathTaken { name, by } => {
            format!("{} is taken by {by}; nothing was removed", escape(&name.display()))
        }
        Error::Socket(error) => format!("no socket could be had: {}", strerror(error)),
        Error::Option { option, error } => format!("socket option {option}: {}", strerror(error)),
        Error::Unsupported { what, error } => {
            format!("{what} is not supported here: {}", strerror(error))
        }
        Error::Password { purpose, error } => {
            format!("no password for {purpose} could be read: {}", strerror(error))
        }
        Error::Proxy { proxy, .. } => {
            let said = openbsd::sentence(error).unwrap_or_default();
            format!("proxy {}: {said}", escape(proxy.as_bytes()))
        }
        Error::Connection { error, undelivered } => {
            openbsd::lost(format!("connection lost: {}", strerror(error)), *undelivered)
        }
        Error::Unacknowledged { bytes: count } => {
            format!("the peer did not acknowledge the last {} in time", bytes(*count))
        }
        Error::Input(error) => format!("reading our input failed: {}", strerror(error)),
        Error::Output { error, undelivered } => {
            openbsd::lost(format!("writing our output failed: {}", strerror(error)), *undelivered)
        }
        Error::PassSocket(error) => {
            format!("passing the socket over standard output failed: {}", strerror(error))
        }
        Error::Lint(_)
        | Error::Lookup { .. }
        | Error::LocalLookup { .. }
        | Error::Source { .. }
        | Error::Unix { .. }
        | Error::File { .. }
        | Error::Accept(_)
        | Error::Access { .. }
        | Error::Program { .. }
        | Error::Idle { .. }
        | Error::Record { .. }
        | Error::RequestFile { .. }
        | Error::NoAnswer
        | Error::InputText(_)
        | Error::NobodyCame { .. }
        | Error::WrongPeer { .. }
        | Error::NotBuilt { .. }
        | Error::Tls { .. }
        | Error::HandshakeTimedOut { .. }
        | Error::ExpiresSoon { .. }
        | Error::TlsSetting(_)
        | Error::Start(_) => openbsd::sentence(error).unwrap_or_default(),
        Error::ProgramEnded(ProgramEnd::Status(status)) => {
            format!("the program ended with status {status}")
        }
        Error::ProgramEnded(ProgramEnd::Signal(number)) => {
            format!("the program was ended by signal {number}")
        }
    };
    match hint::of(error) {
        Some(hint) => format!("{words} ({hint})"),
        None => words,
    }
}

/// What somebody at a terminal did with Ctrl-D.
fn finished_typing(after: &str) -> String {
    format!("you finished sending{after}; waiting for the peer (Ctrl-C leaves)")
}

/// What a port was asked.
fn asked(probe: Option<&'static str>) -> String {
    match probe {
        None => "nothing".to_owned(),
        Some("") => "an empty datagram".to_owned(),
        Some(name) => format!("a {name} probe"),
    }
}

/// One line for all the addresses that were tried.
fn not_connected(target: &Target, failure: Failure) -> String {
    let how = match failure {
        Failure::Refused => "failed: Connection refused",
        Failure::TimedOut => "timed out",
        Failure::Unreachable => "failed: Network is unreachable",
        Failure::CutShort => "failed: Connection reset by peer",
        Failure::Other
        | Failure::NotFound
        | Failure::LocalIo
        | Failure::Untrusted
        | Failure::ExpiresSoon => "failed (-v says why)",
    };
    openbsd::connect(target, None, how)
}

fn proxy_kind(kind: ProxyKind) -> &'static str {
    match kind {
        ProxyKind::Socks4 => "SOCKS4",
        ProxyKind::Socks4a => "SOCKS4A",
        ProxyKind::Socks5 => "SOCKS5",
        ProxyKind::HttpConnect => "HTTP",
    }
}
