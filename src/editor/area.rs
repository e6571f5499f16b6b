//! The part of the screen in which a line is typed: drawing it below what has arrived, and taking
//! it away again.
//!
//! It begins where what arrived ends, in the middle of a line if need be, as at `login: `. A text
//! that is higher than the screen is shown around the cursor. Only the most common sequences of
//! ECMA-48 are written: up, to the right, and erasing to the end of the screen.

use unicode_width::UnicodeWidthChar;

use super::glyph::Glyph;

const LINE_END: &str = "\r\n";

/// A terminal that says it is narrower is not believed: there are characters that take two columns.
const NARROWEST: usize = 2;

/// How large the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Characters in a line.
    pub columns: usize,
    /// Lines.
    pub rows: usize,
}

impl Size {
    /// Of what a terminal says; one that says nothing is as the first ones were.
    pub fn new(columns: usize, rows: usize) -> Self {
        let or = |count, usual| if count == 0 { usual } else { count };
        Self { columns: or(columns, 80).max(NARROWEST), rows: or(rows, 24).max(2) }
    }
}

/// What is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// The text, and what stands before it.
    pub glyphs: Vec<Glyph>,
    /// The cursor's place in it.
    pub cursor: usize,
}

/// What is drawn of it now.
#[derive(Debug)]
pub struct Area {
    size: Size,
    /// The column at which it begins.
    start: usize,
    /// What it shows, to which an addition may be written alone.
    text: String,
    /// The cursor is before this byte of it.
    at: usize,
    /// The cursor's distance from its first line.
    row: usize,
    /// The cursor is behind the text.
    at_end: bool,
}

/// One line of the screen.
#[derive(Default)]
struct Row {
    text: String,
    width: usize,
    /// It ends with a line's end.
    broken: bool,
}

impl Area {
    /// An empty one.
    pub fn new(size: Size) -> Self {
        Self { size, start: 0, text: String::new(), at: 0, row: 0, at_end: true }
    }

    /// How large the screen is.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The screen has changed, and with it the column at which this begins. Terminals put text that
    /// is too long for a line into the next one anew, so the cursor is where the text says. Whether
    /// the beginning is on the screen still; otherwise the area begins with the screen from now on.
    pub fn resize(&mut self, size: Size, start: usize) -> bool {
        self.size = size;
        self.start = start;
        self.row = row_of(&self.text, self.at, start, size.columns);
        let fits = self.row < size.rows;
        if !fits {
            self.row = size.rows - 1;
            self.start = 0;
        }
        fits
    }

    /// Takes it away: the cursor is where what arrived ends.
    pub fn erase(&mut self, out: &mut Vec<u8>) {
        if self.text.is_empty() {
            return;
        }
        go(out, self.row, b'A');
        out.push(b'\r');
        go(out, self.start, b'C');
        out.extend(b"\x1b[J");
        // where it begins is still known
        *self = Self { start: self.start, ..Self::new(self.size) };
    }

    /// Draws it where it stands, or at a column where nothing stands yet.
    pub fn draw(&mut self, view: &View, start: usize, out: &mut Vec<u8>) {
        if self.text.is_empty() {
            self.start = start;
        }
        let (mut rows, mut cursor) = layout(view, self.start, self.size.columns);
        if cursor.column >= self.size.columns && !view.glyphs.is_empty() {
            // behind the last column it would stand on it
            rows[cursor.row].broken = true;
            rows.push(Row::default());
            cursor = Cursor { row: cursor.row + 1, column: 0, at: 0 };
        }
        let (text, first, at) = window(&rows, cursor, self.size.rows);
        let cursor = (cursor.row - first, cursor.column);
        let at_end = view.cursor == view.glyphs.len();
        match text.strip_prefix(&self.text) {
            Some(added) if at_end && self.at_end && first == 0 => out.extend(added.as_bytes()),
            _ => {
                self.erase(out);
                out.extend(text.as_bytes());
                let last = rows.len().min(most(self.size.rows)) - 1;
                if cursor.0 != last || !at_end {
                    go(out, last - cursor.0, b'A');
                    out.push(b'\r');
                    go(out, cursor.1, b'C');
                }
            }
        }
        (self.text, self.at) = (text, at);
        self.row = cursor.0;
        self.at_end = at_end && first == 0;
    }

    /// Leaves a text behind as part of the screen, and gives it as the screen shows it.
    pub fn leave(&mut self, view: &View, start: usize, out: &mut Vec<u8>) -> String {
        let start = if self.text.is_empty() { start } else { self.start };
        let end = View { cursor: view.glyphs.len(), ..view.clone() };
        let (rows, _) = layout(&end, start, self.size.columns);
        let text = join(&rows);
        match text.strip_prefix(&self.text) {
            Some(added) if self.at_end => out.extend(added.as_bytes()),
            _ => {
                self.erase(out);
                out.extend(text.as_bytes());
            }
        }
        *self = Self::new(self.size);
        text
    }
}

/// Moves the cursor.
fn go(out: &mut Vec<u8>, count: usize, way: u8) {
    if count > 0 {
        out.extend(format!("\x1b[{count}").as_bytes());
        out.push(way);
    }
}

/// Where the cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    row: usize,
    column: usize,
    /// The byte of the row's text that it is before.
    at: usize,
}

/// The lines of the screen that a text takes, and where the cursor is.
fn layout(view: &View, start: usize, columns: usize) -> (Vec<Row>, Cursor) {
    let mut rows = vec![Row { width: start, ..Row::default() }];
    let mut cursor = None;
    let mut shown = String::new();
    for (at, glyph) in view.glyphs.iter().enumerate() {
        let width = rows.last().map_or(0, |row| row.width);
        shown.clear();
        if *glyph != Glyph::LINE_END {
            // behind the last column is before the first one
            glyph.show(width % columns, &mut shown);
        }
        let first = shown.chars().next().map_or(0, columns_of);
        if first > 0 && width + first > columns {
            // a terminal goes to the next row by itself
            rows.push(Row::default());
        }
        let row = rows.len() - 1;
        if at == view.cursor {
            let column = rows[row].width.min(columns - 1);
            cursor = Some(Cursor { row, column, at: rows[row].text.len() });
        }
        if *glyph == Glyph::LINE_END {
            rows[row].broken = true;
            rows.push(Row::default());
            continue;
        }
        for char in shown.chars() {
            let width = columns_of(char);
            if width > 0 && rows.last().is_some_and(|row| row.width + width > columns) {
                rows.push(Row::default());
            }
            if let Some(row) = rows.last_mut() {
                row.text.push(char);
                row.width += width;
            }
        }
    }
    let end = rows.len() - 1;
    let end = Cursor { row: end, column: rows[end].width, at: rows[end].text.len() };
    (rows, cursor.unwrap_or(end))
}

fn columns_of(char: char) -> usize {
    char.width().unwrap_or(0)
}

/// The row in which a terminal of so many columns has the character at this byte of a text that
/// begins at column `start`, counted from the text's first.
fn row_of(text: &str, at: usize, start: usize, columns: usize) -> usize {
    let (mut row, mut column) = (0, start);
    for (byte, char) in text.char_indices() {
        let width = columns_of(char);
        if width > 0 && column + width > columns {
            (row, column) = (row + 1, 0);
        }
        if byte >= at {
            break;
        }
        column += width;
        if char == '\n' {
            (row, column) = (row + 1, 0);
        }
    }
    row
}

fn join(rows: &[Row]) -> String {
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        text.push_str(&row.text);
        if row.broken && number + 1 < rows.len() {
            text.push_str(LINE_END);
        }
    }
    text
}

/// How many rows it has at most: what arrived keeps one, unless there are but two.
fn most(height: usize) -> usize {
    (height - 1).max(2)
}

/// What of the rows fits on the screen around the cursor, the number of the first row shown, and the
/// byte of it that the cursor is before.
fn window(rows: &[Row], cursor: Cursor, height: usize) -> (String, usize, usize) {
    let most = most(height);
    let first = if rows.len() <= most {
        0
    } else {
        (cursor.row + 1).saturating_sub(most).min(rows.len() - most)
    };
    let shown = &rows[first..rows.len().min(first + most)];
    // the first line may begin in the middle, where a whole one has no room
    let skipped = usize::from(first > 0);
    let edge = if first > 0 { LINE_END } else { "" };
    let before = join(&shown[skipped..=cursor.row - first]).len() - rows[cursor.row].text.len();
    (edge.to_owned() + &join(&shown[skipped..]), first, edge.len() + before + cursor.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::glyph::decode;

    const SIZE: Size = Size { columns: 10, rows: 5 };

    fn view(text: &str) -> View {
        let at = text.find('|').unwrap();
        let before = decode(&text.as_bytes()[..at]);
        let after = decode(&text.as_bytes()[at + 1..]);
        View { cursor: before.len(), glyphs: [before, after].concat() }
    }

    fn draws(area: &mut Area, text: &str, start: usize) -> String {
        let mut out = Vec::new();
        area.draw(&view(text), start, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_is_added_at_the_end_is_all_that_is_written() {
        let mut area = Area::new(SIZE);
        assert_eq!(draws(&mut area, "|", 0), "");
        assert_eq!(draws(&mut area, "a|", 0), "a");
        assert_eq!(draws(&mut area, "ab|", 0), "b");
        assert_eq!(draws(&mut area, "a|b", 0), "\r\x1b[Jab\r\x1b[1C");
        assert_eq!(draws(&mut area, "aX|b", 0), "\r\x1b[JaXb\r\x1b[2C");
        let mut out = Vec::new();
        assert_eq!(area.leave(&view("aXb|"), 0, &mut out), "aXb");
        assert_eq!(out, b"\r\x1b[JaXb");
    }

    #[test]
    fn it_begins_behind_what_arrived_and_goes_away_without_it() {
        let mut area = Area::new(SIZE);
        assert_eq!(draws(&mut area, "joe|", 7), "joe\r\n");
        // the empty line below goes away again
        assert_eq!(draws(&mut area, "joey|", 7), "\x1b[1A\r\x1b[7C\x1b[Jjoey");
        let mut out = Vec::new();
        area.erase(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "\x1b[1A\r\x1b[7C\x1b[J");
        let mut out = Vec::new();
        area.erase(&mut out);
        assert!(out.is_empty());
    }

    #[test]
    fn long_and_several_lines() {
        let mut area = Area::new(SIZE);
        assert_eq!(draws(&mut area, "0123456789ab|", 0), "0123456789ab");
        assert_eq!(
            draws(&mut area, "0123|456789ab", 0),
            "\x1b[1A\r\x1b[J0123456789ab\x1b[1A\r\x1b[4C"
        );
        assert_eq!(draws(&mut area, "a\nb|", 0), "\r\x1b[Ja\r\nb");
        // the terminal sees to what does not fit
        let mut area = Area::new(SIZE);
        assert_eq!(draws(&mut area, "012345678漢|", 0), "012345678漢");
        let mut area = Area::new(SIZE);
        assert_eq!(draws(&mut area, "012345678\x03|", 0), "012345678^C");
    }

    #[test]
    fn what_is_higher_than_the_screen_is_shown_around_the_cursor() {
        let mut area = Area::new(SIZE);
        assert_eq!(draws(&mut area, "1\n2\n3\n4\n5\n6|", 3), "\r\n4\r\n5\r\n6");
        assert_eq!(
            draws(&mut area, "1\n|2\n3\n4\n5\n6", 3),
            "\x1b[3A\r\x1b[3C\x1b[J1\r\n2\r\n3\r\n4\x1b[2A\r"
        );
        // all of it is left behind
        let mut out = Vec::new();
        area.leave(&view("1\n2\n3\n4\n5\n6|"), 0, &mut out);
        assert!(out.ends_with(b"\x1b[J1\r\n2\r\n3\r\n4\r\n5\r\n6"));
    }

    #[test]
    fn a_new_size_moves_the_cursor_with_the_text() {
        let mut area = Area::new(Size { columns: 20, rows: 5 });
        assert_eq!(draws(&mut area, "0123456789abc|", 0), "0123456789abc");
        assert!(area.resize(SIZE, 0));
        assert_eq!(draws(&mut area, "0123|", 0), "\x1b[1A\r\x1b[J0123");
        assert_eq!(Size::new(0, 0), Size { columns: 80, rows: 24 });
        assert_eq!(Size::new(1, 1), Size { columns: NARROWEST, rows: 2 });
    }
}
