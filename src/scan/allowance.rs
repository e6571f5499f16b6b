//! How many attempts may be under way at once, and which errors say that it was too many.

use std::io;
use std::time::Duration;

use tokio::time::Instant;

/// Descriptors that are left to the rest of the process.
const SPARE: u64 = 32;

/// More attempts at once than this bring nothing but memory.
const MOST: u64 = 20_000;

/// How long the machine may lack everything, while nothing of ours is under way, before a port is
/// given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pause before another try where nothing of ours is under way that could end.
pub const PAUSE: Duration = Duration::from_millis(50);

/// How many attempts may be under way.
#[derive(Debug)]
pub struct Allowance {
    most: usize,
    now: usize,
    starved_since: Option<Instant>,
}

impl Allowance {
    /// What a limit of that many descriptors leaves room for, `most` at the most.
    pub fn new(descriptors: u64, most: usize) -> Self {
        let room = descriptors.saturating_sub(SPARE).clamp(1, MOST);
        let most = usize::try_from(room).unwrap_or(1).min(most).max(1);
        Self { most, now: most, starved_since: None }
    }

    /// Whether another attempt may start beside so many.
    pub fn admits(&self, running: usize) -> bool {
        running < self.now
    }

    /// An attempt could not get what it needs beside so many others. Says whether to try it again.
    pub fn starved(&mut self, running: usize) -> bool {
        self.now = running.max(1);
        if running > 0 {
            self.starved_since = None;
            return true;
        }
        let now = Instant::now();
        now - *self.starved_since.get_or_insert(now) < PATIENCE
    }

    /// An attempt got what it needs.
    pub fn fed(&mut self) {
        self.starved_since = None;
    }

    /// An attempt ended: there may be room for one more than before.
    pub fn freed(&mut self) {
        self.now = (self.now + 1).min(self.most);
    }
}

/// Whether an error says that the machine, not the network, has too little: descriptors or
/// memory.
pub fn is_shortage(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::EMFILE
                | libc::ENFILE
                | libc::ENOBUFS
                | libc::ENOMEM
                | libc::ENOSPC
                | libc::EAGAIN
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(allowance: &Allowance) -> usize {
        (0..=30_000).find(|running| !allowance.admits(*running)).unwrap()
    }

    #[test]
    fn the_limit_gives_the_room() {
        for (descriptors, most, wanted) in [
            (0, usize::MAX, 1),
            (10, usize::MAX, 1),
            (33, usize::MAX, 1),
            (1024, usize::MAX, 992),
            (1024, 16, 16),
            (20_000, usize::MAX, 19_968),
            (u64::MAX, usize::MAX, 20_000),
        ] {
            assert_eq!(room(&Allowance::new(descriptors, most)), wanted, "{descriptors}");
        }
    }

    #[test]
    fn a_shortage_narrows_it_and_ends_widen_it_again() {
        let mut allowance = Allowance::new(1032, usize::MAX);
        assert!(allowance.starved(5));
        assert_eq!(room(&allowance), 5);
        allowance.freed();
        assert_eq!(room(&allowance), 6);
        for _ in 0..2000 {
            allowance.freed();
        }
        assert_eq!(room(&allowance), 1000);
        assert!(allowance.starved(0));
        assert_eq!(room(&allowance), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_where_nothing_of_ours_is_to_blame() {
        let mut allowance = Allowance::new(1024, usize::MAX);
        assert!(allowance.starved(0));
        tokio::time::advance(PATIENCE / 2).await;
        assert!(allowance.starved(0));
        allowance.fed();
        tokio::time::advance(PATIENCE).await;
        assert!(allowance.starved(0), "there was enough in between");
        tokio::time::advance(PATIENCE).await;
        assert!(!allowance.starved(0));
    }
}
