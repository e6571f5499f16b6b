//! What stands around `nc` may be missing, full, closed or hostile: no byte goes anywhere wrong,
//! nothing panics, and what could not be done is said.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::ffi::OsStringExt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::peer::{
    accept, connect, connect_when_open, free_port, small_window, tcp_listener, wait_arrived,
};
use common::process::{Input, Output, Program};
use common::running::Running;
use rustix::process::Signal;

use common::{DEADLINE, MORE_THAN_FITS, pattern, under_test};

fn nc(args: &[impl AsRef<OsStr>]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A client of a peer inside the test.
fn client(made: impl FnOnce(Program) -> Program) -> (Running, TcpStream) {
    let (listener, port) = tcp_listener();
    let running = made(nc(&["-n"]).args(["127.0.0.1", &port.to_string()])).start();
    let peer = accept(&listener);
    (running, peer)
}

/// Ends with this status, without a panic.
#[track_caller]
fn ends(running: &mut Running, status: &str) {
    let ended = running.wait_end();
    if ended != status || running.said().contains("panicked") {
        running.fail(&format!("it was to end with {status}"));
    }
}

const WORDS: &[u8] = b"from our input\n";
const PEERS: &[u8] = b"from the peer\n";

/// Which of descriptors 0 to 2 are closed: all the combinations.
fn combinations() -> impl Iterator<Item = Vec<u8>> {
    (0..8_u8).map(|bits| (0..3).filter(|number| bits & (1 << number) != 0).collect())
}

/// Talks with a program some of whose descriptors are closed, and looks where the bytes went.
fn with_closed(mut running: Running, peer: Option<TcpStream>, closed: &[u8]) {
    let is_closed = |number| closed.contains(&number);
    if let Some(mut peer) = peer {
        // it may have gone already
        let _ = peer.write_all(PEERS);
        let _ = peer.shutdown(Shutdown::Write);
        let mut seen = Vec::new();
        let _ = peer.read_to_end(&mut seen);
        let expected: &[u8] = if is_closed(0) { b"" } else { WORDS };
        // without an output it need not even begin
        if !(is_closed(1) && seen.is_empty()) {
            assert_eq!(seen.escape_ascii().to_string(), expected.escape_ascii().to_string());
        }
    }
    ends(&mut running, if is_closed(1) { "exit 17" } else { "exit 0" });
    let stdout: &[u8] = if is_closed(1) { b"" } else { PEERS };
    assert_eq!(running.stdout.escape_ascii().to_string(), stdout.escape_ascii().to_string());
    if is_closed(2) {
        assert_eq!(running.said(), "");
    } else if is_closed(1) {
        assert!(running.said().contains("Bad file descriptor"), "{}", running.report());
    }
}

#[test]
fn a_signal_ends_it_though_there_is_always_something_to_do() {
    for option in ["--hex", "--log=/dev/null", "-C", "-n"] {
        let device = |path: &str| File::options().read(true).write(true).open(path).unwrap();
        let (running, mut peer) = client(|nc| {
            nc.args([option])
                .input(Input::Descriptor(device("/dev/zero").into()))
                .output(Output::Descriptor(device("/dev/null").into()))
        });
        let (told, seen) = mpsc::channel();
        let drain = thread::spawn(move || {
            let mut some = vec![0; 1 << 20];
            let mut begun = false;
            while peer.read(&mut some).is_ok_and(|count| count > 0) {
                if !std::mem::replace(&mut begun, true) {
                    told.send(()).unwrap();
                }
            }
        });
        seen.recv_timeout(DEADLINE).unwrap();
        let mut running = running;
        running.signal(Signal::TERM);
        ends(&mut running, "signal 15");
        drain.join().unwrap();
    }
}

#[test]
fn closed_descriptors_are_nobodys() {
    for closed in combinations() {
        for verbose in ["-n", "-vvv", "--json"] {
            let input = || Input::Regular(WORDS.to_vec());
            let (listener, port) = tcp_listener();
            let running = nc(&[verbose, "127.0.0.1", &port.to_string()])
                .input(input())
                .closed(&closed)
                .start();
            let peer = accept(&listener);
            with_closed(running, Some(peer), &closed);

            let port = free_port();
            let running = nc(&[verbose, "-l", "127.0.0.1", &port.to_string()])
                .input(input())
                .closed(&closed)
                .start();
            let peer = (!closed.contains(&1)).then(|| connect_when_open(port));
            with_closed(running, peer, &closed);
        }
    }
}

#[test]
fn many_clients_of_a_listener_whose_descriptors_are_closed() {
    for closed in combinations().filter(|closed| !closed.contains(&1)) {
        let port = free_port();
        let mut running = nc(&["-lkv", "127.0.0.1", &port.to_string()])
            .input(Input::Regular(WORDS.to_vec()))
            .closed(&closed)
            .start();
        let mut clients: Vec<_> = (0..3).map(|_| connect_when_open(port)).collect();
        for client in &mut clients {
            client.write_all(PEERS).unwrap();
            client.shutdown(Shutdown::Write).unwrap();
            let mut seen = Vec::new();
            client.read_to_end(&mut seen).unwrap();
            assert_eq!(seen, if closed.contains(&0) { b"" } else { WORDS });
        }
        running.wait_stdout(3 * PEERS.len());
        assert_eq!(running.stdout, PEERS.repeat(3));
        assert_eq!(running.status(), None);
    }
}

/// Leaves room for so many descriptors, of which none are inherited from whoever runs the tests
/// (up to 9, which a shell can name).
fn few(limit: u8) -> String {
    let close: Vec<_> = (3..10).map(|number| format!("{number}>&-")).collect();
    format!("exec {} && ulimit -n {limit}", close.join(" "))
}

#[test]
fn few_descriptors_are_enough_for_a_client_and_a_listener() {
    const MUCH: usize = 4 << 20;
    let mut listener = nc(&["-lvn", "127.0.0.1", "0"]).input(Input::Pipe).after(&few(14)).start();
    let port = listener.listening_port();
    let mut client = nc(&["127.0.0.1", &port.to_string()])
        .input(Input::Regular(pattern(MUCH)))
        .after(&few(10))
        .start();
    listener.feed(&pattern(MUCH));
    listener.end_input();
    ends(&mut client, "exit 0");
    ends(&mut listener, "exit 0");
    assert!(client.stdout == pattern(MUCH) && listener.stdout == pattern(MUCH));
}

#[test]
fn with_too_few_descriptors_it_says_so() {
    let (_listener, port) = tcp_listener();
    for limit in 4..10 {
        for args in [&["127.0.0.1", &port.to_string()][..], &["-l", "127.0.0.1", "0"]] {
            let mut running = nc(args).after(&few(limit)).input(Input::Pipe).start();
            ends(&mut running, "exit 1");
            assert!(running.said().contains("Too many open files"), "{}", running.report());
            is_plain(&running);
        }
    }
    // it can be bound, and a client would be one too many
    let few = nc(&["-lvn", "127.0.0.1", "0"]).after(&few(10)).input(Input::Pipe);
    let mut running = few.start();
    // it may be gone again before the client knows that it was there
    let _client = TcpStream::connect(("127.0.0.1", running.listening_port()));
    ends(&mut running, "exit 1");
    assert!(running.said().contains("accept: Too many open files"), "{}", running.report());
}

#[test]
fn without_descriptors_a_listener_waits_and_goes_on() {
    // Our side has finished, so that a client that goes is gone altogether.
    let mut running = nc(&["-lkvn", "127.0.0.1", "0"]).after(&few(14)).start();
    let port = running.listening_port();
    let mut clients: Vec<_> = (0..20).map(|_| connect(port)).collect();
    running.wait_line("nc: no new connections for the moment: accept: Too many open files");
    // those who are there are served meanwhile
    clients[0].write_all(b"the first\n").unwrap();
    running.wait_stdout(b"the first\n".len());
    for mut client in clients.drain(..) {
        client.write_all(b"one of many\n").unwrap();
    }
    running.wait_stdout(b"the first\n".len() + 20 * b"one of many\n".len());
    running.wait_lines("Connection received on ", 20);
    let mut late = connect(port);
    late.write_all(b"a late one\n").unwrap();
    running.wait_stdout(b"the first\na late one\n".len() + 20 * b"one of many\n".len());
}

#[test]
fn a_working_directory_that_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let gone = directory.path().join("gone");
    let leave = format!("mkdir '{0}' && cd '{0}' && rmdir '{0}'", gone.display());
    let (mut running, mut peer) =
        client(|program| program.after(&leave).input(Input::Regular(WORDS.to_vec())));
    peer.write_all(PEERS).unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    let mut seen = Vec::new();
    peer.read_to_end(&mut seen).unwrap();
    assert_eq!(seen, WORDS);
    ends(&mut running, "exit 0");
    assert_eq!(running.stdout, PEERS);
    let mut running = nc(&["-lU", "here"]).after(&leave).start();
    ends(&mut running, "exit 1");
    assert!(running.said().contains("No such file"), "{}", running.report());
    let mut running = nc(&["-U", "here"]).after(&leave).start();
    ends(&mut running, "exit 1");
}

#[test]
fn an_environment_without_home_and_path() {
    let (mut running, peer) = client(|program| program.without_path().args(["-v"]));
    drop(peer);
    ends(&mut running, "exit 0");
    let mut running = nc(&["--help"]).without_path().start();
    ends(&mut running, "exit 0");
    // one that is there, and is nothing
    for name in ["HOME", "PATH", "TMPDIR", "NC_DIALECT", "LANG", "TERM"] {
        let (mut running, peer) = client(|program| program.env(name, ""));
        drop(peer);
        ends(&mut running, "exit 0");
    }
    let odd = OsString::from_vec(b"\xff\x1b[31m".to_vec());
    let mut running = nc(&["-h"]).env("NC_DIALECT", odd).start();
    ends(&mut running, "exit 1");
    is_plain(&running);
}

/// Nothing of it would do anything to a terminal.
#[track_caller]
fn is_plain(running: &Running) {
    let plain = |byte: &u8| *byte == b'\n' || (b' '..=b'~').contains(byte);
    assert!(running.stderr.iter().all(plain), "not plain: {}", running.report());
    assert!(!running.stderr.is_empty(), "nothing is said: {}", running.report());
}

#[test]
fn foreign_bytes_in_arguments_are_escaped() {
    let hostile: [&[u8]; 4] =
        [b"\xff\xfe", b"a\x1b]0;title\x07b", b"a\r\nb", b"\xc2\x9b2J\xe2\x80\xae"];
    for bytes in hostile {
        let word = OsString::from_vec(bytes.to_vec());
        let with = |before: &[&str], after: &[&str]| -> Vec<OsString> {
            let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
            [words(before), vec![word.clone()], words(after)].concat()
        };
        for (args, status) in [
            (with(&["-n"], &["80"]), 10),
            (with(&["-nv"], &["80"]), 10),
            (with(&["--json", "-n"], &["80"]), 10),
            (with(&["127.0.0.1"], &[]), 1),
            (with(&["-l"], &[]), 1),
            (with(&["-w"], &["127.0.0.1", "80"]), 1),
            (with(&["-x"], &["127.0.0.1"]), 1),
            (with(&["--dialect"], &["127.0.0.1", "80"]), 1),
            (with(&["-U", "/nonexistent"], &[]), 1),
            (with(&["-lU", "/nonexistent"], &[]), 1),
            (with(&["-n", "-s"], &["127.0.0.1", "80"]), 10),
            (with(&["--dialect", "openbsd", "-n"], &["80"]), 1),
        ] {
            let mut running = nc(&args).start();
            ends(&mut running, &format!("exit {status}"));
            is_plain(&running);
        }
        let mut path = OsString::from("/nonexistent/");
        path.push(&word);
        for flags in ["-U", "-lU", "-f"] {
            let mut running = nc(&[OsStr::new(flags), &path]).start();
            ends(&mut running, "exit 1");
            is_plain(&running);
        }
    }
    // a host that is no UTF-8 is looked up as what it is: nothing
    let mut running = nc(&[OsString::from_vec(b"\xff".to_vec()), "80".into()]).start();
    ends(&mut running, "exit 10");
    is_plain(&running);
}

#[test]
fn the_name_it_is_called_by_is_escaped_too() {
    let directory = tempfile::tempdir().unwrap();
    let name = directory.path().join(OsString::from_vec(b"nc\x1b[31m\xff".to_vec()));
    std::os::unix::fs::symlink(under_test(env!("CARGO_BIN_EXE_nc")), &name).unwrap();
    let mut running = Program::new(name).args(["--no-such-option"]).start();
    ends(&mut running, "exit 1");
    is_plain(&running);
}

#[test]
fn a_full_disk_is_no_success() {
    let (mut running, mut peer) = client(|program| program.output(Output::Full).input(Input::Pipe));
    peer.write_all(&pattern(100_000)).unwrap();
    ends(&mut running, "exit 17");
    assert!(running.said().contains("No space left on device"), "{}", running.report());

    let mut running =
        nc(&["-lkvn", "127.0.0.1", "0"]).output(Output::Full).input(Input::Pipe).start();
    let mut peer = connect(running.listening_port());
    peer.write_all(PEERS).unwrap();
    ends(&mut running, "exit 17");
    assert!(running.said().contains("No space left on device"), "{}", running.report());

    let mut running = nc(&["--help"]).output(Output::Full).start();
    ends(&mut running, "exit 1");
}

#[test]
fn a_reader_that_is_gone_ends_it_silently() {
    let (mut running, mut peer) = client(|program| program.output(Output::Gone).input(Input::Pipe));
    peer.write_all(&pattern(100_000)).unwrap();
    ends(&mut running, "signal 13");
    assert_eq!(running.said(), "");

    let mut running = nc(&["-lkn", "127.0.0.1", &free_port().to_string()]).output(Output::Gone);
    running = running.args(["-v"]);
    let mut running = running.start();
    let mut peer = connect(running.listening_port());
    peer.write_all(PEERS).unwrap();
    ends(&mut running, "signal 13");
}

#[test]
fn what_came_before_a_reset_is_delivered_first() {
    const CAME: usize = 200_000;
    for output in [Output::Held, Output::Collected] {
        let (mut running, peer) = client(|program| program.output(output).input(Input::Pipe));
        (&peer).write_all(&pattern(CAME)).unwrap();
        wait_arrived(&peer);
        socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
        drop(peer);
        ends(&mut running, "exit 14");
        assert!(running.stdout == pattern(CAME), "{} of {CAME} bytes", running.stdout.len());
        assert!(running.said().contains("Connection reset by peer"), "{}", running.report());
    }
}

#[test]
fn a_reset_while_we_send_is_no_success() {
    let (mut running, peer) = client(|program| program.input(Input::Pipe));
    running.feed(&pattern(MORE_THAN_FITS));
    running.wait_input_full();
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    ends(&mut running, "exit 14");
    assert!(running.said().contains("not delivered"), "{}", running.report());

    // the last bytes are on their way, and ours to answer for, when the input has ended
    let input = Input::Regular(pattern(1 << 20));
    let mut running = nc(&["-lvn", "127.0.0.1", "0"]).input(input).start();
    let peer = small_window(running.listening_port());
    running.wait_line("nc: our input ended");
    peer.shutdown(Shutdown::Write).unwrap();
    assert!(running.wait_for(DEADLINE, Running::output_has_ended));
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    ends(&mut running, "exit 14");
    assert!(running.said().contains("not delivered"), "{}", running.report());
}
