//! Whole files from one `nc` to another: every byte arrives, both end by themselves with status 0,
//! whatever stands at their standard descriptors, and in both directions at the same time.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};

use common::process::{Input, Output, Program};
use common::running::Running;
use common::{DEADLINE, pattern, under_test};

const BIG: usize = 64 << 20;
/// Enough to fill every buffer on the way several times.
const SOME: usize = 5 << 20;
const EARLIER: &[u8] = b"what stood in the file before\n";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// The longest data, made once.
fn bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| pattern(BIG))
}

/// What is sent one way; the other way it is this from its second byte on.
fn data(length: usize, up: bool) -> &'static [u8] {
    if up { &bytes()[..length] } else { &bytes()[1..length] }
}

#[track_caller]
fn equal(what: &str, seen: &[u8], sent: &[u8]) {
    if seen != sent {
        let same = seen.iter().zip(sent).take_while(|(a, b)| a == b).count();
        panic!("{what}: {} bytes for {}, equal up to byte {same}", seen.len(), sent.len());
    }
}

/// Where two programs meet.
#[derive(Clone, Copy, PartialEq)]
enum Net {
    Tcp,
    Unix,
}

/// A listener, ready, and the arguments of the client that goes there.
fn listener(net: Net, directory: &Path, made: impl Fn(Program) -> Program) -> (Running, Program) {
    match net {
        Net::Tcp => {
            let mut running = made(nc(&["-lvn", "127.0.0.1", "0"])).start();
            let port = running.listening_port();
            (running, nc(&["127.0.0.1", &port.to_string()]))
        }
        Net::Unix => {
            let path = directory.join("socket");
            let mut running = made(nc(&["-lUv"]).args([&path])).start();
            running.wait_line("Listening on ");
            (running, nc(&["-U"]).args([&path]))
        }
    }
}

fn file_to_file(net: Net) {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("original"), bytes()).unwrap();
    let copy = || Output::Descriptor(File::create(at("copy")).unwrap().into());
    let (mut receiver, sender) =
        listener(net, directory.path(), |program| program.output(copy()).input(Input::Null));
    let original = File::open(at("original")).unwrap();
    let mut sender = sender.input(Input::Descriptor(original.into())).start();
    sender.succeeds();
    receiver.succeeds();
    equal("the copy", &fs::read(at("copy")).unwrap(), bytes());
    assert_eq!(sender.stdout, b"");
}

#[test]
fn a_file_goes_whole_over_tcp() {
    file_to_file(Net::Tcp);
}

#[test]
fn a_file_goes_whole_over_a_unix_socket() {
    file_to_file(Net::Unix);
}

/// What stands at descriptor 0.
#[derive(Debug, Clone, Copy)]
enum From {
    Pipe,
    File,
    /// A file whose beginning was already read by somebody else.
    RestOfFile,
    Socket,
}

/// What stands at descriptor 1.
#[derive(Debug, Clone, Copy)]
enum To {
    Pipe,
    File,
    Append,
    Socket,
}

/// One side's standard descriptors, and who feeds and empties them.
struct Side {
    running: Running,
    feeding: Option<JoinHandle<()>>,
    reading: Option<JoinHandle<Vec<u8>>>,
    file: Option<PathBuf>,
}

/// Both ends of a pair of sockets, ours with a deadline.
fn pair() -> (UnixStream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(DEADLINE)).unwrap();
    ours.set_write_timeout(Some(DEADLINE)).unwrap();
    (ours, theirs)
}

fn feed(mut socket: UnixStream, bytes: &'static [u8]) -> JoinHandle<()> {
    thread::spawn(move || {
        socket.write_all(bytes).expect("a program that reads");
        socket.shutdown(Shutdown::Write).expect("a half-close");
    })
}

fn read(mut socket: UnixStream) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut seen = Vec::new();
        socket.read_to_end(&mut seen).expect("an end");
        seen
    })
}

/// Starts a side. `directory` is its own.
fn side(program: Program, from: From, to: To, sent: &'static [u8], directory: &Path) -> Side {
    let (mut feeding, mut reading, mut kept) = (None, None, None);
    let input = match from {
        From::Pipe => Input::Pipe,
        From::File => Input::Regular(sent.to_vec()),
        From::RestOfFile => {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(EARLIER).unwrap();
            file.write_all(sent).unwrap();
            file.seek(std::io::SeekFrom::Start(EARLIER.len() as u64)).unwrap();
            Input::Descriptor(file.into())
        }
        From::Socket => {
            let (ours, theirs) = pair();
            feeding = Some(feed(ours, sent));
            Input::Descriptor(theirs.into())
        }
    };
    let output = match to {
        To::Pipe => Output::Collected,
        To::File | To::Append => {
            let path = directory.join("output");
            fs::write(&path, EARLIER).unwrap();
            let mut options = OpenOptions::new();
            let file = match to {
                To::Append => options.append(true).open(&path),
                _ => options.write(true).truncate(true).open(&path),
            };
            kept = Some(path);
            Output::Descriptor(file.unwrap().into())
        }
        To::Socket => {
            let (ours, theirs) = pair();
            reading = Some(read(ours));
            Output::Descriptor(theirs.into())
        }
    };
    let mut running = program.input(input).output(output).start();
    if matches!(from, From::Pipe) {
        running.feed(sent);
        running.end_input();
    }
    Side { running, feeding, reading, file: kept }
}

impl Side {
    /// Waits for its end, and gives what came out of it.
    fn end(mut self, to: To) -> Vec<u8> {
        self.running.succeeds();
        if let Some(feeding) = self.feeding {
            feeding.join().unwrap();
        }
        match (self.reading, self.file) {
            (Some(reading), _) => reading.join().unwrap(),
            (_, Some(path)) => {
                let mut seen = fs::read(path).unwrap();
                if matches!(to, To::Append) {
                    assert!(seen.starts_with(EARLIER), "what stood there before is gone");
                    seen.drain(..EARLIER.len());
                }
                seen
            }
            _ => std::mem::take(&mut self.running.stdout),
        }
    }
}

/// Both sides have these ends, and send to each other at the same time.
fn both_ways(net: Net, from: From, to: To, args: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| {
        let path = directory.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let (up, down) = (data(SOME, true), data(SOME, false));
    let name = format!("{from:?} to {to:?} {args:?}");
    let program = nc(args);
    let mut listening = match net {
        Net::Tcp => side(program.args(["-lvn", "127.0.0.1", "0"]), from, to, down, &at("listener")),
        Net::Unix => {
            let path = directory.path().join("socket");
            side(program.args(["-lUv"]).args([&path]), from, to, down, &at("listener"))
        }
    };
    let program = nc(args);
    let program = match net {
        Net::Tcp => {
            let port = listening.running.listening_port();
            program.args(["127.0.0.1", &port.to_string()])
        }
        Net::Unix => {
            listening.running.wait_line("Listening on ");
            program.args(["-U"]).args([directory.path().join("socket")])
        }
    };
    let calling = side(program, from, to, up, &at("client"));
    equal(&format!("{name}, to the client"), &calling.end(to), down);
    equal(&format!("{name}, to the listener"), &listening.end(to), up);
}

#[test]
fn every_pair_of_ends_carries_both_ways_at_once() {
    for net in [Net::Tcp, Net::Unix] {
        for from in [From::Pipe, From::File, From::RestOfFile, From::Socket] {
            for to in [To::Pipe, To::File, To::Append, To::Socket] {
                both_ways(net, from, to, &[]);
            }
        }
    }
}

#[test]
fn the_buffer_carries_the_same() {
    // Reads have to be counted, so the kernel cannot move the bytes by itself.
    for (from, to) in [(From::Pipe, To::Append), (From::File, To::Pipe), (From::Socket, To::File)] {
        both_ways(Net::Tcp, from, to, &["-W", "99999999", "-w", "10"]);
    }
}

#[test]
fn every_line_end_is_converted_and_nothing_else() {
    let add = |text: String, number| text + &format!("line {number}\r\r\nand\n");
    let lines = (0..60_000).fold(String::new(), add);
    let converted = lines.replace("and\n", "and\r\n");
    for input in [Input::Pipe, Input::Regular(lines.clone().into_bytes())] {
        let directory = tempfile::tempdir().unwrap();
        let (mut receiver, sender) =
            listener(Net::Tcp, directory.path(), |program| program.input(Input::Null));
        let mut sender = sender.args(["-C"]).input(input).start();
        sender.feed(lines.as_bytes());
        sender.end_input();
        sender.succeeds();
        receiver.succeeds();
        equal("the lines", &receiver.stdout, converted.as_bytes());
    }
}

#[test]
fn one_socket_may_be_input_and_output() {
    for net in [Net::Tcp, Net::Unix] {
        let directory = tempfile::tempdir().unwrap();
        let (up, down) = (data(SOME, true), data(SOME, false));
        let (ours, theirs) = pair();
        let both = |socket: &UnixStream| {
            let descriptor = || socket.try_clone().unwrap().into();
            (Input::Descriptor(descriptor()), Output::Descriptor(descriptor()))
        };
        let (mut listening, client) = listener(net, directory.path(), |program| {
            let (input, output) = both(&theirs);
            program.input(input).output(output)
        });
        drop(theirs);
        let reading = read(ours.try_clone().unwrap());
        let feeding = feed(ours, down);
        let mut calling = client.input(Input::Regular(up.to_vec())).start();
        calling.succeeds();
        listening.succeeds();
        feeding.join().unwrap();
        equal("to the client", &calling.stdout, down);
        equal("to the socket", &reading.join().unwrap(), up);
    }
}

#[test]
fn an_empty_file_is_a_file() {
    for net in [Net::Tcp, Net::Unix] {
        let directory = tempfile::tempdir().unwrap();
        let (mut receiver, sender) =
            listener(net, directory.path(), |program| program.input(Input::Null));
        let mut sender = sender.input(Input::Regular(Vec::new())).start();
        sender.succeeds();
        receiver.succeeds();
        assert_eq!(receiver.stdout, b"");
    }
}

#[test]
fn a_relay_of_three_carries_everything() {
    // nc -l | nc: what comes in at one end of the chain comes out at the other
    let directory = tempfile::tempdir().unwrap();
    let (mut last, to_last) =
        listener(Net::Tcp, directory.path(), |program| program.input(Input::Null));
    let (read_end, write_end) = std::io::pipe().unwrap();
    let mut middle_out = to_last.input(Input::Descriptor(read_end.into())).start();
    let (mut middle_in, to_middle) = listener(Net::Unix, directory.path(), |program| {
        let output = Output::Descriptor(write_end.try_clone().unwrap().into());
        program.input(Input::Null).output(output)
    });
    drop(write_end);
    let mut first = to_middle.input(Input::Regular(data(SOME, true).to_vec())).start();
    for running in [&mut first, &mut middle_in, &mut middle_out, &mut last] {
        running.succeeds();
    }
    equal("at the end of the chain", &last.stdout, data(SOME, true));
}

/// Urgent bytes are beside the stream; the stream itself goes on behind them, whatever moves it.
#[test]
fn nothing_behind_an_urgent_byte_is_lost() {
    for (args, to_file) in [(&[][..], true), (&[], false), (&["-t"], false)] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let mut file = tempfile::tempfile().unwrap();
        let output = if to_file {
            Output::Descriptor(file.try_clone().unwrap().into())
        } else {
            Output::Collected
        };
        let program = nc(args).args(["127.0.0.1", &port]).input(Input::Null).output(output);
        let mut running = program.start();
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(b"before ").unwrap();
        rustix::net::send(&peer, b"!", rustix::net::SendFlags::OOB).unwrap();
        peer.write_all(data(100_000, true)).unwrap();
        drop(peer);
        running.succeeds();
        let mut seen = std::mem::take(&mut running.stdout);
        if to_file {
            file.rewind().unwrap();
            file.read_to_end(&mut seen).unwrap();
        }
        equal("the stream", &seen, &[b"before ", data(100_000, true)].concat());
    }
}
