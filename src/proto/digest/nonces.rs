//! The nonces of a Digest server: made from a time and a secret, and good for no replay.
//!
//! A nonce says when it was made and proves that we made it, as Ncat's does, so that those which
//! nobody comes back with cost nothing. Those that were used are remembered with the highest count
//! seen; the same or a lower count is a replay. When too many are remembered, the oldest is
//! forgotten and with it every nonce that is as old, so forgetting never lets a replay in.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use super::super::constant_time;
use super::md5;

/// The most nonces that are remembered as used.
pub const REMEMBERED_MAX: usize = 1024;

const MICROS: u64 = 1_000_000;

/// What is to be thought of a nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Ours, in its time, with a count that was not seen before.
    Fresh,
    /// Ours, but too old, forgotten, or used before with this count or a higher one: ask again,
    /// with `stale=true`.
    Stale,
    /// Not ours.
    Bad,
}

/// All nonces of one server. Times are in microseconds since the same moment, whichever.
pub struct Nonces {
    secret: Vec<u8>,
    lifetime: u64,
    /// The time in the last nonce; no two have the same.
    last: u64,
    /// Those that were used: their time, and the highest count.
    used: BTreeMap<u64, u32>,
    /// Nonces of this time and before are stale.
    forgotten: Option<u64>,
}

impl Nonces {
    /// Nonces that are good for `lifetime` microseconds. The secret should be 16 random bytes.
    pub fn new(secret: &[u8], lifetime: u64) -> Self {
        Self { secret: secret.to_vec(), lifetime, last: 0, used: BTreeMap::new(), forgotten: None }
    }

    /// A new nonce: `SECONDS.MICROS-32HEX`.
    pub fn issue(&mut self, now: u64) -> String {
        self.last = now.max(self.last.saturating_add(1));
        self.write(self.last)
    }

    /// Judges a nonce that came with `count`, and remembers it. Call it only for a client that has
    /// proved to know the password, for it takes memory.
    pub fn check(&mut self, nonce: &[u8], count: u32, now: u64) -> Verdict {
        let Some(time) = self.time(nonce) else {
            return Verdict::Bad;
        };
        let expired = now.saturating_sub(time) > self.lifetime;
        if expired || self.forgotten.is_some_and(|forgotten| time <= forgotten) {
            return Verdict::Stale;
        }
        let highest = self.used.entry(time).or_default();
        if count <= *highest {
            return Verdict::Stale;
        }
        *highest = count;
        while self.used.len() > REMEMBERED_MAX
            && let Some((oldest, _)) = self.used.pop_first()
        {
            self.forgotten = Some(oldest);
        }
        Verdict::Fresh
    }

    fn write(&self, time: u64) -> String {
        let (seconds, micros) = (time / MICROS, time % MICROS);
        let time = format!("{seconds}.{micros:06}");
        // the secret on both sides, for a hash of a beginning can be gone on with
        let proof = md5(&[&self.secret, time.as_bytes(), &self.secret]);
        format!("{time}-{proof}")
    }

    /// The time in a nonce that is ours.
    fn time(&self, nonce: &[u8]) -> Option<u64> {
        let text = std::str::from_utf8(nonce).ok()?;
        let (seconds, micros) = text.split_once('-')?.0.split_once('.')?;
        let time = seconds.parse::<u64>().ok()?.checked_mul(MICROS)?;
        let time = time.checked_add(micros.parse().ok()?)?;
        constant_time::eq(self.write(time).as_bytes(), nonce).then_some(time)
    }
}

impl Debug for Nonces {
    /// Without the secret, for it ends up in logs.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "Nonces({} used)", self.used.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Nonces, REMEMBERED_MAX, Verdict};

    const NOW: u64 = 1_700_000_000_000_042;

    fn nonces() -> Nonces {
        Nonces::new(b"0123456789abcdef", 1000)
    }

    #[test]
    fn the_layout_is_that_of_ncat() {
        let nonce = nonces().issue(NOW);
        let proof = nonce.strip_prefix("1700000000.000042-").unwrap();
        assert!(proof.len() == 32 && proof.bytes().all(|digit| digit.is_ascii_hexdigit()));
    }

    #[test]
    fn no_two_are_the_same() {
        let mut nonces = nonces();
        let first = nonces.issue(NOW);
        let second = nonces.issue(NOW);
        let third = nonces.issue(NOW - 5);
        assert!(first != second && second != third && first != third);
        assert_eq!(nonces.check(third.as_bytes(), 1, NOW), Verdict::Fresh);
    }

    #[test]
    fn a_count_is_good_once_and_only_upwards() {
        let mut nonces = nonces();
        let nonce = nonces.issue(NOW);
        let verdicts = [(0, Verdict::Stale), (1, Verdict::Fresh), (1, Verdict::Stale)];
        for (count, verdict) in verdicts {
            assert_eq!(nonces.check(nonce.as_bytes(), count, NOW), verdict);
        }
        assert_eq!(nonces.check(nonce.as_bytes(), 7, NOW), Verdict::Fresh);
        assert_eq!(nonces.check(nonce.as_bytes(), 5, NOW), Verdict::Stale);
    }

    #[test]
    fn a_nonce_ages() {
        let mut nonces = nonces();
        let nonce = nonces.issue(NOW);
        assert_eq!(nonces.check(nonce.as_bytes(), 1, NOW + 1000), Verdict::Fresh);
        assert_eq!(nonces.check(nonce.as_bytes(), 2, NOW + 1001), Verdict::Stale);
    }

    #[test]
    fn what_we_did_not_make_is_bad() {
        let mut nonces = nonces();
        let ours = nonces.issue(NOW);
        let other = Nonces::new(b"another secret..", 1000).issue(NOW);
        let proof = &ours["1700000000.000042-".len()..];
        for nonce in [
            other,
            String::new(),
            "-".into(),
            ".-".into(),
            ours.to_uppercase(),
            format!("{ours} "),
            format!("0{ours}"),
            format!("+{ours}"),
            format!("1700000000.000043-{proof}"),
            format!("1700000000.42-{proof}"),
            format!("18446744073709551615.0-{proof}"),
        ] {
            assert_eq!(nonces.check(nonce.as_bytes(), 1, NOW), Verdict::Bad, "{nonce}");
        }
        assert_eq!(nonces.check(ours.as_bytes(), 1, NOW), Verdict::Fresh);
    }

    #[test]
    fn forgetting_lets_no_replay_in() {
        let mut nonces = nonces();
        let issued: Vec<_> = (0..=REMEMBERED_MAX).map(|_| nonces.issue(NOW)).collect();
        for nonce in &issued {
            assert_eq!(nonces.check(nonce.as_bytes(), 1, NOW), Verdict::Fresh);
            assert!(nonces.used.len() <= REMEMBERED_MAX);
        }
        for nonce in &issued {
            assert_eq!(nonces.check(nonce.as_bytes(), 1, NOW), Verdict::Stale);
        }
        assert_eq!(nonces.check(issued[0].as_bytes(), 2, NOW), Verdict::Stale);
        assert_eq!(nonces.check(issued[1].as_bytes(), 2, NOW), Verdict::Fresh);
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert_eq!(format!("{:?}", nonces()), "Nonces(0 used)");
    }

    proptest! {
        /// Whatever comes in whatever order: no pair of nonce and count is taken twice.
        #[test]
        fn nothing_is_taken_twice(
            uses in prop::collection::vec((0_usize..4, 0_u32..4, 0_u64..1500), 0..40),
        ) {
            let mut nonces = nonces();
            let issued: Vec<_> = (0..4).map(|_| nonces.issue(NOW)).collect();
            let mut seen = std::collections::BTreeSet::new();
            for (which, count, later) in uses {
                let verdict = nonces.check(issued[which].as_bytes(), count, NOW + later);
                prop_assert_ne!(verdict, Verdict::Bad);
                if verdict == Verdict::Fresh {
                    prop_assert!(seen.insert((which, count)));
                }
            }
        }
    }
}
