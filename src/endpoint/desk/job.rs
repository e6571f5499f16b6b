//! A desk as a job of a shell: it has the terminal only in the foreground, stops and goes on.
//!
//! In the background it stops, as everybody does who wants to read a terminal that is somebody
//! else's; but not before the lines that were finished are on their way.

use std::time::Duration;

use super::Desk;
use crate::event::Error;
use crate::sys::signal::{self, Stop, TerminalSignal};
use crate::sys::terminal;

/// Whoever had us go on in the background may have meant to end us: that comes first.
const SHORTLY: Duration = Duration::from_millis(50);

/// A peer that takes lines slowly is looked after this often.
const LATER: Duration = Duration::from_millis(500);

/// What the shell has made of us, as far as we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Job {
    /// We run.
    #[default]
    Runs,
    /// We stopped by ourselves, and have not heard yet the signal that has us go on. Where nobody
    /// can send it, we never stopped.
    Stopped(Stop),
}

impl Desk {
    /// Whether keys are wanted, and not ours.
    fn lacks_keys(&self) -> bool {
        let keyboard = &self.state.borrow().keyboard;
        self.is_wanted.get() && !keyboard.has_ended() && !keyboard.is_ours()
    }

    /// Begins to read keys where they are wanted and the terminal is ours. Otherwise gives how long
    /// it is until [`Desk::stop_to_read`] is due, if ever.
    pub(super) fn begin(&self) -> Result<Option<Duration>, Error> {
        // where nobody can have us go on, nobody is there to type
        if !self.lacks_keys() || self.job.get() == Job::Stopped(Stop::Reading) {
            return Ok(None);
        }
        if !terminal::is_foreground(&self.keys) {
            let is_done = self.state.borrow().lines.are_gone(&self.input);
            return Ok(Some(if is_done { SHORTLY } else { LATER }));
        }
        self.open_history();
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let shown_already = state.keyboard.take().map_err(Error::Input)?;
        state.display.screen.begin(&state.editor.view(), shown_already);
        Ok(None)
    }

    /// Stops as long as the terminal is somebody else's, unless lines wait for the peer.
    pub(super) fn stop_to_read(&self, pause: Duration) {
        if pause == SHORTLY && !terminal::is_foreground(&self.keys) {
            self.stop(Stop::Reading);
        }
    }

    /// Does what a signal asks for.
    pub(super) fn heed(&self, signal: TerminalSignal) {
        match signal {
            TerminalSignal::Stop => self.stop(Stop::Asked),
            TerminalSignal::Again => self.again(),
            TerminalSignal::Resize => {
                let state = &mut *self.state.borrow_mut();
                state.display.resize(&state.editor.view());
            }
        }
    }

    /// Stops; whoever has the terminal meanwhile may set it, write to it and change its size.
    fn stop(&self, why: Stop) {
        self.rest();
        if why == Stop::Asked {
            let display = &mut self.state.borrow_mut().display;
            display.screen.end_row();
            display.flush_briefly();
        }
        signal::stop(why);
        self.job.set(Job::Stopped(why));
        self.state.borrow_mut().display.forget();
    }

    /// We go on, stopped by ourselves or by somebody else.
    fn again(&self) {
        let state = &mut *self.state.borrow_mut();
        if self.job.take() == Job::Runs && state.keyboard.give_back() {
            state.display.forget();
        }
    }

    /// Gives the terminal back.
    pub(super) fn rest(&self) {
        if let Ok(mut state) = self.state.try_borrow_mut() {
            state.rest();
        }
    }
}
