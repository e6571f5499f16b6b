//! Conversations over HTTP as beginners have them, and what is noted.

mod answers;

use std::time::Duration;

use proptest::prelude::*;

use super::json::{JsonError, JsonFault};
use super::{
    BodySize, Foreign, Framing, LONG_SILENCE, Lint, LintKind, Looks, Met, NOTES_MAX, Next, Note,
    SILENCE, Talker, Unfinished,
};
use crate::proto::direction::Direction;
use crate::proto::fuzz;

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
    Note::Status { status, request }
}

fn complete(bytes: u64, framing: Framing, next: Next) -> Note {
    Note::Complete { bytes, framing, next }
}

/// The notes of a request by itself, its lines ended with CR LF, at the end of input.
fn of_request(request: &str) -> Vec<Note> {
    Talk::http().sent(&request.replace('\n', "\r\n")).we_end().notes()
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
    assert_eq!(talk.notes(), [Note::EndedWithoutAnswer { requests: 1 }, bare_lf]);
}

#[test]
fn heads_are_read_line_by_line() {
    let get = |lines: &str| of_request(&format!("GET / HTTP/1.1\n{lines}\n"));
    assert_eq!(get("Host: a\n"), []);
    assert_eq!(get(""), [Note::NoHost]);
    assert_eq!(of_request("GET / HTTP/1.0\n\n"), []);
    let (side, line) = (Talker::Client, 3);
    for (text, note) in [
        ("Accept : x", Note::SpaceBeforeColon { line, name: b"Accept".to_vec() }),
        ("Accept x", Note::NoColon { line, text: b"Accept x".to_vec() }),
        ("My Name: x", Note::HeaderName { line, name: b"My Name".to_vec() }),
        (": x", Note::HeaderName { line, name: Vec::new() }),
        (" more", Note::Folded { side: Talker::Client, line }),
        ("host: b", Note::SecondHost { line }),
        ("Content-Length: 1x", Note::LengthNotNumber { side, line, value: b"1x".to_vec() }),
        ("X: \x1b[A", Note::Control { line, byte: 0x1b }),
        ("Transfer-Encoding: gzip", Note::Coding { value: b"gzip".to_vec() }),
    ] {
        assert_eq!(get(&format!("Host: a\n{text}\n")), [note], "{text}");
    }
    let long = format!("Host: a\nX: {}\n", "x".repeat(9000));
    assert_eq!(get(&long), [Note::LongLine { line: 3, bytes: 9003, most: 8190 }]);
}

#[test]
fn requests_that_two_servers_read_in_two_ways_are_noted() {
    let two = of_request(
        "POST / HTTP/1.1\nHost: a\nContent-Type: a/b\nContent-Length: 3\nContent-Length: 4\n\nabc",
    );
    assert_eq!(two, [Note::TwoLengths { side: Talker::Client, first: 3, second: 4 }]);
    let both = of_request(
        "POST / HTTP/1.1\nHost: a\nContent-Type: a/b\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n",
    );
    assert_eq!(both, [Note::LengthAndCoding { side: Talker::Client }]);
}

/// The notes of a body behind a head of POST, at the end of input.
fn of_body(fields: &str, body: &str) -> Vec<Note> {
    let head = format!("POST / HTTP/1.1\nHost: a\n{fields}\n").replace('\n', "\r\n");
    Talk::http().sent(&head).sent(body).we_end().notes()
}

fn size(bytes: u64, line_end: u64) -> BodySize {
    BodySize { bytes, line_end }
}

#[test]
fn a_length_that_was_advised_is_right() {
    const FORM: &str = "Content-Type: application/x-www-form-urlencoded\n";
    const JSON: &str = "Content-Type: application/json\n";
    let form = "username=student&password=welcome";
    let json = "{\"id\": 5150, \"name\": \"student\"}";
    for (fields, body, bytes) in [(FORM, form, 33), (JSON, json, 31)] {
        for end in ["\n", "\r\n"] {
            let of = |length: u64| {
                of_body(&format!("{fields}Content-Length: {length}\n"), &(body.to_owned() + end))
            };
            let line_end = end.len() as u64;
            let typed = of_body(fields, &(body.to_owned() + end));
            assert_eq!(typed, [Note::BodyWithoutLength { size: size(bytes, line_end) }]);
            assert_eq!(of(16), [Note::BodyLong { length: 16, size: size(bytes, line_end) }]);
            assert_eq!(of(bytes), []);
            // as the lesson has it
            let length = bytes + line_end;
            let enter = (fields == FORM).then_some(Note::EnterInForm { length, line_end });
            assert_eq!(of(length), enter.into_iter().collect::<Vec<_>>());
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_explained() {
    const TEXT: &str = "Content-Type: text/plain\nContent-Length: ";
    let of = |length: u64, body: &str| of_body(&format!("{TEXT}{length}\n"), body);
    assert_eq!(of(5, "hello"), []);
    assert_eq!(of(5, "hello\n"), []);
    let short = |bytes, length, fits_with_crlf| {
        vec![Note::BodyShort { bytes, length, fits_with_crlf, met: Met::End }]
    };
    assert_eq!(of(40, &"x".repeat(26)), short(26, 40, false));
    assert_eq!(of(6, "a\nb\n"), short(4, 6, true));
    assert_eq!(of(4, "hello, world\r\n"), [Note::BodyLong { length: 4, size: size(12, 2) }]);
    assert_eq!(of(7, "Jürgen\n"), []);
    assert_eq!(of(6, "Jürgen\n"), [Note::CountsLetters { length: 6, size: size(7, 1) }]);
    assert_eq!(of(6, "Jürgens\n"), [Note::BodyLong { length: 6, size: size(8, 1) }]);
    assert_eq!(of(7, "Jürgens\n"), [Note::CountsLetters { length: 7, size: size(8, 1) }]);
    assert_eq!(of(6, "a\r\nb\r\nc\r\n"), [Note::GrownByCrlf { length: 6, size: size(7, 2) }]);
    // the next request is one
    assert_eq!(of(5, "hello\r\nGET / HTTP/1.0\r\n\r\n"), []);
    assert_eq!(of(5, "helloGET / HTTP/1.0\r\n\r\n"), []);
}

#[test]
fn a_body_says_what_it_is_and_how_long() {
    let body = of_body("", "name=joe");
    let no_type = |looks| Note::NoContentType { looks };
    assert_eq!(body, [Note::BodyWithoutLength { size: size(8, 0) }, no_type(Looks::Form)]);
    assert_eq!(of_body("", ""), [Note::NoLength { method: "POST" }]);
    assert_eq!(of_body("Content-Length: 2\n", "{}"), [no_type(Looks::Json)]);
    assert_eq!(of_body("Content-Length: 3\n", "a=b"), [no_type(Looks::Form)]);
    let with_enter = of_body("Content-Length: 4\n", "a=b\n");
    assert_eq!(with_enter, [no_type(Looks::Form), Note::EnterInForm { length: 4, line_end: 1 }]);
    // a server that has answered was told of no body
    let mut talk = Talk::http().sent("POST / HTTP/1.1\r\nHost: a\r\n\r\n").received(OK);
    assert_eq!(talk.notes()[0], Note::NoLength { method: "POST" });
    talk = talk.sent("name=joe\r\n").silent(SILENCE);
    assert_eq!(talk.notes()[0], Note::BodyWithoutLength { size: size(8, 2) });
    assert_eq!(talk.silent(LONG_SILENCE).we_end().notes(), []);
}

#[test]
fn json_is_read_where_it_is_said_to_be_json() {
    const JSON: &str = "Content-Type: application/json; charset=utf-8\nContent-Length: ";
    let of = |length: u64, body: &str| of_body(&format!("{JSON}{length}\n"), body);
    assert_eq!(of(7, "{\"a\":1}"), []);
    let json = |line, column, fault| Note::Json(JsonError { line, column, fault });
    assert_eq!(of(7, "{'a':1}"), [json(1, 2, JsonFault::SingleQuote)]);
    assert_eq!(of(6, "{\"a\":1"), [json(1, 7, JsonFault::Unfinished)]);
    // its end is beyond the length: that is what is wrong
    assert_eq!(of(6, "{\"a\":1}"), [Note::BodyLong { length: 6, size: size(7, 0) }]);
    let chunked = "Content-Type: application/json\nTransfer-Encoding: chunked\n";
    assert_eq!(of_body(chunked, "2\r\n{]\r\n0\r\n\r\n"), [json(1, 2, JsonFault::BareName)]);
    assert_eq!(of_body(chunked, "2\r\n{}\r\n0\r\n\r\n"), []);
    let waits = Note::ChunksUnfinished { bytes: 2, met: Met::End };
    assert_eq!(of_body(chunked, "2\r\n{}\r\n"), [waits]);
    let broken = Note::BrokenChunk { side: Talker::Client, bytes: 0 };
    assert_eq!(of_body(chunked, "{}\r\n"), [broken]);
}

#[test]
fn the_first_line_decides() {
    let mut talk = Talk::new(LintKind::Auto).received("220 hi\r\n").sent("get / HTTP/1.1\n");
    let greeting = Foreign::Greeting { text: b"220 hi".to_vec() };
    let method = Note::MethodCase { method: b"get".to_vec() };
    assert_eq!(talk.notes(), [method, Note::Foreign(greeting)]);
    let mut talk = Talk::new(LintKind::Auto).sent("EHLO me\n").received(OK).silent(SILENCE);
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

/// Talk that is rich in what is looked at.
fn talk() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n",
        b"POST /a  HTTP/1.0\n",
        b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"get /x y\n",
        b"Host: a\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 12\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Type: application/json\r\n",
        b"Connection: close\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"name=J\xc3\xbcrgen&x=y\n",
        b"{\"a\":1}",
        b"{'a'}",
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 405 x\n",
        b"HTTP/1.1 100 x\r\n\r\n",
        b"HTTP/1.1 101 x\r\n\r\n",
        b"Server: nginx\r\n",
        b"SSH-2.0-x\r\n",
        b"220 mx\r\n",
        b"354 go\r\n",
        b"DATA\r\n",
        b".\r\n",
        b"*1\r\n$4\r\nPING\r\n",
        b"$-1\r\n",
        b"-ERR x\r\n",
        b"\x15\x03\x03\0\x02\x02\x0a",
        b"\xff\xfd\x18",
        b"\xf8",
        b"\xf8",
        b"\xf9",
        b"\xfa",
        b"\xfb",
        b"hello",
        b" ",
        b"\x1b[A",
    ];
    let word = prop_oneof![
        8 => prop::sample::select(words).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(word, 0..30).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_conversation(kind in 0..4_u8, seed in any::<u8>(), talk in talk()) {
        fuzz::lint(&[&[kind, seed], &talk[..]].concat());
    }
}
