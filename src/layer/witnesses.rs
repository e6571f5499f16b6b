//! Who looks at the bytes of one conversation without changing them.
//!
//! The [`Stages`](super::Stages) of both directions show each block to all of them, before and
//! after it is changed, and wait until they have seen it. What all conversations of a run share,
//! such as a record's file, a witness holds a part of.

use std::future::pending;
use std::rc::Rc;

use super::{Recorder, Sums};
use crate::event::Error;
use crate::plan::Session;
use crate::proto::direction::Direction;

/// Who looks at the bytes of one conversation.
#[derive(Debug, Default)]
pub struct Witnesses {
    recorder: Option<Rc<Recorder>>,
    sums: Option<Box<Sums>>,
}

impl Witnesses {
    /// Those that the session asks for, of a conversation that begins now.
    pub fn of(session: &Session, recorder: Option<Rc<Recorder>>) -> Rc<Self> {
        Rc::new(Self { recorder, sums: session.sum.then(Box::default) })
    }

    /// Only who writes it down.
    pub fn recording(recorder: Option<Rc<Recorder>>) -> Rc<Self> {
        Rc::new(Self { recorder, sums: None })
    }

    /// Nobody.
    pub fn none() -> Rc<Self> {
        Rc::default()
    }

    /// Whether nobody looks.
    pub fn is_empty(&self) -> bool {
        self.recorder.is_none() && self.sums.is_none()
    }

    /// What was added up, where it was.
    pub fn sums(&self) -> Option<&Sums> {
        self.sums.as_deref()
    }

    /// Shows a block as it was read.
    pub async fn read(&self, direction: Direction, block: &[u8]) {
        if let Some(sums) = self.sums().filter(|_| direction == Direction::Received) {
            sums.add(direction, block);
        }
        if let Some(recorder) = &self.recorder {
            recorder.read(direction, block).await;
        }
    }

    /// Shows a block as it is passed on.
    pub async fn passed(&self, direction: Direction, block: &[u8]) {
        if let Some(sums) = self.sums().filter(|_| direction == Direction::Sent) {
            sums.add(direction, block);
        }
        if let Some(recorder) = &self.recorder {
            recorder.passed(direction, block).await;
        }
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
