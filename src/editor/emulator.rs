//! A terminal that knows what a line editor may use, for the property in [`super::fuzz`]: rows that
//! scroll away are kept, and a new width puts lines into rows anew, as most terminals do.

use unicode_width::UnicodeWidthChar;

use super::area::Size;

/// One place of a row: a character; nothing where the one before takes two.
type Cell = Option<char>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Row {
    cells: Vec<Cell>,
    /// The line goes on in the next row.
    goes_on: bool,
}

/// A terminal.
#[derive(Debug)]
pub struct Emulator {
    size: Size,
    rows: Vec<Row>,
    row: usize,
    /// As many as there are columns where the next character goes to the next row.
    column: usize,
}

impl Emulator {
    /// An empty one.
    pub fn new(size: Size) -> Self {
        Self { size, rows: vec![Row::default()], row: 0, column: 0 }
    }

    /// The row and column of the cursor, from the very first row on.
    pub fn cursor(&self) -> (usize, usize) {
        (self.row, self.column.min(self.size.columns - 1))
    }

    /// How far the cursor is from the first column, as many as there are columns where it is behind
    /// the last.
    pub fn column(&self) -> usize {
        self.column
    }

    /// All rows, without blanks at their ends and empty rows at the end.
    pub fn text(&self) -> Vec<String> {
        let text = |row: &Row| {
            row.cells.iter().copied().flatten().collect::<String>().trim_end().to_owned()
        };
        let mut rows: Vec<_> = self.rows.iter().map(text).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    /// The first row on the screen.
    fn top(&self) -> usize {
        self.rows.len().saturating_sub(self.size.rows)
    }

    /// Writes to it.
    ///
    /// # Panics
    /// At what no line editor uses.
    pub fn write(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '\r' => self.column = 0,
                '\n' => self.down(false),
                '\x07' => {}
                '\x1b' => self.sequence(&mut chars),
                char => {
                    assert!(!char.is_control(), "{char:?} in {text:?}");
                    self.put(char);
                }
            }
        }
    }

    fn down(&mut self, goes_on: bool) {
        if goes_on {
            self.rows[self.row].goes_on = true;
        }
        self.row += 1;
        if self.row == self.rows.len() {
            self.rows.push(Row::default());
        }
    }

    fn put(&mut self, char: char) {
        let width = char.width().unwrap_or(0);
        if width == 0 {
            // it belongs to the one before, and moves nothing
            return;
        }
        if self.column + width > self.size.columns {
            self.down(true);
            self.column = 0;
        }
        let (at, row) = (self.column, &mut self.rows[self.row]);
        if row.cells.len() < at + width {
            row.cells.resize(at + width, Some(' '));
        }
        row.cells[at] = Some(char);
        row.cells[at + 1..at + width].fill(None);
        self.column += width;
    }

    fn sequence(&mut self, chars: &mut std::str::Chars<'_>) {
        assert_eq!(chars.next(), Some('['), "a sequence that no line editor uses");
        let mut numbers = String::new();
        let last = chars.find(|char| {
            let is_number = matches!(char, '0'..='9' | '?' | ';');
            if is_number {
                numbers.push(*char);
            }
            !is_number
        });
        let count = numbers.parse().unwrap_or(1);
        let column = self.column.min(self.size.columns - 1);
        match (numbers.as_str(), last) {
            (_, Some('A')) => {
                self.row = self.row.saturating_sub(count).max(self.top());
                self.column = column;
            }
            (_, Some('C')) => self.column = (column + count).min(self.size.columns - 1),
            ("", Some('J')) => {
                self.rows[self.row].cells.truncate(column);
                self.rows[self.row].goes_on = false;
                for row in &mut self.rows[self.row + 1..] {
                    *row = Row::default();
                }
            }
            ("", Some('K')) => self.rows[self.row].cells.truncate(column),
            ("?2004", Some('h' | 'l')) => {}
            (_, other) => panic!("a sequence that no line editor uses: {numbers}{other:?}"),
        }
    }

    /// The window is so large from now on.
    pub fn resize(&mut self, size: Size) {
        // below the cursor only what is written counts
        while self.rows.len() > self.row + 1
            && self.rows.last().is_some_and(|row| row.cells.is_empty())
        {
            self.rows.pop();
        }
        let mut anew = Self::new(size);
        let mut cursor = None;
        for (number, row) in self.rows.iter().enumerate() {
            let is_here = number == self.row;
            if is_here && self.column > 0 && row.cells.len() < self.column {
                // blanks that were skipped have no end of their own
                cursor = Some((anew.row, self.column));
            }
            for (at, cell) in row.cells.iter().enumerate() {
                let Some(char) = *cell else { continue };
                let width = char.width().unwrap_or(1);
                if anew.column + width > size.columns {
                    anew.down(true);
                    anew.column = 0;
                }
                if is_here && at == self.column {
                    cursor = Some((anew.row, anew.column));
                }
                anew.put(char);
            }
            if is_here && cursor.is_none() {
                cursor = Some((anew.row, anew.column));
            }
            if !row.goes_on && number + 1 < self.rows.len() {
                anew.down(false);
                anew.column = 0;
            }
        }
        if let Some((row, column)) = cursor {
            (anew.row, anew.column) = (row, column.min(size.columns));
        }
        *self = anew;
    }
}
