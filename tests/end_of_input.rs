//! The 24 cells of what may not depend on what: {data, end of input} × {we connect, we listen} ×
//! {the other direction quiet, full, done} × {to the net, from the net}, over the real program in its
//! default face and a peer inside the test.
//!
//! In each cell the direction that is looked at carries its bytes, or its end, **while** the other one
//! is in its state; only then does the other go on, deliver all that it held, and end. The status is 0.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use common::peer::{accept, connect, fill, tcp_listener};
use common::process::{Input, Output, Program};
use common::running::Running;
use common::{DEADLINE, MORE_THAN_FITS, pattern, under_test};

const MUCH: usize = 4 << 20;
const LAST: &[u8] = b"the last words\n";

#[derive(Clone, Copy)]
enum Role {
    Connects,
    Listens,
}

/// What passes in the direction that is looked at.
#[derive(Clone, Copy, PartialEq)]
enum What {
    Data,
    End,
}

/// The state of the other direction meanwhile.
#[derive(Clone, Copy, PartialEq)]
enum Other {
    Quiet,
    Full,
    Done,
}

fn start(role: Role, output: Output) -> (Running, TcpStream) {
    let program =
        Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).input(Input::Pipe).output(output);
    match role {
        Role::Connects => {
            let (listener, port) = tcp_listener();
            let running = program.args(["127.0.0.1", &port.to_string()]).start();
            let peer = accept(&listener);
            (running, peer)
        }
        Role::Listens => {
            let mut running = program.args(["-lv", "127.0.0.1", "0"]).start();
            let port = running.listening_port();
            (running, connect(port))
        }
    }
}

/// Reads up to the end of the stream, which must be one.
fn to_the_end(running: &Running, peer: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = peer.read_to_end(&mut bytes) {
        running.fail(&format!("the peer got {} bytes and then {error}, no end", bytes.len()));
    }
    bytes
}

fn equal(running: &Running, what: &str, seen: &[u8], sent: &[u8]) {
    if seen != sent {
        let same = seen.iter().zip(sent).take_while(|(a, b)| a == b).count();
        let (seen, sent) = (seen.len(), sent.len());
        running.fail(&format!("{what}: {seen} bytes for {sent}, equal up to byte {same}"));
    }
}

fn to_the_net(what: What, role: Role, other: Other) {
    let output = if other == Other::Full { Output::Held } else { Output::Collected };
    let (mut running, mut peer) = start(role, output);
    let held = match other {
        Other::Quiet => 0,
        Other::Full => fill(&peer),
        Other::Done => {
            peer.shutdown(Shutdown::Write).expect("a half-close");
            if !running.wait_for(DEADLINE, Running::output_has_ended) {
                running.fail("the peer's end was not passed on to stdout");
            }
            0
        }
    };

    match what {
        What::Data => {
            running.feed(&pattern(MUCH));
            let mut seen = vec![0; MUCH];
            if let Err(error) = peer.read_exact(&mut seen) {
                running.fail(&format!("the data did not reach the peer: {error}"));
            }
            equal(&running, "to the net", &seen, &pattern(MUCH));
            running.end_input();
            equal(&running, "behind the data", &to_the_end(&running, &mut peer), b"");
        }
        What::End => {
            running.feed(LAST);
            running.end_input();
            equal(&running, "to the net", &to_the_end(&running, &mut peer), LAST);
        }
    }

    if other != Other::Done {
        peer.shutdown(Shutdown::Write).expect("a half-close");
    }
    running.succeeds();
    let stdout = std::mem::take(&mut running.stdout);
    equal(&running, "from the net", &stdout, &pattern(held));
}

fn from_the_net(what: What, role: Role, other: Other) {
    let (mut running, mut peer) = start(role, Output::Collected);
    match other {
        Other::Quiet => {}
        Other::Full => {
            running.feed(&pattern(MORE_THAN_FITS));
            let taken = running.wait_input_full();
            assert!(taken < MORE_THAN_FITS, "{taken} bytes went to a peer that reads nothing");
        }
        Other::Done => {
            running.end_input();
            equal(&running, "to the net", &to_the_end(&running, &mut peer), b"");
        }
    }

    let sent = match what {
        What::Data => pattern(MUCH),
        What::End => LAST.to_vec(),
    };
    if let Err(error) = peer.write_all(&sent) {
        running.fail(&format!("the program took no more from the peer: {error}"));
    }
    if what == What::End {
        peer.shutdown(Shutdown::Write).expect("a half-close");
    }
    running.wait_stdout(sent.len());
    let stdout = running.stdout.clone();
    equal(&running, "from the net", &stdout, &sent);
    if what == What::Data {
        peer.shutdown(Shutdown::Write).expect("a half-close");
    }
    if !running.wait_for(DEADLINE, Running::output_has_ended) {
        running.fail("the peer's end was not passed on to stdout");
    }

    running.end_input();
    match other {
        Other::Quiet => equal(&running, "to the net", &to_the_end(&running, &mut peer), b""),
        Other::Full => {
            let seen = to_the_end(&running, &mut peer);
            equal(&running, "to the net", &seen, &pattern(MORE_THAN_FITS));
        }
        Other::Done => {}
    }
    running.succeeds();
}

macro_rules! cells {
    ($($name:ident: $way:ident, $what:ident, $role:ident, $other:ident;)*) => {
        $(#[test] fn $name() { $way(What::$what, Role::$role, Other::$other); })*
    };
}

cells! {
    data_to_the_net_connected_other_quiet: to_the_net, Data, Connects, Quiet;
    data_to_the_net_connected_other_full: to_the_net, Data, Connects, Full;
    data_to_the_net_connected_other_done: to_the_net, Data, Connects, Done;
    data_to_the_net_listening_other_quiet: to_the_net, Data, Listens, Quiet;
    data_to_the_net_listening_other_full: to_the_net, Data, Listens, Full;
    data_to_the_net_listening_other_done: to_the_net, Data, Listens, Done;
    data_from_the_net_connected_other_quiet: from_the_net, Data, Connects, Quiet;
    data_from_the_net_connected_other_full: from_the_net, Data, Connects, Full;
    data_from_the_net_connected_other_done: from_the_net, Data, Connects, Done;
    data_from_the_net_listening_other_quiet: from_the_net, Data, Listens, Quiet;
    data_from_the_net_listening_other_full: from_the_net, Data, Listens, Full;
    data_from_the_net_listening_other_done: from_the_net, Data, Listens, Done;
    end_to_the_net_connected_other_quiet: to_the_net, End, Connects, Quiet;
    end_to_the_net_connected_other_full: to_the_net, End, Connects, Full;
    end_to_the_net_connected_other_done: to_the_net, End, Connects, Done;
    end_to_the_net_listening_other_quiet: to_the_net, End, Listens, Quiet;
    end_to_the_net_listening_other_full: to_the_net, End, Listens, Full;
    end_to_the_net_listening_other_done: to_the_net, End, Listens, Done;
    end_from_the_net_connected_other_quiet: from_the_net, End, Connects, Quiet;
    end_from_the_net_connected_other_full: from_the_net, End, Connects, Full;
    end_from_the_net_connected_other_done: from_the_net, End, Connects, Done;
    end_from_the_net_listening_other_quiet: from_the_net, End, Listens, Quiet;
    end_from_the_net_listening_other_full: from_the_net, End, Listens, Full;
    end_from_the_net_listening_other_done: from_the_net, End, Listens, Done;
}
