//! A desk as a job of a shell: it has the terminal only in the foreground, stops and goes on.

use std::time::Duration;

use tokio::time::sleep;

use super::Desk;
use crate::event::Error;
use crate::sys::signal::{self, Stop, TerminalSignal, TerminalSignals};
use crate::sys::terminal;

/// Whoever had us go on in the background may have meant to end us: that comes first.
const SHORTLY: Duration = Duration::from_millis(50);

impl Desk {
    /// Begins to read keys where they are wanted; stops as long as the terminal is somebody else's.
    pub(super) async fn begin(&self, signals: &mut TerminalSignals) -> Result<(), Error> {
        let waits = || {
            let keyboard = &self.state.borrow().keyboard;
            self.is_wanted.get() && !keyboard.has_ended() && !keyboard.is_ours()
        };
        while waits() && !terminal::is_foreground(&self.keys) {
            sleep(SHORTLY).await;
            signal::stop(Stop::Reading);
            // where nobody can have us go on, nobody is there to type
            loop {
                match signals.next().await {
                    TerminalSignal::Again => break,
                    TerminalSignal::Stop => signal::stop(Stop::Asked),
                    TerminalSignal::Resize => {}
                }
            }
            self.goes_on.set(false);
        }
        if !waits() {
            return Ok(());
        }
        self.open_history();
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let shown_already = state.keyboard.take().map_err(Error::Input)?;
        state.display.screen.begin(&state.editor.view(), shown_already);
        Ok(())
    }

    /// Does what a signal asks for.
    pub(super) fn heed(&self, signal: TerminalSignal) {
        match signal {
            TerminalSignal::Stop => self.stop(),
            TerminalSignal::Again => self.again(),
            TerminalSignal::Resize => {
                let state = &mut *self.state.borrow_mut();
                state.display.resize(&state.editor.view());
            }
        }
    }

    fn stop(&self) {
        self.rest();
        signal::stop(Stop::Asked);
        // the signal that had us go on is still to come
        self.goes_on.set(true);
    }

    /// We go on: who had the terminal meanwhile may have set it, and written to it.
    fn again(&self) {
        let state = &mut *self.state.borrow_mut();
        if !self.goes_on.take() && state.keyboard.give_back() {
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
