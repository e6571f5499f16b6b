//! How a conversation goes, in JSON.

use serde::Serialize;

use super::closed::Tcp;
use super::value::{Peer, seconds};
use crate::event::{self, Occasion};

/// How a conversation goes.
#[derive(Serialize)]
pub struct Progress {
    occasion: &'static str,
    peer: Peer,
    sent: u64,
    received: u64,
    sent_rate: u64,
    received_rate: u64,
    duration: f64,
    expected: Option<u64>,
    tcp: Option<Tcp>,
}

impl From<&event::Progress> for Progress {
    fn from(progress: &event::Progress) -> Self {
        Self {
            occasion: match progress.occasion {
                Occasion::Asked => "asked",
                Occasion::Passing => "passing",
                Occasion::Over => "over",
            },
            peer: (&progress.peer).into(),
            sent: progress.sent,
            received: progress.received,
            sent_rate: progress.sent_rate,
            received_rate: progress.received_rate,
            duration: seconds(progress.duration),
            expected: progress.expected,
            tcp: progress.tcp.map(Tcp::from),
        }
    }
}
