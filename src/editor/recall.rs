//! Lines that were typed before: going back to them, and finding one again.
//!
//! Where they are kept between runs is not known here.

use std::collections::VecDeque;

/// The most lines that are remembered; the oldest one goes first.
pub const MOST: usize = 1000;

/// The longest line that is remembered, in bytes.
pub const LONGEST: usize = 4096;

/// Earlier lines, the newest one last.
#[derive(Debug, Default)]
pub struct Recall {
    lines: VecDeque<Vec<u8>>,
    /// The one that is shown in place of what was being typed.
    at: Option<usize>,
    /// What was being typed.
    draft: Vec<u8>,
}

impl Recall {
    /// Remembers a line; says whether it did. One that is empty, or the same as the last one, is
    /// not worth it.
    pub fn add(&mut self, line: &[u8]) -> bool {
        self.at = None;
        let known = self.lines.back().is_some_and(|last| last == line);
        if line.is_empty() || line.len() > LONGEST || known {
            return false;
        }
        if self.lines.len() == MOST {
            self.lines.pop_front();
        }
        self.lines.push_back(line.to_vec());
        true
    }

    /// All of them, the oldest one first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.lines.iter().map(Vec::as_slice)
    }

    /// The line before the one shown; `typed` is kept where none was shown yet.
    pub fn back(&mut self, typed: impl FnOnce() -> Vec<u8>) -> Option<&[u8]> {
        let at = self.at.unwrap_or(self.lines.len()).checked_sub(1)?;
        if self.at.is_none() {
            self.draft = typed();
        }
        self.at = Some(at);
        self.lines.get(at).map(Vec::as_slice)
    }

    /// The line after the one shown, or at last what was being typed.
    pub fn forth(&mut self) -> Option<&[u8]> {
        let at = self.at? + 1;
        self.at = Some(at).filter(|at| *at < self.lines.len());
        Some(self.at.and_then(|at| self.lines.get(at)).unwrap_or(&self.draft))
    }

    /// The newest line before the one numbered `before` that contains `wanted`, and where in it.
    pub fn find(&self, wanted: &[u8], before: usize) -> Option<Found> {
        let count = before.min(self.lines.len());
        let mut lines = self.lines.iter().enumerate().take(count).rev();
        lines.find_map(|(number, line)| Some(Found { number, at: position(line, wanted)? }))
    }

    /// A line by its number.
    pub fn line(&self, number: usize) -> &[u8] {
        self.lines.get(number).map_or(&[], Vec::as_slice)
    }
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Of the line.
    pub number: usize,
    /// The byte at which it begins.
    pub at: usize,
}

fn position(line: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    line.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recall(lines: &[&str]) -> Recall {
        let mut recall = Recall::default();
        for line in lines {
            assert!(recall.add(line.as_bytes()));
        }
        recall
    }

    #[test]
    fn earlier_lines_come_back_and_what_was_typed_after_them() {
        let mut recall = recall(&["one", "two"]);
        assert!(!recall.add(b"two") && !recall.add(b"") && !recall.add(&[b'x'; LONGEST + 1]));
        let typed = || b"draft".to_vec();
        assert_eq!(recall.forth(), None);
        assert_eq!(recall.back(typed), Some(&b"two"[..]));
        assert_eq!(recall.back(|| unreachable!()), Some(&b"one"[..]));
        assert_eq!(recall.back(typed), None);
        assert_eq!(recall.forth(), Some(&b"two"[..]));
        assert_eq!(recall.forth(), Some(&b"draft"[..]));
        assert_eq!(recall.forth(), None);
        assert!(recall.add(b"one"));
        assert_eq!(recall.back(typed), Some(&b"one"[..]));
    }

    #[test]
    fn the_newest_match_is_found_first() {
        let recall = recall(&["GET /a", "HEAD /a", "GET /b"]);
        let found = |wanted: &str, before| {
            recall.find(wanted.as_bytes(), before).map(|found| (found.number, found.at))
        };
        assert_eq!(found("GET", usize::MAX), Some((2, 0)));
        assert_eq!(found("/a", usize::MAX), Some((1, 5)));
        assert_eq!(found("/a", 1), Some((0, 4)));
        assert_eq!(found("/a", 0), None);
        assert_eq!(found("", 3), None);
        assert_eq!(recall.line(2), b"GET /b");
        assert_eq!(recall.line(7), b"");
    }

    #[test]
    fn no_more_than_so_many_are_remembered() {
        let mut recall = Recall::default();
        for number in 0..=MOST {
            recall.add(number.to_string().as_bytes());
        }
        assert_eq!(recall.lines().count(), MOST);
        assert_eq!(recall.line(0), b"1");
    }
}
