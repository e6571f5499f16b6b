//! How the lines of a request were read, for somebody who learns to write them.
//!
//! Each is a sentence of one line that stands both in the answer, as an `Explain` header, and in
//! the log. What the client sent is escaped and cut in it, so that it can do no harm in either.

use super::body::Body;
use super::head::RequestLine;
use super::line::is_blank;
use super::refusal::{NameFault, Refusal};
use super::request::{Header, Request, Version};
use super::response::Connection;
use crate::proto::escape::{Escaped, escape_at_most};

/// What is shown of a word of the client's, in bytes.
const SHOWN: usize = 60;

/// What headers that this server reads do; the others are kept and not looked at.
const MEANINGS: &[(&str, &str)] = &[
    ("Host", "the name that the client asked for; this server answers for every name"),
    ("Content-Length", "the body has so many bytes"),
    ("Content-Type", "what the body is"),
    ("Transfer-Encoding", "the body comes in chunks, each with its size before it"),
    ("Connection", "whether the connection stays open after the answer"),
    ("Expect", "the client waits to be told to go on before it sends the body"),
];

/// What is said of the request that is being read.
#[derive(Debug, Default)]
pub(super) struct Explanation(Vec<String>);

impl Explanation {
    /// An empty line before the request line was passed over. Of several in a row it is said once:
    /// nothing else that is said here can be made many of with a few bytes.
    pub(super) fn skipped(&mut self) {
        if self.0.is_empty() {
            self.0.push("an empty line before the request was passed over".into());
        }
    }

    /// The request line was read.
    pub(super) fn request_line(&mut self, line: &[u8], read: &RequestLine<'_>) {
        let version = match read.version {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
        };
        let (method, target) = (show(read.method), show(read.target));
        let blanks = line.iter().filter(|byte| is_blank(**byte)).count();
        let lenient = match blanks {
            2 => "",
            _ => " (more than one blank between or around them: other servers may refuse that)",
        };
        self.0.push(format!(
            "line 1: the method {method}, the target {target}, the version {version}{lenient}"
        ));
    }

    /// A header was read.
    pub(super) fn header(&mut self, number: usize, header: &Header) {
        let name = header.name.as_slice();
        let known = MEANINGS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
        let meaning = known.map_or("this server does not look at it", |(_, meaning)| meaning);
        let (name, value) = (show(name), show(&header.value));
        self.0.push(format!("line {number}: the header {name} with the value {value}: {meaning}"));
    }

    /// The headers have ended.
    pub(super) fn head(&mut self, number: usize, request: &Request, body: &Body) {
        let follows = match body {
            Body::Chunked(_) => "a body in chunks follows".to_owned(),
            Body::Length { length: 0 } if !request.announces_body() => {
                "nothing says how long a body is, so there is none".to_owned()
            }
            Body::Length { length } => format!("a body of {length} bytes follows"),
        };
        self.0.push(format!("line {number} is empty: the headers end here, and {follows}"));
    }

    /// The request has come in whole.
    pub(super) fn complete(&mut self, request: &Request) {
        if !request.body.is_empty() {
            let end = match request.body.last() {
                Some(b'\n') => "; the last of them is the end of a line, which counts",
                _ => "",
            };
            self.0.push(format!("the body has come: {} bytes{end}", request.body.len()));
        }
        self.0.push(
            match request.connection() {
                Connection::Close => "the request is complete; this server closes after its answer",
                Connection::Silent | Connection::KeepAlive => {
                    "the request is complete; what comes next is read as a new request"
                }
            }
            .into(),
        );
    }

    /// It went wrong at a line of the head, if that is where it was.
    pub(super) fn stopped(&mut self, line: Option<usize>, refusal: Refusal) {
        self.0.push(match (refusal, line) {
            (Refusal::NoColon { line }, _) => {
                format!("line {line} has no colon: reading headers stopped here")
            }
            (Refusal::HeaderName { line, fault }, _) => {
                let fault = match fault {
                    NameFault::Missing => "has no name before its colon",
                    NameFault::Blank => "has a blank before its colon",
                    NameFault::Byte => "has a character before its colon that no name has",
                };
                format!("line {line} {fault}: reading headers stopped here")
            }
            (Refusal::Folded { line }, _) => {
                format!("line {line} begins with a blank: reading headers stopped here")
            }
            (Refusal::HeaderValue { line }, _) => {
                format!("line {line} holds a control character: reading headers stopped here")
            }
            (_, Some(line)) => format!("line {line}: reading stopped here"),
            (_, None) => "reading stopped in the body".into(),
        });
    }

    /// All that was said, and nothing is said any more.
    pub(super) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0)
    }
}

fn show(word: &[u8]) -> Escaped<'_> {
    escape_at_most(word, SHOWN)
}
