//! A desk in the place of standard output, and of standard error where that is the same terminal.
//!
//! What arrives is written through a layer, above the line that is being typed; our own messages
//! come the same way.

use std::cell::RefCell;
use std::io;
use std::rc::{Rc, Weak};

use super::Desk;
use crate::endpoint::stream::Layer;
use crate::sys::fd::Fd;
use crate::sys::{stderr, terminal};

/// The most of what arrived that is taken at once, in bytes.
const BLOCK: usize = 16 * 1024;

thread_local! {
    /// A run has one desk at most, as the process has one standard input.
    static AT_WORK: RefCell<Weak<Desk>> = const { RefCell::new(Weak::new()) };
}

/// The desk that stands in for standard input and output, if one does.
pub fn at_work() -> Option<Rc<Desk>> {
    AT_WORK.with_borrow(Weak::upgrade)
}

/// A desk stands in for the standard streams, until this goes away.
pub struct InPlace;

impl InPlace {
    pub fn new(desk: &Rc<Desk>) -> Self {
        AT_WORK.set(Rc::downgrade(desk));
        if terminal::is_error_output(&*desk.screen) {
            let desk = Rc::downgrade(desk);
            stderr::set_instead(Some(Box::new(move |lines| {
                desk.upgrade().is_some_and(|desk| desk.say(lines))
            })));
        }
        Self
    }
}

impl Drop for InPlace {
    fn drop(&mut self) {
        stderr::set_instead(None);
        AT_WORK.set(Weak::new());
    }
}

impl Desk {
    /// Shows lines of ours; `false` where they would not meet a line that is being typed.
    fn say(&self, lines: &[u8]) -> bool {
        let Ok(mut state) = self.state.try_borrow_mut() else { return false };
        let state = &mut *state;
        let display = &mut state.display;
        if !display.screen.is_editing() && display.unwritten() == 0 {
            return false;
        }
        if display.has_room() {
            display.screen.say(lines, &state.editor.view());
            // the rest is written when there is room
            let _ = display.flush();
            self.changed.notify_one();
        }
        true
    }
}

/// Only writing goes through it.
impl Layer for Desk {
    fn fd(&self) -> &Rc<Fd> {
        &self.screen
    }

    fn take(&self, _buffer: &mut [u8]) -> io::Result<Option<usize>> {
        Ok(Some(0))
    }

    fn has_read(&self) -> bool {
        false
    }

    fn fill(&self) -> io::Result<()> {
        Ok(())
    }

    fn put(&self, bytes: &[u8]) -> io::Result<usize> {
        let block = &bytes[..bytes.len().min(BLOCK)];
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        state.display.screen.show(block, &state.editor.view());
        Ok(block.len())
    }

    fn flush(&self) -> io::Result<()> {
        self.state.borrow_mut().display.flush()
    }

    fn unflushed(&self) -> usize {
        self.state.borrow().display.unwritten()
    }

    fn carried(&self, wire: u64) -> u64 {
        wire
    }

    fn is_done(&self) -> bool {
        false
    }

    fn end(&self) {}

    fn has_said_end(&self) -> bool {
        false
    }
}
