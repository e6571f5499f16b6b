//! Where a terminal's cursor is after what was written to it, as far as that can be known.
//!
//! Follows text, line ends, tabs and colours (ECMA-48). What moves the cursor about is none of the
//! sequences that a line editor can follow: then it is a guess until the next line end.

use unicode_width::UnicodeWidthChar;

const TAB: usize = 8;

/// What is kept of a sequence or character that is not finished, in bytes.
const LONGEST: usize = 64;

/// The column of a terminal's cursor.
#[derive(Debug, Default)]
pub struct Column {
    at: usize,
    /// How many columns of the same line are in the rows above.
    above: usize,
}

impl Column {
    /// Counted from 0; as many as there are columns where the next character goes to the next line.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Something else was written, after which it is there.
    pub fn set(&mut self, at: usize) {
        *self = Self { at, above: 0 };
    }

    /// What comes next is in the next row.
    pub fn wrap(&mut self) {
        *self = Self { at: 0, above: self.above + self.at };
    }

    /// The terminal has so many columns from now on, and has put the line into rows anew.
    pub fn resize(&mut self, columns: usize) {
        let length = self.above + self.at;
        self.above = length.saturating_sub(1) / columns * columns;
        self.at = length - self.above;
    }

    /// Follows `bytes` up to a character or sequence that is not finished, and gives how many
    /// bytes there are before that. `columns` is how many the terminal has.
    pub fn follow(&mut self, bytes: &[u8], columns: usize) -> usize {
        let mut followed = 0;
        while let rest = &bytes[followed..]
            && let Some(first) = rest.first()
        {
            let length = match first {
                0x1b => sequence(rest),
                0x80.. => character(rest),
                _ => Some(1),
            };
            let Some(length) = length else {
                if rest.len() < LONGEST {
                    return followed;
                }
                followed = bytes.len();
                continue;
            };
            self.step(&rest[..length], columns);
            followed += length;
        }
        followed
    }

    fn step(&mut self, bytes: &[u8], columns: usize) {
        let width = match bytes {
            b"\r" => {
                self.at = 0;
                return;
            }
            b"\n" => {
                self.set(0);
                return;
            }
            b"\x08" => {
                self.at = self.at.min(columns.saturating_sub(1)).saturating_sub(1);
                return;
            }
            b"\t" => {
                let next = (self.at / TAB + 1) * TAB;
                self.at = next.min(columns.saturating_sub(1)).max(self.at);
                return;
            }
            [0..0x20 | 0x7f, ..] => 0,
            [_] if bytes[0] < 0x80 => 1,
            _ => std::str::from_utf8(bytes)
                .ok()
                .and_then(|text| text.chars().next())
                // a terminal shows something for a byte that is no text
                .map_or(1, |char| char.width().unwrap_or(0)),
        };
        if width > 0 && self.at + width > columns {
            self.wrap();
        }
        self.at += width;
    }
}

/// How long an escape sequence is; `None` where it is not finished.
fn sequence(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'[' => {
            let end = bytes.iter().skip(2).position(|byte| !(0x20..=0x3f).contains(byte))?;
            Some(end + 3)
        }
        // strings: titles, links
        b']' | b'P' | b'X' | b'^' | b'_' => {
            let ends = |pair: &[u8]| pair[0] == 0x07 || pair == b"\x1b\\";
            match bytes.windows(2).skip(2).position(ends) {
                Some(end) => Some(end + 2 + if bytes[end + 2] == 0x07 { 1 } else { 2 }),
                None => bytes.ends_with(b"\x07").then_some(bytes.len()),
            }
        }
        0x20..=0x2f => bytes.get(2).map(|_| 3),
        _ => Some(2),
    }
}

/// How long a character is, or the bytes that are none; `None` where it is not finished.
fn character(bytes: &[u8]) -> Option<usize> {
    let begin = &bytes[..bytes.len().min(4)];
    match std::str::from_utf8(begin) {
        Ok(text) => text.chars().next().map(char::len_utf8),
        Err(error) if error.valid_up_to() > 0 => {
            let valid = std::str::from_utf8(&begin[..error.valid_up_to()]).ok()?;
            valid.chars().next().map(char::len_utf8)
        }
        Err(error) => error.error_len().map(|_| 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(text: &[u8]) -> usize {
        let mut column = Column::default();
        assert_eq!(column.follow(text, 20), text.len(), "{}", text.escape_ascii());
        column.at()
    }

    #[test]
    fn text_line_ends_and_colours_are_followed() {
        let rows: &[(&[u8], usize)] = &[
            (b"login: ", 7),
            (b"one\ntwo", 3),
            (b"one\r", 0),
            (b"ab\x08", 1),
            (b"\tx", 9),
            (b"\x1b[1;31mred\x1b[0m", 3),
            (b"\x1b]0;title\x07a", 1),
            (b"\x1b]0;title\x1b\\ab", 2),
            (b"\x1b(Bx", 1),
            ("漢e\u{301}".as_bytes(), 3),
            (b"\xff", 1),
            (b"\x07", 0),
            (b"12345678901234567890", 20),
            (b"123456789012345678901", 1),
            ("1234567890123456789漢".as_bytes(), 2),
            (b"1234567890123456789\t", 19),
        ];
        for (text, column) in rows {
            assert_eq!(after(text), *column, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn what_is_not_finished_waits() {
        for (text, whole) in
            [(&b"ab\x1b[1;"[..], 2), (b"a\xe6\xbc", 1), (b"x\x1b", 1), (b"\x1b]0;a", 0)]
        {
            let mut column = Column::default();
            assert_eq!(column.follow(text, 20), whole, "{}", text.escape_ascii());
        }
        let endless = [b"\x1b]0;", &[b'a'; LONGEST][..]].concat();
        assert_eq!(Column::default().follow(&endless, 20), endless.len());
    }

    proptest! {
        #[test]
        fn it_always_comes_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut column = Column::default();
            let followed = column.follow(&bytes, 20);
            prop_assert!(followed <= bytes.len() && bytes.len() - followed < LONGEST);
            prop_assert!(column.at() <= 20);
        }
    }
}
