//! The bytes of a body, counted in the ways in which people count.

use super::note::{BodySize, Looks};

/// As much of the beginning as is kept to see what a body looks like.
const OPENING_MAX: usize = 64;

/// What was counted.
#[derive(Debug, Clone, Default)]
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
    opening: Vec<u8>,
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
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = OPENING_MAX - self.opening.len();
        self.opening.extend_from_slice(&bytes[..room.min(bytes.len())]);
        self.bytes += bytes.len() as u64;
        for &byte in bytes {
            match byte {
                b'\n' if self.last == b'\r' => {
                    self.crlf += 1;
                    (self.end, self.end_crlf) = (self.end + 1, self.end_crlf + 1);
                }
                b'\n' => (self.lf, self.end) = (self.lf + 1, self.end + 1),
                b'\r' => self.end += 1,
                _ => {
                    self.continued += u64::from(byte & 0xc0 == 0x80);
                    (self.end, self.end_crlf) = (0, 0);
                }
            }
            self.last = byte;
        }
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

    pub(super) fn looks(&self) -> Looks {
        let text = self.opening.trim_ascii_start();
        let name = text.iter().position(|byte| matches!(byte, b'=' | b' ' | b'\r' | b'\n'));
        match text.first() {
            Some(b'{' | b'[') => Looks::Json,
            Some(_) if name.is_some_and(|at| at > 0 && text.get(at) == Some(&b'=')) => Looks::Form,
            _ => Looks::Other,
        }
    }
}

#[cfg(test)]
mod tests {
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
    }
}
