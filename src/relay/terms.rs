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
    /// Has conversations held by the rules of a session, with the records that it asks for, which
    /// are written to their end whatever that comes to.
    pub async fn kept(
        session: &'a Session,
        observer: &'a dyn Observer,
        what: impl AsyncFnOnce(Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let held = async |recorder| what(Self { session, recorder, observer }).await;
        Recorder::kept(session, observer, held).await
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

    /// The same rules and records, told to somebody else.
    #[must_use]
    pub fn told_to<'b>(&self, observer: &'b dyn Observer) -> Terms<'b>
    where
        'a: 'b,
    {
        Terms { session: self.session, recorder: self.recorder.clone(), observer }
    }
}
