//! `--fill` and `--escapes`: what becomes of a text that is piped or typed, and what is not sent.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::UdpSocket;

use common::peer::{accept, is_at_end, tcp_listener};
use common::process::{Input, Program};
use common::proxy::take;
use common::terminal::Terminal;
use common::{DEADLINE, pattern, under_test};

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// What arrives of a text that is piped, and how `nc` ended.
fn piped(args: &[&str], text: &[u8]) -> (Vec<u8>, String, String) {
    let (listener, port) = tcp_listener();
    let program = nc(args).args(["127.0.0.1", &port.to_string()]).env("WHO", "a=b\n");
    let mut running = program.input(Input::Regular(text.to_vec())).start();
    let mut stream = accept(&listener);
    let mut seen = Vec::new();
    // one that fails may say so by a reset
    let _ = stream.read_to_end(&mut seen);
    drop(stream);
    let status = running.wait_end();
    (seen, status, running.said())
}

#[test]
fn a_body_is_counted_as_it_is_sent() {
    for (args, text, sent) in [
        (&["--fill"][..], "P\nL: {len}\n\nx={env:WHO}é", "P\nL: 8\n\nx=a=b\né"),
        (&["--fill", "-C"], "L: {len}\n\na\nb\n", "L: 6\r\n\r\na\r\nb\r\n"),
        (&["--fill", "--escapes"], "L: {len}\n\n\\x41\\n\\\\", "L: 3\n\nA\n\\"),
        (&["--fill", "-C", "--escapes"], "L: {len}\n\n\\n\n", "L: 3\r\n\r\n\n\r\n"),
        (&["--fill"], "{\"a\": {}} {{}len} {env:} {len", "{\"a\": {}} {len} {env:} {len"),
        (&["--escapes"], "{len}\\x7b\\r\\t\\0", "{len}{\r\t\0"),
        (&[], "{len}\\x41\n", "{len}\\x41\n"),
    ] {
        let (seen, status, said) = piped(args, text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&seen), sent, "{args:?} {said}");
        assert_eq!(status, "exit 0", "{args:?}: {said}");
    }
    // bytes of any kind, in many reads
    let body = pattern(700_000);
    let (seen, status, _) = piped(&["--fill"], &[b"L: {len}\n\n".as_slice(), &body].concat());
    assert!(seen == [b"L: 700000\n\n".as_slice(), &body].concat());
    assert_eq!(status, "exit 0");
    let long = vec![b'x'; 3_000_000];
    let (seen, status, said) = piped(&["--fill"], &long);
    assert!(seen == long && status == "exit 0", "without {{len}} nothing is held back: {said}");
}

#[test]
fn what_means_nothing_ends_the_run_behind_what_stands_before_it() {
    for (args, text, sent, words) in [
        (
            &["--fill"][..],
            "A: {env:NOBODY_SET_THIS}\n",
            "A: ",
            "{env:NOBODY_SET_THIS}: there is no such variable",
        ),
        (&["--fill"], "A: {len}\n", "A: ", "{len} is the length of what follows an empty line"),
        (&["--escapes"], "one\na\\q\n", "one\na", "a backslash and \"q\" are no escape"),
        (&["--escapes"], "a\\x4", "a", "the input ends within an escape"),
        (&["--escapes"], "a\\xZZ", "a", "wants two hexadecimal digits"),
    ] {
        let (seen, status, said) = piped(args, text.as_bytes());
        assert_eq!(String::from_utf8_lossy(&seen), sent, "{said}");
        assert_eq!(status, "exit 17", "{said}");
        assert!(said.contains(words) && said.starts_with("nc: what is to be sent: "), "{said}");
    }
    let text = [b"A: {len}\n\n".as_slice(), &pattern(1_100_000)].concat();
    let (seen, status, said) = piped(&["--fill"], &text);
    assert_eq!((seen, status), (b"A: ".to_vec(), "exit 17".to_owned()), "{said}");
    assert!(said.contains("a message of more than 1048576 bytes is not held back"), "{said}");
}

#[test]
fn of_a_typed_line_and_of_a_datagram_with_something_wrong_nothing_is_sent() {
    let (listener, port) = tcp_listener();
    let mut terminal = Terminal::open();
    let at = port.to_string();
    let mut running = terminal.start(nc(&["--escapes", "127.0.0.1", &at]));
    let mut peer = accept(&listener);
    terminal.press("one\rDELETE x\\q\r");
    let mut seen = Vec::new();
    peer.read_to_end(&mut seen).unwrap();
    assert_eq!(String::from_utf8_lossy(&seen), "one\n");
    assert_eq!(running.wait_end(), "exit 17", "{}", running.report());

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let program = nc(&["-u", "--escapes", "127.0.0.1", &port]);
    let mut running = program.input(Input::Regular(b"one\\q".to_vec())).start();
    assert_eq!(running.wait_end(), "exit 17", "{}", running.report());
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0; 9]).is_err(), "a part of a message");
}

#[test]
fn an_empty_line_or_the_end_of_input_ends_a_body_that_is_typed() {
    let (listener, port) = tcp_listener();
    let mut terminal = Terminal::open();
    let at = port.to_string();
    let mut running = terminal.start(nc(&["-C", "--fill", "127.0.0.1", &at]));
    let mut peer = accept(&listener);
    terminal.press("POST / HTTP/1.1\rLength: {len}\r\ra=1\rb\r\r");
    take(&mut peer, b"POST / HTTP/1.1\r\nLength: 6\r\n\r\na=1\r\nb");
    peer.write_all(b"an answer\n").unwrap();
    terminal.wait_screen("an answer\n");
    terminal.press("GET / HTTP/1.1\r\r");
    take(&mut peer, b"GET / HTTP/1.1\r\n\r\n");
    terminal.press("L: {len}\r\rc\x04\x04");
    take(&mut peer, b"L: 1\r\n\r\nc");
    assert!(is_at_end(&peer), "no half-close");
    drop(peer);
    running.succeeds();
}

#[test]
fn a_message_may_be_a_datagram() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let program = nc(&["-u", "-q", "1", "--fill", "--escapes", "127.0.0.1", &port]);
    let mut running = program.input(Input::Regular(b"{len}\n\n\\x00ab".to_vec())).start();
    let mut seen = Vec::<u8>::new();
    while seen.len() < 6 {
        let mut buffer = [0; 64];
        let count = socket.recv(&mut buffer).unwrap();
        seen.extend(&buffer[..count]);
    }
    assert_eq!(seen, b"3\n\n\0ab");
    running.succeeds();
}

#[test]
fn now_is_a_date_of_http() {
    use netcat::proto::certificate::Timestamp;
    use std::time::{Duration, SystemTime};

    let before = SystemTime::now();
    let (seen, status, said) = piped(&["--fill"], b"Date: {now}\n");
    assert_eq!(status, "exit 0", "{said}");
    let seen = String::from_utf8(seen).unwrap();
    let mut second = before;
    while seen != format!("Date: {}\n", Timestamp::from(second).http_date()) {
        assert!(second <= SystemTime::now(), "no second since then: {seen}");
        second += Duration::from_secs(1);
    }
}
