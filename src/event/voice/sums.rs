//! The sums of what went each way, a line each.

use super::place;
use super::quantity::bytes;
use crate::event::{Extent, Peer, Sum};

/// `sent 61 bytes to 127.0.0.1:8000, to the end: sha256 9f86…`
pub fn sent(sum: &Sum, peer: &Peer) -> String {
    format!("sent {} to {}, {}", bytes(sum.bytes), place::name(peer), of(sum))
}

/// `received 214 bytes from 127.0.0.1:8000, cut short: sha256 of that part 9f86…`
pub fn received(sum: &Sum, peer: &Peer) -> String {
    format!("received {} from {}, {}", bytes(sum.bytes), place::name(peer), of(sum))
}

fn of(sum: &Sum) -> String {
    let extent = match sum.extent {
        Extent::Whole => "to the end: sha256",
        Extent::Cut => "cut short: sha256 of that part",
        Extent::Endless => "as datagrams without an end: sha256 of these",
    };
    format!("{extent} {}", sum.sha256)
}
