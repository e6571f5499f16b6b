//! When a conversation is left though its directions are open: at a time, once nothing has moved for
//! so long, or as soon as one side has nothing more to give.

use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::flow::Meter;
use crate::event::Side;

/// A timeout of nothing (`-w 0`) must not look all the time whether something is still queued.
const SHORTEST_LOOK: Duration = Duration::from_millis(10);

/// How a conversation came to be left by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// The time that was set for leaving has come.
    Time,
    /// Nothing has moved for as long as the session's rules allow.
    Idle,
    /// Nothing has moved for the shorter time that an end left to the other direction.
    Settled,
}

/// When a conversation is left.
#[derive(Debug)]
pub struct Departure {
    /// The session's own patience with silence.
    patience: Option<Duration>,
    /// What is left of it after an end.
    idle: Option<Duration>,
    /// When to look whether it is idle.
    idle_at: Option<Instant>,
    at: Option<Instant>,
    when_quiet: Option<Side>,
}

impl Departure {
    /// Of a conversation that begins at `started` and may be silent for `patience`.
    pub fn new(patience: Option<Duration>, started: Instant) -> Self {
        let idle_at = patience.map(|patience| started + patience);
        Self { patience, idle: patience, idle_at, at: None, when_quiet: None }
    }

    /// After so long, whatever happens.
    pub fn after(&mut self, after: Duration) {
        self.at = Some(Instant::now() + after);
    }

    /// As soon as nothing has moved for so long.
    pub fn when_idle(&mut self, after: Duration) {
        self.idle = Some(self.idle.map_or(after, |idle| idle.min(after)));
        self.idle_at = Some(Instant::now() + after);
    }

    /// As soon as this side has nothing more to give.
    pub fn when_quiet(&mut self, side: Side) {
        self.when_quiet = Some(side);
    }

    /// The side that is still heard out, and no longer than it has something to give.
    pub fn hears_out(&self) -> Option<Side> {
        self.when_quiet
    }

    /// When to look next, if ever.
    pub fn next_look(&self) -> Option<Instant> {
        self.at.into_iter().chain(self.idle_at).min()
    }

    /// Waits until it is time to look.
    pub async fn due(&self) {
        match self.next_look() {
            Some(at) => sleep_until(at).await,
            None => pending().await,
        }
    }

    /// Looks whether it is time to leave; otherwise says to itself when to look again.
    ///
    /// A conversation is not idle while something waits to be moved in either direction, or while
    /// the peer has yet to acknowledge what it was sent, which is asked for where it matters.
    pub fn look(
        &mut self,
        directions: [&Meter; 2],
        unacknowledged: impl FnOnce() -> u64,
    ) -> Option<Deadline> {
        let now = Instant::now();
        if self.at.is_some_and(|at| at <= now) {
            return Some(Deadline::Time);
        }
        let idle = self.idle.filter(|_| self.idle_at.is_some_and(|at| at <= now))?;
        self.idle_at = if directions.iter().any(|meter| meter.is_moving()) {
            Some(now + idle.max(SHORTEST_LOOK))
        } else if unacknowledged() > 0 {
            // nothing tells when it is acknowledged, so look often enough to be in time
            Some(now + (idle / 8).max(SHORTEST_LOOK))
        } else {
            let last = directions.iter().map(|meter| meter.last_moved()).max();
            last.map(|last| last + idle).filter(|next| *next > now)
        };
        match self.idle_at {
            Some(_) => None,
            None if self.patience == Some(idle) => Some(Deadline::Idle),
            None => Some(Deadline::Settled),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn departure(patience: Option<Duration>) -> Departure {
        Departure::new(patience, Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_deadline_nobody_looks() {
        let (mut departure, meter) = (departure(None), Meter::default());
        assert_eq!(departure.next_look(), None);
        advance(1000 * SECOND).await;
        assert_eq!(departure.look([&meter, &meter], || 0), None);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_counted_from_the_last_byte_either_way() {
        let (mut departure, up, down) =
            (departure(Some(2 * SECOND)), Meter::default(), Meter::default());
        advance(SECOND).await;
        down.gave(1);
        departure.due().await;
        assert_eq!(departure.look([&up, &down], || 0), None);
        let before = Instant::now();
        departure.due().await;
        assert_eq!(before.elapsed(), SECOND);
        assert_eq!(departure.look([&up, &down], || 0), Some(Deadline::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_on_its_way_is_no_silence() {
        let (mut departure, up, down) =
            (departure(Some(8 * SECOND)), Meter::default(), Meter::default());
        up.set_moving();
        departure.due().await;
        let unasked = || unreachable!("it is moving anyway");
        assert_eq!(departure.look([&up, &down], unasked), None);
        up.set_quiet();
        departure.due().await;
        let looked = Instant::now();
        assert_eq!(departure.look([&up, &down], || 1), None);
        departure.due().await;
        assert_eq!(looked.elapsed(), SECOND, "often enough to be in time");
        assert_eq!(departure.look([&up, &down], || 0), Some(Deadline::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn a_patience_of_nothing_does_not_look_all_the_time() {
        let (mut departure, meter) = (departure(Some(Duration::ZERO)), Meter::default());
        meter.set_moving();
        for _ in 0..3 {
            let before = Instant::now();
            assert_eq!(departure.look([&meter, &meter], || 0), None);
            departure.due().await;
            assert_eq!(before.elapsed(), SHORTEST_LOOK);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_shorter_silence_after_an_end_is_no_idleness_and_the_longer_one_is() {
        for (patience, after, why) in [
            (Some(5 * SECOND), SECOND, Deadline::Settled),
            (None, SECOND, Deadline::Settled),
            (Some(SECOND), 5 * SECOND, Deadline::Idle),
        ] {
            let (mut departure, meter) = (departure(patience), Meter::default());
            departure.when_idle(after);
            departure.due().await;
            assert_eq!(departure.look([&meter, &meter], || 0), Some(why), "{patience:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_that_is_set_comes_whatever_moves() {
        let (mut departure, meter) = (departure(Some(5 * SECOND)), Meter::default());
        meter.set_moving();
        departure.after(SECOND);
        assert_eq!(departure.look([&meter, &meter], || 0), None);
        let before = Instant::now();
        departure.due().await;
        assert_eq!(before.elapsed(), SECOND);
        assert_eq!(departure.look([&meter, &meter], || 0), Some(Deadline::Time));
    }
}
