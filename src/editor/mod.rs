//! A line editor: keys in, lines and what the screen is to show out.
//!
//! Pure: it reads no terminal and writes to none. The bytes of a line are exactly those that were
//! typed, pasted or recalled, whatever they are; nothing is lost when a line gets too long, it is
//! only sent in parts. What terminals send and understand is in [`key`], [`area`] and [`column`]; a
//! [`screen::Screen`] has what arrives above the line that is being typed.

pub mod area;
pub mod column;
mod completion;
mod discretion;
mod emulator;
pub mod fuzz;
pub mod glyph;
pub mod key;
mod line;
pub mod recall;
pub mod screen;

use area::View;
use discretion::Discretion;
use glyph::{Glyph, decode, encode};
use key::{Key, Keys, Special};
use line::Line;
use recall::{Found, Recall};

/// The longest text that is edited, in characters; more of it is sent as it is.
pub const LONGEST: usize = 64 * 1024;

/// What a key led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// These bytes are to be sent.
    Send {
        /// As they are to stand on the screen, without the line's end.
        shown: View,
        /// What is sent.
        bytes: Vec<u8>,
        /// A line's end, which is among the bytes, stands behind what is shown.
        ends_line: bool,
    },
    /// A line is to be kept for later runs.
    Keep(Vec<u8>),
    /// What the word may become.
    Offer(Vec<Vec<u8>>),
    /// Nothing could be done.
    Bell,
    /// The screen is to be cleared.
    Clear,
    /// The input has ended.
    End,
}

/// Looking for an earlier line.
#[derive(Debug, Default)]
struct Search {
    wanted: Vec<Glyph>,
    found: Option<Found>,
    /// What was being typed.
    draft: Vec<u8>,
}

/// A line editor.
#[derive(Debug, Default)]
pub struct Editor {
    prompt: &'static str,
    keys: Keys,
    line: Line,
    search: Option<Search>,
    recall: Recall,
    discretion: Discretion,
    /// What was taken away last.
    killed: Vec<Glyph>,
    /// The key before this one was Tab, and left several words to choose from.
    offered: bool,
}

impl Editor {
    /// With a prompt, and the keys that the user has set.
    pub fn new(prompt: &'static str, special: Special) -> Self {
        Self { prompt, keys: Keys::new(special), ..Self::default() }
    }

    /// The key that ends the input.
    pub fn end_key(&self) -> u8 {
        self.keys.special().end
    }

    /// Earlier lines, the oldest one first.
    pub fn remember<'a>(&mut self, lines: impl Iterator<Item = &'a [u8]>) {
        lines.for_each(|line| {
            self.recall.add(line);
        });
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.line.is_empty() && self.search.is_none()
    }

    /// What is to be shown.
    pub fn view(&self) -> View {
        let mut glyphs = match &self.search {
            None => decode(self.prompt.as_bytes()),
            Some(search) => {
                let word = if search.found.is_none() && !search.wanted.is_empty() {
                    "(search, nothing found) "
                } else {
                    "(search) "
                };
                [decode(word.as_bytes()), search.wanted.clone(), decode(b": ")].concat()
            }
        };
        let cursor = glyphs.len() + self.line.cursor();
        glyphs.extend(self.line.glyphs());
        View { glyphs, cursor }
    }

    /// Takes a byte of the keyboard.
    pub fn press(&mut self, byte: u8) -> Vec<Effect> {
        let (mut keys, mut effects) = (Vec::new(), Vec::new());
        self.keys.push(byte, &mut keys);
        for key in keys {
            let offered = std::mem::take(&mut self.offered);
            if self.search.is_none() || self.search(key, &mut effects) {
                self.edit(key, offered, &mut effects);
            }
        }
        if self.line.glyphs().len() >= LONGEST {
            self.send(false, &mut effects);
        }
        effects
    }

    fn edit(&mut self, key: Key, offered: bool, effects: &mut Vec<Effect>) {
        let line = &mut self.line;
        match key {
            Key::Text(glyph) | Key::Literal(glyph) => line.insert(&[glyph]),
            Key::PasteEnd => {}
            // a block that was pasted with the end of its last line is complete as it stands
            Key::Enter => {
                let complete = line.is_at_end() && line.glyphs().last() == Some(&Glyph::LINE_END);
                self.send(!complete, effects);
            }
            Key::Tab => self.complete(offered, effects),
            Key::Left => line.set_cursor(line.left()),
            Key::Right => line.set_cursor(line.right()),
            Key::WordLeft => line.set_cursor(line.word_left(true)),
            Key::WordRight => line.set_cursor(line.word_right()),
            Key::Home => line.set_cursor(line.home()),
            Key::End => line.set_cursor(line.end()),
            Key::Up => match line.above() {
                Some(above) => line.set_cursor(above),
                None => match self.recall.back(|| encode(self.line.glyphs())) {
                    Some(earlier) => self.line = Line::of(earlier),
                    None => effects.push(Effect::Bell),
                },
            },
            Key::Down => match line.below() {
                Some(below) => line.set_cursor(below),
                None => match self.recall.forth() {
                    Some(later) => self.line = Line::of(later),
                    None => effects.push(Effect::Bell),
                },
            },
            Key::Backspace => drop(line.cut(line.left())),
            Key::KillRight if line.end() == line.cursor() => drop(line.cut(line.right())),
            Key::KillRight => self.killed = line.cut(line.end()),
            Key::KillLeft => self.killed = line.cut(line.home()),
            Key::KillWordLeft => self.killed = line.cut(line.word_left(false)),
            Key::KillWordRight => self.killed = line.cut(line.word_right()),
            Key::Yank => line.insert(&self.killed),
            Key::Transpose => line.transpose(),
            Key::Search => {
                self.search = Some(Search { draft: encode(line.glyphs()), ..Search::default() });
                line.take();
            }
            Key::Clear => effects.push(Effect::Clear),
            Key::EndOfInput if line.is_empty() => effects.push(Effect::End),
            // as at a terminal without an editor: what is typed goes out without a line's end
            Key::EndOfInput if line.is_at_end() => self.send(false, effects),
            Key::EndOfInput | Key::Delete => drop(line.cut(line.right())),
            Key::Cancel | Key::Unknown => effects.push(Effect::Bell),
        }
    }

    fn send(&mut self, ends_line: bool, effects: &mut Vec<Effect>) {
        let glyphs = self.line.take();
        let mut bytes = encode(&glyphs);
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(line) = pieces.next() {
            let ends = pieces.peek().is_some() || ends_line;
            let may_be_kept = self.discretion.may_be_kept(line, ends);
            if self.recall.add(line) && may_be_kept {
                effects.push(Effect::Keep(line.to_vec()));
            }
        }
        if ends_line {
            bytes.push(b'\n');
        }
        let prompt = decode(self.prompt.as_bytes());
        let shown = View { cursor: prompt.len() + glyphs.len(), glyphs: [prompt, glyphs].concat() };
        effects.push(Effect::Send { shown, bytes, ends_line });
    }

    fn complete(&mut self, offered: bool, effects: &mut Vec<Effect>) {
        let line = &mut self.line;
        let before = encode(&line.glyphs()[..line.cursor()]);
        if before.last().is_none_or(u8::is_ascii_whitespace) {
            // there is nothing to complete: it is what it is without an editor
            return line.insert(&[Glyph::Char('\t')]);
        }
        let (length, found) = completion::candidates(&before, self.recall.lines().rev());
        let common = completion::common(&found);
        let word = &before[before.len() - length..];
        let several = found.len() > 1;
        if common.len() > length || (!several && common != word && !common.is_empty()) {
            let begin = line.cursor() - decode(word).len();
            line.cut(begin);
            line.insert(&decode(&common));
        } else if !offered || !several {
            effects.push(Effect::Bell);
        }
        if several && offered {
            effects.push(Effect::Offer(found));
        }
        self.offered = several;
    }

    /// A key while a line is looked for. Whether it is one that ends the search and is still to be
    /// carried out.
    fn search(&mut self, key: Key, effects: &mut Vec<Effect>) -> bool {
        let Some(search) = &mut self.search else { return true };
        let before = match key {
            Key::Text(glyph) => {
                search.wanted.push(glyph);
                // the line found may still be the one
                search.found.map_or(usize::MAX, |found| found.number + 1)
            }
            Key::Backspace => {
                search.wanted.pop();
                usize::MAX
            }
            Key::Search => search.found.map_or(usize::MAX, |found| found.number),
            Key::Cancel => {
                self.line = Line::of(&search.draft);
                self.search = None;
                return false;
            }
            _ => {
                if search.found.is_none() {
                    self.line = Line::of(&search.draft);
                }
                self.search = None;
                return true;
            }
        };
        let found = self.recall.find(&encode(&search.wanted), before);
        if found.is_none() && !search.wanted.is_empty() {
            effects.push(Effect::Bell);
            if key == Key::Search {
                // the oldest one stays
                return false;
            }
        }
        search.found = found;
        self.line = match found {
            Some(found) => {
                let text = self.recall.line(found.number);
                let cursor = decode(&text[..found.at]).len();
                let mut line = Line::of(text);
                line.set_cursor(cursor);
                line
            }
            None => Line::default(),
        };
        false
    }
}

#[cfg(test)]
mod tests;
