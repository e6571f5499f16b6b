//! What a terminal of 80 columns shows for the bytes that it was sent, and where its cursor is.
//!
//! It knows the sequences that a line editor may use, and takes any other one for a fault. It has no
//! bottom: nothing is ever scrolled away.

const COLUMNS: usize = 80;

/// The rows of a terminal.
#[derive(Debug, Default)]
pub struct Screen {
    rows: Vec<Vec<char>>,
    row: usize,
    /// As many as there are columns where the next character goes to the next row.
    column: usize,
}

impl Screen {
    /// After all of these.
    pub fn of(bytes: &[u8]) -> Self {
        let mut screen = Self::default();
        let text = String::from_utf8_lossy(bytes);
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '\r' => screen.column = 0,
                '\n' => screen.row += 1,
                '\x07' => {}
                '\x08' => screen.column = screen.column.min(COLUMNS - 1).saturating_sub(1),
                '\x1b' => {
                    if !screen.sequence(&mut chars) {
                        break;
                    }
                }
                char => screen.put(char),
            }
        }
        screen
    }

    /// The rows, without blanks at their ends and without empty ones at the end.
    pub fn rows(&self) -> Vec<String> {
        let text = |row: &Vec<char>| row.iter().collect::<String>().trim_end().to_owned();
        let mut rows: Vec<_> = self.rows.iter().map(text).collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    /// The row and the column of the cursor.
    pub fn cursor(&self) -> (usize, usize) {
        (self.row, self.column.min(COLUMNS - 1))
    }

    fn put(&mut self, char: char) {
        if self.column == COLUMNS {
            (self.row, self.column) = (self.row + 1, 0);
        }
        let column = self.column;
        let row = self.current();
        row.resize(row.len().max(column + 1), ' ');
        row[column] = char;
        self.column += 1;
    }

    fn current(&mut self) -> &mut Vec<char> {
        self.rows.resize_with(self.rows.len().max(self.row + 1), Vec::new);
        &mut self.rows[self.row]
    }

    /// Whether it was whole.
    fn sequence(&mut self, chars: &mut std::str::Chars<'_>) -> bool {
        let Some(kind) = chars.next() else { return false };
        assert_eq!(kind, '[', "a sequence that no line editor uses");
        let mut numbers = String::new();
        let last = loop {
            match chars.next() {
                None => return false,
                Some(char @ ('0'..='9' | ';' | '?')) => numbers.push(char),
                Some(last) => break last,
            }
        };
        let count = numbers.parse().unwrap_or(1);
        let column = self.column.min(COLUMNS - 1);
        match last {
            'A' => self.row = self.row.saturating_sub(count),
            'C' => self.column = (column + count).min(COLUMNS - 1),
            'J' | 'K' if numbers.is_empty() => {
                self.current().truncate(column);
                if last == 'J' {
                    self.rows.truncate(self.row + 1);
                }
            }
            'h' | 'l' if numbers == "?2004" => {}
            'm' => {}
            last => panic!("a sequence that no line editor uses: {numbers}{last}"),
        }
        true
    }
}
