//! Where the cursor stands at the terminal that shows the peer's bytes and our own words, and in
//! whose colour.

use std::cell::Cell;

use crate::proto::terminal_view::PLAIN;

/// A cursor, as far as what was shown tells.
#[derive(Debug, Default)]
pub struct Cursor {
    within_line: Cell<bool>,
    /// What is written next is in a colour of the peer's.
    coloured: Cell<bool>,
}

impl Cursor {
    /// These are shown.
    pub fn shows(&self, bytes: &[u8]) {
        let text = bytes.strip_suffix(PLAIN).unwrap_or(bytes);
        if let Some(last) = text.last() {
            self.within_line.set(*last != b'\n');
        }
    }

    /// Somebody typed a line, which the terminal shows by itself, or lines of ours are shown.
    pub fn line_ended(&self) {
        self.within_line.set(false);
    }

    /// Whether it stands within a line.
    pub fn is_within_line(&self) -> bool {
        self.within_line.get()
    }

    /// Whether what is written next is in a colour of the peer's, one of which hides all of it.
    pub fn set_coloured(&self, coloured: bool) {
        self.coloured.set(coloured);
    }

    /// What goes before a line of ours, which is shown next.
    pub fn fresh_line(&self) -> Vec<u8> {
        let colour = if self.coloured.replace(false) { PLAIN } else { b"" };
        let line_end = if self.within_line.replace(false) { &b"\n"[..] } else { b"" };
        [colour, line_end].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_ours_begins_a_line() {
        let cursor = Cursor::default();
        for (shown, before) in [
            (&b""[..], &b""[..]),
            (b"a\n", b""),
            (b"Name: ", b"\n"),
            (b"", b""),
            (b"\x1b[36mName: \x1b[0m", b"\n"),
            (b"\x1b[36mname\x1b[0m\n", b""),
            (b"\x1b[31mred\n\x1b[0m", b""),
            (b"10 %\r", b"\n"),
        ] {
            cursor.shows(shown);
            assert_eq!(cursor.fresh_line(), before, "{}", shown.escape_ascii());
            assert!(!cursor.is_within_line());
        }
        cursor.shows(b"Name: ");
        cursor.shows(b"\x1b[0m");
        assert!(cursor.is_within_line(), "a colour is no text");
        cursor.line_ended();
        assert!(!cursor.is_within_line());
        cursor.set_coloured(true);
        assert_eq!(cursor.fresh_line(), PLAIN);
        assert_eq!(cursor.fresh_line(), b"");
    }
}
