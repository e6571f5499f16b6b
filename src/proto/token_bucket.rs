//! A token bucket: so many bytes a second, and no more, by a clock that is passed in.
//!
//! It begins empty, so that within the first `t` seconds no more than `t` times the rate may pass,
//! whatever the pieces are. What is not used is kept for [`DEPTH`] alone: a pause is not made up for by
//! a burst, but a timer that comes late loses nothing.

use std::num::NonZeroU64;
use std::time::Duration;

/// For how long what was not used is kept.
pub const DEPTH: Duration = Duration::from_millis(100);

/// How many pieces a second are let through where a stream may be cut anywhere.
const PIECES: u64 = 20;

/// What may pass, and when.
#[derive(Debug, Clone)]
pub struct TokenBucket {
    rate: NonZeroU64,
    /// The time by which all that was reserved may have passed, since the clock's zero.
    until: Duration,
}

impl TokenBucket {
    /// An empty bucket that fills with `rate` bytes a second from `now` on.
    pub fn new(rate: NonZeroU64, now: Duration) -> Self {
        Self { rate, until: now }
    }

    /// The most bytes of a stream that are best reserved at once; at least one.
    pub fn piece(&self) -> usize {
        usize::try_from(self.rate.get() / PIECES).unwrap_or(usize::MAX).max(1)
    }

    /// Reserves the next so many bytes, and says how long to wait from `now` until they may pass.
    pub fn reserve(&mut self, bytes: usize, now: Duration) -> Duration {
        let from = self.until.max(now.saturating_sub(DEPTH));
        self.until = from.saturating_add(self.time_for(bytes));
        self.until.saturating_sub(now)
    }

    /// How long so many bytes take, never less than that.
    fn time_for(&self, bytes: usize) -> Duration {
        let rate = u128::from(self.rate.get());
        let nanoseconds = (bytes as u128 * 1_000_000_000).div_ceil(rate);
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn millis(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn bucket(rate: u64, now: Duration) -> TokenBucket {
        TokenBucket::new(NonZeroU64::new(rate).unwrap(), now)
    }

    #[test]
    fn each_piece_waits_for_its_own_time() {
        let mut bucket = bucket(1000, millis(5000));
        assert_eq!(bucket.reserve(100, millis(5000)), millis(100));
        assert_eq!(bucket.reserve(100, millis(5100)), millis(100));
        // two at once wait for both
        assert_eq!(bucket.reserve(50, millis(5200)), millis(50));
        assert_eq!(bucket.reserve(50, millis(5200)), millis(100));
        assert_eq!(bucket.reserve(0, millis(5200)), millis(100), "behind them");
    }

    #[test]
    fn a_late_timer_loses_nothing_and_a_long_pause_gives_little() {
        let mut bucket = bucket(1000, millis(0));
        assert_eq!(bucket.reserve(50, millis(0)), millis(50));
        assert_eq!(bucket.reserve(50, millis(90)), millis(10), "it was 40 ms late");
        assert_eq!(bucket.reserve(100, millis(60_000)), Duration::ZERO);
        assert_eq!(bucket.reserve(100, millis(60_000)), millis(100), "no minute's worth");
    }

    #[test]
    fn a_clock_that_goes_back_and_numbers_without_measure_are_taken() {
        let mut slow = bucket(1, millis(1000));
        assert_eq!(slow.reserve(1, millis(0)), millis(2000));
        slow.reserve(usize::MAX, millis(0));
        assert!(slow.reserve(usize::MAX, millis(0)) > Duration::from_secs(1 << 32));
        let mut fast = bucket(u64::MAX, millis(0));
        assert_eq!(fast.reserve(1, millis(0)), Duration::from_nanos(1), "rounded up");
        assert_eq!((bucket(1, millis(0)).piece(), bucket(2000, millis(0)).piece()), (1, 100));
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_since_the_beginning(
            rate in 1_u64..1_000_000_000,
            steps in prop::collection::vec((0_usize..100_000, 0_u64..200), 1..100),
        ) {
            let mut bucket = bucket(rate, Duration::ZERO);
            let (mut now, mut passed) = (Duration::ZERO, 0_u128);
            for (bytes, pause) in steps {
                now += millis(pause);
                now += bucket.reserve(bytes, now);
                passed += bytes as u128;
                prop_assert!(passed * 1_000_000_000 <= now.as_nanos() * u128::from(rate));
            }
        }
    }
}
