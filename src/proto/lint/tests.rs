//! Conversations over HTTP as beginners have them, and what is noted.

mod answers;
mod property;
mod requests;

use std::time::Duration;

use super::{
    Cause, Foreign, Framing, LONG_SILENCE, Lint, LintKind, Met, NOTES_MAX, Next, Note, SILENCE,
    Talker, Unfinished,
};
use crate::proto::direction::Direction;

/// A conversation and what was noted of it.
struct Talk {
    lint: Lint,
    notes: Vec<Note>,
}

impl Talk {
    fn new(kind: LintKind) -> Self {
        Self { lint: Lint::new(kind), notes: Vec::new() }
    }

    fn http() -> Self {
        Self::new(LintKind::Http)
    }

    fn sent(mut self, text: &str) -> Self {
        self.lint.sent(text.as_bytes(), &mut self.notes);
        self
    }

    fn received(mut self, text: &str) -> Self {
        self.lint.received(text.as_bytes(), &mut self.notes);
        self
    }

    fn silent(mut self, since: Duration) -> Self {
        self.lint.silent(since, &mut self.notes);
        self
    }

    fn we_end(mut self) -> Self {
        self.lint.ended(Direction::Sent, &mut self.notes);
        self
    }

    fn it_ends(mut self) -> Self {
        self.lint.ended(Direction::Received, &mut self.notes);
        self
    }

    /// What was noted since the last time.
    fn notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

fn status(status: u16, request: u64) -> Note {
    Note::Status { status, cause: Cause::Request(request) }
}

/// Of a request that is not the first.
fn of(request: u64, note: Note) -> Note {
    Note::OfRequest { request, note: Box::new(note) }
}

fn complete(bytes: u64, framing: Framing, next: Next) -> Note {
    Note::Complete { bytes, framing, next }
}

#[test]
fn the_walk_of_the_lesson_is_read_without_alarm() {
    let answer = "HTTP/1.1 405 METHOD NOT ALLOWED\r\nServer: Werkzeug/3.0 Python/3.11\r\n\
                  Allow: POST, OPTIONS\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n";
    let mut talk = Talk::http().sent("GET /login  HTTP/1.1\n").sent("Host: localhost\n");
    assert_eq!(talk.notes(), [Note::SecondSpace]);
    talk = talk.sent("\n").received(answer);
    let tells = Note::Tells {
        header: "Server",
        value: b"Werkzeug/3.0 Python/3.11".to_vec(),
        version: true,
    };
    let allow = Note::Allow { methods: b"POST, OPTIONS".to_vec() };
    let end = complete(3, Framing::Length, Next::ServerCloses);
    let bare_lf = Note::BareLf { line: 1, met: Met::Answer };
    assert_eq!(talk.notes(), [status(405, 1), allow, tells, bare_lf, end]);
    assert_eq!(talk.it_ends().notes(), []);

    let form = "POST /login HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\n\
                Content-Length: 34\n\nusername=jane.doe&password=secret\n";
    let mut talk = Talk::http().sent(form);
    assert_eq!(talk.notes(), [Note::EnterInForm { length: 34, line_end: 1 }]);
}

#[test]
fn one_enter_too_few_is_said_after_a_while_and_again_much_later() {
    let mut talk = Talk::http().sent("GET / HTTP/1.1\n").silent(SILENCE).silent(SILENCE);
    let unfinished = |lines, met| Note::HeadUnfinished { lines, line_begun: false, met };
    assert_eq!(talk.notes(), [unfinished(1, Met::Silence)]);
    talk = talk.sent("Host: a\n").silent(SILENCE);
    assert_eq!(talk.notes(), []);
    assert_eq!(talk.silent(LONG_SILENCE).notes(), [unfinished(2, Met::Silence)]);

    let begun = Note::HeadUnfinished { lines: 0, line_begun: true, met: Met::End };
    assert_eq!(Talk::http().sent("GET / HTTP/1.1").we_end().notes(), [begun]);
}

#[test]
fn lf_alone_is_said_once_and_at_once_where_the_server_is_silent() {
    let request = "GET / HTTP/1.1\nHost: a\n\n";
    let mut talk = Talk::http().sent(request).silent(SILENCE).silent(LONG_SILENCE);
    assert_eq!(talk.notes(), [Note::BareLf { line: 1, met: Met::Silence }]);
    talk = talk.received(OK);
    assert_eq!(talk.notes(), [status(200, 1), complete(2, Framing::Length, Next::Stays)]);
    talk = talk.sent(request).silent(SILENCE);
    assert_eq!(talk.notes(), [Note::NoAnswerYet]);
    talk = talk.received(OK);
    assert_eq!(talk.notes(), [status(200, 2), complete(2, Framing::Length, Next::Stays)]);
    assert_eq!(talk.it_ends().notes(), [Note::EndedUnsaid { after_us: false }]);

    let mut talk = Talk::http().sent(request).it_ends();
    let bare_lf = Note::BareLf { line: 1, met: Met::End };
    assert_eq!(talk.notes(), [Note::EndedWithoutAnswer { first: 1, requests: 1 }, bare_lf]);
}

#[test]
fn the_first_line_decides() {
    let mut talk = Talk::new(LintKind::Auto).received("220 hi\r\n").sent("get / HTTP/1.1\n");
    let greeting = Foreign::Greeting { text: b"220 hi".to_vec() };
    let method = Note::MethodCase { method: b"get".to_vec() };
    assert_eq!(talk.notes(), [method, Note::Foreign(greeting)]);
    for (first, noted) in [
        ("\nGET / HTTP/1.1\nHost: a\n", "head_unfinished"),
        ("\r\n\r\nget / HTTP/1.1\r\n", "method_case"),
        ("GET\n", "no_version"),
        ("/hello\n", "not_a_request"),
    ] {
        let mut talk = Talk::new(LintKind::Auto).sent(first).silent(SILENCE);
        assert_eq!(talk.notes().first().map(Note::name), Some(noted), "{first:?}");
    }
    let mut talk = Talk::new(LintKind::Auto).sent("\nEHLO me\n").received(OK).silent(SILENCE);
    assert!(talk.lint.is_off() && talk.notes().is_empty());
}

#[test]
fn a_paste_that_lacks_something_is_said_once() {
    let mut talk = Talk::http().sent("GET / HTTP/1.0\nA: b\n\n");
    talk.lint.pasted(3, &mut talk.notes);
    assert_eq!(talk.notes(), []);
    talk = talk.sent("GET / HTTP/1.0\nA: b\nC: d\n");
    talk.lint.pasted(3, &mut talk.notes);
    talk.lint.pasted(2, &mut talk.notes);
    assert_eq!(talk.notes(), [Note::Pasted { lines: 3 }]);
}

#[test]
fn notes_end() {
    let mut talk = Talk::http().sent(&"x\n".repeat(100_000));
    let notes = talk.notes();
    assert_eq!((notes.len(), notes.last()), (NOTES_MAX + 1, Some(&Note::Enough)));
    assert!(talk.lint.is_off());
}
