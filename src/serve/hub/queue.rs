//! What waits for one client.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::feed::Feed;
use super::laggards::{Allowance, Lag};
use crate::event::DropReason;
use crate::relay::Meter;
use crate::sys::fd::Fd;
use crate::sys::sockopt;

/// What may wait for one client, in bytes; what is put past the bound, as announcements are, may
/// not be more than as much again.
pub const BOUND: usize = 512 * 1024;

/// A full queue is so until no more than this waits.
pub const LOW: usize = BOUND / 2;

/// What a piece counts for beside its bytes, since a small one costs more than them.
pub const PIECE: usize = 64;

/// An empty queue keeps room for so many pieces.
const KEPT: usize = 16;

/// What waits for one client.
#[derive(Debug)]
pub struct Queue {
    link: Option<Rc<Fd>>,
    /// Where what is written at once is accounted for; without it, nothing is.
    meter: RefCell<Option<Rc<Meter>>>,
    /// Pieces, and how much of each is written already.
    chunks: RefCell<VecDeque<(Rc<[u8]>, usize)>>,
    waiting: Cell<usize>,
    /// While it is full, how the client does.
    pub(super) lag: Cell<Option<Lag>>,
    /// How long the client may hold the others up.
    pub(super) allowance: Cell<Allowance>,
    ended: Cell<bool>,
    dropped: Cell<Option<DropReason>>,
    /// Since when the client has finished sending and taken nothing.
    finished: Cell<Option<Instant>>,
    taken: Cell<u64>,
    changed: Notify,
}

impl Queue {
    /// For a client whose connection is `link`, where it has one.
    pub fn new(link: Option<Rc<Fd>>, ended: bool) -> Self {
        Self {
            link,
            meter: RefCell::default(),
            chunks: RefCell::default(),
            waiting: Cell::new(0),
            lag: Cell::new(None),
            allowance: Cell::new(Allowance::own()),
            ended: Cell::new(ended),
            dropped: Cell::new(None),
            finished: Cell::new(None),
            taken: Cell::new(0),
            changed: Notify::new(),
        }
    }

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
    pub(super) fn write_now(&self, bytes: &[u8], feed: &Feed) -> usize {
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

    /// Keeps the rest of a piece, of which so much is written already.
    pub(super) fn keep(&self, chunk: Rc<[u8]>, written: usize) {
        self.waiting.set(self.waiting.get() + chunk.len() - written);
        self.chunks.borrow_mut().push_back((chunk, written));
        self.wake();
    }

    /// Forgets what waits, but not how much it was.
    pub(super) fn forget(&self) {
        self.chunks.take();
    }

    /// A piece was sent.
    pub fn sent(&self, count: usize, feed: &Feed) {
        self.waiting.set(self.waiting.get().saturating_sub(count));
        self.taken.set(self.taken.get() + count as u64);
        self.finished.set(self.finished.get().map(|_| Instant::now()));
        if self.is_full() && self.load() <= LOW {
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

    /// What waits, and what keeping it costs.
    pub(super) fn load(&self) -> usize {
        self.waiting.get() + self.chunks.borrow().len() * PIECE
    }

    /// Whether more waits than should, until enough of it is gone.
    pub(super) fn is_full(&self) -> bool {
        self.lag.get().is_some()
    }

    /// Bytes that the client's kernel has, as far as known: what ours took may still be on its slow
    /// way.
    pub(super) fn delivered(&self) -> u64 {
        let link = self.link.as_ref();
        let underway = link.and_then(|link| sockopt::unacknowledged(&**link)).unwrap_or(0);
        self.taken.get().saturating_sub(underway.into())
    }

    /// The client finished sending, and may be gone altogether.
    pub fn set_finished(&self) {
        self.finished.set(Some(Instant::now()));
    }

    /// Since when the client has finished sending and taken nothing, if it has finished.
    pub fn finished(&self) -> Option<Instant> {
        self.finished.get()
    }

    /// Whether the client is known to be gone, with what it said before perhaps yet to be read. Only
    /// sockets of the Unix domain tell without being written to.
    pub(super) fn is_gone(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.is_unread_now())
    }

    /// Why the client was dropped, if it was.
    pub fn drop_reason(&self) -> Option<DropReason> {
        self.dropped.get()
    }

    /// The client is dropped.
    pub(super) fn set_dropped(&self, reason: DropReason) {
        self.dropped.set(Some(reason));
        self.wake();
    }

    /// Nothing more will come for the client.
    pub(super) fn set_ended(&self) {
        self.ended.set(true);
        self.wake();
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
