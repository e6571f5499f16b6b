//! The body of a request, with what came behind it: whether it is as long as was said, and of the
//! kind that was said.

use super::count::{Count, Misfit};
use super::field::BodyFields;
use super::json::{Json, JsonError};
use super::note::{Looks, Met, Note};

/// What Content-Type says, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Form,
    Json,
    Other,
}

/// The body of the last request, and what is beyond it.
#[derive(Debug, Default)]
pub(super) struct RequestBody {
    count: Count,
    /// The count where the line began that is being read, beyond the body.
    before_line: Count,
    /// Content-Length; nothing where there is none.
    length: Option<u64>,
    /// It has a coding, and no length counts.
    is_coded: bool,
    in_chunks: bool,
    /// What the chunks had in all, as they are complete.
    chunked: Option<u64>,
    content: Option<Content>,
    json: Option<Json>,
    /// A JSON text that stops too soon, perhaps because the length does.
    unfinished: Option<JsonError>,
    /// A method that should have had a length.
    lacks_length: Option<&'static str>,
    settled: bool,
}

impl RequestBody {
    /// Behind a head that says this, to a method that `should_have` one.
    pub(super) fn new(
        fields: &BodyFields,
        content: Option<Content>,
        should_have: Option<&'static str>,
    ) -> Self {
        let is_coded = fields.chunked.is_some();
        Self {
            length: fields.length,
            is_coded,
            in_chunks: fields.chunked == Some(true),
            content,
            json: (content == Some(Content::Json)).then(Json::default),
            lacks_length: should_have.filter(|_| fields.length.is_none() && !is_coded),
            ..Self::default()
        }
    }

    /// So much of it has come, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.count.bytes
    }

    /// Reads what belongs to it.
    pub(super) fn read(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        self.count.add(bytes);
        notes.extend(self.json.as_mut().and_then(|json| json.push(bytes)).map(Note::Json));
    }

    /// Reads what is beyond it, and may be the next request.
    pub(super) fn read_beyond(&mut self, bytes: &[u8], line_begins: bool) {
        if line_begins {
            self.before_line = self.count.clone();
        }
        self.count.add(bytes);
    }

    /// It is complete.
    pub(super) fn end(&mut self, notes: &mut Vec<Note>) {
        self.chunked = self.in_chunks.then_some(self.count.bytes);
        self.unfinished = self.json.as_mut().and_then(Json::finish);
        if self.count.bytes == 0 {
            return;
        }
        let looks = self.count.looks();
        self.note_content(looks, notes);
        let is_form = self.content.map_or(looks == Looks::Form, |content| content == Content::Form);
        if let Some(length) = self.length.filter(|_| is_form && self.count.end > 0) {
            notes.push(Note::EnterInForm { length, line_end: self.count.end });
        }
    }

    fn note_content(&self, looks: Looks, notes: &mut Vec<Note>) {
        match (self.content, looks) {
            (None, _) => notes.push(Note::NoContentType { looks }),
            (Some(Content::Form), Looks::Json) | (Some(Content::Json), Looks::Form) => {
                notes.push(Note::WrongContentType { looks });
            }
            _ => {}
        }
    }

    /// Says what is wrong with it and what came behind it, as nothing more comes just now;
    /// `next_begun`: the line that was begun last may be the next request's.
    pub(super) fn settle(&mut self, next_begun: bool, notes: &mut Vec<Note>) {
        if self.settled {
            return;
        }
        let count = if next_begun { &self.before_line } else { &self.count };
        let length = match self.chunked {
            Some(length) => length,
            None if self.is_coded => {
                return notes.extend(self.unfinished.take().map(Note::Json));
            }
            None => self.length.unwrap_or(0),
        };
        let misfit = count.misfit(length);
        let size = count.size();
        if self.is_coded || misfit == Misfit::LineEnd {
            notes.extend(self.unfinished.take().map(Note::Json));
        }
        if misfit == Misfit::LineEnd {
            notes.extend(self.lacks_length.take().map(|method| Note::NoLength { method }));
            return;
        }
        let looks = count.looks();
        self.settled = true;
        notes.push(match (self.length, misfit) {
            _ if self.is_coded => Note::BehindChunks { beyond: size.bytes.saturating_sub(length) },
            (None, _) => Note::BodyWithoutLength { size },
            (_, Misfit::GrownByCrlf) => Note::GrownByCrlf { length, size },
            (_, Misfit::Letters) => Note::CountsLetters { length, size },
            _ => Note::BodyLong { length, size },
        });
        if length == 0 && !self.is_coded {
            self.note_content(looks, notes);
        }
    }

    /// It is not complete, and nothing more comes just now.
    pub(super) fn unfinished(&self, met: Met) -> Note {
        let bytes = self.count.bytes;
        match self.length.filter(|_| !self.in_chunks) {
            None => Note::ChunksUnfinished { bytes, met },
            Some(length) => {
                let fits_with_crlf = self.count.fits_with_crlf(length);
                Note::BodyShort { bytes, length, fits_with_crlf, met }
            }
        }
    }
}

impl Content {
    /// A value of Content-Type.
    pub(super) fn of(value: &[u8]) -> Self {
        let kind = value.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        let kind = kind.to_ascii_lowercase();
        match &kind[..] {
            b"application/x-www-form-urlencoded" => Self::Form,
            b"application/json" => Self::Json,
            other if other.ends_with(b"+json") => Self::Json,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BodySize, Direction, Lint, LintKind};
    use super::{Content, Looks, Note};

    fn notes_of(fields: &str, body: &str) -> Vec<Note> {
        let (mut lint, mut notes) = (Lint::new(LintKind::Http), Vec::new());
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        lint.sent((head + body).as_bytes(), &mut notes);
        lint.ended(Direction::Sent, &mut notes);
        notes
    }

    #[test]
    fn a_body_that_is_of_another_kind_than_was_said_is_noted() {
        let (form, json) = ("application/x-www-form-urlencoded", "application/json");
        let of = |kind: &str, body: &str| {
            let length = body.len();
            notes_of(&format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n"), body)
        };
        let wrong = |looks| Note::WrongContentType { looks };
        assert_eq!(of(form, "{\"a\":1}"), [wrong(Looks::Json)]);
        assert_eq!(of(json, "a=b&c=d")[1..], [wrong(Looks::Form)]);
        for (kind, body) in [(form, "a=b"), (json, "{\"a\":1}"), ("text/plain", "{\"a\":1}")] {
            assert_eq!(of(kind, body), [], "{kind} {body}");
        }
        let unsaid = notes_of(&format!("Content-Type: {form}\r\n"), "{}");
        assert_eq!(
            unsaid,
            [
                Note::BodyWithoutLength { size: BodySize { bytes: 2, line_end: 0 } },
                wrong(Looks::Json)
            ]
        );
    }

    #[test]
    fn bytes_behind_the_last_chunk_are_noted() {
        let fields = "Content-Type: a/b\r\nTransfer-Encoding: chunked\r\n";
        let of = |behind: &str| notes_of(fields, &format!("2\r\nhi\r\n0\r\n\r\n{behind}"));
        assert_eq!(of(", all"), [Note::BehindChunks { beyond: 5 }]);
        for fine in ["", "\r\n", "GET / HTTP/1.0\r\n\r\n"] {
            assert_eq!(of(fine), [], "{fine:?}");
        }
    }

    #[test]
    fn a_kind_is_known_by_its_name_alone() {
        for (value, content) in [
            ("application/x-www-form-urlencoded", Content::Form),
            ("Application/JSON ; charset=utf-8", Content::Json),
            ("application/problem+json", Content::Json),
            ("text/plain; x=application/json", Content::Other),
            ("", Content::Other),
        ] {
            assert_eq!(Content::of(value.as_bytes()), content, "{value}");
        }
    }
}
