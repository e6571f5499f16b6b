//! The keyboard: when its keys are ours, and those that were pressed and not looked at yet.
//!
//! Not here: what keys do, and when the terminal is somebody else's.

use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use crate::editor::screen::FAREWELL;
use crate::sys::fd::Fd;
use crate::sys::terminal::Uncooked;

/// A keyboard.
pub struct Keyboard {
    fd: Rc<Fd>,
    screen: Rc<Fd>,
    /// The key that ends the input.
    end_key: u8,
    /// Its keys are ours as long as this is there.
    uncooked: Option<Uncooked>,
    pressed: VecDeque<u8>,
    /// The next ones were pressed while the terminal still gave whole lines.
    ahead: bool,
    ended: bool,
}

impl Keyboard {
    /// One that nobody reads yet.
    pub fn new(fd: &Rc<Fd>, screen: &Rc<Fd>, end_key: u8) -> Self {
        let (fd, screen, pressed) = (Rc::clone(fd), Rc::clone(screen), VecDeque::new());
        Self { fd, screen, end_key, uncooked: None, pressed, ahead: false, ended: false }
    }

    /// Whether keys are read one by one.
    pub fn is_ours(&self) -> bool {
        self.uncooked.is_some()
    }

    /// Whether the input is over.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// From now on keys are read one by one. Whether the terminal itself has shown some of what will
    /// be read.
    pub fn take(&mut self) -> io::Result<bool> {
        self.uncooked = Some(Uncooked::begin(&self.fd, &self.screen, FAREWELL)?);
        self.ahead = self.fd.is_readable_now();
        Ok(self.ahead && self.pressed.is_empty())
    }

    /// The terminal is as it was from now on. Whether it was not.
    pub fn give_back(&mut self) -> bool {
        self.uncooked.take().is_some()
    }

    /// These were pressed.
    pub fn press(&mut self, keys: &mut [u8]) {
        if std::mem::take(&mut self.ahead) {
            // a terminal that gives lines keeps the end of the input as a zero
            for key in keys.iter_mut().filter(|key| **key == 0) {
                *key = self.end_key;
            }
        }
        self.pressed.extend(&*keys);
    }

    /// Whether none waits to be looked at.
    pub fn is_empty(&self) -> bool {
        self.pressed.is_empty()
    }

    /// The next one to look at.
    pub fn next(&mut self) -> Option<u8> {
        self.uncooked.as_ref().and_then(|_| self.pressed.pop_front())
    }

    /// The input is over; what was pressed after its end counts for nothing.
    pub fn end(&mut self) {
        self.ended = true;
        self.pressed.clear();
    }
}
