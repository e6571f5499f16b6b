//! Requests by themselves: heads, bodies, and what is wrong in them.

use super::super::json::{JsonError, JsonFault};
use super::super::{BodySize, Looks};
use super::{Met, Note, OK, SILENCE, Talk, Talker, of};
use crate::proto::lint::LONG_SILENCE;

/// The notes of a request by itself, its lines ended with CR LF, at the end of input.
fn of_request(request: &str) -> Vec<Note> {
    Talk::http().sent(&request.replace('\n', "\r\n")).we_end().notes()
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
        (" ", Note::BlankLine { line }),
        (" more", Note::Folded { side: Talker::Client, line }),
        ("host: b", Note::SecondHost { line }),
        ("Content-Length: 1x", Note::LengthNotNumber { side, line, value: b"1x".to_vec() }),
        ("X: \x1b[A", Note::Control { line, byte: 0x1b }),
        ("Transfer-Encoding: gzip", Note::Coding { value: b"gzip".to_vec() }),
    ] {
        assert_eq!(get(&format!("Host: a\n{text}\n")), [note], "{text}");
    }
    // a length that is none is all that is wrong
    for (length, note) in [
        ("9".repeat(20), Note::LengthTooLarge { line, value: b"9".repeat(20) }),
        ("x".into(), Note::LengthNotNumber { side, line, value: b"x".to_vec() }),
    ] {
        let fields = format!("Content-Length: {length}\nContent-Type: a/b\n");
        assert_eq!(of_body(&fields, "hello"), [note]);
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
fn an_empty_line_too_early_is_named() {
    const FORM: &str = "username=student&password=welcome";
    let kind = "Content-Type: application/x-www-form-urlencoded\n";
    let length = "Content-Length: 33\n";
    let header = |line| Note::HeaderBehindHead { line };
    let post = "POST /login HTTP/1.1\nHost: l\n";
    assert_eq!(of_request(&format!("{post}\n{length}{kind}\n{FORM}")), [header(4)]);
    assert_eq!(of_request(&format!("{post}\n\n{length}{kind}\n{FORM}")), [header(5)]);
    assert_eq!(of_request(&format!("{post}{length}\n{kind}\n{FORM}")), [header(5)]);
    assert_eq!(of_request(&format!("{post}{kind}\n{length}\n{FORM}")), [header(5)]);
    assert_eq!(of_request("GET /hello HTTP/1.1\n\nHost: l\n\n"), [Note::NoHost, header(3)]);
    // a letter may begin like that
    let mail = format!("{post}Content-Type: message/rfc822\nContent-Length: 7\n\nFrom: x");
    assert_eq!(of_request(&mail), []);
}

#[test]
fn a_body_in_the_head_is_named() {
    let body = |line| Note::BodyInHead { line };
    let post = "POST / HTTP/1.1\nHost: l\n";
    for (fields, text) in [
        ("Content-Length: 33\n", "username=student&password=welcome\n"),
        ("Content-Length: 33\n", "username=student&password=a:b\n"),
        ("Content-Type: a/b\n", "{\"id\": 5150, \"name\": \"student\"}\n"),
        ("Content-Type: a/b\n", "[\n  1,\n  \"a b\"\n]\n"),
    ] {
        let request = format!("{post}{fields}{text}");
        assert_eq!(of_request(&request), [body(4)], "{text}");
        // no Enter is missing that would mend it
        let silent = Talk::http().sent(&request).silent(SILENCE).silent(LONG_SILENCE).notes();
        assert_eq!(silent, [body(4)], "{text}");
    }
    let late = of_request(&format!("{post}a=b\nContent-Length: 3\n\na=b"));
    assert_eq!(late, [body(3), Note::NoContentType { looks: Looks::Form }]);
    for text in ["Host=l", "Content-Type=a/b", "a b=c"] {
        let noted = of_request(&format!("{post}Content-Length: 0\n{text}\n\n"));
        assert_eq!(noted, [Note::NoColon { line: 4, text: text.as_bytes().to_vec() }]);
    }
    let get = of_request("GET / HTTP/1.1\nHost: l\na=b\n\n");
    assert_eq!(get, [Note::NoColon { line: 3, text: b"a=b".to_vec() }]);
}

#[test]
fn lines_are_those_of_their_request() {
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut talk = Talk::http().sent(get).sent("get / HTTP/1.1\r\nHost a\r\n\r\n").sent(get);
    let method = Note::MethodCase { method: b"get".to_vec() };
    let colon = Note::NoColon { line: 2, text: b"Host a".to_vec() };
    assert_eq!(talk.notes(), [of(2, method), of(2, colon), of(2, Note::NoHost)]);
    let (line, met) = (1, Met::Silence);
    talk = talk.sent("GET / HTTP/1.1\n").silent(SILENCE);
    let unfinished = Note::HeadUnfinished { lines: 1, line_begun: false, met };
    assert_eq!(talk.notes(), [of(4, unfinished)]);
    talk = talk.sent("Host: a\n\n").silent(SILENCE);
    assert_eq!(talk.notes(), [of(4, Note::BareLf { line, met })]);
    // what is wrong behind one is of that one
    let mut talk = Talk::http().sent(get).sent("hello\r\n").sent(get);
    let size = BodySize { bytes: 5, line_end: 2 };
    let guess = Note::NoContentType { looks: Looks::Other };
    assert_eq!(talk.notes(), [Note::BodyWithoutLength { size }, guess]);
}
