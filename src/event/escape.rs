//! Foreign bytes in messages: printable text passes, every other byte becomes `\xNN`.
//!
//! So that nothing foreign moves the cursor, changes a colour, starts a line, turns the reading
//! direction or hides. For messages only: the data stream is never altered.

use std::fmt::{self, Display, Formatter, Write};
use std::ops::RangeInclusive;

/// Characters that are no controls by their category but show nothing, or rearrange what is shown.
const UNSEEN: &[RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
    '\u{fff0}'..='\u{fffb}',
    '\u{e0000}'..='\u{e0fff}',
];

/// Shows `bytes` escaped.
pub fn escape(bytes: &[u8]) -> Escaped<'_> {
    Escaped(bytes)
}

/// Foreign bytes, fit to be shown.
pub struct Escaped<'a>(&'a [u8]);

impl Display for Escaped<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for shown in chunk.valid().chars() {
                if is_readable(shown) {
                    out.write_char(shown)?;
                } else {
                    hex(shown.encode_utf8(&mut [0; 4]).as_bytes(), out)?;
                }
            }
            hex(chunk.invalid(), out)?;
        }
        Ok(())
    }
}

fn is_readable(shown: char) -> bool {
    !shown.is_control() && !UNSEEN.iter().any(|range| range.contains(&shown))
}

fn hex(bytes: &[u8], out: &mut Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(out, r"\x{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn only_what_a_terminal_shows_as_it_is_passes() {
        let cases: &[(&[u8], &str)] = &[
            ("Bücher 日本 C:\\x".as_bytes(), "Bücher 日本 C:\\x"),
            (b"\x1b[31m\r\n\0\x7f", r"\x1b[31m\x0d\x0a\x00\x7f"),
            ("\u{202e}txt\u{9b}\u{2028}".as_bytes(), r"\xe2\x80\xaetxt\xc2\x9b\xe2\x80\xa8"),
            (b"\xffa\xc3", r"\xffa\xc3"),
        ];
        for (bytes, text) in cases {
            assert_eq!(escape(bytes).to_string(), *text);
        }
    }
}
