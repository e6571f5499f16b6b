//! What was found, reported in the order in which the ports were begun, and what it makes of the
//! whole scan.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use crate::endpoint::inet::tells_more;
use crate::event::{Error, Event, Failure, Observer, PortState, ScanProgress, Target};
use crate::layer::dial::target;
use crate::plan::Scan;

/// What was found of one port at one address.
#[derive(Debug)]
pub struct Finding {
    /// The address that was tried.
    pub address: Option<SocketAddr>,
    /// What was found.
    pub state: PortState,
    /// The UDP probe that was sent.
    pub probe: Option<&'static str>,
    /// How long it took.
    pub took: Duration,
}

/// A port that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(usize);

/// Reports findings in order; those that came too early wait.
pub struct Report<'a> {
    scan: &'a Scan,
    observer: &'a dyn Observer,
    queue: InOrder<u16, Finding>,
    open: bool,
    failure: Option<Failure>,
    progress: ScanProgress,
}

impl<'a> Report<'a> {
    /// Nothing found yet.
    pub fn new(scan: &'a Scan, observer: &'a dyn Observer) -> Self {
        let progress = ScanProgress { tried: 0, of: scan.target.ports.count() };
        let queue = InOrder::default();
        let report = Self { scan, observer, queue, open: false, failure: None, progress };
        report.tell_progress();
        report
    }

    /// A port is begun; its findings come after those of the ports begun before.
    pub fn begin(&mut self, port: u16) -> Ticket {
        Ticket(self.queue.begin(port))
    }

    /// Something was found of a port that has not ended.
    pub fn found(&mut self, ticket: Ticket, finding: Finding) {
        match failure(&finding.state) {
            None => self.open = true,
            Some(now) => self.failure = Some(tells_more(self.failure, now)),
        }
        self.queue.put(ticket.0, finding);
        self.tell();
    }

    /// Nothing more comes of a port.
    pub fn end(&mut self, ticket: Ticket) {
        self.queue.end(ticket.0);
        self.progress.tried += 1;
        self.tell_progress();
        self.tell();
    }

    fn tell_progress(&self) {
        if let Some(asker) = self.observer.asker() {
            asker.scanned(self.progress);
        }
    }

    fn tell(&mut self) {
        while let Some((port, finding)) = self.queue.pop() {
            self.observer.observe(&Event::Scanned {
                target: self.target(port),
                address: finding.address,
                state: finding.state,
                probe: finding.probe,
                took: finding.took,
            });
        }
    }

    /// A port as the user asked for it.
    pub fn target(&self, port: u16) -> Target {
        target(&self.scan.target, port, &self.scan.dial)
    }

    /// The end of the scan: a success if a port was open, or if several always are one.
    pub fn finish(self) -> Result<(), Error> {
        let several = self.scan.target.ports.count() > 1;
        if self.open || (self.scan.always_succeeds && several) {
            return Ok(());
        }
        Err(Error::NothingOpen(self.failure.unwrap_or(Failure::TimedOut)))
    }
}

/// What kind of failure a state is; an open port is none.
fn failure(state: &PortState) -> Option<Failure> {
    match state {
        PortState::Open { .. } => None,
        PortState::Closed(_) => Some(Failure::Refused),
        PortState::NoAnswer(_) => Some(Failure::TimedOut),
        PortState::Failed(error) => Some(Failure::of_network(error)),
        PortState::ProxyRefused(error) => Some(error.failure()),
    }
}

/// Holds what comes out of turn.
#[derive(Debug)]
struct InOrder<K, T> {
    /// The number of the first entry.
    first: usize,
    entries: VecDeque<Entry<K, T>>,
}

#[derive(Debug)]
struct Entry<K, T> {
    key: K,
    /// Nearly always one; oldest first.
    items: VecDeque<T>,
    ended: bool,
}

impl<K, T> Default for InOrder<K, T> {
    fn default() -> Self {
        Self { first: 0, entries: VecDeque::new() }
    }
}

impl<K: Copy, T> InOrder<K, T> {
    fn begin(&mut self, key: K) -> usize {
        self.entries.push_back(Entry { key, items: VecDeque::new(), ended: false });
        self.first + self.entries.len() - 1
    }

    fn entry(&mut self, number: usize) -> Option<&mut Entry<K, T>> {
        self.entries.get_mut(number.checked_sub(self.first)?)
    }

    fn put(&mut self, number: usize, item: T) {
        if let Some(entry) = self.entry(number) {
            entry.items.push_back(item);
        }
    }

    fn end(&mut self, number: usize) {
        if let Some(entry) = self.entry(number) {
            entry.ended = true;
        }
    }

    /// The next item whose turn it is.
    fn pop(&mut self) -> Option<(K, T)> {
        loop {
            let front = self.entries.front_mut()?;
            if let Some(item) = front.items.pop_front() {
                return Some((front.key, item));
            }
            if !front.ended {
                return None;
            }
            self.entries.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn popped(queue: &mut InOrder<char, u8>) -> Vec<(char, u8)> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn what_comes_early_waits_for_its_turn() {
        let mut queue = InOrder::default();
        let [a, b, c] = ['a', 'b', 'c'].map(|key| queue.begin(key));
        queue.put(c, 30);
        queue.end(c);
        queue.put(b, 20);
        assert_eq!(popped(&mut queue), []);
        queue.put(a, 10);
        assert_eq!(popped(&mut queue), [('a', 10)], "the front is told before it ends");
        queue.put(a, 11);
        queue.end(a);
        assert_eq!(popped(&mut queue), [('a', 11), ('b', 20)]);
        queue.end(b);
        assert_eq!(popped(&mut queue), [('c', 30)]);
        let d = queue.begin('d');
        queue.put(d, 40);
        queue.end(d);
        assert_eq!(popped(&mut queue), [('d', 40)]);
        assert!(queue.entries.is_empty());
    }

    #[test]
    fn a_port_without_findings_holds_nobody_up() {
        let mut queue = InOrder::default();
        let (a, b) = (queue.begin('a'), queue.begin('b'));
        queue.put(b, 1);
        queue.end(a);
        assert_eq!(popped(&mut queue), [('b', 1)]);
    }

    #[test]
    fn a_failure_that_says_more_of_the_host_is_kept() {
        let refused = PortState::Closed(std::io::ErrorKind::ConnectionRefused.into());
        assert_eq!(failure(&refused), Some(Failure::Refused));
        assert_eq!(failure(&PortState::NoAnswer(None)), Some(Failure::TimedOut));
        let unreachable = PortState::Failed(std::io::ErrorKind::NetworkUnreachable.into());
        assert_eq!(failure(&unreachable), Some(Failure::Unreachable));
        assert_eq!(failure(&PortState::Open { answer: None }), None);
    }
}
