//! Proxies, played by the test on loopback: what is asked of them, byte for byte, and what becomes of
//! every answer: whole, in pieces, cut anywhere, a refusal, nonsense, silence.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::descriptors::receive_one;
use common::peer::{accept, tcp_listener};
use common::process::{Input, Output, Program};
use common::running::Running;
use common::{DEADLINE, under_test};

/// The target that all ask for; the proxy plays it too.
const TARGET: [&str; 2] = ["192.0.2.7", "4711"];
const EARLY: &[u8] = b"early words of the target\n";

/// One exchange on a connection to a proxy: what must come, and what is answered.
type Exchange = (&'static [u8], &'static [u8]);

/// A way through a proxy: the arguments, and what is said on it.
struct Way {
    args: &'static [&'static str],
    exchanges: &'static [Exchange],
}

const WAYS: &[Way] = &[
    Way {
        args: &["-X", "4"],
        exchanges: &[(b"\x04\x01\x12\x67\xc0\x00\x02\x07\0", b"\0\x5a\0\0\0\0\0\0")],
    },
    Way {
        args: &["-X", "4", "-P", "joe"],
        exchanges: &[(b"\x04\x01\x12\x67\xc0\x00\x02\x07joe\0", b"\0\x5a\x12\x34\x7f\0\0\x01")],
    },
    Way {
        args: &["-X", "5"],
        exchanges: &[
            (b"\x05\x01\0", b"\x05\0"),
            (b"\x05\x01\0\x01\xc0\x00\x02\x07\x12\x67", b"\x05\0\0\x01\x7f\0\0\x01\x12\x34"),
        ],
    },
    Way {
        // the proxy names itself, which is as long as it says
        args: &["-X", "5", "--proxy-auth", "joe:secret"],
        exchanges: &[
            (b"\x05\x02\0\x02", b"\x05\x02"),
            (b"\x01\x03joe\x06secret", b"\x01\0"),
            (b"\x05\x01\0\x01\xc0\x00\x02\x07\x12\x67", b"\x05\0\0\x03\x05proxy\x12\x34"),
        ],
    },
    Way {
        args: &["-X", "connect"],
        exchanges: &[(
            b"CONNECT 192.0.2.7:4711 HTTP/1.0\r\n\r\n",
            b"HTTP/1.1 200 Connection established\r\nVia: a test\r\n\r\n",
        )],
    },
];

/// A proxy that takes one connection after the other and says on each what its row says; in the
/// end it plays the target on the last one.
struct Proxy {
    port: u16,
    thread: JoinHandle<Option<TcpStream>>,
}

/// How an answer is sent.
#[derive(Clone, Copy)]
enum Pieces {
    /// With what follows it, if anything does.
    Whole,
    /// Every byte by itself.
    Bytes,
}

fn take(stream: &mut TcpStream, expected: &[u8]) {
    let mut seen = vec![0; expected.len()];
    stream.read_exact(&mut seen).expect("a request");
    assert_eq!(seen.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

fn give(stream: &mut TcpStream, bytes: &[u8], pieces: Pieces) {
    stream.set_nodelay(true).unwrap();
    match pieces {
        Pieces::Whole => stream.write_all(bytes).expect("somebody who takes the answer"),
        Pieces::Bytes => {
            for byte in bytes {
                stream.write_all(&[*byte]).expect("somebody who takes the answer");
                thread::yield_now();
            }
        }
    }
}

impl Proxy {
    /// Has all these exchanges, with `early` behind the last answer, and then half-closes and
    /// gives the connection.
    fn obliging(exchanges: &'static [Exchange], early: &'static [u8], pieces: Pieces) -> Self {
        Self::new(move |listener| {
            let mut stream = accept(listener);
            for (number, (request, answer)) in exchanges.iter().enumerate() {
                take(&mut stream, request);
                let mut bytes = answer.to_vec();
                if number + 1 == exchanges.len() {
                    bytes.extend(early);
                }
                give(&mut stream, &bytes, pieces);
            }
            Some(stream)
        })
    }

    /// Cuts its answers off after so many bytes in all.
    fn cutting(exchanges: &'static [Exchange], mut left: usize) -> Self {
        Self::new(move |listener| {
            let mut stream = accept(listener);
            for (request, answer) in exchanges {
                take(&mut stream, request);
                if left < answer.len() {
                    give(&mut stream, &answer[..left], Pieces::Whole);
                    break;
                }
                give(&mut stream, answer, Pieces::Whole);
                left -= answer.len();
            }
            None
        })
    }

    fn new(play: impl FnOnce(&TcpListener) -> Option<TcpStream> + Send + 'static) -> Self {
        let (listener, port) = tcp_listener();
        Self { port, thread: thread::spawn(move || play(&listener)) }
    }

    /// The program on its way through this proxy.
    fn start(&self, args: &[&str], target: [&str; 2], input: Input) -> Running {
        through(self.port, args, target).input(input).start()
    }

    /// The connection on which the target is played; every request was as expected.
    fn target(self) -> TcpStream {
        self.ended().expect("the way was opened")
    }

    fn ended(self) -> Option<TcpStream> {
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn through(port: u16, args: &[&str], target: [&str; 2]) -> Program {
    let proxy = format!("127.0.0.1:{port}");
    Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(args)
        .args(["-x", &proxy])
        .args(target)
        .without_terminal()
}

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
            let more = stream.read(&mut [0]).expect_err("nothing before the answer");
            assert_eq!(more.kind(), ErrorKind::WouldBlock);
            None
        });
        let mut running = proxy.start(way.args, TARGET, Input::Pipe);
        running.feed(b"my data\n");
        proxy.ended();
        assert_eq!(running.wait_end(), "exit 14");
    }
}

/// Each answer that is none, or a refusal: the way's arguments, the answers, and a word of what is
/// said.
const REFUSALS: &[(&[&str], &[Exchange], &str)] = &[
    (&["-X", "4"], &[(WAYS[0].exchanges[0].0, b"\0\x5b\0\0\0\0\0\0")], ""),
    (&["-X", "4"], &[(WAYS[0].exchanges[0].0, b"garbage that is no answer")], ""),
    (&["-X", "5"], &[(b"\x05\x01\0", b"\x05\xff")], "-P"),
    (&["-X", "5"], &[(b"\x05\x01\0", b"\x05\x02")], ""),
    (&["-X", "5"], &[(b"\x05\x01\0", b"garbage")], ""),
    (
        &["-X", "5"],
        &[(b"\x05\x01\0", b"\x05\0"), (WAYS[2].exchanges[1].0, b"\x05\x05\0\x01\0\0\0\0\0\0")],
        "refused",
    ),
    (
        &["-X", "5", "--proxy-auth", "joe:secret"],
        &[(b"\x05\x02\0\x02", b"\x05\x02"), (b"\x01\x03joe\x06secret", b"\x01\x01")],
        "",
    ),
    (
        &["-X", "connect"],
        &[(WAYS[4].exchanges[0].0, b"HTTP/1.1 403 Not \x1b[31mhere\r\nX: y\r\n\r\nno tunnel")],
        r"403 Not \x1b[31mhere",
    ),
    (
        &["-X", "connect"],
        &[(
            WAYS[4].exchanges[0].0,
            b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
        )],
        "-P",
    ),
    (&["-X", "connect"], &[(WAYS[4].exchanges[0].0, b"HTTP/1.1 2000 OK\r\n\r\n")], ""),
    (&["-X", "connect"], &[(WAYS[4].exchanges[0].0, b"HTTP/1.1 20\r\n\r\n")], ""),
    (&["-X", "connect"], &[(WAYS[4].exchanges[0].0, b"HTTP/1.100 200 OK\r\n\r\n")], ""),
    (&["-X", "connect"], &[(WAYS[4].exchanges[0].0, b"200 OK\r\n\r\n")], ""),
    (&["-X", "connect"], &[(WAYS[4].exchanges[0].0, b"garbage that is no answer\r\n\r\n")], ""),
    (&["-X", "connect"], &[(WAYS[4].exchanges[0].0, b"\0\0\0\0\r\n\r\n")], ""),
];

#[test]
fn a_refusal_or_nonsense_is_said_and_is_no_success() {
    for (args, exchanges, word) in REFUSALS {
        let proxy = Proxy::obliging(exchanges, b"", Pieces::Whole);
        let mut running = proxy.start(args, TARGET, Input::Null);
        let status = running.wait_end();
        let said = running.said();
        if status != "exit 11" || !said.contains(word) || said.lines().count() != 1 {
            running.fail(&format!("status 11 and a line with {word:?} are wanted"));
        }
        assert!(!said.contains('\x1b'), "foreign bytes are not escaped: {said:?}");
        assert_eq!(running.stdout, b"", "{args:?}");
        drop(proxy.ended());
    }
    // a head without an end is not read for ever
    let endless = Proxy::new(|listener| {
        let mut stream = accept(listener);
        take(&mut stream, WAYS[4].exchanges[0].0);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
        None
    });
    let mut running = endless.start(&["-X", "connect"], TARGET, Input::Null);
    assert_eq!(running.wait_end(), "exit 11");
    endless.ended();
}

#[test]
fn a_password_is_sent_when_basic_is_asked_for_and_only_then() {
    let plain = WAYS[4].exchanges[0].0;
    let proxy = Proxy::new(move |listener| {
        let mut stream = accept(listener);
        take(&mut stream, plain);
        give(
            &mut stream,
            b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
            Pieces::Whole,
        );
        let mut stream = accept(listener);
        let credentials = "CONNECT 192.0.2.7:4711 HTTP/1.0\r\n\
                           Proxy-Authorization: Basic am9lOnNlY3JldA==\r\n\r\n";
        take(&mut stream, credentials.as_bytes());
        give(&mut stream, b"HTTP/1.1 200 OK\r\n\r\nwelcome\n", Pieces::Bytes);
        Some(stream)
    });
    let auth = ["-X", "connect", "--proxy-auth", "joe:secret"];
    let mut running = proxy.start(&auth, TARGET, Input::Null);
    drop(proxy.target());
    running.succeeds();
    assert_eq!(running.stdout, b"welcome\n");

    // a scheme that shows no password to nobody is not answered with one
    for challenge in ["Digest realm=\"x\"", "Negotiate", ""] {
        let proxy = Proxy::new(move |listener| {
            let mut stream = accept(listener);
            take(&mut stream, plain);
            let answer = format!("HTTP/1.1 407 Who?\r\nProxy-Authenticate: {challenge}\r\n\r\n");
            give(&mut stream, answer.as_bytes(), Pieces::Whole);
            assert_nobody_comes_until_it_ends(listener, &mut stream);
            None
        });
        let mut running = proxy.start(&auth, TARGET, Input::Null);
        assert_eq!(running.wait_end(), "exit 11", "{challenge}");
        proxy.ended();
    }
    // a wrong password is not tried again
    let proxy = Proxy::new(|listener| {
        for _ in 0..2 {
            let mut stream = accept(listener);
            let _ = stream.read(&mut [0; 4096]).expect("a request");
            give(
                &mut stream,
                b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
                Pieces::Whole,
            );
            let _ = stream.read_to_end(&mut Vec::new());
        }
        assert_nobody_came(listener);
        None
    });
    let mut running = proxy.start(&auth, TARGET, Input::Null);
    assert_eq!(running.wait_end(), "exit 11");
    proxy.ended();
}

fn assert_nobody_came(listener: &TcpListener) {
    listener.set_nonblocking(true).unwrap();
    let came = listener.accept().map(|(mut stream, _)| {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        bytes.escape_ascii().to_string()
    });
    assert!(came.is_err(), "the proxy was told {came:?}");
}

/// When the program has closed its one connection, it has opened no other.
fn assert_nobody_comes_until_it_ends(listener: &TcpListener, stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert_eq!(rest, b"", "more than the request was sent");
    assert_nobody_came(listener);
}

#[test]
fn silence_ends_at_the_limit() {
    let silent = |way: &Way| {
        let proxy = Proxy::new(|listener| {
            let mut stream = accept(listener);
            // until the program gives up
            let _ = stream.read_to_end(&mut Vec::new());
            None
        });
        let mut running = through(proxy.port, way.args, TARGET).args(["-w", "1"]).start();
        assert_eq!(running.wait_end(), "exit 12", "{:?}", way.args);
        let lasted = running.lasted();
        assert!(
            lasted > Duration::from_millis(850) && lasted < DEADLINE,
            "{lasted:?} is no second"
        );
        proxy.ended();
    };
    thread::scope(|scope| {
        for way in WAYS {
            scope.spawn(|| silent(way));
        }
    });
}

#[test]
fn what_cannot_be_said_to_a_proxy_is_refused_before_anything_is_sent() {
    let long_name = "a".repeat(256);
    let long_user = format!("{long_name}:pw");
    let injected = "host\r\nX-Evil: 1";
    let rows: &[(&[&str], &str)] = &[
        (&["-X", "4a"], &long_name),
        (&["-X", "5"], &long_name),
        (&["-X", "connect"], &long_name),
        (&["-X", "4a"], injected),
        (&["-X", "5"], injected),
        (&["-X", "connect"], injected),
        (&["-X", "connect"], "host\nX"),
        (&["-X", "connect"], "a host"),
        (&["-X", "5", "--proxy-auth", &long_user], "host"),
        (&["-X", "connect", "--proxy-auth", "joe:a\r\nX-Evil: 1"], "host"),
    ];
    for (args, host) in rows {
        let (listener, port) = tcp_listener();
        // a password for Basic is looked at only when it is asked for: here it is asked for
        let auth = args.contains(&"connect") && args.len() > 2;
        let asking = auth.then(|| {
            let listener = listener.try_clone().unwrap();
            thread::spawn(move || {
                let mut stream = accept(&listener);
                take(&mut stream, b"CONNECT host:80 HTTP/1.0\r\n\r\n");
                let answer = b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
                give(&mut stream, answer, Pieces::Whole);
                let _ = stream.read_to_end(&mut Vec::new());
            })
        });
        let mut running = through(port, args, [host, "80"]).start();
        let status = running.wait_end();
        let said = running.said();
        if status == "exit 0" || said.lines().count() != 1 || said.contains('\r') {
            running.fail("it must be refused, in one line");
        }
        if let Some(asking) = asking {
            asking.join().unwrap();
        }
        assert_nobody_came(&listener);
    }
}

#[test]
fn a_proxy_that_is_not_there() {
    let (socket, port) = common::peer::refusing(socket2::Type::STREAM, 0).unwrap();
    for way in WAYS {
        let mut running = through(port, way.args, TARGET).start();
        assert_eq!(running.wait_end(), "exit 11");
        assert!(running.said().contains("Connection refused"), "{}", running.report());
    }
    drop(socket);
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
