//! Chains of proxies, names that are looked up here, and the schemes of HTTP: what is asked of each
//! proxy, byte for byte, and which of them a failure is put down to.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use netcat::endpoint::Link;
use netcat::event::{Error, Event, Observer, ProxyReason, Target};
use netcat::layer::dial;
use netcat::plan::{Dial, Family, Proxy, ProxyKind, Transport};
use netcat::proto::digest::Credentials;

use common::peer::{accept, again, connect_when_open, free_port, tcp_listener};
use common::process::{Input, Program};
use common::proxy::{
    EARLY, Exchange, Pieces, Proxy as Played, assert_nobody_came, give, take, through,
};
use common::{DEADLINE, may_skip};

struct Nobody;

impl Observer for Nobody {
    fn observe(&self, _: &Event) {}
}

fn proxy(kind: ProxyKind, host: &str, port: u16) -> Proxy {
    Proxy {
        kind,
        host: host.into(),
        port,
        user: None,
        names: netcat::plan::ProxyNames::There,
        via: None,
    }
}

fn joe(proxy: Proxy) -> Proxy {
    let password = Some(OsString::from("secret"));
    Proxy { user: Some(("joe".into(), password)), ..proxy }
}

fn via(proxy: Proxy, before: Proxy) -> Proxy {
    Proxy { via: Some(Box::new(before)), ..proxy }
}

fn by(proxy: Proxy) -> Dial {
    Dial { proxy: Some(proxy), timeout: Some(DEADLINE), ..Dial::default() }
}

fn target(host: &str, port: u16) -> Target {
    Target { host: host.into(), port, transport: Transport::Tcp, numeric: false }
}

async fn open(dial: &Dial) -> Result<Link, Error> {
    dial::Way::plain(dial, None).dial(&target("192.0.2.7", 4711), &Nobody).await
}

/// What a failure is put down to.
async fn fails(dial: &Dial) -> (String, ProxyReason) {
    match open(dial).await {
        Err(Error::Proxy { proxy, reason, .. }) => {
            (proxy.as_os_str().to_string_lossy().into_owned(), reason)
        }
        other => panic!("{other:?}"),
    }
}

/// All that comes before the end.
async fn all(link: &Link) -> Vec<u8> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    while let count @ 1.. = link.fd().read(&mut buffer).await.expect("an end") {
        bytes.extend_from_slice(&buffer[..count]);
    }
    bytes
}

/// A request up to its empty line, as text.
fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        again(|| stream.read_exact(&mut byte)).expect("a request");
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Takes this request without credentials and asks for some.
fn challenge(stream: &mut TcpStream, authority: &str, challenges: &str) {
    assert_eq!(head(stream), format!("CONNECT {authority} HTTP/1.0\r\n\r\n"));
    ask(stream, challenges);
}

fn ask(stream: &mut TcpStream, challenges: &str) {
    let answer = format!("HTTP/1.1 407 Who?\r\nProxy-Authenticate: {challenges}\r\n\r\n");
    give(stream, answer.as_bytes(), Pieces::Whole);
}

/// Takes a request with Digest credentials that prove joe's password; gives the header.
fn proof(stream: &mut TcpStream, authority: &str) -> String {
    let head = head(stream);
    let header = head
        .strip_prefix(&format!("CONNECT {authority} HTTP/1.0\r\nProxy-Authorization: "))
        .unwrap_or_else(|| panic!("{head}"));
    let header = header.trim_end();
    assert!(header.contains(&format!("uri=\"{authority}\"")), "{header}");
    if header.contains("qop=auth") {
        let credentials = Credentials::parse(header.as_bytes()).expect("Digest");
        assert!(credentials.proves(b"CONNECT", b"joe", b"x", b"secret"), "{header}");
    }
    header.to_owned()
}

const ESTABLISHED: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";

fn established(stream: &mut TcpStream) {
    give(stream, ESTABLISHED, Pieces::Whole);
}

const DIGEST: &str = "Digest realm=\"x\", nonce=\"abc\", qop=\"auth\"";

#[tokio::test]
async fn each_proxy_is_asked_for_the_next_and_early_words_are_kept() {
    for pieces in [Pieces::Whole, Pieces::Bytes] {
        let played = Played::obliging(
            &[
                (
                    b"CONNECT second.invalid:1080 HTTP/1.0\r\n\r\n",
                    b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n",
                ),
                (b"\x05\x02\0\x02", b"\x05\x02"),
                (b"\x01\x03joe\x06secret", b"\x01\0"),
                (
                    b"\x05\x01\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x04\x38",
                    b"\x05\0\0\x01\x7f\0\0\x01\x12\x34",
                ),
                (b"\x04\x01\x11\x5c\0\0\0\x01me\0fourth.invalid\0", b"\0\x5a\0\0\0\0\0\0"),
                (b"\x04\x01\x12\x67\xc0\x00\x02\x07\0", b"\0\x5a\0\0\0\0\0\0"),
            ],
            EARLY,
            pieces,
        );
        let first = proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port);
        let second = joe(via(proxy(ProxyKind::Socks5, "second.invalid", 1080), first));
        let third = via(proxy(ProxyKind::Socks4a, "::1", 1080), second);
        let third = Proxy { user: Some(("me".into(), None)), ..third };
        let fourth = via(proxy(ProxyKind::Socks4, "fourth.invalid", 4444), third);
        let link = open(&by(fourth)).await.expect("the way");
        let mut stream = played.target();
        stream.write_all(b"later words\n").unwrap();
        link.fd().write_all(b"a question\n").await.unwrap();
        take(&mut stream, b"a question\n");
        drop(stream);
        assert_eq!(all(&link).await, [EARLY, b"later words\n"].concat());
    }
}

const ASKED: &[u8] = b"CONNECT second.invalid:1080 HTTP/1.0\r\n\r\n";
const REQUEST: &[u8] = b"\x04\x01\x12\x67\xc0\x00\x02\x07\0";

#[tokio::test]
async fn a_failure_is_put_down_to_the_proxy_that_failed() {
    let chain = |port| {
        let first = proxy(ProxyKind::HttpConnect, "127.0.0.1", port);
        by(via(proxy(ProxyKind::Socks4, "second.invalid", 1080), first))
    };
    let played = Played::obliging(&[(ASKED, b"HTTP/1.0 502 No\r\n\r\n")], b"", Pieces::Whole);
    let (host, reason) = fails(&chain(played.port)).await;
    assert!(matches!(reason, ProxyReason::Status { status: 502, .. }), "{reason:?}");
    assert_eq!(host, "127.0.0.1");

    let played = Played::obliging(
        &[(ASKED, ESTABLISHED), (REQUEST, b"\0\x5b\0\0\0\0\0\0")],
        b"",
        Pieces::Whole,
    );
    let (host, reason) = fails(&chain(played.port)).await;
    assert!(matches!(reason, ProxyReason::Socks4(_)), "{reason:?}");
    assert_eq!(host, "second.invalid");

    let played = Played::cutting(&[(ASKED, ESTABLISHED), (REQUEST, b"never")], ESTABLISHED.len());
    let (host, reason) = fails(&chain(played.port)).await;
    assert!(matches!(reason, ProxyReason::Io(_)), "{reason:?}");
    assert_eq!(host, "second.invalid");
}

#[tokio::test]
async fn one_deadline_is_for_all_of_them() {
    for silent_after in [0, 1] {
        let played = Played::new(move |listener| {
            let mut stream = accept(listener);
            for _ in 0..silent_after {
                head(&mut stream);
                established(&mut stream);
            }
            let _ = stream.read_to_end(&mut Vec::new());
            None
        });
        let first = proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port);
        let mut dial = by(via(proxy(ProxyKind::HttpConnect, "second.invalid", 8080), first));
        dial.timeout = Some(Duration::from_millis(500));
        let begun = Instant::now();
        let Err(Error::TimedOut { target, during }) = open(&dial).await else {
            panic!("nobody answered");
        };
        assert!(begun.elapsed() > Duration::from_millis(425));
        let waited_for = ["second.invalid", "192.0.2.7"][silent_after];
        assert_eq!((target.host, during), (waited_for.into(), "the proxy's answer"));
        played.ended();
    }
}

#[tokio::test]
async fn a_digest_is_preferred_wherever_it_stands_and_each_answer_is_new() {
    for (challenges, qop) in [
        (DIGEST.to_owned(), true),
        (format!("Basic realm=\"x\", {DIGEST}"), true),
        (format!("Negotiate, Basic realm=\"x\"\r\nProxy-Authenticate: {DIGEST}"), true),
        (format!("Digest realm=\"x\", nonce=\"y\", algorithm=SHA-256, {DIGEST}, Basic"), true),
        ("Digest realm=\"x\", nonce=\"abc\", opaque=\"o\"".to_owned(), false),
    ] {
        let played = Played::new(move |listener| {
            let mut stream = accept(listener);
            challenge(&mut stream, "192.0.2.7:4711", &challenges);
            let mut stream = accept(listener);
            let header = proof(&mut stream, "192.0.2.7:4711");
            assert!(header.contains("nonce=\"abc\""), "{header}");
            assert_eq!(header.contains("nc=00000001") && header.contains("cnonce="), qop);
            assert_eq!(header.contains("opaque=\"o\""), !qop);
            give(&mut stream, b"HTTP/1.0 200 OK\r\n\r\nwelcome\n", Pieces::Bytes);
            Some(stream)
        });
        let way = joe(proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port));
        let link = open(&by(way)).await.expect("the way");
        drop(played.target());
        assert_eq!(all(&link).await, b"welcome\n");
    }
}

#[tokio::test]
async fn basic_is_taken_where_no_digest_can_be_answered() {
    let played = Played::new(|listener| {
        let mut stream = accept(listener);
        let odd = "Digest realm=\"x\", nonce=\"y\", algorithm=SHA-256, Basic realm=\"x\"";
        challenge(&mut stream, "192.0.2.7:4711", odd);
        let mut stream = accept(listener);
        let sent = head(&mut stream);
        assert!(
            sent.ends_with("\r\nProxy-Authorization: Basic am9lOnNlY3JldA==\r\n\r\n"),
            "{sent}"
        );
        established(&mut stream);
        Some(stream)
    });
    let way = joe(proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port));
    open(&by(way)).await.expect("the way");
    played.ended();
}

#[tokio::test]
async fn a_stale_nonce_is_renewed_once_and_a_wrong_password_never() {
    let stale =
        |nonce: &str| format!("Digest realm=\"x\", nonce=\"{nonce}\", qop=auth, stale=true");
    for (second, opens) in [(None, true), (Some(stale("ghi")), false)] {
        let played = Played::new(move |listener| {
            let mut stream = accept(listener);
            challenge(&mut stream, "192.0.2.7:4711", DIGEST);
            let mut stream = accept(listener);
            let first = proof(&mut stream, "192.0.2.7:4711");
            ask(&mut stream, &stale("def"));
            let mut stream = accept(listener);
            let renewed = proof(&mut stream, "192.0.2.7:4711");
            assert!(first.contains("nonce=\"abc\"") && renewed.contains("nonce=\"def\""));
            assert!(renewed.contains("nc=00000001"), "{renewed}");
            match second {
                None => established(&mut stream),
                Some(again) => ask(&mut stream, &again),
            }
            let _ = stream.read_to_end(&mut Vec::new());
            assert_nobody_came(listener);
            None
        });
        let dial = by(joe(proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port)));
        if opens {
            open(&dial).await.expect("the way");
        } else {
            let (_, reason) = fails(&dial).await;
            assert!(matches!(reason, ProxyReason::TooManyAuthenticationFailures), "{reason:?}");
        }
        played.ended();
    }
    let played = Played::new(|listener| {
        let mut stream = accept(listener);
        challenge(&mut stream, "192.0.2.7:4711", DIGEST);
        let mut stream = accept(listener);
        proof(&mut stream, "192.0.2.7:4711");
        ask(&mut stream, DIGEST);
        let _ = stream.read_to_end(&mut Vec::new());
        assert_nobody_came(listener);
        None
    });
    let way = joe(proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port));
    let (_, reason) = fails(&by(way)).await;
    assert!(matches!(reason, ProxyReason::TooManyAuthenticationFailures), "{reason:?}");
    played.ended();
}

#[tokio::test]
async fn each_proxy_of_a_chain_is_shown_its_own_password() {
    const SECOND: &str = "second.invalid:3128";
    const TARGET: &str = "192.0.2.7:4711";
    let played = Played::new(|listener| {
        let mut stream = accept(listener);
        challenge(&mut stream, SECOND, DIGEST);
        let mut stream = accept(listener);
        let first = proof(&mut stream, SECOND);
        established(&mut stream);
        challenge(&mut stream, TARGET, "Digest realm=\"x\", nonce=\"second\", qop=auth");
        // on a new connection the first is shown at once what it wants: the count goes on
        let mut stream = accept(listener);
        let again = proof(&mut stream, SECOND);
        assert!(first.contains("nc=00000001") && again.contains("nc=00000002"), "{again}");
        let cnonce = |header: &str| header.split_once("cnonce=").unwrap().1[..18].to_owned();
        assert_ne!(cnonce(&first), cnonce(&again));
        established(&mut stream);
        let header = proof(&mut stream, TARGET);
        assert!(header.contains("nonce=\"second\"") && header.contains("nc=00000001"), "{header}");
        established(&mut stream);
        Some(stream)
    });
    let first = joe(proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port));
    let second = joe(via(proxy(ProxyKind::HttpConnect, "second.invalid", 3128), first));
    open(&by(second)).await.expect("the way");
    played.ended();
}

#[tokio::test]
async fn names_are_looked_up_here_where_that_is_asked_for() {
    let ways: [(ProxyKind, &'static [Exchange]); 3] = [
        (
            ProxyKind::Socks5,
            &[
                (b"\x05\x01\0", b"\x05\0"),
                (b"\x05\x01\0\x01\x7f\0\0\x01\0\x50", b"\x05\0\0\x01\0\0\0\0\0\0"),
            ],
        ),
        (ProxyKind::Socks4a, &[(b"\x04\x01\0\x50\x7f\0\0\x01\0", b"\0\x5a\0\0\0\0\0\0")]),
        (ProxyKind::HttpConnect, &[(b"CONNECT 127.0.0.1:80 HTTP/1.0\r\n\r\n", ESTABLISHED)]),
    ];
    for (kind, exchanges) in ways {
        let played = Played::obliging(exchanges, EARLY, Pieces::Whole);
        let way = Proxy {
            names: netcat::plan::ProxyNames::Here,
            ..proxy(kind, "127.0.0.1", played.port)
        };
        let dial = Dial { family: Family::V4, ..by(way) };
        let link = dial::Way::plain(&dial, None)
            .dial(&target("localhost", 80), &Nobody)
            .await
            .expect("a way");
        drop(played.target());
        assert_eq!(all(&link).await, EARLY);
    }
    // an address of IPv6 is one, and an unknown name comes to no proxy
    let played = Played::obliging(
        &[(b"CONNECT [::1]:80 HTTP/1.0\r\n\r\n", ESTABLISHED)],
        b"",
        Pieces::Whole,
    );
    let way = proxy(ProxyKind::HttpConnect, "127.0.0.1", played.port);
    let dial = by(Proxy { names: netcat::plan::ProxyNames::Here, ..way });
    dial::Way::plain(&dial, None).dial(&target("::1", 80), &Nobody).await.expect("a way");
    played.ended();
    let (listener, port) = tcp_listener();
    let way = Proxy {
        names: netcat::plan::ProxyNames::Here,
        ..proxy(ProxyKind::Socks5, "127.0.0.1", port)
    };
    let refused = dial::Way::plain(&by(way), None).dial(&target("name.invalid", 80), &Nobody).await;
    assert!(
        matches!(&refused, Err(Error::Proxy { reason: ProxyReason::Lookup { .. }, .. })),
        "{refused:?}"
    );
    assert_nobody_came(&listener);
}

#[tokio::test]
async fn a_proxy_may_have_an_address_of_ipv6() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("skipped: no IPv6 here");
        return;
    };
    let port = listener.local_addr().unwrap().port();
    let played = thread::spawn(move || {
        let mut stream = accept(&listener);
        take(&mut stream, b"CONNECT 192.0.2.7:4711 HTTP/1.0\r\n\r\n");
        established(&mut stream);
    });
    open(&by(proxy(ProxyKind::HttpConnect, "::1", port))).await.expect("the way");
    played.join().unwrap();
}

/// Passes one connection after the other on to `port`; gives what was sent to it, so far.
fn overheard(port: u16) -> (u16, std::sync::mpsc::Receiver<Vec<u8>>) {
    let (listener, own) = tcp_listener();
    let (said, heard) = std::sync::mpsc::channel();
    thread::spawn(move || {
        while let Ok((mut client, _)) = listener.accept() {
            let mut server = connect_when_open(port);
            let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(std::net::Shutdown::Write);
            });
            let said = said.clone();
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = client.read(&mut buffer) {
                    if server.write_all(&buffer[..count]).is_err() {
                        return;
                    }
                    let _ = said.send(buffer[..count].to_vec());
                }
                let _ = server.shutdown(std::net::Shutdown::Write);
            });
        }
    });
    (own, heard)
}

const NCAT: &str = "/usr/bin/ncat";

/// A real Ncat as HTTP proxy, with a password.
fn ncat(port: u16) -> common::running::Running {
    Program::new(NCAT)
        .args(["-lk", "--proxy-type", "http", "--proxy-auth", "joe:secret"])
        .args(["127.0.0.1", &port.to_string()])
        .start()
}

#[tokio::test]
async fn real_ncats_lead_on_by_digest_one_by_one_and_in_a_chain() {
    if !Path::new(NCAT).exists() {
        assert!(may_skip(), "ncat is not installed");
        println!("skipped: ncat is not installed");
        return;
    }
    let (target_listener, target_port) = tcp_listener();
    let port = free_port();
    let _ncat = ncat(port);
    let (overheard_port, heard) = overheard(port);
    let destination = target_port.to_string();
    let auth = ["-X", "connect", "--proxy-auth", "joe:secret"];
    let mut running =
        through(overheard_port, &auth, ["127.0.0.1", &destination]).input(Input::Pipe).start();
    let mut stream = accept(&target_listener);
    // Ncat 7.93 ends both directions with the first: nobody ends before all is said
    running.feed(b"a question\n");
    take(&mut stream, b"a question\n");
    stream.write_all(b"an answer\n").unwrap();
    running.wait_stdout(10);
    running.end_input();
    running.succeeds();
    drop(stream);
    assert_eq!(running.stdout, b"an answer\n");
    let said: Vec<u8> = heard.try_iter().flatten().collect();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("\r\nProxy-Authorization: Digest ") && !said.contains("Basic"), "{said}");

    let other = free_port();
    let _other = ncat(other);
    drop(connect_when_open(other));
    let first = joe(proxy(ProxyKind::HttpConnect, "127.0.0.1", port));
    let second = joe(via(proxy(ProxyKind::HttpConnect, "127.0.0.1", other), first));
    let reached = target("127.0.0.1", target_port);
    let link = dial::Way::plain(&by(second), None).dial(&reached, &Nobody).await.expect("the way");
    let mut stream = accept(&target_listener);
    link.fd().write_all(b"through two\n").await.unwrap();
    take(&mut stream, b"through two\n");
    stream.write_all(b"and back\n").unwrap();
    drop(stream);
    assert_eq!(all(&link).await, b"and back\n");
}
