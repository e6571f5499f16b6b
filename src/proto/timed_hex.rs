//! The hex dump of the default face: what was sent and received, and when (`--hex`).
//!
//! ```text
//! 0.000412 > 00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..
//! 0.000412 > 00000010  0d 0a                                             ..
//! 0.031877 < 00000000  48 54 54 50 2f 31 2e 31  20 32 30 30 20 4f 4b 0d  HTTP/1.1 200 OK.
//! ```
//!
//! The fields: the time in seconds with six decimals, since whatever moment the caller counts from,
//! the same for all lines of a block (one read or write); `>` sent or `<` received; the offset in
//! its direction, in hexadecimal; up to sixteen bytes; and the same as text, a full stop for each
//! byte that is no printable ASCII. Each block begins a line. Not responsible for the clock.

use std::time::Duration;

use super::direction::Direction;

/// Bytes in a line.
const LINE: usize = 16;

/// Columns of their hexadecimal digits: three for each byte, and a blank before, between the halves
/// and behind.
const CELLS: usize = 3 * LINE + 3;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// What was counted of one conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimedHex {
    sent: u64,
    received: u64,
}

impl TimedHex {
    /// Appends the lines of one block to `out`: less than 110 bytes for each begun 16 of it, and
    /// nothing for an empty one.
    pub fn push(&mut self, at: Duration, direction: Direction, block: &[u8], out: &mut Vec<u8>) {
        let (mark, counted) = match direction {
            Direction::Sent => ('>', &mut self.sent),
            Direction::Received => ('<', &mut self.received),
        };
        let before = format!("{}.{:06} {mark} ", at.as_secs(), at.subsec_micros());
        for line in block.chunks(LINE) {
            out.extend_from_slice(before.as_bytes());
            out.extend_from_slice(format!("{counted:08x} ").as_bytes());
            let mut cells = [b' '; CELLS];
            for (place, byte) in line.iter().enumerate() {
                let cell = 1 + 3 * place + usize::from(place >= LINE / 2);
                cells[cell] = DIGITS[usize::from(byte >> 4)];
                cells[cell + 1] = DIGITS[usize::from(byte & 15)];
            }
            out.extend_from_slice(&cells);
            let shown = |byte: &u8| if matches!(byte, b' '..=b'~') { *byte } else { b'.' };
            out.extend(line.iter().map(shown));
            out.push(b'\n');
            *counted = counted.saturating_add(line.len() as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::TimedHex;
    use crate::proto::direction::Direction::{self, Received, Sent};

    fn dump(blocks: &[(u64, Direction, &[u8])]) -> String {
        let (mut dump, mut out) = (TimedHex::default(), Vec::new());
        for (micros, direction, block) in blocks {
            dump.push(Duration::from_micros(*micros), *direction, block, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_conversation_with_its_times() {
        let text = dump(&[
            (412, Sent, b"GET / HTTP/1.1\r\n\r\n"),
            (413, Sent, b""),
            (12_031_877, Received, b"\x1b[2J\xff~ "),
            (12_031_878, Sent, b"x"),
        ]);
        assert_eq!(
            text,
            "\
0.000412 > 00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..\n\
0.000412 > 00000010  0d 0a                                             ..\n\
12.031877 < 00000000  1b 5b 32 4a ff 7e 20                              .[2J.~ \n\
12.031878 > 00000012  78                                                x\n"
        );
    }

    #[test]
    fn an_offset_grows_beyond_its_digits() {
        let mut dump = TimedHex { sent: u64::from(u32::MAX), received: u64::MAX };
        let mut out = Vec::new();
        for direction in [Sent, Sent, Received, Received] {
            dump.push(Duration::MAX, direction, b"x", &mut out);
        }
        let text = String::from_utf8(out).unwrap();
        let offsets: Vec<_> = text.lines().filter_map(|line| line.split(' ').nth(2)).collect();
        let most = "ffffffffffffffff";
        assert_eq!(offsets, ["ffffffff", "100000000", most, most]);
    }
}
