//! toybox's netcat, to the letter: it has no `-v`, and says of each error one short line.
//!
//! Where it keeps silent about a failure that lost bytes and leaves with 0 (a reset), a line in its
//! style says so, and the status is 1.

use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;

use super::lines::Lines;
use super::memory::{LastFailure, Memory};
use super::openbsd::{self, lost};
use super::{Voice, closing, place};
use crate::event::strerror::strerror;
use crate::event::{Error, Event, Failure, Reporting};
use crate::proto::escape::escape;

/// The words of toybox.
#[derive(Default)]
pub struct ToyboxVoice {
    memory: Memory,
}

impl ToyboxVoice {
    /// What came of the last address that was tried.
    fn not_connected(&self, failure: Failure) -> String {
        match (self.memory.last_failure(), failure) {
            (Some(LastFailure { words: Some(words), .. }), _) => format!("connect: {words}"),
            (None, Failure::Refused) => "connect: Connection refused".to_owned(),
            (None, Failure::Unreachable) => "connect: Network is unreachable".to_owned(),
            (Some(_) | None, _) => TIMED_OUT.to_owned(),
        }
    }

    /// What it says of an error, without the program's name; `None` where it is silent.
    fn sentence(&self, error: &Error) -> Option<String> {
        let words = match error {
            Error::ProgramEnded(_) => return None,
            // the reader of our output went away: as quiet as SIGPIPE
            error if error.reader_is_gone() => return None,
            Error::Output { error, .. } => format!("xwrite: {}", strerror(error)),
            Error::NotConnected { failure, .. } | Error::NothingOpen(failure) => {
                self.not_connected(*failure)
            }
            Error::TimedOut { .. } | Error::NobodyCame { .. } => TIMED_OUT.to_owned(),
            Error::Lookup { host: Some(host), port, reason, .. } => {
                format!("{}:{port}: {}", escape(host.as_bytes()), escape(reason.as_bytes()))
            }
            Error::LocalLookup { host, reason, .. } => {
                format!("{}: {}", escape(host.as_bytes()), escape(reason.as_bytes()))
            }
            Error::Bind { error, .. } | Error::Source { error, .. } => {
                format!("bind: {}", strerror(error))
            }
            Error::PathTaken { .. } => "bind: Address already in use".to_owned(),
            Error::Unix { error, .. } => format!("connect: {}", strerror(error)),
            Error::Program { program, error } => {
                format!("exec {}: {}", escape(program), strerror(error))
            }
            Error::File { path, error } | Error::Record { to: path, error, .. } => {
                format!("{}: {}", escape(path.as_os_str().as_bytes()), strerror(error))
            }
            Error::Connection { error, undelivered } => {
                lost(format!("read: {}", strerror(error)), *undelivered)
            }
            Error::Unacknowledged { bytes } => {
                lost("write: Connection timed out".to_owned(), *bytes)
            }
            Error::Option { option, error } => format!("setsockopt {option}: {}", strerror(error)),
            Error::Socket(error) | Error::Unsupported { error, .. } => {
                format!("socket: {}", strerror(error))
            }
            other => return openbsd::sentence(other),
        };
        Some(words)
    }
}

impl Voice for ToyboxVoice {
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        self.memory.note(event);
        let lines = Lines::new(reporting);
        let lines = match event {
            Event::ClientDropped { peer, undelivered, reason } => {
                let why = closing::dropped(*reason);
                let words = format!("{} dropped: {why}", place::name(peer));
                lines.prefixed(&lost(words, *undelivered))
            }
            Event::ClientFailed { error, .. } => match self.sentence(error) {
                Some(words) => lines.prefixed(&words),
                None => lines,
            },
            Event::ClientRefused { peer, reason, .. } => {
                lines.prefixed(&openbsd::refused(peer, *reason))
            }
            Event::RefusalsLeftOut { count } => lines.prefixed(&openbsd::refused_too(*count)),
            Event::AcceptPaused(error) => lines.prefixed(&format!("accept: {}", strerror(error))),
            Event::Closed(summary) if reporting.why => lines.prefixed(&closing::line(summary)),
            _ => lines,
        };
        lines.finish()
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        Lines::new(reporting).prefixed(&self.sentence(error)?).finish()
    }

    /// A program that cannot be run gives a shell's statuses.
    fn status(&self, result: &Result<(), Error>, _reporting: &Reporting) -> u8 {
        match result {
            Err(Error::ProgramEnded(how)) => how.status(),
            Err(Error::Program { error, .. }) if error.kind() == ErrorKind::NotFound => 127,
            Err(Error::Program { .. }) => 126,
            other => u8::from(other.is_err()),
        }
    }
}

/// What it says of the time that `-w` gives.
const TIMED_OUT: &str = "Timeout";
