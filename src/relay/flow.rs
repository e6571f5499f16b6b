//! One direction: its accounting, and how it ends.

use std::cell::Cell;
use std::io;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::adding::Adding;
use super::conversation::Ended;
use crate::event::{Extent, Sum};
use crate::proto::direction::Direction;

/// How a direction ended.
#[derive(Debug)]
pub enum FlowEnd {
    /// All of the input was written.
    EndOfInput,
    /// The limit on reads is reached, and all of it was written.
    Limit,
    /// Reading failed; what was read before is written.
    Read(io::Error),
    /// Writing failed; the meter says how much was in hand.
    Write(io::Error),
}

impl FlowEnd {
    /// The end without its reason.
    pub fn how(&self) -> Ended {
        match self {
            Self::EndOfInput => Ended::EndOfInput,
            Self::Limit => Ended::Limit,
            Self::Read(_) => Ended::ReadFailed,
            Self::Write(_) => Ended::WriteFailed,
        }
    }
}

/// What a direction is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is waiting: the input has nothing to give.
    Quiet,
    /// There is something to move.
    Moving,
}

/// The accounting of one direction. A mover writes it; the loop reads it between turns.
///
/// Where the bytes are added up as well, they are where they meet the net: what is sent as the net
/// takes it, what is received as it comes. Then they are shown to [`Meter::read`] and
/// [`Meter::wrote`]; a mover that does not see them counts them by [`Meter::took`] and
/// [`Meter::gave`].
#[derive(Debug)]
pub struct Meter {
    /// Few conversations are added up, and many are held at once.
    adding: Option<Box<(Direction, Adding)>>,
    moved: Cell<u64>,
    in_hand: Cell<u64>,
    first: Cell<Option<Instant>>,
    last: Cell<Instant>,
    state: Cell<State>,
    changed: Notify,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            adding: None,
            moved: Cell::new(0),
            in_hand: Cell::new(0),
            first: Cell::new(None),
            last: Cell::new(Instant::now()),
            state: Cell::new(State::Quiet),
            changed: Notify::new(),
        }
    }
}

impl Meter {
    /// Of this direction, whose bytes are added up.
    pub fn adding_up(direction: Direction) -> Self {
        Self { adding: Some(Box::new((direction, Adding::default()))), ..Self::default() }
    }

    /// The sum so far, which is said to be of that much; nothing where there is none.
    pub fn sum(&self, extent: Extent) -> Option<Sum> {
        self.adding.as_ref().map(|adding| adding.1.sum(extent))
    }

    fn add(&self, direction: Direction, bytes: &[u8]) {
        if let Some(adding) = self.adding.as_ref().filter(|adding| adding.0 == direction) {
            adding.1.add(bytes);
        }
    }

    /// These were taken from the input.
    pub fn read(&self, bytes: &[u8]) {
        self.dropped(bytes);
        self.took(bytes.len());
    }

    /// These came, and are for nobody.
    pub fn dropped(&self, bytes: &[u8]) {
        self.add(Direction::Received, bytes);
    }

    /// The output took these, which were in hand.
    pub fn wrote(&self, bytes: &[u8]) {
        self.add(Direction::Sent, bytes);
        self.gave(bytes.len());
    }

    /// Bytes that the output took.
    pub fn moved(&self) -> u64 {
        self.moved.get()
    }

    /// Bytes that were taken from the input and not yet by the output.
    pub fn in_hand(&self) -> u64 {
        self.in_hand.get()
    }

    /// When the output last took something, or when the direction began.
    pub fn last_moved(&self) -> Instant {
        self.last.get()
    }

    /// Whether there is something to move that the output does not take.
    pub fn is_moving(&self) -> bool {
        self.state.get() == State::Moving
    }

    /// When the first byte moved, if one did.
    pub fn first(&self) -> Option<Instant> {
        self.first.get()
    }

    /// Waits until the first byte has moved.
    pub async fn first_byte(&self) {
        loop {
            let changed = self.changed.notified();
            if self.first.get().is_some() {
                return;
            }
            changed.await;
        }
    }

    /// Waits until the input has nothing more to give for now.
    pub async fn quiet(&self) {
        loop {
            let changed = self.changed.notified();
            if !self.is_moving() {
                return;
            }
            changed.await;
        }
    }

    /// The mover waits for its input.
    pub fn set_quiet(&self) {
        if self.state.replace(State::Quiet) == State::Moving {
            self.changed.notify_waiters();
        }
    }

    /// The input has something to give.
    pub fn set_moving(&self) {
        self.state.set(State::Moving);
    }

    /// `count` bytes were taken from the input. The clock is read when the output takes them: until
    /// then the direction is not idle anyway.
    pub fn took(&self, count: usize) {
        self.in_hand.set(self.in_hand.get() + count as u64);
    }

    /// The bytes in hand have grown or shrunk in a filter.
    pub fn set_in_hand(&self, count: usize) {
        self.in_hand.set(count as u64);
    }

    /// The output took `count` bytes that were in hand.
    pub fn gave(&self, count: usize) {
        self.in_hand.set(self.in_hand.get().saturating_sub(count as u64));
        self.moved.set(self.moved.get() + count as u64);
        let now = Instant::now();
        self.last.set(now);
        if self.first.get().is_none() {
            self.first.set(Some(now));
            self.changed.notify_waiters();
        }
    }
}
