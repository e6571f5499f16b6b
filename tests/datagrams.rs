//! UDP: boundaries up to the largest datagram, empty ones, refusals, who is heard and who is answered.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use common::peer::again;
use common::process::{Input, Program};
use common::running::Running;
use common::{DEADLINE, STANDSTILL, pattern, under_test};
use rustix::process::Signal;

/// The largest datagram over IPv4.
const LARGEST: usize = 65_507;

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

fn port(socket: &UdpSocket) -> String {
    socket.local_addr().unwrap().port().to_string()
}

/// A client of `server`, with further arguments.
fn client(args: &[&str], server: &UdpSocket, input: Input) -> Running {
    nc(&["-u"]).args(args).args(["127.0.0.1", &port(server)]).input(input).start()
}

/// A listener and a socket that is connected to it.
fn listener(args: &[&str], input: Input) -> (Running, UdpSocket) {
    let mut running = nc(&["-luvn"]).args(args).args(["127.0.0.1", "0"]).input(input).start();
    let at = running.bound_port();
    (running, caller(at))
}

fn caller(at: u16) -> UdpSocket {
    let socket = socket();
    socket.connect(("127.0.0.1", at)).unwrap();
    socket
}

fn datagram(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut bytes = vec![0; 1 << 16];
    let (length, sender) = again(|| socket.recv_from(&mut bytes)).expect("a datagram");
    bytes.truncate(length);
    (bytes, sender)
}

fn is_quiet(socket: &UdpSocket) -> bool {
    socket.set_read_timeout(Some(STANDSTILL)).unwrap();
    let got = again(|| socket.recv(&mut [0; 16]));
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    got.is_err()
}

#[test]
fn the_largest_datagram_passes_whole_both_ways() {
    let file = || Input::Regular(pattern(LARGEST + 100));

    let server = socket();
    let mut running = client(&[], &server, file());
    let (first, from) = datagram(&server);
    assert!(first == pattern(LARGEST + 100)[..LARGEST], "{} bytes, or not these", first.len());
    assert_eq!(datagram(&server).0, pattern(LARGEST + 100)[LARGEST..]);
    server.send_to(&pattern(LARGEST), from).unwrap();
    running.wait_stdout(LARGEST);
    assert!(running.stdout == pattern(LARGEST));

    let (mut running, caller) = listener(&[], file());
    caller.send(&pattern(LARGEST)).unwrap();
    running.wait_stdout(LARGEST);
    assert!(running.stdout == pattern(LARGEST));
    assert!(datagram(&caller).0 == pattern(LARGEST + 100)[..LARGEST]);
    assert_eq!(datagram(&caller).0, pattern(LARGEST + 100)[LARGEST..]);
}

#[test]
fn an_empty_datagram_is_no_end() {
    let server = socket();
    let mut running = client(&[], &server, Input::Pipe);
    running.feed(b"hello\n");
    let (_, from) = datagram(&server);
    for bytes in [&b""[..], b"one\n", b"", b"two\n"] {
        server.send_to(bytes, from).unwrap();
    }
    running.wait_stdout(b"one\ntwo\n".len());
    running.feed(b"still here\n");
    assert_eq!(datagram(&server).0, b"still here\n");
    assert_eq!(running.stdout, b"one\ntwo\n");

    for args in [&[][..], &["-k"]] {
        let (mut running, caller) = listener(args, Input::Pipe);
        // the very first one decides who the peer is
        for bytes in [&b""[..], b"one\n", b"", b"two\n"] {
            caller.send(bytes).unwrap();
        }
        running.wait_stdout(b"one\ntwo\n".len());
        running.feed(b"still here\n");
        assert_eq!(datagram(&caller).0, b"still here\n", "{args:?}");
        assert_eq!(running.stdout, b"one\ntwo\n", "{args:?}");
    }
}

#[test]
fn datagrams_on_standard_input_keep_their_boundaries() {
    let (ours, theirs) = UnixDatagram::pair().unwrap();
    let server = socket();
    let _running = client(&[], &server, Input::Descriptor(theirs.into()));
    for bytes in [&b"one"[..], b"", b"two"] {
        ours.send(bytes).unwrap();
    }
    for bytes in [&b"one"[..], b"", b"two"] {
        assert_eq!(datagram(&server).0, bytes);
    }
}

#[test]
fn a_refusal_is_an_error_of_its_own() {
    let gone = socket();
    let mut running = client(&[], &gone, Input::Pipe);
    running.feed(b"hello\n");
    assert_eq!(datagram(&gone).0, b"hello\n");
    drop(gone);
    running.feed(b"is anybody there?\n");
    if running.wait_end() != "exit 11" || !running.said().contains("Connection refused") {
        running.fail("a refusal must be said, with status 11");
    }
    let gone = socket();
    let mut running = client(&["--exit-status=classic"], &gone, Input::Pipe);
    drop(gone);
    running.feed(b"is anybody there?\n");
    assert_eq!(running.wait_end(), "exit 1");
    // also where it is told to a write, because much was sent at once
    let gone = socket();
    let at = port(&gone);
    drop(gone);
    let input = Input::Regular(pattern(3 * LARGEST));
    let mut running = nc(&["-u", "127.0.0.1", &at]).input(input).start();
    assert_eq!(running.wait_end(), "exit 11");
    // what came before it is delivered first
    let server = socket();
    let mut running = client(&[], &server, Input::Pipe);
    running.feed(b"hello\n");
    let (_, from) = datagram(&server);
    running.signal(Signal::STOP);
    server.send_to(b"the last words\n", from).unwrap();
    drop(server);
    running.feed(b"and after them\n");
    running.signal(Signal::CONT);
    assert_eq!(running.wait_end(), "exit 11");
    assert_eq!(running.stdout, b"the last words\n");
}

#[test]
fn who_is_locked_on_to_is_the_only_one_heard() {
    let (mut running, first) = listener(&[], Input::Pipe);
    let at = first.peer_addr().unwrap().port();
    let stranger = caller(at);
    // All of these are queued before it can lock on to anybody.
    running.signal(Signal::STOP);
    first.send(b"the first\n").unwrap();
    stranger.send(b"a stranger, queued\n").unwrap();
    first.send(b"the first again\n").unwrap();
    running.signal(Signal::CONT);
    running.wait_stdout(b"the first\nthe first again\n".len());
    running.feed(b"locked on\n");
    assert_eq!(datagram(&first).0, b"locked on\n");
    // The kernel refuses a stranger now, and says so to whoever asks.
    let _ = stranger.send(b"a stranger, later\n");
    first.send(b"the end\n").unwrap();
    running.wait_stdout(b"the first\nthe first again\nthe end\n".len());
    assert_eq!(running.stdout, b"the first\nthe first again\nthe end\n");
    let refused = again(|| stranger.recv(&mut [0; 16])).expect_err("nothing is for a stranger");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(running.wait_lines("Connection received on ", 1).len(), 1);
}

#[test]
fn a_client_hears_only_its_server() {
    let server = socket();
    let mut running = client(&[], &server, Input::Pipe);
    running.feed(b"hello\n");
    let (_, from) = datagram(&server);
    socket().send_to(b"a stranger\n", from).unwrap();
    server.send_to(b"the server\n", from).unwrap();
    running.wait_stdout(b"the server\n".len());
    assert_eq!(running.stdout, b"the server\n");
}

#[test]
fn keep_open_hears_everybody_and_answers_who_spoke_last() {
    let (mut running, first) = listener(&["-k"], Input::Pipe);
    let second = caller(first.peer_addr().unwrap().port());
    // nothing is read, much less sent to nobody, before somebody spoke
    running.feed(b"fed early\n");
    first.send(b"first\n").unwrap();
    assert_eq!(datagram(&first).0, b"fed early\n");
    running.feed(b"to the first\n");
    assert_eq!(datagram(&first).0, b"to the first\n");
    second.send(b"second\n").unwrap();
    running.wait_stdout(b"first\nsecond\n".len());
    running.feed(b"to the second\n");
    assert_eq!(datagram(&second).0, b"to the second\n");
    assert!(is_quiet(&first), "an answer went to somebody who did not speak last");
    first.send(b"first again\n").unwrap();
    running.wait_stdout(b"first\nsecond\nfirst again\n".len());
    running.feed(b"to the first again\n");
    assert_eq!(datagram(&first).0, b"to the first again\n");
    // one that is gone ends nothing, and neither does the end of the input
    drop(first);
    running.feed(b"to nobody\n");
    second.send(b"second again\n").unwrap();
    running.wait_stdout(b"first\nsecond\nfirst again\nsecond again\n".len());
    running.end_input();
    second.send(b"the end\n").unwrap();
    running.wait_stdout(b"first\nsecond\nfirst again\nsecond again\nthe end\n".len());
    assert_eq!(running.status(), None);
}

#[test]
fn line_ends_are_converted_inside_a_datagram() {
    let input = || Input::Regular(b"one\ntwo\r\nthree\n".to_vec());
    let server = socket();
    let _client = client(&["-C"], &server, input());
    assert_eq!(datagram(&server).0.escape_ascii().to_string(), "one\\r\\ntwo\\r\\nthree\\r\\n");
    for args in [&["-C"][..], &["-kC"]] {
        let (_running, caller) = listener(args, input());
        caller.send(b"hello\n").unwrap();
        let answer = datagram(&caller).0.escape_ascii().to_string();
        assert_eq!(answer, "one\\r\\ntwo\\r\\nthree\\r\\n", "{args:?}");
    }
}

#[test]
fn a_pause_makes_each_line_a_datagram() {
    const PAUSE: Duration = Duration::from_millis(250);
    let input = || Input::Regular(b"one\ntwo\nthree\n".to_vec());
    let server = socket();
    let begun = Instant::now();
    let _client = client(&["--interval", "250ms"], &server, input());
    for line in [&b"one\n"[..], b"two\n", b"three\n"] {
        assert_eq!(datagram(&server).0, line);
    }
    assert!(begun.elapsed() >= PAUSE * 2, "no pause: {:?}", begun.elapsed());
    for args in [&["--interval", "250ms"][..], &["-k", "--interval", "250ms"]] {
        let (_running, caller) = listener(args, input());
        let begun = Instant::now();
        caller.send(b"hello\n").unwrap();
        for line in [&b"one\n"[..], b"two\n", b"three\n"] {
            assert_eq!(datagram(&caller).0, line, "{args:?}");
        }
        assert!(begun.elapsed() >= PAUSE * 2, "no pause: {args:?} {:?}", begun.elapsed());
    }
}

#[test]
fn a_limit_counts_datagrams() {
    let server = socket();
    let mut running = client(&["-W", "2"], &server, Input::Pipe);
    running.feed(b"hello\n");
    let (_, from) = datagram(&server);
    for bytes in [b"one\n", b"two\n", b"3rd\n"] {
        server.send_to(bytes, from).unwrap();
    }
    running.succeeds();
    assert_eq!(running.stdout, b"one\ntwo\n");
}

#[test]
fn a_datagram_over_a_unix_socket_may_be_larger_than_any_over_ip() {
    let sent = pattern(100_000);
    for args in [&["-luU"][..], &["-lkuU"]] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let mut running = nc(args).args(["-v", path.to_str().unwrap()]).input(Input::Pipe).start();
        running.wait_line("Bound on ");
        let caller = UnixDatagram::unbound().unwrap();
        caller.send_to(&sent, &path).unwrap();
        running.wait_stdout(sent.len());
        assert!(running.stdout == sent, "{args:?}: bytes changed");
    }
}
