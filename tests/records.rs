//! Records that cannot be written to their end, and records that share a place.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::Write;

use common::peer::{accept, tcp_listener};
use common::process::Program;
use common::running::Running;
use common::{pattern, under_test};

/// Runs nc against a peer that sends so much and closes.
fn told(count: usize, args: &[&str]) -> Running {
    let (listener, port) = tcp_listener();
    let nc = Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args);
    let running = nc.args(["127.0.0.1", &port.to_string()]).start();
    let mut peer = accept(&listener);
    peer.write_all(&pattern(count)).expect("the peer is heard");
    running
}

#[test]
fn the_last_bytes_of_a_record_count_too() {
    // whether the record or the conversation is over first is chance
    for _ in 0..20 {
        for to in ["--hex-dump", "--output", "--log", "-o"] {
            let mut running = told(10, &[to, "/dev/full"]);
            assert_eq!(running.wait_end(), "exit 17", "{to}");
        }
    }
    for args in [["gnu", "-xo"], ["toybox", "-O"]] {
        let mut running = told(10, &["--dialect", args[0], args[1], "/dev/full"]);
        assert_eq!(running.wait_end(), "exit 1", "{args:?}: a line that was begun");
    }
}

#[test]
fn two_records_in_one_file_do_not_write_over_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let raw = dir.path().join("record");
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&raw, &link).unwrap();
    let (raw, link) = (raw.to_str().unwrap(), link.to_str().unwrap());
    let mut running = told(16_000, &["--output", raw, "--hex-dump", link]);
    assert_eq!(running.wait_end(), "exit 0");
    // a line of the dump is 74 bytes for 16
    assert_eq!(std::fs::metadata(raw).unwrap().len(), 16_000 + 74_000);
}

#[test]
fn two_records_may_go_to_standard_error() {
    let mut running = told(16, &["--output", "-", "--hex-dump", "-"]);
    assert_eq!(running.wait_end(), "exit 0");
    assert_eq!(running.stderr.len(), 16 + 74);
}
