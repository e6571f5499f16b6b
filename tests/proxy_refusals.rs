//! Proxies that refuse, answer nonsense, ask for a password, or say nothing at all; and what cannot be
//! said to a proxy.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use common::DEADLINE;
use common::peer::{accept, again, tcp_listener};
use common::process::Input;
use common::proxy::{
    Exchange, Pieces, Proxy, TARGET, WAYS, Way, assert_nobody_came, give, take, through,
};

/// A proxy that said no.
const NO: u8 = 11;
/// An answer that is none.
const NONSENSE: u8 = 1;

const BEFORE_4: &[u8] = WAYS[0].exchanges[0].0;
const HELLO_5: Exchange = (b"\x05\x01\0", b"\x05\0");
const BEFORE_5: &[u8] = WAYS[2].exchanges[1].0;
const BEFORE_HTTP: &[u8] = WAYS[4].exchanges[0].0;

/// What is asked for, what is answered, the status, and some words of what is said.
const REFUSALS: &[(&[&str], &[Exchange], u8, &str)] = &[
    (&["-X", "4"], &[(BEFORE_4, b"\0\x5b\0\0\0\0\0\0")], NO, ""),
    (&["-X", "4"], &[(BEFORE_4, b"garbage that is no answer")], NONSENSE, ""),
    (&["-X", "5"], &[(b"\x05\x01\0", b"\x05\xff")], NO, "-P"),
    (&["-X", "5"], &[(b"\x05\x01\0", b"\x05\x02")], NONSENSE, ""),
    (&["-X", "5"], &[(b"\x05\x01\0", b"garbage")], NONSENSE, ""),
    (&["-X", "5"], &[HELLO_5, (BEFORE_5, b"\x05\x05\0\x01\0\0\0\0\0\0")], NO, "refused"),
    (
        &["-X", "5", "--proxy-auth", "joe:secret"],
        &[(b"\x05\x02\0\x02", b"\x05\x02"), (b"\x01\x03joe\x06secret", b"\x01\x01")],
        NO,
        "",
    ),
    (
        &["-X", "connect"],
        &[(BEFORE_HTTP, b"HTTP/1.1 403 Not \x1b[31mhere\r\nX: y\r\n\r\nno tunnel")],
        NO,
        r"403 Not \x1b[31mhere",
    ),
    (
        &["-X", "connect"],
        &[(BEFORE_HTTP, b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n")],
        NO,
        "-P",
    ),
    (&["-X", "connect"], &[(BEFORE_HTTP, b"HTTP/1.1 2000 OK\r\n\r\n")], NONSENSE, ""),
    (&["-X", "connect"], &[(BEFORE_HTTP, b"HTTP/1.1 20\r\n\r\n")], NONSENSE, ""),
    (&["-X", "connect"], &[(BEFORE_HTTP, b"HTTP/1.100 200 OK\r\n\r\n")], NONSENSE, ""),
    (&["-X", "connect"], &[(BEFORE_HTTP, b"200 OK\r\n\r\n")], NONSENSE, ""),
    (&["-X", "connect"], &[(BEFORE_HTTP, b"garbage that is no answer\r\n\r\n")], NONSENSE, ""),
    (&["-X", "connect"], &[(BEFORE_HTTP, b"\0\0\0\0\r\n\r\n")], NONSENSE, ""),
];

#[test]
fn a_refusal_or_nonsense_is_said_and_is_no_success() {
    for (args, exchanges, status, word) in REFUSALS {
        let proxy = Proxy::obliging(exchanges, b"", Pieces::Whole);
        let mut running = proxy.start(args, TARGET, Input::Null);
        let ended = running.wait_end();
        let said = running.said();
        if ended != format!("exit {status}") || !said.contains(word) || said.lines().count() != 1 {
            running.fail(&format!("status {status} and a line with {word:?} are wanted"));
        }
        assert!(!said.contains('\x1b'), "foreign bytes are not escaped: {said:?}");
        assert_eq!(running.stdout, b"", "{args:?}");
        drop(proxy.ended());
    }
    // a head without an end is not read for ever
    let endless = Proxy::new(|listener| {
        let mut stream = accept(listener);
        take(&mut stream, BEFORE_HTTP);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
        None
    });
    let mut running = endless.start(&["-X", "connect"], TARGET, Input::Null);
    assert_eq!(running.wait_end(), "exit 1");
    endless.ended();
}

#[test]
fn a_password_is_sent_when_basic_is_asked_for_and_only_then() {
    let plain = BEFORE_HTTP;
    let proxy = Proxy::new(move |listener| {
        let mut stream = accept(listener);
        take(&mut stream, plain);
        give(
            &mut stream,
            b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
            Pieces::Whole,
        );
        let mut stream = accept(listener);
        let credentials = "CONNECT 192.0.2.7:4711 HTTP/1.0\r\n\
                           Proxy-Authorization: Basic am9lOnNlY3JldA==\r\n\r\n";
        take(&mut stream, credentials.as_bytes());
        give(&mut stream, b"HTTP/1.1 200 OK\r\n\r\nwelcome\n", Pieces::Bytes);
        Some(stream)
    });
    let auth = ["-X", "connect", "--proxy-auth", "joe:secret"];
    let mut running = proxy.start(&auth, TARGET, Input::Null);
    drop(proxy.target());
    running.succeeds();
    assert_eq!(running.stdout, b"welcome\n");

    // a scheme that shows no password to nobody is not answered with one
    for challenge in ["Digest realm=\"x\"", "Negotiate", ""] {
        let proxy = Proxy::new(move |listener| {
            let mut stream = accept(listener);
            take(&mut stream, plain);
            let answer = format!("HTTP/1.1 407 Who?\r\nProxy-Authenticate: {challenge}\r\n\r\n");
            give(&mut stream, answer.as_bytes(), Pieces::Whole);
            assert_nobody_comes_until_it_ends(listener, &mut stream);
            None
        });
        let mut running = proxy.start(&auth, TARGET, Input::Null);
        assert_eq!(running.wait_end(), "exit 11", "{challenge}");
        proxy.ended();
    }
    // a wrong password is not tried again
    let proxy = Proxy::new(|listener| {
        for _ in 0..2 {
            let mut stream = accept(listener);
            let _ = again(|| stream.read(&mut [0; 4096])).expect("a request");
            give(
                &mut stream,
                b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
                Pieces::Whole,
            );
            let _ = stream.read_to_end(&mut Vec::new());
        }
        assert_nobody_came(listener);
        None
    });
    let mut running = proxy.start(&auth, TARGET, Input::Null);
    assert_eq!(running.wait_end(), "exit 11");
    proxy.ended();
}

/// When the program has closed its one connection, it has opened no other.
fn assert_nobody_comes_until_it_ends(listener: &TcpListener, stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert_eq!(rest, b"", "more than the request was sent");
    assert_nobody_came(listener);
}

#[test]
fn silence_ends_at_the_limit() {
    let silent = |way: &Way| {
        let proxy = Proxy::new(|listener| {
            let mut stream = accept(listener);
            // until the program gives up
            let _ = stream.read_to_end(&mut Vec::new());
            None
        });
        let mut running = through(proxy.port, way.args, TARGET).args(["-w", "1"]).start();
        assert_eq!(running.wait_end(), "exit 12", "{:?}", way.args);
        let lasted = running.lasted();
        assert!(
            lasted > Duration::from_millis(850) && lasted < DEADLINE,
            "{lasted:?} is no second"
        );
        proxy.ended();
    };
    thread::scope(|scope| {
        for way in WAYS {
            scope.spawn(|| silent(way));
        }
    });
}

#[test]
fn what_cannot_be_said_to_a_proxy_is_refused_before_anything_is_sent() {
    let long_name = "a".repeat(256);
    let long_user = format!("{long_name}:pw");
    let injected = "host\r\nX-Evil: 1";
    let rows: &[(&[&str], &str)] = &[
        (&["-X", "4a"], &long_name),
        (&["-X", "5"], &long_name),
        (&["-X", "connect"], &long_name),
        (&["-X", "4a"], injected),
        (&["-X", "5"], injected),
        (&["-X", "connect"], injected),
        (&["-X", "connect"], "host\nX"),
        (&["-X", "connect"], "a host"),
        (&["-X", "5", "--proxy-auth", &long_user], "host"),
        (&["-X", "connect", "--proxy-auth", "joe:a\r\nX-Evil: 1"], "host"),
    ];
    for (args, host) in rows {
        let (listener, port) = tcp_listener();
        // a password for Basic is looked at only when it is asked for: here it is asked for
        let auth = args.contains(&"connect") && args.len() > 2;
        let asking = auth.then(|| {
            let listener = listener.try_clone().unwrap();
            thread::spawn(move || {
                let mut stream = accept(&listener);
                take(&mut stream, b"CONNECT host:80 HTTP/1.0\r\n\r\n");
                let answer = b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
                give(&mut stream, answer, Pieces::Whole);
                let _ = stream.read_to_end(&mut Vec::new());
            })
        });
        let mut running = through(port, args, [host, "80"]).start();
        let status = running.wait_end();
        let said = running.said();
        if status == "exit 0" || said.lines().count() != 1 || said.contains('\r') {
            running.fail("it must be refused, in one line");
        }
        if let Some(asking) = asking {
            asking.join().unwrap();
        }
        assert_nobody_came(&listener);
    }
}

#[test]
fn a_proxy_that_is_not_there() {
    let (socket, port) = common::peer::refusing(socket2::Type::STREAM, 0).unwrap();
    for way in WAYS {
        let mut running = through(port, way.args, TARGET).start();
        assert_eq!(running.wait_end(), "exit 11");
        assert!(running.said().contains("Connection refused"), "{}", running.report());
    }
    drop(socket);
}
