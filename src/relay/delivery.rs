//! Whether the last bytes reached the peer: a write only says that the kernel took them.

use std::time::Duration;

use crate::endpoint::Link;
use crate::event::Error;

/// The first and the longest pause between two looks at the send queue.
const PAUSES: (Duration, Duration) = (Duration::from_micros(500), Duration::from_millis(50));

/// Waits until the peer's kernel has acknowledged everything; `stall` bounds how long nothing may
/// be acknowledged. Of ends that do not tell, everything counts as delivered.
pub async fn acknowledged(link: &Link, stall: Option<Duration>) -> Result<(), Error> {
    // what a layer adds has to go out, and no more
    let on_its_way = || link.undelivered() + link.stream().unflushed() as u64;
    let mut left = on_its_way();
    if let Some(error) = link.take_error() {
        return lost(link, error);
    }
    let mut pause = PAUSES.0;
    let mut waited = Duration::ZERO;
    while left > 0 {
        // one that is over says so below
        let _ = link.try_flush();
        if stall.is_some_and(|stall| waited >= stall) {
            return Err(Error::Unacknowledged { bytes: link.undelivered() });
        }
        tokio::time::sleep(pause).await;
        waited += pause;
        pause = (pause * 2).min(PAUSES.1);
        let now = on_its_way();
        if let Some(error) = link.take_error() {
            return lost(link, error);
        }
        if now != left {
            waited = Duration::ZERO;
        }
        left = now;
    }
    Ok(())
}

/// The connection failed. A peer that has all of it need not wait for a layer's word that nothing
/// follows.
fn lost(link: &Link, error: std::io::Error) -> Result<(), Error> {
    match link.undelivered() {
        0 if link.has_said_end() => Ok(()),
        left => Err(Error::of_link(error, left)),
    }
}
