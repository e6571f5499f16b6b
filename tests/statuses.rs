//! What the default face says at the end, and when that is: its exit statuses, `--exit-status`,
//! `--why`, and the times of `-w`, `-q` and `--idle-timeout`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use common::peer::{
    accept, again, connect, fill_with, is_at_end, refusing, tcp_listener, unanswering,
};
use common::process::{Input, Output, Program};
use common::running::Running;
use common::{MORE_THAN_FITS, STANDSTILL, pattern, under_test};

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A client of a peer inside the test.
fn client(args: &[&str], input: Input) -> (Running, TcpStream) {
    let (listener, port) = tcp_listener();
    let running = nc(args).args(["127.0.0.1", &port.to_string()]).input(input).start();
    let peer = accept(&listener);
    (running, peer)
}

/// Ends with this status, and with nothing on stdout.
#[track_caller]
fn ends(running: &mut Running, status: &str) {
    if running.wait_end() != status {
        running.fail(&format!("it was to end with {status}"));
    }
}

/// A time that was asked for. Never early; how late depends on the machine, which may be busy.
#[track_caller]
fn takes(limit: Duration, took: Duration) {
    assert!(took >= limit.mul_f32(0.85), "{took:?} is earlier than {limit:?}");
    assert!(took < limit * 20, "{took:?} is not {limit:?}");
}

const HALF: Duration = Duration::from_millis(500);

/// Every kind of end that a plain command has: the status it is to have, and how it is brought
/// about with these arguments in front.
fn every_end(front: &[&str], mut check: impl FnMut(u8, &mut Running)) {
    let with = |args: &[&str]| nc(front).args(args);
    let peer = |output: Output| {
        let (listener, port) = tcp_listener();
        let port = port.to_string();
        let running = with(&["127.0.0.1", &port]).input(Input::Pipe).output(output).start();
        (running, accept(&listener))
    };
    // complete
    let (mut running, stream) = peer(Output::Collected);
    running.end_input();
    drop(stream);
    check(0, &mut running);
    // usage
    check(1, &mut with(&["127.0.0.1", "port 80"]).start());
    // a name that is none
    check(10, &mut with(&["-n", "name.invalid", "80"]).start());
    // refused
    let (_held, port) = refusing(socket2::Type::STREAM, 0).unwrap();
    check(11, &mut with(&["127.0.0.1", &port.to_string()]).start());
    // silence
    let (_held, port) = unanswering();
    check(12, &mut with(&["-w", "300ms", "127.0.0.1", &port.to_string()]).start());
    // reset
    let (mut running, stream) = peer(Output::Collected);
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(stream);
    check(14, &mut running);
    // a full disk
    let (mut running, mut stream) = peer(Output::Full);
    stream.write_all(b"data").unwrap();
    check(17, &mut running);
}

#[test]
fn each_kind_of_end_has_its_status() {
    every_end(&[], |status, running| {
        ends(running, &format!("exit {status}"));
        // every failure is said, in one line; a success says nothing
        assert_eq!(
            running.said().lines().count(),
            usize::from(status != 0),
            "{}",
            running.report()
        );
    });
}

#[test]
fn classic_statuses_are_0_and_1() {
    every_end(&["--exit-status=classic"], |status, running| {
        ends(running, if status == 0 { "exit 0" } else { "exit 1" });
    });
    every_end(&["--exit-status=detailed"], |status, running| {
        ends(running, &format!("exit {status}"));
    });
}

#[test]
fn openbsds_statuses_are_0_and_1() {
    let front = ["--dialect", "openbsd"];
    let (_held, port) = refusing(socket2::Type::STREAM, 0).unwrap();
    ends(&mut nc(&front).args(["127.0.0.1", &port.to_string()]).start(), "exit 1");
    ends(&mut nc(&front).args(["-n", "name.invalid", "80"]).start(), "exit 1");
}

#[test]
fn one_port_of_several_is_enough() {
    let (_held, closed) = refusing(socket2::Type::STREAM, 0).unwrap();
    let (listener, port) = tcp_listener();
    let (closed, port) = (closed.to_string(), port.to_string());
    let mut running = nc(&["127.0.0.1", &closed, &port]).start();
    drop(accept(&listener));
    ends(&mut running, "exit 0");
    ends(&mut nc(&["127.0.0.1", &closed, &closed]).start(), "exit 11");
}

#[test]
fn a_connection_that_does_not_come_about_ends_in_time() {
    let (_held, port) = unanswering();
    let started = [("1", 1000), ("0.7", 700), ("700ms", 700)]
        .map(|(time, limit)| (nc(&["-w", time, "127.0.0.1", &port.to_string()]).start(), limit));
    let openbsd = nc(&["--dialect", "openbsd", "-w1", "127.0.0.1", &port.to_string()]).start();
    for (mut running, limit) in started {
        ends(&mut running, "exit 12");
        takes(Duration::from_millis(limit), running.lasted());
    }
    let mut running = openbsd;
    ends(&mut running, "exit 1");
    takes(Duration::from_secs(1), running.lasted());
}

#[test]
fn an_idle_connection_ends_in_time() {
    for option in ["-w", "--idle-timeout"] {
        let (mut running, mut peer) = client(&[option, "500ms"], Input::Pipe);
        // it runs from what moved last, in either direction
        for _ in 0..3 {
            assert!(!running.wait_for(HALF.mul_f32(0.5), Running::has_ended), "{option}");
            peer.write_all(b"x").unwrap();
            assert!(!running.wait_for(HALF.mul_f32(0.5), Running::has_ended), "{option}");
            running.feed(b"y");
            peer.read_exact(&mut [0]).unwrap();
        }
        let last = Instant::now();
        running.wait_end();
        takes(HALF, last.elapsed());
        assert_eq!(running.stdout, b"xxx");
    }
    // without data too, and a listener counts from its client on
    let mut running = nc(&["-lvn", "-w", "500ms", "127.0.0.1", "0"]).input(Input::Pipe).start();
    let port = running.listening_port();
    assert!(!running.wait_for(HALF * 2, Running::has_ended), "it waits for a client");
    let begun = Instant::now();
    let _client = connect(port);
    running.wait_end();
    takes(HALF, begun.elapsed());
}

#[test]
fn a_peer_that_only_pauses_is_not_cut_off() {
    // The peer reads nothing for much longer than the limit, but bytes are waiting for it.
    let much = pattern(MORE_THAN_FITS);
    let (mut running, mut peer) = client(&["-w", "1"], Input::Pipe);
    running.feed(&much);
    running.end_input();
    running.wait_input_full();
    assert!(!running.wait_for(HALF * 5, Running::has_ended), "{}", running.report());
    let mut seen = Vec::new();
    peer.read_to_end(&mut seen).unwrap();
    assert!(seen == much, "{} bytes", seen.len());
    drop(peer);
    ends(&mut running, "exit 0");
    // and so it is when our own output is what waits
    let (listener, port) = tcp_listener();
    let mut running = nc(&["-w", "1", "127.0.0.1", &port.to_string()])
        .input(Input::Pipe)
        .output(Output::Held)
        .start();
    let peer = accept(&listener);
    let held = fill_with(&peer, &much);
    assert!(running.stdout.is_empty());
    peer.shutdown(Shutdown::Write).unwrap();
    assert!(!running.wait_for(HALF * 5, Running::has_ended), "{}", running.report());
    running.end_input();
    ends(&mut running, "exit 0");
    assert!(running.stdout == much[..held]);
}

#[test]
fn after_the_input_it_leaves_in_time() {
    let (mut running, peer) = client(&["-q", "500ms"], Input::Pipe);
    assert!(!running.wait_for(HALF * 2, Running::has_ended), "-q before the end of the input");
    running.end_input();
    let begun = Instant::now();
    ends(&mut running, "exit 0");
    takes(HALF, begun.elapsed());
    drop(peer);
    // a peer that is done sooner is the end
    let (mut running, peer) = client(&["-q", "60"], Input::Null);
    drop(peer);
    ends(&mut running, "exit 0");
    // at once is after what was fed
    let (mut running, mut peer) = client(&["-q", "0"], Input::Regular(pattern(300_000)));
    let mut seen = Vec::new();
    peer.read_to_end(&mut seen).unwrap();
    assert!(seen == pattern(300_000), "{} bytes", seen.len());
    ends(&mut running, "exit 0");
    // for ever is for ever
    let (mut running, peer) = client(&["-q", "-1"], Input::Null);
    assert!(!running.wait_for(STANDSTILL, Running::has_ended));
    drop(peer);
    ends(&mut running, "exit 0");
}

#[test]
fn nothing_is_left_waiting_without_a_limit() {
    let (mut running, mut peer) = client(&[], Input::Null);
    assert!(is_at_end(&peer), "the end of the input is passed on");
    assert!(!running.wait_for(STANDSTILL, Running::has_ended), "the answer may be late");
    peer.write_all(b"late").unwrap();
    drop(peer);
    ends(&mut running, "exit 0");
    assert_eq!(running.stdout, b"late");
    let (mut running, mut peer) = client(&["--no-shutdown"], Input::Null);
    peer.set_read_timeout(Some(STANDSTILL)).unwrap();
    assert!(again(|| peer.read(&mut [0])).is_err(), "the end of the input is not to be passed on");
    drop(peer);
    ends(&mut running, "exit 0");
}

#[test]
fn why_says_who_finished_and_how_much() {
    let (mut running, mut peer) = client(&["--why"], Input::Regular(b"question".to_vec()));
    let mut question = String::new();
    peer.read_to_string(&mut question).unwrap();
    peer.write_all(b"the answer").unwrap();
    drop(peer);
    ends(&mut running, "exit 0");
    let said = running.said();
    let line = said.strip_suffix('\n').expect("a line");
    assert!(!line.contains('\n'), "{said:?}");
    let (begin, end) = line.split_once(" after ").expect("a duration");
    assert!(begin.ends_with(": closed by us"), "{line:?}");
    let (_, moved) = end.split_once(": ").expect("what moved");
    assert!(moved.starts_with("sent 8 bytes, received 10 bytes; rtt "), "{line:?}");
    assert!(moved.ends_with("no retransmits"), "{line:?}");

    let (mut running, peer) = client(&["--why"], Input::Pipe);
    drop(peer);
    assert!(running.wait_for(STANDSTILL * 10, Running::output_has_ended));
    running.end_input();
    ends(&mut running, "exit 0");
    assert!(running.said().contains(": closed by the peer after "), "{}", running.report());
    assert!(running.said().contains(": sent 0 bytes, received 0 bytes; "), "{}", running.report());

    let (mut running, _peer) = client(&["--why", "-w", "300ms"], Input::Pipe);
    running.wait_end();
    assert!(running.said().contains(": ended by the timeout after "), "{}", running.report());

    let (mut running, mut peer) = client(&["--why"], Input::Pipe);
    peer.write_all(b"hello").unwrap();
    running.wait_stdout(5);
    running.signal(rustix::process::Signal::INT);
    ends(&mut running, "signal 2");
    assert!(running.said().contains(": interrupted after "), "{}", running.report());
    assert!(running.said().contains(": sent 0 bytes, received 5 bytes; "), "{}", running.report());
}

#[test]
fn the_idle_time_also_ends_a_wait_behind_the_end_of_our_input() {
    // a pipe and a file are moved in different ways
    for input in [Input::Pipe, Input::Regular(b"hi\n".to_vec())] {
        let is_pipe = matches!(input, Input::Pipe);
        let (mut running, _silent) = client(&["-w", "1"], input);
        if is_pipe {
            running.feed(b"hi\n");
            running.end_input();
        }
        ends(&mut running, "exit 0");
    }
}
