//! How long a connection may take, over pipes in memory with a clock that the test moves.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;

use super::attend;
use crate::serve::lab::limit::LIMITS;
use crate::serve::lab::{LabEnd, LabEvent};

fn statuses(answers: &str) -> Vec<&str> {
    answers.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).collect()
}

/// One connection over a pipe in memory that holds `room` bytes each way.
fn attended(room: usize) -> (DuplexStream, mpsc::Receiver<LabEvent>) {
    let (ours, theirs) = duplex(room);
    let (sender, events) = mpsc::channel(64);
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    tokio::spawn(attend(theirs, peer, LIMITS, false, sender));
    (ours, events)
}

async fn end_of(mut events: mpsc::Receiver<LabEvent>) -> LabEnd {
    loop {
        if let LabEvent::Closed { how, .. } = events.recv().await.unwrap() {
            return how;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_types_slowly_is_waited_for() {
    let (mut stream, events) = attended(1024);
    let begin = tokio::time::Instant::now();
    // Four minutes between keys, eight for the whole request.
    for piece in ["GET /hel", "lo HTTP/1.1\n", "\n"] {
        stream.write_all(piece.as_bytes()).await.unwrap();
        tokio::time::advance(Duration::from_secs(240)).await;
    }
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(statuses(&answer), ["200 OK"]);
    drop(stream);
    assert!(matches!(end_of(events).await, LabEnd::PeerDone));
    assert!(begin.elapsed() >= Duration::from_secs(480));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_connection_after_five_minutes() {
    for (typed, expected, idle) in [
        ("", "408 Request Timeout", false),
        ("GET /hello", "408 Request Timeout", false),
        ("GET /hello HTTP/1.1\n\n", "200 OK", true),
        ("GET /hello HTTP/1.1\n\n\n", "200 OK", true),
    ] {
        let (mut stream, events) = attended(1024);
        let begin = tokio::time::Instant::now();
        stream.write_all(typed.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(begin.elapsed().as_secs(), 300, "{typed:?}");
        assert_eq!(statuses(&answer), [expected], "{typed:?}");
        drop(stream);
        assert_eq!(matches!(end_of(events).await, LabEnd::Idle), idle);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_takes_ten_minutes_at_most() {
    let (mut stream, _events) = attended(1024);
    let begin = tokio::time::Instant::now();
    let (mut reading, mut writing) = tokio::io::split(&mut stream);
    let mut answer = String::new();
    let type_on = async {
        loop {
            // Fails when the other side has gone; until then one key a minute.
            if writing.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    };
    tokio::select! {
        () = type_on => {}
        read = reading.read_to_string(&mut answer) => assert!(read.is_ok()),
    }
    assert_eq!(begin.elapsed().as_secs(), 600);
    assert_eq!(statuses(&answer), ["408 Request Timeout"]);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_dropped() {
    let (mut stream, events) = attended(64);
    stream.write_all(b"GET /hello HTTP/1.1\n\n").await.unwrap();
    match end_of(events).await {
        LabEnd::Failed(error) => assert_eq!(error.kind(), ErrorKind::TimedOut),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn lingering_is_bounded() {
    let (mut stream, events) = attended(1024);
    let begin = tokio::time::Instant::now();
    stream.write_all(b"GET /hello HTTP/1.0\n\n").await.unwrap();
    // Neither closed nor silent: it would go on for ever.
    let type_on = async {
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        std::future::pending::<LabEnd>().await
    };
    let how = tokio::select! {
        how = type_on => how,
        how = end_of(events) => how,
    };
    assert!(matches!(how, LabEnd::LastAnswer), "{how:?}");
    assert_eq!(begin.elapsed().as_secs(), 30);
}
