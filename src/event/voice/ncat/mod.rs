//! Ncat, to the letter: the newest one's words, with one line for each connection and brackets
//! round IPv6 addresses.
//!
//! Its debug lines (`NCAT DEBUG:` and `libnsock`, from `-vv` on) are left out: they tell of its
//! inner life, which ours does not have, and no script reads them. Where it loses bytes, a further
//! line says how many.

mod failure;
mod proxy;
mod secured;

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use self::failure::{broken_rule, could_not_resolve, quitting};
use super::lines::Lines;
use super::memory::{LastFailure, Memory};
use super::quantity::{bytes, duration};
use super::system_error::{is_of_writing, is_our_deadline};
use super::{Voice, closing, openbsd, place};
use crate::event::strerror::strerror;
use crate::event::{
    AccessReason, Error, Event, Failure, Peer, PortState, RefusalReason, Reporting, TlsError,
    Verified,
};
use crate::plan::{ProxyKind, Transport, UnixKind};
use crate::proto::escape::escape;

/// The Ncat whose words these are.
pub const VERSION: &str = "7.98";

/// What it calls itself, whatever name it was called by.
const NAME: &[u8] = b"Ncat";

/// The words of Ncat.
#[derive(Default)]
pub struct NcatVoice {
    memory: Memory,
    /// What a proxy was asked for, once it has opened the way.
    beyond: RefCell<Option<String>>,
}

impl NcatVoice {
    fn verbose<'a>(&self, event: &Event, reporting: &Reporting, lines: Lines<'a>) -> Lines<'a> {
        let verbosity = reporting.verbosity;
        match event {
            Event::AttemptFailed(attempt) if !attempt.to_proxy => {
                self.next_address(attempt.address, &attempt.error, lines)
            }
            Event::ProxyStep { kind, step, .. } => match proxy::towards(*kind, step) {
                Some(words) => lines.prefixed(&words),
                None => lines,
            },
            Event::ProxyOpened { kind: ProxyKind::Socks5, .. } => {
                lines.prefixed("connection succeeded.")
            }
            // a client of ours, of whom nobody was asked for
            Event::Secured { secured, .. } if secured.verified == Verified::Nobody => lines,
            Event::Secured { peer, secured } => {
                let place = self.beyond.borrow().clone().unwrap_or_else(|| name(peer));
                secured::stands(lines, &place, secured, verbosity)
            }
            Event::Distrusted { certificate, why, .. } => {
                secured::distrusted(lines, certificate, why)
            }
            Event::CertificateMade(certificate) => secured::made(lines, certificate),
            // told of once it is secured
            Event::Connected { .. } if reporting.secured => lines,
            // told of as a proxy that opened the way; a Unix listener's when it listens
            Event::Connected { proxied: true, .. }
            | Event::Bound(Peer::Unix { kind: UnixKind::Stream, .. }) => lines,
            Event::Connected { peer, .. } | Event::Opened(peer) => {
                lines.prefixed(&format!("Connected to {}.", name(peer)))
            }
            Event::Bound(peer) | Event::Listening(peer) => {
                lines.prefixed(&format!("Listening on {}", name(peer)))
            }
            Event::Accepted { peer, user, .. } => lines.prefixed(&came(peer, *user)),
            Event::Heard(peer) => lines.prefixed(&came(peer, None)),
            Event::RefusalsLeftOut { count } => {
                lines.prefixed(&format!("{}.", openbsd::refused_too(*count)))
            }
            Event::ClientRefused { peer, user, reason, .. } => {
                let why = match reason {
                    RefusalReason::NotAllowed | RefusalReason::NotThePeer => {
                        "not allowed".to_owned()
                    }
                    RefusalReason::TooMany(most) => format!("connection limit reached ({most})"),
                };
                lines
                    .prefixed(&came(peer, *user))
                    .prefixed(&format!("New connection denied: {why}"))
            }
            Event::ProxyAnswered { peer, request, answer } if verbosity > 1 => lines.prefixed(
                &format!("{}: {} -> {}", name(peer), escape(request), escape(answer.as_bytes())),
            ),
            Event::Scanned { target, address: Some(address), state, .. } => {
                let datagrams = matches!(target.transport, Transport::Udp | Transport::UdpLite);
                let connected = format!("Connected to {address}.");
                match state {
                    PortState::Open { .. } if datagrams => {
                        lines.prefixed(&connected).prefixed("UDP packet sent successfully")
                    }
                    PortState::Open { .. } => lines.prefixed(&connected),
                    // a datagram socket connects without asking anybody
                    PortState::Closed(_) if datagrams => lines.prefixed(&connected),
                    PortState::Closed(error)
                    | PortState::Failed(error)
                    | PortState::NoAnswer(Some(error)) => self.next_address(*address, error, lines),
                    PortState::NoAnswer(None) => {
                        self.next_address(*address, &ErrorKind::TimedOut.into(), lines)
                    }
                    PortState::ProxyRefused(_) => lines,
                }
            }
            Event::Scanned { target, address: None, state: PortState::Open { .. }, .. } => {
                match str::from_utf8(target.host.as_bytes()).map(str::parse::<IpAddr>) {
                    Ok(Ok(_)) => lines,
                    _ => lines.prefixed(&proxy::asked_by_name(target)),
                }
            }
            Event::Scanned { state: PortState::ProxyRefused(error), .. } => {
                self.sentences(error, reporting, lines)
            }
            _ => lines,
        }
    }

    /// Whether clients come to us.
    fn is_listener(&self) -> bool {
        self.memory.accepted() && !self.memory.connected()
    }

    /// Why an address failed, where others are left; the last one's failure is the run's error.
    fn next_address<'a>(
        &self,
        address: SocketAddr,
        error: &io::Error,
        lines: Lines<'a>,
    ) -> Lines<'a> {
        if self.memory.addresses_left() == 0 {
            return lines;
        }
        let why = if is_our_deadline(error) { TIMED_OUT.to_owned() } else { strerror(error) };
        lines
            .prefixed(&format!("Connection to {address} failed: {why}."))
            .prefixed("Trying next address...")
    }

    /// What became of the connection attempts.
    fn not_connected(&self, failure: Failure) -> String {
        let last = self.memory.last_failure();
        let words = match &last {
            Some(LastFailure { words: Some(words), .. }) => words.clone(),
            Some(LastFailure { words: None, .. }) => TIMED_OUT.to_owned(),
            None => match failure {
                Failure::Refused => "Connection refused".to_owned(),
                Failure::Unreachable => "Network is unreachable".to_owned(),
                _ => TIMED_OUT.to_owned(),
            },
        };
        match last {
            Some(LastFailure { to_proxy: true, .. }) => {
                format!("Proxy connection failed: {words}.")
            }
            _ => format!("{words}."),
        }
    }

    /// All that is said of an error.
    fn sentences<'a>(&self, error: &Error, reporting: &Reporting, lines: Lines<'a>) -> Lines<'a> {
        let fatal = |lines: Lines<'a>, words: &str| lines.prefixed(&format!("{words} QUITTING."));
        match error {
            Error::ProgramEnded(_) => lines,
            Error::NotConnected { failure, .. } | Error::NothingOpen(failure) => {
                lines.prefixed(&self.not_connected(*failure))
            }
            Error::TimedOut { .. } => lines.prefixed(&format!("{TIMED_OUT}.")),
            Error::Connection { error, undelivered } => {
                lost(lines.prefixed(&format!("{}.", strerror(error))), *undelivered)
            }
            Error::Tls { error, host: Some(client), .. } if self.is_listener() => {
                match reporting.verbosity {
                    0 => lines,
                    _ => lines.prefixed(&secured::failed_from(client, &error.to_string())),
                }
            }
            Error::Tls { error, undelivered, .. } => {
                let lines = match (secured::fatal(error), error) {
                    (Some(words), _) => return fatal(lines, words),
                    (None, TlsError::Truncated) => lines.prefixed(&format!("{error}.")),
                    (None, _) if reporting.verbosity > 0 => {
                        lines.prefixed(&format!("{error}.")).prefixed(secured::FAILED)
                    }
                    (None, _) => lines.prefixed(secured::FAILED),
                };
                lost(lines, *undelivered)
            }
            Error::HandshakeTimedOut { after } => {
                lines.prefixed(&format!("No SSL handshake within {}.", duration(*after)))
            }
            Error::Unacknowledged { bytes } => {
                lost(lines.prefixed("Connection timed out."), *bytes)
            }
            Error::Input(error) | Error::Unix { error, .. } | Error::Unsupported { error, .. } => {
                lines.prefixed(&format!("{}.", strerror(error)))
            }
            Error::Proxy { reason, kind, .. } => lines.prefixed(&proxy::refusal(reason, *kind)),
            Error::Idle { after } => {
                let words = idle(*after);
                if self.is_listener() { fatal(lines, &words) } else { lines.prefixed(&words) }
            }
            Error::Lookup { host: Some(host), to_proxy: true, reason, .. } => {
                lines.prefixed(&could_not_resolve("proxy", host, reason))
            }
            // of these its C library speaks, not itself
            Error::Output { error: why, undelivered } => {
                let lines = lines.plain(&format!("write: {}", strerror(why)));
                // a reader that has gone wants no more
                if error.reader_is_gone() { lines } else { lost(lines, *undelivered) }
            }
            Error::Program { error, .. } => lines.plain(&format!("exec: {}", strerror(error))),
            Error::Record { to, error, .. } => {
                let what = if is_of_writing(error) { "write" } else { "open" };
                let to = escape(to.as_os_str().as_bytes());
                lines.plain(&format!("{what}: {to}: {}", strerror(error)))
            }
            Error::Access { file: None, rule, reason } => fatal(
                lines.prefixed(&broken_rule(rule, reason)),
                &format!("error in host specification \"{}\".", escape(rule)),
            ),
            Error::Access { file: Some(file), rule, reason } => {
                let file = escape(file.as_os_str().as_bytes()).to_string();
                match reason {
                    AccessReason::File(error) => {
                        fatal(lines, &format!("can't open {file}: {}.", strerror(error)))
                    }
                    _ => fatal(
                        lines.prefixed(&broken_rule(rule, reason)),
                        &format!("error in hosts file {file}."),
                    ),
                }
            }
            other => fatal(lines, &quitting(other)),
        }
    }
}

impl Voice for NcatVoice {
    fn opening(&self, reporting: &Reporting) -> Option<Vec<u8>> {
        let mut lines = lines();
        if reporting.verbosity > 0 {
            lines = lines.prefixed(&format!("Version {VERSION} ( https://nmap.org/ncat )"));
        }
        if let Some(warning) = reporting.warning {
            lines = lines.prefixed(&format!("Warning: {warning}"));
        }
        lines.finish()
    }

    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        self.memory.note(event);
        if let Event::Connected { target, proxied: true, .. } = event {
            let place = format!("{}:{}", escape(target.host.as_bytes()), target.port);
            self.beyond.replace(Some(place));
        }
        let lines = match event {
            Event::ClientDropped { peer, undelivered, reason } => {
                let why = closing::dropped(*reason);
                let words = format!("{} was dropped: {why}.", name(peer));
                lost(lines().prefixed(&words), *undelivered)
            }
            // the others stay
            Event::ClientFailed { error: Error::Idle { after }, .. } => {
                lines().prefixed(&idle(*after))
            }
            Event::ClientFailed { error, .. } => self.sentences(error, reporting, lines()),
            Event::AcceptPaused(error) => {
                lines().prefixed(&format!("accept: {}.", strerror(error)))
            }
            Event::Closed(summary) if reporting.why => lines().prefixed(&closing::line(summary)),
            _ if reporting.verbosity > 0 => self.verbose(event, reporting, lines()),
            _ => return None,
        };
        lines.finish()
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        let quiet = reporting.scanning && reporting.verbosity == 0;
        if quiet
            && matches!(
                error,
                Error::NotConnected { .. } | Error::NothingOpen(_) | Error::Unix { .. }
            )
        {
            return None;
        }
        self.sentences(error, reporting, lines()).finish()
    }

    fn ending(
        &self,
        result: &Result<(), Error>,
        reporting: &Reporting,
        took: Duration,
    ) -> Option<Vec<u8>> {
        let counts = result.is_ok() && self.memory.connected() && !self.memory.program();
        if !counts || reporting.verbosity == 0 {
            return None;
        }
        let (sent, received) = self.memory.counts();
        let took = took.as_secs_f64();
        let words = format!("{sent} bytes sent, {received} bytes received in {took:.2} seconds.");
        lines().prefixed(&words).finish()
    }

    fn outlives_reader(&self) -> bool {
        true
    }

    fn status_of_signal(&self, signal: i32) -> Option<u8> {
        u8::try_from(128 + signal).ok()
    }

    /// 1 for what the net does, 2 for the rest: what it says `QUITTING.` of, and its own output.
    fn status(&self, result: &Result<(), Error>, _reporting: &Reporting) -> u8 {
        match result {
            Ok(()) | Err(Error::ProgramEnded(_)) => 0,
            Err(
                Error::TimedOut { .. }
                | Error::NotConnected { .. }
                | Error::NothingOpen(_)
                | Error::Unix { .. }
                | Error::Unsupported { .. }
                | Error::Proxy { .. }
                | Error::HandshakeTimedOut { .. }
                | Error::Connection { .. }
                | Error::Unacknowledged { .. }
                | Error::Input(_)
                | Error::Lookup { to_proxy: true, .. },
            ) => 1,
            Err(Error::Idle { .. }) if !self.is_listener() => 1,
            Err(Error::Tls { error, .. }) if secured::fatal(error).is_none() => 1,
            Err(_) => 2,
        }
    }
}

/// What it says of the time that `-w` gives.
const TIMED_OUT: &str = "TIMEOUT";

fn idle(after: Duration) -> String {
    format!("Idle timeout expired ({} ms).", after.as_millis())
}

fn lines() -> Lines<'static> {
    Lines::of(NAME)
}

fn lost(lines: Lines<'_>, undelivered: u64) -> Lines<'_> {
    match undelivered {
        0 => lines,
        count => lines.prefixed(&format!("{} not delivered.", bytes(count))),
    }
}

/// Any end: `127.0.0.1:8000`, `[::1]:8000`, `/run/socket`, `2:5000`.
fn name(peer: &Peer) -> String {
    match peer {
        Peer::Vsock { cid, port } => format!("{cid}:{port}"),
        other => place::name(other),
    }
}

fn came(peer: &Peer, user: Option<u32>) -> String {
    let who = match peer {
        Peer::Unix { kind: UnixKind::Datagram, name: Some(name) } => {
            escape(&name.display()).to_string()
        }
        Peer::Unix { .. } => "(unnamed socket)".to_owned(),
        other => name(other),
    };
    match user {
        Some(number) => format!("Connection from {who} on file descriptor {number}."),
        None => format!("Connection from {who}."),
    }
}
