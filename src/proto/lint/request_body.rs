//! The body of a request, and what was sent beyond it: whether what was said about it is true.

use super::content::Content;
use super::count::{Count, Misfit};
use super::found::Found;
use super::json::{Json, JsonError};
use super::note::{Looks, Note};

/// The body of the last request, and what is beyond it.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Of both.
    pub(super) count: Count,
    /// The count where the line began that is being read, beyond the body.
    before_line: Count,
    /// Bytes of the body by itself, once it is complete.
    whole: u64,
    /// The number of its first line in the request.
    pub(super) first_line: u64,
    /// Content-Length; nothing where there is none.
    pub(super) length: Option<u64>,
    /// Whether there is a Transfer-Encoding, and its last coding is `chunked`.
    pub(super) chunked: Option<bool>,
    content: Option<Content>,
    json: Option<Json>,
    /// A JSON text that stops too soon, perhaps because the length does.
    unfinished: Option<JsonError>,
    /// A method that should have had a length.
    pub(super) lacks_length: Option<&'static str>,
    /// All was said about its length.
    pub(super) is_settled: bool,
}

impl Body {
    /// One of which nothing has come.
    pub(super) fn new(content: Option<Content>) -> Self {
        let json = (content == Some(Content::Json)).then(Json::default);
        Self { content, json, ..Self::default() }
    }

    /// These bytes belong to it.
    pub(super) fn read(&mut self, bytes: &[u8], found: &mut Found<'_>) {
        self.count.add(bytes);
        found.extend(self.json.as_mut().and_then(|json| json.push(bytes)).map(Note::Json));
    }

    /// These bytes are beyond it; whether they begin a line.
    pub(super) fn read_beyond(&mut self, bytes: &[u8], begins: bool) {
        if begins {
            self.before_line = self.count.clone();
        }
        self.count.add(bytes);
    }

    /// Whether more than line ends are beyond it.
    pub(super) fn is_exceeded(&self) -> bool {
        self.count.size().bytes > self.whole
    }

    /// It is complete.
    pub(super) fn end(&mut self, found: &mut Found<'_>) {
        self.whole = self.count.bytes;
        self.unfinished = self.json.as_mut().and_then(Json::finish);
        if self.whole == 0 {
            return;
        }
        let looks = self.count.looks();
        if self.content.is_none() {
            if let Some(line) = self.header_line() {
                self.is_settled = true;
                return found.push(Note::HeaderBehindHead { line });
            }
            found.push(Note::NoContentType { looks });
        }
        let is_form = self.content.map_or(looks == Looks::Form, |content| content == Content::Form);
        if let Some(length) = self.length.filter(|_| is_form && self.count.end > 0) {
            found.push(Note::EnterInForm { length, line_end: self.count.end });
        }
    }

    /// The line at its beginning that looks like a header.
    fn header_line(&self) -> Option<u64> {
        self.count.header_behind().map(|line_ends| self.first_line + line_ends)
    }

    /// Says what is wrong with it and what came behind it, without the line that was begun last
    /// where that may be the next request's.
    pub(super) fn settle(&mut self, next_begun: bool, found: &mut Found<'_>) {
        if self.is_settled {
            return;
        }
        let count = if next_begun { &self.before_line } else { &self.count };
        if self.chunked.is_some() {
            self.is_settled = true;
            return found.extend(self.unfinished.take().map(Note::Json));
        }
        let length = self.length.unwrap_or(0);
        let (misfit, size, looks) = (count.misfit(length), count.size(), count.looks());
        if misfit == Misfit::LineEnd {
            found.extend(self.unfinished.take().map(Note::Json));
            return found.extend(self.lacks_length.take().map(|method| Note::NoLength { method }));
        }
        self.is_settled = true;
        if let Some(line) = self.header_line() {
            return found.push(Note::HeaderBehindHead { line });
        }
        found.push(match (self.length, misfit) {
            (None, _) => Note::BodyWithoutLength { size },
            (_, Misfit::GrownByCrlf) => Note::GrownByCrlf { length, size },
            (_, Misfit::Letters) => Note::CountsLetters { length, size },
            _ => Note::BodyLong { length, size },
        });
        if self.content.is_none() && length == 0 {
            found.push(Note::NoContentType { looks });
        }
    }
}
