//! Our input on its way to all clients that are connected when it comes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::event::DropReason;
use crate::proto::crlf::Crlf;
use crate::sys::fd::Fd;
use crate::sys::sockopt;

/// What may wait for one client, in bytes.
const BOUND: usize = 512 * 1024;

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// What such a client has to take in that time, in bytes.
const LEAST: u64 = 64 * 1024;

/// How many make room at a time.
const BATCH: usize = 16;

/// How long a client whose bound is reached may take less than [`LEAST`] before it is dropped.
const PATIENCE: Duration = Duration::from_secs(5);

/// What waits for one client.
#[derive(Debug, Default)]
pub struct Queue {
    link: Option<Rc<Fd>>,
    chunks: RefCell<VecDeque<Rc<[u8]>>>,
    waiting: Cell<usize>,
    ended: Cell<bool>,
    dropped: Cell<Option<DropReason>>,
    /// Since when the client has finished sending and taken nothing.
    finished: Cell<Option<Instant>>,
    taken: Cell<u64>,
    changed: Notify,
}

impl Queue {
    /// The next piece; `None` at the end of the input. Never where the client was dropped.
    pub async fn next(&self) -> Option<Rc<[u8]>> {
        loop {
            let next = self.chunks.borrow_mut().pop_front();
            match next {
                Some(chunk) => return Some(chunk),
                None if self.ended.get() => return None,
                None => self.changed.notified().await,
            }
        }
    }

    /// A piece was sent.
    pub fn sent(&self, count: usize, feed: &Feed) {
        self.waiting.set(self.waiting.get().saturating_sub(count));
        self.taken.set(self.taken.get() + count as u64);
        self.finished.set(self.finished.get().map(|_| Instant::now()));
        feed.room.notify_one();
    }

    /// What waits, in bytes.
    pub fn waiting(&self) -> usize {
        self.waiting.get()
    }

    /// Bytes that the client's kernel has, as far as known: what ours took may still be on its slow
    /// way.
    fn delivered(&self) -> u64 {
        let link = self.link.as_ref();
        let underway = link.and_then(|link| sockopt::unacknowledged(&**link)).unwrap_or(0);
        self.taken.get().saturating_sub(underway.into())
    }

    /// The client finished sending, and may be gone altogether.
    pub fn set_finished(&self) {
        self.finished.set(Some(Instant::now()));
    }

    /// Whether the client has finished sending.
    pub fn is_finished(&self) -> bool {
        self.finished.get().is_some()
    }

    /// Why the client was dropped, if it was.
    pub fn drop_reason(&self) -> Option<DropReason> {
        self.dropped.get()
    }

    /// Waits until the client is dropped.
    pub async fn dropped(&self) {
        while self.dropped.get().is_none() {
            self.changed.notified().await;
        }
    }

    fn put(&self, chunk: &Rc<[u8]>) {
        self.waiting.set(self.waiting.get() + chunk.len());
        self.chunks.borrow_mut().push_back(Rc::clone(chunk));
        self.wake();
    }

    /// Two wait here: who sends, and who looks whether the client is dropped.
    fn wake(&self) {
        self.changed.notify_waiters();
        self.changed.notify_one();
    }

    fn drop_client(&self, reason: DropReason) {
        self.dropped.set(Some(reason));
        self.wake();
    }
}

/// All queues.
#[derive(Debug, Default)]
pub struct Feed {
    queues: RefCell<Vec<Rc<Queue>>>,
    ended: Cell<bool>,
    room: Notify,
}

impl Feed {
    /// A queue for a client that came; `link` is asked what the client has acknowledged.
    pub fn join(&self, link: Option<Rc<Fd>>) -> Rc<Queue> {
        let queue = Rc::new(Queue { link, ..Queue::default() });
        queue.ended.set(self.ended.get());
        self.queues.borrow_mut().push(Rc::clone(&queue));
        self.room.notify_one();
        queue
    }

    /// A client is gone.
    pub fn leave(&self, queue: &Rc<Queue>) {
        self.queues.borrow_mut().retain(|other| !Rc::ptr_eq(other, queue));
        self.room.notify_one();
    }

    /// Makes room for new clients: drops a few that have been here longest of those that have
    /// finished sending and taken nothing for a while. It may be gone altogether, which nothing
    /// tells until something is sent to it.
    pub fn make_room(&self) {
        let now = Instant::now();
        let idle = |queue: &&Rc<Queue>| {
            queue.finished.get().is_some_and(|since| now.duration_since(since) >= PATIENCE)
        };
        let oldest: Vec<_> =
            self.queues.borrow().iter().filter(idle).take(BATCH).cloned().collect();
        for queue in oldest {
            queue.drop_client(DropReason::NoDescriptors);
            self.leave(&queue);
        }
    }

    /// Reads the input to its end and hands it out. Not read while nobody is there to get it.
    /// Comes back only where reading fails.
    pub async fn run(&self, from: &Fd, crlf: bool) -> io::Error {
        let mut buffer = vec![0; CHUNK];
        let mut line_ends = crlf.then(Crlf::default);
        loop {
            self.somebody_with_room().await;
            let count = match from.read(&mut buffer).await {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return error,
            };
            let chunk: Rc<[u8]> = match &mut line_ends {
                None => buffer[..count].into(),
                Some(line_ends) => {
                    let mut converted = Vec::with_capacity(count);
                    line_ends.push(&buffer[..count], &mut converted);
                    converted.into()
                }
            };
            // the last client may have left while we read
            self.somebody_with_room().await;
            for queue in self.queues.borrow().iter() {
                queue.put(&chunk);
            }
        }
        self.ended.set(true);
        for queue in self.queues.borrow().iter() {
            queue.ended.set(true);
            queue.wake();
        }
        std::future::pending().await
    }

    /// Waits until somebody is there and everybody has room. Who has none and takes too little for
    /// too long is dropped.
    async fn somebody_with_room(&self) {
        loop {
            let full = {
                let queues = self.queues.borrow();
                if queues.is_empty() {
                    None
                } else {
                    match queues.iter().find(|queue| queue.waiting.get() >= BOUND) {
                        None => return,
                        Some(full) => Some(Rc::clone(full)),
                    }
                }
            };
            let Some(full) = full else {
                self.room.notified().await;
                continue;
            };
            let before = full.delivered();
            let has_room = async {
                while full.waiting.get() >= BOUND && self.is_here(&full) {
                    self.room.notified().await;
                }
            };
            // who takes hardly anything holds the others up as much as who takes nothing; who is
            // alone holds up nobody
            if timeout(PATIENCE, has_room).await.is_err()
                && full.delivered().saturating_sub(before) < LEAST
                && self.queues.borrow().len() > 1
            {
                full.drop_client(DropReason::DoesNotRead);
                self.leave(&full);
            }
        }
    }

    fn is_here(&self, queue: &Rc<Queue>) -> bool {
        self.queues.borrow().iter().any(|other| Rc::ptr_eq(other, queue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_dropped_and_the_others_go_on() {
        let feed = Feed::default();
        let (stuck, reader) = (feed.join(None), feed.join(None));
        let chunk: Rc<[u8]> = vec![0; BOUND].into();
        stuck.put(&chunk);
        reader.put(&chunk);
        let got = reader.next().await.unwrap();
        reader.sent(got.len(), &feed);
        feed.somebody_with_room().await;
        assert_eq!(stuck.drop_reason(), Some(DropReason::DoesNotRead));
        assert_eq!(reader.drop_reason(), None);
        assert_eq!(stuck.waiting(), BOUND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_is_not_reading_unless_nobody_else_is_there() {
        let trickle = |feed: Rc<Feed>, queue: Rc<Queue>| async move {
            for _ in 0..30 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                queue.sent(1, &feed);
            }
        };
        let chunk: Rc<[u8]> = vec![0; BOUND * 2].into();
        for others in [0, 1] {
            let feed = Rc::new(Feed::default());
            let slow = feed.join(None);
            slow.put(&chunk);
            let _others: Vec<_> = (0..others).map(|_| feed.join(None)).collect();
            let reading = trickle(Rc::clone(&feed), Rc::clone(&slow));
            tokio::select! {
                () = reading => {}
                () = feed.somebody_with_room() => {}
            }
            assert_eq!(slow.drop_reason().is_some(), others > 0);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_without_an_end() {
        let feed = Feed::default();
        assert!(timeout(PATIENCE * 10, feed.somebody_with_room()).await.is_err());
        let queue = feed.join(None);
        feed.somebody_with_room().await;
        feed.leave(&queue);
        assert!(timeout(PATIENCE * 10, feed.somebody_with_room()).await.is_err());
    }
}
