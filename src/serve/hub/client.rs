//! One client among several: a conversation like any other, whose input is the feed or the file
//! and whose output is shared, or is the other clients.

use std::cell::RefCell;
use std::future::pending;
use std::io;
use std::pin::pin;
use std::rc::Rc;

use tokio::time::sleep;

use super::chat::number;
use super::queue::Queue;
use super::writer::Talker;
use super::{CHUNK, Heard, Hub, PATIENCE};
use crate::endpoint::Link;
use crate::event::{Asker, Detail, Error, Event, Observer, Summary};
use crate::layer::{Screen, Stages, Witnesses};
use crate::plan::{AfterInput, AfterPeer};
use crate::proto::chat;
use crate::relay::conversation::Conversation;
use crate::relay::{Call, FlowEnd, Home, Meter};

/// Serves one client to its end.
pub async fn serve(hub: &Hub, link: &Link, place: Option<Rc<Queue>>) {
    if matches!(hub.heard, Heard::Chat(_)) {
        // many who come at once must not drown those who are there
        hub.feed.room(None).await;
    }
    let kept = Kept { told: &*hub.observer, summary: RefCell::default() };
    let call = Call::new(link, hub.terms(&kept));
    // what goes to the descriptor itself must be what goes over the wire
    let at_once = hub.session.pace.is_none() && link.stream().plain().is_some();
    let meter = at_once.then(|| Rc::clone(&call.up));
    let queue = place.unwrap_or_else(|| hub.feed.join(link.stream().plain().cloned()));
    queue.account(meter);
    let leaving = Leaving { hub, link, queue: &queue, kept: &kept };
    if let Heard::Chat(room) = &hub.heard {
        let words = room.arrive(link);
        hub.broadcast(&words, None).await;
    }
    let talker = match &hub.heard {
        Heard::Output(writer) => {
            // how each is shown ends with it; where the cursor is, the writer knows
            Some(writer.talker(Screen::of(&hub.session, writer.output(), None)))
        }
        Heard::Others | Heard::Chat(_) => None,
    };
    let place = Place { hub, queue: &queue, link };
    // both are only referred to by who holds the conversation, which would keep a second copy
    let up = pin!(async {
        tokio::select! {
            biased;
            () = queue.dropped() => {
                // it says no more, and what it said before is still read
                let _ = link.fd().shutdown();
                FlowEnd::Write(io::ErrorKind::TimedOut.into())
            }
            end = send(&place, &call.up) => end,
        }
    });
    let down = pin!(receive(&place, incoming(hub, &call), talker.as_ref(), &call.down));
    let result = tokio::select! {
        biased;
        result = call.hold(up, down, conversation(hub), &place) => result,
        () = cut(&queue) => Ok(()),
    };
    if let Some(talker) = &talker {
        talker.finish().await;
    }
    leaving.failed(result);
}

/// Who looks at what a client sends, if anybody does.
fn incoming(hub: &Hub, call: &Call<'_>) -> Option<Box<Stages>> {
    let stages = Stages::incoming(&hub.session, &hub.witnesses(), &call.answers);
    (!stages.is_empty()).then(|| Box::new(stages))
}

/// A client that was dropped may still keep us waiting for its last word, but not for long.
async fn cut(queue: &Queue) {
    queue.dropped().await;
    sleep(PATIENCE).await;
}

/// Reports that a client has gone, also where a signal ends the run.
struct Leaving<'a> {
    hub: &'a Hub,
    link: &'a Link,
    queue: &'a Rc<Queue>,
    kept: &'a Kept<'a>,
}

impl Leaving<'_> {
    /// What went wrong, before the client is reported to have left.
    fn failed(&self, result: Result<(), Error>) {
        let peer = self.link.peer().clone();
        let event = match (self.queue.drop_reason(), result) {
            (Some(reason), _) => {
                let undelivered = self.queue.waiting() as u64;
                Event::ClientDropped { peer, undelivered, reason }
            }
            (None, Ok(())) => return,
            // it was gone after it had finished, and nothing was under way to it
            (None, Err(Error::Connection { undelivered: 0, .. }))
                if self.queue.finished().is_some() =>
            {
                return;
            }
            (None, Err(error)) => Event::ClientFailed { peer, error },
        };
        self.hub.observer.observe(&event);
    }
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if let Heard::Chat(room) = &self.hub.heard {
            room.depart(self.link, self.queue, &self.hub.feed);
        }
        self.hub.feed.leave(self.queue);
        let peer = self.link.peer().clone();
        let summary = self.kept.summary.take().map_or_else(Summary::default, |kept| *kept);
        self.hub.observer.observe(&Event::ClientLeft { peer, summary });
    }
}

fn conversation(hub: &Hub) -> Conversation {
    let session = &hub.session;
    match &hub.heard {
        Heard::Output(_) if hub.input.fd().is_none() => {
            Conversation::new(session.after_input, session.after_peer).without_input()
        }
        Heard::Output(_) if hub.input.is_terminal() => {
            Conversation::new(session.after_input, session.after_peer_at_terminal)
        }
        Heard::Output(_) => Conversation::new(session.after_input, session.after_peer),
        // what the others say has no end
        Heard::Others => Conversation::new(AfterInput::StayOpen, session.after_peer),
        Heard::Chat(_) => Conversation::new(AfterInput::StayOpen, AfterPeer::LeaveWhenQuiet),
    }
}

/// A client's place among the others.
struct Place<'a> {
    hub: &'a Hub,
    queue: &'a Rc<Queue>,
    link: &'a Link,
}

impl Home for Place<'_> {
    fn input_is_ready(&self) -> bool {
        self.queue.waiting() > 0
    }

    fn input_ended(&self) {}

    fn peer_ended(&self) {
        self.queue.set_finished();
        if let Heard::Chat(room) = &self.hub.heard {
            room.depart(self.link, self.queue, &self.hub.feed);
        }
        // it may be gone altogether, which it says only when it is asked; who is done leaves anyway
        if !self.queue.is_done() {
            self.link.ask_whether_alive();
        }
    }
}

/// Keeps how the conversation went; its smaller events are too many where several are held.
struct Kept<'a> {
    told: &'a dyn Observer,
    summary: RefCell<Option<Box<Summary>>>,
}

impl Observer for Kept<'_> {
    fn observe(&self, event: &Event) {
        if let Event::Closed(summary) = event {
            self.summary.replace(Some(Box::new(summary.clone())));
        } else if let Event::Progress(_) = event {
            self.told.observe(event);
        }
    }

    fn minds_first_bytes(&self) -> bool {
        false
    }

    fn asker(&self) -> Option<&Asker> {
        self.told.asker()
    }

    fn wants(&self, detail: Detail) -> bool {
        detail == Detail::TcpInfo && self.told.wants(detail)
    }
}

/// What is said to this client.
async fn send(place: &Place<'_>, meter: &Meter) -> FlowEnd {
    let hub = place.hub;
    // a rate is kept where our input is read: by the feed for all, and by each for a file
    let paced = hub.session.pace.is_some() || (hub.session.rate.is_some() && hub.input_is_file());
    let pauses = paced.then(|| Box::new(Stages::outgoing(&hub.session, &Witnesses::none())));
    let sending = Sending { place, meter, pace: pauses };
    let sent = match &hub.heard {
        Heard::Output(_) if hub.input.fd().is_none() => pending().await,
        // its buffers are only there where they are needed
        Heard::Output(_) if hub.input_is_file() => Box::pin(sending.file()).await,
        _ => sending.feed().await,
    };
    meter.set_quiet();
    match sent {
        Ok(()) => FlowEnd::EndOfInput,
        Err(end) => end,
    }
}

struct Sending<'a> {
    place: &'a Place<'a>,
    meter: &'a Meter,
    /// Of these, only the pauses count here.
    pace: Option<Box<Stages>>,
}

impl Sending<'_> {
    /// What comes for everybody.
    async fn feed(&self) -> Result<(), FlowEnd> {
        loop {
            self.meter.set_quiet();
            let Some((chunk, written)) = self.place.queue.next().await else {
                return Ok(());
            };
            self.write(&chunk[written..]).await.map_err(FlowEnd::Write)?;
        }
    }

    /// The whole file, from its beginning.
    async fn file(&self) -> Result<(), FlowEnd> {
        let hub = self.place.hub;
        let Some(file) = hub.input.fd() else {
            return Ok(());
        };
        let mut stages = Stages::outgoing(&hub.session, &hub.witnesses());
        let mut buffer = vec![0; CHUNK];
        let mut changed = Vec::new();
        let mut offset = 0;
        loop {
            let count = file.read_at(&mut buffer, offset).map_err(FlowEnd::Read)?;
            if count == 0 {
                return Ok(());
            }
            offset += count as u64;
            let bytes = stages.pass(&buffer[..count], &mut changed).await;
            self.write(bytes).await.map_err(FlowEnd::Write)?;
        }
    }

    async fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.meter.set_moving();
        self.meter.took(bytes.len());
        match &self.pace {
            None => self.write_piece(bytes).await,
            Some(pace) => Box::pin(self.write_paced(bytes, pace)).await,
        }
    }

    /// With the pauses that the plan asks for.
    async fn write_paced(&self, bytes: &[u8], pace: &Stages) -> io::Result<()> {
        for piece in pace.pieces(bytes) {
            pace.pause_before(piece.len()).await;
            self.write_piece(piece).await?;
            pace.pause_after().await;
        }
        Ok(())
    }

    async fn write_piece(&self, mut rest: &[u8]) -> io::Result<()> {
        let stream = self.place.link.stream();
        while !rest.is_empty() {
            let count = match stream.try_write(rest) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    Box::pin(stream.write(rest)).await?
                }
                done => done?,
            };
            self.meter.gave(count);
            self.place.queue.sent(count, &self.place.hub.feed);
            rest = &rest[count..];
        }
        Ok(())
    }
}

/// What one read gave.
enum Taken {
    /// Nothing after all.
    Nothing,
    /// The end.
    End,
    /// So many bytes, which were passed on.
    PassedOn(usize),
    /// Bytes that somebody has to look at first.
    Held(Vec<u8>),
}

/// What this client sends, to our output or to the others. What is rare is boxed: many wait here
/// at once, each with room for the largest thing that may happen to it.
async fn receive(
    place: &Place<'_>,
    mut stages: Option<Box<Stages>>,
    talker: Option<&Talker<'_>>,
    meter: &Meter,
) -> FlowEnd {
    let (hub, stream) = (place.hub, place.link.stream());
    loop {
        meter.set_quiet();
        let ready = tokio::select! {
            biased;
            ready = stream.readable() => ready,
            () = left_alone(talker) => {
                flush(talker).await;
                continue;
            }
        };
        if let Err(error) = ready {
            return FlowEnd::Read(error);
        }
        if !hub.has_room(place.queue) {
            hub.feed.room(Some(place.queue)).await;
            // and there may be nothing any more
            continue;
        }
        match take(place, talker, meter, stages.is_some()) {
            Err(error) => return FlowEnd::Read(error),
            Ok(Taken::Nothing) => Box::pin(stream.not_readable()).await,
            Ok(Taken::End) => {
                // it may stay for what we have to say, but there will be no more of a line
                if let Some(talker) = talker {
                    talker.finish().await;
                }
                return FlowEnd::EndOfInput;
            }
            Ok(Taken::PassedOn(count)) => {
                flush(talker).await;
                meter.gave(count);
            }
            Ok(Taken::Held(bytes)) => {
                if let Some(stages) = &mut stages {
                    Box::pin(look_at(&bytes, stages, place, talker)).await;
                    meter.gave(bytes.len());
                    if stages.was_last_read() {
                        meter.set_quiet();
                        return FlowEnd::Limit;
                    }
                }
            }
        }
    }
}

/// Passes on what somebody has to look at first.
async fn look_at(
    bytes: &[u8],
    stages: &mut Stages,
    place: &Place<'_>,
    talker: Option<&Talker<'_>>,
) {
    let hub = place.hub;
    let mut changed = Vec::new();
    let passed = stages.pass(bytes, &mut changed).await;
    for piece in stages.pieces(passed).filter(|_| hub.session.show_peer) {
        stages.pause_before(piece.len()).await;
        if let Some(talker) = talker {
            talker.take(piece);
            talker.flush().await;
        } else {
            hub.feed.room(Some(place.queue)).await;
            let words = hub.words(piece, number(place.link));
            hub.broadcast(&words, Some(place.queue)).await;
        }
        stages.pause_after().await;
    }
}

/// Reads once. One buffer serves all clients, so nothing is waited for while it holds something.
fn take(
    place: &Place<'_>,
    talker: Option<&Talker<'_>>,
    meter: &Meter,
    is_looked_at: bool,
) -> io::Result<Taken> {
    let hub = place.hub;
    let mut buffer = hub.buffer.borrow_mut();
    // in a chat, one read is one message
    let most = if matches!(hub.heard, Heard::Chat(_)) { chat::BLOCK_MAX } else { buffer.len() };
    let count = match place.link.stream().read_now(&mut buffer[..most]) {
        Ok(0) => return Ok(Taken::End),
        Ok(count) => count,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Taken::Nothing),
        Err(error) => return Err(error),
    };
    meter.set_moving();
    meter.took(count);
    let bytes = &buffer[..count];
    if is_looked_at {
        return Ok(Taken::Held(bytes.to_vec()));
    }
    if hub.session.show_peer {
        if let Some(talker) = talker {
            talker.take(bytes);
        } else {
            let words = hub.words(bytes, number(place.link));
            hub.feed.put(&words, Some(place.queue));
        }
    }
    Ok(Taken::PassedOn(count))
}

async fn left_alone(talker: Option<&Talker<'_>>) {
    match talker {
        Some(talker) => talker.left_alone().await,
        None => pending().await,
    }
}

async fn flush(talker: Option<&Talker<'_>>) {
    if let Some(talker) = talker {
        talker.flush().await;
    }
}
