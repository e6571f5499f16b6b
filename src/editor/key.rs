//! What keys a terminal's bytes stand for.
//!
//! The sequences are those of ECMA-48 and xterm, with what the Linux console and rxvt send in their
//! place, and xterm's bracketed paste. No clock: an Escape by itself counts with the key after it.

use super::glyph::Glyph;

/// Keys that a user may have set otherwise (`stty erase`, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Special {
    /// Takes away the character before the cursor.
    pub erase: u8,
    /// Takes away the word before the cursor.
    pub word_erase: u8,
    /// Takes away all before the cursor.
    pub kill: u8,
    /// The end of the input.
    pub end: u8,
}

impl Default for Special {
    fn default() -> Self {
        Self { erase: 0x7f, word_erase: 0x17, kill: 0x15, end: 0x04 }
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character, or a byte that is none.
    Text(Glyph),
    /// The same from a paste or after Ctrl-V: it means nothing else, whatever it is.
    Literal(Glyph),
    /// The end of a paste.
    PasteEnd,
    /// The line is finished.
    Enter,
    /// Complete the word.
    Tab,
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// A line up, or the line before.
    Up,
    /// A line down, or the line after.
    Down,
    /// To the beginning of the line.
    Home,
    /// To the end of the line.
    End,
    /// To the beginning of the word.
    WordLeft,
    /// To the end of the word.
    WordRight,
    /// Away with the character before the cursor.
    Backspace,
    /// Away with the character under the cursor.
    Delete,
    /// Away with everything from the cursor to the end of the line.
    KillRight,
    /// Away with everything from the beginning of the line to the cursor.
    KillLeft,
    /// Away with the word before the cursor.
    KillWordLeft,
    /// Away with the word after the cursor.
    KillWordRight,
    /// Back with what was taken away last.
    Yank,
    /// The two characters around the cursor change places.
    Transpose,
    /// Look for an earlier line.
    Search,
    /// Stop looking.
    Cancel,
    /// Clear the screen.
    Clear,
    /// The end of the input.
    EndOfInput,
    /// Nothing that is known.
    Unknown,
}

/// What ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// The most bytes of a sequence's numbers that are kept.
const MOST_NUMBERS: usize = 16;

#[derive(Debug, Default)]
enum State {
    #[default]
    Plain,
    /// After Ctrl-V.
    Quoted,
    Escape,
    /// `ESC [`, and its numbers.
    Control(Vec<u8>),
    /// `ESC O`
    Single,
    /// The Linux console's `ESC [ [`.
    Console,
    /// In a paste: so many bytes of its end have come.
    Paste(usize),
}

/// Reads keys, a byte at a time.
#[derive(Debug, Default)]
pub struct Keys {
    special: Special,
    state: State,
    /// The beginning of a character.
    begun: Vec<u8>,
    after_return: bool,
}

impl Keys {
    /// With the keys that the user has set.
    pub fn new(special: Special) -> Self {
        Self { special, ..Self::default() }
    }

    /// The keys that the user has set.
    pub fn special(&self) -> Special {
        self.special
    }

    /// Takes a byte and adds the keys that it completes.
    pub fn push(&mut self, byte: u8, keys: &mut Vec<Key>) {
        match std::mem::take(&mut self.state) {
            State::Plain => self.plain(byte, keys),
            State::Quoted => self.text(byte, Key::Literal, keys),
            State::Escape => match byte {
                b'[' => self.state = State::Control(Vec::new()),
                b'O' => self.state = State::Single,
                0x1b => self.state = State::Escape,
                byte => keys.push(with_alt(byte)),
            },
            State::Control(mut numbers) => match byte {
                0x20..=0x3f => {
                    if numbers.len() < MOST_NUMBERS {
                        numbers.push(byte);
                    }
                    self.state = State::Control(numbers);
                }
                b'[' if numbers.is_empty() => self.state = State::Console,
                b'~' if numbers == b"200" => self.state = State::Paste(0),
                0x40..=0x7e => keys.push(sequence(&numbers, byte)),
                // a sequence that was cut short
                byte => self.plain(byte, keys),
            },
            State::Single => keys.push(sequence(b"", byte)),
            State::Console => keys.push(Key::Unknown),
            State::Paste(matched) => self.paste(byte, matched, keys),
        }
    }

    fn plain(&mut self, byte: u8, keys: &mut Vec<Key>) {
        if byte >= 0x80 || (byte >= 0x20 && byte != 0x7f && byte != self.special.erase) {
            return self.text(byte, Key::Text, keys);
        }
        self.cut(Key::Text, keys);
        let special = self.special;
        let key = match byte {
            // 0 is what `stty` shows as undefined
            0 => Key::Unknown,
            byte if byte == special.end => Key::EndOfInput,
            byte if byte == special.erase => Key::Backspace,
            byte if byte == special.word_erase => Key::KillWordLeft,
            byte if byte == special.kill => Key::KillLeft,
            0x1b => {
                self.state = State::Escape;
                return;
            }
            0x16 => {
                self.state = State::Quoted;
                return;
            }
            0x01 => Key::Home,
            0x02 => Key::Left,
            0x04 => Key::EndOfInput,
            0x05 => Key::End,
            0x06 => Key::Right,
            0x07 => Key::Cancel,
            0x08 | 0x7f => Key::Backspace,
            0x09 => Key::Tab,
            0x0a | 0x0d => Key::Enter,
            0x0b => Key::KillRight,
            0x0c => Key::Clear,
            0x0e => Key::Down,
            0x10 => Key::Up,
            0x12 => Key::Search,
            0x14 => Key::Transpose,
            0x15 => Key::KillLeft,
            0x17 => Key::KillWordLeft,
            0x19 => Key::Yank,
            _ => Key::Unknown,
        };
        keys.push(key);
    }

    fn paste(&mut self, byte: u8, matched: usize, keys: &mut Vec<Key>) {
        if PASTE_END[matched] == byte {
            if matched + 1 < PASTE_END.len() {
                self.state = State::Paste(matched + 1);
                return;
            }
            self.cut(Key::Literal, keys);
            self.after_return = false;
            keys.push(Key::PasteEnd);
            return;
        }
        for byte in &PASTE_END[..matched] {
            self.pasted(*byte, keys);
        }
        self.state = State::Paste(usize::from(byte == PASTE_END[0]));
        if byte != PASTE_END[0] {
            self.pasted(byte, keys);
        }
    }

    /// A terminal gives line ends as the Enter key would, or as they are.
    fn pasted(&mut self, byte: u8, keys: &mut Vec<Key>) {
        let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
        match byte {
            b'\n' if after_return => {}
            b'\r' | b'\n' => self.text(b'\n', Key::Literal, keys),
            byte => self.text(byte, Key::Literal, keys),
        }
    }

    /// Text comes a byte at a time, and its characters may have several.
    fn text(&mut self, byte: u8, of: fn(Glyph) -> Key, keys: &mut Vec<Key>) {
        self.begun.push(byte);
        while !self.begun.is_empty() {
            match std::str::from_utf8(&self.begun) {
                Ok(text) => {
                    keys.extend(text.chars().map(|char| of(Glyph::Char(char))));
                    self.begun.clear();
                }
                Err(error) if error.error_len().is_none() && error.valid_up_to() == 0 => return,
                Err(_) => keys.push(of(Glyph::Byte(self.begun.remove(0)))),
            }
        }
    }

    /// A character that is begun goes no further.
    fn cut(&mut self, of: fn(Glyph) -> Key, keys: &mut Vec<Key>) {
        keys.extend(self.begun.drain(..).map(|byte| of(Glyph::Byte(byte))));
    }
}

fn with_alt(byte: u8) -> Key {
    match byte {
        b'b' => Key::WordLeft,
        b'f' => Key::WordRight,
        b'd' => Key::KillWordRight,
        0x08 | 0x7f => Key::KillWordLeft,
        b'\r' | b'\n' => Key::Literal(Glyph::LINE_END),
        _ => Key::Unknown,
    }
}

fn sequence(numbers: &[u8], last: u8) -> Key {
    // the second number says which of Shift, Alt and Ctrl are held: with any of them, words
    let by_word = numbers.contains(&b';');
    match (numbers, last) {
        (_, b'A') | (b"", b'a') => Key::Up,
        (_, b'B') | (b"", b'b') => Key::Down,
        (_, b'C') if by_word => Key::WordRight,
        (_, b'D') if by_word => Key::WordLeft,
        (_, b'C') => Key::Right,
        (_, b'D') => Key::Left,
        (b"", b'c') => Key::WordRight,
        (b"", b'd') => Key::WordLeft,
        (b"", b'M') => Key::Enter,
        (b"1" | b"7", b'~') | (_, b'H') => Key::Home,
        (b"4" | b"8", b'~') | (_, b'F') => Key::End,
        (b"3", b'~') => Key::Delete,
        (_, b'~') if numbers.starts_with(b"3;") => Key::KillWordRight,
        _ => Key::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::editor::glyph::encode;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        let mut decoder = Keys::default();
        for byte in bytes {
            decoder.push(*byte, &mut keys);
        }
        keys
    }

    fn literal(text: &str) -> Vec<Key> {
        text.chars().map(|char| Key::Literal(Glyph::Char(char))).collect()
    }

    #[test]
    fn the_sequences_of_terminals_are_keys() {
        let rows: &[(&[u8], Key)] = &[
            (b"\r", Key::Enter),
            (b"\n", Key::Enter),
            (b"\x1b[A", Key::Up),
            (b"\x1bOA", Key::Up),
            (b"\x1b[1;5D", Key::WordLeft),
            (b"\x1b[1;3C", Key::WordRight),
            (b"\x1bb", Key::WordLeft),
            (b"\x1b[H", Key::Home),
            (b"\x1b[1~", Key::Home),
            (b"\x1b[8~", Key::End),
            (b"\x1b[3~", Key::Delete),
            (b"\x1b[3;5~", Key::KillWordRight),
            (b"\x1b\x7f", Key::KillWordLeft),
            (b"\x1b[[A", Key::Unknown),
            (b"\x1b[?1;2;3;4;5;6;7;8;9;10;11z", Key::Unknown),
            (b"\x12", Key::Search),
            (b"\x04", Key::EndOfInput),
            (b"\x1b\x1b[D", Key::Left),
            ("é".as_bytes(), Key::Text(Glyph::Char('é'))),
            (b"\x16\x03", Key::Literal(Glyph::Char('\x03'))),
        ];
        for (bytes, key) in rows {
            assert_eq!(keys(bytes), [*key], "{}", bytes.escape_ascii());
        }
        let mut special = Keys::new(Special { erase: b'#', end: 0x1a, ..Special::default() });
        let mut found = Vec::new();
        for byte in b"#\x1a\x7f" {
            special.push(*byte, &mut found);
        }
        assert_eq!(found, [Key::Backspace, Key::EndOfInput, Key::Backspace]);
    }

    #[test]
    fn what_is_pasted_means_nothing_but_itself() {
        let pasted = keys(b"\x1b[200~a\rb\r\nc\n\x03\x1b[A\x04\xc3\xa9\x1b[201~x");
        let mut expected = literal("a\nb\nc\n\x03\x1b[A\x04é");
        expected.extend([Key::PasteEnd, Key::Text(Glyph::Char('x'))]);
        assert_eq!(pasted, expected);
        // an end that is none, and one with an end within
        let mut expected = literal("\x1b[20\x1b[2");
        expected.push(Key::PasteEnd);
        assert_eq!(keys(b"\x1b[200~\x1b[20\x1b[2\x1b[201~"), expected);
    }

    #[test]
    fn bytes_that_are_no_text_stay_what_they_are() {
        let found = keys(b"\xe2\x82a\xff\xc3\r");
        let bytes = [Glyph::Byte(0xe2), Glyph::Byte(0x82), Glyph::Char('a')];
        let more = [Glyph::Byte(0xff), Glyph::Byte(0xc3)];
        let mut expected: Vec<_> = bytes.into_iter().chain(more).map(Key::Text).collect();
        expected.push(Key::Enter);
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn a_paste_comes_whole(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assume!(!bytes.contains(&b'\r') && !bytes.contains(&0x1b));
            let all = [b"\x1b[200~", &bytes[..], PASTE_END].concat();
            let found = keys(&all);
            let glyphs: Vec<_> = found
                .iter()
                .filter_map(|key| match key { Key::Literal(glyph) => Some(*glyph), _ => None })
                .collect();
            prop_assert_eq!(glyphs.len() + 1, found.len());
            prop_assert_eq!(encode(&glyphs), bytes);
        }

        #[test]
        fn nothing_is_kept_for_long(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let mut decoder = Keys::default();
            for byte in bytes {
                decoder.push(byte, &mut Vec::new());
                prop_assert!(decoder.begun.len() < 4);
            }
        }
    }
}
