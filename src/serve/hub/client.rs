//! One client among several: a conversation like any other, whose input is the feed or the file
//! and whose output is shared.

use std::cell::RefCell;
use std::future::pending;
use std::io;
use std::rc::Rc;

use super::Hub;
use super::feed::Queue;
use super::writer::Talker;
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, Summary};
use crate::layer::Stages;
use crate::relay::conversation::Conversation;
use crate::relay::{Call, FlowEnd, Home, Meter};

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// Serves one client to its end.
pub async fn serve(hub: &Hub, link: &Link) {
    let queue = hub.feed.join(Some(Rc::clone(link.fd())));
    let leaving = Leaving { hub, link, queue: &queue, kept: Kept::default() };
    let talker = hub.writer.talker();
    let call = Call::new(link, hub.terms(&leaving.kept));
    let talk = conversation(hub);
    let up = async {
        tokio::select! {
            biased;
            () = queue.dropped() => {
                // it says no more, and what it said before is still read
                let _ = link.fd().shutdown();
                FlowEnd::Write(io::ErrorKind::TimedOut.into())
            }
            end = send(hub, link, &queue, &call.up) => end,
        }
    };
    let stages = Stages::incoming(&hub.session, hub.recorder.as_ref(), &call.answers);
    let down = receive(link, stages, &talker, &call.down);
    let result = call.hold(up, down, talk, &Place { queue: &queue, link }).await;
    talker.finish().await;
    leaving.failed(result);
}

/// Reports that a client has gone, also where a signal ends the run.
struct Leaving<'a> {
    hub: &'a Hub,
    link: &'a Link,
    queue: &'a Rc<Queue>,
    kept: Kept,
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
            (None, Err(Error::Connection { undelivered: 0, .. })) if self.queue.is_finished() => {
                return;
            }
            (None, Err(error)) => Event::ClientFailed { peer, error },
        };
        self.hub.observer.observe(&event);
    }
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.hub.feed.leave(self.queue);
        let peer = self.link.peer().clone();
        let summary = self.kept.summary.take().unwrap_or_default();
        self.hub.observer.observe(&Event::ClientLeft { peer, summary });
    }
}

fn conversation(hub: &Hub) -> Conversation {
    let session = &hub.session;
    let after_peer =
        if hub.input.is_terminal() { session.after_peer_at_terminal } else { session.after_peer };
    let talk = Conversation::new(session.after_input, after_peer);
    if hub.input.fd().is_some() { talk } else { talk.without_input() }
}

/// A client's place at the feed.
struct Place<'a> {
    queue: &'a Queue,
    link: &'a Link,
}

impl Home for Place<'_> {
    fn input_is_ready(&self) -> bool {
        self.queue.waiting() > 0
    }

    fn input_ended(&self) {}

    fn peer_ended(&self) {
        self.queue.set_finished();
        // it may be gone altogether, which it says only when it is asked
        self.link.ask_whether_alive();
    }
}

/// Keeps how the conversation went; its smaller events are too many where several are held.
#[derive(Debug, Default)]
struct Kept {
    summary: RefCell<Option<Summary>>,
}

impl Observer for Kept {
    fn observe(&self, event: &Event) {
        if let Event::Closed(summary) = event {
            self.summary.replace(Some(summary.clone()));
        }
    }
}

/// Our input to this client.
async fn send(hub: &Hub, link: &Link, queue: &Queue, meter: &Meter) -> FlowEnd {
    let sending = Sending { hub, link, queue, meter, pace: Stages::outgoing(&hub.session, None) };
    let sent = if hub.input.fd().is_none() {
        pending().await
    } else if hub.input_is_file() {
        sending.file().await
    } else {
        sending.feed().await
    };
    meter.set_quiet();
    match sent {
        Ok(()) => FlowEnd::EndOfInput,
        Err(end) => end,
    }
}

struct Sending<'a> {
    hub: &'a Hub,
    link: &'a Link,
    queue: &'a Queue,
    meter: &'a Meter,
    /// Of these, only the pauses count here.
    pace: Stages,
}

impl Sending<'_> {
    /// What comes for everybody.
    async fn feed(&self) -> Result<(), FlowEnd> {
        loop {
            self.meter.set_quiet();
            let Some(chunk) = self.queue.next().await else {
                return Ok(());
            };
            self.write(&chunk).await.map_err(FlowEnd::Write)?;
        }
    }

    /// The whole file, from its beginning.
    async fn file(&self) -> Result<(), FlowEnd> {
        let Some(file) = self.hub.input.fd() else {
            return Ok(());
        };
        let mut stages = Stages::outgoing(&self.hub.session, self.hub.recorder.as_ref());
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

    /// With the pause after each line that the plan asks for.
    async fn write(&self, bytes: &[u8]) -> io::Result<()> {
        self.meter.set_moving();
        self.meter.took(bytes.len());
        for piece in self.pace.pieces(bytes) {
            self.pace.pause_before().await;
            let mut rest = piece;
            while !rest.is_empty() {
                let count = self.link.fd().write(rest).await?;
                self.meter.gave(count);
                self.queue.sent(count, &self.hub.feed);
                rest = &rest[count..];
            }
            self.pace.pause_after().await;
        }
        Ok(())
    }
}

/// What this client sends, to our output.
async fn receive(link: &Link, mut stages: Stages, talker: &Talker<'_>, meter: &Meter) -> FlowEnd {
    let mut buffer = vec![0; CHUNK];
    let mut changed = Vec::new();
    loop {
        meter.set_quiet();
        let read = tokio::select! {
            biased;
            read = link.fd().read(&mut buffer) => read,
            () = talker.left_alone() => {
                talker.say(&[]).await;
                continue;
            }
        };
        let count = match read {
            Ok(0) => {
                // it may stay for what we have to say, but there will be no more of a line
                talker.finish().await;
                return FlowEnd::EndOfInput;
            }
            Ok(count) => count,
            Err(error) => return FlowEnd::Read(error),
        };
        meter.set_moving();
        meter.took(count);
        talker.say(stages.pass(&buffer[..count], &mut changed).await).await;
        meter.gave(count);
        if stages.was_last_read() {
            meter.set_quiet();
            return FlowEnd::Limit;
        }
    }
}
