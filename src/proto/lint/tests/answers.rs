//! What servers answer, and what is noted of it.

use super::{
    Foreign, Framing, Next, Note, OK, SILENCE, Talk, Talker, Unfinished, complete, status,
};

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
    assert_eq!(talk.notes()[2..], [Note::BehindTheLast]);
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
