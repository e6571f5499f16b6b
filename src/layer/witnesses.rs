//! Who looks at the bytes of one conversation without changing them.
//!
//! The [`Stages`](super::Stages) of both directions show each block to all of them, before and
//! after it is changed, and wait until they have seen it. What all conversations of a run share,
//! such as a record's file, a witness holds a part of.

use std::cell::{OnceCell, RefCell};
use std::future::pending;
use std::rc::Rc;

use super::{Lint, Recorder};
use crate::event::Error;
use crate::plan::Session;
use crate::proto::direction::Direction;
use crate::proto::lint::{AnswerFault, Note, Reply};

/// Who looks at the bytes of one conversation.
#[derive(Debug, Default)]
pub struct Witnesses {
    recorder: Option<Rc<Recorder>>,
    reply: Option<Box<RefCell<Reply>>>,
    lint: OnceCell<Lint>,
}

impl Witnesses {
    /// Those that the session asks for, of a conversation that begins now.
    pub fn of(session: &Session, recorder: Option<Rc<Recorder>>) -> Rc<Self> {
        let reply = session.wants_answer.map(|to| Box::new(RefCell::new(Reply::new(to))));
        Rc::new(Self { recorder, reply, ..Self::default() })
    }

    /// Only who writes it down.
    pub fn recording(recorder: Option<Rc<Recorder>>) -> Rc<Self> {
        Rc::new(Self { recorder, ..Self::default() })
    }

    /// Nobody.
    pub fn none() -> Rc<Self> {
        Rc::default()
    }

    /// One more, who reads along from the beginning.
    pub fn read_along(&self, lint: Lint) {
        // there is one conversation, and so one beginning
        let _ = self.lint.set(lint);
    }

    /// Whether nobody looks.
    pub fn is_empty(&self) -> bool {
        self.recorder.is_none() && self.reply.is_none() && self.lint.get().is_none()
    }

    /// Shows a block as it was read.
    pub async fn read(&self, direction: Direction, block: &[u8]) {
        if let Some(reply) = self.reply.as_ref().filter(|_| direction == Direction::Received) {
            reply.borrow_mut().read(block);
        }
        if let Some(recorder) = &self.recorder {
            recorder.read(direction, block).await;
        }
        if let Some(lint) = self.lint.get().filter(|_| direction == Direction::Received) {
            lint.saw(direction, block);
        }
    }

    /// Shows a block as it is passed on.
    pub async fn passed(&self, direction: Direction, block: &[u8]) {
        if let Some(recorder) = &self.recorder {
            recorder.passed(direction, block).await;
        }
        if let Some(lint) = self.lint.get().filter(|_| direction == Direction::Sent) {
            lint.saw(direction, block);
        }
    }

    /// Nothing more comes from there.
    pub fn ended(&self, direction: Direction) {
        if let Some(lint) = self.lint.get() {
            lint.ended(direction);
        }
    }

    /// Whether somebody reads along.
    pub fn take_notes(&self) -> bool {
        self.lint.get().is_some()
    }

    /// Waits for what they note.
    pub async fn notes(&self) -> Vec<Note> {
        match self.lint.get() {
            Some(lint) => lint.notes().await,
            None => pending().await,
        }
    }

    /// What they noted, and nobody waited for.
    pub fn last_notes(&self) -> Vec<Note> {
        self.lint.get().map(Lint::take).unwrap_or_default()
    }

    /// What is wrong with the answer, where one was wanted and nothing more of it comes.
    pub fn answer_fault(&self) -> Option<AnswerFault> {
        self.reply.as_ref()?.borrow_mut().end().err()
    }

    /// Comes back where one of them failed in a way that ends the conversation.
    pub async fn failure(&self) -> Error {
        match &self.recorder {
            Some(recorder) => recorder.failure().await,
            None => pending().await,
        }
    }

    /// What went wrong, where nobody waited for [`Witnesses::failure`] any more.
    pub fn failed(&self) -> Option<Error> {
        self.recorder.as_ref().and_then(|recorder| recorder.failed())
    }
}
