//! GET, HEAD and POST: what the origin server gets, and what the client gets back.

use std::io::Write;
use std::net::TcpStream;

use crate::common::peer::{accept, tcp_listener};
use crate::common::{pattern, show};
use crate::server::{Server, Told, all, exactly, finish, head, until_reset};

/// What the client says behind `http://127.0.0.1:PORT`, what the origin server gets of it up to
/// `Via`, what it answers, and what the client gets.
struct Row {
    method: &'static str,
    rest: &'static str,
    forwarded: &'static str,
    answer: &'static str,
    returned: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        method: "GET",
        rest: "/p?q HTTP/1.1\r\nHost: elsewhere\r\nAccept: */*\r\nConnection: X-A\r\nX-A: b\r\n\
               Proxy-Connection: keep-alive\r\n\r\n",
        forwarded: "GET /p?q HTTP/1.0\r\nAccept: */*\r\nHost: HERE\r\n",
        answer: "HTTP/1.1 200 All right\r\nContent-Length: 4\r\nKeep-Alive: x\r\n\r\nbodyrest",
        returned: "HTTP/1.0 200 All right\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody",
    },
    Row {
        method: "GET",
        rest: " HTTP/1.0\r\n\r\n",
        forwarded: "GET / HTTP/1.0\r\nHost: HERE\r\n",
        answer: "HTTP/1.0 404 None\r\n\r\nup to the end",
        returned: "HTTP/1.0 404 None\r\nConnection: close\r\n\r\nup to the end",
    },
    Row {
        method: "GET",
        rest: "/ HTTP/1.0\r\nContent-Length: 3\r\n\r\nabcdef",
        forwarded: "GET / HTTP/1.0\r\nContent-Length: 3\r\nHost: HERE\r\n",
        answer: "HTTP/1.0 200 OK\r\n\r\nabc",
        returned: "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nabc",
    },
    Row {
        method: "HEAD",
        rest: "/ HTTP/1.0\r\n\r\n",
        forwarded: "HEAD / HTTP/1.0\r\nHost: HERE\r\n",
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 4711\r\n\r\n",
        returned: "HTTP/1.0 200 OK\r\nContent-Length: 4711\r\nConnection: close\r\n\r\n",
    },
    Row {
        method: "POST",
        rest: "/ HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody",
        forwarded: "POST / HTTP/1.0\r\nContent-Length: 4\r\nHost: HERE\r\n",
        answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        returned: "HTTP/1.0 204 No Content\r\nConnection: close\r\n\r\n",
    },
    Row {
        method: "POST",
        rest: "/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        forwarded: "POST / HTTP/1.0\r\nContent-Length: 0\r\nHost: HERE\r\n",
        answer: "HTTP/1.1 304 \r\nContent-Length: 9\r\n\r\n",
        returned: "HTTP/1.0 304 \r\nContent-Length: 9\r\nConnection: close\r\n\r\n",
    },
];

fn request(row: &Row, port: u16) -> String {
    format!("{} http://127.0.0.1:{port}{}", row.method, row.rest)
}

/// A client that has asked, and the origin server, which has read the head.
fn asked(server: &Server, request: &str) -> (TcpStream, TcpStream, String) {
    let (listener, port) = tcp_listener();
    let client = server.told(request.replace("PORT", &port.to_string()).as_bytes());
    let mut origin = accept(&listener);
    let head = head(&mut origin);
    (client, origin, head)
}

#[test]
fn heads_are_written_anew_and_bodies_pass_as_they_are() {
    let server = Server::http();
    for row in ROWS {
        let (listener, port) = tcp_listener();
        let request = request(row, port);
        let mut client = server.told(request.as_bytes());
        let mut origin = accept(&listener);
        let forwarded = head(&mut origin);
        let (before, after) = forwarded.split_once("Via: 1.").expect("a Via");
        assert_eq!(before, row.forwarded.replace("HERE", &format!("127.0.0.1:{port}")));
        assert!(after.ends_with("\r\nConnection: close\r\n\r\n"), "{after}");
        let length = before
            .split_once("Content-Length: ")
            .and_then(|(_, rest)| rest.lines().next())
            .map_or(0, |digits| digits.parse().expect("a length"));
        let sent = request.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(exactly(&mut origin, length), &sent.as_bytes()[..length]);
        origin.write_all(row.answer.as_bytes()).unwrap();
        drop(origin);
        let returned = String::from_utf8(all(&mut client)).unwrap();
        assert_eq!(returned, row.returned, "{request}");
        let status = row.returned.split("\r\n").next().unwrap()[9..].trim_end().to_owned();
        let name = format!("{} 127.0.0.1:{port}", row.method);
        assert_eq!(server.answered(), (name, status));
    }
}

#[test]
fn plenty_is_posted_and_comes_back() {
    const PLENTY: usize = 8 << 20;
    let server = Server::http();
    let body = pattern(PLENTY);
    let (listener, port) = tcp_listener();
    let head_of =
        format!("POST http://127.0.0.1:{port}/ HTTP/1.0\r\nContent-Length: {PLENTY}\r\n\r\n");
    let body_of = &body;
    std::thread::scope(|scope| {
        let mut connection = server.told(head_of.as_bytes());
        let client = scope.spawn(move || {
            connection.write_all(body_of).expect("a server that reads");
            all(&mut connection)
        });
        let mut origin = accept(&listener);
        head(&mut origin);
        let got = exactly(&mut origin, PLENTY);
        assert!(got == body, "{}", show(&got));
        origin.write_all(b"HTTP/1.0 200 OK\r\n\r\n").unwrap();
        origin.write_all(&body).unwrap();
        drop(origin);
        let got = client.join().unwrap();
        assert!(got.ends_with(&body), "{}", show(&got));
    });
}

#[test]
fn a_long_answer_is_as_long_as_it_says_or_cut_off() {
    const PLENTY: usize = 8 << 20;
    let server = Server::http();
    let body = pattern(PLENTY);
    for (said, is_whole) in [(PLENTY - 1000, true), (PLENTY, true), (PLENTY + 1, false)] {
        let (mut client, mut origin, _) =
            asked(&server, "GET http://127.0.0.1:PORT/ HTTP/1.0\r\n\r\n");
        let body = &body[..];
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let start = format!("HTTP/1.0 200 OK\r\nContent-Length: {said}\r\n\r\n");
                origin.write_all(start.as_bytes()).unwrap();
                // what is behind the end may find nobody who takes it
                let _ = origin.write_all(body);
                drop(origin);
            });
            head(&mut client);
            let got = if is_whole { all(&mut client) } else { until_reset(&mut client) };
            assert!(got == body[..said.min(PLENTY)], "{}", show(&got));
        });
        if is_whole {
            while !matches!(server.tells(), Told::Left(..)) {}
        } else {
            assert!(server.failed().contains("cut short"));
        }
    }
}

#[test]
fn an_answer_that_comes_before_the_whole_body_is_passed_on() {
    let server = Server::http();
    let (mut client, mut origin, _) =
        asked(&server, "POST http://127.0.0.1:PORT/ HTTP/1.0\r\nContent-Length: 100\r\n\r\nhalf");
    origin.write_all(b"HTTP/1.0 413 Too much\r\nContent-Length: 2\r\n\r\nno").unwrap();
    let answer = all(&mut client);
    assert!(answer.starts_with(b"HTTP/1.0 413 Too much\r\n") && answer.ends_with(b"no"));
    // nobody takes what it got for the whole body
    assert_eq!(until_reset(&mut origin), b"half");
}

#[test]
fn a_body_that_is_cut_off_is_not_taken_for_whole() {
    let server = Server::http();
    let (mut client, mut origin, _) =
        asked(&server, "POST http://127.0.0.1:PORT/ HTTP/1.0\r\nContent-Length: 100\r\n\r\nhalf");
    finish(&client);
    assert_eq!(all(&mut client), b"HTTP/1.0 400 Bad Request\r\n\r\n");
    assert_eq!(until_reset(&mut origin), b"half");
}

#[test]
fn an_answer_that_is_cut_off_is_not_taken_for_whole() {
    let server = Server::http();
    for (answer, is_reset) in [
        ("HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhalf", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhalf", true),
        ("HTTP/1.0 200 OK\r\n\r\nhalf", true),
    ] {
        let (mut client, mut origin, _) =
            asked(&server, "GET http://127.0.0.1:PORT/ HTTP/1.0\r\n\r\n");
        origin.write_all(answer.as_bytes()).unwrap();
        let start = head(&mut client);
        assert!(start.starts_with("HTTP/1.0 200 OK\r\n"));
        assert_eq!(exactly(&mut client, 4), b"half");
        if is_reset {
            crate::server::reset(origin);
        } else {
            drop(origin);
        }
        assert_eq!(until_reset(&mut client), b"");
        let error = server.failed();
        assert!(error.contains("cut short"), "{error}");
    }
    server.is_well();
}

#[test]
fn what_is_no_answer_is_a_bad_gateway() {
    let server = Server::http();
    for answer in [
        "",
        "HTTP/1.0 200 OK\r\n",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody",
        "HTTP/1.1 101 Switching\r\n\r\n",
    ] {
        let (mut client, mut origin, _) =
            asked(&server, "GET http://127.0.0.1:PORT/ HTTP/1.0\r\n\r\n");
        origin.write_all(answer.as_bytes()).unwrap();
        drop(origin);
        assert_eq!(all(&mut client), b"HTTP/1.0 502 Bad Gateway\r\n\r\n", "{answer:?}");
    }
}

#[test]
fn a_request_that_comes_back_is_a_loop() {
    let server = Server::http();
    let (mut client, mut origin, head) =
        asked(&server, "GET http://127.0.0.1:PORT/ HTTP/1.0\r\n\r\n");
    let again = head.replacen("GET /", "GET http://name.invalid/", 1);
    assert_eq!(server.says(again.as_bytes()), b"HTTP/1.0 508 Loop Detected\r\n\r\n");
    origin.write_all(b"HTTP/1.0 200 OK\r\n\r\n").unwrap();
    drop(origin);
    all(&mut client);
}

#[test]
fn a_client_that_is_gone_ends_its_request() {
    let server = Server::http();
    let (client, mut origin, _) = asked(&server, "GET http://127.0.0.1:PORT/ HTTP/1.0\r\n\r\n");
    crate::server::reset(client);
    assert_eq!(all(&mut origin), b"");
    assert_eq!(server.tells(), Told::Accepted);
    assert!(server.failed().contains("ConnectionReset"));
}
