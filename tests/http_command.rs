//! `nc http`: the very bytes that it sends over every kind of end, what it prints of them, what it
//! makes of the answer, and what it does not send.
#![cfg(feature = "json")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixListener;

use common::authority::Files;
use common::peer::{accept, is_at_end, is_let_in, tcp_listener};
use common::process::{Input, Output, Program};
use common::proxy::{assert_nobody_came, take};
use common::running::Running;
use common::{DEADLINE, pattern, under_test};

const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\nX-Raw: \x00\xff\r\n\r\n";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// The practice server, and its `HOST:PORT`.
fn lab() -> (Running, String) {
    let mut running = nc(&["serve", "--lab", "http", "127.0.0.1:0"]).start();
    let port = running.listening_port();
    (running, format!("127.0.0.1:{port}"))
}

/// A listener that takes one request, and its `HOST:PORT`.
fn recorder() -> (TcpListener, String) {
    let (listener, port) = tcp_listener();
    (listener, format!("127.0.0.1:{port}"))
}

/// Takes a request of exactly these bytes and answers.
fn answer(listener: &TcpListener, request: &[u8]) {
    let mut stream = accept(listener);
    take(&mut stream, request);
    stream.write_all(ANSWER).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert!(is_at_end(&stream), "nothing behind the request");
}

#[track_caller]
fn shows(running: &mut Running, stdout: &[u8]) {
    running.succeeds();
    assert_eq!(running.stdout.escape_ascii().to_string(), stdout.escape_ascii().to_string());
}

#[track_caller]
fn fails(running: &mut Running, status: u8, words: &str) {
    assert_eq!(running.wait_end(), format!("exit {status}"), "{}", running.report());
    assert!(running.said().contains(words), "{}", running.report());
}

#[test]
fn the_practice_server_is_spoken_to() {
    let (mut server, at) = lab();
    let ask = |path: &str, items: &[&str]| {
        let address = format!("{at}{path}");
        let mut running = nc(&["http", &address]).args(items).start();
        running.succeeds();
        assert_eq!(running.said(), "", "nothing is said unasked");
        String::from_utf8(running.stdout.clone()).unwrap()
    };
    let hello = ask("/hello", &[]);
    assert!(hello.starts_with("HTTP/1.1 200 OK\r\n"), "{hello}");
    let login = ask("/login", &["username=student", "password=welcome"]);
    assert!(login.contains("Welcome, student!"), "{login}");
    let saved = ask("/save", &["b:={\"x\": [1.50, null]}", "a:=\"é\""]);
    assert!(saved.starts_with("HTTP/1.1 200 OK\r\n"), "{saved}");
    // no failure of ours
    assert!(ask("/nothing", &[]).starts_with("HTTP/1.1 404 "));
    server.wait_line("nc: 127.0.0.1");
}

#[test]
fn the_bytes_are_those_that_one_would_type() {
    for (args, request) in [
        (&["AT/hello"][..], "GET /hello HTTP/1.1\r\nHost: AT\r\nConnection: close\r\n\r\n"),
        (
            &["PUT", "http://AT/a b?c=é#d", "x==1 2", "Connection:", "X-Y:  z "],
            "PUT /a%20b?c=%C3%A9&x=1+2 HTTP/1.1\r\nHost: AT\r\nX-Y: z\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            &["AT", "name=a b&c", "host: h"],
            "POST / HTTP/1.1\r\nhost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 12\r\nConnection: close\r\n\r\nname=a+b%26c",
        ),
    ] {
        let (listener, at) = recorder();
        let args: Vec<_> = args.iter().map(|arg| arg.replace("AT", &at)).collect();
        let request = request.replace("AT", &at);
        let mut running = nc(&["http"]).args(&args).start();
        answer(&listener, request.as_bytes());
        shows(&mut running, ANSWER);
        let mut dry = nc(&["http", "--dry-run"]).args(&args).start();
        shows(&mut dry, request.as_bytes());
    }
}

#[test]
fn what_is_printed_can_be_piped() {
    let (_server, at) = lab();
    let address = format!("{at}/login");
    let mut dry = nc(&["http", "--dry-run", &address, "username=student", "password=welcome"]);
    dry = dry.input(Input::Null);
    let mut dry = dry.start();
    dry.succeeds();
    let (host, port) = at.split_once(':').unwrap();
    let mut sent = nc(&[host, port]).input(Input::Regular(dry.stdout.clone())).start();
    sent.succeeds();
    assert!(String::from_utf8_lossy(&sent.stdout).contains("Welcome, student!"));
    let full = nc(&["http", "--dry-run", &address]).output(Output::Full);
    fails(&mut full.start(), 17, "No space left on device");
}

#[test]
fn the_connection_stays_open_both_ways_until_the_answer_has_ended() {
    let (listener, at) = recorder();
    let mut running = nc(&["http", &at]).start();
    let mut stream = accept(&listener);
    take(
        &mut stream,
        format!("GET / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").as_bytes(),
    );
    stream.write_all(ANSWER).unwrap();
    running.wait_stdout(ANSWER.len());
    assert!(is_let_in(&stream), "no half-close");
    drop(stream);
    shows(&mut running, ANSWER);
}

#[test]
fn the_words_say_what_is_sent() {
    let (listener, at) = recorder();
    let mut running = nc(&["http", "-v", &at, "a=\x1b[2J", "@f"]).start();
    fails(&mut running, 1, "@FILE is the whole body, and there is another one");
    assert_nobody_came(&listener);
    listener.set_nonblocking(false).unwrap();
    let files = Files::new();
    let body = files.write("body", b"one\ntwo \x1b[2J\xff");
    let mut running = nc(&["http", "-v", &at, &format!("@{body}"), "X-Long: é"]).start();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {at}\r\nX-Long: é\r\nContent-Length: 13\r\nConnection: close\r\n\r\n"
    );
    let mut bytes = request.clone().into_bytes();
    bytes.extend(b"one\ntwo \x1b[2J\xff");
    answer(&listener, &bytes);
    shows(&mut running, ANSWER);
    let lines = request
        .split_inclusive("\r\n")
        .map(|line| format!("nc: > {}\\x0d\\x0a\n", line.trim_end()));
    let shown: String = lines.collect::<String>() + "nc: > one\\x0a\nnc: > two \\x1b[2J\\xff\n";
    assert!(running.said().starts_with(&shown), "{}", running.report());
    // what is long is told of in part
    let big = files.write("big", pattern(100_000));
    let mut running = nc(&["http", "-v", "--dry-run", &at, &format!("@{big}")]).start();
    running.succeeds();
    assert!(running.stdout.ends_with(&pattern(100_000)));
    let left = running.stdout.len() - (64 << 10);
    assert!(running.said().ends_with(&format!("nc: > ... and {left} bytes more\n")));
    let mut running = nc(&["http", "--json", "--dry-run", &at]).start();
    running.succeeds();
    assert!(running.said().contains(r#""event":"composed","text":"GET / HTTP/1.1\r\n"#));
}

#[test]
fn files_are_read_before_anybody_is_connected() {
    let files = Files::new();
    let (one, two) = (files.write("one", pattern(300_000)), files.write("two\"", "2\r\n"));
    let (listener, at) = recorder();
    let missing = files.path("missing");
    for (item, words) in [
        (format!("f@{missing}"), "No such file or directory"),
        (format!("@{missing}"), "No such file or directory"),
        (format!("f@{}", files.path("")), "Is a directory"),
        ("@/dev/zero".to_owned(), "the files of a request have 67108864 bytes at most"),
    ] {
        let mut running = nc(&["http", &at, &format!("a@{one}"), &item]).start();
        if item.starts_with('@') {
            running = nc(&["http", &at, &item]).start();
        }
        fails(&mut running, 17, words);
        assert_nobody_came(&listener);
        listener.set_nonblocking(false).unwrap();
    }
    let mut running = nc(&["http", &at, "a=1", &format!("f@{one}"), &format!("g@{two}")]).start();
    let mut stream = accept(&listener);
    let mut seen = Vec::new();
    let head = loop {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        seen.extend(byte);
        if seen.ends_with(b"\r\n\r\n") {
            break String::from_utf8(seen).unwrap();
        }
    };
    let value = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("{head}")).to_owned()
    };
    let mut body = vec![0; value("Content-Length").parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    stream.write_all(ANSWER).unwrap();
    drop(stream);
    shows(&mut running, ANSWER);
    let media_type = value("Content-Type");
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let file = |name: &str, file: &str| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
    };
    let expected = [
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n")
            .as_bytes(),
        file("f", "one").as_bytes(),
        &pattern(300_000),
        b"\r\n",
        file("g", "two%22").as_bytes(),
        b"2\r\n\r\n",
        format!("--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert!(body == expected, "{}", common::show(&body));
}

#[test]
fn standard_input_is_a_file_too() {
    let mut dry =
        nc(&["http", "--dry-run", "h", "@-", "Content-Type:text/plain"]).input(Input::Pipe);
    dry = dry.without_terminal();
    let mut dry = dry.start();
    dry.feed(b"typed\n");
    dry.end_input();
    let request =
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\
        Connection: close\r\n\r\ntyped\n";
    shows(&mut dry, request);
}

#[test]
fn no_answer_is_a_failure() {
    let (listener, at) = recorder();
    let request = format!("GET / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    let mut running = nc(&["http", &at]).start();
    let mut stream = accept(&listener);
    take(&mut stream, request.as_bytes());
    drop(stream);
    fails(&mut running, 14, "nc: the connection ended without an answer\n");
    // a silent one is left in time
    let mut running = nc(&["http", "--idle-timeout", "0.2", &at]).start();
    let stream: TcpStream = accept(&listener);
    fails(&mut running, 12, "nothing moved for");
    drop(stream);
    let mut refused = nc(&["http", "--exit-status=classic", &at]).start();
    drop(accept(&listener));
    assert_eq!(refused.wait_end(), "exit 1");
}

#[test]
fn an_answer_that_is_not_whole_is_a_failure() {
    let whole = |answer: &str| (answer.to_owned(), None);
    let fails = |answer: &str, words| (answer.to_owned(), Some(words));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let long =
        format!("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n{}", "x".repeat(2_999_999));
    for (method, (answer, fault)) in [
        ("GET", whole("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")),
        ("GET", whole("HTTP/1.1 200 OK\r\n\r\nup to the end")),
        ("GET", whole(&format!("HTTP/1.1 100 Continue\r\n\r\n{chunked}0\r\n\r\n"))),
        ("GET", whole(&format!("{long}x"))),
        ("HEAD", whole("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n")),
        ("CONNECT", whole("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nin the tunnel")),
        (
            "GET",
            fails(
                "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nabcdefghijklmnopqrstuvwxyz",
                "the answer is cut short: 26 of 40 bytes of its body",
            ),
        ),
        ("GET", fails(&long, "the answer is cut short: 2999999 of 3000000 bytes of its body")),
        ("GET", fails(chunked, "the answer is cut short: 5 bytes of its body, and no last chunk")),
        (
            "GET",
            fails(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
                "the answer is cut short: 2 lines of its head, and no empty line",
            ),
        ),
        (
            "GET",
            fails(
                "HTTP/1.1 100 Continue\r\n\r\n",
                "the connection ended without an answer: 100 only says that one will come",
            ),
        ),
        ("GET", fails("SSH-2.0-x\x1b[2J\r\n", "the answer is no HTTP: \"SSH-2.0-x\\x1b[2J\"")),
        (
            "GET",
            fails(
                "\x15\x03\x03\0\x02\x02\x46",
                "the answer is no HTTP: \"\\x15\\x03\\x03\\x00\\x02\\x02F\" (that port speaks TLS: https://)",
            ),
        ),
    ] {
        let (listener, at) = recorder();
        let mut running = nc(&["http", method, &at]).start();
        let mut stream = accept(&listener);
        let request = format!("{method} / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
        take(&mut stream, request.as_bytes());
        stream.write_all(answer.as_bytes()).unwrap();
        drop(stream);
        let (end, said) = match fault {
            None => ("exit 0", String::new()),
            Some(words) => ("exit 14", format!("nc: {words}\n")),
        };
        assert_eq!(running.wait_end(), end, "{answer:.99}: {}", running.report());
        assert_eq!(running.said(), said, "{answer:.99}");
        assert!(running.stdout == answer.as_bytes(), "every byte of it is shown");
    }
}

#[test]
fn an_answer_that_drips_is_read_like_any_other() {
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    for cut in [0, 1] {
        let (listener, at) = recorder();
        let mut running = nc(&["http", "--json", &at]).start();
        let mut stream = accept(&listener);
        stream.set_nodelay(true).unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
        take(&mut stream, request.as_bytes());
        let part = &answer.as_bytes()[..answer.len() - cut];
        for (at, byte) in part.chunks(1).enumerate() {
            stream.write_all(byte).unwrap();
            running.wait_stdout(at + 1);
        }
        drop(stream);
        let end = running.wait_end();
        assert_eq!(end, if cut == 0 { "exit 0" } else { "exit 14" }, "{}", running.report());
        assert_eq!(
            running.said().contains(r#""error":"answer_cut""#),
            cut > 0,
            "{}",
            running.report()
        );
    }
}

#[test]
fn the_one_who_closes_first_is_the_one_who_is_said_to() {
    let (listener, at) = recorder();
    let mut running = nc(&["http", "-v", &at]).start();
    let request = format!("GET / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    answer(&listener, request.as_bytes());
    running.succeeds();
    assert!(running.said().contains("nc: closed by the peer after "), "{}", running.report());
}

#[test]
fn it_is_read_along_like_a_conversation_by_hand() {
    let (listener, at) = recorder();
    let mut running = nc(&["http", "--lint", "http", &at, "X: y", "{a=b"]).start();
    let mut stream = accept(&listener);
    let body = "%7Ba=b";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {at}\r\nX: y\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    take(&mut stream, request.as_bytes());
    stream.write_all(b"HTTP/1.1 405 x\r\nAllow: GET\r\nContent-Length: 40\r\n\r\nhello").unwrap();
    drop(stream);
    assert_eq!(running.wait_end(), "exit 14", "{}", running.report());
    assert_eq!(
        running.said(),
        "nc: note: 405: the path is right, and the method is not\n\
         nc: note: allowed here: GET\n\
         nc: note: the answer was cut short: 5 of 40 bytes of its body\n\
         nc: the answer is cut short: 5 of 40 bytes of its body\n"
    );
    let mut refused = nc(&["http", "--lint", "redis", &at]).start();
    fails(&mut refused, 1, "nc http speaks HTTP");
}

#[test]
fn where_a_body_ends_is_said_truly_or_noted() {
    let (listener, at) = recorder();
    let mut running = nc(&["http", &at, "Transfer-Encoding:chunked", "a=b"]).start();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {at}\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n\
         3\r\na=b\r\n0\r\n\r\n"
    );
    answer(&listener, request.as_bytes());
    shows(&mut running, ANSWER);
    assert_eq!(running.said(), "");
    for (headers, note) in [
        (&["Content-Length:3"][..], None),
        (
            &["Content-Length:1"],
            Some(
                "2 bytes beyond Content-Length will be read as a new request: the body has 3 bytes",
            ),
        ),
        (
            &["Content-Length:40"],
            Some("body 3 of 40 bytes, and the input has ended: the server waits for 37 more"),
        ),
        (
            &["Content-Length:x"],
            Some("line 3: Content-Length is \"x\": write digits and nothing else"),
        ),
        (
            &["Content-Length:3", "Transfer-Encoding:chunked"],
            Some(
                "the request has Content-Length and Transfer-Encoding: two servers may read it in \
                 two ways (smuggling)",
            ),
        ),
    ] {
        let mut dry = nc(&["http", "--dry-run", &at, "a=b"]).args(headers).start();
        dry.succeeds();
        let said = dry.said().lines().next().map(str::to_owned);
        assert_eq!(said, note.map(|note| format!("nc: note: {note}")), "{headers:?}");
        assert!(!dry.stdout.is_empty());
        // it is sent all the same
        let mut running = nc(&["http", &at, "a=b"]).args(headers).start();
        answer(&listener, &dry.stdout);
        shows(&mut running, ANSWER);
        assert_eq!(running.said(), dry.said());
    }
    let mut refused = nc(&["http", &at, "Transfer-Encoding:gzip", "a=b"]).start();
    fails(
        &mut refused,
        1,
        "a body is sent as it is, or in chunks: Transfer-Encoding:chunked, once",
    );
}

#[test]
fn a_word_that_is_wrong_is_shown_in_part() {
    let json = format!("x:=[{}", "1,".repeat(50_000));
    let mut running = nc(&["http", "127.0.0.1:1", &json]).start();
    fails(&mut running, 1, "the value is no JSON, at byte 100001");
    assert!(running.said().len() < 400, "{}", running.said().len());
}

#[test]
fn a_unix_socket_carries_it() {
    let files = Files::new();
    let path = files.path("socket");
    let listener = UnixListener::bind(&path).unwrap();
    for (args, request) in [
        (
            &["-U", "SOCKET", "/version"][..],
            "GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        ),
        (
            &["-U", "POST", "SOCKET", "http://docker:8000/x"],
            "POST /x HTTP/1.1\r\nHost: docker:8000\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ),
        (
            &["-U", "SOCKET", "POST", "h:80/x"],
            "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ),
    ] {
        let args: Vec<_> = args.iter().map(|arg| arg.replace("SOCKET", &path)).collect();
        let mut running = nc(&["http"]).args(args).start();
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut seen = vec![0; request.len()];
        stream.read_exact(&mut seen).unwrap();
        assert_eq!(String::from_utf8_lossy(&seen), request);
        stream.write_all(ANSWER).unwrap();
        drop(stream);
        shows(&mut running, ANSWER);
    }
}

#[test]
fn proxies_and_chains_of_them_carry_it() {
    let proxy = |kind: &str| {
        let mut running = nc(&["-v", "-l", "-k", "--proxy-type", kind, "127.0.0.1", "0"]).start();
        let port = running.listening_port();
        (running, format!("127.0.0.1:{port}"))
    };
    let ((_http, http), (_socks, socks)) = (proxy("http"), proxy("socks5"));
    for way in [
        &["-X", "connect", "-x", &http][..],
        &["-x", &socks],
        &["-x", &format!("http://{http}"), "-x", &format!("socks5://{socks}")],
    ] {
        let (listener, at) = recorder();
        let mut running = nc(&["http", &at]).args(way).start();
        let request = format!("GET / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
        answer(&listener, request.as_bytes());
        shows(&mut running, ANSWER);
    }
}

#[cfg(feature = "tls")]
#[test]
fn tls_carries_it() {
    use common::authority::Leaf;
    use common::secured::{Ends, OneClient, Version, server};

    let identity = Leaf::of(&["127.0.0.1", "localhost"]).self_signed();
    let pin = identity.certificate().key_fingerprint.pin();
    for (scheme, options) in [("https://", &[][..]), ("tls://", &[]), ("", &["--tls"])] {
        let peer = OneClient::start(&server(&identity, &Version::ALL), |mut stream| {
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                seen.extend(byte);
            }
            stream.write_all(ANSWER)?;
            stream.end();
            Ok(seen)
        });
        let at = format!("127.0.0.1:{}", peer.port);
        let address = format!("{scheme}{at}/x");
        let mut running = nc(&["http", &address, "--pin", &pin]).args(options).start();
        shows(&mut running, ANSWER);
        let request = format!("GET /x HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
        assert_eq!(String::from_utf8(peer.done().unwrap()).unwrap(), request);
    }
}

#[test]
fn it_is_written_down_like_any_conversation() {
    let files = Files::new();
    let (log, raw) = (files.path("log"), files.path("raw"));
    let (listener, at) = recorder();
    let mut running = nc(&["http", &at, "--log", &log, "--output", &raw]).start();
    let request = format!("GET / HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    answer(&listener, request.as_bytes());
    shows(&mut running, ANSWER);
    assert_eq!(std::fs::read(raw).unwrap(), [request.as_bytes(), ANSWER].concat());
    assert!(std::fs::read_to_string(log).unwrap().contains(" > 16 GET / HTTP/1.1\\x0d\n"));
}

#[test]
fn parts_without_a_file_are_asked_for() {
    let mut dry = nc(&["http", "--dry-run", "--multipart", "h", "a=1"]).start();
    dry.succeeds();
    let sent = String::from_utf8(dry.stdout.clone()).unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let boundary = head.split_once("multipart/form-data; boundary=").unwrap().1;
    let boundary = boundary.lines().next().unwrap();
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--{boundary}--\r\n"
    );
    assert_eq!(body, expected);
    assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{head}");
    let by_hand = "Content-Type:multipart/form-data";
    let mut refused = nc(&["http", "--dry-run", "--multipart", "h", "a=1", by_hand]).start();
    fails(&mut refused, 1, "nc chooses the boundary between the parts");
    assert!(refused.said().contains(by_hand) && refused.stdout.is_empty());
}

#[test]
fn the_practice_server_says_the_same_in_its_answer_and_in_its_log() {
    let mut server = nc(&["serve", "--lab", "http", "--explain", "127.0.0.1:0"]).start();
    let port = server.listening_port();
    for (header, fault) in [
        ("Host : x", "has a blank before its colon"),
        (": x", "has no name before its colon"),
        ("\"Host\": x", "has a character before its colon that no name has"),
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let peer = stream.local_addr().unwrap();
        let first = b"GET /h\\x41\xff HTTP/1.1\r\n".as_slice();
        stream.write_all(&[first, header.as_bytes(), b"\r\n\r\n"].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let lines = answer.lines().filter_map(|line| line.strip_prefix("Explain: "));
        let said: Vec<_> = lines.map(str::to_owned).collect();
        assert_eq!(
            said,
            [
                "line 1: the method GET, the target /h\\x5cx41\\xff, the version HTTP/1.1"
                    .to_owned(),
                format!("line 2 {fault}: reading headers stopped here"),
            ]
        );
        for sentence in said {
            let line = format!("nc: {peer} {sentence}");
            assert_eq!(server.wait_line(&line), line);
        }
    }
}
