//! Whether the last bytes reached the peer: a write only says that the kernel took them.

use std::time::Duration;

use crate::endpoint::Link;
use crate::event::Error;

/// The first and the longest pause between two looks at the send queue.
const PAUSES: (Duration, Duration) = (Duration::from_micros(500), Duration::from_millis(50));

/// Waits until the peer's kernel has acknowledged everything; `stall` bounds how long nothing may
/// be acknowledged. Of ends that do not tell, everything counts as delivered.
pub async fn acknowledged(link: &Link, stall: Option<Duration>) -> Result<(), Error> {
    let mut left = link.unacknowledged();
    if let Some(error) = link.take_error() {
        return lost(link, error, left);
    }
    let mut pause = PAUSES.0;
    let mut waited = Duration::ZERO;
    while left > 0 {
        // one that is over says so below
        let _ = link.try_flush();
        if stall.is_some_and(|stall| waited >= stall) {
            return Err(Error::Unacknowledged { bytes: left });
        }
        tokio::time::sleep(pause).await;
        waited += pause;
        pause = (pause * 2).min(PAUSES.1);
        let now = link.unacknowledged();
        if let Some(error) = link.take_error() {
            return lost(link, error, now);
        }
        if now != left {
            waited = Duration::ZERO;
        }
        left = now;
    }
    Ok(())
}

/// The connection failed with so many bytes on their way. A peer that has all of it need not wait
/// for a layer's word that nothing follows.
fn lost(link: &Link, error: std::io::Error, left: u64) -> Result<(), Error> {
    if left == 0 && link.has_said_end() {
        return Ok(());
    }
    Err(Error::of_link(error, left))
}
