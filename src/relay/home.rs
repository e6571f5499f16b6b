//! Our side of a conversation: where what is sent comes from, and where what comes goes to.

use crate::endpoint::Link;
use crate::endpoint::stdio::{Input, Output};

/// Our side of a conversation, as far as the loop has to do with it.
pub trait Home {
    /// Whether the input has something to give, or its end, at once.
    fn input_is_ready(&self) -> bool;

    /// Whether somebody types the input at a terminal.
    fn input_is_typed(&self) -> bool {
        false
    }

    /// The input came to its end.
    fn input_ended(&self);

    /// The peer has finished: whoever reads the output is told.
    fn peer_ended(&self);
}

/// Our standard streams, or a program's.
pub struct Streams<'a> {
    /// Where we read.
    pub input: &'a Input,
    /// Where we write.
    pub output: &'a Output,
    /// The peer.
    pub link: &'a Link,
}

impl Home for Streams<'_> {
    fn input_is_ready(&self) -> bool {
        self.input.is_readable_now()
    }

    fn input_is_typed(&self) -> bool {
        self.input.is_terminal() && !self.output.may_be_refused()
    }

    fn input_ended(&self) {
        self.input.set_ended();
    }

    fn peer_ended(&self) {
        self.output.pass_end_on();
        if self.output.may_be_refused() {
            // it may be gone altogether, and a program that says nothing would never find out
            self.link.ask_whether_alive();
        }
    }
}
