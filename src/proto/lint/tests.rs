//! Conversations over HTTP as beginners have them, and what is noted.

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
fn each_answer_belongs_to_its_request() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    let request = |method: &str| format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut talk = Talk::http()
        .sent(&(request("HEAD") + &request("GET") + &request("GET")))
        .received(&[head, OK, "HTTP/1.1 100 Continue\r\n\r\n", chunked].concat());
    let stays = |bytes, framing| complete(bytes, framing, Next::Stays);
    let expected = [
        status(200, 1),
        stays(0, Framing::NoBody),
        status(200, 2),
        stays(2, Framing::Length),
        status(100, 3),
        status(200, 3),
        stays(2, Framing::Chunked),
    ];
    assert_eq!(talk.notes(), expected);
    assert_eq!(talk.silent(SILENCE).notes(), []);
}

#[test]
fn who_closes_and_why_is_said() {
    for (request, answer, next) in [
        ("GET / HTTP/1.0\r\n\r\n", OK, Next::OldVersion),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", OK, Next::WeAskedToClose),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", OK, Next::Stays),
    ] {
        let mut talk = Talk::http().sent(request).received(answer);
        assert_eq!(talk.notes().last(), Some(&complete(2, Framing::Length, next)));
    }
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut talk = Talk::http().sent(request).received("HTTP/1.1 200 OK\r\n\r\nhello");
    assert_eq!(talk.notes(), [status(200, 1)]);
    talk = talk.it_ends();
    assert_eq!(talk.notes(), [complete(5, Framing::Close, Next::ServerCloses)]);

    let close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let mut talk = Talk::http().sent(request).received(close).sent(request).sent(request);
    assert_eq!(talk.notes()[2..], [of(2, Note::BehindTheLast)]);
    assert_eq!(talk.it_ends().notes(), []);
    // and who had asked before that
    let requests = |requests| Note::EndedWithoutAnswer { first: 2, requests };
    let mut talk = Talk::http().sent(request).sent(request).received(close).it_ends();
    assert_eq!(talk.notes()[2..], [requests(1)]);
    let mut talk = Talk::http().sent(&request.repeat(3)).received(OK).it_ends();
    assert_eq!(talk.notes()[2..], [requests(2)]);
}

#[test]
fn nothing_is_waited_for_behind_the_end() {
    for (request, unanswered) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: a\r\n", true),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\n", true),
        ("", false),
    ] {
        let mut talk = Talk::http().sent(request).it_ends();
        let unanswered = unanswered.then_some(Note::EndedWithoutAnswer { first: 1, requests: 1 });
        assert_eq!(talk.notes(), unanswered.into_iter().collect::<Vec<_>>(), "{request}");
        assert_eq!(talk.silent(SILENCE).silent(LONG_SILENCE).we_end().notes(), [], "{request}");
    }
}

#[test]
fn an_answer_to_no_request_is_said_to_be_one() {
    let other = |status, cause| Note::Status { status, cause };
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let not_found = OK.replace("200 OK", "404 x");
    let mut talk = Talk::http().sent(request).received(&(OK.to_owned() + &not_found));
    assert_eq!(talk.notes()[2], other(404, Cause::Nothing));
    // the numbers of requests go on
    assert_eq!(talk.sent(request).received(OK).notes()[0], status(200, 2));
    assert_eq!(Talk::http().received(OK).notes()[0], other(200, Cause::Nothing));

    for beyond in ["hello\r\n", "\r\nhello"] {
        let mut talk = Talk::http().sent(&(request.to_owned() + beyond)).received(OK);
        talk.notes();
        assert_eq!(talk.received(&not_found).notes()[0], other(404, Cause::Beyond), "{beyond}");
    }
    let mut talk = Talk::http().sent(&(request.to_owned() + "\r\n")).received(OK);
    talk.notes();
    assert_eq!(talk.received(&not_found).notes()[0], other(404, Cause::Nothing));
    // a server that has read one line as a request
    let mut talk = Talk::http().sent("GET / HTTP/1.1\r\n").received(OK).sent("Host: a\r\n");
    talk.notes();
    assert_eq!(talk.received(&not_found).notes()[0], other(404, Cause::Beyond));
}

#[test]
fn an_answer_that_is_not_whole_is_cut() {
    let talk = || Talk::http().sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello";
    let mut waits = talk().received(short).silent(SILENCE);
    let part = Unfinished::Length { bytes: 5, length: 9 };
    assert_eq!(waits.notes()[1..], [Note::AnswerWaits(part)]);
    assert_eq!(waits.it_ends().notes(), [Note::Cut(part)]);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n";
    let notes = talk().received(chunked).it_ends().notes();
    assert_eq!(notes[1..], [Note::Cut(Unfinished::Chunks { bytes: 2 })]);
    for (head, lines) in [("HTTP/1.1 200 O", 0), ("HTTP/1.1 200 OK\r\nServer: x\r\nCont", 2)] {
        let part = Unfinished::Head { lines };
        let mut waits = talk().received(head).silent(SILENCE).silent(LONG_SILENCE);
        assert_eq!(waits.notes(), [Note::AnswerWaits(part)], "{head}");
        assert_eq!(waits.it_ends().notes(), [Note::Cut(part)], "{head}");
    }
    // the second one is no shorter than the first
    let mut second = talk().received(OK).sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    second = second.received("HTTP/1.1 200 O").it_ends();
    assert_eq!(second.notes()[2..], [Note::Cut(Unfinished::Head { lines: 0 })]);
}

#[test]
fn what_is_beyond_an_answer_is_counted() {
    const HI: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    const CHUNKS: &str =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    const NOT_CHANGED: &str = "HTTP/1.1 304 x\r\n\r\n";
    let beyond = |bytes, framing, status| Note::Beyond { bytes, framing, status };
    for (method, answer, rest, note) in [
        ("GET", HI, " world", beyond(6, Framing::Length, 200)),
        ("GET", HI, "\r\nworld\r\n", beyond(9, Framing::Length, 200)),
        ("GET", HI, "a\nb\nc", beyond(5, Framing::Length, 200)),
        ("GET", CHUNKS, "more", beyond(4, Framing::Chunked, 200)),
        ("GET", NOT_CHANGED, "page\n", beyond(5, Framing::NoBody, 304)),
        ("HEAD", HI, "", beyond(2, Framing::NoBody, 200)),
    ] {
        let request = format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
        let begins = || Talk::http().sent(&request).received(answer).received(rest);
        for mut talk in [begins().silent(SILENCE).silent(SILENCE), begins().it_ends()] {
            assert_eq!(talk.notes()[2], note, "{answer:?}");
        }
        // the next answer is read
        let mut talk = begins().sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(HI);
        let next = [note, status(200, 2), complete(2, Framing::Length, Next::Stays)];
        assert_eq!(talk.notes()[2..], next, "{answer:?}");
    }
    // a line end too much is none
    let mut talk = Talk::http().sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n").received(HI);
    talk = talk.received("\r\n").silent(SILENCE);
    assert_eq!(talk.notes()[2..], []);
}

#[test]
fn a_coding_is_too_new_for_the_version() {
    let mut talk = Talk::http()
        .sent("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        .received("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    let too_old = |side| Note::CodingTooOld { side };
    let end = complete(0, Framing::Chunked, Next::OldVersion);
    let notes = [too_old(Talker::Client), status(200, 1), too_old(Talker::Server), end];
    assert_eq!(talk.notes(), notes);
}

#[test]
fn what_is_no_http_is_said_and_then_left_alone() {
    let mut talk = Talk::http().sent("GET /hello\r\n").received("Hello\n").it_ends();
    let not_http = Note::NotHttp { text: b"Hello".to_vec(), no_version_asked: true };
    assert_eq!(talk.notes(), [Note::NoVersion, not_http]);

    let alert = "\x15\x03\x03\0\x02\x02F";
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut talk = Talk::http().sent(request).received(alert).it_ends();
    assert_eq!(talk.notes(), [Note::Foreign(Foreign::TlsAlert { description: 70 })]);

    let page = "HTTP/1.1 400 Bad Request\r\nContent-Length: 48\r\n\r\n\
                The plain HTTP request was sent to HTTPS port...";
    let mut talk = Talk::http().sent(request).received(page);
    let end = complete(48, Framing::Length, Next::Stays);
    assert_eq!(talk.notes(), [status(400, 1), Note::Foreign(Foreign::PlainOnTlsPort), end]);
}

#[test]
fn an_answer_before_its_request_is_early() {
    let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let mut talk = Talk::http().sent("GET / HTTP/1.1\r\n").received(bad).sent("Host: a\r\n\r\n");
    let end = complete(0, Framing::Length, Next::ServerCloses);
    assert_eq!(talk.notes(), [Note::Early, status(400, 1), end]);
    assert_eq!(talk.it_ends().notes(), []);

    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\n";
    let mut talk = Talk::http().sent(head).received(bad).sent("123456789");
    assert_eq!(talk.notes()[..2], [Note::Early, status(400, 1)]);
}

#[test]
fn a_tunnel_or_another_protocol_is_not_read() {
    let mut talk = Talk::http()
        .sent("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n")
        .received("HTTP/1.1 101 Switching Protocols\r\n\r\n\x01\n\n")
        .sent("\x02\n")
        .it_ends();
    assert_eq!(talk.notes(), [status(101, 1), complete(0, Framing::NoBody, Next::Changes)]);
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
