//! What goes to several clients at once: our input, and what one client says to the others.
//!
//! Each client has a queue, and a piece is one allocation whoever waits for it. A queue that is full
//! holds back whoever has something for it, so that nothing is lost and nothing grows; a client that
//! takes too little of a full queue for too long is dropped, so that it holds the others up no
//! longer than that.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::event::DropReason;
use crate::layer::Stages;
use crate::relay::Meter;
use crate::sys::fd::Fd;
use crate::sys::sockopt;

/// What may wait for one client, in bytes; what is put past the bound, as announcements are, may
/// not be more than as much again.
const BOUND: usize = 512 * 1024;

/// A full queue is so until no more than this waits.
const LOW: usize = BOUND / 2;

/// What a piece counts for beside its bytes, since a small one costs more than them.
const PIECE: usize = 64;

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// What a client has to take of a full queue within the feed's patience, in bytes.
const LEAST: u64 = 64 * 1024;

/// How many make room at a time.
const BATCH: usize = 16;

/// How long a client that has finished sending takes nothing before it may make room.
const IDLE: Duration = Duration::from_secs(5);

/// An empty queue keeps room for so many pieces.
const KEPT: usize = 16;

/// What waits for one client.
#[derive(Debug, Default)]
pub struct Queue {
    link: Option<Rc<Fd>>,
    /// Where what is written at once is accounted for; without it, nothing is.
    meter: RefCell<Option<Rc<Meter>>>,
    /// Pieces, and how much of each is written already.
    chunks: RefCell<VecDeque<(Rc<[u8]>, usize)>>,
    waiting: Cell<usize>,
    /// Since when it is full, and what was delivered then.
    full: Cell<Option<(Instant, u64)>>,
    ended: Cell<bool>,
    dropped: Cell<Option<DropReason>>,
    /// Since when the client has finished sending and taken nothing.
    finished: Cell<Option<Instant>>,
    taken: Cell<u64>,
    changed: Notify,
}

impl Queue {
    /// The next piece; `None` at the end of the input. Never where the client was dropped.
    pub async fn next(&self) -> Option<(Rc<[u8]>, usize)> {
        loop {
            let next = self.chunks.borrow_mut().pop_front();
            match next {
                Some(chunk) => return Some(chunk),
                None if self.ended.get() => return None,
                None => {
                    self.chunks.borrow_mut().shrink_to(KEPT);
                    self.changed.notified().await;
                }
            }
        }
    }

    /// Writes as much of a piece as goes at once, where nothing waits before it: most clients read,
    /// and for them nothing is kept and nobody is woken. An error is for who serves the client.
    fn write_now(&self, bytes: &[u8], feed: &Feed) -> usize {
        let meter = self.meter.borrow();
        let (Some(link), Some(meter)) = (&self.link, &*meter) else {
            return 0;
        };
        if self.waiting.get() > 0 {
            return 0;
        }
        let Ok(count) = link.try_write(bytes) else {
            return 0;
        };
        meter.took(count);
        meter.gave(count);
        self.sent(count, feed);
        count
    }

    /// A piece was sent.
    pub fn sent(&self, count: usize, feed: &Feed) {
        self.waiting.set(self.waiting.get().saturating_sub(count));
        self.taken.set(self.taken.get() + count as u64);
        self.finished.set(self.finished.get().map(|_| Instant::now()));
        if self.full.get().is_some() && self.load() <= LOW {
            feed.is_full_no_more(self);
        }
    }

    /// From now on the client is written to at once where it reads, and `meter` accounts for it.
    pub fn account(&self, meter: Option<Rc<Meter>>) {
        self.meter.replace(meter);
    }

    /// What waits, in bytes.
    pub fn waiting(&self) -> usize {
        self.waiting.get()
    }

    fn load(&self) -> usize {
        self.waiting.get() + self.chunks.borrow().len() * PIECE
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

    /// Whether nothing more will come for the client.
    pub fn is_done(&self) -> bool {
        self.ended.get() && self.waiting.get() == 0
    }

    /// Waits until the client is dropped.
    pub async fn dropped(&self) {
        while self.dropped.get().is_none() {
            self.changed.notified().await;
        }
    }

    /// Two wait here: who sends, and who looks whether the client is dropped.
    fn wake(&self) {
        self.changed.notify_waiters();
        self.changed.notify_one();
    }
}

/// All queues.
#[derive(Debug)]
pub struct Feed {
    queues: RefCell<Vec<Rc<Queue>>>,
    /// How many of them are full.
    full: Cell<usize>,
    ended: Cell<bool>,
    /// How long a client may take less than [`LEAST`] of a full queue.
    patience: Duration,
    room: Notify,
    filled: Notify,
}

impl Feed {
    /// Without a client; `patience` is how long one that does not read may hold the others up.
    pub fn new(patience: Duration) -> Self {
        Self {
            queues: RefCell::default(),
            full: Cell::new(0),
            ended: Cell::new(false),
            patience,
            room: Notify::new(),
            filled: Notify::new(),
        }
    }

    /// A queue for a client that came; `link` is asked what the client has acknowledged.
    pub fn join(&self, link: Option<Rc<Fd>>) -> Rc<Queue> {
        let queue = Rc::new(Queue { link, ..Queue::default() });
        queue.ended.set(self.ended.get());
        self.queues.borrow_mut().push(Rc::clone(&queue));
        self.room.notify_waiters();
        queue
    }

    /// A client is gone.
    pub fn leave(&self, queue: &Rc<Queue>) {
        self.queues.borrow_mut().retain(|other| !Rc::ptr_eq(other, queue));
        self.is_full_no_more(queue);
        queue.chunks.take();
    }

    fn drop_client(&self, queue: &Rc<Queue>, reason: DropReason) {
        self.leave(queue);
        queue.dropped.set(Some(reason));
        queue.wake();
    }

    /// Makes room for new clients: drops a few that have been here longest of those that have
    /// finished sending and taken nothing for a while. It may be gone altogether, which nothing
    /// tells until something is sent to it.
    pub fn make_room(&self) {
        let now = Instant::now();
        let idle = |queue: &&Rc<Queue>| {
            queue.finished.get().is_some_and(|since| now.duration_since(since) >= IDLE)
        };
        let oldest: Vec<_> =
            self.queues.borrow().iter().filter(idle).take(BATCH).cloned().collect();
        for queue in oldest {
            self.drop_client(&queue, DropReason::NoDescriptors);
        }
    }

    /// Gives a piece to everybody but the one that it is from.
    pub fn put(&self, bytes: &[u8], from: Option<&Queue>) {
        let mut shared: Option<Rc<[u8]>> = None;
        let mut stuck = Vec::new();
        for queue in self.queues.borrow().iter() {
            if from.is_some_and(|from| std::ptr::eq(from, &raw const **queue)) {
                continue;
            }
            let written = queue.write_now(bytes, self);
            if written == bytes.len() {
                continue;
            }
            let chunk = shared.get_or_insert_with(|| bytes.into());
            queue.waiting.set(queue.waiting.get() + chunk.len() - written);
            queue.chunks.borrow_mut().push_back((Rc::clone(chunk), written));
            queue.wake();
            let load = queue.load();
            if load >= BOUND && queue.full.get().is_none() {
                queue.full.set(Some((Instant::now(), queue.delivered())));
                self.full.set(self.full.get() + 1);
                self.filled.notify_one();
            }
            if load >= BOUND * 2 {
                stuck.push(Rc::clone(queue));
            }
        }
        for queue in stuck {
            self.drop_client(&queue, DropReason::DoesNotRead);
        }
    }

    fn is_full_no_more(&self, queue: &Queue) {
        if queue.full.take().is_some() {
            self.full.set(self.full.get() - 1);
            self.room.notify_waiters();
        }
    }

    /// Whether everybody but this one has room.
    pub fn has_room(&self, from: Option<&Queue>) -> bool {
        let own = usize::from(from.is_some_and(|from| from.full.get().is_some()));
        self.full.get() == own
    }

    /// Waits until everybody but this one has room.
    pub async fn room(&self, from: Option<&Queue>) {
        while !self.has_room(from) {
            self.room.notified().await;
        }
    }

    /// Reads the input to its end and has it said. Not read while nobody is there to get it. Where
    /// `ends`, its end is everybody's. Comes back only where reading fails.
    pub async fn run(
        &self,
        from: &Fd,
        mut stages: Stages,
        ends: bool,
        say: impl AsyncFn(&[u8]),
    ) -> io::Error {
        let mut buffer = vec![0; CHUNK];
        let mut changed = Vec::new();
        loop {
            self.somebody_with_room().await;
            let count = match from.read(&mut buffer).await {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return error,
            };
            let bytes = stages.pass(&buffer[..count], &mut changed).await;
            // the last client may have left while we read
            self.somebody_with_room().await;
            say(bytes).await;
        }
        if ends {
            self.ended.set(true);
            for queue in self.queues.borrow().iter() {
                queue.ended.set(true);
                queue.wake();
            }
        }
        std::future::pending().await
    }

    /// Waits until somebody is there and everybody has room.
    async fn somebody_with_room(&self) {
        while self.queues.borrow().is_empty() || !self.has_room(None) {
            self.room.notified().await;
        }
    }

    /// Drops who takes hardly anything of a full queue: it holds the others up as much as who takes
    /// nothing. Who is alone holds up nobody. Runs beside everything else; never comes back.
    pub async fn watch(&self) -> io::Error {
        loop {
            let earliest = self.full_queues().iter().filter_map(|queue| queue.full.get()).min();
            let Some((since, _)) = earliest else {
                self.filled.notified().await;
                continue;
            };
            sleep_until(since + self.patience).await;
            let now = Instant::now();
            for queue in self.full_queues() {
                let Some((since, before)) = queue.full.get() else {
                    continue;
                };
                if now.duration_since(since) < self.patience {
                    continue;
                }
                let delivered = queue.delivered();
                if delivered.saturating_sub(before) < LEAST && self.queues.borrow().len() > 1 {
                    self.drop_client(&queue, DropReason::DoesNotRead);
                } else {
                    queue.full.set(Some((now, delivered)));
                }
            }
        }
    }

    fn full_queues(&self) -> Vec<Rc<Queue>> {
        let is_full = |queue: &&Rc<Queue>| queue.full.get().is_some();
        self.queues.borrow().iter().filter(is_full).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(2);

    fn feed() -> Rc<Feed> {
        Rc::new(Feed::new(PATIENCE))
    }

    /// Runs something beside the watch over who reads.
    async fn watched<T>(feed: &Feed, what: impl Future<Output = T>) -> T {
        tokio::select! {
            done = what => done,
            error = feed.watch() => panic!("{error}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_dropped_and_the_others_go_on() {
        let feed = feed();
        let (stuck, reader) = (feed.join(None), feed.join(None));
        feed.put(&vec![0; BOUND], None);
        let got = reader.next().await.unwrap();
        reader.sent(got.0.len(), &feed);
        let begun = Instant::now();
        watched(&feed, feed.somebody_with_room()).await;
        assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs());
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
        for others in [0, 1] {
            let feed = feed();
            let slow = feed.join(None);
            feed.put(&vec![0; BOUND], None);
            let _others: Vec<_> = (0..others).map(|_| feed.join(None)).collect();
            watched(&feed, trickle(Rc::clone(&feed), Rc::clone(&slow))).await;
            assert_eq!(slow.drop_reason().is_some(), others > 0);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_without_an_end() {
        let feed = feed();
        assert!(timeout(PATIENCE * 10, feed.somebody_with_room()).await.is_err());
        let queue = feed.join(None);
        feed.somebody_with_room().await;
        feed.leave(&queue);
        assert!(timeout(PATIENCE * 10, feed.somebody_with_room()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_waits_for_everybody_but_itself() {
        let feed = feed();
        let (one, other) = (feed.join(None), feed.join(None));
        feed.put(&vec![0; BOUND], Some(&one));
        assert_eq!((one.waiting(), other.waiting()), (0, BOUND));
        assert!(!feed.has_room(Some(&one)) && feed.has_room(Some(&other)));
        let taking = async {
            // a little is not enough
            other.sent(LOW - PIECE, &feed);
            tokio::time::sleep(PATIENCE / 2).await;
            assert!(!feed.has_room(Some(&one)));
            other.sent(2 * PIECE, &feed);
        };
        tokio::join!(feed.room(Some(&one)), taking);
        assert!(feed.has_room(Some(&one)));
    }

    #[tokio::test]
    async fn what_goes_past_the_bound_has_a_bound() {
        let feed = feed();
        let (stuck, speaker) = (feed.join(None), feed.join(None));
        let announcement = [0; 100];
        let most = 2 * BOUND / (100 + PIECE) + 1;
        let put = (0..=most).take_while(|_| {
            feed.put(&announcement, Some(&speaker));
            stuck.drop_reason().is_none()
        });
        let count = put.count();
        assert!(count >= most / 2 && count < most, "{count}");
        assert!(feed.has_room(None));
    }
}
