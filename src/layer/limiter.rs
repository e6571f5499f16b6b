//! Holds a direction to a rate: the clock and the waiting around a token bucket.

use std::cell::RefCell;
use std::num::NonZeroU64;

use tokio::time::{Instant, sleep};

use crate::proto::token_bucket::TokenBucket;

/// So many bytes a second in one direction, and no more.
#[derive(Debug)]
pub struct Limiter {
    bucket: RefCell<TokenBucket>,
    since: Instant,
}

impl Limiter {
    /// Counts from now on.
    pub fn new(rate: NonZeroU64) -> Self {
        let since = Instant::now();
        Self { bucket: RefCell::new(TokenBucket::new(rate, since.elapsed())), since }
    }

    /// The most bytes of a stream that are to go at once; at least one.
    pub fn piece(&self) -> usize {
        self.bucket.borrow().piece()
    }

    /// Waits until the next so many bytes may go.
    pub async fn admit(&self, bytes: usize) {
        let wait = self.bucket.borrow_mut().reserve(bytes, self.since.elapsed());
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }
}
