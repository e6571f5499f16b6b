//! The head of a request or an answer (RFC 9112 sections 5 and 6.3): its lines, numbered, and what they
//! say together about the body behind it. What a field means for its side alone is not read here.

use super::field::{self, BodyFields, Field};
use super::line::Line;
use super::note::{Note, Talker};

/// A head that is being read. Its first line is counted, and read by who begins it.
#[derive(Debug, Default)]
pub(super) struct HeadLines {
    /// Lines so far, the first one among them.
    pub(super) count: u64,
    /// What it says about the body.
    pub(super) fields: BodyFields,
}

/// What a line of a head is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadLine<'a> {
    /// The empty line: the head is complete.
    End,
    /// It goes on with the one before it.
    Folded,
    NoColon,
    Field {
        /// As it stands, blanks before the colon too.
        written: &'a [u8],
        /// Without these.
        name: &'a [u8],
        value: &'a [u8],
        /// A Content-Length that is not one number.
        bad_length: bool,
    },
}

impl HeadLines {
    /// One whose first line was read.
    pub(super) fn begun() -> Self {
        Self { count: 1, fields: BodyFields::default() }
    }

    /// Reads the next line.
    pub(super) fn read<'a>(&mut self, line: &'a Line<'_>) -> HeadLine<'a> {
        if line.length == 0 {
            return HeadLine::End;
        }
        self.count += 1;
        match field::split(&line.text) {
            Field::Folded => HeadLine::Folded,
            Field::NoColon => HeadLine::NoColon,
            Field::Pair(written, value) => {
                let name = written.trim_ascii_end();
                let bad_length = self.fields.read(name, value).is_err();
                HeadLine::Field { written, name, value, bad_length }
            }
        }
    }

    /// What two of its fields say that cannot both be true.
    pub(super) fn note_contradictions(&self, side: Talker, notes: &mut Vec<Note>) {
        let fields = &self.fields;
        if let (Some(first), Some(second)) = (fields.length, fields.other_length) {
            notes.push(Note::TwoLengths { side, first, second });
        }
        if fields.chunked.is_some() && fields.length.is_some() {
            notes.push(Note::LengthAndCoding { side });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HeadLine, HeadLines, Line, Note, Talker};

    fn line(text: &str) -> Line<'_> {
        Line { text: text.as_bytes().into(), length: text.len() as u64, bare_lf: false }
    }

    #[test]
    fn a_head_is_lines_up_to_the_empty_one() {
        let mut head = HeadLines::begun();
        let length = line("Content-Length : 7");
        let field = |bad_length, value| HeadLine::Field {
            written: b"Content-Length ",
            name: b"Content-Length",
            value,
            bad_length,
        };
        assert_eq!(head.read(&length), field(false, b"7"));
        assert_eq!(head.read(&line(" more")), HeadLine::Folded);
        assert_eq!(head.read(&line("more")), HeadLine::NoColon);
        assert_eq!(head.read(&line("Content-Length :x")), field(true, b"x"));
        assert_eq!(head.read(&line("Content-Length : 8")), field(false, b"8"));
        assert_eq!(head.read(&line("")), HeadLine::End);
        assert_eq!(head.count, 6);
        let mut notes = Vec::new();
        head.note_contradictions(Talker::Client, &mut notes);
        assert_eq!(notes, [Note::TwoLengths { side: Talker::Client, first: 7, second: 8 }]);
    }
}
