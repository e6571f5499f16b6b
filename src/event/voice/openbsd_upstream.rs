//! OpenBSD's own nc, to the letter: netcat-openbsd's words, but that a scan is told without `-v`,
//! that time which runs out has OpenBSD's name, and that it speaks of TLS.

mod secured;

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use super::lines::Lines;
use super::openbsd::{OpenBsdVoice, connect};
use super::{Services, Voice, place, tls};
use crate::event::{Detail, Error, Event, PortState, Reporting, Target, Verified};
use crate::plan::Transport;
use crate::proto::escape::escape;

/// The words of OpenBSD's nc.
pub struct OpenBsdUpstreamVoice {
    openbsd: OpenBsdVoice,
    /// The host that a connection was asked for.
    asked_for: RefCell<Option<String>>,
}

impl OpenBsdUpstreamVoice {
    /// A voice that names services by `services`.
    pub fn new(services: Services) -> Self {
        Self { openbsd: OpenBsdVoice::new(services), asked_for: RefCell::default() }
    }
}

impl Voice for OpenBsdUpstreamVoice {
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        if let Event::Connected { target, .. } = event {
            self.asked_for.replace(Some(escape(target.host.as_bytes()).to_string()));
        }
        match event {
            // of a client it tells only what its certificate says
            Event::Secured { secured, .. } if matches!(secured.verified, Verified::Nobody) => None,
            Event::Secured { peer, secured } if reporting.verbosity > 0 => {
                let host = self.asked_for.borrow().clone();
                let host = host.unwrap_or_else(|| place::name(peer));
                secured::stands(Lines::new(reporting), &host, secured).finish()
            }
            Event::CertificateMade(certificate) => tls::made(certificate)
                .iter()
                .fold(Lines::new(reporting), |lines, line| lines.prefixed(line))
                .finish(),
            Event::ClientFailed { error: Error::Tls { error, host: Some(_), .. }, .. } => {
                Lines::new(reporting).prefixed(&secured::failed(error, true)).finish()
            }
            Event::Connected { .. } | Event::Scanned { state: PortState::Open { .. }, .. }
                if reporting.scanning && reporting.verbosity == 0 =>
            {
                let told = Reporting { verbosity: 1, ..reporting.clone() };
                self.openbsd.event(event, &told)
            }
            Event::AttemptFailed(attempt)
                if reporting.verbosity > 0 && !reporting.scanning && is_timeout(&attempt.error) =>
            {
                let address = (!attempt.to_proxy).then_some(&attempt.address);
                timed_out(&attempt.target, address, reporting)
            }
            Event::Scanned { target, address, state, .. }
                if reporting.verbosity > 0 && target.transport != Transport::Udp =>
            {
                match state {
                    PortState::NoAnswer(None) => timed_out(target, address.as_ref(), reporting),
                    PortState::NoAnswer(Some(error)) if is_timeout(error) => {
                        timed_out(target, address.as_ref(), reporting)
                    }
                    _ => self.openbsd.event(event, reporting),
                }
            }
            _ => self.openbsd.event(event, reporting),
        }
    }

    fn error(&self, error: &Error, reporting: &Reporting) -> Option<Vec<u8>> {
        match error {
            Error::TimedOut { target, .. } => timed_out(target, None, reporting),
            Error::Tls { error, host: Some(_), .. } => {
                let server = self.asked_for.borrow().is_none();
                Lines::new(reporting).prefixed(&secured::failed(error, server)).finish()
            }
            other => self.openbsd.error(other, reporting),
        }
    }

    fn details(&self) -> &'static [(Detail, u8)] {
        self.openbsd.details()
    }

    fn status(&self, result: &Result<(), Error>, reporting: &Reporting) -> u8 {
        self.openbsd.status(result, reporting)
    }
}

fn is_timeout(error: &io::Error) -> bool {
    error.kind() == ErrorKind::TimedOut
}

fn timed_out(
    target: &Target,
    address: Option<&SocketAddr>,
    reporting: &Reporting,
) -> Option<Vec<u8>> {
    let words = connect(target, address, "failed: Operation timed out");
    Lines::new(reporting).prefixed(&words).finish()
}
