//! What a conversation tells of itself while it is held and when it is over: how fast it may go, its
//! sums, how it goes when somebody asks, how far it has come.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use common::peer::{accept, connect, is_at_end, tcp_listener};
use common::process::{Input, Output, Program};
use common::running::Running;
use common::terminal::Terminal;
use common::{DEADLINE, MORE_THAN_FITS, pattern, under_test};
use rustix::process::Signal;
use socket2::SockRef;

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A client with this input, and its peer.
fn client(args: &[&str], input: Input) -> (Running, TcpStream) {
    let (listener, port) = tcp_listener();
    let running = nc(args).args(["127.0.0.1", &port.to_string()]).input(input).start();
    let peer = accept(&listener);
    (running, peer)
}

/// All that a peer is sent until the end.
fn all_of(peer: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    peer.read_to_end(&mut bytes).expect("all that is sent");
    bytes
}

#[test]
fn a_rate_holds_each_way_and_is_not_idleness() {
    // each way takes 500 ms at least, in which nothing is idle for longer than the timeout
    let bytes = pattern(10_000);
    let begun = Instant::now();
    let (mut running, mut peer) =
        client(&["--rate", "20k", "--idle-timeout", "0.1"], Input::Regular(bytes.clone()));
    peer.write_all(&bytes).unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    assert!(all_of(&mut peer) == bytes, "what is sent is not what was to be sent");
    assert!(begun.elapsed() >= Duration::from_millis(500), "sent too fast");
    running.succeeds();
    assert!(running.stdout == bytes, "what is shown is not what came");
    assert!(begun.elapsed() >= Duration::from_millis(500), "shown too fast");
}

#[test]
fn a_rate_holds_for_datagrams_which_stay_whole() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let begun = Instant::now();
    let args = ["--rate", "2k", "-u", "-W", "1", "127.0.0.1", &port];
    let mut running = nc(&args).input(Input::Regular(pattern(400))).start();
    let mut buffer = [0; 1000];
    let (count, from) = socket.recv_from(&mut buffer).unwrap();
    assert_eq!(buffer[..count], pattern(400));
    assert!(begun.elapsed() >= Duration::from_millis(200), "sent too fast");
    socket.send_to(&pattern(300), from).unwrap();
    running.succeeds();
    assert_eq!(running.stdout, pattern(300));
}

#[test]
fn each_of_several_clients_has_the_rate() {
    let bytes = pattern(4_000);
    let program = nc(&["-lkvn", "--rate", "20k", "127.0.0.1", "0"]);
    let mut running = program.input(Input::Regular(bytes.clone())).start();
    let port = running.listening_port();
    let begun = Instant::now();
    let mut clients = [connect(port), connect(port)];
    for client in &mut clients {
        client.write_all(&bytes).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
    }
    for client in &mut clients {
        assert!(all_of(client) == bytes, "not the whole file");
    }
    running.wait_stdout(2 * bytes.len());
    assert!(begun.elapsed() >= Duration::from_millis(200), "too fast");
    assert_eq!(running.status(), None);
    assert!(is_at_end(&clients[0]));
}

/// What `sha256sum` says of these bytes.
fn sha256(bytes: &[u8]) -> String {
    let mut running = Program::new("sha256sum").input(Input::Regular(bytes.to_vec())).start();
    running.succeeds();
    String::from_utf8_lossy(&running.stdout).split(' ').next().unwrap().to_owned()
}

#[test]
fn sums_are_those_of_sha256sum_and_say_that_they_are_of_the_whole() {
    let (bytes, answer) = (b"one\ntwo\n".repeat(9_000), pattern(70_000));
    for (option, sent) in [("--sum", bytes.clone()), ("-C", b"one\r\ntwo\r\n".repeat(9_000))] {
        let (mut running, mut peer) = client(&["--sum", option], Input::Regular(bytes.clone()));
        assert!(all_of(&mut peer) == sent);
        peer.write_all(&answer).unwrap();
        drop(peer);
        running.succeeds();
        let said = running.said();
        let lines: Vec<_> = said.lines().collect();
        let [sent_line, received] = lines[..] else { panic!("{said}") };
        assert!(sent_line.starts_with(&format!("nc: sent {} bytes to 127.0.0.1:", sent.len())));
        assert!(sent_line.ends_with(&format!(", to the end: sha256 {}", sha256(&sent))), "{said}");
        assert!(received.starts_with("nc: received 70000 bytes from 127.0.0.1:"), "{said}");
        assert!(received.ends_with(&format!(", to the end: sha256 {}", sha256(&answer))), "{said}");
    }
}

#[test]
fn a_sum_of_a_stream_that_was_cut_is_not_one_of_the_whole() {
    let (mut running, mut peer) = client(&["--sum", "-d"], Input::Null);
    peer.write_all(b"half").unwrap();
    running.wait_stdout(4);
    running.signal(Signal::TERM);
    running.wait_end();
    let cut = format!(", cut short: sha256 of that part {}\n", sha256(b"half"));
    let said = running.said();
    assert!(said.starts_with("nc: received 4 bytes from ") && said.ends_with(&cut), "{said}");

    // a reset may have taken what was sent with it
    let (mut running, mut peer) = client(&["--sum"], Input::Regular(pattern(100_000)));
    peer.write_all(b"x").unwrap();
    running.wait_stdout(1);
    SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    assert_eq!(running.wait_end(), "exit 14");
    let said = running.said();
    assert_eq!(said.matches("cut short: sha256 of that part").count(), 2, "{said}");
    assert!(!said.contains("to the end"), "{said}");

    // and where a write is told of it, a read is told of an end
    let (mut running, mut peer) = client(&["--sum"], Input::Regular(pattern(20_000_000)));
    peer.write_all(&pattern(100_000)).unwrap();
    peer.read_exact(&mut vec![0; 70_000]).unwrap();
    running.wait_stdout(100_000);
    SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    assert_eq!(running.wait_end(), "exit 14");
    assert!(!running.said().contains("to the end"), "{}", running.said());
}

#[test]
fn the_sum_of_datagrams_is_of_all_in_their_order() {
    let mut running = nc(&["--sum", "-lvnu", "-W", "2", "127.0.0.1", "0"]).start();
    let port = running.bound_port();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for message in ["one", "two"] {
        socket.send_to(message.as_bytes(), ("127.0.0.1", port)).unwrap();
    }
    running.succeeds();
    let of_both = format!("datagrams without an end: sha256 of these {}", sha256(b"onetwo"));
    assert!(running.said().contains(&of_both), "{}", running.said());

    // nobody says whether they arrived
    let port = socket.local_addr().unwrap().port().to_string();
    let mut running =
        nc(&["--sum", "-u", "-w", "1", "127.0.0.1", &port]).input(Input::Null).start();
    running.wait_end();
    assert!(running.said().contains("sent 0 bytes"), "{}", running.said());
    assert!(!running.said().contains("to the end"), "{}", running.said());
}

#[test]
fn whoever_sends_sigusr1_is_told_how_it_goes() {
    let (mut running, mut peer) = client(&[], Input::Pipe);
    running.feed(b"hello");
    let mut seen = [0; 5];
    peer.read_exact(&mut seen).unwrap();
    peer.write_all(b"an answer").unwrap();
    running.wait_stdout(9);
    running.signal(Signal::USR1);
    let lines = running.wait_lines("nc: 127.0.0.1:", 2);
    assert!(lines[0].contains(": sent 5 bytes at ") && lines[0].contains(", received 9 bytes at "));
    assert!(lines[1].contains(": rtt ") && lines[1].contains(" retransmits"), "{lines:?}");
    assert_eq!(running.status(), None);
    running.signal(Signal::USR1);
    running.wait_lines("nc: 127.0.0.1:", 4);
    running.end_input();
    drop(peer);
    running.succeeds();
}

#[test]
fn what_the_peer_does_not_take_is_seen() {
    let (mut running, peer) = client(&[], Input::Pipe);
    running.feed(&pattern(MORE_THAN_FITS));
    running.wait_input_full();
    running.signal(Signal::USR1);
    let lines = running.wait_lines("nc: 127.0.0.1:", 2);
    assert!(lines[1].contains(" not acknowledged"), "{lines:?}");
    drop(peer);
}

#[test]
fn a_listener_tells_of_each_client_and_that_there_is_none() {
    for (args, listens) in [(&["-lkvn"][..], true), (&["-lvn"], true), (&["-lkvnu"], false)] {
        let program = nc(args).args(["127.0.0.1", "0"]).input(Input::Pipe);
        let mut running = program.start();
        if !listens {
            let port = running.bound_port();
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.send_to(b"hello", ("127.0.0.1", port)).unwrap();
            running.wait_stdout(5);
            running.signal(Signal::USR1);
            let line = running.wait_line(&format!("nc: 127.0.0.1:{port}: after "));
            assert!(line.contains(", received 5 bytes at "), "{line}");
            continue;
        }
        let port = running.listening_port();
        running.signal(Signal::USR1);
        running.wait_line("nc: no conversation is under way");
        let mut clients = Vec::new();
        let most = if args == ["-lvn"] { 1 } else { 2 };
        for number in 1..=most {
            let mut client = connect(port);
            client.write_all(b"hello\n").unwrap();
            running.wait_stdout(6 * number);
            clients.push(client);
        }
        running.signal(Signal::USR1);
        for client in &clients {
            let line = running.wait_line(&format!("nc: {}: after ", client.local_addr().unwrap()));
            assert!(line.contains(", received 6 bytes at "), "{line}");
        }
    }
}

#[test]
fn only_an_exact_dialect_dies_of_sigusr1() {
    let (mut running, mut peer) = client(&["--dialect", "openbsd"], Input::Pipe);
    running.feed(b"x");
    peer.read_exact(&mut [0]).unwrap();
    running.signal(Signal::USR1);
    assert_eq!(running.wait_end(), format!("signal {}", Signal::USR1.as_raw()));

    let survives = |mut running: Running, says: &str| {
        for count in 1..=2 {
            running.signal(Signal::USR1);
            running.wait_lines(says, count);
        }
        assert_eq!(running.status(), None);
    };
    // the second port is not due yet
    let (listener, port) = tcp_listener();
    let port = port.to_string();
    let mut scan = nc(&["-zv", "-i", "600", "127.0.0.1", &port, &port]).start();
    scan.wait_line("Connection to 127.0.0.1 ");
    survives(scan, "nc: 1 of 2 ports tried");
    if cfg!(feature = "json") {
        let mut server = nc(&["serve", "--lab", "http", "127.0.0.1:0"]).start();
        server.listening_port();
        survives(server, "nc: no conversation is under way");
    }
    if cfg!(feature = "tls") {
        drop(accept(&listener));
        let cert = nc(&["cert", &format!("127.0.0.1:{port}")]).start();
        let _silent = accept(&listener);
        survives(cert, "nc: no conversation is under way");
    }
}

/// One that came before anything was read waits for whoever can answer it.
#[test]
fn sigusr1_is_answered_from_the_first_moment_on() {
    let nc = under_test(env!("CARGO_BIN_EXE_nc"));
    let early = |args: &[&str]| {
        let line = "kill -USR1 $$; exec \"$0\" \"$@\"";
        let env = ["--block-signal=USR1", "sh", "-c", line];
        Program::new("env").args(env).args([nc.as_os_str()]).args(args).start()
    };
    early(&["-ln", "127.0.0.1", "0"]).wait_line("nc: no conversation is under way");
    let (_listener, port) = tcp_listener();
    let port = port.to_string();
    let mut scan = early(&["-zn", "-i", "600", "127.0.0.1", &port, &port]);
    let line = scan.wait_line("nc: ");
    assert!(line.ends_with(" of 2 ports tried"), "{line}");
}

#[cfg(feature = "json")]
#[test]
fn in_json_it_is_an_event() {
    let (mut running, mut peer) =
        client(&["--json", "--progress", "--sum"], Input::Regular(b"hello".into()));
    assert_eq!(all_of(&mut peer), b"hello");
    running.signal(Signal::USR1);
    let asked = |running: &Running| running.said().contains(r#""occasion":"asked""#);
    assert!(running.wait_for(DEADLINE, asked), "{}", running.report());
    drop(peer);
    running.succeeds();
    let said = running.said();
    let event = |start: &str| {
        let line = said.lines().rfind(|line| line.contains(start));
        serde_json::from_str::<serde_json::Value>(line.expect(start)).unwrap()
    };
    let over = event(r#""occasion":"over""#);
    assert_eq!((&over["sent"], &over["expected"]), (&5.into(), &5.into()), "{said}");
    let sums = event(r#""event":"sums""#);
    assert_eq!(sums["sent"]["sha256"], sha256(b"hello"), "{said}");
    assert_eq!((&sums["sent"]["extent"], &sums["received"]["bytes"]), (&"whole".into(), &0.into()));
}

#[test]
fn progress_in_a_pipe_is_lines_and_one_for_all_of_it() {
    let bytes = pattern(6_000);
    let (mut running, mut peer) =
        client(&["--progress", "--rate", "4k"], Input::Regular(bytes.clone()));
    assert!(all_of(&mut peer) == bytes);
    drop(peer);
    running.succeeds();
    let said = running.said();
    let lines: Vec<_> = said.lines().collect();
    let [passing @ .., last] = &lines[..] else { panic!("nothing was said") };
    // after a second, in which at most 4 of 6 kB can have gone
    assert!(passing.iter().any(|line| line.starts_with("nc: sent ") && line.contains(" of 6000")));
    assert!(last.starts_with("nc: sent 6000 bytes of 6000 bytes (100 %) at "), "{said}");
    assert!(!said.contains('\r') && !said.contains('\x1b'), "{said:?}");
}

/// A client at a terminal that is its standard error as well.
fn at_terminal(terminal: &Terminal, args: &[&str], input: Input) -> (Running, TcpStream) {
    let (listener, port) = tcp_listener();
    let program = nc(args).args(["127.0.0.1", &port.to_string()]);
    // the shell has the terminal open for us where input is none
    let program = match input {
        Input::Descriptor(_) => program.after("exec 2>&0"),
        _ => program.after("exec 2>&1"),
    };
    let running = program.input(input).output(Output::Descriptor(terminal.line())).start();
    let peer = accept(&listener);
    (running, peer)
}

#[test]
fn progress_at_a_terminal_is_one_line_that_goes_away() {
    let bytes = pattern(9_000);
    let mut terminal = Terminal::open();
    let (mut running, mut peer) =
        at_terminal(&terminal, &["--progress", "--rate", "3k"], Input::Regular(bytes.clone()));
    let shown = terminal.wait_screen(" of 9000 bytes");
    assert!(shown.starts_with("nc: sent "), "{shown:?}");
    // what the peer says takes its place
    terminal.wait_screen("\x1b[K");
    peer.write_all(b"an answer\n").unwrap();
    terminal.wait_screen("\x1b[Kan answer\n");
    assert!(all_of(&mut peer) == bytes);
    drop(peer);
    running.succeeds();
    let shown = terminal.wait_screen("(100 %) at ");
    assert!(shown.contains("nc: sent 9000 bytes of 9000 bytes (100 %) at "), "{shown:?}");
}

#[test]
fn at_a_terminal_v_says_why_it_ended_and_in_a_pipe_only_that() {
    let mut terminal = Terminal::open();
    let line = Input::Descriptor(terminal.line());
    let (mut running, mut peer) = at_terminal(&terminal, &["-v"], line);
    peer.write_all(b"goodbye\n").unwrap();
    terminal.wait_screen("goodbye\n");
    drop(peer);
    running.succeeds();
    let shown = terminal.wait_screen("received 8 bytes");
    assert!(shown.contains("nc: closed by the peer after "), "{shown}");

    for (option, says) in [("-v", false), ("--why", true)] {
        let (mut running, peer) = client(&[option, "-d"], Input::Null);
        drop(peer);
        running.succeeds();
        let line = running.wait_line("nc: closed by the peer after ");
        assert_eq!(line.contains("received 0 bytes"), says, "{option}: {line}");
    }
    let (mut running, mut peer) = client(&["--why", "-d"], Input::Null);
    peer.write_all(b"x").unwrap();
    running.wait_stdout(1);
    SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    assert_eq!(running.wait_end(), "exit 14");
    running.wait_line("nc: cut short after ");
}
