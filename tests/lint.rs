//! `--lint` in a real process: what is noted, and that not a byte of the conversation changes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use common::peer::{accept, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::terminal::Terminal;
use common::under_test;

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A client that is fed by a pipe, and its peer.
fn client(args: &[&str]) -> (Running, TcpStream) {
    let (listener, port) = tcp_listener();
    let nc = nc(args).args(["127.0.0.1", &port.to_string()]).input(Input::Pipe);
    let running = nc.start();
    let peer = accept(&listener);
    (running, peer)
}

fn takes(peer: &mut TcpStream, expected: &str) {
    let mut seen = vec![0; expected.len()];
    peer.read_exact(&mut seen).expect("what was sent");
    assert_eq!(String::from_utf8_lossy(&seen), expected);
}

/// How notes begin that only a pause of a second makes, which a busy machine may make of any.
const OF_A_PAUSE: &[&str] = &[
    "the request is complete, and the server has not answered yet",
    "headers are not finished",
    "body ",
    "the answer is not complete",
];

/// The notes on standard error, without what each begins with, and without those of a pause.
fn notes(running: &Running) -> Vec<String> {
    let said = running.said();
    let note = |line: &str| line.strip_prefix("nc: note: ").map(str::to_owned);
    let notes = said.lines().map(|line| note(line).unwrap_or_else(|| panic!("{line}")));
    notes.filter(|note| !OF_A_PAUSE.iter().any(|begins| note.starts_with(begins))).collect()
}

#[test]
fn a_request_and_its_answer_are_noted_and_not_changed() {
    const REQUEST: &str = "get /login  HTTP/1.1\nAccept : x\n\n";
    const ANSWER: &str = "HTTP/1.1 405 METHOD NOT ALLOWED\r\nServer: Werkzeug/3.0 Python/3.11\r\n\
                          Allow: POST, OPTIONS\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n";
    let (mut running, mut peer) = client(&["--lint", "http"]);
    running.feed(REQUEST.as_bytes());
    takes(&mut peer, REQUEST);
    peer.write_all(ANSWER.as_bytes()).unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    running.end_input();
    running.succeeds();
    assert_eq!(String::from_utf8_lossy(&running.stdout), ANSWER);
    let (line_ends, notes): (Vec<_>, Vec<_>) =
        notes(&running).into_iter().partition(|note| note.contains("LF alone"));
    // which words depends on a pause before the answer
    assert_eq!(line_ends.len(), 1, "{line_ends:?}");
    assert!(line_ends[0].starts_with("line 1: "), "{line_ends:?}");
    assert_eq!(
        notes,
        [
            "line 1: methods are in capitals: GET, not get",
            "line 1: a space more than there need be; most servers read over it",
            "line 2: a space before the colon: write Accept: and not Accept :",
            "HTTP/1.1 wants a header Host: NAME (400 without it, often)",
            "405: the path is right, and the method is not",
            "allowed here: POST, OPTIONS",
            "Server: Werkzeug/3.0 Python/3.11 tells every stranger product and version",
            "answer complete: 3 bytes, as Content-Length says; the server closes now (Connection: close)",
        ]
    );
}

#[test]
fn one_who_waits_is_told_for_what_without_anything_moving() {
    let (mut running, mut peer) = client(&["--lint", "http", "-C"]);
    running.feed(b"POST / HTTP/1.1\nHost: a\nContent-Type: a/b\nContent-Length: 40\n");
    running.wait_line("nc: note: headers are not finished: send an empty line (Enter)");
    running.feed(b"\n12345678901234567890123456");
    running.wait_line("nc: note: body 26 of 40 bytes: the server waits for 14 more");
    running.feed(b"12345678901234");
    running.wait_line("nc: note: the request is complete, and the server has not answered yet");
    takes(
        &mut peer,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 40\r\n\r\n\
         1234567890123456789012345612345678901234",
    );
    running.end_input();
    drop(peer);
    running.succeeds();
    assert_eq!(running.stdout, b"");
    assert_eq!(notes(&running).last().unwrap(), "the server closed without an answer");
}

#[test]
fn the_input_that_ends_too_soon_is_noted() {
    let (mut running, mut peer) = client(&["--lint", "http"]);
    running.feed(b"POST / HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\n");
    running.feed("Jürgens\r\n".as_bytes());
    running.end_input();
    let mut all = String::new();
    peer.read_to_string(&mut all).unwrap();
    assert!(all.ends_with("Jürgens\r\n"));
    peer.write_all(b"HTTP/1.0 204 x\r\n\r\n").unwrap();
    drop(peer);
    running.succeeds();
    assert_eq!(
        notes(&running)[0],
        "Content-Length 7 counts letters, and the body has 8 bytes (10 with the Enter behind it): \
         letters that are not ASCII are 2 bytes or more"
    );
}

#[test]
fn the_other_protocols_have_notes_of_their_own() {
    let (mut running, mut peer) = client(&["--lint", "smtp"]);
    peer.write_all(b"220 mx ESMTP\r\n").unwrap();
    running.wait_line("nc: note: 220: it is ready: say EHLO and your name");
    running.feed(b"HELO me\r\nFROM me\r\n");
    running.wait_line("nc: note: line 2: no command is called FROM: try HELP");
    drop(peer);

    let (mut running, mut peer) = client(&["--lint", "redis"]);
    running.feed(b"*1\n$4\nPING\n");
    running.wait_line("nc: note: line 1: it ends with LF alone, and the server may be waiting");
    peer.write_all(b"-NOAUTH Authentication required.\r\n").unwrap();
    running.wait_line("nc: note: NOAUTH: log in first: AUTH PASSWORD");

    let (mut running, mut peer) = client(&["--lint", "redis"]);
    running.feed(b"SET key ");
    running.feed(&vec![b'x'; 64 * 1024]);
    running.feed(b"\n");
    running.wait_line("nc: note: line 1: 65544 bytes: servers take 65536 bytes at most");
    peer.write_all(b"-ERR Protocol error: too big inline request\r\n").unwrap();
    running.wait_line("nc: note: ERR: the command is wrong");
}

#[test]
fn whoever_speaks_another_protocol_is_known() {
    const TLS: &[u8] = b"\x15\x03\x03\0\x02\x02\x0a";
    const PAGE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 52\r\n\r\n\
                          The plain HTTP request was sent to HTTPS port\r\n";
    for (lint, first, note) in [
        ("http", &b"SSH-2.0-x\r\n"[..], "this is an SSH server (SSH-2.0-x): use ssh"),
        ("http", TLS, "the server speaks TLS on this port: try nc --tls"),
        ("http", b"\xff\xfd\x18", "the server negotiates telnet: try nc -t"),
        ("http", PAGE, "that is HTTP on a port for HTTPS: try nc --tls"),
        ("http", b"-ERR x\r\n", "this is a Redis server: try --lint redis"),
        ("http", b"220 mx\r\n", "this is a mail or file server: \"220 mx\""),
        ("smtp", PAGE, "the server speaks HTTP: try --lint http"),
        ("smtp", TLS, "the server speaks TLS on this port: try nc --tls"),
        ("smtp", b"SSH-2.0-x\r\n", "this is an SSH server (SSH-2.0-x): use ssh"),
        ("redis", PAGE, "the server speaks HTTP: try --lint http"),
        ("redis", TLS, "the server speaks TLS on this port: try nc --tls"),
        ("redis", b"220 mx\r\n", "this is a mail or file server: \"220 mx\""),
    ] {
        let (mut running, mut peer) = client(&["--lint", lint]);
        peer.write_all(first).unwrap();
        running.wait_line(&format!("nc: note: {note}"));
        running.wait_stdout(first.len());
        assert_eq!(running.stdout, first);
    }
}

#[test]
fn nothing_is_noted_unasked_or_of_what_is_no_http() {
    const REQUEST: &[u8] = b"get /  HTTP/1.1\n\n";
    for (args, request) in [
        (&["-v"][..], REQUEST),
        (&["--lint", "none"], REQUEST),
        (&["--lint", "auto"], b"hello\nget / HTTP/1.1\n"),
    ] {
        let (mut running, mut peer) = client(args);
        running.feed(request);
        running.end_input();
        let mut all = Vec::new();
        peer.read_to_end(&mut all).unwrap();
        assert_eq!(all, request);
        peer.write_all(b"HTTP/1.1 400 x\r\n\r\n").unwrap();
        drop(peer);
        running.succeeds();
        assert!(!running.said().contains("note"), "{args:?}: {}", running.said());
    }
}

#[test]
fn whoever_says_something_else_is_still_told_of_tls_alone() {
    for (first, note) in [
        (
            &b"\x15\x03\x03\0\x02\x02\x0a"[..],
            Some("the server speaks TLS on this port: try nc --tls"),
        ),
        (b"SSH-2.0-x\r\n", None),
    ] {
        let (mut running, mut peer) = client(&["--lint", "auto"]);
        running.feed(b"hello\n");
        takes(&mut peer, "hello\n");
        peer.write_all(first).unwrap();
        drop(peer);
        running.end_input();
        running.succeeds();
        assert_eq!(running.stdout, first);
        assert_eq!(notes(&running), note.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn large_streams_pass_whole() {
    let (mut running, mut peer) = client(&["--lint", "http"]);
    let body = common::pattern(3_000_000);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let request = [head.as_bytes(), &body].concat();
    running.feed(&request);
    let mut seen = vec![0; request.len()];
    peer.read_exact(&mut seen).unwrap();
    assert!(seen == request);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let answer = [head.as_bytes(), &body].concat();
    peer.write_all(&answer).unwrap();
    drop(peer);
    running.end_input();
    running.succeeds();
    assert!(running.stdout == answer);
    let notes = notes(&running);
    assert_eq!(notes[0], "200: it worked");
    assert!(notes[1].starts_with("answer complete: 3000000 bytes, as Content-Length says"));
}

#[test]
fn at_a_terminal_v_alone_reads_along() {
    for (args, notes) in
        [("-v", true), ("", false), ("-v --lint none", false), ("--dialect openbsd -v", false)]
    {
        let (listener, port) = tcp_listener();
        let mut terminal = Terminal::open();
        let nc = under_test(env!("CARGO_BIN_EXE_nc"));
        let line = format!("exec '{}' {args} 127.0.0.1 {port} 2>/dev/tty", nc.display());
        let mut running = terminal.start(Program::new("/bin/sh").args(["-c", &line]));
        let mut peer = accept(&listener);
        terminal.press("get /hello HTTP/1.1\rHost: a\r\r");
        takes(&mut peer, "get /hello HTTP/1.1\nHost: a\n\n");
        peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nHello\n")
            .unwrap();
        drop(peer);
        terminal.wait_screen("Hello\n");
        terminal.press("\x04"); // this dialect would wait for it
        running.succeeds();
        if notes {
            terminal.wait_screen("note: answer complete: 6 bytes");
        }
        let screen = terminal.screen();
        assert_eq!(screen.contains("note: line 1: methods are in capitals"), notes, "{screen}");
        assert_eq!(screen.contains("note: answer complete: 6 bytes"), notes, "{screen}");
    }
}

#[test]
fn a_peer_that_hides_what_is_written_hides_no_note() {
    let (listener, port) = tcp_listener();
    let mut terminal = Terminal::open();
    let nc = under_test(env!("CARGO_BIN_EXE_nc"));
    let line = format!("exec '{}' -v 127.0.0.1 {port} 2>/dev/tty", nc.display());
    let mut running = terminal.start(Program::new("/bin/sh").args(["-c", &line]));
    let mut peer = accept(&listener);
    terminal.press("GET / HTTP/1.1\rHost: a\r\r");
    takes(&mut peer, "GET / HTTP/1.1\nHost: a\n\n");
    peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\x1b[8mHel").unwrap();
    terminal.wait_screen("\x1b[8mHel");
    peer.write_all(b"o").unwrap();
    let screen = terminal.wait_screen("nc: note: answer complete: 8 bytes");
    let (_, hidden) = screen.split_once("\x1b[8m").unwrap();
    let (before, _) = hidden.split_once("nc: note: answer complete").unwrap();
    assert!(before.contains("\x1b[0m"), "{screen:?}");
    terminal.press("\x03");
    running.wait_end();
}

#[test]
fn what_cannot_be_read_along_is_refused() {
    for (args, said) in [
        (&["--lint", "ftp", "h", "80"][..], "option --lint"),
        (&["--lint", "http", "-l", "0"], "--lint and -l do not go together"),
        (&["--lint", "http", "-u", "127.0.0.1", "9"], "--lint and -u do not go together"),
        (&["--lint", "http", "-z", "127.0.0.1", "9"], "--lint and -z do not go together"),
    ] {
        let mut running = nc(args).start();
        assert_eq!(running.wait_end(), "exit 1", "{args:?}");
        assert!(running.said().contains(said), "{args:?}: {}", running.said());
    }
}
