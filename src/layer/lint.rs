//! Reads along in one conversation: holds the pure reader, and the clock that it has not.
//!
//! Whoever holds the conversation waits for [`Lint::notes`] beside everything else, and tells them.
//! Nothing here waits for anybody on the way of the bytes.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::proto::direction::Direction;
use crate::proto::lint::{LONG_SILENCE, Lint as Reader, LintKind, Note, SILENCE};
use crate::sys::fd::Fd;

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
    keyboard: Option<Keyboard>,
}

/// A terminal that gives line by line what is typed or pasted.
#[derive(Debug)]
struct Keyboard {
    terminal: Rc<Fd>,
    /// Lines that came at once so far.
    lines: Cell<u64>,
}

impl Keyboard {
    /// These bytes came; how many lines it is that came at once, unless more can be read already.
    fn came(&self, bytes: &[u8]) -> Option<u64> {
        let lines = bytes.split(|byte| *byte == b'\n').skip(1).count() as u64;
        self.lines.set(self.lines.get() + lines);
        // who types does not type while the line before is read
        (!self.terminal.is_readable_now()).then(|| self.lines.take())
    }
}

impl Lint {
    /// Of a conversation that begins now. `keyboard` is the terminal where what is sent is typed or
    /// pasted, and sent line by line.
    pub fn new(kind: LintKind, keyboard: Option<Rc<Fd>>) -> Self {
        let keyboard = keyboard.map(|terminal| Keyboard { terminal, lines: Cell::default() });
        Self {
            reader: RefCell::new(Reader::new(kind)),
            notes: RefCell::default(),
            changed: Notify::new(),
            moved: Cell::new(Instant::now()),
            silence: Cell::new(Duration::ZERO),
            keyboard,
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
                self.read(|reader, notes| reader.sent(bytes, notes));
                let at_once = self.keyboard.as_ref().and_then(|keyboard| keyboard.came(bytes));
                if let Some(lines) = at_once.filter(|lines| *lines > 1) {
                    self.read(|reader, notes| reader.pasted(lines, notes));
                }
            }
            Direction::Received => self.read(|reader, notes| reader.received(bytes, notes)),
        }
    }

    /// Nothing more comes from there.
    pub fn ended(&self, direction: Direction) {
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
        self.read(|reader, notes| reader.silent(since, notes));
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
    use std::rc::Rc;

    use rustix::pipe::PipeFlags;

    use super::{Direction, Duration, Fd, Lint, LintKind, Note};
    use crate::proto::lint::Met;

    fn unfinished(lines: u64) -> Note {
        Note::HeadUnfinished { lines, line_begun: false, met: Met::Silence }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_noted_a_second_after_the_last_byte_and_then_much_later() {
        let lint = Lint::new(LintKind::Http, None);
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

    #[tokio::test]
    async fn lines_of_which_the_next_could_be_read_at_once_were_pasted() {
        let (terminal, keys) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC).unwrap();
        let terminal = Rc::new(Fd::shared(terminal).unwrap());
        let pasted = |text: &str| {
            let lint = Lint::new(LintKind::Http, Some(Rc::clone(&terminal)));
            rustix::io::write(&keys, text.as_bytes()).unwrap();
            for line in text.split_inclusive('\n') {
                let mut read = vec![0; line.len()];
                assert_eq!(terminal.try_read(&mut read).unwrap(), line.len());
                lint.saw(Direction::Sent, &read);
            }
            lint.take().into_iter().find(|note| matches!(note, Note::Pasted { .. }))
        };
        assert_eq!(pasted("GET / HTTP/1.0\nA: b\nC: d\n"), Some(Note::Pasted { lines: 3 }));
        assert_eq!(pasted("GET / HTTP/1.0\n"), None);
        // nothing of it waits for Enter
        assert_eq!(pasted("GET / HTTP/1.0\nA: b\n\n"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_nothing_to_note_nothing_is_waited_for() {
        let lint = Lint::new(LintKind::Auto, None);
        lint.saw(Direction::Sent, b"hello\n");
        lint.saw(Direction::Received, b"hello\n");
        let never = tokio::time::timeout(Duration::from_secs(100), lint.notes()).await;
        assert!(never.is_err());
    }
}
