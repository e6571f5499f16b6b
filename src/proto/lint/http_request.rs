//! Reads what a client sends over HTTP/1: heads, bodies, and what is beyond them.
//!
//! What is behind a complete request is the next one if it looks like one, empty lines aside
//! (RFC 9112 section 2.2); else it was meant for the body, and why the length does not fit is found
//! out when nothing more comes ([`Requests::settle`]).

use std::time::Duration;

use super::body::{Body, Step};
use super::field::BodyFields;
use super::found::Found;
use super::http::Asked;
use super::line::Lines;
use super::note::{Met, Note, Talker};
use super::request_body::RequestBody;
use super::request_head::Head;
use super::request_line;

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

/// One client's side.
#[derive(Debug)]
pub(super) struct Requests {
    state: State,
    /// The number of the last one that has begun.
    number: u64,
    lines: Lines,
    head: Head,
    body: Option<RequestBody>,
    /// Bytes in all.
    bytes: u64,
    /// The same when it was last said that it is not complete.
    told_at: Option<u64>,
    /// The first line that ended with LF alone, and of which request it is.
    bare_lf: Option<(u64, u64)>,
    told_bare_lf: bool,
    /// The server said that no answer follows: the next request is not read.
    pub(super) is_behind_the_last: bool,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            state: State::Line,
            number: 0,
            lines: Lines::default(),
            head: Head::default(),
            body: None,
            bytes: 0,
            told_at: None,
            bare_lf: None,
            told_bare_lf: false,
            is_behind_the_last: false,
        }
    }
}

impl Requests {
    /// Reads on; each head that is complete is added to `asked`.
    pub(super) fn read(&mut self, bytes: &[u8], asked: &mut Vec<Asked>, notes: &mut Vec<Note>) {
        let found = &mut Found::new(self.number, notes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = match &mut self.state {
                State::Through => return,
                State::Line | State::Head => self.read_line(rest, asked, found),
                State::Body(body) => {
                    let (used, data, step) = body.take(rest);
                    self.read_body(data, found);
                    match step {
                        Step::More => {}
                        Step::Whole => self.end_body(found),
                        Step::Broken => {
                            let bytes = self.body.as_ref().map_or(0, RequestBody::bytes);
                            found.push(Note::BrokenChunk { side: Talker::Client, bytes });
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

    fn read_line(&mut self, rest: &[u8], asked: &mut Vec<Asked>, found: &mut Found<'_>) -> usize {
        let begins = self.lines.begun().is_empty();
        let (used, line) = self.lines.take(rest);
        let is_in_head = matches!(self.state, State::Head);
        let number = self.head.lines.count + 1;
        if let Some(body) = self.body.as_mut().filter(|_| !is_in_head) {
            body.read_beyond(&rest[..used], begins);
        }
        let Some(line) = line else {
            return used;
        };
        let is_next = || self.body.is_none() || request_line::is_request_line(&line.text);
        if is_in_head {
            if self.head.line(&line, found) {
                self.end_head(asked, found);
            }
        } else if line.length > 0 && is_next() {
            self.begin(found);
            self.head = Head::begin(&line, found);
        } else {
            return used;
        }
        if line.bare_lf {
            self.bare_lf.get_or_insert((self.number, number));
        }
        used
    }

    /// The next request begins.
    fn begin(&mut self, found: &mut Found<'_>) {
        self.settle_to(true, found);
        self.body = None;
        self.number += 1;
        found.turn_to(self.number);
        if std::mem::take(&mut self.is_behind_the_last) {
            found.push(Note::BehindTheLast);
        }
        self.told_at = None;
        self.state = State::Head;
    }

    fn end_head(&mut self, asked: &mut Vec<Asked>, found: &mut Found<'_>) {
        let head = std::mem::take(&mut self.head);
        let BodyFields { chunked, length, .. } = head.lines.fields;
        self.state = match (chunked, length) {
            (Some(true), _) => State::Body(Body::chunked()),
            (_, Some(length)) if length > 0 => State::Body(Body::Length(length)),
            _ => State::Line,
        };
        let (what, body) = head.end(found);
        asked.push(what);
        self.body = Some(body);
    }

    fn read_body(&mut self, bytes: &[u8], found: &mut Found<'_>) {
        if let Some(body) = &mut self.body {
            body.read(bytes, found);
        }
    }

    /// The body is complete.
    fn end_body(&mut self, found: &mut Found<'_>) {
        self.state = State::Line;
        if let Some(body) = &mut self.body {
            body.end(found);
        }
    }

    /// Says what is wrong with a complete request and what came behind it, as nothing more comes
    /// just now.
    pub(super) fn settle(&mut self, notes: &mut Vec<Note>) {
        let begun = self.lines.begun();
        let next_begun = !begun.is_empty() && request_line::may_be_request_line(begun);
        self.settle_to(next_begun, &mut Found::new(self.number, notes));
    }

    /// The same, as far as the line that was begun last, which may be the next request's.
    fn settle_to(&mut self, next_begun: bool, found: &mut Found<'_>) {
        if let Some(body) = self.body.as_mut().filter(|_| matches!(self.state, State::Line)) {
            body.settle(next_begun, found);
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
            // what stands behind it is not what is missing
            State::Head if self.head.holds_body => None,
            // whoever types takes more than that between two lines
            _ if again && met == Met::Silence && since < LONG_SILENCE => None,
            _ => Some(Note::HeadUnfinished { lines: self.head.lines.count, line_begun, met }),
        };
        if note.is_some() {
            self.told_at = Some(self.bytes);
            let begins = u64::from(matches!(self.state, State::Line));
            Found::new(self.number + begins, notes).extend(note);
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

    /// Whether something was sent, behind the last head that is complete, that a server may take
    /// for another request.
    pub(super) fn is_beyond(&self) -> bool {
        match self.state {
            State::Line if !self.is_midway() => {
                self.body.as_ref().is_some_and(RequestBody::is_exceeded)
            }
            _ => true,
        }
    }

    /// What is known of a request whose head is not complete.
    pub(super) fn begun(&self) -> Asked {
        match self.state {
            State::Head => self.head.asked(),
            _ => Asked::default(),
        }
    }

    /// Notes the first line that ended with LF alone, once; whether there is one to be noted.
    pub(super) fn note_bare_lf(&mut self, met: Met, notes: &mut Vec<Note>) -> bool {
        let told = std::mem::replace(&mut self.told_bare_lf, self.bare_lf.is_some());
        let note = self.bare_lf.filter(|_| !told);
        if let Some((request, line)) = note {
            Found::new(request, notes).push(Note::BareLf { line, met });
        }
        note.is_some()
    }

    /// The connection is something else from now on.
    pub(super) fn stop(&mut self) {
        self.state = State::Through;
        self.body = None;
    }
}
