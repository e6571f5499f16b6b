//! Serves all clients at once: each gets our input, and our output gets what each sends.
//!
//! A regular file as input goes whole to each client, which then sees its end. Any other input
//! goes to all who are connected when it comes ([`feed`]). Output is written by [`writer`]. One
//! client never stops the others: what waits for it is bounded, and who does not read is dropped.

mod client;
mod feed;
mod writer;

use std::rc::Rc;

use tokio::task::LocalSet;

use super::entrance::{Entrance, Guest};
use super::report_accepted;
use crate::endpoint::stdio::{self, Input};
use crate::event::{Error, Observer};
use crate::layer::Recorder;
use crate::plan::{Listen, Session};
use crate::relay::Terms;
use crate::sys::fd::Kind;

use feed::Feed;
use writer::Writer;

/// What all clients share.
struct Hub {
    session: Session,
    recorder: Option<Rc<Recorder>>,
    numeric: bool,
    input: Input,
    feed: Feed,
    writer: Writer,
    observer: Rc<dyn Observer>,
}

/// Serves until our own input or output fails.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    let output = stdio::output(false)?;
    let input = stdio::input(&listen.session)?;
    let entrance = Entrance::open(listen, md5_key, &*observer).await?;
    let Some(out) = output.fd() else {
        return Ok(());
    };
    let hub = Rc::new(Hub {
        session: listen.session.clone(),
        recorder: Recorder::open(&listen.session.recordings)?,
        numeric: listen.numeric,
        input,
        feed: Feed::default(),
        writer: Writer::new(out),
        observer: Rc::clone(&observer),
    });
    let tasks = LocalSet::new();
    tasks
        .run_until(async {
            tokio::select! {
                error = hub.writer.failure() => Err(error),
                error = hub.read_input() => Err(error),
                error = hub.accept(&entrance) => Err(error),
            }
        })
        .await
}

impl Hub {
    /// Whether each client gets the input from its beginning.
    fn input_is_file(&self) -> bool {
        self.input.kind() == Some(Kind::File)
    }

    fn terms<'a>(&'a self, observer: &'a dyn Observer) -> Terms<'a> {
        Terms { session: &self.session, recorder: self.recorder.clone(), observer }
    }

    async fn read_input(&self) -> Error {
        match self.input.fd() {
            Some(from) if !self.input_is_file() => {
                Error::Input(self.feed.run(from, self.session.crlf).await)
            }
            _ => std::future::pending().await,
        }
    }

    async fn accept(self: &Rc<Self>, entrance: &Entrance<'_>) -> Error {
        let serve = |guest| {
            tokio::task::spawn_local(Rc::clone(self).serve(guest));
        };
        entrance.welcome(serve, || self.feed.make_room()).await
    }

    async fn serve(self: Rc<Self>, guest: Guest) {
        report_accepted(&guest.link, self.numeric, &*self.observer).await;
        client::serve(&self, &guest.link).await;
    }
}
