//! TLS that is asked for in plain text first (STARTTLS), in all the protocols that have it: the plain
//! part is played by the test, and handed over to a TLS server on the same connection.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use common::authority::{Identity, Leaf};
use common::engine::{Engine, target};
use common::process::{Input, Program};
use common::running::Running;
use common::secured::{Ends, OneClient, Version, accepted, server};
use common::under_test;
use netcat::plan::{Connect, Plan, Remote, TlsClient, Transport, Trust};
use netcat::proto::starttls::Kind;

const NAME: &str = "host.example";

/// What the server says, and how what it then waits for ends.
type Turn = (&'static [u8], &'static [u8]);

const MYSQL: &[u8] = b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff\x02\0\
    \xff\xdf\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0caching_sha2_password\0";
const SSL_REQUEST: &[u8] = b"\x20\0\0\x01\x05\xaa\x08\0\0\0\0\x01\x2d\0\0\0\0\0\0\0\0\0\0\0\0\
    \0\0\0\0\0\0\0\0\0\0\0";

/// Each protocol's plain part; the last thing said is the go-ahead.
const KINDS: &[(&str, &[Turn])] = &[
    (
        "smtp",
        &[
            (b"220 mail.example ESMTP\r\n", b"EHLO localhost\r\n"),
            (b"250-mail.example\r\n250 STARTTLS\r\n", b"STARTTLS\r\n"),
            (b"220 2.0.0 Ready to start TLS\r\n", b""),
        ],
    ),
    (
        "lmtp",
        &[
            (b"220 mail.example ready\r\n", b"LHLO localhost\r\n"),
            (b"250-mail.example\r\n250 STARTTLS\r\n", b"STARTTLS\r\n"),
            (b"220 2.0.0 OK\r\n", b""),
        ],
    ),
    (
        "imap",
        &[
            (b"* OK IMAP4rev1 ready\r\n", b"a1 CAPABILITY\r\n"),
            (b"* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n", b"a2 STARTTLS\r\n"),
            (b"a2 OK Begin TLS negotiation now.\r\n", b""),
        ],
    ),
    ("pop3", &[(b"+OK ready\r\n", b"STLS\r\n"), (b"+OK Begin TLS now.\r\n", b"")]),
    ("ftp", &[(b"220 (vsFTPd 3.0.3)\r\n", b"AUTH TLS\r\n"), (b"234 Proceed.\r\n", b"")]),
    (
        "xmpp",
        &[
            (b"", b" to='host.example'>"),
            (
                b"<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' \
                  id='9' from='host.example' version='1.0' xmlns='jabber:client'><stream:features>\
                  <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
                b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
            ),
            (b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", b""),
        ],
    ),
    ("postgres", &[(b"", b"\0\0\0\x08\x04\xd2\x16\x2f"), (b"S", b"")]),
    ("mysql", &[(MYSQL, SSL_REQUEST), (b"", b"")]),
    (
        "ldap",
        &[
            (b"", b"1.3.6.1.4.1.1466.20037"),
            (b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", b""),
        ],
    ),
    (
        "nntp",
        &[
            (b"201 news.example ready (no posting)\r\n", b"CAPABILITIES\r\n"),
            (b"101 Capability list:\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n", b"STARTTLS\r\n"),
            (b"382 Begin TLS negotiation now\r\n", b""),
        ],
    ),
    (
        "sieve",
        &[
            (b"\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\nOK \"ready.\"\r\n", b"STARTTLS\r\n"),
            (b"OK \"Begin TLS negotiation now.\"\r\n", b""),
        ],
    ),
];

/// Plays the plain part, with `behind` in the same piece as the go-ahead.
fn play(socket: &mut TcpStream, turns: &[Turn], behind: &[u8]) -> io::Result<()> {
    for (index, (say, until)) in turns.iter().enumerate() {
        let last = index + 1 == turns.len();
        socket.write_all(&[*say, if last { behind } else { &[] }].concat())?;
        let mut heard = Vec::new();
        // no byte further: the next one is TLS's
        while !heard.ends_with(until) {
            let mut byte = [0];
            socket.read_exact(&mut byte)?;
            heard.push(byte[0]);
        }
    }
    Ok(())
}

fn client(port: u16, kind: &str, identity: &Identity) -> Program {
    let pin = identity.certificate().key_fingerprint.pin();
    Program::new(under_test(env!("CARGO_BIN_EXE_nc")))
        .args([&format!("starttls+{kind}://127.0.0.1:{port}"), "--tls-name", NAME, "--pin", &pin])
        .input(Input::Regular(b"from the user".to_vec()))
}

fn identity() -> Identity {
    Leaf::of(&[NAME]).self_signed()
}

#[test]
fn every_protocol_is_upgraded_and_shown() {
    let identity = identity();
    let config = server(&identity, &Version::ALL);
    for (kind, turns) in KINDS {
        let config = config.clone();
        let peer = OneClient::raw(move |mut socket| {
            play(&mut socket, turns, b"")?;
            let mut stream = accepted(&config, socket)?;
            stream.write_all(b"from the server")?;
            stream.end();
            stream.read_all()
        });
        let mut running = client(peer.port, kind, &identity).args(["-v"]).start();
        running.succeeds();
        assert_eq!(running.stdout, b"from the server", "{}", running.report());
        assert_eq!(peer.done().unwrap(), b"from the user", "{kind}");
        // what is text is shown, from both sides
        let said = running.said();
        for (say, until) in *turns {
            for text in [say, until].into_iter().filter_map(|text| std::str::from_utf8(text).ok()) {
                let line = text.lines().next().unwrap_or_default();
                let is_text = text.ends_with("\r\n") && !text.contains('\0');
                assert!(
                    !is_text || said.contains(&line.replace('"', "\\\"")) || said.contains(line),
                    "{line} is not in {said}"
                );
            }
        }
    }
}

/// It ends with status 14 and these words, shows nothing, and nothing of the user's was sent.
#[track_caller]
fn is_not_upgraded(kind: &str, turns: &'static [Turn], behind: &'static [u8], words: &str) {
    let identity = identity();
    let peer = OneClient::raw(move |mut socket| {
        let _ = play(&mut socket, turns, behind);
        let _ = socket.shutdown(Shutdown::Write);
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest);
        rest
    });
    let mut running: Running = client(peer.port, kind, &identity).start();
    let status = running.wait_end();
    let said = running.said();
    let expected = format!("nc: no TLS: {words}");
    assert_eq!((status.as_str(), said.trim_end()), ("exit 14", expected.as_str()), "{kind}");
    assert!(running.stdout.is_empty());
    let rest = peer.done();
    assert!(!rest.windows(4).any(|four| four == b"user"), "{}", rest.escape_ascii());
}

#[test]
fn bytes_behind_the_go_ahead_are_refused() {
    for (kind, turns) in KINDS.iter().filter(|(kind, _)| *kind != "mysql") {
        let words = "plain bytes behind the go-ahead for TLS: they may be injected";
        is_not_upgraded(kind, turns, b"250 injected\r\n", words);
    }
}

#[test]
fn a_server_that_does_not_want_to_is_told_of() {
    const EHLO: Turn = (b"220 mail.example\r\n", b"EHLO localhost\r\n");
    let rows: &[(&str, &'static [Turn], &str)] = &[
        ("smtp", &[EHLO, (b"250 mail.example\r\n", b"")], "the server does not offer STARTTLS"),
        (
            "imap",
            &[
                (b"* OK ready\r\n", b"a1 CAPABILITY\r\n"),
                (b"* CAPABILITY IMAP4rev1\r\na1 OK\r\n", b""),
            ],
            "the server does not offer STARTTLS",
        ),
        ("sieve", &[(b"\"SIEVE\" \"a\"\r\nOK\r\n", b"")], "the server does not offer STARTTLS"),
        (
            "smtp",
            &[EHLO, (b"250-a\r\n250 STARTTLS\r\n", b"STARTTLS\r\n"), (b"454 no \x1b[2J\r\n", b"")],
            "the server refuses to start TLS: \"454 no \\x1b[2J\"",
        ),
        (
            "pop3",
            &[(b"+OK\r\n", b"STLS\r\n"), (b"-ERR no\r\n", b"")],
            "the server refuses to start TLS: \"-ERR no\"",
        ),
        ("postgres", &[(b"", b"\x16\x2f"), (b"N", b"")], "the server does not offer STARTTLS"),
        (
            "ftp",
            &[(b"220 a\r\n", b"AUTH TLS\r\n"), (b"", b"")],
            "the server closed the connection instead of giving its answer to the request for TLS",
        ),
        (
            "smtp",
            &[(b"SSH-2.0-OpenSSH\r\n", b"")],
            "its greeting does not belong to this protocol: \"SSH-2.0-OpenSSH\"",
        ),
    ];
    for (kind, turns, words) in rows {
        is_not_upgraded(kind, turns, b"", words);
    }
}

#[test]
fn what_a_silent_server_was_waited_for_is_told() {
    const STALLED: &[(&str, &[Turn], &str)] = &[
        ("smtp", &[], "its greeting"),
        ("smtp", &[(b"220 mail.example\r\n", b"EHLO localhost\r\n")], "its list of capabilities"),
        ("postgres", &[(b"", b"\x16\x2f")], "its answer to the request for TLS"),
        ("pop3", &[(b"+OK\r\n", b"STLS\r\n"), (b"+OK\r\n", b"")], "TLS handshake"),
    ];
    let identity = identity();
    let stalled: Vec<_> = STALLED
        .iter()
        .map(|(kind, turns, what)| {
            let peer = OneClient::raw(move |mut socket| {
                let _ = play(&mut socket, turns, b"");
                let _ = socket.read_to_end(&mut Vec::new());
            });
            (client(peer.port, kind, &identity).args(["-w", "3"]).start(), peer, what)
        })
        .collect();
    for (mut running, peer, what) in stalled {
        assert_eq!(running.wait_end(), "exit 12", "{}", running.report());
        let place = format!("nc: connect to 127.0.0.1 port {} (tcp)", peer.port);
        let expected = format!("{place} timed out waiting for {what}");
        assert_eq!(running.said().trim_end(), expected);
        peer.done();
    }
}

/// Where dialling has no deadline, the handshake has one of its own.
#[test]
fn a_silent_server_is_not_waited_for_without_an_end() {
    for upgrade in [None, Some(Kind::Smtp)] {
        let peer = OneClient::raw(|mut socket| {
            let _ = socket.read_to_end(&mut Vec::new());
        });
        let patience = Some(Duration::from_millis(100));
        let tls = TlsClient { trust: Trust::Anybody, upgrade, patience, ..TlsClient::default() };
        let mut plan = Connect::new(Remote::Inet(target(Transport::Tcp, peer.port)));
        plan.dial.tls = Some(Box::new(tls));
        let mut engine = Engine::start(Plan::Connect(plan));
        let result = engine.end();
        let what = if upgrade.is_some() { "its greeting" } else { "TLS handshake" };
        let expected = format!("during: \"{what}\"");
        assert!(result.starts_with("Err(TimedOut") && result.contains(&expected), "{result}");
        peer.done();
    }
}
