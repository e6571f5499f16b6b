//! The text that is being typed, and the place in it.
//!
//! It may be of several lines, from a paste. Every place is at a character that stands alone: what
//! belongs to the one before it is never parted from it by the cursor.

use super::glyph::{Glyph, decode};

/// A text and a place in it.
#[derive(Debug, Clone, Default)]
pub struct Line {
    glyphs: Vec<Glyph>,
    cursor: usize,
}

impl Line {
    /// A text, with the cursor at its end.
    pub fn of(text: &[u8]) -> Self {
        let glyphs = decode(text);
        Self { cursor: glyphs.len(), glyphs }
    }

    /// The text.
    pub fn glyphs(&self) -> &[Glyph] {
        &self.glyphs
    }

    /// The place in it.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Puts the cursor somewhere else, or at the end.
    pub fn set_cursor(&mut self, cursor: usize) {
        self.cursor = cursor.min(self.glyphs.len());
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.glyphs.is_empty()
    }

    /// Whether the cursor is behind the text.
    pub fn is_at_end(&self) -> bool {
        self.cursor == self.glyphs.len()
    }

    /// Takes the text out.
    pub fn take(&mut self) -> Vec<Glyph> {
        self.cursor = 0;
        std::mem::take(&mut self.glyphs)
    }

    /// Puts glyphs at the cursor, which goes behind them.
    pub fn insert(&mut self, glyphs: &[Glyph]) {
        self.glyphs.splice(self.cursor..self.cursor, glyphs.iter().copied());
        self.cursor += glyphs.len();
    }

    /// Where the character before the cursor begins.
    pub fn left(&self) -> usize {
        let before = &self.glyphs[..self.cursor];
        before.iter().rposition(|glyph| glyph.stands_alone()).unwrap_or(0)
    }

    /// Where the character under the cursor ends.
    pub fn right(&self) -> usize {
        let after = self.glyphs.iter().skip(self.cursor + 1);
        let more = after.take_while(|glyph| !glyph.stands_alone()).count();
        (self.cursor + 1 + more).min(self.glyphs.len())
    }

    /// Where the word before the cursor begins. A word is what has blanks around it, or, with
    /// `letters`, only letters and digits.
    pub fn word_left(&self, letters: bool) -> usize {
        let before = &self.glyphs[..self.cursor];
        let end = before.iter().rposition(|glyph| is_of_word(*glyph, letters));
        let Some(end) = end else { return 0 };
        before[..end].iter().rposition(|glyph| !is_of_word(*glyph, letters)).map_or(0, |at| at + 1)
    }

    /// Where the word after the cursor ends, of letters and digits.
    pub fn word_right(&self) -> usize {
        let after = &self.glyphs[self.cursor..];
        let begin = after.iter().take_while(|glyph| !is_of_word(**glyph, true)).count();
        let length = after[begin..].iter().take_while(|glyph| is_of_word(**glyph, true)).count();
        self.cursor + begin + length
    }

    /// Where the line that the cursor is in begins.
    pub fn home(&self) -> usize {
        let before = &self.glyphs[..self.cursor];
        before.iter().rposition(|glyph| *glyph == Glyph::LINE_END).map_or(0, |at| at + 1)
    }

    /// Where the line that the cursor is in ends.
    pub fn end(&self) -> usize {
        let after = &self.glyphs[self.cursor..];
        after
            .iter()
            .position(|glyph| *glyph == Glyph::LINE_END)
            .map_or(self.glyphs.len(), |at| self.cursor + at)
    }

    /// The same place in the line above, if there is one.
    pub fn above(&self) -> Option<usize> {
        let home = self.home();
        let end = home.checked_sub(1)?;
        let above = Self { glyphs: self.glyphs[..end].to_vec(), cursor: end }.home();
        Some(self.whole((above + self.cursor - home).min(end)))
    }

    /// The same place in the line below, if there is one.
    pub fn below(&self) -> Option<usize> {
        let end = self.end();
        if end == self.glyphs.len() {
            return None;
        }
        let below = Self { glyphs: self.glyphs.clone(), cursor: end + 1 };
        Some(self.whole((end + 1 + self.cursor - self.home()).min(below.end())))
    }

    /// A place, or the one before it where that would part a character from what belongs to it.
    fn whole(&self, place: usize) -> usize {
        let is_whole = |at: &usize| self.glyphs.get(*at).is_none_or(|next| next.stands_alone());
        (0..=place).rev().find(is_whole).unwrap_or(0)
    }

    /// Takes away what is between the cursor and another place, and gives it.
    pub fn cut(&mut self, to: usize) -> Vec<Glyph> {
        let (from, to) = (self.cursor.min(to), self.cursor.max(to).min(self.glyphs.len()));
        self.cursor = from;
        self.glyphs.drain(from..to).collect()
    }

    /// The two characters around the cursor, or the last two, change places.
    pub fn transpose(&mut self) {
        if self.is_at_end() {
            self.cursor = self.left();
        }
        let (left, right) = (self.left(), self.right());
        if left < self.cursor && self.cursor < right {
            self.glyphs[left..right].rotate_left(self.cursor - left);
            self.cursor = right;
        }
    }
}

fn is_of_word(glyph: Glyph, letters: bool) -> bool {
    match glyph {
        Glyph::Char(char) if letters => char.is_alphanumeric() || !glyph.stands_alone(),
        Glyph::Byte(_) => true,
        Glyph::Char(_) => !glyph.is_blank(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::glyph::encode;

    /// `|` is the cursor.
    fn line(text: &str) -> Line {
        let at = text.find('|').unwrap();
        let mut line = Line::of(&text.as_bytes()[..at]);
        let cursor = line.cursor();
        line.insert(&decode(&text.as_bytes()[at + 1..]));
        line.set_cursor(cursor);
        line
    }

    fn show(line: &Line) -> String {
        let (left, right) = line.glyphs().split_at(line.cursor());
        String::from_utf8([encode(left), b"|".to_vec(), encode(right)].concat()).unwrap()
    }

    fn moved(text: &str, to: impl Fn(&Line) -> usize) -> String {
        let mut line = line(text);
        line.set_cursor(to(&line));
        show(&line)
    }

    #[test]
    fn the_cursor_goes_by_characters_words_and_lines() {
        assert_eq!(moved("ab|c", Line::left), "a|bc");
        assert_eq!(moved("|ab", Line::left), "|ab");
        assert_eq!(moved("ab|", Line::right), "ab|");
        assert_eq!(moved("ae\u{301}|b", Line::left), "a|e\u{301}b");
        assert_eq!(moved("a|e\u{301}b", Line::right), "ae\u{301}|b");
        assert_eq!(moved("GET /a/b |", |line| line.word_left(true)), "GET /a/|b ");
        assert_eq!(moved("GET /a/b |", |line| line.word_left(false)), "GET |/a/b ");
        assert_eq!(moved("  |", |line| line.word_left(false)), "|  ");
        assert_eq!(moved("a| /bc/d", Line::word_right), "a /bc|/d");
        assert_eq!(moved("one\ntw|o\nthree", Line::home), "one\n|two\nthree");
        assert_eq!(moved("one\ntw|o\nthree", Line::end), "one\ntwo|\nthree");
        assert_eq!(moved("one\n\nthr|ee", |line| line.above().unwrap()), "one\n|\nthree");
        assert_eq!(moved("on|e\ntwo", |line| line.below().unwrap()), "one\ntw|o");
        assert_eq!(moved("ae\u{301}b\non|e", |line| line.above().unwrap()), "a|e\u{301}b\none");
        assert_eq!(moved("on|e\nae\u{301}b", |line| line.below().unwrap()), "one\na|e\u{301}b");
        assert_eq!(moved("|ae\u{301}b", Line::word_right), "ae\u{301}b|");
        assert_eq!(line("on|e").above(), None);
        assert_eq!(line("one\n|").below(), None);
    }

    #[test]
    fn text_is_cut_and_turned() {
        let mut cut = line("GET /a| HTTP");
        assert_eq!(encode(&cut.cut(cut.word_left(false))), b"/a");
        assert_eq!(show(&cut), "GET | HTTP");
        assert_eq!(encode(&cut.cut(99)), b" HTTP");
        assert_eq!(show(&cut), "GET |");
        for (before, after) in [("ab|", "ba|"), ("a|bc", "ba|c"), ("|ab", "|ab"), ("a|", "|a")] {
            let mut line = line(before);
            line.transpose();
            assert_eq!(show(&line), after, "{before}");
        }
    }
}
