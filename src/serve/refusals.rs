//! Who was turned away from a datagram socket, where anybody can send as much as the net carries,
//! under any address: one line for each sender, not more than so many in a minute, and how many
//! datagrams had none.

use std::cell::RefCell;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::ops::Deref;
use std::time::{Duration, Instant};

use crate::event::{Event, Observer, Peer, RefusalReason};

/// So many senders are told of within a [`WINDOW`].
const MOST: usize = 32;

/// For so long a sender that was told of is not told of again.
const WINDOW: Duration = Duration::from_secs(60);

/// The refusals of one listener.
pub struct Refusals<O: Deref<Target: Observer>> {
    told: RefCell<Told>,
    observer: O,
}

/// What was told since the window began.
#[derive(Default)]
struct Told {
    began: Option<Instant>,
    senders: HashSet<Option<SocketAddr>>,
    left_out: u64,
}

impl<O: Deref<Target: Observer>> Refusals<O> {
    /// None yet.
    pub fn new(observer: O) -> Self {
        Self { told: RefCell::default(), observer }
    }

    /// A datagram was turned away.
    pub fn note(&self, peer: Peer, reason: RefusalReason) {
        self.note_at(Instant::now(), peer, reason);
    }

    fn note_at(&self, now: Instant, peer: Peer, reason: RefusalReason) {
        let sender = match &peer {
            Peer::Inet { address, .. } => Some(*address),
            // none of these has an address that rules could tell from another
            Peer::Unix { .. } | Peer::File(_) | Peer::Vsock { .. } => None,
        };
        let mut told = self.told.borrow_mut();
        if told.began.is_none_or(|began| now.duration_since(began) >= WINDOW) {
            self.tell_rest(&told);
            *told = Told { began: Some(now), ..Told::default() };
        }
        if told.senders.len() < MOST && told.senders.insert(sender) {
            self.observer.observe(&Event::ClientRefused { peer, name: None, user: None, reason });
        } else {
            told.left_out += 1;
        }
    }

    fn tell_rest(&self, told: &Told) {
        if told.left_out > 0 {
            self.observer.observe(&Event::RefusalsLeftOut { count: told.left_out });
        }
    }
}

impl<O: Deref<Target: Observer>> Drop for Refusals<O> {
    fn drop(&mut self) {
        self.tell_rest(&self.told.borrow());
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::plan::Transport;

    /// Ports of senders that were told of, and counts of datagrams that were not.
    #[derive(Default)]
    struct Heard(RefCell<Vec<Result<u16, u64>>>);

    impl Observer for Heard {
        fn observe(&self, event: &Event) {
            let heard = match event {
                Event::ClientRefused { peer: Peer::Inet { address, .. }, .. } => Ok(address.port()),
                Event::RefusalsLeftOut { count } => Err(*count),
                other => panic!("{other:?}"),
            };
            self.0.borrow_mut().push(heard);
        }
    }

    fn from(port: u16) -> Peer {
        let address = (Ipv4Addr::LOCALHOST, port).into();
        Peer::Inet { transport: Transport::Udp, host: None, address }
    }

    #[test]
    fn a_flood_is_told_in_few_lines() {
        let heard = Heard::default();
        let refusals = Refusals::new(&heard);
        let start = Instant::now();
        let note = |at, port| refusals.note_at(start + at, from(port), RefusalReason::NotAllowed);
        for _ in 0..3 {
            note(Duration::ZERO, 1);
            note(Duration::ZERO, 2);
        }
        assert_eq!(heard.0.take(), [Ok(1), Ok(2)]);
        for port in 3..=1000 {
            note(WINDOW / 2, port);
        }
        assert_eq!(heard.0.take().len(), MOST - 2);
        note(WINDOW, 7);
        let rest = 4 + 1000 - MOST as u64;
        assert_eq!(heard.0.take(), [Err(rest), Ok(7)]);
        note(WINDOW, 7);
        drop(refusals);
        assert_eq!(heard.0.take(), [Err(1)]);
    }
}
