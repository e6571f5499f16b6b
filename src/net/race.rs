//! Races connection attempts to several addresses (RFC 8305, Happy Eyeballs).
//!
//! [`Race`] is the pure rule: an attempt starts when the one before has failed, or has not
//! connected after [`STAGGER`]. [`run`] drives it with futures.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How long an attempt is alone before the next one starts (RFC 8305, section 5).
pub const STAGGER: Duration = Duration::from_millis(250);

/// When the next attempt starts.
#[derive(Debug)]
struct Race {
    left: usize,
    running: usize,
    next_at: Instant,
}

impl Race {
    fn new(contenders: usize, now: Instant) -> Self {
        Self { left: contenders, running: 0, next_at: now }
    }

    /// Whether one starts now.
    fn starts(&mut self, now: Instant) -> bool {
        let starts = self.left > 0 && (self.running == 0 || now >= self.next_at);
        if starts {
            self.left -= 1;
            self.running += 1;
            self.next_at = now + STAGGER;
        }
        starts
    }

    fn failed(&mut self, now: Instant) {
        self.running -= 1;
        self.next_at = now;
    }

    fn is_lost(&self) -> bool {
        self.left == 0 && self.running == 0
    }

    fn wakes_at(&self) -> Option<Instant> {
        (self.left > 0).then_some(self.next_at)
    }
}

/// Starts an attempt for each contender until one succeeds, and gives its result; the others are
/// dropped. Failures go to `failed` as they happen. At the deadline, those still running fail
/// with `None`.
pub async fn run<C: Clone, T, E, F>(
    contenders: &[C],
    deadline: Option<Instant>,
    mut attempt: impl FnMut(C) -> F,
    mut failed: impl FnMut(&C, Option<E>, Duration),
) -> Option<(C, T)>
where
    F: Future<Output = Result<T, E>>,
{
    let mut waiting = contenders.iter();
    let mut race = Race::new(contenders.len(), Instant::now());
    let mut running: Vec<(C, Instant, Pin<Box<F>>)> = Vec::new();
    while !race.is_lost() {
        while race.starts(Instant::now()) {
            if let Some(contender) = waiting.next() {
                let future = Box::pin(attempt(contender.clone()));
                running.push((contender.clone(), Instant::now(), future));
            }
        }
        let finish = poll_fn(|context| {
            for (index, (_, _, future)) in running.iter_mut().enumerate() {
                if let Poll::Ready(result) = future.as_mut().poll(context) {
                    return Poll::Ready((index, result));
                }
            }
            Poll::Pending
        });
        let stagger = race.wakes_at();
        let wake = match (stagger, deadline) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let finished = match wake {
            Some(at) => tokio::select! {
                biased;
                finished = finish => Some(finished),
                () = sleep_until(at) => None,
            },
            None => Some(finish.await),
        };
        match finished {
            Some((index, Ok(value))) => {
                let (contender, _, _) = running.swap_remove(index);
                return Some((contender, value));
            }
            Some((index, Err(error))) => {
                let (contender, started, _) = running.remove(index);
                failed(&contender, Some(error), started.elapsed());
                race.failed(Instant::now());
            }
            None if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                for (contender, started, _) in &running {
                    failed(contender, None, started.elapsed());
                }
                return None;
            }
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Each contender: milliseconds until it answers, and whether it connects.
    async fn race(
        contenders: &[(u64, bool)],
        deadline: Option<u64>,
    ) -> (Option<(u64, bool)>, Vec<(u64, bool)>, Vec<u64>, u64) {
        let start = Instant::now();
        let started = RefCell::new(Vec::new());
        let mut failures = Vec::new();
        let won = run(
            contenders,
            deadline.map(|ms| start + Duration::from_millis(ms)),
            |(takes, connects)| {
                started.borrow_mut().push(u64::try_from(start.elapsed().as_millis()).unwrap());
                async move {
                    tokio::time::sleep(Duration::from_millis(takes)).await;
                    if connects { Ok(()) } else { Err(()) }
                }
            },
            |contender, error, _| failures.push((contender.0, error.is_some())),
        )
        .await;
        let took = u64::try_from(start.elapsed().as_millis()).unwrap();
        (won.map(|(contender, ())| contender), failures, started.into_inner(), took)
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_first_address_does_not_hold_up_the_second() {
        let (won, failures, started, took) = race(&[(10_000, true), (20, true)], None).await;
        assert_eq!(won, Some((20, true)));
        assert_eq!((failures, started, took), (vec![], vec![0, 250], 270));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_starts_the_next_at_once() {
        let (won, failures, started, took) =
            race(&[(10, false), (10, false), (10, true)], None).await;
        assert_eq!(won, Some((10, true)));
        assert_eq!(failures, [(10, true), (10, true)]);
        assert_eq!((started, took), (vec![0, 10, 20], 30));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_to_connect_wins_also_where_it_started_first() {
        let (won, _, started, took) = race(&[(300, true), (100, true)], None).await;
        assert_eq!((won, started, took), (Some((300, true)), vec![0, 250], 300));
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_ends_all_that_run() {
        let (won, failures, started, took) = race(&[(9_000, true); 9], Some(1000)).await;
        assert_eq!(won, None);
        assert_eq!(started, [0, 250, 500, 750]);
        assert_eq!((failures, took), (vec![(9_000, false); 4], 1000));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_wins_where_all_fail() {
        let (won, failures, ..) = race(&[(10, false), (500, false)], None).await;
        assert_eq!((won, failures.len()), (None, 2));
    }
}
