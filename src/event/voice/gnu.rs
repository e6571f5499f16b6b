//! GNU netcat 0.7.1, to the letter: plain lines with `-v` and `-vv`, `Error: ` before what ends it.
//!
//! Its words for reading and writing (`read(net): …`) are the C library's, without any prefix.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use super::failed_try::FailedTry;
use super::lines::Lines;
use super::memory::Memory;
use super::openbsd::{self, lost};
use super::system_error::is_of_writing;
use super::{Services, Voice, closing, place};
use crate::event::strerror::strerror;
use crate::event::{Detail, Error, Event, Peer, PortState, RefusalReason, Reporting, Target};
use crate::plan::Transport;
use crate::proto::escape::escape;

/// The words of GNU netcat.
pub struct GnuVoice {
    services: Services,
    memory: Memory,
}

impl GnuVoice {
    /// A voice that names services by `services`.
    pub fn new(services: Services) -> Self {
        Self { services, memory: Memory::default() }
    }

    /// `localhost [127.0.0.1] 22 (ssh)`
    fn target(&self, target: &Target, address: Option<&SocketAddr>) -> String {
        let service = self.service(target.port, target.transport);
        let host = escape(target.host.as_bytes()).to_string();
        match address {
            Some(address) if place::is_spelled(&target.host, address.ip()) => {
                match self.memory.name(address.ip()) {
                    Some(name) => {
                        format!("{} [{}] {service}", escape(&name), place::ip(address))
                    }
                    None => format!("{} {service}", place::ip(address)),
                }
            }
            Some(address) => format!("{host} [{}] {service}", place::ip(address)),
            None => format!("{host} {service}"),
        }
    }

    /// `22 (ssh)`
    fn service(&self, port: u16, transport: Transport) -> String {
        match (self.services)(port, transport) {
            Some(name) => format!("{port} ({})", escape(name.as_bytes())),
            None => port.to_string(),
        }
    }

    /// Of one port with `-v`, of several with `-vv`.
    fn failed<'a>(
        &self,
        tried: &FailedTry<'_>,
        lines: Lines<'a>,
        reporting: &Reporting,
    ) -> Lines<'a> {
        let FailedTry { target, address, error } = *tried;
        if reporting.verbosity < if reporting.several { 2 } else { 1 } {
            return lines;
        }
        lines.plain(&format!("{}: {}", self.target(target, address), strerror(error)))
    }

    fn verbose<'a>(&self, event: &Event, lines: Lines<'a>) -> Lines<'a> {
        match event {
            Event::Resolved { host, addresses, names, .. } => {
                let nameless = addresses.iter().zip(names).filter(|(_, name)| name.is_none());
                let words = nameless.map(|(address, _)| {
                    let what =
                        if place::is_spelled(host, address.ip()) { "Error" } else { "Warning" };
                    let ip = place::ip(address);
                    format!("{what}: Inverse name lookup failed for `{ip}'")
                });
                words
                    .filter(|words| self.memory.is_new(words))
                    .fold(lines, |lines, words| lines.plain(&words))
            }
            Event::Connected {
                target,
                peer: Peer::Inet { address, transport, .. },
                proxied,
                ..
            } if *transport != Transport::Udp => {
                let address = (!proxied).then_some(address);
                lines.plain(&format!("{} open", self.target(target, address)))
            }
            Event::Scanned { target, address, state: PortState::Open { .. }, .. }
                if target.transport != Transport::Udp =>
            {
                lines.plain(&format!("{} open", self.target(target, address.as_ref())))
            }
            Event::Accepted {
                peer: Peer::Inet { transport: Transport::Udp, address, .. },
                local: Some(local),
                ..
            } => lines.plain(&format!("Received packet from {address} -> {local} (local)")),
            Event::Accepted {
                peer: Peer::Inet { transport: Transport::Udp, address, .. }, ..
            } => lines.plain(&format!("Received packet from {address}")),
            Event::Accepted { peer, .. } => {
                lines.plain(&format!("Connection from {}", place::name(peer)))
            }
            _ => lines,
        }
    }

    fn more_verbose<'a>(&self, event: &Event, lines: Lines<'a>) -> Lines<'a> {
        match event {
            Event::Bound(Peer::Inet { transport, address, host })
            | Event::Listening(Peer::Inet { transport, address, host }) => {
                let at = match host {
                    _ if address.ip().is_unspecified() => "any address".to_owned(),
                    Some(host) if !place::is_spelled(host, address.ip()) => {
                        format!("{} [{}]", escape(host.as_bytes()), place::ip(address))
                    }
                    _ => place::ip(address),
                };
                let service = self.service(address.port(), *transport);
                lines.plain(&format!("Listening on {at} {service}"))
            }
            Event::Bound(peer) | Event::Listening(peer) => {
                lines.plain(&format!("Listening on {}", place::name(peer)))
            }
            Event::ProgramStarted { .. } => lines.plain("Passing control to the specified program"),
            Event::ClientRefused { peer, reason: RefusalReason::NotThePeer, .. } => {
                let from = place::name(peer);
                lines.plain(&format!("Unwanted connection from {from} (refused)"))
            }
            other => self.verbose(other, lines),
        }
    }

    fn counts<'a>(&self, lines: Lines<'a>) -> Lines<'a> {
        let (sent, received) = self.memory.counts();
        lines
            .plain(&format!("Total received bytes: {}", number(received)))
            .plain(&format!("Total sent bytes: {}", number(sent)))
    }
}

impl Voice for GnuVoice {
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        self.memory.note(event);
        let lines = Lines::new(reporting);
        let deadline = ErrorKind::TimedOut.into();
        if let Some(tried) = FailedTry::of(event, &deadline) {
            return self.failed(&tried, lines, reporting).finish();
        }
        let lines = match event {
            Event::Scanned { state: PortState::ProxyRefused(error), .. }
                if reporting.verbosity > 0 =>
            {
                said(error, lines)
            }
            Event::ClientDropped { peer, undelivered, reason } => {
                let why = closing::dropped(*reason);
                let words = format!("Warning: {} dropped: {why}", place::name(peer));
                lines.plain(&lost(words, *undelivered))
            }
            Event::ClientFailed { error, .. } => said(error, lines),
            Event::ClientRefused { peer, reason, .. } if *reason != RefusalReason::NotThePeer => {
                lines.plain(&format!("Warning: {}", openbsd::refused(peer, *reason)))
            }
            Event::RefusalsLeftOut { count } => {
                lines.plain(&format!("Warning: {}", openbsd::refused_too(*count)))
            }
            Event::AcceptPaused(error) => {
                lines.plain(&format!("Warning: accept: {}", strerror(error)))
            }
            Event::Closed(summary) if reporting.why => lines.plain(&closing::line(summary)),
            _ => match reporting.verbosity {
                0 => lines,
                1 => self.verbose(event, lines),
                _ => self.more_verbose(event, lines),
            },
        };
        lines.finish()
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        let lines = Lines::new(reporting);
        match error {
            Error::NobodyCame { .. } if reporting.verbosity == 0 => None,
            other => said(other, lines).finish(),
        }
    }

    /// The counts, where the run came to its end.
    fn ending(
        &self,
        result: &Result<(), Error>,
        reporting: &Reporting,
        _took: std::time::Duration,
    ) -> Option<Vec<u8>> {
        let ended = match result {
            Ok(()) => !self.memory.program(),
            Err(error) => matches!(error, Error::NotConnected { .. } | Error::NothingOpen(_)),
        };
        if !ended || reporting.verbosity < 2 {
            return None;
        }
        self.counts(Lines::new(reporting)).finish()
    }

    fn interrupted(&self, signal: i32, reporting: &Reporting) -> Option<Vec<u8>> {
        let words = match signal {
            libc::SIGINT => "Exiting.",
            libc::SIGTERM => "Terminated.",
            _ => return None,
        };
        let lines = Lines::new(reporting);
        match (reporting.verbosity, signal) {
            (0, _) => None,
            (1, _) | (_, libc::SIGTERM) => lines.plain(words).finish(),
            _ => self.counts(lines.plain(words)).finish(),
        }
    }

    fn status_of_signal(&self, signal: i32) -> Option<u8> {
        matches!(signal, libc::SIGINT | libc::SIGTERM).then_some(1)
    }

    fn outlives_reader(&self) -> bool {
        true
    }

    fn details(&self) -> &'static [(Detail, u8)] {
        &[(Detail::PeerNames, 1), (Detail::LocalAddress, 1)]
    }

    fn status(&self, result: &Result<(), Error>, _reporting: &Reporting) -> u8 {
        match result {
            Err(Error::ProgramEnded(how)) => how.status(),
            other => u8::from(other.is_err()),
        }
    }
}

/// All that is said of an error.
fn said<'a>(error: &Error, lines: Lines<'a>) -> Lines<'a> {
    // what the C library says for it has no prefix
    let plain = match error {
        Error::NotConnected { .. } | Error::NothingOpen(_) | Error::ProgramEnded(_) => {
            return lines;
        }
        Error::NobodyCame { .. } => "Listen mode failed: Connection timed out".to_owned(),
        Error::Connection { error, undelivered } => {
            let what = match error.kind() {
                ErrorKind::BrokenPipe => "write(net)",
                _ => "read(net)",
            };
            lost(format!("{what}: {}", strerror(error)), *undelivered)
        }
        Error::Unacknowledged { bytes } => {
            lost("write(net): Connection timed out".to_owned(), *bytes)
        }
        Error::Output { error, .. } => format!("write(stdout): {}", strerror(error)),
        Error::Input(error) => format!("read(stdin): {}", strerror(error)),
        other => return lines.plain(&format!("Error: {}", fatal(other))),
    };
    lines.plain(&plain)
}

/// What it says behind `Error: `.
fn fatal(error: &Error) -> String {
    match error {
        Error::Lookup { host: Some(host), .. } => {
            format!("Couldn't resolve host \"{}\"", escape(host.as_bytes()))
        }
        Error::LocalLookup { host, .. } => {
            format!("Couldn't resolve local host: {}", escape(host.as_bytes()))
        }
        // -3 is its number for what bind refused
        Error::Bind { .. } | Error::PathTaken { .. } => {
            "Couldn't setup listening socket (err=-3)".to_owned()
        }
        Error::Source { error, .. } => {
            format!("Couldn't create connection (err=-3): {}", strerror(error))
        }
        Error::TimedOut { during, .. } => {
            format!("Connection timed out: {}", escape(during.as_bytes()))
        }
        Error::Program { program, error } => {
            format!("Couldn't execute {}: {}", escape(program), strerror(error))
        }
        Error::Record { error, .. } if !is_of_writing(error) => {
            format!("Failed to open output file: {}", strerror(error))
        }
        Error::Record { to: path, error, .. } | Error::File { path, error } => {
            format!("{}: {}", escape(path.as_os_str().as_bytes()), strerror(error))
        }
        Error::Socket(error) => format!("Couldn't create socket: {}", strerror(error)),
        Error::Option { option, error } => format!("setsockopt {option}: {}", strerror(error)),
        Error::Unsupported { what, error } => format!("{what}: {}", strerror(error)),
        other => openbsd::sentence(other).unwrap_or_default(),
    }
}

/// `9999`, `10k (10000)`
fn number(count: u64) -> String {
    let (mut short, mut unit) = (count, 0);
    while short > 9999 && unit + 1 < UNITS.len() {
        short = short.saturating_add(500) / 1000;
        unit += 1;
    }
    match UNITS.get(unit) {
        Some(&letter) if unit > 0 => format!("{short}{letter} ({count})"),
        _ => count.to_string(),
    }
}

/// What stands behind numbers of bytes that it shortens.
const UNITS: &[char] = &[' ', 'k', 'M', 'G', 'T'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_numbers_are_shortened_and_said_in_full() {
        let cases = [
            (0, "0"),
            (9999, "9999"),
            (10_000, "10k (10000)"),
            (16_777_216, "17M (16777216)"),
            (u64::MAX, "18446744T (18446744073709551615)"),
        ];
        for (count, words) in cases {
            assert_eq!(number(count), words);
        }
    }
}
