//! netcat-traditional 1.10, to the letter: `words : system error`, without the program's name.
//!
//! Where it keeps silent about a failure that lost bytes (a reset, a full disk), a line in its style
//! says so, and the status is 1.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use super::failed_try::FailedTry;
use super::lines::Lines;
use super::memory::Memory;
use super::openbsd::{self, lost};
use super::quantity::duration;
use super::system_error::is_of_writing;
use super::{Services, Voice, closing, place};
use crate::event::strerror::strerror;
use crate::event::{Detail, Error, Event, Peer, PortState, Reporting, Target};
use crate::plan::Host;
use crate::proto::escape::escape;

/// The words of netcat-traditional.
pub struct TraditionalVoice {
    services: Services,
    memory: Memory,
}

impl TraditionalVoice {
    /// A voice that names services by `services`.
    pub fn new(services: Services) -> Self {
        Self { services, memory: Memory::default() }
    }

    /// `localhost [127.0.0.1] 22 (ssh) `
    fn target(&self, target: &Target, address: Option<&SocketAddr>) -> String {
        let service = (self.services)(target.port, target.transport);
        let service = service.as_deref().unwrap_or("?");
        let place = match address {
            Some(address) => {
                let name = if place::is_spelled(&target.host, address.ip()) {
                    self.memory.name(address.ip())
                } else {
                    Some(target.host.as_bytes().to_vec())
                };
                named(name.as_deref(), address)
            }
            None => escape(target.host.as_bytes()).to_string(),
        };
        format!("{place} {} ({}) ", target.port, escape(service.as_bytes()))
    }

    /// What it says of a port that did not open: of one port all, of several what is not a mere
    /// refusal, with `-vv` everything.
    fn failed<'a>(
        &self,
        tried: &FailedTry<'_>,
        lines: Lines<'a>,
        reporting: &Reporting,
    ) -> Lines<'a> {
        let FailedTry { target, address, error } = *tried;
        let said = match reporting.verbosity {
            0 => !reporting.several && !reporting.scanning,
            1 => !reporting.several || error.kind() != ErrorKind::ConnectionRefused,
            _ => true,
        };
        if !said {
            return lines;
        }
        lines.plain(&format!("{}: {}", self.target(target, address), strerror(error)))
    }

    fn verbose<'a>(&self, event: &Event, lines: Lines<'a>) -> Lines<'a> {
        match event {
            Event::Resolved { host, addresses, names, .. } => warnings(host, addresses, names)
                .filter(|words| self.memory.is_new(words))
                .into_iter()
                .fold(lines, |lines, words| lines.plain(&words)),
            Event::Connected { target, peer: Peer::Inet { address, .. }, proxied, .. } => {
                let address = (!proxied).then_some(address);
                lines.plain(&format!("{}open", self.target(target, address)))
            }
            Event::Bound(peer) | Event::Listening(peer) => {
                lines.plain(&format!("listening on {} ...", door(peer)))
            }
            Event::Accepted { peer, name, local, .. } => {
                lines.plain(&format!("connect to {}", met(peer, name.as_deref(), local.as_ref())))
            }
            Event::Scanned { target, address, state: PortState::Open { .. }, .. } => {
                lines.plain(&format!("{}open", self.target(target, address.as_ref())))
            }
            Event::IpOptions { options, .. } => {
                let bytes: Vec<_> = options.iter().map(|byte| format!("{byte:02x} ")).collect();
                lines.plain(&format!("IP options: {}", bytes.concat()))
            }
            _ => lines,
        }
    }

    fn counts(&self) -> String {
        let (sent, received) = self.memory.counts();
        format!(" sent {sent}, rcvd {received}")
    }
}

impl Voice for TraditionalVoice {
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
                let words = format!("dropped {} : {why}", place::name(peer));
                lines.plain(&lost(words, *undelivered))
            }
            Event::ClientFailed { error, .. } => said(error, lines),
            Event::ClientRefused { peer, reason, .. } => {
                lines.plain(&openbsd::refused(peer, *reason))
            }
            Event::RefusalsLeftOut { count } => lines.plain(&openbsd::refused_too(*count)),
            Event::AcceptPaused(error) => lines.plain(&format!("accept : {}", strerror(error))),
            Event::Closed(summary) if reporting.why => lines.plain(&closing::line(summary)),
            Event::Closed(summary) if summary.by_timeout && reporting.verbosity > 1 => {
                lines.plain("net timeout")
            }
            _ if reporting.verbosity > 0 => self.verbose(event, lines),
            _ => lines,
        };
        lines.finish()
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        if error.reader_is_gone() && reporting.verbosity == 0 {
            return None;
        }
        said(error, Lines::new(reporting)).finish()
    }

    fn ending(
        &self,
        _result: &Result<(), Error>,
        reporting: &Reporting,
        _took: std::time::Duration,
    ) -> Option<Vec<u8>> {
        let counts = self.memory.tried() && !self.memory.program() && reporting.verbosity > 1;
        counts.then(|| Lines::new(reporting).plain(&self.counts()).finish()).flatten()
    }

    /// An empty line, or the counts.
    fn interrupted(&self, signal: i32, reporting: &Reporting) -> Option<Vec<u8>> {
        self.status_of_signal(signal)?;
        let words = if reporting.verbosity > 1 { self.counts() } else { String::new() };
        Lines::new(reporting).plain(&words).finish()
    }

    fn status_of_signal(&self, signal: i32) -> Option<u8> {
        matches!(signal, libc::SIGINT | libc::SIGQUIT | libc::SIGTERM).then_some(1)
    }

    fn outlives_reader(&self) -> bool {
        true
    }

    fn details(&self) -> &'static [(Detail, u8)] {
        &[
            (Detail::ClientNames, 1),
            (Detail::PeerNames, 1),
            (Detail::LocalAddress, 1),
            (Detail::IpOptions, 1),
        ]
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
    match sentence(error) {
        Some(words) => lines.plain(&words),
        None => lines,
    }
}

/// What it says of an error; `None` where it is silent, or said it before.
fn sentence(error: &Error) -> Option<String> {
    let (words, error) = match error {
        Error::NotConnected { .. } | Error::NothingOpen(_) | Error::ProgramEnded(_) => return None,
        Error::Lookup { host: Some(host), numeric: true, .. }
        | Error::LocalLookup { host, numeric: true, .. } => {
            return Some(format!("Can't parse {} as an IP address", escape(host.as_bytes())));
        }
        Error::Lookup { host: Some(host), reason, .. }
        | Error::LocalLookup { host, reason, .. } => {
            let host = escape(host.as_bytes());
            return Some(format!("{host}: forward host lookup failed: {}", lookup(reason)));
        }
        Error::Lookup { host: None, reason, .. } => {
            return Some(format!("forward host lookup failed: {}", lookup(reason)));
        }
        Error::Lint(error) => return Some(error.to_string()),
        Error::TimedOut { target, during } => {
            let (host, during) = (escape(target.host.as_bytes()), escape(during.as_bytes()));
            return Some(format!("{host}: {during} : Connection timed out"));
        }
        Error::Bind { local, error } => (grab(&place::name(local)), free(error)),
        Error::Source { address: Some(address), error } => {
            (grab(&address.to_string()), free(error))
        }
        Error::Source { address: None, error } => {
            ("Can't grab address with bind".to_owned(), Some(error))
        }
        Error::PathTaken { name, .. } => (grab(&escape(&name.display()).to_string()), None),
        Error::NobodyCame { .. } => return Some("no connection : Connection timed out".to_owned()),
        Error::WrongPeer { peer, name, local } => {
            let met = met(peer, name.as_deref(), local.as_ref());
            return Some(format!("invalid connection to {met}"));
        }
        Error::Program { program, error } => {
            (format!("exec {} failed", escape(program)), Some(error))
        }
        Error::Record { error, .. } if is_of_writing(error) => {
            ("ofd write err".to_owned(), Some(error))
        }
        Error::Record { to: path, error, .. } | Error::File { path, error } => {
            (format!("can't open {}", escape(path.as_os_str().as_bytes())), Some(error))
        }
        Error::Output { error, .. } => ("too many output retries".to_owned(), Some(error)),
        Error::Socket(error) => ("Can't get socket".to_owned(), Some(error)),
        Error::Option { option: "IP_OPTIONS", error } => {
            ("srcrt setsockopt fuxored".to_owned(), Some(error))
        }
        Error::Option { option, error } => (format!("{option} setsockopt failed"), Some(error)),
        Error::Connection { error, undelivered } => {
            let words = format!("connection lost : {}", strerror(error));
            return Some(lost(words, *undelivered));
        }
        Error::Unacknowledged { bytes } => {
            return Some(lost("connection lost : Connection timed out".to_owned(), *bytes));
        }
        Error::Idle { after, .. } => return Some(format!("net timeout : {}", duration(*after))),
        Error::Unix { name, error } => (escape(&name.display()).to_string(), Some(error)),
        Error::Unsupported { what, error } => (format!("no {what} here"), Some(error)),
        Error::Password { purpose, error } => (format!("no password for {purpose}"), Some(error)),
        Error::Accept(error) => ("accept".to_owned(), Some(error)),
        Error::Input(error) => ("read".to_owned(), Some(error)),
        Error::PassSocket(error) => ("sendmsg".to_owned(), Some(error)),
        Error::Start(error) => ("can't start".to_owned(), Some(error)),
        // what it does not have
        Error::Proxy { .. }
        | Error::Access { .. }
        | Error::RequestFile { .. }
        | Error::Answer(_)
        | Error::InputText(_)
        | Error::NotBuilt { .. }
        | Error::Tls { .. }
        | Error::HandshakeTimedOut { .. }
        | Error::ExpiresSoon { .. }
        | Error::TlsSetting(_) => {
            return openbsd::sentence(error);
        }
    };
    match error {
        Some(error) => Some(format!("{words} : {}", strerror(error))),
        None => Some(words),
    }
}

fn grab(place: &str) -> String {
    format!("Can't grab {place} with bind")
}

/// It has forgotten the error when it has tried a taken port long enough.
fn free(error: &io::Error) -> Option<&io::Error> {
    (error.kind() != ErrorKind::AddrInUse).then_some(error)
}

/// The old resolver's words for the new one's.
fn lookup(reason: &str) -> &'static str {
    match reason {
        "Temporary failure in name resolution" => "Host name lookup failure",
        "No address associated with hostname" => "No address associated with name",
        "Non-recoverable failure in name resolution" => "Unknown server error",
        _ => "Unknown host",
    }
}

/// What the names of addresses make it say: an address without one, a name that is another.
fn warnings(host: &Host, addresses: &[SocketAddr], names: &[Option<Vec<u8>>]) -> Option<String> {
    let given = escape(host.as_bytes());
    for (address, name) in addresses.iter().zip(names) {
        let numeric = place::is_spelled(host, address.ip());
        match name {
            None if numeric => {
                return Some(format!("{given}: inverse host lookup failed: Unknown host"));
            }
            None => {
                let ip = place::ip(address);
                return Some(format!("Warning: inverse host lookup failed for {ip}: Unknown host"));
            }
            Some(name) if !numeric && !name.eq_ignore_ascii_case(host.as_bytes()) => {
                return Some(format!("DNS fwd/rev mismatch: {given} != {}", escape(name)));
            }
            Some(_) => {}
        }
    }
    None
}

/// `localhost [127.0.0.1]`
fn named(name: Option<&[u8]>, address: &SocketAddr) -> String {
    let name = match name {
        Some(name) => escape(name).to_string(),
        None => "(UNKNOWN)".to_owned(),
    };
    format!("{name} [{}]", place::ip(address))
}

/// `[127.0.0.1] from localhost [127.0.0.1] 43210`
fn met(peer: &Peer, name: Option<&[u8]>, local: Option<&SocketAddr>) -> String {
    let to = local.map_or_else(|| "any".to_owned(), place::ip);
    match peer {
        Peer::Inet { address, .. } => {
            format!("[{to}] from {} {}", named(name, address), address.port())
        }
        other => format!("[{to}] from {}", place::name(other)),
    }
}

/// `[any] 8000`
fn door(peer: &Peer) -> String {
    match peer {
        Peer::Inet { address, .. } if address.ip().is_unspecified() => {
            format!("[any] {}", address.port())
        }
        Peer::Inet { address, .. } => format!("[{}] {}", place::ip(address), address.port()),
        other => place::name(other),
    }
}
