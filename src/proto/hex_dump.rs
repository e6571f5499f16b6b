//! The hex dumps of the other netcats, letter for letter: what `-o` and `-x` write to a file.
//!
//! | format | followed | mark | offset | bytes | text |
//! | --- | --- | --- | --- | --- | --- |
//! | [`Traditional`](Format::Traditional) | 1.10-47, BusyBox | `>` sent, `<` received | runs on, of each direction | small | behind `# `, not padded |
//! | [`Ncat`](Format::Ncat) | 7.93 `-x` | none | of the block, 4 digits | small, two groups of 8 | without the blank, padded |
//! | [`Toybox`](Format::Toybox) | `-o`, newer than 0.8.9 | `<` sent, `>` received | as traditional | small | as traditional |
//! | [`ToyboxStream`](Format::ToyboxStream) | `-O` | `<`, `>` | as traditional | small | as traditional |
//! | [`Gnu`](Format::Gnu) | 0.7.1, not built for its old format | a line above each block | of the block, 8 large digits | large, four groups of 4 | padded |
//!
//! A line shows up to 16 bytes. A block (one read or write) starts a new line, except in
//! `ToyboxStream`, where a line is written when it is full or the direction turns.
//!
//! Where an original's number runs over, ours does not: traditional's and toybox's offset grows to
//! a ninth digit at 4 GiB, and Ncat's blocks are cut at 8 KiB (its own reads of standard input and
//! of a listener's clients are no longer; in a longer one 7.93 counts 0000 after ffff wrong).
//! Toybox shows the byte 7f raw in the text; ours shows it as `.`, as the others do.
//!
//! Not responsible for what a block is, and not for the file.

use super::direction::Direction;

/// Bytes in a line.
const LINE: usize = 16;

/// Whose dump it is; the table is in the module's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `-o` of netcat 1.10 and of the large BusyBox nc.
    Traditional,
    /// `-x` of Ncat.
    Ncat,
    /// `-o` of toybox.
    Toybox,
    /// `-O` of toybox: lines go on from one block to the next.
    ToyboxStream,
    /// `-x` and `-o` of GNU netcat.
    Gnu,
}

/// What differs between the formats.
struct Layout {
    /// The first character of a line for what was sent and for what was received, and a blank.
    marks: Option<(u8, u8)>,
    offset_digits: usize,
    behind_offset: &'static [u8],
    digits: &'static [u8; 16],
    /// One more blank behind every so many bytes.
    group: usize,
    before_text: &'static [u8],
    /// What shows as itself in the text, from here to `~`.
    first_shown: u8,
    /// Whether a short line's text is filled up with blanks.
    text_padded: bool,
    /// Whether the offset counts the whole direction, not the block.
    offset_runs_on: bool,
    /// Longer blocks are taken as several.
    block_max: usize,
}

const SMALL: &[u8; 16] = b"0123456789abcdef";
const LARGE: &[u8; 16] = b"0123456789ABCDEF";

const TRADITIONAL: Layout = Layout {
    marks: Some((b'>', b'<')),
    offset_digits: 8,
    behind_offset: b" ",
    digits: SMALL,
    group: LINE + 1,
    before_text: b"# ",
    first_shown: b' ',
    text_padded: false,
    offset_runs_on: true,
    block_max: usize::MAX,
};

const TOYBOX: Layout = Layout { marks: Some((b'<', b'>')), ..TRADITIONAL };

const NCAT: Layout = Layout {
    marks: None,
    offset_digits: 4,
    behind_offset: b"   ",
    digits: SMALL,
    group: 8,
    before_text: b"",
    first_shown: b'!',
    text_padded: true,
    offset_runs_on: false,
    block_max: 8192,
};

const GNU: Layout = Layout {
    marks: None,
    offset_digits: 8,
    behind_offset: b"  ",
    digits: LARGE,
    group: 4,
    before_text: b"",
    first_shown: b' ',
    text_padded: true,
    offset_runs_on: false,
    block_max: usize::MAX,
};

impl Format {
    fn layout(self) -> &'static Layout {
        match self {
            Self::Traditional => &TRADITIONAL,
            Self::Ncat => &NCAT,
            Self::Toybox | Self::ToyboxStream => &TOYBOX,
            Self::Gnu => &GNU,
        }
    }
}

/// The dump of one conversation: what has been counted, and at most one line that is not full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HexDump {
    format: Format,
    /// Bytes shown so far.
    sent: u64,
    received: u64,
    /// The direction of the begun line and its bytes, fewer than a line; `ToyboxStream` alone.
    begun: Option<(Direction, Vec<u8>)>,
}

impl HexDump {
    /// A dump of which nothing is written yet.
    pub fn new(format: Format) -> Self {
        Self { format, sent: 0, received: 0, begun: None }
    }

    /// Appends the lines of one read or write to `out`: less than 100 bytes for each begun 16 of
    /// the block, and one line more where a begun one ends or the block has a headline. An empty
    /// block is nothing.
    pub fn push(&mut self, direction: Direction, block: &[u8], out: &mut Vec<u8>) {
        match self.format {
            Format::ToyboxStream => self.stream(direction, block, out),
            Format::Gnu if !block.is_empty() => {
                let headline = match direction {
                    Direction::Sent => format!("Sent {} bytes to the socket\n", block.len()),
                    Direction::Received => {
                        format!("Received {} bytes from the socket\n", block.len())
                    }
                };
                out.extend_from_slice(headline.as_bytes());
                self.block(direction, block, out);
            }
            _ => self.block(direction, block, out),
        }
    }

    /// Appends the line that is begun, if there is one. To be called once, at the end.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some((direction, line)) = self.begun.take() {
            self.block(direction, &line, out);
        }
    }

    fn stream(&mut self, direction: Direction, block: &[u8], out: &mut Vec<u8>) {
        if self.begun.as_ref().is_some_and(|(begun, _)| *begun != direction && !block.is_empty()) {
            self.finish(out);
        }
        let mut rest = block;
        if let Some((_, line)) = &mut self.begun {
            let (head, behind) = rest.split_at(rest.len().min(LINE - line.len()));
            line.extend_from_slice(head);
            rest = behind;
            if line.len() < LINE {
                return;
            }
            self.finish(out);
        }
        let (full, begun) = rest.split_at(rest.len() - rest.len() % LINE);
        self.block(direction, full, out);
        if !begun.is_empty() {
            self.begun = Some((direction, begun.to_vec()));
        }
    }

    fn block(&mut self, direction: Direction, block: &[u8], out: &mut Vec<u8>) {
        let layout = self.format.layout();
        let counted = match direction {
            Direction::Sent => &mut self.sent,
            Direction::Received => &mut self.received,
        };
        for part in block.chunks(layout.block_max) {
            let mut offset = if layout.offset_runs_on { *counted } else { 0 };
            for line in part.chunks(LINE) {
                layout.line(direction, offset, line, out);
                offset = offset.saturating_add(line.len() as u64);
            }
            *counted = counted.saturating_add(part.len() as u64);
        }
    }
}

impl Layout {
    fn line(&self, direction: Direction, offset: u64, bytes: &[u8], out: &mut Vec<u8>) {
        if let Some((sent, received)) = self.marks {
            let mark = if direction == Direction::Sent { sent } else { received };
            out.extend_from_slice(&[mark, b' ']);
        }
        let digits = (1..LINE).rev().find(|place| offset >> (4 * place) != 0).unwrap_or(0) + 1;
        for place in (0..digits.max(self.offset_digits)).rev() {
            out.push(self.digit(offset >> (4 * place)));
        }
        out.extend_from_slice(self.behind_offset);
        for place in 0..LINE {
            match bytes.get(place).copied().map(u64::from) {
                Some(byte) => out.extend([self.digit(byte >> 4), self.digit(byte), b' ']),
                None => out.extend_from_slice(b"   "),
            }
            if (place + 1) % self.group == 0 {
                out.push(b' ');
            }
        }
        out.extend_from_slice(self.before_text);
        let shown = self.first_shown..=b'~';
        out.extend(bytes.iter().map(|byte| if shown.contains(byte) { *byte } else { b'.' }));
        if self.text_padded {
            out.extend((bytes.len()..LINE).map(|_| b' '));
        }
        out.push(b'\n');
    }

    /// The digit for the last four bits.
    fn digit(&self, value: u64) -> u8 {
        self.digits.get((value % 16) as usize).copied().unwrap_or(b'0')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Direction::{Received, Sent};
    use super::{Direction, Format, HexDump};
    use crate::proto::fuzz;

    fn dump(format: Format, blocks: &[(Direction, &[u8])]) -> String {
        let (mut dump, mut out) = (HexDump::new(format), Vec::new());
        for (direction, block) in blocks {
            dump.push(*direction, block, &mut out);
        }
        dump.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    const BLOCKS: &[(Direction, &[u8])] = &[
        (Sent, b"hello world, 20 bytes\n"),
        (Sent, b""),
        (Sent, b"ab\0\x7f\x80\xff \t~"),
        (Received, b"reply one\r\n"),
        (Sent, b"0123456789abcdef"),
        (Received, b"0123456789abcdef0"),
    ];

    #[test]
    fn traditional_as_captured() {
        let text = "\
> 00000000 68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 32 30 20 # hello world, 20 \n\
> 00000010 62 79 74 65 73 0a                               # bytes.\n\
> 00000016 61 62 00 7f 80 ff 20 09 7e                      # ab.... .~\n\
< 00000000 72 65 70 6c 79 20 6f 6e 65 0d 0a                # reply one..\n\
> 0000001f 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 # 0123456789abcdef\n\
< 0000000b 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 # 0123456789abcdef\n\
< 0000001b 30                                              # 0\n";
        assert_eq!(dump(Format::Traditional, BLOCKS), text);
    }

    #[test]
    fn ncat_as_captured() {
        let text = "\
0000   68 65 6c 6c 6f 20 77 6f  72 6c 64 2c 20 32 30 20  hello.world,.20.\n\
0010   62 79 74 65 73 0a                                 bytes.          \n\
0000   61 62 00 7f 80 ff 20 09  7e                       ab......~       \n\
0000   72 65 70 6c 79 20 6f 6e  65 0d 0a                 reply.one..     \n\
0000   30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n\
0000   30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n\
0010   30                                                0               \n";
        assert_eq!(dump(Format::Ncat, BLOCKS), text);
    }

    #[test]
    fn toybox_marks_the_other_way_and_goes_on_in_a_line() {
        let turned = dump(Format::Traditional, BLOCKS)
            .lines()
            .map(|line| match line.split_at(1) {
                (">", rest) => format!("<{rest}\n"),
                (_, rest) => format!(">{rest}\n"),
            })
            .collect::<String>();
        assert_eq!(dump(Format::Toybox, BLOCKS), turned);
        let text = "\
< 00000000 68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 32 30 20 # hello world, 20 \n\
< 00000010 62 79 74 65 73 0a 61 62 00 7f 80 ff 20 09 7e    # bytes.ab.... .~\n\
> 00000000 72 65 70 6c 79 20 6f 6e 65 0d 0a                # reply one..\n\
< 0000001f 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 # 0123456789abcdef\n\
> 0000000b 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 # 0123456789abcdef\n\
> 0000001b 30                                              # 0\n";
        assert_eq!(dump(Format::ToyboxStream, BLOCKS), text);
    }

    #[test]
    fn gnu_has_a_headline_and_groups_of_four() {
        let text = "\
Sent 22 bytes to the socket\n\
00000000  68 65 6C 6C  6F 20 77 6F  72 6C 64 2C  20 32 30 20  hello world, 20 \n\
00000010  62 79 74 65  73 0A                                  bytes.          \n\
Received 1 bytes from the socket\n\
00000000  FF                                                  .               \n";
        assert_eq!(dump(Format::Gnu, &[BLOCKS[0], (Received, b"\xff"), (Sent, b"")]), text);
    }

    #[test]
    fn a_long_block_of_ncat_is_several() {
        let text = dump(Format::Ncat, &[(Sent, &[b'x'; 8193])]);
        let offsets: Vec<_> = text.lines().map(|line| &line[..4]).collect();
        assert_eq!(offsets[511..], ["1ff0", "0000"]);
    }

    #[test]
    fn an_offset_grows_beyond_its_digits() {
        let mut dump = HexDump::new(Format::Traditional);
        dump.sent = u64::from(u32::MAX);
        let mut out = Vec::new();
        dump.push(Sent, &[b'x'; 17], &mut out);
        let text = String::from_utf8(out).unwrap();
        let offsets: Vec<_> = text.lines().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(offsets, ["ffffffff", "10000000f"]);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            fuzz::hex_dump(&bytes);
        }
    }
}
