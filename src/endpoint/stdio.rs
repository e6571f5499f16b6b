//! The standard streams as the two ends that a conversation has at home.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::desk::{self, Desk, Held};
use super::{Layer, Stream};
use crate::event::Error;
use crate::plan::Session;
use crate::sys::fd::{Fd, Kind};
use crate::sys::stdio;

/// Standard input, or none where the session does not read it.
pub fn input(session: &Session) -> Result<Input, Error> {
    if !session.read_input {
        return Ok(Input::none());
    }
    match desk::at_work() {
        Some(desk) => Ok(Input { desk: Some(Rc::clone(&desk)), ..Input::shared(desk.input()) }),
        None => stdio::input().map(Input::new).map_err(Error::Input),
    }
}

/// Standard output. `last` says that no other conversation will write to it.
pub fn output(last: bool) -> Result<Output, Error> {
    if let Some(desk) = desk::at_work() {
        return Ok(Output::at(&desk));
    }
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
    /// Where lines are edited that come from it.
    desk: Option<Rc<Desk>>,
}

impl Input {
    /// From an open descriptor.
    pub fn new(fd: Fd) -> Self {
        Self::shared(Rc::new(fd))
    }

    /// The same, of a descriptor that others use too.
    pub fn shared(fd: Rc<Fd>) -> Self {
        Self { fd: Some(fd), ended: Cell::new(false), desk: None }
    }

    /// No input at all, and no end of it either.
    pub fn none() -> Self {
        Self { fd: None, ended: Cell::new(false), desk: None }
    }

    /// Whether it is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.desk.is_some() || self.kind() == Some(Kind::Terminal)
    }

    /// A conversation is held with it, until what is given goes away.
    pub fn hold(&self) -> Option<Held> {
        self.desk.as_ref().map(Desk::hold)
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
    /// Where what arrives is shown beside a line that is being typed.
    desk: Option<Rc<Desk>>,
    at_end: AtEnd,
    /// The end was passed on to somebody who reads.
    end_is_read: Cell<bool>,
}

/// What the end of the peer does to our output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtEnd {
    /// Nothing: other conversations write to it as well.
    Keep,
    /// Standard output is ended for whoever reads it.
    EndStandard,
    /// It is a program's input, which is closed.
    Close,
    /// It is a program's terminal, at which the end is typed.
    Type,
}

impl Output {
    /// To an open descriptor. `close_at_end` passes the end of the peer on to whoever reads it.
    pub fn new(fd: Fd, close_at_end: bool) -> Self {
        let at_end = if close_at_end { AtEnd::EndStandard } else { AtEnd::Keep };
        Self::of(Rc::new(fd), at_end)
    }

    /// To a program. One that takes no more is no failure: it may still have something to say.
    pub fn program(fd: Rc<Fd>) -> Self {
        let at_end = if fd.kind() == Kind::Terminal { AtEnd::Type } else { AtEnd::Close };
        Self::of(fd, at_end)
    }

    fn at(desk: &Rc<Desk>) -> Self {
        Self { desk: Some(Rc::clone(desk)), ..Self::of(Rc::clone(desk.fd()), AtEnd::Keep) }
    }

    fn of(fd: Rc<Fd>, at_end: AtEnd) -> Self {
        Self { fd: RefCell::new(Some(fd)), desk: None, at_end, end_is_read: Cell::default() }
    }

    /// What is written to, unless the end was passed on.
    pub fn stream(&self) -> Option<Stream> {
        let fd = self.fd()?;
        Some(match &self.desk {
            Some(desk) => Stream::Layered(Rc::clone(desk) as Rc<dyn Layer>),
            None => Stream::Plain(fd),
        })
    }

    /// Whether lines are being edited where it is shown.
    pub fn is_edited(&self) -> bool {
        self.desk.is_some()
    }

    /// A program's terminal, at which the end of the peer is to be typed.
    pub fn terminal(&self) -> Option<Rc<Fd>> {
        if self.at_end == AtEnd::Type { self.fd() } else { None }
    }

    /// Whether whoever reads it may leave without that being a failure.
    pub fn may_be_refused(&self) -> bool {
        matches!(self.at_end, AtEnd::Close | AtEnd::Type)
    }

    /// Whether a program was still reading when the end was passed on to it: what it does with what
    /// it read is not over with the connection.
    pub fn end_is_read(&self) -> bool {
        self.end_is_read.get()
    }

    /// The descriptor, unless the end was passed on.
    pub fn fd(&self) -> Option<Rc<Fd>> {
        self.fd.borrow().clone()
    }

    /// Tells whoever reads the output that nothing more comes, if this was the last conversation.
    pub fn pass_end_on(&self) {
        match self.at_end {
            AtEnd::Keep => return,
            AtEnd::Close | AtEnd::Type => {
                let fd = self.fd.take();
                self.end_is_read.set(fd.is_some_and(|fd| !fd.is_unread_now()));
                return;
            }
            AtEnd::EndStandard => {}
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
