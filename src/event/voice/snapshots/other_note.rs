//! The words of notes on protocols other than HTTP, and on requests that are not the first.

use crate::event::voice::note::words;
use crate::proto::lint::json::{JsonError, JsonFault};
use crate::proto::lint::{Foreign, Met, Note};

#[test]
fn each_note_says_what_is_so_and_what_to_do() {
    let text = |text: &str| text.as_bytes().to_vec();
    let (line, silence, end) = (3, Met::Silence, Met::End);
    let cases = [
        (Note::Smtp { code: 354 }, "354: send the message, and end it with a line of one dot"),
        (Note::Smtp { code: 499 }, "499: not now: try again later"),
        (
            Note::SmtpUnknown { line, command: text("RCTP") },
            "line 3: no command is called RCTP: try HELP",
        ),
        (
            Note::MailUnfinished { lines: 3, met: silence },
            "the message has 3 lines so far: end it with a line of one dot",
        ),
        (Note::Redis { code: text("NOAUTH") }, "NOAUTH: log in first: AUTH PASSWORD"),
        (Note::Redis { code: text("X") }, "X: an error of the server's"),
        (Note::RedisNothing, "there is no such value"),
        (
            Note::RedisLength { line, length: 4 },
            "line 3: $4 was said, and the word has another length: what follows is lost",
        ),
        (
            Note::RedisUnfinished { met: end },
            "the command is not complete, and the input has ended: the server waits",
        ),
        (
            Note::Foreign(Foreign::TlsAlert { description: 70 }),
            "the server speaks TLS on this port: try nc --tls",
        ),
        (Note::Foreign(Foreign::PlainOnTlsPort), "that is HTTP on a port for HTTPS: try nc --tls"),
        (
            Note::Foreign(Foreign::Ssh { banner: text("SSH-2.0-x") }),
            "this is an SSH server (SSH-2.0-x): use ssh",
        ),
        (Note::Foreign(Foreign::Telnet), "the server negotiates telnet: try nc -t"),
        (Note::Foreign(Foreign::Http), "the server speaks HTTP: try --lint http"),
        (
            Note::Foreign(Foreign::Greeting { text: text("220 mx") }),
            "this is a mail or file server: \"220 mx\"",
        ),
        (Note::Foreign(Foreign::Redis), "this is a Redis server: try --lint redis"),
        (
            Note::NotSmtp { text: text("x") },
            "the answer is no SMTP, and the rest is not read: \"x\"",
        ),
        (
            Note::NotRedis { text: text("x") },
            "the answer is no Redis, and the rest is not read: \"x\"",
        ),
        (
            Note::RedisFraming { line, text: text("*x") },
            "line 3: \"*x\" is no *COUNT of words or $LENGTH of one: what follows is not read",
        ),
    ];
    for (note, expected) in cases {
        assert_eq!(words(&note), expected);
    }
}

#[test]
fn a_request_that_is_not_the_first_is_named() {
    let line = 3;
    let cases = [
        (
            Note::OfRequest {
                request: 2,
                note: Box::new(Note::MethodCase { method: b"get".to_vec() }),
            },
            "request 2, line 1: methods are in capitals: GET, not get",
        ),
        (
            Note::OfRequest { request: 2, note: Box::new(Note::BodyInHead { line }) },
            "request 2: line 3 looks like the body: an empty line must stand before it",
        ),
        (
            Note::OfRequest { request: 3, note: Box::new(Note::NoHost) },
            "request 3: HTTP/1.1 wants a header Host: NAME (400 without it, often)",
        ),
        (
            Note::OfRequest {
                request: 2,
                note: Box::new(Note::Json(JsonError {
                    line: 1,
                    column: 2,
                    fault: JsonFault::SingleQuote,
                })),
            },
            "request 2: the body is no JSON: line 1, column 2: strings are in double quotes",
        ),
    ];
    for (note, expected) in cases {
        assert_eq!(words(&note), expected);
    }
}
