//! Cuts one direction into lines and keeps no more of each than is worth reading.

use std::borrow::Cow;

/// The most bytes that are kept of a line. Most servers refuse longer ones.
pub const KEPT_MAX: usize = 8190;

/// A whole line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Without its end; at most [`KEPT_MAX`] bytes of it.
    pub(super) text: Cow<'a, [u8]>,
    /// Bytes that it has, without its end.
    pub(super) length: u64,
    /// It ended with LF alone.
    pub(super) bare_lf: bool,
}

impl Line<'_> {
    /// Not all of it was kept.
    pub(super) fn is_cut(&self) -> bool {
        self.length > self.text.len() as u64
    }
}

/// The line that is being read.
#[derive(Debug, Default)]
pub(super) struct Lines {
    kept: Vec<u8>,
    length: u64,
    /// The byte before this one was CR.
    after_cr: bool,
}

impl Lines {
    /// Reads to the end of a line, or of `bytes`; how many were read, and the line where it ended.
    pub(super) fn take<'a>(&mut self, bytes: &'a [u8]) -> (usize, Option<Line<'a>>) {
        let end = end(bytes);
        let text = &bytes[..end.unwrap_or(bytes.len())];
        if let Some(end) = end.filter(|end| self.length == 0 && *end <= KEPT_MAX) {
            // most are whole: nothing has to be kept of them
            let before_cr = text.strip_suffix(b"\r");
            let text = before_cr.unwrap_or(text);
            let (length, bare_lf) = (text.len() as u64, before_cr.is_none());
            return (end + 1, Some(Line { text: Cow::Borrowed(text), length, bare_lf }));
        }
        let room = (KEPT_MAX + 1).saturating_sub(self.kept.len()); // and one CR that may be its end
        self.kept.extend_from_slice(&text[..room.min(text.len())]);
        self.length += text.len() as u64;
        if let Some(last) = text.last() {
            self.after_cr = *last == b'\r';
        }
        let line = end.map(|_| {
            let mut text = std::mem::take(&mut self.kept);
            let length = self.length - u64::from(self.after_cr);
            text.truncate(usize::try_from(length).map_or(KEPT_MAX, |length| length.min(KEPT_MAX)));
            Line { text: Cow::Owned(text), length, bare_lf: !self.after_cr }
        });
        if line.is_some() {
            *self = Self::default();
        }
        (end.map_or(bytes.len(), |end| end + 1), line)
    }

    /// Whether more has come of a line that has not ended than is kept of it.
    pub(super) fn is_long(&self) -> bool {
        self.length - u64::from(self.after_cr) > KEPT_MAX as u64
    }

    /// What has come of a line that has not ended.
    pub(super) fn begun(&self) -> &[u8] {
        &self.kept
    }
}

/// Where the line ends.
fn end(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 64;
    // this looks at many bytes at once
    let without = |block: &&[u8]| !block.contains(&b'\n');
    let before = bytes.chunks(BLOCK).take_while(without).count() * BLOCK;
    let at = bytes.get(before..)?.iter().position(|&byte| byte == b'\n')?;
    Some(before + at)
}

#[cfg(test)]
mod tests {
    use super::{KEPT_MAX, Line, Lines};

    fn lines<'a>(reads: &[&'a [u8]]) -> Vec<Line<'a>> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for read in reads {
            let mut rest = *read;
            while !rest.is_empty() {
                let (used, line) = lines.take(rest);
                found.extend(line);
                rest = &rest[used..];
            }
        }
        found
    }

    #[test]
    fn both_ends_are_ends() {
        let found = lines(&[b"a b\r", b"\nc\n", b"\r\n\n", b"d"]);
        let texts: Vec<_> = found.iter().map(|line| (&line.text[..], line.bare_lf)).collect();
        assert_eq!(texts, [(&b"a b"[..], false), (b"c", true), (b"", false), (b"", true)]);
        assert_eq!(&lines(&[b"a\r\r\n"])[0].text[..], b"a\r");
        let long = [&[b'x'; 200][..], b"\n"].concat();
        assert_eq!(lines(&[&long])[0].text.len(), 200);
    }

    #[test]
    fn a_long_line_is_counted_and_not_kept() {
        let long = vec![b'x'; KEPT_MAX];
        for (end, bare_lf) in [(&b"\r\n"[..], false), (b"\n", true)] {
            let found = lines(&[&long, end]);
            assert_eq!((found[0].length, found[0].is_cut()), (KEPT_MAX as u64, false));
            assert_eq!((found[0].text.len(), found[0].bare_lf), (KEPT_MAX, bare_lf));
            let found = lines(&[&long, &long, b"y", end]);
            assert_eq!(found[0].length, 2 * KEPT_MAX as u64 + 1);
            assert_eq!((found[0].text.len(), found[0].is_cut()), (KEPT_MAX, true));
        }
        let mut endless = Lines::default();
        for _ in 0..100 {
            endless.take(&long);
        }
        assert!(endless.begun().len() <= KEPT_MAX + 1);
    }
}
