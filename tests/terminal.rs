//! `nc` at a terminal, as a person uses it: typed lines, ^D, the peer that leaves, passwords, and the
//! lesson that begins with `nc localhost 8000`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use common::peer::{accept, connect, is_at_end, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::terminal::Terminal;
use common::{STANDSTILL, under_test};
use rustix::process::Signal;
use rustix::termios::{LocalModes, SpecialCodeIndex};

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A client at a terminal, and its peer.
fn client(terminal: &Terminal, args: &[&str]) -> (Running, TcpStream) {
    let (listener, port) = tcp_listener();
    let running = terminal.start(nc(args).args(["127.0.0.1", &port.to_string()]));
    let peer = accept(&listener);
    (running, peer)
}

fn takes(peer: &mut TcpStream, expected: &str) {
    let mut seen = vec![0; expected.len()];
    peer.read_exact(&mut seen).expect("what was typed");
    assert_eq!(String::from_utf8_lossy(&seen), expected);
}

#[test]
fn typed_lines_go_out_and_the_end_of_them_half_closes() {
    for dialect in [&[][..], &["--dialect", "openbsd", "-N"]] {
        let mut terminal = Terminal::open();
        let before = terminal.settings();
        let (mut running, mut peer) = client(&terminal, dialect);
        terminal.press("hello\r");
        takes(&mut peer, "hello\n");
        peer.write_all(b"an answer\n").unwrap();
        terminal.wait_screen("hello\nan answer\n");
        assert_eq!(terminal.settings(), before, "while it runs");
        terminal.press("no Enter\x04");
        takes(&mut peer, "no Enter");
        terminal.press("\x04");
        assert!(is_at_end(&peer), "no half-close");
        peer.write_all(b"a late answer\n").unwrap();
        terminal.wait_screen("a late answer\n");
        assert_eq!(running.status(), None);
        drop(peer);
        running.succeeds();
        assert_eq!(terminal.settings(), before);
    }
}

#[test]
fn when_the_peer_leaves_all_is_shown_and_nc_leaves() {
    let add = |text: String, number| text + &format!("line {number} of the peer\n");
    let last = (0..20_000).fold(String::new(), add);
    for listens in [false, true] {
        for typed in ["", "half a lin"] {
            let mut terminal = Terminal::open();
            let before = terminal.settings();
            let (mut running, mut peer) = if listens {
                let mut running = terminal.start(nc(&["-lvn", "127.0.0.1", "0"]));
                let port = running.listening_port();
                (running, connect(port))
            } else {
                client(&terminal, &[])
            };
            terminal.press("something\r");
            takes(&mut peer, "something\n");
            terminal.press(typed);
            terminal.wait_screen(typed);
            peer.write_all(last.as_bytes()).unwrap();
            drop(peer);
            // no key is pressed
            running.succeeds();
            let shown = terminal.wait_screen("line 19999 of the peer\n");
            assert!(shown.ends_with(&last), "something is missing on the screen");
            assert_eq!(terminal.settings(), before);
        }
    }
}

#[test]
fn in_openbsds_dialect_it_stays_until_a_key_ends_it() {
    let mut terminal = Terminal::open();
    let (mut running, mut peer) = client(&terminal, &["--dialect", "openbsd"]);
    peer.write_all(b"goodbye\n").unwrap();
    drop(peer);
    terminal.wait_screen("goodbye\n");
    assert!(!running.wait_for(STANDSTILL, Running::has_ended), "{}", running.report());
    terminal.press("\x04");
    running.wait_end();
}

#[test]
fn a_half_close_of_the_peer_is_the_end_only_at_a_terminal() {
    let terminal = Terminal::open();
    let (mut running, peer) = client(&terminal, &[]);
    peer.shutdown(Shutdown::Write).unwrap();
    running.succeeds();

    let (listener, port) = tcp_listener();
    let mut running = nc(&["127.0.0.1", &port.to_string()]).input(Input::Pipe).start();
    let mut peer = accept(&listener);
    peer.shutdown(Shutdown::Write).unwrap();
    assert!(running.wait_for(STANDSTILL, Running::output_has_ended));
    running.feed(b"still to be sent\n");
    takes(&mut peer, "still to be sent\n");
    running.end_input();
    running.succeeds();
}

#[test]
fn interrupted_it_leaves_the_terminal_as_it_was() {
    for (key, signal) in [("\x03", None), ("", Some(Signal::TERM)), ("", Some(Signal::HUP))] {
        let mut terminal = Terminal::open();
        let before = terminal.settings();
        let (mut running, mut peer) = client(&terminal, &[]);
        terminal.press("hello\r");
        takes(&mut peer, "hello\n");
        terminal.press(key);
        if let Some(signal) = signal {
            running.signal(signal);
        }
        let expected = signal.unwrap_or(Signal::INT).as_raw();
        assert_eq!(running.wait_end(), format!("signal {expected}"));
        assert_eq!(terminal.settings(), before);
        assert!(is_at_end(&peer), "no orderly end");
    }
}

/// A proxy that wants joe's password, speaks SOCKS 5 or HTTP, and then says `welcome`.
fn asking_proxy(kind: &'static str) -> (u16, thread::JoinHandle<()>) {
    let (listener, port) = tcp_listener();
    let thread = thread::spawn(move || {
        let mut stream = accept(&listener);
        if kind == "connect" {
            takes(&mut stream, "CONNECT 192.0.2.7:80 HTTP/1.0\r\n\r\n");
            let challenge = "Proxy-Authenticate: Basic realm=\"x\"";
            write!(stream, "HTTP/1.1 407 Who?\r\n{challenge}\r\n\r\n").unwrap();
            stream = accept(&listener);
            takes(&mut stream, "CONNECT 192.0.2.7:80 HTTP/1.0\r\n");
            takes(&mut stream, "Proxy-Authorization: Basic am9lOm9wZW4gc2VzYW1l\r\n\r\n");
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nwelcome\n").unwrap();
        } else {
            takes(&mut stream, "\x05\x02\0\x02");
            stream.write_all(b"\x05\x02").unwrap();
            takes(&mut stream, "\x01\x03joe\x0bopen sesame");
            stream.write_all(b"\x01\0").unwrap();
            stream.read_exact(&mut [0; 10]).unwrap();
            stream.write_all(b"\x05\0\0\x01\0\0\0\0\0\0welcome\n").unwrap();
        }
        // until the program leaves
        let _ = stream.read_to_end(&mut Vec::new());
    });
    (port, thread)
}

#[test]
fn a_password_is_asked_for_without_echo() {
    for (dialect, kind) in [("default", "5"), ("default", "connect"), ("openbsd", "connect")] {
        let mut terminal = Terminal::open();
        let before = terminal.settings();
        let (port, proxy) = asking_proxy(kind);
        let at = format!("127.0.0.1:{port}");
        let args = ["--dialect", dialect, "-NX", kind, "-P", "joe", "-x", &at, "192.0.2.7", "80"];
        let mut running = terminal.start(nc(&args));
        terminal.wait_screen("assword for joe@127.0.0.1: ");
        assert!(!terminal.termios().local_modes.contains(LocalModes::ECHO), "what is typed shows");
        // stopped, it would leave its terminal to a shell, and come back to one that shows all
        assert_eq!(terminal.termios().special_codes[SpecialCodeIndex::VSUSP], 0);
        terminal.press("open sesame\r");
        terminal.wait_screen("welcome\n");
        assert!(!terminal.screen().contains("sesame"), "{}", terminal.screen());
        assert_eq!(terminal.settings(), before, "with the answer the echo comes back");
        terminal.press("\x04");
        proxy.join().unwrap();
        running.wait_end();
        assert_eq!(terminal.settings(), before);
    }
}

#[test]
fn a_password_is_asked_for_at_the_terminal_when_input_and_output_are_others() {
    let mut terminal = Terminal::open();
    let (port, proxy) = asking_proxy("5");
    let at = format!("127.0.0.1:{port}");
    let mut running = nc(&["-P", "joe", "-x", &at, "192.0.2.7", "80"])
        .input(Input::Descriptor(terminal.line()))
        .at_terminal()
        .start();
    terminal.wait_screen("assword for joe@127.0.0.1: ");
    terminal.press("open sesame\r");
    running.wait_stdout(b"welcome\n".len());
    assert_eq!(running.stdout, b"welcome\n");
    assert!(!terminal.screen().contains("welcome"));
    terminal.press("\x04");
    proxy.join().unwrap();
    running.succeeds();
}

#[test]
fn whatever_ends_it_at_the_password_the_echo_comes_back() {
    let [int, quit, alarm] = [Signal::INT, Signal::QUIT, Signal::ALARM].map(Signal::as_raw);
    let (status, fault) = (Signal::USR1.as_raw(), Signal::SEGV.as_raw());
    for dialect in ["default", "openbsd"] {
        for number in [int, quit, alarm, fault, status, 64] {
            if (dialect, number) == ("default", status) {
                continue;
            }
            let mut terminal = Terminal::open();
            let before = terminal.settings();
            let (listener, port) = tcp_listener();
            let at = format!("127.0.0.1:{port}");
            let args =
                ["--dialect", dialect, "-X", "connect", "-P", "joe", "-x", &at, "192.0.2.7", "80"];
            let mut running = terminal.start(nc(&args).after("ulimit -c 0"));
            let mut proxy = accept(&listener);
            takes(&mut proxy, "CONNECT 192.0.2.7:80 HTTP/1.0\r\n\r\n");
            let challenge = "Proxy-Authenticate: Basic realm=\"x\"";
            write!(proxy, "HTTP/1.1 407 Who?\r\n{challenge}\r\n\r\n").unwrap();
            terminal.wait_screen("assword for joe@127.0.0.1: ");
            terminal.press("half a pass");
            if number == int {
                terminal.press("\x03");
            } else {
                running.signal_number(number);
            }
            assert_eq!(running.wait_end(), format!("signal {number}"));
            assert_eq!(terminal.settings(), before, "signal {number}");
        }
    }
}

/// The lesson: what is typed, line by line, and what of the answer is looked at.
const LESSON: &[(&[&str], &[&str])] = &[
    (&["GET /hello HTTP/1.1", ""], &["HTTP/1.1 200 OK\n"]),
    (
        &["GET /login  HTTP/1.1", ""],
        &["HTTP/1.1 405 Method Not Allowed\n", "Allow: POST, OPTIONS\n"],
    ),
    (
        &[
            "POST /login HTTP/1.1",
            "Content-Type: application/x-www-form-urlencoded",
            "Content-Length: 34",
            "",
            "username=student&password=welcome",
        ],
        &["HTTP/1.1 200 OK\n", "student"],
    ),
    (
        &[
            "POST /save HTTP/1.1",
            "Content-Type: application/json",
            "Content-Length: 32",
            "",
            r#"{"id": 5150, "name": "student"}"#,
        ],
        &["HTTP/1.1 200 OK\n", r#""id""#, "5150"],
    ),
];

#[test]
fn the_lesson_is_typed_line_by_line() {
    let mut server = nc(&["serve", "--lab", "http", "127.0.0.1:0"]).start();
    let port = server.listening_port().to_string();
    for (lines, expected) in LESSON {
        for closes in [false, true] {
            let mut terminal = Terminal::open();
            let before = terminal.settings();
            let mut running = terminal.start(nc(&["localhost", &port, "-vvv"]));
            running.wait_line("Connection to localhost (127.0.0.1) ");
            for (number, line) in lines.iter().enumerate() {
                if number == 1 && closes {
                    terminal.press("Connection: close\r");
                }
                terminal.press(&format!("{line}\r"));
            }
            let mut screen = String::new();
            for text in *expected {
                screen = terminal.wait_screen(text);
            }
            assert!(screen.starts_with(lines[0]), "what was typed is not on\n{screen}");
            if !closes {
                // HTTP/1.1 keeps the connection: for another request, or for ^D
                assert_eq!(running.status(), None);
                terminal.press("\x04");
            }
            running.succeeds();
            assert_eq!(terminal.settings(), before);
        }
    }
    assert_eq!(server.status(), None);
}

#[test]
fn what_was_typed_until_the_peer_left_is_the_whole_of_it() {
    let mut terminal = Terminal::open();
    let (mut running, mut peer) = client(&terminal, &["--sum"]);
    terminal.press("hello\r");
    takes(&mut peer, "hello\n");
    drop(peer);
    running.wait_end();
    let said = running.said();
    assert!(said.contains("sent 6 bytes to") && !said.contains("cut short"), "{said}");
}
