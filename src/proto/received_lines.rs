//! Lines of the peer at a terminal, told apart from what is typed there: by `< ` before each, by a
//! colour, or by both.
//!
//! A peer cannot write over the mark: behind a carriage return that ends no line there is another
//! one, and a backspace is shown as `\x08`. The colour begins anew with each line and with each
//! read, and ends with it, so that what is typed has the terminal's own; a colour of the peer's own
//! lasts to the end of its line or read then. Not responsible for what else drives a terminal:
//! [`super::terminal_view`] comes first.

use super::terminal_view::PLAIN;

/// What stands before each line.
pub const MARK: &[u8] = b"< ";

/// The colour of what the peer sends: cyan, of the sixteen that terminals let their users choose.
pub const COLOUR: &[u8] = b"\x1b[36m";

/// Where the last byte was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// At the start of a line.
    #[default]
    Start,
    /// Within one.
    Within,
    /// Behind a carriage return, which may end the line.
    Return,
}

/// The lines of one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedLines {
    marked: bool,
    coloured: bool,
    at: At,
}

impl ReceivedLines {
    /// Before the first of them.
    pub fn new(marked: bool, coloured: bool) -> Self {
        Self { marked, coloured, at: At::Start }
    }

    /// The terminal is at the start of a line, as somebody else ended the one before.
    pub fn begin(&mut self) {
        self.at = At::Start;
    }

    /// Appends what is shown for `text` to `out`: with nothing asked for, the same. Otherwise at
    /// most [`MARK`], [`COLOUR`] and [`PLAIN`] for each byte, and 4 bytes for it.
    pub fn push(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut painted = false;
        let mut rest = text;
        while let Some((&first, behind)) = rest.split_first() {
            let is_end = first == b'\n';
            let begins = match self.at {
                At::Start => true,
                At::Within => false,
                At::Return => !matches!(first, b'\n' | b'\r'),
            };
            let marks = self.marked && begins;
            if self.coloured && !painted && (marks || !matches!(first, b'\n' | b'\r')) {
                out.extend_from_slice(COLOUR);
                painted = true;
            }
            if marks {
                out.extend_from_slice(MARK);
            }
            if is_end && std::mem::take(&mut painted) {
                out.extend_from_slice(PLAIN);
            }
            (self.at, rest) = match first {
                b'\n' => (At::Start, behind),
                b'\r' => (At::Return, behind),
                _ => (At::Within, behind),
            };
            match first {
                0x08 if self.marked => out.extend_from_slice(br"\x08"),
                b'\n' | b'\r' | 0x08 => out.push(first),
                _ => {
                    out.push(first);
                    let plain = |byte: &u8| !matches!(byte, b'\n' | b'\r' | 0x08);
                    let count = rest.iter().take_while(|byte| plain(byte)).count();
                    let (run, behind) = rest.split_at(count);
                    out.extend_from_slice(run);
                    rest = behind;
                }
            }
        }
        if painted {
            out.extend_from_slice(PLAIN);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ReceivedLines;

    fn shown(marked: bool, coloured: bool, reads: &[&str]) -> String {
        let (mut lines, mut out) = (ReceivedLines::new(marked, coloured), Vec::new());
        for read in reads {
            lines.push(read.as_bytes(), &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_line_has_a_mark() {
        for (reads, marked) in [
            (&["a\nb\n\nc"][..], "< a\n< b\n< \n< c"),
            (&["HTTP/1.1 200 OK\r\n\r\nbody"], "< HTTP/1.1 200 OK\r\n< \r\n< body"),
            (&["a", "b\r", "\nc", "\n"], "< ab\r\n< c\n"),
            // over which nothing is written
            (&["real\rfake", "\r\rx\r\r\n"], "< real\r< fake\r\r< x\r\r\n"),
            (&["a\u{8}\u{8}\u{8}b"], "< a\\x08\\x08\\x08b"),
            (&["", ""], ""),
        ] {
            assert_eq!(shown(true, false, reads), marked);
            assert_eq!(shown(false, false, reads), reads.concat());
        }
    }

    #[test]
    fn a_colour_ends_with_its_line_and_with_its_read() {
        assert_eq!(
            shown(false, true, &["a\r\n\r\n", "b", "c\n"]),
            "\x1b[36ma\r\x1b[0m\n\r\n\x1b[36mb\x1b[0m\x1b[36mc\x1b[0m\n"
        );
        assert_eq!(shown(true, true, &["a\n\n"]), "\x1b[36m< a\x1b[0m\n\x1b[36m< \x1b[0m\n");
    }

    #[test]
    fn a_line_that_was_typed_ends_the_one_that_was_begun() {
        let (mut lines, mut out) = (ReceivedLines::new(true, false), Vec::new());
        lines.push(b"Name: ", &mut out);
        lines.begin();
        lines.push(b"Password: ", &mut out);
        assert_eq!(out, b"< Name: < Password: ");
    }

    proptest! {
        #[test]
        fn every_line_has_its_mark_however_it_is_cut(
            text in "[ab<\\r\\n\u{8}]{0,60}", cut in 0..60usize
        ) {
            let (head, tail) = text.split_at(cut.min(text.len()));
            let whole = shown(true, false, &[&text]);
            prop_assert_eq!(&shown(true, false, &[head, tail]), &whole);
            prop_assert!(!whole.bytes().any(|byte| byte == 8));
            let lines = || whole.split_inclusive('\n');
            prop_assert!(lines().all(|line| line.starts_with("< ")), "{:?}", whole);
            let again = |line: &str| {
                line.split('\r').skip(1).all(|part| matches!(part, "" | "\n") || part.starts_with("< "))
            };
            prop_assert!(lines().all(again), "{:?}", whole);
            // and but for the marks it is what came
            let plain: String = lines().map(|line| line.replacen("< ", "", 1)).collect();
            prop_assert_eq!(plain.replace("\r< ", "\r"), text.replace('\u{8}', "\\x08"));

            let painted = shown(true, true, &[head, tail]);
            prop_assert_eq!(painted.replace("\x1b[36m", "").replace("\x1b[0m", ""), whole);
            let ends = painted.split('\n').all(|line| {
                line.matches("\x1b[36m").count() == line.matches("\x1b[0m").count()
            });
            prop_assert!(ends, "{:?}", painted);
        }
    }
}
