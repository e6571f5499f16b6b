//! A datagram socket that locks on to nobody: what its records show, and whom it hears.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::net::UdpSocket;

use common::engine::{Engine, listening};
use netcat::plan::{AccessSource, Clients, Listen, RecordFormat, RecordTo, Recording, Transport};

#[test]
fn a_record_shows_what_everybody_said_who_is_let_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("record");
    let mut listen = Listen { clients: Clients::AtOnce, ..listening(Transport::Udp) };
    // standard output belongs to the test
    listen.session.show_peer = false;
    listen.session.recordings = vec![Recording {
        to: RecordTo::File(path.clone()),
        format: RecordFormat::HexTraditional,
        append: false,
    }];
    listen.access.deny = vec![AccessSource::List("127.0.0.2".into())];
    let mut engine = Engine::listen(listen);
    for (from, text) in [("127.0.0.1", "one\n"), ("127.0.0.2", "denied\n"), ("127.0.0.3", "two\n")]
    {
        let socket = UdpSocket::bind((from, 0)).unwrap();
        socket.send_to(text.as_bytes(), ("127.0.0.1", engine.port)).unwrap();
        engine.wait(if text == "denied\n" { "ClientRefused" } else { "Heard" });
    }
    assert_eq!(engine.stop(), "stopped");
    let record = std::fs::read_to_string(&path).unwrap();
    assert!(record.lines().all(|line| line.starts_with('<')), "{record}");
    assert!(record.contains("6f 6e 65 0a") && record.contains("74 77 6f 0a"), "{record}");
    assert!(!record.contains("64 65 6e"), "{record}");
}

#[test]
fn a_record_that_cannot_be_written_ends_the_run() {
    let mut listen = Listen { clients: Clients::InTurn, ..listening(Transport::Udp) };
    listen.session.show_peer = false;
    listen.session.recordings = vec![Recording {
        to: RecordTo::File("/dev/full".into()),
        format: RecordFormat::Raw,
        append: true,
    }];
    let mut engine = Engine::listen(listen);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"for the record", ("127.0.0.1", engine.port)).unwrap();
    let result = engine.end();
    assert!(result.starts_with("Err(Record {"), "{result}");
}
