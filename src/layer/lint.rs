//! Reads along in one conversation: holds the pure reader, and the clock that it has not.
//!
//! Whoever holds the conversation waits for [`Lint::notes`] beside everything else, and tells them.
//! Nothing here waits for anybody on the way of the bytes.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::proto::direction::Direction;
use crate::proto::lint::{LONG_SILENCE, Lint as Reader, LintKind, Note, SILENCE};

/// Nobody types two lines within this.
const AT_ONCE: Duration = Duration::from_millis(20);

/// Reads along in one conversation.
#[derive(Debug)]
pub struct Lint {
    reader: RefCell<Reader>,
    notes: RefCell<Vec<Note>>,
    changed: Notify,
    /// When something moved last, either way.
    moved: Cell<Instant>,
    /// The silence since then of which was spoken.
    silence: Cell<Duration>,
    at_terminal: bool,
    /// When we sent last, and how many lines came at once up to then.
    burst: Cell<(Option<Instant>, u64)>,
}

impl Lint {
    /// Of a conversation that begins now; `at_terminal`: what is sent is typed.
    pub fn new(kind: LintKind, at_terminal: bool) -> Self {
        Self {
            reader: RefCell::new(Reader::new(kind)),
            notes: RefCell::default(),
            changed: Notify::new(),
            moved: Cell::new(Instant::now()),
            silence: Cell::new(Duration::ZERO),
            at_terminal,
            burst: Cell::default(),
        }
    }

    /// These bytes pass, as they are on the net.
    pub fn saw(&self, direction: Direction, bytes: &[u8]) {
        if bytes.is_empty() || self.reader.borrow().is_off() {
            return;
        }
        self.moved.set(Instant::now());
        self.silence.set(Duration::ZERO);
        match direction {
            Direction::Sent => {
                self.count_lines(bytes);
                self.read(|reader, notes| reader.sent(bytes, notes));
            }
            Direction::Received => {
                self.end_burst();
                self.read(|reader, notes| reader.received(bytes, notes));
            }
        }
    }

    /// Nothing more comes from there.
    pub fn ended(&self, direction: Direction) {
        self.end_burst();
        self.read(|reader, notes| reader.ended(direction, notes));
    }

    /// Waits for notes.
    pub async fn notes(&self) -> Vec<Note> {
        loop {
            let notes = self.take();
            if !notes.is_empty() {
                return notes;
            }
            if self.reader.borrow().is_off() {
                return pending().await;
            }
            let next = [SILENCE, LONG_SILENCE].into_iter().find(|next| *next > self.silence.get());
            match next {
                None => self.changed.notified().await,
                Some(next) => {
                    let until = self.moved.get() + next;
                    if timeout_at(until, self.changed.notified()).await.is_err() {
                        self.be_silent(next);
                    }
                }
            }
        }
    }

    /// Notes that nobody waited for.
    pub fn take(&self) -> Vec<Note> {
        self.notes.take()
    }

    /// Nothing has moved for so long, unless something did in the meantime.
    fn be_silent(&self, since: Duration) {
        if self.moved.get().elapsed() < since {
            return;
        }
        self.silence.set(since);
        self.end_burst();
        self.read(|reader, notes| reader.silent(since, notes));
    }

    fn count_lines(&self, bytes: &[u8]) {
        if self.at_terminal {
            let lines = bytes.split(|byte| *byte == b'\n').skip(1).count() as u64;
            let (last, before) = self.burst.get();
            let goes_on = last.is_some_and(|last| last.elapsed() < AT_ONCE);
            let lines = if goes_on { before + lines } else { lines };
            self.burst.set((Some(Instant::now()), lines));
        }
    }

    fn end_burst(&self) {
        let (last, lines) = self.burst.get();
        self.burst.set((last, 0));
        if lines > 1 {
            self.read(|reader, notes| reader.pasted(lines, notes));
        }
    }

    fn read(&self, what: impl FnOnce(&mut Reader, &mut Vec<Note>)) {
        let mut notes = self.notes.borrow_mut();
        what(&mut self.reader.borrow_mut(), &mut notes);
        // the clock begins anew, too
        self.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Duration, Lint, LintKind, Note};
    use crate::proto::lint::Met;

    fn unfinished(lines: u64) -> Note {
        Note::HeadUnfinished { lines, line_begun: false, met: Met::Silence }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_noted_a_second_after_the_last_byte_and_then_much_later() {
        let lint = Lint::new(LintKind::Http, false);
        lint.saw(Direction::Sent, b"GET / HTTP/1.1\r\n");
        let late = tokio::time::timeout(Duration::from_millis(900), lint.notes()).await;
        assert!(late.is_err());
        lint.saw(Direction::Sent, b"Host: a\r\n");
        let late = tokio::time::timeout(Duration::from_millis(900), lint.notes()).await;
        assert!(late.is_err());
        assert_eq!(lint.notes().await, [unfinished(2)]);
        lint.saw(Direction::Sent, b"A: b\r\n");
        let late = tokio::time::timeout(Duration::from_secs(9), lint.notes()).await;
        assert!(late.is_err());
        assert_eq!(lint.notes().await, [unfinished(3)]);
    }

    #[tokio::test(start_paused = true)]
    async fn lines_that_nobody_can_type_so_fast_were_pasted() {
        let lint = Lint::new(LintKind::Http, true);
        lint.saw(Direction::Sent, b"GET / HTTP/1.0\n");
        lint.saw(Direction::Sent, b"\n");
        lint.saw(Direction::Received, b"HTTP/1.0 204 x\r\n");
        assert_eq!(lint.notes().await, [Note::Pasted { lines: 2 }]);
        let lint = Lint::new(LintKind::Http, true);
        lint.saw(Direction::Sent, b"GET / HTTP/1.0\n");
        tokio::time::advance(Duration::from_millis(50)).await;
        lint.saw(Direction::Sent, b"\n");
        lint.saw(Direction::Received, b"HTTP/1.0 204 x\r\n");
        assert_eq!(lint.take(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_nothing_to_note_nothing_is_waited_for() {
        let lint = Lint::new(LintKind::Auto, true);
        lint.saw(Direction::Sent, b"hello\n");
        lint.saw(Direction::Received, b"hello\n");
        let never = tokio::time::timeout(Duration::from_secs(100), lint.notes()).await;
        assert!(never.is_err());
    }
}
