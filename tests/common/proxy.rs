//! Proxies, played by the test on loopback: SOCKS 4 and 5 and HTTP CONNECT, byte for byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use super::peer::{accept, tcp_listener};
use super::process::{Input, Program};
use super::running::Running;
use super::under_test;

/// The target that all ask for; the proxy plays it too.
pub const TARGET: [&str; 2] = ["192.0.2.7", "4711"];
/// What the target says before it is asked.
pub const EARLY: &[u8] = b"early words of the target\n";

/// One exchange on a connection to a proxy: what must come, and what is answered.
pub type Exchange = (&'static [u8], &'static [u8]);

/// A way through a proxy: the arguments, and what is said on it.
pub struct Way {
    pub args: &'static [&'static str],
    pub exchanges: &'static [Exchange],
}

/// Every way, with the target's address.
pub const WAYS: &[Way] = &[
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
pub struct Proxy {
    pub port: u16,
    thread: JoinHandle<Option<TcpStream>>,
}

/// How an answer is sent.
#[derive(Clone, Copy)]
pub enum Pieces {
    /// With what follows it, if anything does.
    Whole,
    /// Every byte by itself.
    Bytes,
}

/// Reads exactly this.
pub fn take(stream: &mut TcpStream, expected: &[u8]) {
    let mut seen = vec![0; expected.len()];
    stream.read_exact(&mut seen).expect("a request");
    assert_eq!(seen.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

/// Writes this, in pieces or not.
pub fn give(stream: &mut TcpStream, bytes: &[u8], pieces: Pieces) {
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
    pub fn obliging(exchanges: &'static [Exchange], early: &'static [u8], pieces: Pieces) -> Self {
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
    pub fn cutting(exchanges: &'static [Exchange], mut left: usize) -> Self {
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

    /// Plays anything.
    pub fn new(play: impl FnOnce(&TcpListener) -> Option<TcpStream> + Send + 'static) -> Self {
        let (listener, port) = tcp_listener();
        Self { port, thread: thread::spawn(move || play(&listener)) }
    }

    /// The program on its way through this proxy.
    pub fn start(&self, args: &[&str], target: [&str; 2], input: Input) -> Running {
        through(self.port, args, target).input(input).start()
    }

    /// The connection on which the target is played; every request was as expected.
    pub fn target(self) -> TcpStream {
        self.ended().expect("the way was opened")
    }

    /// Waits until it has played everything, as it was meant to.
    pub fn ended(self) -> Option<TcpStream> {
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// The program, to go through a proxy at this port.
pub fn through(port: u16, args: &[&str], target: [&str; 2]) -> Program {
    let proxy = format!("127.0.0.1:{port}");
    Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(args)
        .args(["-x", &proxy])
        .args(target)
        .without_terminal()
}

/// Nobody has connected since, and told the proxy anything.
pub fn assert_nobody_came(listener: &TcpListener) {
    listener.set_nonblocking(true).unwrap();
    let came = listener.accept().map(|(mut stream, _)| {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        bytes.escape_ascii().to_string()
    });
    assert!(came.is_err(), "the proxy was told {came:?}");
}
