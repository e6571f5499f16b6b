//! Proxies, played by the test on loopback: what is asked of them, byte for byte, and what becomes of
//! every answer: whole, in pieces, cut anywhere; and `-F`, with a real ssh too.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

use common::descriptors::receive_one;
use common::peer::{accept, again, tcp_listener};
use common::process::{Input, Output, Program};
use common::proxy::{EARLY, Pieces, Proxy, TARGET, WAYS, Way, assert_nobody_came, take, through};
use common::under_test;

#[test]
fn every_way_is_opened_whatever_the_pieces_and_early_words_are_kept() {
    for way in WAYS {
        for pieces in [Pieces::Whole, Pieces::Bytes] {
            for early in [b"", EARLY] {
                let proxy = Proxy::obliging(way.exchanges, early, pieces);
                let mut running = proxy.start(way.args, TARGET, Input::Pipe);
                let mut target = proxy.target();
                running.wait_stdout(early.len());
                running.feed(b"a question\n");
                running.end_input();
                let mut question = String::new();
                target.read_to_string(&mut question).expect("a half-close");
                assert_eq!(question, "a question\n", "{:?}", way.args);
                target.write_all(b"an answer\n").unwrap();
                drop(target);
                running.succeeds();
                assert_eq!(running.stdout, [early, b"an answer\n"].concat(), "{:?}", way.args);
            }
        }
    }
}

#[test]
fn names_go_to_the_proxy_unless_it_is_socks_4() {
    let name: [&str; 2] = ["name.invalid", "80"];
    let ways: &[Way] = &[
        Way {
            args: &["-X", "4a"],
            exchanges: &[(b"\x04\x01\0\x50\0\0\0\x01\0name.invalid\0", b"\0\x5a\0\0\0\0\0\0")],
        },
        Way {
            args: &["-X", "5"],
            exchanges: &[
                (b"\x05\x01\0", b"\x05\0"),
                (
                    b"\x05\x01\0\x03\x0cname.invalid\0\x50",
                    b"\x05\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x50",
                ),
            ],
        },
        Way {
            args: &["-X", "connect"],
            exchanges: &[(b"CONNECT name.invalid:80 HTTP/1.0\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n")],
        },
    ];
    for way in ways {
        let proxy = Proxy::obliging(way.exchanges, EARLY, Pieces::Bytes);
        let mut running = proxy.start(way.args, name, Input::Null);
        drop(proxy.target());
        running.succeeds();
        assert_eq!(running.stdout, EARLY, "{:?}", way.args);
    }
    let (listener, port) = tcp_listener();
    let mut running = through(port, &["-n", "-X", "4"], name).start();
    assert_ne!(running.wait_end(), "exit 0");
    assert_nobody_came(&listener);
}

#[test]
fn an_answer_cut_anywhere_is_no_success() {
    thread::scope(|scope| {
        for way in WAYS {
            scope.spawn(|| {
                let all: usize = way.exchanges.iter().map(|(_, answer)| answer.len()).sum();
                for left in 0..all {
                    let proxy = Proxy::cutting(way.exchanges, left);
                    let mut running = proxy.start(way.args, TARGET, Input::Pipe);
                    running.feed(b"never to be sent\n");
                    if running.wait_end() != "exit 14" || !running.said().contains("proxy") {
                        running.fail(&format!("{left} bytes of {all} are no answer"));
                    }
                    assert_eq!(running.stdout, b"");
                    assert!(proxy.ended().is_none());
                }
            });
        }
    });
}

#[test]
fn nothing_of_the_user_goes_out_before_the_way_is_open() {
    // What comes behind each request is looked at for a while: nothing may.
    for way in WAYS {
        let (request, _) = way.exchanges[0];
        let proxy = Proxy::new(move |listener| {
            let mut stream = accept(listener);
            take(&mut stream, request);
            stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
            let more = again(|| stream.read(&mut [0])).expect_err("nothing before the answer");
            assert_eq!(more.kind(), ErrorKind::WouldBlock);
            None
        });
        let mut running = proxy.start(way.args, TARGET, Input::Pipe);
        running.feed(b"my data\n");
        proxy.ended();
        assert_eq!(running.wait_end(), "exit 14");
    }
}

#[test]
fn the_socket_is_passed_on_with_or_without_a_proxy() {
    let (listener, port) = tcp_listener();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut running = Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["-F", "127.0.0.1", &port.to_string()])
        .output(Output::Descriptor(theirs.into()))
        .start();
    let mut passed = receive_one(&ours);
    let mut peer = accept(&listener);
    running.succeeds();
    passed.write_all(b"through the passed socket\n").unwrap();
    drop(passed);
    let mut seen = String::new();
    peer.read_to_string(&mut seen).unwrap();
    assert_eq!(seen, "through the passed socket\n");

    for way in WAYS {
        // early words stay in the socket for whoever gets it
        let proxy = Proxy::obliging(way.exchanges, EARLY, Pieces::Whole);
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut running = through(proxy.port, way.args, TARGET)
            .args(["-F"])
            .output(Output::Descriptor(theirs.into()))
            .start();
        let mut passed = receive_one(&ours);
        running.succeeds();
        let mut target = proxy.target();
        passed.write_all(b"through the passed socket\n").unwrap();
        take(&mut target, b"through the passed socket\n");
        drop(target);
        let mut early = Vec::new();
        passed.read_to_end(&mut early).unwrap();
        assert_eq!(early, EARLY, "{:?}", way.args);
    }
}

#[test]
fn a_real_ssh_takes_the_passed_socket() {
    const SSH: &str = "/usr/bin/ssh";
    if !Path::new(SSH).exists() {
        println!("skipped: ssh is not installed");
        return;
    }
    let program = under_test(env!("CARGO_BIN_EXE_nc"));
    let straight = Proxy::obliging(&[], b"", Pieces::Whole);
    let command = format!("{} -F 127.0.0.1 {}", program.display(), straight.port);
    speaks_ssh(SSH, &command, straight);
    let proxy = Proxy::obliging(WAYS[2].exchanges, b"", Pieces::Whole);
    let command = format!("{} -F -X 5 -x 127.0.0.1:{} %h %p", program.display(), proxy.port);
    speaks_ssh(SSH, &command, proxy);
}

/// The real ssh, given its connection by `command`, says its version and takes that of the server.
fn speaks_ssh(ssh: &str, command: &str, proxy: Proxy) {
    let home = tempfile::tempdir().unwrap();
    let mut running = Program::new(ssh)
        .args(["-F", "/dev/null", "-o", "ProxyUseFdpass=yes", "-o", "BatchMode=yes"])
        .args(["-o", &format!("ProxyCommand={command}"), "-p", TARGET[1], TARGET[0]])
        .env("HOME", home.path())
        .without_terminal()
        .start();
    let mut stream = proxy.target();
    stream.write_all(b"SSH-2.0-a_test\r\n").unwrap();
    let mut version = Vec::new();
    while !version.ends_with(b"\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("the version of a real ssh");
        version.push(byte[0]);
    }
    assert!(version.starts_with(b"SSH-2.0-OpenSSH"), "{}", version.escape_ascii());
    // length, padding, and the number of SSH_MSG_KEXINIT
    let mut packet = [0; 6];
    stream.read_exact(&mut packet).expect("a first packet");
    assert_eq!(packet[5], 20, "{}", running.report());
    drop(stream);
    assert_eq!(running.wait_end(), "exit 255");
}
