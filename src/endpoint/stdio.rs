//! The standard streams as the two ends that a conversation has at home.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::event::Error;
use crate::plan::Session;
use crate::sys::fd::{Fd, Kind};
use crate::sys::stdio;

/// Standard input, or none where the session does not read it.
pub fn input(session: &Session) -> Result<Input, Error> {
    if !session.read_input {
        return Ok(Input::none());
    }
    stdio::input().map(Input::new).map_err(Error::Input)
}

/// Standard output. `last` says that no other conversation will write to it.
pub fn output(last: bool) -> Result<Output, Error> {
    match stdio::output() {
        Ok(fd) => Ok(Output::new(fd, last)),
        Err(error) => Err(Error::Output { error, undelivered: 0 }),
    }
}

/// Our input; several conversations may share one, one after the other.
#[derive(Debug)]
pub struct Input {
    fd: Option<Rc<Fd>>,
    ended: Cell<bool>,
}

impl Input {
    /// From an open descriptor.
    pub fn new(fd: Fd) -> Self {
        Self { fd: Some(Rc::new(fd)), ended: Cell::new(false) }
    }

    /// No input at all, and no end of it either.
    pub fn none() -> Self {
        Self { fd: None, ended: Cell::new(false) }
    }

    /// Whether it is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.kind() == Some(Kind::Terminal)
    }

    /// What kind of thing it is, if there is one.
    pub fn kind(&self) -> Option<Kind> {
        self.fd.as_ref().map(|fd| fd.kind())
    }

    /// The descriptor, if there is one.
    pub fn fd(&self) -> Option<&Rc<Fd>> {
        self.fd.as_ref()
    }

    /// Whether an earlier conversation came to its end.
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// Notes for later conversations that its end is reached.
    pub fn set_ended(&self) {
        self.ended.set(true);
    }

    /// Whether a read would give something, or its end, at once.
    pub fn is_readable_now(&self) -> bool {
        self.fd.as_ref().is_some_and(|fd| fd.is_readable_now())
    }
}

/// Our output; several conversations may share one.
#[derive(Debug)]
pub struct Output {
    fd: RefCell<Option<Rc<Fd>>>,
    close_at_end: bool,
}

impl Output {
    /// To an open descriptor. `close_at_end` passes the end of the peer on to whoever reads it.
    pub fn new(fd: Fd, close_at_end: bool) -> Self {
        Self { fd: RefCell::new(Some(Rc::new(fd))), close_at_end }
    }

    /// The descriptor, unless the end was passed on.
    pub fn fd(&self) -> Option<Rc<Fd>> {
        self.fd.borrow().clone()
    }

    /// Tells whoever reads the output that nothing more comes, if this was the last conversation.
    pub fn pass_end_on(&self) {
        if !self.close_at_end {
            return;
        }
        let kind = self.fd.borrow().as_ref().map(|fd| fd.kind());
        match kind {
            Some(Kind::StreamSocket) => {
                // where it fails, the end comes with our exit
                let _ = self.fd.borrow().as_ref().map(|fd| fd.shutdown_write());
            }
            Some(Kind::Pipe) => {
                drop(self.fd.take());
                let _ = stdio::close_output();
            }
            _ => {}
        }
    }
}
