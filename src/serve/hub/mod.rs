//! Serves all clients at once: each gets our input, and our output gets what each sends; or, in a
//! broker and in a chat, each gets what the others send, and our output nothing.
//!
//! A regular file as input goes whole to each client, which then sees its end. Any other input
//! goes to all who are connected when it comes ([`feed`]), and so does any input of a broker, where
//! its end is nobody's. Output is written by [`writer`]. One client never stops the others: what
//! waits for it is bounded, and who does not read is dropped before it costs them time ([`laggards`]).
//!
//! A client of a broker that has finished sending still hears the others, for as long as the session
//! says; a user who leaves a [`chat`] does so by finishing.

pub mod chat;
mod client;
mod feed;
mod laggards;
mod queue;
mod writer;

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::LocalSet;

use super::entrance::{Entrance, Guest};
use super::reception::Reception;
use crate::endpoint::Link;
use crate::endpoint::stdio::{self, Input};
use crate::event::{Error, Observer};
use crate::layer::{Recorder, Screen, Stages, Witnesses};
use crate::plan::{Listen, Service, Session};
use crate::proto::chat as words;
use crate::proto::direction::Direction;
use crate::relay::Terms;
use crate::sys::fd::Kind;
use crate::sys::limit;

use feed::Feed;
use queue::Queue;
use writer::Writer;

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// How long the last word of a client that was dropped is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What all clients share.
struct Hub {
    session: Session,
    recorder: Option<Rc<Recorder>>,
    input: Input,
    feed: Feed,
    heard: Heard,
    /// What a client sent is read here, and passed on before anything is waited for.
    buffer: RefCell<Vec<u8>>,
    observer: Rc<dyn Observer>,
}

/// Who gets what a client says.
enum Heard {
    /// Our output.
    Output(Box<Writer>),
    /// All others.
    Others,
    /// All others, who are told who said it.
    Chat(chat::Room),
}

/// Serves until our own input or output, the door or a record fails.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    limit::raise_descriptors();
    let heard = match listen.service {
        Service::Broker => Heard::Others,
        Service::Chat => Heard::Chat(chat::Room::default()),
        _ => match stdio::shown(&listen.session, false)?.fd() {
            Some(out) => {
                let is_drawn = Screen::of(&listen.session, &out, None).is_some();
                let cursor = observer.cursor().filter(|_| is_drawn);
                Heard::Output(Box::new(Writer::new(out, cursor)))
            }
            None => return Ok(()),
        },
    };
    let input = stdio::input(&listen.session)?;
    Recorder::kept(&listen.session, &*observer, async |recorder| {
        let hub = Hub {
            session: listen.session.clone(),
            recorder,
            input,
            feed: Feed::new(),
            heard,
            buffer: RefCell::new(vec![0; CHUNK]),
            observer: Rc::clone(&observer),
        };
        Rc::new(hub).open_to_all(listen, md5_key).await
    })
    .await
}

impl Hub {
    /// Serves whoever comes.
    async fn open_to_all(
        self: Rc<Self>,
        listen: &Listen,
        md5_key: Option<&[u8]>,
    ) -> Result<(), Error> {
        let hub = self;
        let recorder = hub.recorder.clone();
        let entrance = Entrance::open(listen, md5_key, recorder, &*hub.observer).await?;
        let serve = |guest: Guest| {
            // what our input gives from now on is for this client too
            let reception = entrance.reception();
            // one that is still to be secured has no part in it yet
            let place = if reception.secures() { None } else { hub.takes_place(&guest.link) };
            tokio::task::spawn_local(Rc::clone(&hub).serve(guest, reception, place));
        };
        LocalSet::new()
        .run_until(async {
            tokio::select! {
                biased; // who has come already is there when our input is read
                error = entrance.welcome(serve, |short| hub.feed.make_room(short)) => Err(error),
                error = hub.output_failure() => Err(error),
                error = hub.record_failure() => Err(error),
                error = hub.feed.watch() => Err(Error::Accept(error)),
                error = hub.read_input() => Err(error),
            }
        })
        .await
    }

    /// Whether each client gets the input from its beginning.
    fn input_is_file(&self) -> bool {
        self.input.kind() == Some(Kind::File)
    }

    /// The records' failures are the run's, and no client's.
    fn terms<'a>(&'a self, observer: &'a dyn Observer) -> Terms<'a> {
        Terms { session: &self.session, recorder: None, observer }
    }

    /// Who looks at a client's bytes; what fails of them is the run's affair.
    fn witnesses(&self) -> Rc<Witnesses> {
        Witnesses::recording(self.recorder.clone())
    }

    async fn output_failure(&self) -> Error {
        match &self.heard {
            Heard::Output(writer) => writer.failure().await,
            Heard::Others | Heard::Chat(_) => pending().await,
        }
    }

    async fn record_failure(&self) -> Error {
        match &self.recorder {
            Some(recorder) => recorder.failure().await,
            None => pending().await,
        }
    }

    async fn read_input(&self) -> Error {
        let among_clients = !matches!(self.heard, Heard::Output(_));
        let Some(from) = self.input.fd().filter(|_| among_clients || !self.input_is_file()) else {
            return pending().await;
        };
        // each client has its pauses for itself
        let session = Session { pace: None, ..self.session.clone() };
        let stages = Stages::outgoing(&session, &Witnesses::none());
        let say =
            async |bytes: &[u8]| self.broadcast(&self.words(bytes, words::SERVER), None).await;
        Error::Input(self.feed.run(from, stages, !among_clients, say).await)
    }

    /// Whether what this client says can be passed on now.
    fn has_room(&self, queue: &Queue) -> bool {
        matches!(self.heard, Heard::Output(_)) || self.feed.has_room(Some(queue))
    }

    /// What the others are told where whoever has this number says these bytes.
    fn words<'a>(&self, bytes: &'a [u8], number: u32) -> Cow<'a, [u8]> {
        match &self.heard {
            Heard::Output(_) | Heard::Others => Cow::Borrowed(bytes),
            Heard::Chat(_) => {
                let mut said = Vec::new();
                words::message(number, bytes, &mut said);
                Cow::Owned(said)
            }
        }
    }

    /// Tells everybody but the one it is from, and writes it down.
    async fn broadcast(&self, words: &[u8], from: Option<&Queue>) {
        if let Some(recorder) = &self.recorder {
            recorder.read(Direction::Sent, words).await;
            recorder.passed(Direction::Sent, words).await;
        }
        self.feed.put(words, from);
    }

    /// A client's place at the feed, where it has one before it is announced.
    fn takes_place(&self, link: &Link) -> Option<Rc<Queue>> {
        let early = !matches!(self.heard, Heard::Chat(_));
        early.then(|| self.feed.join(Some(Rc::clone(link.fd()))))
    }

    async fn serve(
        self: Rc<Self>,
        mut guest: Guest,
        reception: Rc<Reception>,
        place: Option<Rc<Queue>>,
    ) {
        reception.announce(&guest.link, &*self.observer).await;
        if reception.secures() {
            // many plain clients wait at once, and keep no room for a handshake
            match Box::pin(guest.secured(&reception, &*self.observer)).await {
                Some(secured) => guest = secured,
                None => return,
            }
        }
        client::serve(&self, &guest.link, place).await;
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::endpoint::Link;
    use crate::event::{Event, Peer};
    use crate::plan::UnixKind;
    use crate::sys::fd::Fd;

    struct Nobody;

    impl Observer for Nobody {
        fn observe(&self, _: &Event) {}
    }

    #[tokio::test]
    async fn who_waits_keeps_little_room() {
        let hub = Rc::new(Hub {
            session: Session::default(),
            recorder: None,
            input: Input::none(),
            feed: Feed::new(),
            heard: Heard::Others,
            buffer: RefCell::default(),
            observer: Rc::new(Nobody),
        });
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let peer = Peer::Unix { kind: UnixKind::Stream, name: None };
        let link = Link::new(Fd::owned(ours.into()).unwrap(), peer, None);
        let guest = Guest::new(link, &Rc::default());
        // with what the runtime, the descriptor and the queue take, that is under 4 KiB
        let place = hub.takes_place(&guest.link);
        let reception = Rc::new(Reception::plain(true));
        let size = size_of_val(&Rc::clone(&hub).serve(guest, reception, place));
        assert!(size <= 3200, "a client takes {size} bytes");
    }
}
