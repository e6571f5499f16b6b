//! What goes to several clients at once: our input, and what one client says to the others.
//!
//! Each client has a [`Queue`], and a piece is one allocation whoever waits for it. A queue that is
//! full holds back whoever has something for it, so that nothing is lost and nothing grows. Where
//! everybody's is full, or nobody else is there, that is all: the slowest sets the pace, and nobody
//! is dropped for it. Where others could take more, the client that is full has to pay for their
//! time ([`laggards`](super::laggards)), and is dropped when it cannot.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::laggards::{Allowance, Lag, SLOW_TICK, TICK};
use super::queue::{BOUND, Queue};
use crate::event::DropReason;
use crate::layer::Stages;
use crate::serve::entrance::Shortage;
use crate::sys::fd::Fd;

/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// How many make room at a time.
const BATCH: usize = 16;

/// How long a client that has finished sending takes nothing before it may make room.
const IDLE: Duration = Duration::from_secs(5);

/// All queues.
#[derive(Debug)]
pub struct Feed {
    queues: RefCell<Vec<Rc<Queue>>>,
    /// How many of them are full.
    full: Cell<usize>,
    ended: Cell<bool>,
    /// The clients that wait to speak; one that waits to come in is nobody yet.
    speakers: RefCell<Vec<*const Queue>>,
    /// Our input waits to be read.
    input_waits: Cell<bool>,
    /// What clients may take of the others' time, beside what is their own.
    common: Cell<Allowance>,
    room: Notify,
    /// Somebody may be held up from now on.
    pressed: Notify,
}

impl Feed {
    /// Without a client.
    pub fn new() -> Self {
        Self {
            queues: RefCell::default(),
            full: Cell::new(0),
            ended: Cell::new(false),
            speakers: RefCell::default(),
            input_waits: Cell::new(false),
            common: Cell::new(Allowance::common()),
            room: Notify::new(),
            pressed: Notify::new(),
        }
    }

    /// A queue for a client that came; `link` is asked what the client has acknowledged.
    pub fn join(&self, link: Option<Rc<Fd>>) -> Rc<Queue> {
        let queue = Rc::new(Queue::new(link, self.ended.get()));
        self.queues.borrow_mut().push(Rc::clone(&queue));
        self.room.notify_waiters();
        self.pressed.notify_one();
        queue
    }

    /// A client is gone.
    pub fn leave(&self, queue: &Rc<Queue>) {
        self.queues.borrow_mut().retain(|other| !Rc::ptr_eq(other, queue));
        self.is_full_no_more(queue);
        queue.forget();
    }

    fn drop_client(&self, queue: &Rc<Queue>, reason: DropReason) {
        self.leave(queue);
        queue.set_dropped(reason);
    }

    /// Makes room for new clients. Where seats are short, those leave who are known to be gone.
    /// Where descriptors are, a few are dropped that have been here longest of those that have
    /// finished sending and taken nothing for a while: each may be gone altogether, which nothing
    /// tells until something is sent to it. Whether anybody leaves.
    pub fn make_room(&self, short: Shortage) -> bool {
        let now = Instant::now();
        let idle =
            |queue: &Queue| queue.finished().is_some_and(|since| now.duration_since(since) >= IDLE);
        let queues = self.queues.borrow().clone();
        let leaving: Vec<_> = match short {
            Shortage::Seats => queues.iter().filter(|queue| queue.is_gone()).collect(),
            Shortage::Descriptors => {
                queues.iter().filter(|queue| idle(queue)).take(BATCH).collect()
            }
        };
        for queue in &leaving {
            match short {
                // what it said before is still read
                Shortage::Seats => queue.set_ended(),
                Shortage::Descriptors => self.drop_client(queue, DropReason::NoDescriptors),
            }
        }
        !leaving.is_empty()
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
            queue.keep(Rc::clone(chunk), written);
            let load = queue.load();
            if load >= BOUND && !queue.is_full() {
                queue.lag.set(Some(Lag::begun(queue.delivered())));
                self.full.set(self.full.get() + 1);
                self.pressed.notify_one();
            }
            if load >= BOUND * 2 {
                stuck.push(Rc::clone(queue));
            }
        }
        for queue in stuck {
            self.drop_client(&queue, DropReason::DoesNotRead);
        }
    }

    /// This one has room again, or is gone.
    pub fn is_full_no_more(&self, queue: &Queue) {
        if queue.lag.take().is_some() {
            self.full.set(self.full.get() - 1);
            self.room.notify_waiters();
            self.pressed.notify_one();
        }
    }

    /// Whether everybody but this one has room.
    pub fn has_room(&self, from: Option<&Queue>) -> bool {
        let own = usize::from(from.is_some_and(Queue::is_full));
        self.full.get() == own
    }

    /// Waits until everybody but this one, who is to speak then, has room. Without one, somebody is
    /// to come in then.
    pub async fn room(&self, from: Option<&Queue>) {
        if self.has_room(from) {
            return;
        }
        let _waiting = Speaker::waits(self, from.map_or(std::ptr::null(), std::ptr::from_ref));
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
            // nobody is held up by a full queue while there is nothing to be said
            if let Err(error) = from.readable().await {
                return error;
            }
            self.somebody_with_room().await;
            let count = match from.read(&mut buffer).await {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return error,
            };
            let bytes = stages.pass(&buffer[..count], &mut changed).await;
            for piece in stages.pieces(bytes) {
                stages.pause_before(piece.len()).await;
                // the last client may have left while we read
                self.somebody_with_room().await;
                say(piece).await;
            }
        }
        if ends {
            self.ended.set(true);
            for queue in self.queues.borrow().iter() {
                queue.set_ended();
            }
        }
        std::future::pending().await
    }

    /// Waits until somebody is there and everybody has room.
    async fn somebody_with_room(&self) {
        while self.queues.borrow().is_empty() || !self.has_room(None) {
            self.input_waits.set(true);
            self.pressed.notify_one();
            self.room.notified().await;
        }
        self.input_waits.set(false);
    }

    /// Has those pay who hold the others up, and drops who cannot. Runs beside everything else, and
    /// does nothing while nobody is held up; never comes back.
    pub async fn watch(&self) -> io::Error {
        loop {
            let full = self.full.get();
            let speaks = !self.speakers.borrow().is_empty();
            let others = self.queues.borrow().len() > full;
            let tick = match (speaks, self.input_waits.get()) {
                _ if full == 0 => None,
                (true, _) if !others => Some(SLOW_TICK),
                (true, _) | (_, true) if others => Some(TICK),
                _ => None,
            };
            let Some(tick) = tick else {
                self.pressed.notified().await;
                continue;
            };
            let mut common = self.common.get();
            if common.is_spent() {
                // there is no time left in which others could be held up
                self.look(Duration::ZERO);
            }
            sleep(tick).await;
            self.look(tick);
        }
    }

    /// Looks who has been holding the others up for so long.
    fn look(&self, time: Duration) {
        let speakers = self.speakers.borrow();
        let input_waits = self.input_waits.get();
        // what a client says is not for itself
        let alone = match speakers.as_slice() {
            [one] if !input_waits => *one,
            _ => std::ptr::null(),
        };
        let (mut full, mut able, mut moving) = (Vec::new(), 0, 0);
        for queue in self.queues.borrow().iter().filter(|queue| Rc::as_ptr(queue) != alone) {
            if let Some(mut lag) = queue.lag.get() {
                lag.note(queue.delivered());
                moving += usize::from(lag.is_moving());
                full.push((Rc::clone(queue), lag));
            } else {
                able += usize::from(queue.waiting() == 0);
            }
        }
        let is_pressed = input_waits || !speakers.is_empty();
        let (mut unable, mut in_common) = (Vec::new(), Vec::new());
        for (queue, mut lag) in full {
            let stalls = !speakers.is_empty() && lag.stalls(time);
            queue.lag.set(Some(lag));
            let holds = able > if lag.is_moving() { moving.saturating_sub(1) } else { 0 };
            if stalls {
                unable.push(queue);
            } else if holds && is_pressed {
                let mut own = queue.allowance.get();
                let pays = lag.is_proven() && own.pay(time);
                queue.allowance.set(own);
                if !pays {
                    in_common.push(queue);
                }
            }
        }
        let mut common = self.common.get();
        if !in_common.is_empty() && !common.pay(time) {
            unable.append(&mut in_common);
        }
        self.common.set(common);
        drop(speakers);
        for queue in unable {
            self.drop_client(&queue, DropReason::DoesNotRead);
        }
    }
}

/// A client waits to speak for as long as this lives.
struct Speaker<'a> {
    feed: &'a Feed,
    who: *const Queue,
}

impl<'a> Speaker<'a> {
    fn waits(feed: &'a Feed, who: *const Queue) -> Self {
        feed.speakers.borrow_mut().push(who);
        feed.pressed.notify_one();
        Self { feed, who }
    }
}

impl Drop for Speaker<'_> {
    fn drop(&mut self) {
        let mut speakers = self.feed.speakers.borrow_mut();
        if let Some(place) = speakers.iter().position(|who| *who == self.who) {
            speakers.swap_remove(place);
        }
    }
}

#[cfg(test)]
mod tests;
