//! How the two directions of a conversation ended, and what that means for the result.

use super::flow::{FlowEnd, Meter};
use crate::endpoint::Link;
use crate::event::{Error, Extent};

/// How each direction ended, as far as it did.
#[derive(Debug)]
pub struct Ends {
    up: Option<FlowEnd>,
    down: Option<FlowEnd>,
    /// How much of our input the kernel has; nothing where there is none.
    sent: Option<Extent>,
    /// How much of the peer's stream was written.
    received: Extent,
}

impl Ends {
    /// Neither has; `sends`: there is something to be sent.
    pub fn new(sends: bool) -> Self {
        Self { up: None, down: None, sent: sends.then_some(Extent::Cut), received: Extent::Cut }
    }

    /// The direction to the peer ended.
    pub fn up_ended(&mut self, end: FlowEnd) {
        if matches!(end, FlowEnd::EndOfInput) {
            self.sent = Some(Extent::Whole);
        }
        self.up = Some(end);
    }

    /// Nobody types any more: what was typed is all that was to be sent.
    pub fn typing_ended(&mut self) {
        self.sent = self.sent.map(|_| Extent::Whole);
    }

    /// The direction from the peer ended.
    pub fn down_ended(&mut self, end: FlowEnd) {
        // where writing was told of a reset, reading is told of an end
        let reset = matches!(self.up, Some(FlowEnd::Write(_)));
        if matches!(end, FlowEnd::EndOfInput) && !reset {
            self.received = Extent::Whole;
        }
        self.down = Some(end);
    }

    /// Some of what was sent has not arrived, as far as is known.
    pub fn not_delivered(&mut self) {
        self.sent = self.sent.map(|_| Extent::Cut);
    }

    /// How much of the stream the peer has, where there is one.
    pub fn sent(&self) -> Option<Extent> {
        self.sent
    }

    /// How much of the peer's stream came to our output.
    pub fn received(&self) -> Extent {
        self.received
    }

    /// The failure that the conversation ended with, if it did; it is told once.
    pub fn failure(&mut self, up: &Meter, down: &Meter, link: &Link) -> Option<Error> {
        let (unsent, unshown) = (up.in_hand(), down.in_hand());
        match (self.up.take(), self.down.take()) {
            (_, Some(FlowEnd::Write(error))) => Some(Error::Output { error, undelivered: unshown }),
            (Some(FlowEnd::Write(error)), _) | (_, Some(FlowEnd::Read(error))) => {
                let undelivered = unsent + link.undelivered();
                Some(Error::of_link(error, undelivered))
            }
            (Some(FlowEnd::Read(error)), _) => Some(Error::of_input(error)),
            // left in the middle of a write, by a deadline
            _ if unshown > 0 => {
                let error = std::io::ErrorKind::TimedOut.into();
                Some(Error::Output { error, undelivered: unshown })
            }
            _ if unsent > 0 => Some(Error::Unacknowledged { bytes: unsent }),
            _ => None,
        }
    }
}
