use proptest::prelude::*;

use super::super::{FIELDS_MAX, HEAD_MAX, LINE_MAX};
use super::{Malformed, Method, Request, RequestError, RequestHead, Status};
use crate::proto::fuzz;
use crate::proto::step::{Fed, Step};
use crate::proto::target::Target;

/// The request of a whole head, which must end where `head` ends.
fn request(head: &str) -> Result<Request, RequestError> {
    let Fed { used, step } = RequestHead::default().feed(&[head.as_bytes(), b"body"].concat())?;
    assert_eq!(used, head.len());
    match step {
        Step::Done(request) => Ok(request),
        other => panic!("{other:?}"),
    }
}

fn refused(head: &str, error: impl Into<RequestError>, status: Status) {
    let error = error.into();
    assert_eq!(request(head), Err(error), "{head:?}");
    assert_eq!(error.status(), status);
}

#[test]
fn a_tunnel() {
    for (head, host, minor) in [
        ("CONNECT host.example:443 HTTP/1.1\r\nHost: host.example:443\r\n\r\n", "host.example", 1),
        ("CONNECT [2001:db8::9]:443 HTTP/1.0\r\n\r\n", "2001:db8::9", 0),
        ("CONNECT 192.0.2.9:443 HTTP/1.0\n\n", "192.0.2.9", 0),
    ] {
        let request = request(head).unwrap();
        assert_eq!((request.method, request.minor), (Method::Connect, minor));
        assert_eq!(request.target, Target::new(host.as_bytes(), 443).unwrap());
        assert_eq!((&request.path[..], request.content_length), (&b""[..], None));
    }
}

#[test]
fn a_request_to_be_forwarded() {
    let head =
        "POST http://h:81/p?q HTTP/1.1\r\nContent-Length:  4 \r\nProxy-Authorization: x\r\n\r\n";
    let request = request(head).unwrap();
    assert_eq!((request.method, request.content_length), (Method::Post, Some(4)));
    assert_eq!(request.target, Target::new(b"h", 81).unwrap());
    assert_eq!((&request.authority[..], &request.path[..]), (&b"h:81"[..], &b"/p?q"[..]));
    assert_eq!(request.credentials(), Some(&b"x"[..]));
    assert_eq!(request.to_string(), "POST h:81");
}

#[test]
fn requests_that_are_refused() {
    for line in [
        "",
        "GET",
        "GET /",
        "GET http://h/",
        "GET  http://h/ HTTP/1.0",
        "GET http://h/  HTTP/1.0",
        "GET http://h/ HTTP/1.0 ",
        " GET http://h/ HTTP/1.0",
        "GET http://h/\tx HTTP/1.0",
        "G(T http://h/ HTTP/1.0",
    ] {
        refused(&format!("{line}\r\n"), RequestError::Line, Status::BadRequest);
    }
    for version in ["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "http/1.0", "HTTP/1.00", "HTTP/1."] {
        let head = format!("GET http://h/ {version}\r\n");
        refused(&head, RequestError::Version, Status::BadRequest);
    }
    for target in
        ["GET /", "GET https://h/", "HEAD h:80", "POST *", "CONNECT h", "CONNECT http://h/"]
    {
        let head = format!("{target} HTTP/1.0\r\n");
        refused(&head, RequestError::Target, Status::BadRequest);
    }
    for method in ["get", "PUT", "OPTIONS", "CONNECTX", "TRACE"] {
        let head = format!("{method} http://h/ HTTP/1.0\r\n");
        refused(&head, RequestError::Method, Status::MethodNotAllowed);
    }
}

#[test]
fn heads_that_two_could_read_in_two_ways_are_refused() {
    for (fields, error) in [
        ("Content-Length: 4\r\nContent-Length: 5\r\n\r\n", Malformed::ContentLength),
        ("Content-Length: 4x\r\n\r\n", Malformed::ContentLength),
        ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", Malformed::TransferEncoding),
        ("Transfer-Encoding: chunked\r\n\r\n", Malformed::TransferEncoding),
        ("Content-Length: 4\r\n folded\r\n", Malformed::Folded),
        ("\tfolded\r\n", Malformed::Folded),
        ("Content-Length : 4\r\n", Malformed::Field),
        (": 4\r\n", Malformed::Field),
        ("no colon\r\n", Malformed::Field),
        ("A\u{e9}: 4\r\n", Malformed::Field),
        ("A: b\rX", Malformed::Control(b'\r')),
        ("A: b\r\r", Malformed::Control(b'\r')),
        ("A: \0", Malformed::Control(0)),
        ("A\x1b", Malformed::Control(0x1b)),
    ] {
        for line in ["POST http://h/", "GET http://h/", "CONNECT h:80"] {
            refused(&format!("{line} HTTP/1.1\r\n{fields}"), error, Status::BadRequest);
        }
    }
    let with = |line: &str| format!("{line} HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    refused(&with("GET http://h/"), RequestError::Host, Status::BadRequest);
    let head = "POST http://h/ HTTP/1.0\r\n\r\n";
    refused(head, RequestError::LengthRequired, Status::BadRequest);
    let head = "CONNECT h:80 HTTP/1.0\r\nContent-Length: 1\r\n\r\n";
    refused(head, Malformed::ContentLength, Status::BadRequest);
    assert!(request("CONNECT h:80 HTTP/1.0\r\nContent-Length: 0\r\n\r\n").is_ok());
    refused("\x16", Malformed::Control(0x16), Status::BadRequest);
}

#[test]
fn credentials_come_once() {
    let head = "GET http://h/ HTTP/1.0\r\nProxy-Authorization: a\r\nProxy-Authorization: a\r\n\r\n";
    assert_eq!(request(head).unwrap().credentials(), None);
}

#[test]
fn the_limits_are_where_they_are_said_to_be() {
    let start = "GET http://h/ HTTP/1.0\r\n";
    let head = |fields: &str| format!("{start}{fields}\r\n");
    let field = |length: usize| format!("A:{}\r\n", "b".repeat(length - 2));
    let too_large = Status::RequestEntityTooLarge;

    assert!(request(&head(&field(LINE_MAX))).is_ok());
    let long = head(&field(LINE_MAX + 1));
    assert_eq!(RequestHead::default().feed(long.as_bytes()), Err(Malformed::LineTooLong.into()));
    let uri = "x".repeat(LINE_MAX);
    let long = format!("GET http://{uri}");
    refused(&long, Malformed::LineTooLong, too_large);

    assert!(request(&head(&"a: b\r\n".repeat(FIELDS_MAX))).is_ok());
    refused(&head(&"a: b\r\n".repeat(FIELDS_MAX + 1)), Malformed::TooManyFields, too_large);

    let many = field(4094).repeat(15);
    let room = HEAD_MAX - start.len() - many.len() - 4;
    assert!(request(&head(&format!("{many}{}", field(room)))).is_ok());
    refused(&head(&format!("{many}{}", field(room + 1))), Malformed::HeadTooLong, too_large);
}

/// Heads out of likely and unlikely parts.
pub(crate) fn heads() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        3 => Just("GET http://h:81/p HTTP/1.1\r\n".to_owned()),
        2 => Just("POST http://[::1] HTTP/1.0\r\n".to_owned()),
        2 => Just("CONNECT host.example:443 HTTP/1.0\r\n".to_owned()),
        1 => "(GET|HEAD|CONNECT) (http://)?[a-z:@/?\\[\\]0-9.]{0,12} HTTP/1\\.[012]\r?\n",
        1 => Just(String::new()),
    ];
    let field = prop_oneof![
        Just("Content-Length: 5\r\n".to_owned()),
        Just("Connection: close, x-a\r\n".to_owned()),
        Just("X-A: b\r\n".to_owned()),
        Just("Via: 1.1 nc-0000000000000007\r\n".to_owned()),
        Just("Host: h\r\n".to_owned()),
        "[a-zA-Z -]{0,6}:[ -~\\t]{0,9}\r?\n",
        "[a-z:\\r\\n \\x00]{0,4}",
    ];
    (any::<u8>(), line, prop::collection::vec(field, 0..6)).prop_map(|(seed, line, fields)| {
        [&[seed], line.as_bytes(), fields.concat().as_bytes(), b"\r\nbody"].concat()
    })
}

proptest! {
    #[test]
    fn any_bytes_in_any_reads(bytes in heads()) {
        fuzz::proxy_request(&bytes);
    }
}
