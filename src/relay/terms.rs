//! What a conversation is held by, beside its two ends.

use std::rc::Rc;

use crate::endpoint::Link;
use crate::event::{Error, Observer};
use crate::layer::{Recorder, Witnesses};
use crate::plan::Session;
use crate::proto::direction::Direction;

/// Rules, records and who is told.
#[derive(Clone)]
pub struct Terms<'a> {
    /// The rules.
    pub session: &'a Session,
    /// Where it is written down, if it is.
    pub recorder: Option<Rc<Recorder>>,
    /// Who is told.
    pub observer: &'a dyn Observer,
}

impl<'a> Terms<'a> {
    /// Opens the records that the session asks for.
    pub fn open(session: &'a Session, observer: &'a dyn Observer) -> Result<Self, Error> {
        Ok(Self { session, recorder: Recorder::open(&session.recordings)?, observer })
    }

    /// Writes down the packets of a connection that stands now, where packets are. `opened_by` says
    /// who connected.
    pub fn watch(&self, link: &Link, opened_by: Direction) {
        if let Some(recorder) = &self.recorder {
            recorder.watch(link, opened_by);
        }
    }

    /// Who looks at the bytes of a conversation that begins now.
    pub fn witnesses(&self) -> Rc<Witnesses> {
        Witnesses::of(self.session, self.recorder.clone())
    }

    /// The result of the run, which is a failure too where a record could not be written to its end.
    pub async fn finish(&self, result: Result<(), Error>) -> Result<(), Error> {
        match &self.recorder {
            Some(recorder) => result.and(recorder.finish().await),
            None => result,
        }
    }

    /// The same rules and records, told to somebody else.
    #[must_use]
    pub fn told_to<'b>(&self, observer: &'b dyn Observer) -> Terms<'b>
    where
        'a: 'b,
    {
        Terms { session: self.session, recorder: self.recorder.clone(), observer }
    }
}
