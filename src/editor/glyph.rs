//! One place of a line: a character, or a byte that is part of none.
//!
//! Text goes in and comes out again byte for byte, whatever it is; only how it is shown differs.

use unicode_width::UnicodeWidthChar;

/// How far apart a terminal's tab stops are.
const TAB: usize = 8;

/// One place of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A character.
    Char(char),
    /// A byte that is no UTF-8.
    Byte(u8),
}

impl Glyph {
    /// The end of a line within a text of several.
    pub const LINE_END: Self = Self::Char('\n');

    /// Whether it ends a word: a blank.
    pub fn is_blank(self) -> bool {
        matches!(self, Self::Char(' ' | '\t' | '\n'))
    }

    /// Whether it stands on its own; otherwise it belongs to the one before it, as an accent does.
    pub fn stands_alone(self) -> bool {
        match self {
            Self::Char(char) => is_control(char) || char.width() != Some(0),
            Self::Byte(_) => true,
        }
    }

    /// Whether it is the same but for the case of a letter of ASCII.
    pub fn is_also(self, other: Self) -> bool {
        match (self, other) {
            (Self::Char(one), Self::Char(two)) => one.eq_ignore_ascii_case(&two),
            _ => self == other,
        }
    }

    /// Adds its bytes.
    pub fn encode(self, out: &mut Vec<u8>) {
        match self {
            Self::Char(char) => out.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Self::Byte(byte) => out.push(byte),
        }
    }

    /// Adds what a terminal is to show of it at a column, and gives how many columns that takes. A
    /// control character is shown and does nothing.
    pub fn show(self, column: usize, out: &mut String) -> usize {
        let before = out.len();
        match self {
            Self::Char('\t') => {
                let width = TAB - column % TAB;
                out.extend(std::iter::repeat_n(' ', width));
                return width;
            }
            Self::Char(char) if char.is_ascii_control() => {
                out.push('^');
                out.push(char::from(u8::try_from(char).unwrap_or(0) ^ 0x40));
            }
            Self::Char(char) if is_control(char) => out.extend(char.escape_unicode()),
            Self::Char(char) => {
                out.push(char);
                return char.width().unwrap_or(0);
            }
            Self::Byte(byte) => out.extend(std::ascii::escape_default(byte).map(char::from)),
        }
        out.len() - before
    }
}

/// What a terminal, or the eye, would not take for a character of the text.
fn is_control(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The glyphs of a text.
pub fn decode(mut bytes: &[u8]) -> Vec<Glyph> {
    let mut glyphs = Vec::with_capacity(bytes.len());
    while !bytes.is_empty() {
        let (valid, invalid) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, 0),
            Err(error) => {
                let valid = &bytes[..error.valid_up_to()];
                // what comes after it is looked at again
                (std::str::from_utf8(valid).unwrap_or_default(), 1)
            }
        };
        glyphs.extend(valid.chars().map(Glyph::Char));
        let rest = &bytes[valid.len()..];
        glyphs.extend(rest.iter().take(invalid).copied().map(Glyph::Byte));
        bytes = &rest[invalid.min(rest.len())..];
    }
    glyphs
}

/// The bytes of a text.
pub fn encode(glyphs: &[Glyph]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        glyph.encode(&mut bytes);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(bytes: &[u8]) -> (String, usize) {
        let mut text = String::new();
        let width =
            decode(bytes).iter().fold(0, |column, glyph| column + glyph.show(column, &mut text));
        (text, width)
    }

    #[test]
    fn what_is_no_character_is_shown_and_does_nothing() {
        assert_eq!(shown(b"plain"), ("plain".into(), 5));
        assert_eq!(shown("a\tb".as_bytes()), ("a       b".into(), 9));
        assert_eq!(shown(b"\x1b[2J\x7f"), ("^[[2J^?".into(), 7));
        assert_eq!(shown("é漢\u{9b}".as_bytes()), ("é漢\\u{9b}".into(), 9));
        assert_eq!(shown("\u{202e}".as_bytes()), ("\\u{202e}".into(), 8));
        assert_eq!(shown(b"\xff"), ("\\xff".into(), 4));
        assert_eq!(shown("e\u{301}".as_bytes()), ("e\u{301}".into(), 1));
        assert!(!Glyph::Char('\u{301}').stands_alone());
        assert!(Glyph::Char('\u{202e}').stands_alone());
    }

    proptest! {
        #[test]
        fn every_byte_comes_out_again(bytes: Vec<u8>) {
            prop_assert_eq!(encode(&decode(&bytes)), bytes);
        }
    }
}
