//! Foreign bytes in our own messages: names, arguments, certificates, proxy answers.
//!
//! What a terminal shows as it is passes; every other byte becomes `\xNN` (two small hex digits),
//! so nothing foreign moves the cursor, changes a colour, turns the reading direction or hides.
//! For messages only: the data stream is never altered.
//!
//! A backslash stays as it is, for names and paths that contain one stay readable, unless it
//! starts what would read as one of our own escapes: `\x` and two hex digits (of either case) in
//! the input come out as `\x5cx` and the digits. So two different inputs never look alike.

use std::fmt::{self, Display, Formatter, Write};
use std::ops::RangeInclusive;

/// Characters that are no controls by their category but show nothing, or rearrange what is shown.
const UNSEEN: &[RangeInclusive<char>] = &[
    '\u{00ad}'..='\u{00ad}',   // soft hyphen
    '\u{034f}'..='\u{034f}',   // combining grapheme joiner
    '\u{061c}'..='\u{061c}',   // Arabic letter mark
    '\u{115f}'..='\u{1160}',   // Hangul fillers
    '\u{17b4}'..='\u{17b5}',   // Khmer inherent vowels
    '\u{180b}'..='\u{180f}',   // Mongolian selectors and separator
    '\u{200b}'..='\u{200f}',   // zero width, direction marks
    '\u{2028}'..='\u{202e}',   // line and paragraph separator, direction controls
    '\u{2060}'..='\u{206f}',   // invisible operators, direction isolates
    '\u{3164}'..='\u{3164}',   // Hangul filler
    '\u{fe00}'..='\u{fe0f}',   // variation selectors
    '\u{feff}'..='\u{feff}',   // byte order mark
    '\u{ffa0}'..='\u{ffa0}',   // Hangul filler
    '\u{fff0}'..='\u{fffb}',   // interlinear annotation
    '\u{e0000}'..='\u{e0fff}', // tags, more variation selectors
];

/// Shows `bytes` escaped, whole.
pub fn escape(bytes: &[u8]) -> Escaped<'_> {
    Escaped { bytes, limit: usize::MAX }
}

/// Shows `bytes` escaped, cut if need be: at most `limit` bytes of text, then `…`. No character
/// and no escape is cut in two.
pub fn escape_at_most(bytes: &[u8], limit: usize) -> Escaped<'_> {
    Escaped { bytes, limit }
}

/// Foreign bytes, fit to be shown; made by [`escape`] and [`escape_at_most`].
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a> {
    bytes: &'a [u8],
    /// In bytes of output, the `…` not counted.
    limit: usize,
}

impl Display for Escaped<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let mut bounded = Bounded { room: self.limit, out };
        let mut behind = self.bytes;
        for chunk in self.bytes.utf8_chunks() {
            let mut rest = chunk.valid();
            loop {
                let plain = rest.bytes().take_while(|byte| is_plain(*byte)).count();
                let (plain, more) = rest.split_at(plain.min(bounded.room));
                bounded.plain(plain)?;
                let Some(shown) = more.chars().next() else { break };
                rest = &more[shown.len_utf8()..];
                behind = behind.get(plain.len() + shown.len_utf8()..).unwrap_or_default();
                let readable = match shown {
                    '\\' => !starts_escape(behind),
                    _ => is_readable(shown),
                };
                let written = if readable {
                    bounded.character(shown)?
                } else {
                    bounded.bytes(shown.encode_utf8(&mut [0; 4]).as_bytes())?
                };
                if !written {
                    return bounded.out.write_char('…');
                }
            }
            behind = behind.get(rest.len() + chunk.invalid().len()..).unwrap_or_default();
            if !bounded.bytes(chunk.invalid())? {
                return bounded.out.write_char('…');
            }
        }
        Ok(())
    }
}

/// Whether what stands behind a backslash makes it look like one of our escapes.
fn starts_escape(behind: &[u8]) -> bool {
    matches!(behind, [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// Most text is of these, which are written many at once.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\'
}

fn is_readable(shown: char) -> bool {
    !shown.is_control() && !UNSEEN.iter().any(|range| range.contains(&shown))
}

/// The output and the room that is left in it. Both writers say whether there was room.
struct Bounded<'a, 'b> {
    room: usize,
    out: &'a mut Formatter<'b>,
}

impl Bounded<'_, '_> {
    /// For which there is room.
    fn plain(&mut self, text: &str) -> fmt::Result {
        self.room -= text.len();
        self.out.write_str(text)
    }

    fn character(&mut self, shown: char) -> Result<bool, fmt::Error> {
        let Some(room) = self.room.checked_sub(shown.len_utf8()) else {
            return Ok(false);
        };
        self.room = room;
        self.out.write_char(shown)?;
        Ok(true)
    }

    fn bytes(&mut self, hidden: &[u8]) -> Result<bool, fmt::Error> {
        for byte in hidden {
            let Some(room) = self.room.checked_sub(r"\xNN".len()) else {
                return Ok(false);
            };
            self.room = room;
            write!(self.out, r"\x{byte:02x}")?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{escape, escape_at_most};
    use crate::proto::fuzz;

    #[test]
    fn readable_text_passes() {
        for text in
            ["", "host.example", "a b~", "Bücher", "日本", "C:\\temp", "\\", "\\x", "\\xg0", "🦀"]
        {
            assert_eq!(escape(text.as_bytes()).to_string(), text);
        }
    }

    #[test]
    fn everything_else_is_hex() {
        let cases: &[(&[u8], &str)] = &[
            (b"\0\t\r\n\x1b[31m\x7f", r"\x00\x09\x0d\x0a\x1b[31m\x7f"),
            (b"\xff\xfea\xc3", r"\xff\xfea\xc3"),
            ("\u{9b}2J".as_bytes(), r"\xc2\x9b2J"),
            ("\u{202e}txt".as_bytes(), r"\xe2\x80\xaetxt"),
            ("\u{2028}\u{2069}".as_bytes(), r"\xe2\x80\xa8\xe2\x81\xa9"),
            ("a\u{200b}b\u{feff}".as_bytes(), r"a\xe2\x80\x8bb\xef\xbb\xbf"),
            (b"\xe2\x82x\xed\xa0\x80\xc0\xaf", r"\xe2\x82x\xed\xa0\x80\xc0\xaf"),
        ];
        for (bytes, text) in cases {
            assert_eq!(escape(bytes).to_string(), *text);
        }
    }

    #[test]
    fn all_bidi_controls_and_c1_are_hidden() {
        let hidden =
            ('\u{80}'..='\u{9f}').chain('\u{2028}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for character in hidden {
            let text = escape(character.to_string().as_bytes()).to_string();
            assert!(text.is_ascii() && text.starts_with(r"\x"), "{character:?}");
        }
    }

    #[test]
    fn a_backslash_is_escaped_where_it_looks_like_an_escape() {
        assert_eq!(escape(br"\x41").to_string(), r"\x5cx41");
        assert_eq!(escape(br"\\xfFa").to_string(), r"\\x5cxfFa");
        assert_eq!(escape(b"\\\x01").to_string(), r"\\x01");
    }

    #[test]
    fn the_cut_is_at_a_character_or_an_escape() {
        assert_eq!(escape_at_most(b"abc", 3).to_string(), "abc");
        assert_eq!(escape_at_most(b"abcd", 3).to_string(), "abc…");
        assert_eq!(escape_at_most(b"a\nb", 4).to_string(), "a…");
        assert_eq!(escape_at_most(b"a\nb", 5).to_string(), r"a\x0a…");
        assert_eq!(escape_at_most("aü".as_bytes(), 2).to_string(), "a…");
        assert_eq!(escape_at_most(b"a", 0).to_string(), "…");
        assert_eq!(escape_at_most(b"", 0).to_string(), "");
    }

    /// Bytes rich in backslashes, hex digits, and characters that must not pass.
    fn foreign() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\\x".to_vec()),
            "[0-9a-f\\\\]{0,3}".prop_map(String::into_bytes),
            any::<char>().prop_map(|character| character.to_string().into_bytes()),
            prop::char::range('\u{2000}', '\u{2070}')
                .prop_map(|character| character.to_string().into_bytes()),
            prop::collection::vec(any::<u8>(), 0..4),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in foreign()) {
            fuzz::escape(&bytes);
        }
    }
}
