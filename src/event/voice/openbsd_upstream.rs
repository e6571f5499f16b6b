//! OpenBSD's own nc, to the letter: netcat-openbsd's words, but that a scan is told without `-v`,
//! and that time which runs out has OpenBSD's name.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use super::lines::Lines;
use super::openbsd::{OpenBsdVoice, connect};
use super::{Services, Voice};
use crate::event::{Detail, Error, Event, PortState, Reporting, Target};
use crate::plan::Transport;

/// The words of OpenBSD's nc.
pub struct OpenBsdUpstreamVoice {
    openbsd: OpenBsdVoice,
}

impl OpenBsdUpstreamVoice {
    /// A voice that names services by `services`.
    pub fn new(services: Services) -> Self {
        Self { openbsd: OpenBsdVoice::new(services) }
    }
}

impl Voice for OpenBsdUpstreamVoice {
    fn event(&self, event: &Event, reporting: &Reporting) -> Option<Vec<u8>> {
        match event {
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
