//! What a voice remembers of what it was told, for the dialects that say some things late: counts
//! at the end of the run, the failure of the last address, the names of addresses.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

use super::system_error::is_our_deadline;
use crate::event::strerror::strerror;
use crate::event::{Event, Peer, PortState};
use crate::plan::UdpProbe;

/// Why an address could not be connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastFailure {
    /// The system's words; `None` where our own deadline ended the attempt.
    pub words: Option<String>,
    /// It was the proxy that could not be connected.
    pub to_proxy: bool,
}

/// The name that was found for an address; `None` where it has none.
type Named = (IpAddr, Option<Vec<u8>>);

/// What a voice was told so far.
#[derive(Debug, Default)]
pub struct Memory {
    names: RefCell<Vec<Named>>,
    addresses_left: Cell<usize>,
    last_failure: RefCell<Option<LastFailure>>,
    tried: Cell<bool>,
    connected: Cell<bool>,
    accepted: Cell<bool>,
    everywhere: Cell<bool>,
    program: Cell<bool>,
    sent: Cell<u64>,
    received: Cell<u64>,
    warned: RefCell<Vec<String>>,
}

impl Memory {
    /// Takes note of an event, before its words are made.
    pub fn note(&self, event: &Event) {
        match event {
            Event::Resolved { addresses, names, .. } => {
                self.addresses_left.set(addresses.len());
                let ips = addresses.iter().map(SocketAddr::ip);
                self.names.replace(ips.zip(names.iter().cloned()).collect());
            }
            Event::AttemptFailed(attempt) => self.failed(&attempt.error, attempt.to_proxy),
            Event::Connected { .. } | Event::Opened(_) => {
                self.tried.set(true);
                self.connected.set(true);
            }
            Event::Accepted { .. } => {
                self.tried.set(true);
                self.accepted.set(true);
            }
            Event::Listening(Peer::Inet { address, .. })
            | Event::Bound(Peer::Inet { address, .. }) => {
                self.everywhere.set(self.everywhere.get() || address.ip().is_unspecified());
            }
            Event::Scanned { state, .. } => match state {
                PortState::Open { .. } => {
                    self.tried.set(true);
                    self.connected.set(true);
                }
                PortState::Closed(error)
                | PortState::Failed(error)
                | PortState::NoAnswer(Some(error)) => self.failed(error, false),
                PortState::NoAnswer(None) => self.failed(&ErrorKind::TimedOut.into(), false),
                PortState::ProxyRefused(_) => self.tried.set(true),
            },
            Event::Probing { probe: UdpProbe::OneNul } => self.sent.set(self.sent.get() + 1),
            Event::ProgramStarted { .. } => self.program.set(true),
            Event::Closed(summary) | Event::ClientLeft { summary, .. } => {
                self.sent.set(self.sent.get().saturating_add(summary.sent));
                self.received.set(self.received.get().saturating_add(summary.received));
            }
            _ => {}
        }
    }

    fn failed(&self, error: &io::Error, to_proxy: bool) {
        self.tried.set(true);
        self.addresses_left.set(self.addresses_left.get().saturating_sub(1));
        let words = (!is_our_deadline(error)).then(|| strerror(error));
        self.last_failure.replace(Some(LastFailure { words, to_proxy }));
    }

    /// The name of an address, where one was looked for and found.
    pub fn name(&self, address: IpAddr) -> Option<Vec<u8>> {
        let names = self.names.borrow();
        names.iter().find(|(known, _)| *known == address).and_then(|(_, name)| name.clone())
    }

    /// Whether these words about a host are new: a host is looked up for each of its ports.
    pub fn is_new(&self, words: &str) -> bool {
        let mut warned = self.warned.borrow_mut();
        let new = !warned.iter().any(|before| before == words);
        if new {
            warned.push(words.to_owned());
        }
        new
    }

    /// How many addresses have not failed yet.
    pub fn addresses_left(&self) -> usize {
        self.addresses_left.get()
    }

    /// Why the last address that failed could not be connected.
    pub fn last_failure(&self) -> Option<LastFailure> {
        self.last_failure.borrow().clone()
    }

    /// Whether anybody was to be connected or came.
    pub fn tried(&self) -> bool {
        self.tried.get()
    }

    /// Whether a connection of our own stood.
    pub fn connected(&self) -> bool {
        self.connected.get()
    }

    /// Whether a client came.
    pub fn accepted(&self) -> bool {
        self.accepted.get()
    }

    /// Whether a listener takes every address of the machine.
    pub fn everywhere(&self) -> bool {
        self.everywhere.get()
    }

    /// Whether a program was started.
    pub fn program(&self) -> bool {
        self.program.get()
    }

    /// Bytes that the net took, and that our output took, in all.
    pub fn counts(&self) -> (u64, u64) {
        (self.sent.get(), self.received.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Summary;
    use crate::event::sample;

    #[test]
    fn it_counts_and_keeps_the_last_failure_and_the_names() {
        let memory = Memory::default();
        assert!(!memory.tried());
        for event in sample::events(b"lo") {
            memory.note(&event);
        }
        assert_eq!(memory.counts(), (61, 221));
        assert_eq!(memory.addresses_left(), 0);
        let words = Some("Connection refused".to_owned());
        assert_eq!(memory.last_failure(), Some(LastFailure { words, to_proxy: false }));
        assert_eq!(memory.name([127, 0, 0, 1].into()), Some(b"lo".to_vec()));
        assert_eq!(memory.name(std::net::Ipv6Addr::LOCALHOST.into()), None);
        assert_eq!(memory.name([127, 0, 0, 2].into()), None);
        assert!(memory.tried() && memory.connected() && memory.accepted() && memory.program());
        memory.note(&Event::Closed(Summary { sent: u64::MAX, ..Summary::default() }));
        assert_eq!(memory.counts().0, u64::MAX);
        assert_eq!(["a", "b", "a"].map(|words| memory.is_new(words)), [true, true, false]);
    }
}
