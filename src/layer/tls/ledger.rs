//! How many of the user's bytes are in what was sent last: what is not acknowledged is counted in
//! bytes of the wire, of which some are TLS's own.

use std::collections::VecDeque;

/// How many entries are kept apart; older ones are one.
const APART: usize = 64;

/// What was sent, the oldest first: bytes on the wire, and those of the user's in them.
#[derive(Debug, Default)]
pub struct Ledger(VecDeque<(u64, u64)>);

impl Ledger {
    /// So many bytes of the user's became so many on the wire.
    pub fn enter(&mut self, wire: usize, plain: usize) {
        if self.0.len() >= APART
            && let Some((wire, plain)) = self.0.pop_front()
            && let Some(next) = self.0.front_mut()
        {
            next.0 += wire;
            next.1 += plain;
        }
        self.0.push_back((wire as u64, plain as u64));
    }

    /// How many of the user's bytes are among the last `wire` ones; of a part of an entry, at most
    /// as many as it could be.
    pub fn carried(&self, wire: u64) -> u64 {
        let (mut left, mut carried) = (wire, 0);
        for (wire, plain) in self.0.iter().rev() {
            carried += plain.min(&left);
            left = left.saturating_sub(*wire);
        }
        carried
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_protocol_adds_is_not_counted() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.carried(100), 0, "a handshake");
        ledger.enter(122, 100);
        ledger.enter(32, 10);
        ledger.enter(24, 0);
        assert_eq!(ledger.carried(0), 0);
        assert_eq!(ledger.carried(24), 0);
        assert_eq!(ledger.carried(56), 10);
        assert_eq!(ledger.carried(66), 20, "a part of an entry");
        assert_eq!(ledger.carried(178), 110);
        assert_eq!(ledger.carried(5000), 110);
        for _ in 0..1000 {
            ledger.enter(32, 10);
        }
        assert!(ledger.0.len() <= APART);
        assert_eq!(ledger.carried(u64::MAX), 10_110);
    }
}
