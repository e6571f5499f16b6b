//! `nc --edit` at a terminal: what is typed and how it comes out, what the screen shows meanwhile,
//! what is kept, and that the terminal is left as it was found.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;

use common::peer::{accept, is_at_end, tcp_listener};
use common::process::{Input, Output, Program};
use common::running::Running;
use common::terminal::Terminal;
use common::under_test;
use rustix::process::Signal;
use rustix::termios::{LocalModes, OptionalActions, tcsetattr};
use tempfile::TempDir;

const LEFT: &str = "\x1b[D";
const UP: &str = "\x1b[A";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A user at a terminal, with a home.
struct User {
    terminal: Terminal,
    state: TempDir,
}

impl User {
    fn new() -> Self {
        Self { terminal: Terminal::open(), state: tempfile::tempdir().unwrap() }
    }

    fn start(&self, args: &[&str]) -> Running {
        let program = nc(args).env("TERM", "xterm").env("XDG_STATE_HOME", self.state.path());
        self.terminal.start(program)
    }

    /// A client that edits, and its peer, which sees that the editor is there before it goes on.
    fn client(&mut self, args: &[&str]) -> (Running, TcpStream, u16) {
        let (listener, port) = tcp_listener();
        let running = self.start(&[&["--edit"], args, &["127.0.0.1", &port.to_string()]].concat());
        let peer = accept(&listener);
        self.terminal.wait_screen("\x1b[?2004h");
        (running, peer, port)
    }

    fn kept(&self, port: u16) -> Option<String> {
        fs::read_to_string(self.file(port)).ok()
    }

    fn file(&self, port: u16) -> std::path::PathBuf {
        self.state.path().join(format!("nc/history/127.0.0.1:{port}"))
    }
}

fn takes(peer: &mut TcpStream, expected: &str) {
    let mut seen = vec![0; expected.len()];
    peer.read_exact(&mut seen).expect("what was typed");
    assert_eq!(String::from_utf8_lossy(&seen), expected);
}

/// All that the peer was sent, now that nothing more comes.
fn took(mut peer: TcpStream) -> String {
    let mut seen = Vec::new();
    peer.read_to_end(&mut seen).expect("the end of what was typed");
    String::from_utf8(seen).unwrap()
}

#[test]
fn a_line_is_edited_before_it_is_sent() {
    let mut user = User::new();
    let before = user.terminal.settings();
    let (mut running, mut peer, _) = user.client(&[]);
    assert!(!user.terminal.termios().local_modes.intersects(LocalModes::ICANON | LocalModes::ECHO));
    user.terminal.press(&format!("hallo{LEFT}{LEFT}{LEFT}{LEFT}\x1b[3~e\x05!"));
    assert_eq!(user.terminal.wait_rows(&["hello!"]), (0, 6));
    user.terminal.press("\r");
    takes(&mut peer, "hello!\n");
    user.terminal.press("no Enter\x04");
    takes(&mut peer, "no Enter");
    user.terminal.wait_rows(&["hello!", "no Enter"]);
    user.terminal.press("\r\x04");
    takes(&mut peer, "\n");
    assert!(is_at_end(&peer), "no half-close");
    // with the end of the input the terminal is as it was, and what comes late is shown
    peer.write_all(b"a late answer\n").unwrap();
    user.terminal.wait_rows(&["hello!", "no Enter", "a late answer"]);
    assert_eq!(user.terminal.settings(), before);
    assert_eq!(running.status(), None);
    drop(peer);
    running.succeeds();
    assert_eq!(user.terminal.settings(), before);
}

#[test]
fn what_arrives_is_shown_above_the_line_being_typed() {
    let mut user = User::new();
    let (mut running, mut peer, _) = user.client(&[]);
    user.terminal.press(&format!("half a lin{LEFT}"));
    user.terminal.wait_rows(&["half a lin"]);
    peer.write_all(b"one\ntwo\n").unwrap();
    assert_eq!(user.terminal.wait_rows(&["one", "two", "half a lin"]), (2, 9));
    // a question is answered where it stands, and another one takes its place before it
    peer.write_all(b"login: ").unwrap();
    user.terminal.wait_rows(&["one", "two", "login: half a lin"]);
    peer.write_all("née\nagain: ".as_bytes()).unwrap();
    assert_eq!(
        user.terminal.wait_rows(&["one", "two", "login: née", "again: half a lin"]),
        (3, 16)
    );
    user.terminal.press("\x05e\r");
    takes(&mut peer, "half a line\n");
    // a character that comes in two parts, and a line that is as long as the screen is wide
    let wide = "x".repeat(78);
    peer.write_all(wide.as_bytes()).unwrap();
    user.terminal.press("typed");
    let rows = ["one", "two", "login: née", "again: half a line"];
    user.terminal.wait_rows(&[&rows[..], &[&format!("{wide}ty"), "ped"]].concat());
    peer.write_all(b"y\xc3").unwrap();
    user.terminal.wait_rows(&[&rows[..], &[&format!("{wide}yt"), "yped"]].concat());
    peer.write_all(b"\xa9").unwrap();
    let full = format!("{wide}yé");
    user.terminal.wait_rows(&[&rows[..], &[&full, "typed"]].concat());
    peer.write_all(b"\r\nnext\n").unwrap();
    user.terminal.wait_rows(&[&rows[..], &[&full, "next", "typed"]].concat());
    user.terminal.press("\r\x04");
    assert_eq!(took(peer), "typed\n");
    running.succeeds();
}

#[test]
fn with_marks_both_sides_have_one() {
    let mut user = User::new();
    let (mut running, mut peer, _) = user.client(&["--marks"]);
    user.terminal.press("hello\rhalf a lin");
    takes(&mut peer, "hello\n");
    peer.write_all(b"an answer\n").unwrap();
    let rows = ["> hello", "< an answer", "> half a lin"];
    assert_eq!(user.terminal.wait_rows(&rows), (2, 12));
    user.terminal.press("\x7f\x7f\x15\x04");
    assert_eq!(took(peer), "");
    running.succeeds();
}

#[test]
fn what_would_drive_the_terminal_is_text_above_the_line_too() {
    let mut user = User::new();
    let (mut running, mut peer, _) = user.client(&["--colour=never"]);
    user.terminal.press("half a lin");
    user.terminal.wait_rows(&["half a lin"]);
    peer.write_all(b"\x1b[2J\x1b]0;title\x07\x1b[1mbold\x1b[0m\n").unwrap();
    let shown = user.terminal.wait_screen("bold");
    assert!(shown.contains("\\x1b[2J\\x1b]0;title"), "{shown}");
    user.terminal.press("\x15\x04");
    assert_eq!(took(peer), "");
    running.succeeds();
}

#[test]
fn a_block_that_is_pasted_waits_for_enter_and_goes_out_as_it_is() {
    for (option, end) in [("--no-history", "\n"), ("-C", "\r\n")] {
        let mut user = User::new();
        let (mut running, mut peer, _) = user.client(&[option]);
        let block = "POST / HTTP/1.1\rHost: x\r\r{\x04\tü}\r\r";
        user.terminal.press(&format!("\x1b[200~{block}\x1b[201~"));
        user.terminal.wait_rows(&["POST / HTTP/1.1", "Host: x", "", "{^D     ü}"]);
        user.terminal.press(&format!("{UP}{UP}{UP}{UP}y\x1b[B\x1b[B\x1b[B"));
        user.terminal.wait_rows(&["POST / HTTP/1.1", "yHost: x", "", "{^D     ü}"]);
        peer.set_nonblocking(true).unwrap();
        peer.read(&mut [0]).expect_err("sent before Enter");
        peer.set_nonblocking(false).unwrap();
        user.terminal.press("\x1b[B\r");
        let sent = "POST / HTTP/1.1\nyHost: x\n\n{\x04\tü}\n\n".replace('\n', end);
        takes(&mut peer, &sent);
        // without the marks each line goes by itself
        user.terminal.press("one\rtwo\rthree\r\x04");
        assert_eq!(took(peer), "one\ntwo\nthree\n".replace('\n', end));
        running.succeeds();
    }
}

#[test]
fn what_the_peer_says_behind_a_line_that_was_typed_has_its_mark() {
    let mut user = User::new();
    let (mut running, mut peer, _) = user.client(&["--marks", "--no-history"]);
    for (asks, answers) in [("login: ", "joe"), ("Password: ", "secret")] {
        peer.write_all(asks.as_bytes()).unwrap();
        user.terminal.wait_screen(&format!("< {asks}> "));
        user.terminal.press(&format!("{answers}\r"));
        takes(&mut peer, &format!("{answers}\n"));
    }
    user.terminal.press("\x04");
    drop(peer);
    running.succeeds();
}

#[test]
fn what_was_typed_until_the_peer_left_is_the_whole_of_it() {
    let mut user = User::new();
    let (mut running, mut peer, _) = user.client(&["--sum", "--no-history"]);
    user.terminal.press("hello\r");
    takes(&mut peer, "hello\n");
    drop(peer);
    running.wait_end();
    let said = running.said() + &user.terminal.screen();
    assert!(said.contains("sent 6 bytes to") && !said.contains("cut short"), "{said}");
}

#[test]
fn a_long_paste_goes_out_whole() {
    let mut user = User::new();
    let (mut running, peer, _) = user.client(&["--no-history"]);
    let lines = "a line of a long text that is pasted\r".repeat(3_500);
    // a terminal takes no more than is read
    let peer = thread::spawn(move || took(peer));
    user.terminal.press(&format!("\x1b[200~{lines}\x1b[201~\r\x04"));
    let sent = peer.join().unwrap();
    assert_eq!(sent.len(), lines.len());
    assert!(sent == lines.replace('\r', "\n"));
    running.succeeds();
}

#[test]
fn earlier_lines_come_back_in_this_run_and_the_next() {
    let mut user = User::new();
    let (mut running, peer, port) = user.client(&[]);
    user.terminal
        .press(&format!("GET /one HTTP/1.1\rHo\tx\rAuthorization: Basic eA==\r{UP}{UP}\r"));
    user.terminal.press("\x12/on\r\x04");
    let lines =
        "GET /one HTTP/1.1\nHost: x\nAuthorization: Basic eA==\nHost: x\nGET /one HTTP/1.1\n";
    assert_eq!(took(peer), lines);
    running.succeeds();
    // secrets are not kept
    assert_eq!(
        user.kept(port).unwrap(),
        "GET /one HTTP/1.1\nHost: x\nHost: x\nGET /one HTTP/1.1\n"
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    let file = user.file(port);
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));

    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).expect("the port again");
    for (option, expected) in [("--edit", "Host: x\n"), ("--no-history", "\n")] {
        let mut running = user.start(&["--edit", option, "127.0.0.1", &port.to_string()]);
        let peer = accept(&listener);
        user.terminal.press(&format!("{UP}{UP}\r\x04"));
        assert_eq!(took(peer), expected);
        running.succeeds();
    }
    assert!(user.kept(port).unwrap().ends_with("GET /one HTTP/1.1\nHost: x\n"));
}

#[test]
fn nothing_is_kept_where_a_user_says_so() {
    let mut user = User::new();
    let (mut running, peer, _) = user.client(&["--no-history"]);
    user.terminal.press("a line\r\x04");
    assert_eq!(took(peer), "a line\n");
    running.succeeds();
    assert_eq!(fs::read_dir(user.state.path()).unwrap().count(), 0);
}

#[test]
fn nothing_is_kept_where_a_password_is_asked() {
    let mut user = User::new();
    let (listener, port) = tcp_listener();
    let at = format!("127.0.0.1:{port}");
    let proxy = thread::spawn(move || {
        let mut stream = accept(&listener);
        takes(&mut stream, "\x05\x02\0\x02");
        stream.write_all(b"\x05\x02").unwrap();
        takes(&mut stream, "\x01\x03joe\x0bopen sesame");
        stream.write_all(b"\x01\0").unwrap();
        stream.read_exact(&mut [0; 10]).unwrap();
        stream.write_all(b"\x05\0\0\x01\0\0\0\0\0\0welcome\n").unwrap();
        took(stream)
    });
    let args = ["--edit", "-X", "5", "-P", "joe", "-x", &at, "192.0.2.7", "80"];
    let mut running = user.start(&args);
    user.terminal.wait_screen("assword for joe@127.0.0.1: ");
    user.terminal.press("open sesame\r");
    user.terminal.wait_screen("welcome\n");
    user.terminal.press("a line\r\x04");
    assert_eq!(proxy.join().unwrap(), "a line\n");
    running.succeeds();
    assert_eq!(fs::read_dir(user.state.path()).unwrap().count(), 0);
}

#[test]
fn however_it_ends_the_terminal_is_as_it_was() {
    let ends = [
        ("\x03", None, "signal 2"),
        ("\x1c", None, "signal 3"),
        ("", Some(Signal::TERM), "signal 15"),
        ("", Some(Signal::HUP), "signal 1"),
    ];
    for (key, signal, expected) in ends {
        let mut user = User::new();
        let before = user.terminal.settings();
        let (mut running, mut peer, _) = user.client(&[]);
        user.terminal.press("hello\rhalf a lin");
        takes(&mut peer, "hello\n");
        user.terminal.wait_rows(&["hello", "half a lin"]);
        user.terminal.press(key);
        if let Some(signal) = signal {
            running.signal(signal);
        }
        assert!(running.wait_end().starts_with(expected), "{expected}");
        assert_eq!(user.terminal.settings(), before);
        // the shell's next line begins a row, and it is told no more of what is pasted
        user.terminal.wait_screen("\x1b[?2004l");
        assert_eq!(user.terminal.wait_rows(&["hello", "half a lin"]), (2, 0));
        assert!(is_at_end(&peer), "no orderly end");
    }
}

/// Of these a process does not die, or it has no say in it: the C library keeps two for itself.
const NOT_DEADLY: &[i32] = &[
    Signal::KILL.as_raw(),
    Signal::STOP.as_raw(),
    Signal::TSTP.as_raw(),
    Signal::TTIN.as_raw(),
    Signal::TTOU.as_raw(),
    Signal::CONT.as_raw(),
    Signal::CHILD.as_raw(),
    Signal::URG.as_raw(),
    Signal::WINCH.as_raw(),
    Signal::PIPE.as_raw(), // ignored
    Signal::USR1.as_raw(), // answered
    32,
    33,
];

#[test]
fn of_whatever_signal_it_dies_the_terminal_is_as_it_was() {
    for number in (1..=64).filter(|number| !NOT_DEADLY.contains(number)) {
        let mut user = User::new();
        let before = user.terminal.settings();
        let (listener, port) = tcp_listener();
        let program = nc(&["--edit", "127.0.0.1", &port.to_string()]);
        let program = program.env("TERM", "xterm").env("XDG_STATE_HOME", user.state.path());
        let mut running = user.terminal.start(program.after("ulimit -c 0"));
        let _peer = accept(&listener);
        user.terminal.wait_screen("\x1b[?2004h");
        user.terminal.press("half a lin");
        user.terminal.wait_rows(&["half a lin"]);
        running.signal_number(number);
        assert_eq!(running.wait_end(), format!("signal {number}"));
        assert_eq!(user.terminal.settings(), before, "signal {number}");
        user.terminal.wait_screen("\x1b[?2004l");
        assert_eq!(user.terminal.wait_rows(&["half a lin"]), (1, 0), "signal {number}");
    }
}

#[test]
fn when_the_peer_leaves_all_is_shown_and_nc_leaves() {
    let add = |text: String, number| text + &format!("line {number} of the peer\n");
    let last = (0..3000).fold(String::new(), add);
    for typed in ["", "half a lin"] {
        let mut user = User::new();
        let before = user.terminal.settings();
        let (mut running, mut peer, _) = user.client(&[]);
        user.terminal.press(&format!("something\r{typed}"));
        takes(&mut peer, "something\n");
        peer.write_all(last.as_bytes()).unwrap();
        drop(peer);
        // no key is pressed
        running.succeeds();
        assert_eq!(user.terminal.settings(), before);
        user.terminal.wait_screen("\x1b[?2004l");
        let mut rows: Vec<_> = std::iter::once("something").chain(last.lines()).collect();
        rows.extend(Some(typed).filter(|typed| !typed.is_empty()));
        assert_eq!(user.terminal.wait_rows(&rows), (rows.len(), 0));
    }
}

#[test]
fn messages_of_ours_are_shown_above_the_line_too() {
    let mut user = User::new();
    let (listener, port) = tcp_listener();
    let state = user.state.path().to_str().unwrap().to_owned();
    let line = format!(
        "TERM=xterm XDG_STATE_HOME={state} exec {} --edit -v 127.0.0.1 {port} 2>&1",
        under_test(env!("CARGO_BIN_EXE_nc")).display()
    );
    let mut running = user.terminal.start(Program::new("sh").args(["-c", &line]));
    let mut peer = accept(&listener);
    user.terminal.wait_screen("\x1b[?2004h");
    user.terminal.press("half a lin");
    user.terminal.wait_screen("half a lin");
    peer.write_all(b"the end, ").unwrap();
    user.terminal.wait_screen("the end, ");
    drop(peer);
    running.succeeds();
    user.terminal.wait_screen("\x1b[?2004l");
    let rows = user.terminal.rows();
    // the closing line may take two rows
    let end = rows.iter().position(|row| row == "the end,");
    let closed = rows.iter().position(|row| row.starts_with("nc: closed by the peer after "));
    assert!(end.is_some_and(|end| closed == Some(end + 1)), "{rows:?}");
    assert_eq!(rows.last().map(String::as_str), Some("half a lin"), "{rows:?}");
}

/// A client that edits as a job of a shell, and its peer.
fn job(user: &mut User, args: &[&str]) -> (Running, TcpStream) {
    // Linux may drop what the shell says of it together with what was typed before the key
    let mut settings = user.terminal.termios();
    settings.local_modes.insert(LocalModes::NOFLSH);
    tcsetattr(user.terminal.line(), OptionalActions::Now, &settings).unwrap();
    let (listener, port) = tcp_listener();
    let shell = Program::new("sh")
        .args(["-c", "exec sh -i 2>&1"])
        .env("TERM", "xterm")
        .env("PS1", "prompt> ");
    let shell = shell.env("XDG_STATE_HOME", user.state.path());
    let running = user.terminal.start(shell);
    let nc = under_test(env!("CARGO_BIN_EXE_nc"));
    let args = args.join(" ");
    user.terminal.press(&format!("{} --edit {args} 127.0.0.1 {port}\r", nc.display()));
    let peer = accept(&listener);
    user.terminal.wait_screen("\x1b[?2004h");
    (running, peer)
}

/// Presses Ctrl-Z and waits for the shell.
fn suspend(user: &mut User) {
    let before = user.terminal.screen().len();
    let has_stopped = |screen: &str| {
        let (_, after) = screen.get(before..)?.split_once("Stopped")?;
        after.contains("prompt> ").then_some(())
    };
    user.terminal.press("\x1a");
    user.terminal.wait_for(|screen| has_stopped(screen).is_some()).expect("a prompt");
    assert!(user.terminal.termios().local_modes.contains(LocalModes::ICANON | LocalModes::ECHO));
}

#[test]
fn it_stops_and_goes_on_as_a_job_of_a_shell() {
    let mut user = User::new();
    let (mut running, mut peer) = job(&mut user, &[]);
    peer.write_all(b"login: ").unwrap();
    user.terminal.wait_screen("login: ");
    suspend(&mut user);
    user.terminal.press("fg\r");
    user.terminal.wait_for(|screen| screen.matches("\x1b[?2004h").count() == 2).expect("a line");
    // the shell has ended the row in which the question was
    for (keys, shown) in [("alf a lin", "alf a lin"), ("\x01h", "half a lin")] {
        user.terminal.press(keys);
        user.terminal.wait_for_rows(|rows| rows.last().is_some_and(|last| last == shown));
    }
    suspend(&mut user);
    user.terminal.press("echo in between\r");
    user.terminal.wait_screen("\nin between\n");
    user.terminal.press("fg\r");
    user.terminal.press("\x05e\r");
    takes(&mut peer, "half a line\n");
    user.terminal.press("\x04");
    assert!(is_at_end(&peer), "no half-close");
    drop(peer);
    user.terminal.press("exit 0\r");
    running.wait_end();
}

#[test]
fn a_terminal_in_raw_mode_is_left_alone() {
    let mut user = User::new();
    let line = user.terminal.line();
    let mut raw = user.terminal.termios();
    raw.make_raw();
    tcsetattr(&line, OptionalActions::Now, &raw).unwrap();
    let before = user.terminal.settings();
    let (listener, port) = tcp_listener();
    let mut running = user.start(&["--edit", "-v", "127.0.0.1", &port.to_string()]);
    let mut peer = accept(&listener);
    running.wait_line("nc: lines are not edited: the terminal is in raw mode");
    user.terminal.press(&format!("a{LEFT}\x04\r"));
    takes(&mut peer, &format!("a{LEFT}\x04\r"));
    assert_eq!(user.terminal.settings(), before);
    peer.write_all(b"an answer").unwrap();
    drop(peer);
    running.succeeds();
    assert_eq!(user.terminal.wait_screen("an answer"), "an answer");
}

#[test]
fn without_a_terminal_or_without_edit_nothing_is_different() {
    let rows: [(&[&str], bool, &str); 4] = [
        (&["--edit"], false, "nc: lines are not edited: standard input is no terminal"),
        (&["--edit"], true, "nc: lines are not edited: standard output is no terminal"),
        (&["--edit", "--json"], false, "{\"v\":1,"),
        (&[], true, "Connection to "),
    ];
    for (args, types, said) in rows {
        let mut user = User::new();
        let (listener, port) = tcp_listener();
        let program = nc(&[args, &["-v", "127.0.0.1", &port.to_string()]].concat());
        let program = program.env("TERM", "xterm").env("XDG_STATE_HOME", user.state.path());
        let mut running = if types {
            program.input(Input::Descriptor(user.terminal.line())).at_terminal().start()
        } else {
            let program = program.output(Output::Descriptor(user.terminal.line()));
            program.input(Input::Regular(b"a line\n".to_vec())).start()
        };
        if types {
            user.terminal.press("a line\r\x04");
        }
        let mut peer = accept(&listener);
        peer.write_all(b"an answer\n").unwrap();
        takes(&mut peer, "a line\n");
        assert!(is_at_end(&peer), "no half-close");
        drop(peer);
        running.wait_line(said);
        running.succeeds();
        assert!(!user.terminal.screen().contains('\x1b'));
        assert_eq!(fs::read_dir(user.state.path()).unwrap().count(), 0);
    }
}

/// The lesson of the manual, with an editor.
#[test]
fn the_lesson_is_typed_line_by_line() {
    let lessons: [(&[&str], &str); 2] = [
        (&["GET /hello HTTP/1.1", ""], "HTTP/1.1 200 OK\n"),
        (
            &[
                "POST /save HTTP/1.1",
                "Content-Type: application/json",
                "Content-Length: 32",
                "",
                r#"{"id": 5150, "name": "student"}"#,
            ],
            "5150",
        ),
    ];
    let mut server = nc(&["serve", "--lab", "http", "127.0.0.1:0"]).start();
    let port = server.listening_port().to_string();
    for (lines, expected) in lessons {
        let mut user = User::new();
        let before = user.terminal.settings();
        let mut running = user.start(&["--edit", "localhost", &port]);
        user.terminal.wait_screen("\x1b[?2004h");
        for line in lines {
            user.terminal.press(&format!("{line}\r"));
        }
        user.terminal.wait_screen(expected);
        user.terminal.press("\x04");
        running.succeeds();
        assert_eq!(user.terminal.settings(), before);
    }
}

#[test]
fn lines_that_are_edited_are_filled_and_paced_as_any_others() {
    let mut user = User::new();
    let (mut running, mut peer, _) = user.client(&["--fill", "--escapes"]);
    user.terminal.press(&format!("L: {{len}}\r\rb=\\x41{}\x7fa\r\r", LEFT.repeat(5)));
    takes(&mut peer, "L: 3\n\na=A");
    user.terminal.press("\x04");
    assert!(is_at_end(&peer), "no half-close");
    drop(peer);
    running.succeeds();

    let pause = std::time::Duration::from_millis(300);
    let mut user = User::new();
    let (mut running, mut peer, _) = user.client(&["-i", "0.3"]);
    let begun = std::time::Instant::now();
    user.terminal.press("one\rtwo\r");
    takes(&mut peer, "one\ntwo\n");
    assert!(begun.elapsed() >= pause, "no pause between lines");
    user.terminal.press("\x04");
    assert!(is_at_end(&peer), "no half-close");
    drop(peer);
    running.succeeds();
}
