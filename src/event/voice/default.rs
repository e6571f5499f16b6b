//! The default face: openbsd's words where openbsd says something, since scripts look for them, and
//! further lines for people, each after the program's name.
//!
//! Errors are said without `-v` too, in one line; `-v` adds how it went, `-vv` how it was done,
//! `-vvv` every step.

mod added;
mod failure;

pub use failure::sentence;

use super::lines::Lines;
use super::openbsd::{self, OpenBsdVoice};
use super::quantity::bytes;
use super::{Services, Voice, closing, hint, note, place, progress, sums, tls};
use crate::event::strerror::strerror;
use crate::event::{Detail, Error, Event, Occasion, Reporting, Side, Verified};
use crate::proto::direction::Direction;
use crate::proto::escape::escape;

/// The words of the default face.
pub struct DefaultVoice {
    openbsd: OpenBsdVoice,
}

impl DefaultVoice {
    /// A voice that names services by `services`.
    pub fn new(services: Services) -> Self {
        Self { openbsd: OpenBsdVoice::new(services) }
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
            Event::ScanProgress(scan) => {
                lines.prefixed(&format!("{} of {} ports tried", scan.tried, scan.of))
            }
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
            Event::NotRecorded(error) => lines.prefixed(&sentence(error)),
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

/// What somebody at a terminal did with Ctrl-D.
fn finished_typing(after: &str) -> String {
    format!("you finished sending{after}; waiting for the peer (Ctrl-C leaves)")
}
