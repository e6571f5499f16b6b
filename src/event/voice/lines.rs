//! Lines that are being put together.

use crate::event::Reporting;
use crate::proto::escape::escape;

/// Whole lines, with or without the program's name before them.
pub struct Lines<'a> {
    program: &'a [u8],
    text: Vec<u8>,
}

impl<'a> Lines<'a> {
    /// None yet.
    pub fn new(reporting: &'a Reporting) -> Self {
        Self::of(&reporting.program)
    }

    /// None yet, of a program that always has this name.
    pub fn of(program: &'a [u8]) -> Self {
        Self { program, text: Vec::new() }
    }

    /// One line after the program's name.
    pub fn prefixed(mut self, words: &str) -> Self {
        self.text.extend(format!("{}: {words}\n", escape(self.program)).bytes());
        self
    }

    /// One line as it is.
    pub fn plain(mut self, words: &str) -> Self {
        self.text.extend(words.bytes());
        self.text.push(b'\n');
        self
    }

    /// Lines of another voice.
    pub fn lines(mut self, lines: Option<Vec<u8>>) -> Self {
        self.text.extend(lines.into_iter().flatten());
        self
    }

    /// All of them; `None` without any.
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.text.is_empty()).then_some(self.text)
    }
}
