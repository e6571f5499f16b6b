//! What is shown, and the terminal that it is written to as far as that takes it.
//!
//! Not here: what is drawn (`editor::screen`).

use std::io;
use std::rc::Rc;

use super::MOST_WAITING;
use crate::editor::area::{Size, View};
use crate::editor::screen::Screen;
use crate::sys::fd::Fd;
use crate::sys::terminal;

/// A screen and its terminal.
pub struct Display {
    fd: Rc<Fd>,
    pub screen: Screen,
}

impl Display {
    /// As large as the terminal is now.
    pub fn new(fd: &Rc<Fd>) -> Self {
        Self { fd: Rc::clone(fd), screen: Screen::new(size(fd)) }
    }

    /// Whether there is room for more to be shown.
    pub fn has_room(&self) -> bool {
        self.screen.queue.len() < MOST_WAITING
    }

    /// How many bytes are not written yet.
    pub fn unwritten(&self) -> usize {
        self.screen.queue.len()
    }

    /// Writes as much as the terminal takes at once: `WouldBlock` where that is not all.
    pub fn flush(&mut self) -> io::Result<()> {
        let queue = &mut self.screen.queue;
        while !queue.is_empty() {
            let count = self.fd.try_write(queue)?;
            queue.drain(..count);
        }
        Ok(())
    }

    /// Writes as much as the terminal takes in a moment, where nobody can wait for longer.
    pub fn flush_briefly(&mut self) {
        let count = terminal::write_briefly(&self.fd, &self.screen.queue);
        self.screen.queue.drain(..count);
    }

    /// Its size has changed.
    pub fn resize(&mut self, view: &View) {
        self.screen.resize(size(&self.fd), view);
    }

    /// Somebody else wrote to it.
    pub fn forget(&mut self) {
        self.screen.forget(size(&self.fd));
    }
}

fn size(terminal: &Fd) -> Size {
    let (columns, rows) = terminal::size(terminal);
    Size::new(columns, rows)
}
