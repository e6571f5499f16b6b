//! BusyBox's two netcats, to the letter: the small one, and the one with 1.10 compatibility that
//! Alpine has, which knows `-v`.
//!
//! Where one keeps silent about a failure that lost bytes (a reset, a full disk), a line in its style
//! says so, and the status is 1.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt;

use super::failed_try::FailedTry;
use super::lines::Lines;
use super::memory::Memory;
use super::openbsd::{self, lost};
use super::system_error::{is_of_writing, is_our_deadline};
use super::{Voice, closing, place};
use crate::event::strerror::strerror;
use crate::event::{Detail, Error, Event, Peer, PortState, RefusalReason, Reporting, Target};
use crate::proto::escape::escape;

/// Which of BusyBox's netcats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// With 1.10 compatibility.
    Compatible,
    /// The small one, which has no `-v`.
    Small,
}

/// The words of BusyBox.
pub struct BusyBoxVoice {
    build: Build,
    memory: Memory,
}

impl BusyBoxVoice {
    /// The voice of one of the two.
    pub fn new(build: Build) -> Self {
        Self { build, memory: Memory::default() }
    }

    /// What it says of an address that was not connected: the small one always something, the other
    /// one nothing without `-v`, and of a mere refusal only with `-vv`.
    fn failed<'a>(
        &self,
        tried: &FailedTry<'_>,
        lines: Lines<'a>,
        reporting: &Reporting,
    ) -> Lines<'a> {
        let FailedTry { target, address, error } = *tried;
        let refused = error.kind() == ErrorKind::ConnectionRefused;
        match (self.build, reporting.verbosity) {
            (Build::Small, _) if is_our_deadline(error) => lines.prefixed("timed out"),
            (Build::Small, _) => {
                let ip = match address.map(SocketAddr::ip) {
                    Some(IpAddr::V4(ip)) => format!(" ({ip})"),
                    _ => String::new(),
                };
                lines.prefixed(&format!("can't connect to remote host{ip}: {}", strerror(error)))
            }
            (Build::Compatible, 0) => lines,
            (Build::Compatible, 1) if refused => lines,
            (Build::Compatible, _) => {
                lines.prefixed(&format!("{}: {}", place(target, address), strerror(error)))
            }
        }
    }

    /// A client's address, or our own that it came to, as a socket of both families has them.
    fn mapped(&self, address: &SocketAddr) -> String {
        match address {
            SocketAddr::V4(v4) if self.memory.everywhere() => {
                format!("[{}]:{}", v4.ip().to_ipv6_mapped(), v4.port())
            }
            other => other.to_string(),
        }
    }

    fn verbose<'a>(&self, event: &Event, lines: Lines<'a>) -> Lines<'a> {
        match event {
            Event::Connected { target, peer: Peer::Inet { address, .. }, proxied, .. } => {
                let address = (!proxied).then_some(address);
                lines.plain(&format!("{} open", place(target, address)))
            }
            Event::Scanned { target, address, state: PortState::Open { .. }, .. } => {
                lines.plain(&format!("{} open", place(target, address.as_ref())))
            }
            // every address is one socket of both families
            Event::Bound(Peer::Inet { address, .. })
            | Event::Listening(Peer::Inet { address, .. })
                if address.ip().is_unspecified() =>
            {
                match address {
                    SocketAddr::V4(_) => {
                        lines.plain(&format!("listening on [::]:{} ...", address.port()))
                    }
                    SocketAddr::V6(_) => lines,
                }
            }
            Event::Bound(peer) | Event::Listening(peer) => {
                lines.plain(&format!("listening on {} ...", place::name(peer)))
            }
            Event::Accepted { peer: Peer::Inet { address, .. }, name, local, .. } => {
                let to = local.as_ref().map_or_else(|| "?".to_owned(), |to| self.mapped(to));
                let from = self.mapped(address);
                let named = match name {
                    // of a mapped address it finds no name
                    Some(name) if !self.memory.everywhere() => {
                        format!("{}:{}", escape(name), address.port())
                    }
                    _ => from.clone(),
                };
                lines.plain(&format!("connect to {to} from {named} ({from})"))
            }
            Event::Accepted { peer, .. } => {
                lines.plain(&format!("connect from {}", place::name(peer)))
            }
            Event::IpOptions { options, .. } => {
                let bytes: Vec<_> = options.iter().map(|byte| format!("{byte:02x}")).collect();
                lines.plain(&format!("IP options: {}", bytes.concat()))
            }
            Event::ClientRefused { peer, reason: RefusalReason::NotThePeer, .. } => {
                let from = place::name(peer);
                lines.prefixed(&format!("connect from wrong ip/port {from} ignored"))
            }
            _ => lines,
        }
    }

    fn counts(&self) -> String {
        let (sent, received) = self.memory.counts();
        format!("sent {sent}, rcvd {received}")
    }

    /// What it says of an error, without the program's name; `None` where it is silent, or said it
    /// before.
    fn sentence(&self, error: &Error) -> Option<String> {
        let words = match error {
            Error::NotConnected { .. } | Error::NothingOpen(_) | Error::ProgramEnded(_) => {
                return None;
            }
            Error::Output { .. } if self.build == Build::Compatible => {
                "too many output retries".to_owned()
            }
            Error::Output { error, .. } => format!("write error: {}", strerror(error)),
            Error::Lookup { host: Some(host), .. } | Error::LocalLookup { host, .. } => {
                format!("bad address '{}'", escape(host.as_bytes()))
            }
            Error::TimedOut { .. } => "timed out".to_owned(),
            Error::NobodyCame { .. } => match self.build {
                Build::Compatible => "timeout".to_owned(),
                Build::Small => "timed out".to_owned(),
            },
            Error::Bind { error, .. } | Error::Source { error, .. } => {
                format!("bind: {}", strerror(error))
            }
            Error::PathTaken { .. } => "bind: Address already in use".to_owned(),
            Error::Program { program, error } => {
                format!("can't execute '{}': {}", escape(program), strerror(error))
            }
            Error::Record { error, .. } if is_of_writing(error) => {
                format!("short write: {}", strerror(error))
            }
            Error::Record { to: path, error, .. } | Error::File { path, error } => {
                let path = escape(path.as_os_str().as_bytes());
                format!("can't open '{path}': {}", strerror(error))
            }
            Error::Connection { error, undelivered } => {
                lost(format!("net read: {}", strerror(error)), *undelivered)
            }
            Error::Unacknowledged { bytes } => {
                lost("net write: Connection timed out".to_owned(), *bytes)
            }
            Error::Option { option, error } => format!("setsockopt({option}): {}", strerror(error)),
            Error::Unix { error, .. } => {
                format!("can't connect to remote host: {}", strerror(error))
            }
            Error::Socket(error) | Error::Unsupported { error, .. } => {
                format!("socket: {}", strerror(error))
            }
            other => return openbsd::sentence(other),
        };
        Some(words)
    }
}

impl Voice for BusyBoxVoice {
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        self.memory.note(event);
        let lines = Lines::new(reporting);
        let verbose = self.build == Build::Compatible && reporting.verbosity > 0;
        let deadline = ErrorKind::TimedOut.into();
        if let Some(tried) = FailedTry::of(event, &deadline) {
            return self.failed(&tried, lines, reporting).finish();
        }
        let lines = match event {
            Event::Scanned { state: PortState::ProxyRefused(error), .. } => {
                match self.sentence(error) {
                    Some(words) if reporting.verbosity > 0 => lines.prefixed(&words),
                    _ => lines,
                }
            }
            Event::ClientDropped { peer, undelivered, reason } => {
                let why = closing::dropped(*reason);
                let words = format!("{} dropped: {why}", place::name(peer));
                lines.prefixed(&lost(words, *undelivered))
            }
            Event::ClientFailed { error, .. } => match self.sentence(error) {
                Some(words) => lines.prefixed(&words),
                None => lines,
            },
            Event::ClientRefused { peer, reason, .. } if *reason != RefusalReason::NotThePeer => {
                lines.prefixed(&openbsd::refused(peer, *reason))
            }
            Event::RefusalsLeftOut { count } => lines.prefixed(&openbsd::refused_too(*count)),
            Event::AcceptPaused(error) => lines.prefixed(&format!("accept: {}", strerror(error))),
            Event::Closed(summary) if reporting.why => lines.prefixed(&closing::line(summary)),
            Event::Closed(summary) if summary.by_timeout && verbose && reporting.verbosity > 1 => {
                lines.plain("net timeout")
            }
            _ if verbose => self.verbose(event, lines),
            _ => lines,
        };
        lines.finish()
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        if error.reader_is_gone() && reporting.verbosity == 0 {
            return None;
        }
        let words = self.sentence(error)?;
        Lines::new(reporting).prefixed(&words).finish()
    }

    fn ending(
        &self,
        result: &Result<(), Error>,
        reporting: &Reporting,
        _took: std::time::Duration,
    ) -> Option<Vec<u8>> {
        // errors that end it at once leave no time for counts
        let counted = match result {
            Ok(()) => true,
            Err(error) => matches!(
                error,
                Error::NotConnected { .. }
                    | Error::NothingOpen(_)
                    | Error::Output { .. }
                    | Error::Connection { .. }
                    | Error::Unacknowledged { .. }
            ),
        };
        let counts = counted && !self.memory.program() && self.build == Build::Compatible;
        let counts = counts && reporting.verbosity > 1;
        counts.then(|| Lines::new(reporting).plain(&self.counts()).finish()).flatten()
    }

    fn interrupted(&self, signal: i32, reporting: &Reporting) -> Option<Vec<u8>> {
        let caught = matches!(signal, libc::SIGINT | libc::SIGQUIT | libc::SIGTERM);
        if self.build == Build::Small || !caught {
            return None;
        }
        let lines = Lines::new(reporting);
        let lines = if reporting.verbosity > 1 { lines.plain(&self.counts()) } else { lines };
        lines.plain("punt!").finish()
    }

    fn outlives_reader(&self) -> bool {
        self.build == Build::Compatible
    }

    fn details(&self) -> &'static [(Detail, u8)] {
        match self.build {
            Build::Compatible => {
                &[(Detail::ClientNames, 1), (Detail::LocalAddress, 1), (Detail::IpOptions, 1)]
            }
            Build::Small => &[],
        }
    }

    fn status(&self, result: &Result<(), Error>, _reporting: &Reporting) -> u8 {
        match result {
            Err(Error::ProgramEnded(how)) => how.status(),
            Err(Error::Program { .. }) if self.build == Build::Compatible => 127,
            other => u8::from(other.is_err()),
        }
    }
}

/// `localhost (127.0.0.1:8000)`
fn place(target: &Target, address: Option<&SocketAddr>) -> String {
    let host = escape(target.host.as_bytes());
    match address {
        Some(address) => format!("{host} ({address})"),
        None => format!("{host} ({host}:{})", target.port),
    }
}
