//! Hosts ration the refusals that they send by ICMP: Linux sends six, then one a second to each
//! peer. So among many ports that are asked at once, most closed ones are silent. Where silence
//! counts as open, a silent port beside refused ones is asked once more, when there is a refusal
//! to be had for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::event::PortState;

/// With fewer refusals than this, each of two datagrams sent at once, none was held back.
const PLENTY: u32 = 3;

/// From one refusal to the next, with something to spare.
pub const SLOT: Duration = Duration::from_millis(1100);

/// Shares out the refusals of a host.
#[derive(Debug, Default)]
pub struct Ration {
    refusals: AtomicU32,
    /// The last moment that was given away.
    last: Mutex<Option<Instant>>,
}

impl Ration {
    /// Takes note of what was found of a port.
    pub fn note(&self, state: &PortState) {
        if matches!(state, PortState::Closed(_)) {
            self.refusals.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// When to ask a silent port once more; `None` where its silence was not for want of refusals.
    pub fn turn(&self, address: SocketAddr) -> Option<Instant> {
        // the loopback interface has no ration
        if address.ip().is_loopback() || self.refusals.load(Ordering::Relaxed) < PLENTY {
            return None;
        }
        let now = Instant::now();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = last.map_or(now, |last| last.max(now)) + SLOT;
        *last = Some(turn);
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_are_given_where_refusals_are_rationed() {
        let (remote, loopback) = (([192, 0, 2, 1], 7).into(), ([127, 0, 0, 1], 7).into());
        let ration = Ration::default();
        let refused = PortState::Closed(std::io::ErrorKind::ConnectionRefused.into());
        ration.note(&refused);
        ration.note(&refused);
        ration.note(&PortState::NoAnswer(None));
        assert_eq!(ration.turn(remote), None, "a host that refuses little holds nothing back");
        ration.note(&refused);
        let began = Instant::now();
        assert_eq!(ration.turn(loopback), None);
        assert_eq!(ration.turn(remote), Some(began + SLOT));
        assert_eq!(ration.turn(remote), Some(began + 2 * SLOT));
        tokio::time::advance(10 * SLOT).await;
        assert_eq!(ration.turn(remote), Some(began + 11 * SLOT));
    }
}
