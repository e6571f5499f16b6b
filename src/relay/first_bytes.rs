//! When the first byte of each direction came.

use std::cell::Cell;
use std::future::{Future, pending};
use std::pin::Pin;

use tokio::time::Instant;

use super::flow::Meter;
use crate::event::{Event, Observer, Side};

/// Reports the first byte of each direction, once.
pub struct FirstBytes<'a> {
    started: Instant,
    observer: &'a dyn Observer,
    up: Cell<bool>,
    down: Cell<bool>,
}

impl<'a> FirstBytes<'a> {
    /// Of a conversation that began at `started`.
    pub fn new(started: Instant, observer: &'a dyn Observer) -> Self {
        let minds = observer.minds_first_bytes();
        Self { started, observer, up: Cell::new(!minds), down: Cell::new(!minds) }
    }

    /// Waits for one of them, where it is to be reported.
    pub fn wait<'b>(&self, meter: &'b Meter) -> Pin<Box<dyn Future<Output = ()> + 'b>> {
        if self.observer.minds_first_bytes() {
            Box::pin(meter.first_byte())
        } else {
            Box::pin(pending())
        }
    }

    /// Whether one is still to come that is to be reported.
    pub fn lacks(&self, from: Side) -> bool {
        match from {
            Side::Us => !self.up.get(),
            Side::Peer => !self.down.get(),
        }
    }

    /// Those that have come and were not reported yet.
    pub fn report(&self, up: &Meter, down: &Meter) {
        for (reported, meter, from) in [(&self.up, up, Side::Us), (&self.down, down, Side::Peer)] {
            if let Some(first) = meter.first().filter(|_| !reported.get()) {
                reported.set(true);
                let took = first.duration_since(self.started);
                self.observer.observe(&Event::FirstByte { from, took });
            }
        }
    }
}
