//! Where the cursor stands at the terminal that shows the peer's bytes and our own words.

use std::cell::Cell;

use crate::proto::terminal_view::PLAIN;

/// Whether the cursor stands within a line, as far as what was shown tells.
#[derive(Debug, Default)]
pub struct Cursor {
    within_line: Cell<bool>,
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

    /// What goes before a line of ours, which is shown next.
    pub fn fresh_line(&self) -> &'static [u8] {
        if self.within_line.replace(false) { b"\n" } else { b"" }
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

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
    }
}
