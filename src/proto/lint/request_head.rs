//! The head of a request: what is wrong in its lines, and what it says about the body.

use super::content::{Content, looks};
use super::field::{self, BodyFields, Field, LengthFault};
use super::found::Found;
use super::http::Asked;
use super::line::{KEPT_MAX, Line};
use super::note::{Looks, Note, Talker, shown};
use super::request_body::Body;
use super::request_line::{self, RequestLine, Version};
use crate::proto::http_header;

/// One that is being read.
#[derive(Debug, Default)]
pub(super) struct Head {
    line: RequestLine,
    /// Lines so far.
    pub(super) lines: u64,
    hosts: u64,
    fields: BodyFields,
    /// A Content-Length was none, and that was said.
    bad_length: bool,
    /// The last Transfer-Encoding.
    coding: Vec<u8>,
    content: Option<Content>,
    /// The body stands in it, and that was said.
    pub(super) holds_body: bool,
}

impl Head {
    /// That is its first line.
    pub(super) fn begin(line: &Line<'_>, found: &mut Found<'_>) -> Self {
        let mut head = Self::default();
        head.any_line(line, found);
        if !line.is_cut() {
            let mut notes = Vec::new();
            head.line = request_line::read(&line.text, &mut notes);
            found.extend(notes);
        }
        head
    }

    /// What is known so far of what the answer depends on.
    pub(super) fn asked(&self) -> Asked {
        let RequestLine { head, connect, version, .. } = self.line;
        Asked {
            head,
            connect,
            close: self.fields.close,
            old: version != Version::Http11 && !self.fields.keep_alive,
            no_version: version == Version::None,
        }
    }

    /// What is to be said of any line.
    fn any_line(&mut self, line: &Line<'_>, found: &mut Found<'_>) {
        self.lines += 1;
        let number = self.lines;
        if line.is_cut() {
            let (bytes, most) = (line.length, KEPT_MAX as u64);
            found.push(Note::LongLine { line: number, bytes, most });
        }
        let control = |byte: &&u8| byte.is_ascii_control() && **byte != b'\t';
        if let Some(&byte) = line.text.iter().find(control) {
            found.push(Note::Control { line: number, byte });
        }
    }

    /// The next line, which is not the empty one.
    pub(super) fn line(&mut self, line: &Line<'_>, found: &mut Found<'_>) {
        self.any_line(line, found);
        let number = self.lines;
        let field = field::split(&line.text);
        if self.holds_body {
            // a line of the body, unless it is certainly not
            if let Field::Pair(name, value) = field
                && http_header::is_usual(name)
            {
                self.field(name, value, found);
            }
            return;
        }
        if self.is_body(&line.text) {
            self.holds_body = true;
            return found.push(Note::BodyInHead { line: number });
        }
        match field {
            Field::Blank => found.push(Note::BlankLine { line: number }),
            Field::Folded => found.push(Note::Folded { side: Talker::Client, line: number }),
            Field::NoColon => {
                found.push(Note::NoColon { line: number, text: shown(&line.text) });
            }
            Field::Pair(name, value) => {
                let trimmed = name.trim_ascii_end();
                if !request_line::is_token(trimmed) {
                    found.push(Note::HeaderName { line: number, name: shown(name) });
                } else if trimmed != name {
                    found.push(Note::SpaceBeforeColon { line: number, name: shown(trimmed) });
                }
                self.field(trimmed, value, found);
            }
        }
    }

    /// Whether the line can only be meant as one of the body: in a request that has one, and not a
    /// header with = for the colon.
    fn is_body(&self, line: &[u8]) -> bool {
        let BodyFields { length, chunked, .. } = self.fields;
        let has_body = self.line.with_body.is_some() || self.bad_length || self.content.is_some();
        let name = line.split(|&byte| byte == b'=').next().unwrap_or_default();
        let is_body = match looks(line) {
            Looks::Json => true,
            Looks::Form => !name.contains(&b':') && !http_header::is_usual(name),
            Looks::Other => false,
        };
        is_body
            && (has_body || length.is_some() || chunked.is_some())
            && !matches!(line, [b' ' | b'\t', ..])
    }

    fn field(&mut self, name: &[u8], value: &[u8], found: &mut Found<'_>) {
        let (side, line) = (Talker::Client, self.lines);
        match self.fields.read(name, value) {
            Ok(()) => {}
            Err(LengthFault::TooLarge) => {
                self.bad_length = true;
                found.push(Note::LengthTooLarge { line, value: shown(value) });
            }
            Err(fault) => {
                self.bad_length |= fault == LengthFault::NotNumber;
                found.push(Note::LengthNotNumber { side, line, value: shown(value) });
            }
        }
        if name.eq_ignore_ascii_case(b"Host") {
            self.hosts += 1;
            if self.hosts == 2 {
                found.push(Note::SecondHost { line });
            }
        } else if name.eq_ignore_ascii_case(b"Transfer-Encoding") {
            self.coding = shown(value);
        } else if name.eq_ignore_ascii_case(b"Content-Type") {
            self.content = Some(Content::of(value));
        }
    }

    /// The empty line has come: what was asked, and the body that is to follow.
    pub(super) fn end(self, found: &mut Found<'_>) -> (Asked, Body) {
        let asked = self.asked();
        let Self { line, lines, hosts, fields, bad_length, coding, content, .. } = self;
        if line.version == Version::Http11 && hosts == 0 {
            found.push(Note::NoHost);
        }
        if let (Some(first), Some(second)) = (fields.length, fields.other_length) {
            found.push(Note::TwoLengths { side: Talker::Client, first, second });
        }
        if fields.chunked.is_some() && fields.length.is_some() {
            found.push(Note::LengthAndCoding { side: Talker::Client });
        }
        if fields.chunked.is_some() && line.version == Version::Http10 {
            found.push(Note::CodingTooOld { side: Talker::Client });
        }
        if fields.chunked == Some(false) {
            found.push(Note::Coding { value: coding });
        }
        let no_length = fields.length.is_none() && fields.chunked.is_none();
        let mut body = Body::new(content);
        body.first_line = lines + 2; // behind the empty one
        (body.length, body.chunked) = (fields.length, fields.chunked);
        body.lacks_length = line.with_body.filter(|_| no_length);
        body.is_settled = bad_length;
        (asked, body)
    }
}
