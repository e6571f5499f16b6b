//! One client among several.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::Hub;
use super::feed::Queue;
use super::writer::Line;
use crate::endpoint::Link;
use crate::event::{Error, Event, Side, Summary};
use crate::layer::{Answers, Stages};
use crate::plan::{AfterInput, AfterPeer};

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// The accounting of one client.
struct Account {
    sent: Cell<u64>,
    received: Cell<u64>,
    last: Cell<Instant>,
    first_to_finish: Cell<Option<Side>>,
    /// Bytes that were read and are not yet written, in either direction.
    busy: Cell<bool>,
}

impl Account {
    fn note(&self, counter: &Cell<u64>, count: usize) {
        counter.set(counter.get() + count as u64);
        self.last.set(Instant::now());
    }

    fn finished(&self, side: Side) {
        if self.first_to_finish.get().is_none() {
            self.first_to_finish.set(Some(side));
        }
    }
}

/// How a client's conversation ended.
enum End {
    /// Both sides finished, or its time was up.
    Done { by_timeout: bool },
    /// It was dropped because it did not read.
    Dropped,
    /// The connection failed.
    Failed(io::Error),
}

/// Serves one client to its end.
pub async fn serve(hub: &Rc<Hub>, link: &Link) {
    let started = Instant::now();
    let account = Account {
        sent: Cell::new(0),
        received: Cell::new(0),
        last: Cell::new(started),
        first_to_finish: Cell::new(None),
        busy: Cell::new(false),
    };
    let queue = hub.feed.join();
    let answers = Rc::new(Answers::default());
    let leaves_first =
        hub.input.is_terminal() && hub.session.after_peer_at_terminal == AfterPeer::LeaveWhenQuiet;
    let both = async {
        let up = send(hub, link, &queue, &account);
        let down = async {
            receive(hub, link, &answers, &account).await?;
            account.finished(Side::Peer);
            queue.set_finished();
            Ok::<_, io::Error>(())
        };
        tokio::pin!(up, down);
        let (mut up_done, mut down_done) = (false, false);
        while !(up_done && down_done) {
            tokio::select! {
                result = &mut up, if !up_done => {
                    up_done = true;
                    result?;
                    account.finished(Side::Us);
                }
                result = &mut down, if !down_done => {
                    down_done = true;
                    result?;
                    if leaves_first {
                        break;
                    }
                }
            }
        }
        Ok(())
    };
    let end = tokio::select! {
        biased;
        () = queue.dropped() => End::Dropped,
        result = both => match result {
            Ok(()) => End::Done { by_timeout: false },
            Err(error) => End::Failed(error),
        },
        _ = answers.send_to(link.fd()), if hub.session.telnet.is_some() => End::Done { by_timeout: false },
        () = idle(hub.session.idle_timeout, &account, link) => End::Done { by_timeout: true },
    };
    hub.feed.leave(&queue);
    let summary = Summary {
        first_to_finish: account.first_to_finish.get(),
        sent: account.sent.get(),
        received: account.received.get(),
        undelivered: queue.waiting() as u64,
        duration: started.elapsed(),
        tcp: link.tcp_info(),
        by_timeout: matches!(end, End::Done { by_timeout: true }),
        interrupted: false,
    };
    report(hub, link, end, summary);
}

fn report(hub: &Hub, link: &Link, end: End, summary: Summary) {
    let peer = link.peer().clone();
    let undelivered = summary.undelivered;
    let event = match end {
        End::Done { .. } => None,
        End::Dropped => Some(Event::ClientDropped { peer: peer.clone(), undelivered }),
        End::Failed(error) => {
            let error = Error::Connection { error, undelivered };
            Some(Event::ClientFailed { peer: peer.clone(), error })
        }
    };
    if let Some(event) = event {
        hub.observer.observe(&event);
    }
    hub.observer.observe(&Event::ClientLeft { peer, summary });
}

/// Our input to this client.
async fn send(hub: &Hub, link: &Link, queue: &Queue, account: &Account) -> io::Result<()> {
    if hub.input_is_file() {
        send_file(hub, link, account).await?;
    } else {
        while let Some(chunk) = queue.next().await {
            let sent = |count| queue.sent(count, &hub.feed);
            write_paced(&chunk, hub.session.line_interval, link, account, sent).await?;
        }
    }
    if hub.session.after_input != AfterInput::StayOpen {
        link.half_close()?;
    }
    Ok(())
}

/// The whole file, from its beginning.
async fn send_file(hub: &Hub, link: &Link, account: &Account) -> io::Result<()> {
    let Some(file) = hub.input.fd() else {
        return Ok(());
    };
    let mut stages = Stages::outgoing(&hub.session);
    let mut buffer = vec![0; CHUNK];
    let mut changed = Vec::new();
    let mut offset = 0;
    loop {
        let count = file.read_at(&mut buffer, offset)?;
        if count == 0 {
            return Ok(());
        }
        offset += count as u64;
        let bytes = stages.pass(&buffer[..count], &mut changed);
        write_paced(bytes, hub.session.line_interval, link, account, |_| ()).await?;
    }
}

async fn write_paced(
    bytes: &[u8],
    interval: Option<Duration>,
    link: &Link,
    account: &Account,
    sent: impl Fn(usize),
) -> io::Result<()> {
    let Some(interval) = interval.filter(|interval| !interval.is_zero()) else {
        return write_all(bytes, link, account, &sent).await;
    };
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        write_all(line, link, account, &sent).await?;
        sleep(interval).await;
    }
    Ok(())
}

async fn write_all(
    mut bytes: &[u8],
    link: &Link,
    account: &Account,
    sent: &impl Fn(usize),
) -> io::Result<()> {
    while !bytes.is_empty() {
        account.busy.set(true);
        let count = link.fd().write(bytes).await?;
        account.note(&account.sent, count);
        sent(count);
        bytes = &bytes[count..];
    }
    account.busy.set(false);
    Ok(())
}

/// What this client sends, to our output.
async fn receive(
    hub: &Hub,
    link: &Link,
    answers: &Rc<Answers>,
    account: &Account,
) -> io::Result<()> {
    hub.writer.begin();
    let mut begun = Line::default();
    let result = receive_lines(hub, link, answers, account, &mut begun).await;
    // what it sent before is written, also where the connection failed
    hub.writer.end(begun).await;
    result
}

async fn receive_lines(
    hub: &Hub,
    link: &Link,
    answers: &Rc<Answers>,
    account: &Account,
    begun: &mut Line,
) -> io::Result<()> {
    let mut stages = Stages::incoming(&hub.session, answers);
    let mut buffer = vec![0; CHUNK];
    let mut changed = Vec::new();
    loop {
        let count = link.fd().read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        account.note(&account.received, count);
        hub.writer.write(begun, stages.pass(&buffer[..count], &mut changed)).await;
        if stages.was_last_read() {
            return Ok(());
        }
    }
}

/// Comes back when nothing moved for so long, and nothing was waiting to move.
async fn idle(timeout: Option<Duration>, account: &Account, link: &Link) {
    let Some(timeout) = timeout else {
        return std::future::pending().await;
    };
    loop {
        let at = account.last.get() + timeout;
        if Instant::now() < at {
            sleep_until(at).await;
        } else if account.busy.get() || link.unacknowledged() > 0 {
            sleep(timeout / 8).await;
        } else {
            return;
        }
    }
}
