//! The end of a conversation in JSON.

use serde::Serialize;

use super::value::{seconds, side};
use crate::event::{self, Extent, Summary, TcpInfo};

/// How a conversation went.
#[derive(Serialize)]
pub struct Closed {
    first_to_finish: Option<&'static str>,
    sent: u64,
    received: u64,
    undelivered: u64,
    duration: f64,
    by_timeout: bool,
    interrupted: bool,
    tcp: Option<Tcp>,
}

/// The sum of one direction.
#[derive(Serialize)]
pub struct Sum {
    sha256: String,
    bytes: u64,
    extent: &'static str,
}

impl From<&event::Sum> for Sum {
    fn from(sum: &event::Sum) -> Self {
        let extent = match sum.extent {
            Extent::Whole => "whole",
            Extent::Cut => "cut",
            Extent::Endless => "endless",
        };
        Self { sha256: sum.sha256.to_string(), bytes: sum.bytes, extent }
    }
}

/// The part of `TCP_INFO` that is shown.
#[derive(Serialize)]
struct Tcp {
    rtt: f64,
    retransmits: u32,
    unacknowledged: u32,
}

impl From<TcpInfo> for Tcp {
    fn from(tcp: TcpInfo) -> Self {
        Self {
            rtt: seconds(tcp.rtt),
            retransmits: tcp.retransmits,
            unacknowledged: tcp.unacknowledged,
        }
    }
}

impl From<&Summary> for Closed {
    fn from(summary: &Summary) -> Self {
        Self {
            first_to_finish: summary.first_to_finish.map(side),
            sent: summary.sent,
            received: summary.received,
            undelivered: summary.undelivered,
            duration: seconds(summary.duration),
            by_timeout: summary.by_timeout,
            interrupted: summary.interrupted,
            tcp: summary.tcp.map(Tcp::from),
        }
    }
}
