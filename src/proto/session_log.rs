//! The session log of the default face: what was sent and received, and when (`--log FILE`).
//!
//! To be read by people and by awk. One line of the conversation is one line of the log:
//!
//! ```text
//! 0.000412 > 16 GET / HTTP/1.0\x0d
//! 0.000412 > 2 \x0d
//! 0.031877 < 17 HTTP/1.0 200 OK\x0d
//! 0.032003 < 4+ \x00\x01\x02\xff
//! ```
//!
//! with one blank between the fields:
//!
//! 1. the time in seconds with six decimals, since whatever moment the caller counts from; the
//!    same for all lines of a block (one read or write);
//! 2. `>` sent or `<` received;
//! 3. how many bytes of the conversation the line stands for, its line end included; behind that
//!    `+` if there is no line end, because the block ends before it or the line is too long. A sum
//!    over this field is the number of bytes (to awk `4+` is 4): `awk '$2 == ">" { n += $3 }'`;
//! 4. the text without its LF, escaped as in our messages ([`super::escape`]: controls, bytes that
//!    are not UTF-8 and characters that hide are `\xNN`), and nothing, not even the blank, if
//!    there is no text.
//!
//! So the bytes can be had back from it: the text, and a LF where there is no `+`. A line of the
//! log stands for at most [`PIECE_MAX`] bytes, and an empty block, which only a datagram can be,
//! is a line with the size `0+`. Not responsible for the file and the clock.

use std::time::Duration;

use super::direction::Direction;
use super::escape::escape;

/// The most bytes of the conversation in one line of the log. Its text is at most four times as
/// long.
pub const PIECE_MAX: usize = 1024;

/// Appends the lines for one block to `out`: for each line in it the fields and its text.
pub fn append(at: Duration, direction: Direction, block: &[u8], out: &mut Vec<u8>) {
    let mark = match direction {
        Direction::Sent => '>',
        Direction::Received => '<',
    };
    let mut rest = block;
    loop {
        let (piece, behind) = rest.split_at(piece_length(rest));
        let (text, more) = match piece.strip_suffix(b"\n") {
            Some(text) => (text, ""),
            None => (piece, "+"),
        };
        let (seconds, micros, size) = (at.as_secs(), at.subsec_micros(), piece.len());
        let blank = if text.is_empty() { "" } else { " " };
        let text = escape(text);
        let line = format!("{seconds}.{micros:06} {mark} {size}{more}{blank}{text}\n");
        out.extend_from_slice(line.as_bytes());
        rest = behind;
        if rest.is_empty() {
            return;
        }
    }
}

/// To the end of the line, or as much as goes into one line of the log; no character of UTF-8 is
/// cut in two.
fn piece_length(rest: &[u8]) -> usize {
    let most = rest.get(..PIECE_MAX).unwrap_or(rest);
    if let Some(end) = most.iter().position(|byte| *byte == b'\n') {
        return end + 1;
    }
    if most.len() == rest.len() {
        return most.len();
    }
    let cut = most.utf8_chunks().last().filter(|last| {
        let starts = last.invalid().first().is_some_and(|byte| (0xc2..=0xf4).contains(byte));
        starts && rest.get(most.len()).is_some_and(|next| next & 0xc0 == 0x80)
    });
    most.len() - cut.map_or(0, |last| last.invalid().len())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{PIECE_MAX, append};
    use crate::proto::direction::Direction::{self, Received, Sent};
    use crate::proto::fuzz;

    fn log(direction: Direction, block: &[u8]) -> String {
        let mut out = Vec::new();
        append(Duration::from_micros(12_000_345), direction, block, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_is_a_line() {
        assert_eq!(
            log(Sent, b"GET / HTTP/1.0\r\n\r\nmore"),
            "12.000345 > 16 GET / HTTP/1.0\\x0d\n12.000345 > 2 \\x0d\n12.000345 > 4+ more\n"
        );
        assert_eq!(log(Received, b"\n\n a "), "12.000345 < 1\n12.000345 < 1\n12.000345 < 3+  a \n");
        assert_eq!(log(Received, b""), "12.000345 < 0+\n");
    }

    #[test]
    fn what_is_no_text_is_escaped() {
        assert_eq!(
            log(Received, "\0\x1b[31mü\u{202e}\\x41\n".as_bytes()),
            "12.000345 < 16 \\x00\\x1b[31mü\\xe2\\x80\\xae\\x5cx41\n"
        );
        assert_eq!(log(Sent, b"\xff\xc3\n"), "12.000345 > 3 \\xff\\xc3\n");
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        let sizes = |block: &[u8]| -> Vec<String> {
            let log = log(Sent, block);
            log.lines().filter_map(|line| line.split(' ').nth(2)).map(str::to_owned).collect()
        };
        let mut text = vec![b'a'; PIECE_MAX - 1];
        assert_eq!(sizes(&[&text[..], b"\nb"].concat()), ["1024", "1+"]);
        assert_eq!(sizes(&[&text[..], b"b\n"].concat()), ["1024+", "1"]);
        assert_eq!(sizes(&[&text[..], "ü\n".as_bytes()].concat()), ["1023+", "3"]);
        assert_eq!(sizes(&[&text[..], b"\xc3\n"].concat()), ["1024+", "1"]);
        assert_eq!(sizes(&[&text[..], b"\xff\x80"].concat()), ["1024+", "1+"]);
        text.truncate(PIECE_MAX - 3);
        assert_eq!(sizes(&[&text[..], "🦀".as_bytes()].concat()), ["1021+", "4+"]);
    }

    proptest! {
        #[test]
        fn any_bytes(text in "[\\x00\\n\\r ü🦀\\\\x4a1\u{202e}]{0,400}", cut in 0..4usize) {
            let bytes = text.repeat(4).into_bytes();
            fuzz::session_log(bytes.get(cut..).unwrap_or_default());
        }
    }
}
