//! What a peer's bytes do at a terminal: text and colours show, and nothing drives it; elsewhere
//! every byte arrives as it came.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};

use common::peer::{accept, connect, is_at_end, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::terminal::Terminal;
use common::under_test;
use rustix::process::Signal;
use rustix::termios::{OptionalActions, tcsetattr};

/// Clears the screen, sets a title, asks the terminal to type something, and writes its clipboard.
const HOSTILE: &[u8] = b"\x1b[2J\x1b]0;t\x07\x1b[6n\x1b]52;c;cm0=\x1b\\\x9b2J\xc2\x9b2J\x00\xff";

/// The same as it is shown.
const SHOWN: &str =
    "\\x1b[2J\\x1b]0;t\x07\\x1b[6n\\x1b]52;c;cm0=\\x1b\\\\x9b2J\\xc2\\x9b2J\\x00\\xff";

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

#[test]
fn a_hostile_peer_cannot_drive_the_terminal() {
    let log = std::env::temp_dir().join(format!("nc-view-{}.raw", std::process::id()));
    let log_name = log.to_str().unwrap();
    for listens in [false, true] {
        let mut terminal = Terminal::open();
        let (mut running, mut peer) = if listens {
            let args = ["-lvn", "--output", log_name, "127.0.0.1", "0"];
            let mut running = terminal.start(nc(&args));
            let port = running.listening_port();
            (running, connect(port))
        } else {
            client(&terminal, &["--why", "--output", log_name])
        };
        peer.write_all(HOSTILE).unwrap();
        peer.write_all("ü \x1b[31mred\n".as_bytes()).unwrap();
        let screen = terminal.wait_screen("\x1b[31mred\n");
        assert!(screen.ends_with(&format!("{SHOWN}ü \x1b[31mred\n")), "{screen:?}");
        drop(peer);
        running.succeeds();
        assert!(terminal.wait_screen("red\n\x1b[0m").ends_with("red\n\x1b[0m"));
        // a record keeps what came
        let recorded = [HOSTILE, "ü \x1b[31mred\n".as_bytes()].concat();
        assert_eq!(std::fs::read(&log).unwrap(), recorded);
        let said = running.report();
        assert!(listens || said.contains(&format!("{} bytes", recorded.len())), "{said}");
    }
    std::fs::remove_file(log).unwrap();
}

#[test]
fn several_clients_and_datagrams_are_shown_in_the_same_way() {
    let mut terminal = Terminal::open();
    let mut running = terminal.start(nc(&["-lkvn", "127.0.0.1", "0"]));
    let mut peer = connect(running.listening_port());
    peer.write_all(b"\x1b[2J \x1b[31").unwrap();
    terminal.wait_screen("\\x1b[2J ");
    drop(peer);
    // what was begun is shown as it is at the end
    terminal.wait_screen("\\x1b[2J \\x1b[31");
    running.signal(Signal::INT);
    running.wait_end();

    for args in [&["-luvn", "127.0.0.1", "0"][..], &["-lukvn", "127.0.0.1", "0"]] {
        let mut terminal = Terminal::open();
        let mut running = terminal.start(nc(args));
        let port = running.bound_port();
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        peer.send_to(b"\x1b[2Jx\n", ("127.0.0.1", port)).unwrap();
        terminal.wait_screen("\\x1b[2Jx\n");
        running.signal(Signal::INT);
        running.wait_end();
    }
}

#[test]
fn a_datagram_has_nothing_to_do_with_the_next_one() {
    for args in [&["-luvn", "127.0.0.1", "0"][..], &["-lukvn", "127.0.0.1", "0"]] {
        let mut terminal = Terminal::open();
        let mut running = terminal.start(nc(args));
        let port = running.bound_port();
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        for datagram in ["\x1b[31", "mblack ", "\x1b[31mred ", "black\n"] {
            peer.send_to(datagram.as_bytes(), ("127.0.0.1", port)).unwrap();
        }
        terminal.wait_screen("\\x1b[31mblack \x1b[31mred \x1b[0mblack\n");
        running.signal(Signal::INT);
        running.wait_end();
    }
}

#[test]
fn the_last_read_that_is_allowed_is_shown_to_its_end() {
    for args in [&["-W", "1"][..], &["-W", "1", "--edit"]] {
        let mut terminal = Terminal::open();
        let (mut running, mut peer) = client(&terminal, args);
        peer.write_all(b"\x1b[31mred \x1b[").unwrap();
        running.wait_end();
        let screen = terminal.wait_screen("\x1b[31mred \\x1b[\x1b[0m");
        assert!(!screen.contains("\x1b[0m\x1b[0m"), "{screen:?}");
    }
}

/// The port that a listener says at its terminal.
fn listening_port(terminal: &mut Terminal) -> u16 {
    let line = |screen: &str| {
        let line = screen.lines().find(|line| line.to_lowercase().starts_with("listening on "));
        let line = line.filter(|line| screen.contains(&format!("{line}\n")))?;
        line.split([' ', ']'])
            .filter_map(|word| word.trim_end_matches('.').parse().ok())
            .next_back()
    };
    let screen = terminal.wait_for(|screen| line(screen).is_some()).unwrap();
    line(&screen).unwrap()
}

#[test]
fn a_line_of_ours_begins_a_line_at_a_terminal_and_nowhere_else() {
    let mut terminal = Terminal::open();
    let (listener, port) = tcp_listener();
    let program = nc(&["-v", "127.0.0.1", &port.to_string()]).errors_on_output();
    let mut running = terminal.start(program);
    accept(&listener).write_all(b"Name: ").unwrap();
    running.succeeds();
    terminal.wait_screen("Name: \nnc: ");

    let mut terminal = Terminal::open();
    let running = terminal.start(nc(&["-lkvn", "127.0.0.1", "0"]).errors_on_output());
    let port = listening_port(&mut terminal);
    let mut peer = connect(port);
    peer.write_all(b"abc").unwrap();
    terminal.wait_screen("abc");
    let _other = connect(port);
    terminal.wait_screen("abc\nConnection received on ");
    drop(running);

    // one whose words another netcat's are
    let mut terminal = Terminal::open();
    let program = nc(&["--dialect", "traditional", "-lvvn", "-s", "127.0.0.1"]);
    let mut running = terminal.start(program.errors_on_output());
    let port = listening_port(&mut terminal);
    connect(port).write_all(b"abc").unwrap();
    running.wait_end();
    terminal.wait_screen("abc sent 0, rcvd 3");
}

#[test]
fn every_byte_passes_where_it_is_wanted_so() {
    for args in [&["--raw"][..], &["--dialect", "openbsd"], &["--dialect", "ncat"]] {
        let mut terminal = Terminal::open();
        let (_running, mut peer) = client(&terminal, args);
        peer.write_all(b"\x1b[2J\x0e.\n").unwrap();
        terminal.wait_screen("\x1b[2J\x0e.\n");
    }

    // a terminal in raw mode, for a shell at the other end
    let mut terminal = Terminal::open();
    let mut termios = terminal.termios();
    termios.make_raw();
    tcsetattr(terminal.line(), OptionalActions::Now, &termios).unwrap();
    let (_running, mut peer) = client(&terminal, &[]);
    peer.write_all(b"\x1b[2J\x0e.\n").unwrap();
    terminal.wait_screen("\x1b[2J\x0e.\n");

    // a pipe, though the keyboard is a terminal
    let terminal = Terminal::open();
    let (listener, port) = tcp_listener();
    let mut running = nc(&["127.0.0.1", &port.to_string()])
        .input(Input::Descriptor(terminal.line()))
        .at_terminal()
        .start();
    accept(&listener).write_all(HOSTILE).unwrap();
    running.succeeds();
    assert_eq!(running.stdout, HOSTILE);
}

#[test]
fn a_programs_own_terminal_gets_what_the_peer_types() {
    let mut running = nc(&["-lvn", "--pty", "-c", "cat -v", "127.0.0.1", "0"]).start();
    let mut peer = connect(running.listening_port());
    peer.write_all(b"a\x1b[2J\n").unwrap();
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\na^[[2J\r\n") {
        peer.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
}

#[test]
fn interrupted_it_gives_the_terminal_its_colours_back() {
    for (key, signal) in [("\x03", None), ("", Some(Signal::TERM))] {
        let mut terminal = Terminal::open();
        let before = terminal.settings();
        let (mut running, mut peer) = client(&terminal, &[]);
        peer.write_all(b"\x1b[7mupside down").unwrap();
        terminal.wait_screen("upside down");
        terminal.press(key);
        if let Some(signal) = signal {
            running.signal(signal);
        }
        running.wait_end();
        terminal.wait_screen("\x1b[0m");
        assert_eq!(terminal.settings(), before);
    }
}

#[test]
fn whoever_presses_ctrl_d_is_told_what_that_means() {
    const WORDS: &str = "nc: you finished sending; waiting for the peer (Ctrl-C leaves)\n";
    for (args, said) in [
        (&[][..], true),
        (&["-q", "60"], true),
        (&["--send-only"], false),
        (&["--no-shutdown"], false),
        (&["--dialect", "openbsd", "-N"], false),
    ] {
        let mut terminal = Terminal::open();
        let (listener, port) = tcp_listener();
        let program = nc(args).args(["127.0.0.1", &port.to_string()]).errors_on_output();
        let mut running = terminal.start(program);
        let mut peer = accept(&listener);
        terminal.press("hello\r\x04");
        peer.read_exact(&mut [0; 6]).unwrap();
        if said {
            terminal.wait_screen(WORDS);
            peer.write_all(b"an answer\n").unwrap();
            terminal.wait_screen(&format!("{WORDS}an answer\n"));
        } else if args != ["--no-shutdown"] {
            assert!(is_at_end(&peer));
        }
        drop(peer);
        running.wait_end();
        assert_eq!(terminal.screen().contains(WORDS), said, "{args:?}");
    }

    // who reads a pipe did not press it
    let terminal = Terminal::open();
    let (mut running, mut peer) = client(&terminal, &[]);
    let mut terminal = terminal;
    terminal.press("\x04");
    assert!(is_at_end(&peer));
    peer.write_all(b"an answer\n").unwrap();
    terminal.wait_screen("an answer\n");
    drop(peer);
    running.succeeds();
    assert!(running.stderr.is_empty(), "{}", running.report());
}

#[test]
fn what_the_peer_sends_is_marked_and_coloured() {
    let mut terminal = Terminal::open();
    let (mut running, mut peer) = client(&terminal, &["--marks"]);
    peer.write_all(b"220 hello\r\nName: ").unwrap();
    terminal.wait_screen("< 220 hello\n< Name: ");
    terminal.press("joe\r");
    peer.read_exact(&mut [0; 4]).unwrap();
    // what was typed has ended the line
    peer.write_all(b"Hello joe\rx\n").unwrap();
    let screen = terminal.wait_screen("x\n");
    assert_eq!(screen, "< 220 hello\n< Name: joe\n< Hello joe< x\n");
    drop(peer);
    running.succeeds();

    let mut terminal = Terminal::open();
    let (listener, port) = tcp_listener();
    let line = ["--colour", "-v", "127.0.0.1", &port.to_string()];
    let mut running = terminal.start(nc(&line).errors_on_output());
    let mut peer = accept(&listener);
    terminal.wait_screen("\x1b[33mnc: connected to ");
    peer.write_all(b"hello\n\x1b[1mbold").unwrap();
    terminal.wait_screen("\x1b[36mhello\x1b[0m\n\x1b[36m\x1b[1mbold\x1b[0m");
    drop(peer);
    running.succeeds();

    // nobody's colours: as said by the user, or by the environment
    for (args, variable) in [
        (&["-v"][..], ("NC_OPTIONS", "")),
        (&["--colour", "-v"], ("NO_COLOR", "1")),
        (&["--colour=never", "-v"], ("NC_OPTIONS", "--colour")),
    ] {
        let mut terminal = Terminal::open();
        let (listener, port) = tcp_listener();
        let program = nc(args).args(["127.0.0.1", &port.to_string()]).env(variable.0, variable.1);
        let mut running = terminal.start(program.errors_on_output());
        accept(&listener).write_all(b"hello\n").unwrap();
        running.succeeds();
        let screen = terminal.wait_screen("hello\n");
        assert!(!screen.contains('\x1b'), "{screen:?}");
    }
}

#[test]
fn a_pipe_has_no_marks_and_no_colours() {
    let (listener, port) = tcp_listener();
    let mut running = nc(&["-v", "127.0.0.1", &port.to_string()])
        .env("NC_OPTIONS", "--marks --colour=always")
        .start();
    accept(&listener).write_all(b"hello\n\x1b[2J\x08\n").unwrap();
    running.succeeds();
    assert_eq!(running.stdout, b"hello\n\x1b[2J\x08\n");
    assert!(running.stderr.starts_with(b"\x1b[33m"), "{}", running.report());
}

#[test]
fn a_dump_shows_what_is_typed_and_nothing_of_the_peer_drives_the_terminal() {
    let mut terminal = Terminal::open();
    let (mut running, mut peer) = client(&terminal, &["--hex", "--marks", "--colour"]);
    terminal.press("hi\r");
    peer.read_exact(&mut [0; 3]).unwrap();
    terminal.wait_screen(" > 00000000  68 69 0a  ");
    peer.write_all(b"\x1b[31m").unwrap();
    terminal.wait_screen(" < 00000000  1b 5b 33 31 6d                                    .[31m\n");
    drop(peer);
    running.succeeds();
    assert!(!terminal.screen().contains('\x1b'));

    // what is dropped is not shown, and does nothing
    let mut terminal = Terminal::open();
    let (mut running, mut peer) = client(&terminal, &["--send-only"]);
    peer.write_all(b"\x1b[31m\x1b[").unwrap();
    terminal.press("hi\r\x04");
    peer.read_exact(&mut [0; 3]).unwrap();
    running.succeeds();
    assert_eq!(terminal.screen(), "hi\n");
}
