//! What goes to the terminal: what has arrived, and below it the line that is being typed.
//!
//! Not here: writing it, and who waits for that.

use super::area::{Area, Size, View};
use super::column::Column;
use super::glyph::decode;
use crate::proto::terminal_view::PLAIN;

/// A terminal from now on marks what is pasted (xterm's bracketed paste), and no longer.
const PASTES_ON: &[u8] = b"\x1b[?2004h";
const PASTES_OFF: &[u8] = b"\x1b[?2004l";

/// What it gets where nobody has time to draw any more.
pub const FAREWELL: &[u8] = b"\x1b[?2004l\r\n";

/// What is on the screen, and what is to be written to it.
#[derive(Debug)]
pub struct Screen {
    area: Area,
    column: Column,
    /// What arrived of a character or sequence that is not finished.
    held: Vec<u8>,
    /// What arrived fills its line to the end, and the line being typed went to the next one.
    wrapped: bool,
    /// A line is being typed.
    is_editing: bool,
    /// What arrived may have left colours of its own.
    is_coloured: bool,
    /// What is to be written.
    pub queue: Vec<u8>,
}

impl Screen {
    /// Empty.
    pub fn new(size: Size) -> Self {
        Self {
            area: Area::new(size),
            column: Column::default(),
            held: Vec::new(),
            wrapped: false,
            is_editing: false,
            is_coloured: false,
            queue: Vec::new(),
        }
    }

    /// Whether a line is being typed.
    pub fn is_editing(&self) -> bool {
        self.is_editing
    }

    /// A line is typed from now on. What the terminal itself has shown of it goes away: it comes
    /// again.
    pub fn begin(&mut self, view: &View, shown_already: bool) {
        self.is_editing = true;
        self.queue.extend(PASTES_ON);
        if shown_already {
            self.queue.extend(b"\r\x1b[K");
        }
        self.draw(view);
    }

    /// No line is typed from now on; what was typed of it stays on the screen.
    pub fn end(&mut self, view: &View, is_empty: bool) {
        if !self.is_editing {
            return;
        }
        if is_empty {
            self.area.erase(&mut self.queue);
        } else {
            self.leave(view, true);
        }
        self.is_editing = false;
        self.queue.extend(PASTES_OFF);
    }

    /// What comes next begins a row.
    pub fn end_row(&mut self) {
        if !self.is_editing && self.column.at() > 0 {
            self.queue.extend(b"\r\n");
            self.column.set(0);
        }
    }

    /// Nothing follows what arrived.
    pub fn finish(&mut self) {
        self.queue.append(&mut self.held);
    }

    /// Draws the line that is being typed.
    pub fn draw(&mut self, view: &View) {
        if self.is_editing {
            if std::mem::take(&mut self.is_coloured) {
                self.queue.extend(PLAIN);
            }
            let start = self.start(view);
            self.area.draw(view, start, &mut self.queue);
        }
    }

    /// Shows what arrived, above the line that is being typed.
    pub fn show(&mut self, bytes: &[u8], view: &View) {
        self.area.erase(&mut self.queue);
        self.held.extend_from_slice(bytes);
        let count = self.column.follow(&self.held, self.area.size().columns);
        let whole: Vec<u8> = self.held.drain(..count).collect();
        if count > 0 && std::mem::take(&mut self.wrapped) {
            let rest = whole.strip_prefix(b"\r").unwrap_or(&whole);
            if rest.starts_with(b"\n") {
                // the terminal would not have gone to the next line for less than this
                self.queue.extend(b"\x1b[1A");
            }
        }
        self.is_coloured |= whole.contains(&0x1b);
        self.queue.extend(whole);
        self.draw(view);
    }

    /// Shows lines of ours, above the line that is being typed, beginning a line.
    pub fn say(&mut self, lines: &[u8], view: &View) {
        self.area.erase(&mut self.queue);
        if self.is_editing && self.column.at() > 0 {
            self.queue.extend(b"\r\n");
        }
        self.column.set(0);
        self.wrapped = false;
        self.column.follow(lines, self.area.size().columns);
        self.queue.extend(lines);
        self.draw(view);
    }

    /// The line that was typed is part of the screen from now on.
    pub fn leave(&mut self, view: &View, ends_line: bool) {
        let start = self.start(view);
        let text = self.area.leave(view, start, &mut self.queue);
        self.column.follow(text.as_bytes(), self.area.size().columns);
        if ends_line {
            self.queue.extend(b"\r\n");
            self.column.set(0);
        }
        self.wrapped = false;
    }

    /// Shows words to choose from.
    pub fn offer(&mut self, words: &[Vec<u8>], view: &View) {
        let mut lines = String::new();
        let mut column = 0;
        for word in words {
            let mut shown = String::new();
            let glyphs = decode(word.trim_ascii_end());
            let width = glyphs.iter().fold(0, |width, glyph| width + glyph.show(width, &mut shown));
            if column > 0 && column + 2 + width >= self.area.size().columns {
                lines.push_str("\r\n");
                column = 0;
            }
            if column > 0 {
                lines.push_str("  ");
                column += 2;
            }
            lines.push_str(&shown);
            column += width;
        }
        lines.push_str("\r\n");
        self.say(lines.as_bytes(), view);
    }

    /// Clears the screen.
    pub fn clear(&mut self) {
        self.area.erase(&mut self.queue);
        self.queue.extend(b"\x1b[H\x1b[2J");
        self.column.set(0);
        self.wrapped = false;
    }

    /// Rings.
    pub fn bell(&mut self) {
        self.queue.push(0x07);
    }

    /// Its size has changed.
    pub fn resize(&mut self, size: Size, view: &View) {
        self.column.resize(size.columns);
        if self.column.at() == size.columns && !self.area.is_empty() {
            // what is typed begins the row below
            self.column.wrap();
            self.wrapped = true;
        }
        if !self.area.resize(size, self.column.at()) {
            self.column.set(0);
        }
        self.area.erase(&mut self.queue);
        self.draw(view);
    }

    /// Somebody else wrote to it: nothing is known of it any more.
    pub fn forget(&mut self, size: Size) {
        self.area = Area::new(size);
        self.column.set(0);
        self.wrapped = false;
        self.is_editing = false;
    }

    /// The column at which the line being typed begins.
    fn start(&mut self, view: &View) -> usize {
        let at = self.column.at();
        if at < self.area.size().columns || view.glyphs.is_empty() {
            return at;
        }
        // a cursor behind the last column cannot be gone back to: the terminal is to go to the next
        // row as it does by itself
        self.queue.extend(b" \r");
        self.column.wrap();
        self.wrapped = true;
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_not_in_the_colours_of_what_arrived() {
        let view = View { glyphs: decode(b"joe"), cursor: 3 };
        let mut screen = Screen::new(Size::new(80, 24));
        screen.begin(&view, false);
        screen.queue.clear();
        screen.show(b"\x1b[8mhidden\r\n", &view);
        assert!(screen.queue.ends_with(b"\x1b[8mhidden\r\n\x1b[0mjoe"));
        screen.queue.clear();
        screen.show(b"plain\r\n", &view);
        assert!(screen.queue.ends_with(b"plain\r\njoe"));
    }
}
