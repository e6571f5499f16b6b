//! What holds for the editor whatever is typed and arrives, and however large the screen is: one body
//! for the property test, the fuzzer and its corpus.

use unicode_width::UnicodeWidthChar;

use super::area::{Size, View};
use super::emulator::Emulator;
use super::glyph::{Glyph, encode};
use super::key::Special;
use super::screen::Screen;
use super::{Editor, Effect, LONGEST};
use crate::proto::fuzz::Body;

/// The body by the name of its target.
pub const BODY: Body = ("editor", editor);

/// What a terminal echoes of sent lines, and what arrives: no more than this is looked at, in bytes.
const MOST: usize = 4096;

/// What is put into rows anew in fewer columns than this is not compared: a tab is wider.
const NARROW: usize = 8;

/// What happens at a terminal.
struct Session {
    size: Size,
    editor: Editor,
    screen: Screen,
    terminal: Emulator,
    /// All that stands above the line being typed, as if nobody had edited it.
    above: Vec<u8>,
    /// All that was drawn was on the screen whenever its size changed.
    is_known: bool,
}

/// Reads what is typed, what arrives and what size the screen has, from one input: each piece begins
/// with a byte that says which and, for the first two, how long it is.
///
/// # Panics
/// Where the screen does not show what arrived and below it the line being typed, with the cursor
/// where it belongs; where what is sent is not what was shown; where anything grows without bounds.
pub fn editor(input: &[u8]) {
    let size = Size::new(40, 12);
    let mut session = Session {
        size,
        editor: Editor::new("", Special::default()),
        screen: Screen::new(size),
        terminal: Emulator::new(size),
        above: Vec::new(),
        is_known: true,
    };
    session.screen.begin(&session.editor.view(), false);
    let mut rest = &input[..input.len().min(MOST)];
    while let Some((first, more)) = rest.split_first() {
        let length = usize::from(first >> 2).min(more.len());
        let (piece, after) = more.split_at(length);
        rest = after;
        match first & 3 {
            0 | 1 => session.press(piece),
            2 => session.show(piece),
            _ => {
                let Some((columns, more)) = after.split_first() else { break };
                let Some((rows, more)) = more.split_first() else { break };
                rest = more;
                session.resize(usize::from(columns % 64), usize::from(rows % 16));
            }
        }
        session.check();
    }
    let view = session.editor.view();
    session.screen.end(&view, session.editor.is_empty());
    session.write();
}

impl Session {
    fn press(&mut self, keys: &[u8]) {
        for key in keys {
            for effect in self.editor.press(*key) {
                match effect {
                    Effect::Send { shown, bytes, ends_line } => {
                        let mut expected = encode(&shown.glyphs);
                        expected.extend(ends_line.then_some(b'\n'));
                        assert_eq!(bytes, expected, "what is sent is not what was shown");
                        self.screen.leave(&shown, ends_line);
                        self.above.extend(text(&shown, &self.above, self.size, ends_line));
                    }
                    Effect::Offer(words) => {
                        let before = self.screen.queue.len();
                        self.screen.offer(&words, &self.editor.view());
                        assert!(self.screen.queue.len() > before);
                        // in columns, which are not looked at here
                        self.is_known = false;
                    }
                    Effect::Clear => {
                        self.screen.resize(self.size, &self.editor.view());
                    }
                    Effect::Bell => self.screen.bell(),
                    Effect::Keep(_) | Effect::End => {}
                }
            }
            assert!(self.editor.view().glyphs.len() <= 2 * LONGEST);
        }
        self.screen.draw(&self.editor.view());
    }

    /// What arrives is text in lines: what would drive the terminal has become text before.
    fn show(&mut self, bytes: &[u8]) {
        let letters = bytes.iter().map(|byte| match byte % 32 {
            0..6 => b'\n',
            letter => b'a' + letter % 26,
        });
        let lines: Vec<u8> = letters.collect();
        let lines = String::from_utf8_lossy(&lines).replace('\n', "\r\n").into_bytes();
        self.screen.show(&lines, &self.editor.view());
        self.above.extend(lines);
    }

    fn resize(&mut self, columns: usize, rows: usize) {
        self.write();
        let size = Size::new(columns, rows);
        self.size = size;
        self.terminal.resize(size);
        self.screen.resize(size, &self.editor.view());
        // with a row for the cursor
        let height = self.expected(self.editor.view().glyphs.len()).cursor().0 + 1 - self.begin();
        // where a wide character left a column free, nobody counts that when rows are put anew
        let is_counted = size.columns > NARROW && self.above.is_ascii();
        self.is_known &= height < size.rows - 1 && is_counted;
    }

    /// What is queued goes to the terminal.
    fn write(&mut self) {
        self.terminal.write(&self.screen.queue);
        self.screen.queue.clear();
    }

    /// The terminal shows what one does to which nothing was ever drawn twice, with the cursor where
    /// the next key counts. What is higher than the screen is shown in part; above it all is as it was.
    fn check(&mut self) {
        self.write();
        if !self.is_known {
            return;
        }
        let expected = self.expected(self.editor.view().glyphs.len());
        let begin = self.begin();
        let (shown, wanted) = (self.terminal.text(), expected.text());
        let last = expected.cursor().0.max(self.cursor().0);
        if last - begin < self.size.rows - 1 {
            assert_eq!(shown, wanted);
            // with nothing typed behind the last column, either place is right
            let either =
                self.editor.view().glyphs.is_empty() && expected.column() == self.size.columns;
            assert!(
                either || self.terminal.cursor() == self.cursor(),
                "the cursor is at {:?} in place of {:?}: {:?}",
                self.terminal.cursor(),
                self.cursor(),
                self.editor.view()
            );
        } else {
            let above = |rows: &[String]| rows.iter().take(begin).cloned().collect::<Vec<_>>();
            assert!(above(&shown).starts_with(&above(&wanted)), "what arrived is gone");
        }
    }

    /// A terminal with all that stands above, and this many of the glyphs being typed.
    fn expected(&self, count: usize) -> Emulator {
        let mut expected = Emulator::new(self.size);
        expected.write(&self.above);
        let glyphs = self.editor.view().glyphs[..count].to_vec();
        let view = View { glyphs, cursor: count };
        expected.write(&text(&view, &self.above, self.size, false));
        expected
    }

    /// The row in which the line being typed begins.
    fn begin(&self) -> usize {
        let mut above = Emulator::new(self.size);
        above.write(&self.above);
        above.cursor().0
    }

    fn cursor(&self) -> (usize, usize) {
        let View { glyphs, cursor } = self.editor.view();
        let before = self.expected(cursor);
        let mut next = String::new();
        let needs = match glyphs.get(cursor) {
            Some(glyph) if *glyph != Glyph::LINE_END => {
                glyph.show(before.column() % self.size.columns, &mut next);
                next.chars().next().and_then(UnicodeWidthChar::width).unwrap_or(0)
            }
            Some(_) => 0,
            None => usize::from(!glyphs.is_empty()),
        };
        let (row, column) = before.cursor();
        if before.column() + needs > self.size.columns { (row + 1, 0) } else { (row, column) }
    }
}

/// What a terminal is given for it, which has this above it already.
fn text(view: &View, above: &[u8], size: Size, ends_line: bool) -> Vec<u8> {
    let mut terminal = Emulator::new(size);
    terminal.write(above);
    let mut text = String::new();
    for glyph in &view.glyphs {
        let before = text.len();
        if *glyph == Glyph::LINE_END {
            text.push_str("\r\n");
        } else {
            glyph.show(terminal.column() % size.columns, &mut text);
        }
        terminal.write(&text.as_bytes()[before..]);
    }
    text.push_str(if ends_line { "\r\n" } else { "" });
    text.into_bytes()
}
