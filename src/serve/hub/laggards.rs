//! How long a client whose queue is full may hold the others up: the rules, without a queue.
//!
//! A byte that is for everybody has to wait for the slowest, or the slowest has to go: what waits
//! for it may not grow. Whether a client that has just been overtaken is stuck or only had no turn
//! yet takes a moment to tell, and that moment is the others'. So it is paid for:
//!
//! - Who is to be heard by nobody but one client waits for it: the one holds nobody up. It is the
//!   same where all are full, and where nobody has anything to say.
//! - A client that takes nothing pays as soon as one other could take more. One that takes some
//!   pays only while those who could take more are no fewer than those who take some: one fast
//!   client among many slow ones does not have them dropped.
//! - What it pays with is its own [`Allowance`], which it has only once it has shown that it reads,
//!   and which grows while it holds nobody up: beside others, a client may be several times slower
//!   than they are, and it may stop for a moment. What its own does not pay comes out of the one
//!   that all have in common. That is small and grows slowly, so that newcomers that never read,
//!   however many come, take next to nothing of the others' time.
//! - Who cannot pay is dropped at once.
//! - Where another client waits to speak, one that takes hardly anything for [`PATIENCE`] is dropped
//!   in any case: the one that speaks is a client that is held up as well.

use std::time::Duration;

use tokio::time::Instant;

/// How often it is looked who holds the others up, while anybody does.
pub const TICK: Duration = Duration::from_millis(10);

/// How often while only somebody who speaks is held up.
pub const SLOW_TICK: Duration = Duration::from_millis(250);

/// What a client that never reads may be seen to take all the same, in bytes: its kernel has a
/// buffer.
const PROOF: u64 = 1024 * 1024;

/// How long a client that has taken something counts as one that takes some.
const LATELY: Duration = Duration::from_secs(1);

/// How long a client may hold up one that speaks while it takes less than [`LEAST`].
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What it has to take in that time, in bytes.
const LEAST: u64 = 64 * 1024;

/// What a client's own allowance grows to, and by how much in a second.
const OWN: (Duration, f64) = (Duration::from_secs(1), 3.0);

/// The same of that which all have in common.
const COMMON: (Duration, f64) = (Duration::from_millis(250), 0.02);

/// Time of the others that may be taken.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    most: Duration,
    growth: f64,
    left: Duration,
    /// It has grown until then.
    at: Instant,
}

impl Allowance {
    /// A new client's own.
    pub fn own() -> Self {
        Self { most: OWN.0, growth: OWN.1, left: Duration::ZERO, at: Instant::now() }
    }

    /// That which all have in common.
    pub fn common() -> Self {
        Self { most: COMMON.0, growth: COMMON.1, left: COMMON.0, at: Instant::now() }
    }

    fn grow(&mut self, until: Instant) {
        let grown = until.saturating_duration_since(self.at).mul_f64(self.growth);
        self.left = self.left.saturating_add(grown).min(self.most);
        self.at = self.at.max(until);
    }

    /// Whether it is spent, as far as [`TICK`] can tell.
    pub fn is_spent(&mut self) -> bool {
        self.grow(Instant::now());
        self.left < TICK
    }

    /// Pays for the time that has just gone by, in which it does not grow; whether it could. That
    /// we ourselves were late is nobody's fault.
    pub fn pay(&mut self, time: Duration) -> bool {
        let now = Instant::now();
        self.grow(now.checked_sub(time).unwrap_or(now));
        self.at = now;
        let can = self.left >= TICK;
        if can {
            self.left = self.left.saturating_sub(time.min(TICK));
        }
        can
    }
}

/// What is known of a client whose queue is full.
#[derive(Debug, Clone, Copy)]
pub struct Lag {
    /// What it had taken when it was looked at last, in bytes.
    seen: u64,
    /// When it was seen to have taken something.
    moved: Option<Instant>,
    /// How long one that speaks was held up, and what the client had taken before that.
    held: (Duration, u64),
}

impl Lag {
    /// Its queue is full now, and it has taken so much.
    pub fn begun(taken: u64) -> Self {
        Self { seen: taken, moved: None, held: (Duration::ZERO, taken) }
    }

    /// It has taken so much by now.
    pub fn note(&mut self, taken: u64) {
        if taken > self.seen {
            self.seen = taken;
            self.moved = Some(Instant::now());
        }
    }

    /// Whether it has taken some lately.
    pub fn is_moving(&self) -> bool {
        self.moved.is_some_and(|moved| moved.elapsed() < LATELY)
    }

    /// Whether it has ever taken more than one that never reads.
    pub fn is_proven(&self) -> bool {
        self.seen >= PROOF
    }

    /// One that speaks was held up for so long; whether that was too long for what it has taken.
    pub fn stalls(&mut self, time: Duration) -> bool {
        self.held.0 += time;
        if self.held.0 < PATIENCE {
            return false;
        }
        let stalls = self.seen.saturating_sub(self.held.1) < LEAST;
        self.held = (Duration::ZERO, self.seen);
        stalls
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_allowance_is_earned_and_has_a_most() {
        let mut own = Allowance::own();
        assert!(own.is_spent() && !own.pay(TICK));
        advance(Duration::from_millis(100)).await;
        assert!(!own.is_spent());
        advance(Duration::from_secs(100)).await;
        let mut paid = 0;
        while own.pay(TICK) {
            advance(TICK).await;
            paid += 1;
        }
        assert_eq!(TICK * paid, OWN.0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_holds_the_others_up_half_of_the_time_can_pay_for_ever() {
        let mut own = Allowance::own();
        for _ in 0..10_000 {
            advance(TICK * 2).await;
            assert!(own.pay(TICK));
        }
        // and nine tenths are too much
        let mut ticks = 0;
        while ticks % 10 == 0 || own.pay(TICK) {
            advance(TICK).await;
            ticks += 1;
            assert!(ticks < 1000);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_all_have_in_common_grows_slowly() {
        let mut common = Allowance::common();
        let (mut paid, mut time) = (0_u32, Duration::ZERO);
        while time < Duration::from_secs(100) {
            advance(TICK).await;
            time += TICK;
            paid += u32::from(!common.is_spent() && common.pay(TICK));
        }
        assert!(TICK * paid <= COMMON.0 + time.mul_f64(COMMON.1), "{paid}");
        assert!(TICK * paid >= time.mul_f64(COMMON.1), "{paid}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_is_not_reading() {
        for (each, stalls) in [(1, true), (LEAST, false)] {
            let mut lag = Lag::begun(PROOF);
            let mut stalled = false;
            for second in 1..=10 {
                advance(Duration::from_secs(1)).await;
                lag.note(PROOF + second * each);
                assert!(lag.is_moving());
                stalled |= lag.stalls(Duration::from_secs(1));
            }
            assert_eq!(stalled, stalls);
        }
    }
}
