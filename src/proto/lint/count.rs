//! The bytes of a body, counted in the ways in which people count.

use super::field::{self, Field};
use super::note::{BodySize, Looks};
use crate::proto::http_header;

/// As much of the beginning as is kept to see what a body looks like.
const OPENING_MAX: usize = 64;

/// What was counted.
#[derive(Debug, Clone)]
pub(super) struct Count {
    pub(super) bytes: u64,
    /// Bytes that continue a character of UTF-8.
    continued: u64,
    /// Line ends of two bytes.
    crlf: u64,
    /// Line ends of one byte.
    lf: u64,
    /// Bytes of the line ends at the end.
    pub(super) end: u64,
    /// Of these, line ends of two bytes.
    end_crlf: u64,
    last: u8,
    opening: [u8; OPENING_MAX],
}

impl Default for Count {
    fn default() -> Self {
        let opening = [0; OPENING_MAX];
        Self { bytes: 0, continued: 0, crlf: 0, lf: 0, end: 0, end_crlf: 0, last: 0, opening }
    }
}

/// Why a length does not fit what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// Nothing but line ends is beyond it.
    LineEnd,
    /// It counts line ends as one byte.
    GrownByCrlf,
    /// It counts characters.
    Letters,
    /// None of these.
    Unknown,
}

impl Count {
    /// Counts on. Whatever a body is made of, this takes no longer than moving it.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            return;
        };
        if let Some(room) =
            usize::try_from(self.bytes).ok().and_then(|at| self.opening.get_mut(at..))
        {
            room.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        }
        let crossing = u64::from((self.last, *first) == (b'\r', b'\n'));
        let crlf = line_ends(bytes) + crossing;
        match bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')) {
            None => {
                (self.end, self.end_crlf) = (self.end + bytes.len() as u64, self.end_crlf + crlf);
            }
            Some(at) => {
                let end = &bytes[at + 1..];
                (self.end, self.end_crlf) = (end.len() as u64, line_ends(end));
            }
        }
        self.bytes += bytes.len() as u64;
        self.crlf += crlf;
        self.lf += count(bytes, |byte| byte == b'\n') - crlf;
        self.continued += count(bytes, |byte| byte & 0xc0 == 0x80);
        self.last = *last;
    }

    pub(super) fn size(&self) -> BodySize {
        BodySize { bytes: self.bytes - self.end, line_end: self.end }
    }

    /// What a shorter length that was given may have counted.
    pub(super) fn misfit(&self, length: u64) -> Misfit {
        let trimmed = self.size().bytes;
        let inner_crlf = self.crlf - self.end_crlf;
        let within = |fewest: u64, most: u64| (fewest..=most).contains(&length);
        if trimmed <= length {
            Misfit::LineEnd
        } else if inner_crlf > 0 && within(trimmed - inner_crlf, self.bytes - self.crlf) {
            Misfit::GrownByCrlf
        } else if self.continued > 0
            && within(trimmed - self.continued - inner_crlf, self.bytes - self.continued)
        {
            Misfit::Letters
        } else {
            Misfit::Unknown
        }
    }

    /// Whether it would be as long as that with CR LF for every LF.
    pub(super) fn fits_with_crlf(&self, length: u64) -> bool {
        self.lf > 0 && self.bytes + self.lf == length
    }

    /// What it looks like by its beginning.
    pub(super) fn looks(&self) -> Looks {
        looks(self.opening())
    }

    /// How many line ends are before its first line, where that is a header as requests have them.
    pub(super) fn header_behind(&self) -> Option<u64> {
        let opening = self.opening();
        let begins = opening.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
        let (line_ends, text) = opening.split_at(begins);
        match field::split(text) {
            Field::Pair(name, _) if http_header::is_usual(name) => {
                Some(count(line_ends, |byte| byte == b'\n'))
            }
            _ => None,
        }
    }

    fn opening(&self) -> &[u8] {
        let known = usize::try_from(self.bytes).map_or(OPENING_MAX, |bytes| bytes.min(OPENING_MAX));
        &self.opening[..known]
    }
}

/// What a body looks like that begins so.
pub(super) fn looks(begins: &[u8]) -> Looks {
    let text = begins.trim_ascii_start();
    let name = text.iter().position(|byte| matches!(byte, b'=' | b' ' | b'\r' | b'\n'));
    match text.first() {
        Some(b'{' | b'[') => Looks::Json,
        Some(_) if name.is_some_and(|at| at > 0 && text.get(at) == Some(&b'=')) => Looks::Form,
        _ => Looks::Other,
    }
}

/// What is added up in a byte, so that many bytes are counted at once.
const AT_ONCE: usize = 192;

fn count(bytes: &[u8], fits: impl Fn(u8) -> bool) -> u64 {
    let block = |block: &[u8]| block.iter().fold(0, |sum: u8, byte| sum + u8::from(fits(*byte)));
    bytes.chunks(AT_ONCE).map(|bytes| u64::from(block(bytes))).sum()
}

/// CR LF, where both are in these bytes.
fn line_ends(bytes: &[u8]) -> u64 {
    let behind = bytes.get(1..).unwrap_or_default();
    let block = |(first, second): (&[u8], &[u8])| {
        let pairs = first.iter().zip(second);
        pairs.fold(0, |sum: u8, pair| sum + u8::from(pair == (&b'\r', &b'\n')))
    };
    bytes.chunks(AT_ONCE).zip(behind.chunks(AT_ONCE)).map(|both| u64::from(block(both))).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Count, Looks, Misfit};

    fn count(text: &str) -> Count {
        let mut count = Count::default();
        text.bytes().for_each(|byte| count.add(&[byte]));
        count
    }

    #[test]
    fn what_a_length_counted_is_found() {
        for (text, length, misfit) in [
            ("name=joe\n", 8, Misfit::LineEnd),
            ("name=joe\r\n\r\n", 8, Misfit::LineEnd),
            ("{\r\n1\r\n}\r\n", 6, Misfit::GrownByCrlf),
            ("{\r\n1\r\n}\r\n", 5, Misfit::GrownByCrlf),
            ("{\r\n1\r\n}\r\n", 4, Misfit::Unknown),
            ("name=Jürgen\n", 12, Misfit::LineEnd),
            ("name=Jürgen\n", 11, Misfit::Letters),
            ("name=Jürgen", 11, Misfit::Letters),
            ("name=Jürgen", 10, Misfit::Unknown),
            ("name=joe", 3, Misfit::Unknown),
        ] {
            assert_eq!(count(text).misfit(length), misfit, "{text:?} {length}");
        }
        assert!(count("a\nb\n").fits_with_crlf(6));
        assert!(!count("a\r\nb").fits_with_crlf(4));
    }

    #[test]
    fn a_body_looks_like_what_it_begins_with() {
        for (text, looks) in [
            ("name=joe&x=y", Looks::Form),
            (" {\"a\":1}", Looks::Json),
            ("[1]", Looks::Json),
            ("hello world=1", Looks::Other),
            ("=1", Looks::Other),
            ("", Looks::Other),
        ] {
            assert_eq!(count(text).looks(), looks, "{text}");
        }
        for (text, line_ends) in [
            ("Host: a\r\n\r\n", Some(0)),
            ("\r\n\ncontent-length:3\n", Some(2)),
            ("Dear: all\n", None),
            ("a=b&Host: c", None),
            ("", None),
        ] {
            assert_eq!(count(text).header_behind(), line_ends, "{text}");
        }
    }

    /// Byte by byte, as it is meant.
    fn plainly(bytes: &[u8]) -> Count {
        let mut plain = Count::default();
        for &byte in bytes {
            if let Some(place) = plain.opening.get_mut(usize::try_from(plain.bytes).unwrap()) {
                *place = byte;
            }
            plain.bytes += 1;
            match byte {
                b'\n' if plain.last == b'\r' => {
                    plain.crlf += 1;
                    (plain.end, plain.end_crlf) = (plain.end + 1, plain.end_crlf + 1);
                }
                b'\n' => (plain.lf, plain.end) = (plain.lf + 1, plain.end + 1),
                b'\r' => plain.end += 1,
                _ => {
                    plain.continued += u64::from(byte & 0xc0 == 0x80);
                    (plain.end, plain.end_crlf) = (0, 0);
                }
            }
            plain.last = byte;
        }
        plain
    }

    proptest! {
        #[test]
        fn many_at_once_are_as_many_as_one_by_one(
            bytes in prop::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(0xbc), Just(b'x')], 0..900),
            cut in 0..900_usize,
        ) {
            let mut count = Count::default();
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            count.add(first);
            count.add(second);
            prop_assert_eq!(format!("{count:?}"), format!("{:?}", plainly(&bytes)));
        }
    }
}
