//! Reads what a server answers over HTTP/1: status, what the head tells, and where the body ends.

use super::body::{Body, Step};
use super::ending::{Cause, Framing, HEAD_MAX, Next, Unfinished};
use super::field::LengthFault;
use super::head::{HeadLine, HeadLines};
use super::http::Asked;
use super::line::{Line, Lines};
use super::note::{Note, Talker, shown};
use super::status_line::status;

/// Headers that tell what a server runs.
const TELLING: &[&str] =
    &["Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator"];

/// Where in the conversation.
#[derive(Debug)]
enum State {
    /// Before a status line.
    Line,
    Head,
    Body(Body),
    /// Behind an answer, in what is none.
    Beyond,
    /// Nothing behind this is understood.
    Through,
}

/// The head that is being read.
#[derive(Debug, Default)]
struct Head {
    status: u16,
    old: bool,
    lines: HeadLines,
    allow: Option<Vec<u8>>,
    location: Option<Vec<u8>>,
    tells: Vec<Note>,
    folded: Option<u64>,
    /// The first Content-Length that is none, with its line.
    bad_length: Option<(u64, Vec<u8>)>,
}

/// A final answer whose head is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Current {
    status: u16,
    framing: Framing,
    next: Next,
    length: Option<u64>,
    /// Of the body, so far.
    bytes: u64,
}

/// What the other side of the conversation is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// More is to come of the same.
    More,
    /// The head of an answer is complete; the final one of its request unless it is an interim one.
    Head {
        /// 1xx, and not 101.
        interim: bool,
    },
}

/// One server's side.
#[derive(Debug)]
pub(super) struct Answers {
    state: State,
    lines: Lines,
    head: Head,
    current: Option<Current>,
    /// The answer before, and bytes behind it so far.
    before: Option<(Current, u64)>,
    told_tells: bool,
    /// Of the head that is being read, and of what stands before it.
    head_bytes: u64,
    /// It was said that one is long.
    long_head: bool,
    /// Bytes in all, and the same when it was last said that the answer stopped.
    bytes: u64,
    told_at: Option<u64>,
    /// Final answers so far.
    pub(super) final_heads: u64,
    /// An answer said that it is the last.
    pub(super) is_last: bool,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            state: State::Line,
            lines: Lines::default(),
            head: Head::default(),
            current: None,
            before: None,
            told_tells: false,
            head_bytes: 0,
            long_head: false,
            bytes: 0,
            told_at: None,
            final_heads: 0,
            is_last: false,
        }
    }
}

impl Answers {
    /// Reads on, at most to the end of a head, which the caller then pairs with its request and
    /// gives to [`Answers::begin`]; how many bytes were read.
    pub(super) fn read(
        &mut self,
        rest: &[u8],
        no_version: bool,
        notes: &mut Vec<Note>,
    ) -> (usize, Turn) {
        let mut turn = Turn::More;
        let used = match &mut self.state {
            State::Through => rest.len(),
            State::Line | State::Head => {
                let (used, line) = self.lines.take(rest);
                if let Some((_, beyond)) = &mut self.before {
                    *beyond += used as u64;
                }
                self.head_bytes += used as u64;
                if self.head_bytes > HEAD_MAX && !std::mem::replace(&mut self.long_head, true) {
                    notes.push(Note::LongHead { bytes: HEAD_MAX });
                }
                match line {
                    None if matches!(self.state, State::Line) && self.lines.is_long() => {
                        self.look_at_begun(no_version, notes);
                    }
                    None => {}
                    Some(line) if matches!(self.state, State::Head) => turn = self.head_line(&line),
                    Some(line) if line.length == 0 => {}
                    Some(line) => self.status_line(&line, no_version, notes),
                }
                used
            }
            State::Body(body) => {
                let (used, data, step) = body.take(rest);
                self.count(data.len());
                match step {
                    Step::More => {}
                    Step::Whole => self.end_body(notes),
                    Step::Broken => {
                        let bytes = self.current.map_or(0, |current| current.bytes);
                        notes.push(Note::BrokenChunk { side: Talker::Server, bytes });
                        self.state = State::Through;
                    }
                }
                used
            }
            State::Beyond => {
                if let Some((_, beyond)) = &mut self.before {
                    *beyond += rest.len() as u64;
                }
                rest.len()
            }
        };
        self.bytes += used as u64;
        (used, turn)
    }

    fn count(&mut self, bytes: usize) {
        if let Some(current) = &mut self.current {
            current.bytes += bytes as u64;
        }
    }

    fn status_line(&mut self, line: &Line<'_>, no_version: bool, notes: &mut Vec<Note>) {
        let Some((old, status)) = status(&line.text) else {
            return self.be_none(&line.text, no_version, notes);
        };
        self.before = None;
        self.head = Head { status, old, lines: HeadLines::begun(), ..Head::default() };
        self.state = State::Head;
    }

    /// What stands where an answer should begin is none.
    fn be_none(&mut self, text: &[u8], no_version: bool, notes: &mut Vec<Note>) {
        if self.before.is_some() && !no_version {
            self.lines = Lines::default();
            self.head_bytes = 0;
            self.state = State::Beyond;
        } else {
            notes.push(Note::NotHttp { text: shown(text), no_version_asked: no_version });
            self.state = State::Through;
        }
    }

    /// We speak: what came behind an answer is all that came of it.
    pub(super) fn heard(&mut self, no_version: bool, notes: &mut Vec<Note>) {
        if self.before.is_some() {
            self.settle(no_version, notes);
        }
    }

    /// Nothing more comes just now: says what is beyond an answer, behind which another may begin.
    fn settle(&mut self, no_version: bool, notes: &mut Vec<Note>) {
        if matches!(self.state, State::Line) {
            self.look_at_begun(no_version, notes);
        }
        if let (State::Beyond, Some((answer, bytes))) = (&self.state, self.before) {
            let Current { framing, status, .. } = answer;
            notes.push(Note::Beyond { bytes, framing, status });
            self.state = State::Line;
        }
    }

    fn head_line(&mut self, line: &Line<'_>) -> Turn {
        match self.head.lines.read(line) {
            HeadLine::End => {
                return Turn::Head { interim: matches!(self.head.status, 100 | 102..200) };
            }
            HeadLine::Blank | HeadLine::Folded => {
                self.head.folded = self.head.folded.or(Some(self.head.lines.count));
            }
            HeadLine::NoColon => {}
            HeadLine::Field { name, value, bad_length, .. } => self.field(name, value, bad_length),
        }
        Turn::More
    }

    fn field(&mut self, name: &[u8], value: &[u8], bad_length: Option<LengthFault>) {
        if bad_length.is_some_and(|fault| fault != LengthFault::Repeated) {
            let line = self.head.lines.count;
            self.head.bad_length.get_or_insert_with(|| (line, shown(value)));
        }
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("Allow") {
            self.head.allow = Some(shown(value));
        } else if is("Location") {
            self.head.location = Some(shown(value));
        } else if let Some(header) = TELLING.iter().find(|header| is(header)) {
            let version = value.iter().any(u8::is_ascii_digit);
            let note = Note::Tells { header, value: shown(value), version };
            if self.head.tells.len() < TELLING.len() {
                self.head.tells.push(note);
            }
        }
    }

    /// The head is complete, and answers to that. Says whether the connection is something else from
    /// now on.
    pub(super) fn begin(&mut self, asked: Asked, cause: Cause, notes: &mut Vec<Note>) -> bool {
        let head = std::mem::take(&mut self.head);
        self.head_bytes = 0;
        let (status, fields) = (head.status, &head.lines.fields);
        notes.push(Note::Status { status, cause });
        let allow = head.allow.filter(|_| status == 405);
        notes.extend(allow.map(|methods| Note::Allow { methods }));
        let location = head.location.filter(|_| matches!(status, 201 | 300..400));
        notes.extend(location.map(|to| Note::Location { to }));
        self.state = State::Line;
        if matches!(status, 100 | 102..200) {
            return false;
        }
        if !self.told_tells {
            self.told_tells = true;
            notes.extend(head.tells);
        }
        let side = Talker::Server;
        let bad_length = head.bad_length;
        notes.extend(bad_length.map(|(line, value)| Note::LengthNotNumber { side, line, value }));
        head.lines.note_contradictions(side, notes);
        if fields.chunked.is_some() && head.old {
            notes.push(Note::CodingTooOld { side });
        }
        notes.extend(head.folded.map(|line| Note::Folded { side, line }));

        self.final_heads += 1;
        self.told_at = None;
        let changes = status == 101 || asked.connect && matches!(status, 200..300);
        let framing = match (fields.chunked, fields.length) {
            _ if asked.head || changes || matches!(status, 204 | 304) => Framing::NoBody,
            (Some(true), _) => Framing::Chunked,
            (None, Some(_)) => Framing::Length,
            _ => Framing::Close,
        };
        let next = match framing {
            _ if changes => Next::Changes,
            _ if fields.close => Next::ServerCloses,
            _ if (head.old || asked.old) && !fields.keep_alive => Next::OldVersion,
            _ if asked.close => Next::WeAskedToClose,
            Framing::Close => Next::ServerCloses,
            _ => Next::Stays,
        };
        self.is_last = next != Next::Stays && next != Next::Changes;
        let length = fields.length.filter(|_| framing == Framing::Length);
        self.current = Some(Current { status, framing, next, length, bytes: 0 });
        self.state = match (framing, length) {
            (Framing::Chunked, _) => State::Body(Body::chunked()),
            (Framing::Close, _) => State::Body(Body::Close),
            (_, Some(length)) if length > 0 => State::Body(Body::Length(length)),
            _ => {
                self.end_body(notes);
                State::Line
            }
        };
        if changes {
            self.state = State::Through;
        }
        changes
    }

    fn end_body(&mut self, notes: &mut Vec<Note>) {
        self.state = State::Line;
        if let Some(current) = self.current.take() {
            let Current { framing, next, bytes, .. } = current;
            notes.push(Note::Complete { bytes, framing, next });
            self.before = Some((current, 0));
        }
    }

    /// Nothing has moved for a while.
    pub(super) fn pause(&mut self, no_version: bool, notes: &mut Vec<Note>) {
        self.settle(no_version, notes);
        let has_end = match &self.state {
            State::Head => true,
            State::Body(body) => !matches!(body, Body::Close),
            State::Line => self.is_midway(),
            State::Beyond | State::Through => false,
        };
        if has_end && self.told_at != Some(self.bytes) {
            self.told_at = Some(self.bytes);
            notes.push(Note::AnswerWaits(self.progress()));
        }
    }

    /// The server ended; whether in the middle of an answer, or in something that is none.
    pub(super) fn end(&mut self, no_version: bool, notes: &mut Vec<Note>) -> bool {
        self.settle(no_version, notes);
        match self.state {
            State::Line => {
                if !self.lines.begun().is_empty() {
                    notes.push(Note::Cut(self.progress()));
                    self.state = State::Through;
                }
            }
            State::Body(Body::Close) => self.end_body(notes),
            State::Head | State::Body(_) => {
                notes.push(Note::Cut(self.progress()));
                self.state = State::Through;
            }
            State::Beyond | State::Through => {}
        }
        matches!(self.state, State::Through)
    }

    /// How far the answer is that has begun.
    fn progress(&self) -> Unfinished {
        match self.current {
            None => Unfinished::Head { lines: self.head.lines.count },
            Some(Current { bytes, length: Some(length), .. }) => {
                Unfinished::Length { bytes, length }
            }
            Some(Current { bytes, length: None, .. }) => Unfinished::Chunks { bytes },
        }
    }

    /// A line that does not end may be no status line all the same.
    fn look_at_begun(&mut self, no_version: bool, notes: &mut Vec<Note>) {
        let begun = self.lines.begun();
        let compared = begun.len().min(b"HTTP/".len());
        if begun[..compared] != b"HTTP/"[..compared] {
            let begun = shown(begun);
            self.be_none(&begun, no_version, notes);
        }
    }

    /// Whether an answer is being read.
    pub(super) fn is_midway(&self) -> bool {
        !matches!(self.state, State::Line) || !self.lines.begun().is_empty()
    }

    /// Nothing more of this is HTTP, and that was said.
    pub(super) fn stop(&mut self) {
        self.state = State::Through;
    }
}
