//! Peers that do not keep to TLS, or speak something else: each is told from the others, nothing
//! hangs, nothing panics, and no memory is spent on them.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::authority::{Identity, Leaf};
use common::peer::connect;
use common::process::{Input, Program};
use common::running::Running;
use common::secured::{Ends, OneClient, Version, connected, server};
use common::under_test;
use rustls::ServerConnection;

/// A handshake's alert, and its record's head.
const CLOSE_NOTIFY: &[u8] = b"\x15\x03\x03\0\x02\x01\0";
const EMPTY: &[u8] = b"\x16\x03\x03\0\0";
const SIGNATURE: &str = "the certificate of 127.0.0.1 is not trusted: it belongs to somebody else, \
                         for the peer does not have its key";
const TOO_LARGE: &str =
    "the peer does not keep to TLS: it sent more in one piece than there may be";
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
        (b"no\n", "what the peer sent is no TLS: it begins with \"no\\x0a\""),
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
        (EMPTY, "the peer does not keep to TLS: it sent what cannot be read"),
        // more than a record can hold
        (b"\x16\x03\x03\x48\x01\x02", TOO_LARGE),
        (b"\x16\x03\x03\xff\xff\x02", TOO_LARGE),
        // a hello of 16 MiB
        (
            b"\x16\x03\x03\0\x04\x02\xff\xff\xff",
            "the peer does not keep to TLS: it sent more in one piece than there may be",
        ),
        // application data before any key
        (
            b"\x17\x03\x03\0\x05hello",
            "the peer does not keep to TLS: it sent what does not belong there",
        ),
        (
            b"\x14\x03\x03\0\x01\x01",
            "the peer does not keep to TLS: it sent what does not belong there",
        ),
        (
            b"\x18\x03\x03\0\x01\x01",
            "what the peer sent is no TLS: it begins with \"\\x18\\x03\\x03\\x00\\x01\\x01\"",
        ),
    ] {
        let (mut client, peer) = client_of(&[], answers(answer));
        ends(&mut client, "exit 14", words);
        peer.done();
    }
}

/// What a server of ours says to a client up to the end of the handshake, and a bit more, byte for
/// byte; the client is `nc`, so that it can be said to another one up to some byte.
fn recorded(version: Version, identity: &Identity) -> Vec<u8> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let (config, kept) = (server(identity, &[version]), Arc::clone(&said));
    let (mut client, peer) = client_of(&[], move |mut socket| {
        let mut connection = ServerConnection::new(config).unwrap();
        while connection.is_handshaking() || connection.wants_write() {
            let mut bytes = Vec::new();
            while connection.wants_write() {
                connection.write_tls(&mut bytes).unwrap();
            }
            socket.write_all(&bytes).unwrap();
            kept.lock().unwrap().extend(bytes);
            if connection.is_handshaking() {
                connection.read_tls(&mut socket).unwrap();
                connection.process_new_packets().unwrap();
            }
        }
    });
    let _ = client.wait_end();
    peer.done();
    said.lock().unwrap().clone()
}

#[test]
fn a_handshake_that_is_cut_at_any_byte_is_told_of() {
    let identity = Leaf::of(&["127.0.0.1"]).self_signed();
    for version in Version::ALL {
        let said = recorded(version, &identity);
        assert!(said.len() > 400, "{}", said.len());
        for cut in (0..said.len().min(140)).chain((140..said.len()).step_by(17)) {
            let part = said[..cut].to_vec();
            let (mut client, peer) = client_of(&[], move |mut socket| {
                let _ = socket.write_all(&part);
                let _ = socket.shutdown(Shutdown::Write);
                let _ = socket.read_to_end(&mut Vec::new());
            });
            let status = client.wait_end();
            let said = client.said();
            let known = said.trim_end() == format!("nc: {CLOSED}")
                // a server's hello from another handshake fits no key of this one
                || said.starts_with("nc: the peer does not keep to TLS: ")
                || said == format!("nc: {SIGNATURE}\n");
            assert!(
                (status == "exit 14" || status == "exit 15") && known,
                "cut at {cut}: {}",
                client.report()
            );
            assert!(client.stdout.is_empty() && !said.contains("panicked"));
            peer.done();
        }
    }
}

#[test]
fn a_peer_that_drips_is_waited_for_within_the_deadline() {
    let identity = Leaf::of(&["127.0.0.1"]).self_signed();
    for version in Version::ALL {
        let config = server(&identity, &[version]);
        let (mut client, peer) = client_of(&["-w", "10"], move |mut socket| {
            socket.set_nodelay(true).unwrap();
            let mut connection = ServerConnection::new(config).unwrap();
            while connection.is_handshaking() || connection.wants_write() {
                let mut bytes = Vec::new();
                while connection.wants_write() {
                    connection.write_tls(&mut bytes).unwrap();
                }
                for byte in bytes {
                    socket.write_all(&[byte]).unwrap();
                }
                if connection.is_handshaking() {
                    connection.read_tls(&mut socket).unwrap();
                    connection.process_new_packets().unwrap();
                }
            }
            let mut stream = rustls::StreamOwned::new(connection, socket);
            stream.write_all(b"slow").unwrap();
            stream.end();
            stream.read_all().unwrap();
        });
        client.succeeds();
        assert_eq!(client.stdout, b"slow");
        peer.done();
    }
    // each byte in time, and all of them too late
    let (mut client, peer) = client_of(&["-w", "1"], |mut socket| {
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let head = b"\x16\x03\x03\x40\0\x02\0\x3f\xfc".iter().chain(std::iter::repeat(&0));
        for byte in head {
            if socket.write_all(&[*byte]).is_err() {
                return;
            }
            // the client's hello, and then nothing until it goes
            let _ = socket.read(&mut [0; 4096]);
        }
    });
    let words = format!(
        "connect to 127.0.0.1 port {} (tcp) timed out waiting for TLS handshake",
        peer.port
    );
    ends(&mut client, "exit 12", &words);
    peer.done();
}

#[test]
fn a_flood_before_the_handshake_ends_it() {
    const WARNING: &[u8] = b"\x15\x03\x03\0\x02\x01\x5a";
    for (flood, words) in [
        (WARNING, "it sent too much that says nothing"),
        (EMPTY, "it sent what cannot be read"),
        (b"\x14\x03\x03\0\x01\x01", "it sent what does not belong there"),
        (b"\x16\x03\x03\0\x04\0\0\0\0", "it sent what does not belong there"),
    ] {
        let (mut client, peer) = client_of(&["-w", "10"], move |mut socket| {
            let much = flood.repeat(4096);
            while socket.write_all(&much).is_ok() {}
        });
        ends(&mut client, "exit 14", &format!("the peer does not keep to TLS: {words}"));
        peer.done();
    }
}

#[test]
fn a_reset_is_told_of_as_one() {
    let (mut client, peer) = client_of(&[], |mut socket| {
        let _ = socket.read(&mut [0; 16]);
        socket2::SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
    });
    ends(
        &mut client,
        "exit 14",
        "the connection failed in the middle of the handshake: Connection reset by peer",
    );
    peer.done();
}

/// A listener with what it says told, and its port.
fn listener(args: &[&str]) -> (Running, u16) {
    let mut running = nc(&["-v", "-l", "--tls", "127.0.0.1", "0"])
        .args(args)
        .input(Input::Regular(b"served".to_vec()))
        .start();
    let port = running.listening_port();
    (running, port)
}

#[test]
fn a_listener_tells_who_speaks_no_tls_and_serves_the_next() {
    for (said, words) in [
        (&b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..], "the client speaks plain HTTP, not TLS"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "the client speaks SSH, not TLS"),
        (b"hello there\n", "the client speaks in plain text, not TLS"),
        (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", CLOSED),
        (b"\x16\x03\x01\xff\xff", TOO_LARGE),
        (
            b"\x15\x03\x03\0\x02\x02\x30",
            "the peer ended it with the alert unknown_ca (48): it does not know who signed our certificate",
        ),
        // as a client of ours that has pinned another certificate
        (
            b"\x15\x03\x03\0\x02\x02\x31",
            "the peer ended it with the alert access_denied (49): it does not let us in (a rule of its own, or a pin)",
        ),
        (b"", CLOSED),
    ] {
        let (mut running, port) = listener(&[]);
        let mut client = connect(port);
        let _ = client.write_all(said);
        let _ = client.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).unwrap();
        let line = running.wait_line("nc: 127.0.0.1");
        assert!(line.ends_with(&format!(": {words}")), "{line}, not {words}");
        // it has an alert for who speaks anything, and nothing else
        let alert = answer.is_empty() || answer.starts_with(b"\x15\x03\x03\0\x02\x02");
        assert!(alert && answer.len() <= 7, "{}", answer.escape_ascii());
        let mut next = connected(connect(port), Version::Tls13).unwrap();
        next.end();
        assert_eq!(next.read_all().unwrap(), b"served");
        running.succeeds();
    }
}

#[test]
fn a_client_that_stalls_keeps_nobody_waiting() {
    for args in [&["-k"][..], &[], &["-k", "--sh-exec", "cat"], &["--broker"]] {
        let (running, port) = listener(args);
        let mut halves: Vec<_> = (0..20).map(|_| connect(port)).collect();
        for half in &mut halves {
            half.write_all(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03").unwrap();
        }
        let mut next = connected(connect(port), Version::Tls13).unwrap();
        // While it is still served: who serves but one is gone once it has ended.
        let memory = running.most_memory();
        next.write_all(b"still here").unwrap();
        next.end();
        let heard = next.read_all().unwrap();
        let expected: &[u8] = if args.contains(&"cat") { b"still here" } else { b"served" };
        assert_eq!(heard.escape_ascii().to_string(), expected.escape_ascii().to_string());
        assert!(!running.said().contains("panicked"), "{}", running.report());
        assert!(memory < 64 << 20, "{memory}");
    }
}

#[test]
fn clients_that_stall_and_take_all_descriptors_do_not_end_the_run() {
    let closed: Vec<_> = (3..10).map(|number| format!("{number}>&-")).collect();
    let few = format!("exec {} && ulimit -n 20", closed.join(" "));
    let mut running = nc(&["-vn", "-l", "--tls", "127.0.0.1", "0"])
        .input(Input::Regular(b"served".to_vec()))
        .after(&few)
        .start();
    let port = running.listening_port();
    let halves: Vec<_> = (0..30).map(|_| connect(port)).collect();
    let next = connect(port);
    running.wait_lines("Connection received on ", 3);
    drop(halves);
    let mut next = connected(next, Version::Tls13).unwrap();
    next.end();
    assert_eq!(next.read_all().unwrap(), b"served");
    running.succeeds();
}
