use proptest::prelude::*;

use super::{CHALLENGES_MAX, HEAD_MAX, Head, HeadError, LINE_MAX, Response};
use crate::proto::fuzz;
use crate::proto::step::{Fed, Step};

/// The response of a whole head, which must end where `head` ends.
fn response(head: &[u8]) -> Result<Response, HeadError> {
    let Fed { used, step } = Head::default().feed(&[head, b"early"].concat())?;
    assert_eq!(used, head.len());
    match step {
        Step::Done(response) => Ok(response),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_http_is_not_waited_for() {
    for answer in [&b"S"[..], b"HTTPS", b"http/", b"\r", b"\n", b"HTT\n", b"\x15\x03", b" "] {
        assert_eq!(Head::default().feed(answer), Err(HeadError::NotHttp));
    }
}

#[test]
fn the_end_is_found_exactly_byte_by_byte() {
    let head = b"HTTP/1.0 200 OK\r\nVia: x\n\r\n";
    let (mut parser, mut asked) = (Head::default(), 0);
    for (at, byte) in head.iter().enumerate() {
        let Ok(Fed { used: 1, step }) = parser.feed(&[*byte]) else { panic!() };
        let left = head.len() - at - 1;
        match step {
            Step::Read(missing) => assert!((1..=left).contains(&missing)),
            Step::Done(_) => assert_eq!(left, 0),
            Step::Send(_) => panic!(),
        }
        asked += 1;
    }
    assert_eq!(asked, head.len());
    let Ok(Fed { used: 0, step: Step::Done(_) }) = parser.feed(b"early") else { panic!() };
}

#[test]
fn the_limits_are_where_they_are_said_to_be() {
    let status = "HTTP/1.0 200 OK\r\n";
    let line = |length: usize| "a".repeat(length);
    let head = |headers: &str| response(format!("{status}{headers}\r\n").as_bytes());

    assert!(head(&format!("{}\r\n", line(LINE_MAX))).is_ok());
    assert_eq!(head(&format!("{}\r\n", line(LINE_MAX + 1))), Err(HeadError::LineTooLong));
    assert_eq!(head(&format!("{}\r\r\n", line(LINE_MAX))), Err(HeadError::LineTooLong));

    assert!(head(&"a: b\r\n".repeat(64)).is_ok());
    assert_eq!(head(&"a: b\r\n".repeat(65)), Err(HeadError::TooManyHeaders));

    let room = HEAD_MAX - status.len() - 2;
    let many = format!("{}\r\n", line(4094)).repeat(room / 4096);
    let rest = line(room - many.len() - 2);
    assert!(head(&format!("{many}{rest}\r\n")).is_ok());
    assert_eq!(head(&format!("{many}a{rest}\r\n")), Err(HeadError::HeadTooLong));
}

#[test]
fn basic_is_found_among_the_challenges_of_a_407() {
    let offers = |headers: &str| {
        let head = format!("HTTP/1.0 407 Authenticate\r\n{headers}\r\n");
        response(head.as_bytes()).unwrap().offers_basic()
    };
    for headers in [
        "Proxy-Authenticate: Basic realm=\"x\"\r\n",
        "proxy-authenticate:bAsIc\r\n",
        "Proxy-Authenticate: Digest realm=\"x\"\r\nProxy-Authenticate: Basic realm=\"x\"\r\n",
        "Proxy-Authenticate: Basic realm=\"x\"\r\nProxy-Authenticate: Digest realm=\"x\"\r\n",
        "Proxy-Authenticate: Digest realm=\"x\",\r\n Basic realm=\"x\"\r\nVia: x\r\n",
        "Proxy-Authenticate: Digest realm=\"\r\nProxy-Authenticate: Basic\r\n",
        "",
        "WWW-Authenticate: Digest realm=\"x\"\r\n",
    ] {
        assert!(offers(headers), "{headers}");
    }
    for headers in [
        "Proxy-Authenticate: Digest realm=\"Basic\"\r\nVia: Basic\r\n",
        "Proxy-Authenticate: Digest\r\nVia: x,\r\n Basic\r\n",
    ] {
        assert!(!offers(headers), "{headers}");
    }
    let head = b"HTTP/1.0 403 Forbidden\r\nProxy-Authenticate: Basic\r\n\r\n";
    assert!(!response(head).unwrap().offers_basic());
}

#[test]
fn digest_is_found_wherever_it_stands() {
    let digest = |headers: &str| {
        let head = format!("HTTP/1.0 407 Authenticate\r\n{headers}\r\n");
        response(head.as_bytes()).unwrap().digest().is_some()
    };
    let (basic, usable) = ("Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\"");
    for headers in [
        format!("Proxy-Authenticate: {usable}\r\n"),
        format!("Proxy-Authenticate: {basic}, {usable}\r\n"),
        format!("Proxy-Authenticate: {basic}\r\nproxy-authenticate: {usable}\r\n"),
        format!(
            "Proxy-Authenticate: {usable}, algorithm=SHA-256\r\nProxy-Authenticate: {usable}\r\n"
        ),
        format!("Proxy-Authenticate: {basic},\r\n\t{usable}\r\n"),
    ] {
        assert!(digest(&headers), "{headers}");
    }
    for headers in [
        String::new(),
        format!("Proxy-Authenticate: {basic}\r\n"),
        format!("Proxy-Authenticate: {usable}, qop=auth-int\r\n"),
        format!("WWW-Authenticate: {usable}\r\n"),
    ] {
        assert!(!digest(&headers), "{headers}");
    }
}

#[test]
fn challenges_are_counted_over_all_headers() {
    let head = "Proxy-Authenticate: Basic, Basic, Basic\r\n".repeat(40);
    let head = format!("HTTP/1.0 407 No\r\n{head}\r\n");
    assert_eq!(response(head.as_bytes()).unwrap().challenges.len(), CHALLENGES_MAX);
}

#[test]
fn either_line_end_will_do_and_odd_headers_are_passed_over() {
    for head in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\n\n",
        "HTTP/1.0 200 OK\n\r\n",
        "HTTP/1.0 200 OK\r\nServer: x\r\n\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n folded\r\n: no name\r\n\r\n",
    ] {
        let response = response(head.as_bytes()).unwrap();
        assert_eq!((response.status, &response.reason[..]), (200, &b"OK"[..]));
        assert!(response.is_tunnel());
    }
    let refused = response(b"HTTP/1.0 403 Forbidden\r\n\r\n").unwrap();
    assert_eq!((refused.status, &refused.reason[..]), (403, &b"Forbidden"[..]));
    assert!(!refused.is_tunnel());
}

#[test]
fn a_malformed_status_line_is_kept_for_the_message() {
    let refused = response(b"HTTP/2\x1b[2J 200\r\n").unwrap_err();
    assert_eq!(refused, HeadError::Status(b"HTTP/2\x1b[2J 200".to_vec()));
    let said = "malformed HTTP status line \"HTTP/2\\x1b[2J 200\"";
    assert_eq!(refused.to_string(), said);
}

#[test]
fn memory_is_bounded_whatever_comes() {
    for endless in ["a", "Proxy-Authenticate: Basic,\r\n", "\r\n\t, Digest", " "] {
        let mut head = Head::default();
        head.feed(b"HTTP/1.0 407 No\r\nProxy-Authenticate:").unwrap();
        let failed = (0..HEAD_MAX).any(|_| {
            let failed = head.feed(endless.as_bytes()).is_err();
            assert!(head.line.len() <= LINE_MAX + 1);
            assert!(head.challenge.as_ref().is_none_or(|value| value.len() <= HEAD_MAX));
            failed
        });
        assert!(failed, "{endless:?}");
    }
}

/// Heads out of likely and unlikely parts, with bytes of the target's behind them.
fn heads() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just("HTTP/1.0 407 No\r\n".into()),
        Just("\r\n".into()),
        Just("\n".into()),
        Just("Proxy-Authenticate: ".into()),
        Just("Basic".into()),
        "[a-z ,=\"\\\\:\\r\\n\\t]{0,12}",
    ];
    let parts = prop::collection::vec(part, 0..20).prop_map(|parts: Vec<String>| parts.concat());
    let start =
        prop_oneof![4 => Just("HTTP/1.1 407 No\r\n"), 1 => Just("HTTP/1.0 200\n"), 1 => Just("")];
    (any::<u8>(), start, parts)
        .prop_map(|(seed, start, parts)| [&[seed], start.as_bytes(), parts.as_bytes()].concat())
}

proptest! {
    #[test]
    fn any_bytes_in_any_reads(bytes in heads()) {
        fuzz::head(&bytes);
    }
}
