//! One line at the end of a terminal that is written over, and goes away before anything else is said.

use std::cell::Cell;

/// What takes a line away that the cursor stands in.
const CLEAR: &[u8] = b"\r\x1b[K";

/// How wide a terminal is taken for that does not say.
const COLUMNS: usize = 80;

/// A line that is written over.
#[derive(Debug)]
pub struct LiveLine {
    is_wanted: Cell<bool>,
    is_shown: Cell<bool>,
    columns: fn() -> Option<usize>,
}

impl LiveLine {
    /// None is shown yet; `is_wanted` says whether there is a terminal to show one at, whose width
    /// `columns` gives.
    pub fn new(is_wanted: bool, columns: fn() -> Option<usize>) -> Self {
        Self { is_wanted: Cell::new(is_wanted), is_shown: Cell::new(false), columns }
    }

    /// Whether there is to be one.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted.get()
    }

    /// What shows this line in place of the last one. It is cut where the terminal is narrower.
    pub fn draw(&self, line: &[u8]) -> Vec<u8> {
        self.is_shown.set(true);
        // the last column would put the cursor on the next line
        let most = (self.columns)().unwrap_or(COLUMNS).saturating_sub(1);
        let line: String =
            String::from_utf8_lossy(line.trim_ascii_end()).chars().take(most).collect();
        [b"\r", line.as_bytes(), b"\x1b[K"].concat()
    }

    /// What goes before anything else that is said.
    pub fn clear(&self) -> &'static [u8] {
        if self.is_shown.replace(false) { CLEAR } else { b"" }
    }

    /// Something else is written to the terminal from now on.
    pub fn give_way(&self) {
        self.is_wanted.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_cut_to_the_terminal_and_cleared_once() {
        let line = LiveLine::new(true, || Some(6));
        assert_eq!(line.clear(), b"");
        assert_eq!(line.draw("n\u{e9}: 10 MB\n".as_bytes()), "\rn\u{e9}: 1\x1b[K".as_bytes());
        assert_eq!((line.clear(), line.clear()), (&b"\r\x1b[K"[..], &b""[..]));
        assert_eq!(LiveLine::new(true, || None).draw(&[b'x'; 100]).len(), 79 + 4);
        assert_eq!(LiveLine::new(true, || Some(0)).draw(b"x"), b"\r\x1b[K");
    }
}
