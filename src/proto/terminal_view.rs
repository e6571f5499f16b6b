//! What a peer sends, fit for a terminal: text and colour pass, and nothing else drives it.
//!
//! As they are pass: valid UTF-8 text; tab, line feed, carriage return, backspace and bell; and
//! colours, which are ECMA-48's SGR (`ESC [`, digits, `;` and `:`, then `m`). Everything else is
//! shown as `\xNN`, one for each byte: all other escape sequences (which move the cursor, set the
//! title, write to the clipboard, redefine keys, or make the terminal type an answer), all other
//! control bytes, C1 controls as bytes and as U+0080 to U+009F, bytes that are not UTF-8, and the
//! characters that turn the reading direction around until something ends them (U+202A to U+202E,
//! U+2066 to U+2069): a line with those says something else than it shows. The marks U+200E,
//! U+200F and U+061C, which Arabic and Hebrew text needs, pass, and so do joiners.
//!
//! A backslash of the peer's passes, so that `\x1b` may be either; a record of the session tells.
//! Not responsible for whether there is a terminal: a pipe or a file gets every byte as it came.

use std::ops::RangeInclusive;

/// The longest colour sequence that passes, in bytes; twice what full colours with all styles take.
pub const LONGEST_COLOUR: usize = 96;

/// What puts a terminal back to its own colours.
pub const PLAIN: &[u8] = b"\x1b[0m";

const ESC: u8 = 0x1b;

/// Characters that turn the reading direction around.
const TURNING: [RangeInclusive<char>; 2] = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];

/// The view of one stream. Holds the beginning of a character or of a colour sequence, where a read
/// ended within it: at most [`LONGEST_COLOUR`] bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TerminalView {
    held: Vec<u8>,
    coloured: bool,
}

impl TerminalView {
    /// Appends what is to be shown for `input` to `out`: at most four times as many bytes, those
    /// counted that were held back before.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut rest = input;
        while let Some((&byte, behind)) = rest.split_first() {
            if self.held.is_empty() {
                let plain = rest.iter().position(|byte| !passes(*byte)).unwrap_or(rest.len());
                if plain > 0 {
                    let (text, behind) = rest.split_at(plain);
                    out.extend_from_slice(text);
                    rest = behind;
                    continue;
                }
            }
            // one that does not go on with what is held is looked at anew
            if self.take(byte, out) {
                rest = behind;
            }
        }
    }

    /// Appends what was held back, as nothing more comes, and the terminal's own colours where the
    /// peer has left others.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.release(out);
        if std::mem::take(&mut self.coloured) {
            out.extend_from_slice(PLAIN);
        }
    }

    /// Takes a byte that is not shown by itself. Says whether it was taken.
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        match (self.held.first(), byte) {
            (None, ESC | 0xc2..=0xf4) => self.held.push(byte),
            (None, _) => escaped(byte, out),
            (Some(&ESC), _) => return self.take_of_sequence(byte, out),
            (Some(_), _) => return self.take_of_character(byte, out),
        }
        true
    }

    fn take_of_sequence(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        let is_open = self.held.len() > 1;
        let goes_on = match byte {
            b'[' => !is_open,
            b'0'..=b'9' | b';' | b':' | b'm' => is_open && self.held.len() < LONGEST_COLOUR,
            _ => false,
        };
        if !goes_on {
            self.release(out);
            return false;
        }
        self.held.push(byte);
        if byte == b'm' {
            // 0 and nothing at all are the terminal's own
            self.coloured = self.held.iter().any(|byte| matches!(byte, b'1'..=b'9'));
            out.append(&mut self.held);
        }
        true
    }

    fn take_of_character(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        self.held.push(byte);
        match std::str::from_utf8(&self.held) {
            Ok(text) if text.chars().all(is_shown) => out.append(&mut self.held),
            Ok(_) => self.release(out),
            Err(error) if error.error_len().is_none() => {}
            Err(_) => {
                self.held.pop();
                self.release(out);
                return false;
            }
        }
        true
    }

    /// What is held turned out to be no colour and no character that passes.
    fn release(&mut self, out: &mut Vec<u8>) {
        for byte in self.held.drain(..) {
            if passes(byte) {
                out.push(byte);
            } else {
                escaped(byte, out);
            }
        }
    }
}

/// Whether a byte passes whatever is before and behind it.
fn passes(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0x08 | 0x07)
}

fn is_shown(character: char) -> bool {
    !character.is_control() && !TURNING.iter().any(|range| range.contains(&character))
}

fn escaped(byte: u8, out: &mut Vec<u8>) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0') as u8;
    out.extend([b'\\', b'x', digit(byte >> 4), digit(byte & 15)]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LONGEST_COLOUR, TerminalView};
    use crate::proto::fuzz;

    fn shown(reads: &[&[u8]]) -> String {
        let (mut view, mut out) = (TerminalView::default(), Vec::new());
        for read in reads {
            view.push(read, &mut out);
        }
        view.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_passes() {
        for text in [
            "",
            "HTTP/1.1 200 OK\r\n\tx\u{8}\u{7}~",
            "C:\\x1b \\",
            "Bücher 日本 🦀 👨‍👩‍👧 \u{200e}שלום\u{200f} \u{feff}\u{ad}",
        ] {
            assert_eq!(shown(&[text.as_bytes()]), text);
            let single: Vec<_> = text.as_bytes().chunks(1).collect();
            assert_eq!(shown(&single), text);
        }
    }

    #[test]
    fn colours_pass_and_are_ended() {
        let long = "\x1b[1;3;4;38;2;255;255;255;48;2;255;255;255m";
        for text in ["\x1b[m", "\x1b[0m", "\x1b[31mred\x1b[m", "\x1b[1;0;4:3mx\x1b[00;0m"] {
            assert_eq!(shown(&[text.as_bytes()]), text);
        }
        for text in ["\x1b[31mred", long, "a\x1b[0;7m\n"] {
            assert_eq!(shown(&[text.as_bytes()]), format!("{text}\x1b[0m"));
        }
        assert_eq!(shown(&[b"\x1b", b"[3", b"1", b"mx\x1b[", b"m"]), "\x1b[31mx\x1b[m");
    }

    #[test]
    fn what_drives_a_terminal_is_shown_as_text() {
        let cases: &[(&[u8], &str)] = &[
            // the screen, the title, the clipboard, what the terminal would answer, its reset
            (b"\x1b[2J\x1b[H", r"\x1b[2J\x1b[H"),
            (b"\x1b]0;title\x07", "\\x1b]0;title\x07"),
            (b"\x1b]52;c;cm0=\x1b\\", r"\x1b]52;c;cm0=\x1b\"),
            (b"\x1b[6n\x1b[c\x1bZ\x05", r"\x1b[6n\x1b[c\x1bZ\x05"),
            (b"\x1bP$q\x1b\\\x1bc", r"\x1bP$q\x1b\\x1bc"),
            // the keyboard, though it ends as a colour does
            (b"\x1b[>4;2m\x1b[?4m\x1b[1 m", r"\x1b[>4;2m\x1b[?4m\x1b[1 m"),
            (b"\x1b[3\x1b[31;\nm", "\\x1b[3\\x1b[31;\nm"),
            (b"\x1b\x1b[[m", r"\x1b\x1b[[m"),
            (b"\0\x0b\x0c\x0e\x0f\x7f", r"\x00\x0b\x0c\x0e\x0f\x7f"),
            // C1, as bytes and as characters
            (b"\x9b2J \x90\x9d", r"\x9b2J \x90\x9d"),
            ("\u{9b}2J\u{85}".as_bytes(), r"\xc2\x9b2J\xc2\x85"),
            // no UTF-8
            (
                b"\xe9t\xe9 \xc3\xff \xed\xa0\x80 \xf0\x9f\xa6",
                r"\xe9t\xe9 \xc3\xff \xed\xa0\x80 \xf0\x9f\xa6",
            ),
            (b"\xc0\x9b \xf5 \xe2\x82\x1b[m", "\\xc0\\x9b \\xf5 \\xe2\\x82\x1b[m"),
            ("a\u{202e}txt\u{2066}".as_bytes(), r"a\xe2\x80\xaetxt\xe2\x81\xa6"),
        ];
        for (bytes, text) in cases {
            assert_eq!(shown(&[bytes]), *text);
            let single: Vec<_> = bytes.chunks(1).collect();
            assert_eq!(shown(&single), *text);
        }
    }

    #[test]
    fn a_sequence_without_an_end_is_not_held_for_ever() {
        let endless = [b"\x1b[".as_slice(), &[b'1'; LONGEST_COLOUR]].concat();
        let mut view = TerminalView::default();
        let mut out = Vec::new();
        view.push(&endless, &mut out);
        assert!(view.held.is_empty() && out.starts_with(b"\\x1b[111"));
        assert_eq!(shown(&[b"a\x1b[31"]), "a\\x1b[31");
        assert_eq!(shown(&["ü".as_bytes(), b"\xc3"]), "ü\\xc3");
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_reads(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            fuzz::terminal_view(&bytes);
        }

        #[test]
        fn what_is_nearly_text_and_nearly_colour(
            text in "([a-zü🦀\u{9b}\u{202e}\\n\\x07]|\u{1b}\\[?[0-9;:>]{0,3}[mJ]?|\u{1b}){0,100}",
            cut in 0..4usize,
        ) {
            fuzz::terminal_view(text.as_bytes().get(cut..).unwrap_or_default());
        }

        #[test]
        fn text_is_never_changed(text in "[^\\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]{0,200}") {
            prop_assert_eq!(shown(&[text.as_bytes()]), text);
        }
    }
}
