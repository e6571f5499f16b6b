//! Reads what a client sends over HTTP/1: heads, bodies, and what is beyond them.
//!
//! What is behind a complete request is the next one if it looks like one, empty lines aside
//! (RFC 9112 section 2.2); else it was meant for the body, and why the length does not fit is found
//! out when nothing more comes ([`Requests::settle`]).

use std::time::Duration;

use super::body::{Body, Step};
use super::head::{HeadLine, HeadLines};
use super::http::Asked;
use super::line::{KEPT_MAX, Line, Lines};
use super::note::{Met, Note, Talker, shown};
use super::request_body::{Content, RequestBody};
use super::request_line::{self, RequestLine, Version};

/// Who has seen a note may still be typing: it is said again after this.
const LONG_SILENCE: Duration = Duration::from_secs(10);

/// Where in the conversation.
#[derive(Debug)]
enum State {
    /// Before a request line, or beyond the body of the request before.
    Line,
    Head,
    Body(Body),
    /// Nothing behind this is understood.
    Through,
}

/// The head that is being read.
#[derive(Debug, Default)]
struct Head {
    line: RequestLine,
    lines: HeadLines,
    hosts: u64,
    /// The last Transfer-Encoding.
    coding: Vec<u8>,
    content: Option<Content>,
}

/// One client's side.
#[derive(Debug)]
pub(super) struct Requests {
    state: State,
    lines: Lines,
    head: Head,
    body: Option<RequestBody>,
    /// Bytes in all.
    bytes: u64,
    /// The same when it was last said that it is not complete.
    told_at: Option<u64>,
    /// The first line that ended with LF alone, and whether that was said.
    bare_lf: (Option<u64>, bool),
    /// The server said that no answer follows: the next request is not read.
    pub(super) is_behind_the_last: bool,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            state: State::Line,
            lines: Lines::default(),
            head: Head::default(),
            body: None,
            bytes: 0,
            told_at: None,
            bare_lf: (None, false),
            is_behind_the_last: false,
        }
    }
}

impl Requests {
    /// Reads on; each head that is complete is added to `asked`.
    pub(super) fn read(&mut self, bytes: &[u8], asked: &mut Vec<Asked>, notes: &mut Vec<Note>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = match &mut self.state {
                State::Through => return,
                State::Line | State::Head => self.read_line(rest, asked, notes),
                State::Body(body) => {
                    let (used, data, step) = body.take(rest);
                    self.read_body(data, notes);
                    match step {
                        Step::More => {}
                        Step::Whole => self.end_body(notes),
                        Step::Broken => {
                            let bytes = self.body.as_ref().map_or(0, RequestBody::bytes);
                            notes.push(Note::BrokenChunk { side: Talker::Client, bytes });
                            self.state = State::Through;
                        }
                    }
                    used
                }
            };
            self.bytes += used as u64;
            rest = &rest[used..];
        }
    }

    fn read_line(&mut self, rest: &[u8], asked: &mut Vec<Asked>, notes: &mut Vec<Note>) -> usize {
        let begins = self.lines.begun().is_empty();
        let (used, line) = self.lines.take(rest);
        if let Some(body) = self.body.as_mut().filter(|_| matches!(self.state, State::Line)) {
            body.read_beyond(&rest[..used], begins);
        }
        match line {
            Some(line) if matches!(self.state, State::Head) => self.head_line(&line, asked, notes),
            Some(line) if line.length == 0 => {}
            Some(line) if self.body.is_none() || request_line::is_request_line(&line.text) => {
                self.begin(&line, notes);
            }
            _ => {}
        }
        used
    }

    fn begin(&mut self, line: &Line<'_>, notes: &mut Vec<Note>) {
        self.settle_to(true, notes);
        self.body = None;
        if std::mem::take(&mut self.is_behind_the_last) {
            notes.push(Note::BehindTheLast);
        }
        self.told_at = None;
        self.head = Head { lines: HeadLines::begun(), ..Head::default() };
        self.state = State::Head;
        self.note_line(line, notes);
        if !line.is_cut() {
            self.head.line = request_line::read(&line.text, notes);
        }
    }

    /// What is to be said of any line of a head.
    fn note_line(&mut self, line: &Line<'_>, notes: &mut Vec<Note>) {
        let number = self.head.lines.count;
        if line.is_cut() {
            let (bytes, most) = (line.length, KEPT_MAX as u64);
            notes.push(Note::LongLine { line: number, bytes, most });
        }
        if line.bare_lf {
            self.bare_lf.0 = self.bare_lf.0.or(Some(number));
        }
        let control = |byte: &&u8| byte.is_ascii_control() && **byte != b'\t';
        if let Some(&byte) = line.text.iter().find(control) {
            notes.push(Note::Control { line: number, byte });
        }
    }

    fn head_line(&mut self, line: &Line<'_>, asked: &mut Vec<Asked>, notes: &mut Vec<Note>) {
        let read = self.head.lines.read(line);
        let number = self.head.lines.count;
        if read == HeadLine::End {
            if line.bare_lf {
                self.bare_lf.0 = self.bare_lf.0.or(Some(number + 1));
            }
            return self.end_head(asked, notes);
        }
        self.note_line(line, notes);
        match read {
            HeadLine::End => {}
            HeadLine::Folded => notes.push(Note::Folded { side: Talker::Client, line: number }),
            HeadLine::NoColon => {
                notes.push(Note::NoColon { line: number, text: shown(&line.text) });
            }
            HeadLine::Field { written, name, value, bad_length } => {
                if !request_line::is_token(name) {
                    notes.push(Note::HeaderName { line: number, name: shown(written) });
                } else if name != written {
                    notes.push(Note::SpaceBeforeColon { line: number, name: shown(name) });
                }
                if bad_length {
                    let (side, value) = (Talker::Client, shown(value));
                    notes.push(Note::LengthNotNumber { side, line: number, value });
                }
                self.field(name, value, notes);
            }
        }
    }

    fn field(&mut self, name: &[u8], value: &[u8], notes: &mut Vec<Note>) {
        if name.eq_ignore_ascii_case(b"Host") {
            self.head.hosts += 1;
            if self.head.hosts == 2 {
                notes.push(Note::SecondHost { line: self.head.lines.count });
            }
        } else if name.eq_ignore_ascii_case(b"Transfer-Encoding") {
            self.head.coding = shown(value);
        } else if name.eq_ignore_ascii_case(b"Content-Type") {
            self.head.content = Some(Content::of(value));
        }
    }

    fn end_head(&mut self, asked: &mut Vec<Asked>, notes: &mut Vec<Note>) {
        let Head { line, hosts, lines, coding, content } = std::mem::take(&mut self.head);
        let fields = &lines.fields;
        if line.version == Version::Http11 && hosts == 0 {
            notes.push(Note::NoHost);
        }
        lines.note_contradictions(Talker::Client, notes);
        if fields.chunked.is_some() && line.version == Version::Http10 {
            notes.push(Note::CodingTooOld { side: Talker::Client });
        }
        if fields.chunked == Some(false) {
            notes.push(Note::Coding { value: coding });
        }
        asked.push(Asked {
            head: line.head,
            connect: line.connect,
            close: fields.close,
            old: line.version != Version::Http11 && !fields.keep_alive,
            no_version: line.version == Version::None,
        });
        self.state = match (fields.chunked, fields.length) {
            (Some(true), _) => State::Body(Body::chunked()),
            (_, Some(length)) if length > 0 => State::Body(Body::Length(length)),
            _ => State::Line,
        };
        self.body = Some(RequestBody::new(fields, content, line.with_body));
    }

    fn read_body(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        if let Some(body) = &mut self.body {
            body.read(bytes, notes);
        }
    }

    /// The body is complete.
    fn end_body(&mut self, notes: &mut Vec<Note>) {
        self.state = State::Line;
        if let Some(body) = &mut self.body {
            body.end(notes);
        }
    }

    /// Says what is wrong with a complete request and what came behind it, as nothing more comes
    /// just now.
    pub(super) fn settle(&mut self, notes: &mut Vec<Note>) {
        let begun = self.lines.begun();
        let next_begun = !begun.is_empty() && request_line::may_be_request_line(begun);
        self.settle_to(next_begun, notes);
    }

    /// The same, as far as the line that was begun last, which may be the next request's.
    fn settle_to(&mut self, next_begun: bool, notes: &mut Vec<Note>) {
        if !matches!(self.state, State::Line) {
            return;
        }
        if let Some(body) = &mut self.body {
            body.settle(next_begun, notes);
        }
    }

    /// Nothing has moved for this long, or nothing more comes.
    pub(super) fn pause(&mut self, met: Met, since: Duration, notes: &mut Vec<Note>) {
        self.settle(notes);
        let again = self.told_at.is_some();
        if self.told_at == Some(self.bytes) || !self.is_midway() {
            return;
        }
        let line_begun = !self.lines.begun().is_empty();
        let note = match &self.state {
            State::Body(_) => self.body.as_ref().map(|body| body.unfinished(met)),
            // whoever types takes more than that between two lines
            _ if again && met == Met::Silence && since < LONG_SILENCE => None,
            _ => Some(Note::HeadUnfinished { lines: self.head.lines.count, line_begun, met }),
        };
        if note.is_some() {
            self.told_at = Some(self.bytes);
            notes.extend(note);
        }
    }

    /// Whether a request has begun that is not complete.
    pub(super) fn is_midway(&self) -> bool {
        match self.state {
            State::Line => {
                let begun = self.lines.begun();
                let is_next = self.body.is_none() || request_line::may_be_request_line(begun);
                !begun.is_empty() && is_next
            }
            State::Head | State::Body(_) => true,
            State::Through => false,
        }
    }

    /// Whether the head of a request has begun that is not complete.
    pub(super) fn is_in_head(&self) -> bool {
        self.is_midway() && matches!(self.state, State::Line | State::Head)
    }

    /// What is known of a request whose head is not complete.
    pub(super) fn begun(&self) -> Asked {
        if !matches!(self.state, State::Head) {
            return Asked::default();
        }
        let RequestLine { head, connect, version, .. } = self.head.line;
        let no_version = version == Version::None;
        Asked { head, connect, close: false, old: version != Version::Http11, no_version }
    }

    /// The first line that ended with LF alone, once.
    pub(super) fn take_bare_lf(&mut self) -> Option<u64> {
        let (line, said) = self.bare_lf;
        self.bare_lf.1 |= line.is_some();
        line.filter(|_| !said)
    }

    /// The connection is something else from now on.
    pub(super) fn stop(&mut self) {
        self.state = State::Through;
        self.body = None;
    }
}
