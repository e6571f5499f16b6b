//! Where the cursor stands at the terminal that shows the peer's bytes and our own words, and in which
//! colours.

use std::cell::Cell;

use crate::proto::terminal_view::PLAIN;

/// What the cursor is like, as far as what was shown tells.
#[derive(Debug, Default)]
pub struct Cursor {
    within_line: Cell<bool>,
    coloured: Cell<bool>,
}

impl Cursor {
    /// These are shown. Of all sequences, only colours are.
    pub fn shows(&self, bytes: &[u8]) {
        if let Some(colour) = bytes.iter().rposition(|byte| *byte == 0x1b) {
            self.coloured.set(!bytes[colour..].starts_with(PLAIN));
        }
        let text = bytes.strip_suffix(PLAIN).unwrap_or(bytes);
        if let Some(last) = text.last() {
            self.within_line.set(*last != b'\n');
        }
    }

    /// Somebody typed a line, which the terminal shows by itself.
    pub fn line_ended(&self) {
        self.within_line.set(false);
    }

    /// Whether it stands within a line.
    pub fn is_within_line(&self) -> bool {
        self.within_line.get()
    }

    /// What goes before a line of ours, which is shown next: a peer neither hides it by a colour nor
    /// has it begin in a line of its own.
    pub fn fresh_line(&self) -> &'static [u8] {
        match (self.coloured.replace(false), self.within_line.replace(false)) {
            (false, false) => b"",
            (false, true) => b"\n",
            (true, false) => PLAIN,
            (true, true) => b"\x1b[0m\n",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_line_of_ours_begins_a_line_and_is_not_hidden() {
        let cursor = Cursor::default();
        for (shown, before) in [
            (&b""[..], &b""[..]),
            (b"a\n", b""),
            (b"Name: ", b"\n"),
            (b"", b""),
            (b"\x1b[36mName: \x1b[0m", b"\n"),
            (b"\x1b[36mname\x1b[0m\n", b""),
            (b"\x1b[31mred\n\x1b[0m", b""),
            (b"\x1b[30;40m\x1b[8mhidden\n", b"\x1b[0m"),
            (b"\x1b[0m\x1b[8mhidden", b"\x1b[0m\n"),
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
