//! The words of the notes about a conversation by hand: what is so, and what to do about it.
//!
//! One place for all of them. Foreign bytes are escaped here, and cut where they are long.

mod foreign;
mod json;
mod meaning;

use std::fmt::Display;

use super::answer::so_far;
use super::quantity::bytes;
use crate::proto::escape::escape_at_most;
use crate::proto::lint::{BodySize, Framing, Looks, Met, Next, Note, Talker};

/// The most bytes of something foreign that are shown.
const SHOWN: usize = 80;

/// The sentence of a note, without a line end.
pub fn words(note: &Note) -> String {
    match note.line() {
        // whose line is one of the body, which it says by itself
        Some(line) if !matches!(note, Note::Json(_)) => format!("line {line}: {}", sentence(note)),
        _ => sentence(note),
    }
}

/// What is said, behind the number of a line where it is about one.
#[expect(clippy::too_many_lines, reason = "an arm for each note, so that none is without words")]
fn sentence(note: &Note) -> String {
    match note {
        Note::NotARequest { text } => {
            format!("\"{}\" is no request: begin with GET /path HTTP/1.1", shown(text))
        }
        Note::MethodCase { method } => {
            let capitals = method.to_ascii_uppercase();
            format!("methods are in capitals: {}, not {}", shown(&capitals), shown(method))
        }
        Note::MethodUnknown { method } => {
            format!("{} is not a registered method: GET, POST, PUT, DELETE are", shown(method))
        }
        Note::SecondSpace => {
            "a space more than there need be; most servers read over it".to_owned()
        }
        Note::SpaceInTarget { target } => {
            format!("spaces in the path \"{}\": write %20 for each", shown(target))
        }
        Note::TargetForm { target } if target.is_empty() => {
            "there is no path: GET / HTTP/1.1 asks for the first page".to_owned()
        }
        Note::TargetForm { target } => {
            format!("the path begins with a slash: /{}", shown(target))
        }
        Note::TargetNotAscii { target } => {
            format!("not all of \"{}\" is ASCII: write {}", shown(target), percent(target))
        }
        Note::NoVersion => {
            "no version: it ends with HTTP/1.1, or it is read as a request of 1991".to_owned()
        }
        Note::Version { version } => {
            format!("\"{}\" is not spoken by hand: write HTTP/1.1", shown(version))
        }
        Note::SecondHost { .. } => "a second Host: take one of them out".to_owned(),
        Note::NoColon { text, .. } => {
            format!("\"{}\" has no colon: a header is Name: value", shown(text))
        }
        Note::SpaceBeforeColon { name, .. } => {
            let name = shown(name);
            format!("a space before the colon: write {name}: and not {name} :")
        }
        Note::HeaderName { name, .. } => {
            format!("\"{}\" cannot be the name of a header", shown(name))
        }
        Note::Folded { side, .. } => match side {
            Talker::Client => {
                "it begins with a blank, so it goes on with the line before it: many servers \
                 refuse that, and others read it otherwise"
                    .to_owned()
            }
            Talker::Server => {
                "of the answer goes on with the header before it, which is no longer \
                               allowed"
                    .to_owned()
            }
        },
        Note::Control { byte: 0x1b, .. } => {
            "an escape character, as an arrow key makes it: type the line again".to_owned()
        }
        Note::Control { byte: b'\r', .. } => {
            "a CR that does not end the line (-C makes CR LF of LF by itself)".to_owned()
        }
        Note::Control { byte, .. } => format!("the control character 0x{byte:02x} is in it"),
        Note::LongLine { bytes: length, most, .. } => {
            format!("{}: servers take {} at most", bytes(*length), bytes(*most))
        }
        Note::BareLf { met, .. } => match met {
            Met::Silence => {
                "it ends with LF alone, and the server may be waiting for CR LF: try nc -C"
                    .to_owned()
            }
            Met::End => {
                "it ended with LF alone, which may be why there is no answer: try nc -C".to_owned()
            }
            Met::Answer => {
                "it ended with LF alone; this server takes that, strict ones want CR LF \
                            (nc -C)"
                    .to_owned()
            }
        },
        Note::LengthNotNumber { side: Talker::Client, value, .. } => {
            format!("Content-Length is \"{}\": write digits and nothing else", shown(value))
        }
        Note::LengthNotNumber { side: Talker::Server, value, .. } => format!(
            "of the answer: Content-Length is \"{}\": where the answer ends cannot be known",
            shown(value)
        ),
        Note::SmtpUnknown { command, .. } => {
            format!("no command is called {}: try HELP", shown(command))
        }
        Note::RedisFraming { text, .. } => format!(
            "\"{}\" is no *COUNT of words or $LENGTH of one: what follows is not read",
            shown(text)
        ),
        Note::RedisLength { length, .. } => {
            format!("${length} was said, and the word has another length: what follows is lost")
        }
        Note::NoHost => "HTTP/1.1 wants a header Host: NAME (400 without it, often)".to_owned(),
        Note::Pasted { lines } => format!(
            "{lines} lines came at once: if they were pasted, the last one may still wait for Enter"
        ),
        Note::HeadUnfinished { lines, line_begun: true, met } => {
            format!("line {} has no end{}: send Enter", lines + 1, ended(*met))
        }
        Note::HeadUnfinished { line_begun: false, met, .. } => {
            format!("headers are not finished{}: send an empty line (Enter)", ended(*met))
        }
        Note::TwoLengths { side, first, second } => format!(
            "{} has two lengths, {first} and {second}: two servers may read two requests (smuggling)",
            whose(*side)
        ),
        Note::LengthAndCoding { side } => format!(
            "{} has Content-Length and Transfer-Encoding: two servers may read it in two ways \
             (smuggling)",
            whose(*side)
        ),
        Note::CodingTooOld { side } => format!(
            "{} is HTTP/1.0, which has no Transfer-Encoding: two servers may read it in two ways \
             (smuggling)",
            whose(*side)
        ),
        Note::Coding { value } => {
            format!("Transfer-Encoding \"{}\" does not end with chunked: no end", shown(value))
        }
        Note::BrokenChunk { side, bytes: count } => format!(
            "{} stops being chunks after {}: a chunk is its length in hexadecimal, the data, a line \
             end",
            whose(*side),
            bytes(*count)
        ),
        Note::ChunksUnfinished { bytes: count, met } => {
            let end = ended(*met);
            format!("body of {} so far{end}: end it with 0 and an empty line", bytes(*count))
        }
        Note::NoLength { method } => {
            format!("{method} without Content-Length: the server takes the body for empty")
        }
        Note::BodyWithoutLength { size } => format!(
            "a body without Content-Length is read as a new request: add Content-Length: {}{} \
             before the empty line",
            size.bytes,
            with_enter(*size)
        ),
        Note::BodyShort { bytes: count, length, fits_with_crlf, met } => {
            let missing = length.saturating_sub(*count);
            let more = if *fits_with_crlf { "; with -C it would fit" } else { "" };
            let end = ended(*met);
            format!(
                "body {count} of {length} bytes{end}: the server waits for {missing} more{more}"
            )
        }
        Note::BodyLong { length, size } => format!(
            "{} beyond Content-Length will be read as a new request: the body has {}",
            bytes(size.bytes.saturating_sub(*length)),
            body_size(*size)
        ),
        Note::CountsLetters { length, size } => format!(
            "Content-Length {length} counts letters, and the body has {}: letters that are not \
             ASCII are 2 bytes or more",
            body_size(*size)
        ),
        Note::GrownByCrlf { length, size } => format!(
            "Content-Length {length} counts a line end as 1 byte, and it was sent as CR LF (-C): \
             the body has {}",
            body_size(*size)
        ),
        Note::NoContentType { looks } => match looks {
            Looks::Form => "a form without Content-Type is not read: add Content-Type: \
                            application/x-www-form-urlencoded"
                .to_owned(),
            Looks::Json => {
                "JSON without Content-Type is not read as such: add Content-Type: application/json"
                    .to_owned()
            }
            Looks::Other => "a body without Content-Type: the server has to guess".to_owned(),
        },
        Note::WrongContentType { looks: Looks::Json } => {
            "Content-Type says a form, and the body looks like JSON: application/json is its name"
                .to_owned()
        }
        Note::WrongContentType { .. } => "Content-Type says JSON, and the body looks like a form: \
             application/x-www-form-urlencoded is its name"
            .to_owned(),
        Note::BehindChunks { beyond } => {
            format!("{} behind the last chunk will be read as a new request", bytes(*beyond))
        }
        Note::EnterInForm { length, line_end } => format!(
            "the Enter at the end is counted, and so part of the last value: Content-Length {} \
             leaves it out",
            length.saturating_sub(*line_end)
        ),
        Note::Json(error) => json::words(error),
        Note::BehindTheLast => {
            "the server had said that it closes: this request will not be answered".to_owned()
        }
        Note::Status { status, request } => status_words(*status, *request),
        Note::Allow { methods } => format!("allowed here: {}", shown(methods)),
        Note::Location { to } => format!("it is at {}: ask there", shown(to)),
        Note::Tells { header, value, version } => {
            let what = if *version { "product and version" } else { "the product" };
            format!("{header}: {} tells every stranger {what}", shown(value))
        }
        Note::NotHttp { text, no_version_asked: false } => {
            format!("the answer is no HTTP: \"{}\"", shown(text))
        }
        Note::NotHttp { no_version_asked: true, .. } => {
            "an answer without status and headers, as to a request without a version".to_owned()
        }
        Note::Complete { bytes, framing, next } => complete(*bytes, *framing, *next),
        Note::Beyond { bytes, framing, status } => beyond(*bytes, *framing, *status),
        Note::LongHead { bytes: count } => format!(
            "the answer has {} of headers, and no empty line yet: most clients have left",
            bytes(*count)
        ),
        Note::Early => "the server answered before the request was complete".to_owned(),
        Note::Cut(part) => format!("the answer was cut short: {}", so_far(*part)),
        Note::AnswerWaits(part) => format!("the answer is not complete: {}", so_far(*part)),
        Note::NoAnswerYet => {
            "the request is complete, and the server has not answered yet".to_owned()
        }
        Note::EndedWithoutAnswer { requests: 1 } => {
            "the server closed without an answer".to_owned()
        }
        Note::EndedWithoutAnswer { requests } => {
            format!("the server closed without an answer to {requests} requests")
        }
        Note::EndedUnsaid { after_us: true } => {
            "the server closed: it was told that our input ended".to_owned()
        }
        Note::EndedUnsaid { after_us: false } => {
            "the server closed without having said so: it waits so long for the next request"
                .to_owned()
        }
        Note::Smtp { code } => {
            let meaning = meaning::smtp(*code).unwrap_or_else(|| meaning::smtp_class(*code));
            format!("{code}: {meaning}")
        }
        Note::MailUnfinished { lines, met } => format!(
            "the message has {lines} lines so far{}: end it with a line of one dot",
            ended(*met)
        ),
        Note::Redis { code } => {
            let meaning = meaning::redis(code).unwrap_or("an error of the server's");
            format!("{}: {meaning}", shown(code))
        }
        Note::NotSmtp { text } => {
            format!("the answer is no SMTP, and the rest is not read: \"{}\"", shown(text))
        }
        Note::NotRedis { text } => {
            format!("the answer is no Redis, and the rest is not read: \"{}\"", shown(text))
        }
        Note::RedisNothing => "there is no such value".to_owned(),
        Note::RedisUnfinished { met } => {
            format!("the command is not complete{}: the server waits", ended(*met))
        }
        Note::Foreign(foreign) => foreign::words(foreign),
        Note::Enough => "no more notes about this connection".to_owned(),
    }
}

fn status_words(status: u16, request: u64) -> String {
    let meaning = meaning::http(status).unwrap_or_else(|| meaning::http_class(status));
    match request {
        1 => format!("{status}: {meaning}"),
        _ => format!("{status} to request {request}: {meaning}"),
    }
}

fn complete(count: u64, framing: Framing, next: Next) -> String {
    let body = match framing {
        Framing::Length => format!("{}, as Content-Length says", bytes(count)),
        Framing::Chunked => format!("{} up to the last chunk", bytes(count)),
        Framing::NoBody => "no body, as it should be".to_owned(),
        Framing::Close => format!("{} up to the end of the connection", bytes(count)),
    };
    let next = match next {
        Next::Stays => "the connection stays open",
        Next::ServerCloses if framing == Framing::Close => "nothing else said where it ends",
        Next::ServerCloses => "the server closes now (Connection: close)",
        Next::WeAskedToClose => "the server closes now, as the request asked",
        Next::OldVersion => "the server closes now, as HTTP/1.0 does",
        Next::Changes => "what follows is no HTTP any more",
    };
    format!("answer complete: {body}; {next}")
}

fn beyond(count: u64, framing: Framing, status: u16) -> String {
    let count = bytes(count);
    let what = match framing {
        Framing::Length => format!("{count} beyond Content-Length"),
        Framing::Chunked => format!("{count} beyond the last chunk"),
        Framing::Close => format!("{count} beyond the answer"),
        Framing::NoBody if matches!(status, 204 | 304) => {
            format!("{count} of a body, and an answer {status} has none")
        }
        Framing::NoBody => format!("{count} of a body, and an answer to HEAD has none"),
    };
    format!("the server sent {what}: they are read as the next answer")
}

/// The length that a body should be given.
fn body_size(size: BodySize) -> String {
    bytes(size.bytes) + &with_enter(size)
}

/// The length that it has with the line end that was typed behind it, which is as right where it is
/// counted.
fn with_enter(size: BodySize) -> String {
    match size.line_end {
        0 => String::new(),
        line_end => format!(" ({} with the Enter behind it)", size.bytes + line_end),
    }
}

/// Why more does not come.
fn ended(met: Met) -> &'static str {
    match met {
        Met::End => ", and the input has ended",
        Met::Silence | Met::Answer => "",
    }
}

fn whose(side: Talker) -> &'static str {
    match side {
        Talker::Client => "the request",
        Talker::Server => "the answer",
    }
}

/// A target as it is written in a request (RFC 3986 section 2.1), cut where it is long.
fn percent(target: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
    let mut written = String::new();
    for byte in target {
        if written.len() >= SHOWN {
            written.push('…');
            break;
        }
        match byte {
            b'!'..=b'~' => written.push(char::from(*byte)),
            _ => written.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
    }
    written
}

fn shown(foreign: &[u8]) -> impl Display + '_ {
    escape_at_most(foreign, SHOWN)
}
