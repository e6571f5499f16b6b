//! The head of a request: what is wrong in its lines, and what it says about the body.

use super::count::looks;
use super::field::LengthFault;
use super::found::Found;
use super::head::{HeadLine, HeadLines};
use super::http::Asked;
use super::line::{KEPT_MAX, Line};
use super::note::{Looks, Note, Talker, shown};
use super::request_body::{Content, RequestBody};
use super::request_line::{self, RequestLine, Version};
use crate::proto::http_header;

/// One that is being read.
#[derive(Debug, Default)]
pub(super) struct Head {
    line: RequestLine,
    pub(super) lines: HeadLines,
    hosts: u64,
    /// The last Transfer-Encoding.
    coding: Vec<u8>,
    content: Option<Content>,
    /// The body stands in it, and that was said.
    pub(super) holds_body: bool,
}

impl Head {
    /// That is its first line.
    pub(super) fn begin(line: &Line<'_>, found: &mut Found<'_>) -> Self {
        let mut head = Self { lines: HeadLines::begun(), ..Self::default() };
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
            close: self.lines.fields.close,
            old: version != Version::Http11 && !self.lines.fields.keep_alive,
            no_version: version == Version::None,
        }
    }

    /// What is to be said of any line.
    fn any_line(&self, line: &Line<'_>, found: &mut Found<'_>) {
        let number = self.lines.count;
        if line.is_cut() {
            let (bytes, most) = (line.length, KEPT_MAX as u64);
            found.push(Note::LongLine { line: number, bytes, most });
        }
        let control = |byte: &&u8| byte.is_ascii_control() && **byte != b'\t';
        if let Some(&byte) = line.text.iter().find(control) {
            found.push(Note::Control { line: number, byte });
        }
    }

    /// The next line; whether the head is complete with it.
    pub(super) fn line(&mut self, line: &Line<'_>, found: &mut Found<'_>) -> bool {
        let read = self.lines.read(line);
        let number = self.lines.count;
        if read == HeadLine::End {
            return true;
        }
        self.any_line(line, found);
        if !self.holds_body && self.is_body(&line.text) {
            self.holds_body = true;
            found.push(Note::BodyInHead { line: number });
        }
        match read {
            HeadLine::Field { name, value, .. } if self.holds_body => {
                self.field(name, value, found);
            }
            _ if self.holds_body => {}
            HeadLine::End => {}
            HeadLine::Blank => found.push(Note::BlankLine { line: number }),
            HeadLine::Folded => found.push(Note::Folded { side: Talker::Client, line: number }),
            HeadLine::NoColon => {
                found.push(Note::NoColon { line: number, text: shown(&line.text) });
            }
            HeadLine::Field { written, name, value, bad_length } => {
                if !request_line::is_token(name) {
                    found.push(Note::HeaderName { line: number, name: shown(written) });
                } else if name != written {
                    found.push(Note::SpaceBeforeColon { line: number, name: shown(name) });
                }
                found.extend(bad_length.map(|fault| bad_length_note(fault, number, value)));
                self.field(name, value, found);
            }
        }
        false
    }

    /// Whether the line can only be meant as one of the body: in a request that has one, and not a
    /// header with = for the colon.
    fn is_body(&self, line: &[u8]) -> bool {
        let fields = &self.lines.fields;
        let has_length = fields.length.is_some() || fields.chunked.is_some() || fields.bad_length;
        let has_body = has_length || self.line.with_body.is_some() || self.content.is_some();
        let name = line.split(|&byte| byte == b'=').next().unwrap_or_default();
        let is_body = match looks(line) {
            Looks::Json => true,
            Looks::Form => !name.contains(&b':') && !http_header::is_usual(name),
            Looks::Other => false,
        };
        is_body && has_body && !matches!(line, [b' ' | b'\t', ..])
    }

    fn field(&mut self, name: &[u8], value: &[u8], found: &mut Found<'_>) {
        if name.eq_ignore_ascii_case(b"Host") {
            self.hosts += 1;
            if self.hosts == 2 {
                found.push(Note::SecondHost { line: self.lines.count });
            }
        } else if name.eq_ignore_ascii_case(b"Transfer-Encoding") {
            self.coding = shown(value);
        } else if name.eq_ignore_ascii_case(b"Content-Type") {
            self.content = Some(Content::of(value));
        }
    }

    /// The empty line has come: what was asked, and the body that is to follow.
    pub(super) fn end(self, found: &mut Found<'_>) -> (Asked, RequestBody) {
        let asked = self.asked();
        let Self { line, lines, hosts, coding, content, .. } = self;
        if line.version == Version::Http11 && hosts == 0 {
            found.push(Note::NoHost);
        }
        let mut notes = Vec::new();
        lines.note_contradictions(Talker::Client, &mut notes);
        found.extend(notes);
        if lines.fields.chunked.is_some() && line.version == Version::Http10 {
            found.push(Note::CodingTooOld { side: Talker::Client });
        }
        if lines.fields.chunked == Some(false) {
            found.push(Note::Coding { value: coding });
        }
        (asked, RequestBody::new(&lines, content, line.with_body))
    }
}

fn bad_length_note(fault: LengthFault, line: u64, value: &[u8]) -> Note {
    let (side, value) = (Talker::Client, shown(value));
    match fault {
        LengthFault::TooLarge => Note::LengthTooLarge { line, value },
        LengthFault::NotNumber | LengthFault::Repeated => {
            Note::LengthNotNumber { side, line, value }
        }
    }
}
