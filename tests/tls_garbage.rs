//! Peers that do not keep to TLS, or speak something else: each is told from the others, nothing
//! hangs, nothing panics, and no memory is spent on them.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::authority::{Authority, Files, Identity, Leaf};
use common::peer::{Peer, connect};
use common::process::{Input, Program};
use common::running::Running;
use common::secured::{Ends, OneClient, Version, connected, server};
use common::{pattern, under_test};
use rustls::ServerConnection;

/// A handshake's alert, and its record's head.
const CLOSE_NOTIFY: &[u8] = b"\x15\x03\x03\0\x02\x01\0";
const EMPTY: &[u8] = b"\x16\x03\x03\0\0";
const CUT: &str =
    "the stream was cut: the connection ended without the word that nothing follows (close_notify)";
const CLOSED: &str = "the peer closed the connection in the middle of the handshake";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// Ends like this, in these words, and has shown nothing.
#[track_caller]
fn ends(running: &mut Running, status: &str, words: &str) {
    let ended = running.wait_end();
    let said = running.said();
    assert_eq!((ended.as_str(), said.trim_end()), (status, format!("nc: {words}").as_str()));
    assert!(running.stdout.is_empty(), "{}", running.report());
}

/// A client of a server that does this.
fn client_of(
    args: &[&str],
    serve: impl FnOnce(TcpStream) + Send + 'static,
) -> (Running, OneClient<()>) {
    let peer = OneClient::raw(serve);
    let port = peer.port.to_string();
    (nc(&["--tls", "--insecure", "127.0.0.1", &port]).args(args).start(), peer)
}

/// Says this in place of a ServerHello, waits for the client to go, and ignores what it says.
fn answers(bytes: &'static [u8]) -> impl FnOnce(TcpStream) {
    move |mut socket| {
        let _ = socket.write_all(bytes);
        let _ = socket.shutdown(Shutdown::Write);
        let _ = socket.read_to_end(&mut Vec::new());
    }
}

#[test]
fn who_speaks_something_else_is_told_by_it() {
    for (answer, words) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "this answer is plain HTTP, not TLS: drop tls://",
        ),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "this is an SSH server, not TLS: use ssh"),
        (
            b"220 mail.example ESMTP\r\n",
            "the server speaks first, in plain text: a mail or file server (--starttls smtp, or ftp)",
        ),
        (b"* OK IMAP4rev1\r\n", "the server speaks first, in plain text: IMAP (--starttls imap)"),
        (b"+OK ready\r\n", "the server speaks first, in plain text: POP3 (--starttls pop3)"),
        (
            b"\x4a\0\0\0\x0a8.0.36\0",
            "the server speaks first, in plain text: MySQL (--starttls mysql)",
        ),
        (b"who is there?\n", "what the peer sent is plain text, not TLS: drop tls://"),
        (b"no\n", "what the peer sent is no TLS: it begins with \"no\\n\""),
        (
            b"\x1b[2Jx\x80\0\xff\x01\x02",
            "what the peer sent is no TLS: it begins with \"\\x1b[2Jx\\x80\\x00\\xff\\x01\\x02\"",
        ),
        (
            b"\x80\x04\x01\x03\0\x01\x02\x03",
            "the peer speaks a version of SSL that is too old to be safe",
        ),
        // an alert before anything else, as a server of TLS 1.0 alone sends it
        (
            b"\x15\x03\x01\0\x02\x02\x46",
            "the peer ended it with the alert protocol_version (70): it speaks another version of TLS",
        ),
        (
            b"\x15\x03\x03\0\x02\x02\x28",
            "the peer ended it with the alert handshake_failure (40): nothing that both accept, or it wants a certificate (--cert)",
        ),
        (b"\x15\x03\x03\0\x02\x02\xc8", "the peer ended it with the alert number 200 (200)"),
        (b"", CLOSED),
        (b"\x16", CLOSED),
        (b"\x16\x03\x03\x40\0\x02", CLOSED),
        (CLOSE_NOTIFY, CLOSED),
        (EMPTY, "?"),
        // more than a record can hold
        (b"\x16\x03\x03\x48\x01\x02", "?"),
        (b"\x16\x03\x03\xff\xff\x02", "?"),
        // a hello of 16 MiB
        (b"\x16\x03\x03\0\x04\x02\xff\xff\xff", "?"),
        // application data before any key
        (b"\x17\x03\x03\0\x05hello", "?"),
        (b"\x14\x03\x03\0\x01\x01", "?"),
        (b"\x18\x03\x03\0\x01\x01", "?"),
    ] {
        let (mut client, peer) = client_of(&[], answers(answer));
        ends(&mut client, "exit 14", words);
        peer.done();
    }
}
