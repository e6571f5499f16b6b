//! The `Cmd line: ` prompt, over the real program: the line is taken as arguments, and what is
//! behind it goes to the network, from a pipe and from a file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::Read;
use std::net::Shutdown;

use common::peer::{accept, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::under_test;

fn asked(dialect: &str, input: Input) -> Running {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args(["--dialect", dialect])
        .input(input)
        .start()
}

#[test]
fn what_is_behind_the_line_goes_to_the_network() {
    let rest = b"first\nsecond\n";
    for dialect in ["traditional", "gnu"] {
        for regular in [false, true] {
            let (listener, port) = tcp_listener();
            let text = [format!(" -n  127.0.0.1\t{port}\n").as_bytes(), rest].concat();
            let mut running = if regular {
                asked(dialect, Input::Regular(text))
            } else {
                let running = asked(dialect, Input::Pipe);
                running.feed(&text);
                running
            };
            let mut peer = accept(&listener);
            let mut seen = vec![0; rest.len()];
            peer.read_exact(&mut seen).unwrap();
            assert_eq!(seen, rest, "{dialect}, regular: {regular}");
            peer.shutdown(Shutdown::Both).unwrap();
            running.end_input();
            assert!(running.wait_for(common::DEADLINE, Running::has_ended), "{}", running.said());
            assert!(running.said().starts_with("Cmd line: "), "{}", running.said());
        }
    }
}

#[test]
fn an_answer_that_is_none_is_refused() {
    let long = vec![b'x'; 9000];
    for (answer, said) in [
        (&b""[..], "Cmd line: wrong\n"),
        (b"\n", "Cmd line: wrong\n"),
        (b"-z h x\n", "Cmd line: invalid port x\n"),
        (b"-v h 1\0\n", "Cmd line: NUL in the command line\n"),
        (&long, "Cmd line: command line longer than 8191 bytes\n"),
    ] {
        let mut running = asked("traditional", Input::Regular(answer.to_vec()));
        assert!(running.wait_for(common::DEADLINE, Running::has_ended), "{}", running.said());
        assert_eq!(running.said(), said);
        assert_eq!(running.status().as_deref(), Some("exit 1"));
    }
}
