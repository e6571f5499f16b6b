//! What a conversation tells of itself while it is held and when it is over: how fast it may go, its
//! sums, how it goes when somebody asks, how far it has come.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use common::peer::{accept, connect, is_at_end, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::{DEADLINE, pattern, under_test};
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
}
