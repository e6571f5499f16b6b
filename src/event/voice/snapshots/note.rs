//! The words of every note.

use crate::event::sample::HOSTILE;
use crate::event::voice::note::words;
use crate::proto::lint::json::{JsonError, JsonFault};
use crate::proto::lint::{
    BodySize, Foreign, Framing, Looks, Met, Next, Note, SHOWN_MAX, Talker, Unfinished,
};

fn text(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

#[test]
fn each_note_says_what_is_so_and_what_to_do() {
    let (line, bytes, length) = (3, 26, 40);
    let typed = BodySize { bytes: 55, line_end: 1 };
    let (client, server) = (Talker::Client, Talker::Server);
    let (silence, end, answer) = (Met::Silence, Met::End, Met::Answer);
    let cases = [
        (
            Note::NotARequest { text: text("hi") },
            "line 1: \"hi\" is no request: begin with GET /path HTTP/1.1",
        ),
        (Note::MethodCase { method: text("get") }, "line 1: methods are in capitals: GET, not get"),
        (
            Note::MethodUnknown { method: text("GTE") },
            "line 1: GTE is not a registered method: GET, POST, PUT, DELETE are",
        ),
        (Note::SecondSpace, "line 1: a space more than there need be; most servers read over it"),
        (
            Note::SpaceInTarget { target: text("/a b") },
            "line 1: spaces in the path \"/a b\": write %20 for each",
        ),
        (Note::TargetForm { target: text("a") }, "line 1: the path begins with a slash: /a"),
        (
            Note::TargetForm { target: text("") },
            "line 1: there is no path: GET / HTTP/1.1 asks for the first page",
        ),
        (
            Note::TargetNotAscii { target: text("/Köln a%20b") },
            "line 1: not all of \"/Köln a%20b\" is ASCII: write /K%C3%B6ln%20a%20b",
        ),
        (
            Note::NoVersion,
            "line 1: no version: it ends with HTTP/1.1, or it is read as a request of 1991",
        ),
        (
            Note::Version { version: text("HTTP/2") },
            "line 1: \"HTTP/2\" is not spoken by hand: write HTTP/1.1",
        ),
        (Note::NoHost, "HTTP/1.1 wants a header Host: NAME (400 without it, often)"),
        (Note::SecondHost { line }, "line 3: a second Host: take one of them out"),
        (
            Note::NoColon { line, text: text("a") },
            "line 3: \"a\" has no colon: a header is Name: value",
        ),
        (
            Note::SpaceBeforeColon { line, name: text("A") },
            "line 3: a space before the colon: write A: and not A :",
        ),
        (
            Note::HeaderName { line, name: text("a b") },
            "line 3: \"a b\" cannot be the name of a header",
        ),
        (
            Note::Folded { side: client, line },
            "line 3: it begins with a blank, so it goes on with the line before it: many servers refuse that, and others read it otherwise",
        ),
        (
            Note::Folded { side: server, line },
            "line 3: of the answer goes on with the header before it, which is no longer allowed",
        ),
        (
            Note::Control { line, byte: 0x1b },
            "line 3: an escape character, as an arrow key makes it: type the line again",
        ),
        (
            Note::Control { line, byte: b'\r' },
            "line 3: a CR that does not end the line (-C makes CR LF of LF by itself)",
        ),
        (Note::Control { line, byte: 7 }, "line 3: the control character 0x07 is in it"),
        (
            Note::LongLine { line, bytes: 9000, most: 8190 },
            "line 3: 9000 bytes: servers take 8190 bytes at most",
        ),
        (
            Note::BareLf { line, met: silence },
            "line 3: it ends with LF alone, and the server may be waiting for CR LF: try nc -C",
        ),
        (
            Note::BareLf { line, met: end },
            "line 3: it ended with LF alone, which may be why there is no answer: try nc -C",
        ),
        (
            Note::BareLf { line, met: answer },
            "line 3: it ended with LF alone; this server takes that, strict ones want CR LF (nc -C)",
        ),
        (
            Note::Pasted { lines: 3 },
            "3 lines came at once: if they were pasted, the last one may still wait for Enter",
        ),
        (
            Note::HeadUnfinished { lines: 2, line_begun: false, met: silence },
            "headers are not finished: send an empty line (Enter)",
        ),
        (
            Note::HeadUnfinished { lines: 2, line_begun: true, met: end },
            "line 3 has no end, and the input has ended: send Enter",
        ),
        (
            Note::LengthNotNumber { side: Talker::Client, line, value: text("x") },
            "line 3: Content-Length is \"x\": write digits and nothing else",
        ),
        (
            Note::LengthNotNumber { side: Talker::Server, line, value: text("x") },
            "line 3: of the answer: Content-Length is \"x\": where the answer ends cannot be known",
        ),
        (
            Note::TwoLengths { side: client, first: 3, second: 4 },
            "the request has two lengths, 3 and 4: two servers may read two requests (smuggling)",
        ),
        (
            Note::LengthAndCoding { side: server },
            "the answer has Content-Length and Transfer-Encoding: two servers may read it in two ways (smuggling)",
        ),
        (
            Note::CodingTooOld { side: server },
            "the answer is HTTP/1.0, which has no Transfer-Encoding: two servers may read it in two ways (smuggling)",
        ),
        (
            Note::Coding { value: text("gzip") },
            "Transfer-Encoding \"gzip\" does not end with chunked: no end",
        ),
        (
            Note::BrokenChunk { side: client, bytes },
            "the request stops being chunks after 26 bytes: a chunk is its length in hexadecimal, the data, a line end",
        ),
        (
            Note::ChunksUnfinished { bytes, met: silence },
            "body of 26 bytes so far: end it with 0 and an empty line",
        ),
        (
            Note::NoLength { method: "POST" },
            "POST without Content-Length: the server takes the body for empty",
        ),
        (
            Note::BodyWithoutLength { size: typed },
            "a body without Content-Length is read as a new request: add Content-Length: 55 (56 with the Enter behind it) before the empty line",
        ),
        (
            Note::BodyWithoutLength { size: BodySize { bytes, line_end: 0 } },
            "a body without Content-Length is read as a new request: add Content-Length: 26 before the empty line",
        ),
        (
            Note::BodyShort { bytes, length, fits_with_crlf: false, met: silence },
            "body 26 of 40 bytes: the server waits for 14 more",
        ),
        (
            Note::BodyShort { bytes, length, fits_with_crlf: true, met: end },
            "body 26 of 40 bytes, and the input has ended: the server waits for 14 more; with -C it would fit",
        ),
        (
            Note::BodyLong { length, size: typed },
            "15 bytes beyond Content-Length will be read as a new request: the body has 55 bytes (56 with the Enter behind it)",
        ),
        (
            Note::CountsLetters { length, size: BodySize { bytes: 41, line_end: 0 } },
            "Content-Length 40 counts letters, and the body has 41 bytes: letters that are not ASCII are 2 bytes or more",
        ),
        (
            Note::GrownByCrlf { length, size: BodySize { bytes: 42, line_end: 2 } },
            "Content-Length 40 counts a line end as 1 byte, and it was sent as CR LF (-C): the body has 42 bytes (44 with the Enter behind it)",
        ),
        (
            Note::NoContentType { looks: Looks::Form },
            "a form without Content-Type is not read: add Content-Type: application/x-www-form-urlencoded",
        ),
        (
            Note::NoContentType { looks: Looks::Json },
            "JSON without Content-Type is not read as such: add Content-Type: application/json",
        ),
        (
            Note::NoContentType { looks: Looks::Other },
            "a body without Content-Type: the server has to guess",
        ),
        (
            Note::EnterInForm { length: 34, line_end: 1 },
            "the Enter at the end is counted, and so part of the last value: Content-Length 33 leaves it out",
        ),
        (
            Note::Json(JsonError { line: 1, column: 2, fault: JsonFault::SingleQuote }),
            "line 1, column 2: strings are in double quotes",
        ),
        (
            Note::Json(JsonError { line: 1, column: 2, fault: JsonFault::Control(b'\n') }),
            "line 1, column 2: a line end in a string is written \\n",
        ),
        (
            Note::Json(JsonError { line: 1, column: 2, fault: JsonFault::Control(b'\t') }),
            "line 1, column 2: a tab in a string is written \\t",
        ),
        (
            Note::Json(JsonError { line: 1, column: 2, fault: JsonFault::Control(0x1b) }),
            "line 1, column 2: a control character in a string is written \\u00 and two digits",
        ),
        (
            Note::BehindTheLast,
            "the server had said that it closes: this request will not be answered",
        ),
        (Note::Status { status: 405, request: 1 }, "405: the path is right, and the method is not"),
        (Note::Status { status: 299, request: 2 }, "299 to request 2: it worked"),
        (Note::Allow { methods: text("POST, OPTIONS") }, "allowed here: POST, OPTIONS"),
        (Note::Location { to: text("/b") }, "it is at /b: ask there"),
        (
            Note::Tells {
                header: "Server",
                value: text("Werkzeug/3.0 Python/3.11"),
                version: true,
            },
            "Server: Werkzeug/3.0 Python/3.11 tells every stranger product and version",
        ),
        (
            Note::Tells { header: "Server", value: text("nginx"), version: false },
            "Server: nginx tells every stranger the product",
        ),
        (
            Note::NotHttp { text: text("hi"), no_version_asked: false },
            "the answer is no HTTP: \"hi\"",
        ),
        (
            Note::NotHttp { text: text("hi"), no_version_asked: true },
            "an answer without status and headers, as to a request without a version",
        ),
        (Note::Early, "the server answered before the request was complete"),
        (
            Note::Complete { bytes, framing: Framing::Length, next: Next::ServerCloses },
            "answer complete: 26 bytes, as Content-Length says; the server closes now (Connection: close)",
        ),
        (
            Note::Complete { bytes, framing: Framing::Close, next: Next::ServerCloses },
            "answer complete: 26 bytes up to the end of the connection; nothing else said where it ends",
        ),
        (
            Note::Complete { bytes: 1, framing: Framing::Chunked, next: Next::Stays },
            "answer complete: 1 byte up to the last chunk; the connection stays open",
        ),
        (
            Note::Complete { bytes: 0, framing: Framing::NoBody, next: Next::OldVersion },
            "answer complete: no body, as it should be; the server closes now, as HTTP/1.0 does",
        ),
        (
            Note::Beyond { bytes, framing: Framing::Length, status: 200 },
            "the server sent 26 bytes beyond Content-Length: they are read as the next answer",
        ),
        (
            Note::Beyond { bytes, framing: Framing::Chunked, status: 200 },
            "the server sent 26 bytes beyond the last chunk: they are read as the next answer",
        ),
        (
            Note::Beyond { bytes, framing: Framing::NoBody, status: 200 },
            "the server sent 26 bytes of a body, and an answer to HEAD has none: they are read as the next answer",
        ),
        (
            Note::Beyond { bytes, framing: Framing::NoBody, status: 304 },
            "the server sent 26 bytes of a body, and an answer 304 has none: they are read as the next answer",
        ),
        (
            Note::Cut(Unfinished::Length { bytes, length }),
            "the answer was cut short: 26 of 40 bytes of its body",
        ),
        (
            Note::AnswerWaits(Unfinished::Chunks { bytes }),
            "the answer is not complete: 26 bytes of its body, and no last chunk",
        ),
        (
            Note::AnswerWaits(Unfinished::Head { lines: 2 }),
            "the answer is not complete: 2 lines of its head, and no empty line",
        ),
        (Note::NoAnswerYet, "the request is complete, and the server has not answered yet"),
        (Note::EndedWithoutAnswer { requests: 1 }, "the server closed without an answer"),
        (
            Note::EndedWithoutAnswer { requests: 2 },
            "the server closed without an answer to 2 requests",
        ),
        (
            Note::EndedUnsaid { after_us: true },
            "the server closed: it was told that our input ended",
        ),
        (
            Note::EndedUnsaid { after_us: false },
            "the server closed without having said so: it waits so long for the next request",
        ),
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
            Note::WrongContentType { looks: Looks::Json },
            "Content-Type says a form, and the body looks like JSON: application/json is its name",
        ),
        (
            Note::WrongContentType { looks: Looks::Form },
            "Content-Type says JSON, and the body looks like a form: application/x-www-form-urlencoded is its name",
        ),
        (
            Note::BehindChunks { beyond: 1 },
            "1 byte behind the last chunk will be read as a new request",
        ),
        (
            Note::LongHead { bytes: 65_536 },
            "the answer has 65536 bytes of headers, and no empty line yet: most clients have left",
        ),
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
        (Note::Enough, "no more notes about this connection"),
    ];
    for (note, expected) in cases {
        let expected = match &note {
            Note::Json(_) => format!("the body is no JSON: {expected}"),
            _ => expected.to_owned(),
        };
        assert_eq!(words(&note), expected);
    }
}

#[test]
fn a_target_is_written_out_so_far() {
    let long = words(&Note::TargetNotAscii { target: b"\xff".repeat(SHOWN_MAX) });
    assert!(long.ends_with("%FF%FF…") && long.len() < 250, "{long}");
}

#[test]
fn what_is_foreign_in_a_note_does_not_drive_the_terminal() {
    let foreign = || HOSTILE.to_vec();
    for note in [
        Note::NotARequest { text: foreign() },
        Note::MethodCase { method: foreign() },
        Note::SpaceInTarget { target: foreign() },
        Note::NoColon { line: 1, text: foreign() },
        Note::Allow { methods: foreign() },
        Note::Location { to: foreign() },
        Note::Tells { header: "Server", value: foreign(), version: true },
        Note::NotHttp { text: foreign(), no_version_asked: false },
        Note::Redis { code: foreign() },
        Note::SmtpUnknown { line: 1, command: foreign() },
        Note::Foreign(Foreign::Ssh { banner: foreign() }),
        Note::Foreign(Foreign::Greeting { text: foreign() }),
    ] {
        let words = words(&note);
        assert!(words.contains("\\x1b") && !words.chars().any(char::is_control), "{words}");
    }
}
