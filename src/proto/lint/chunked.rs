//! A body in chunks (RFC 9112 section 7.1), counted as it passes.

use super::line::Lines;

/// Where in the body.
#[derive(Debug)]
enum State {
    /// In a line with a size.
    Size(Lines),
    /// So many bytes of data are left.
    Data(u64),
    /// In the line end behind data.
    End(Lines),
    /// Behind the last chunk.
    Trailer(Lines),
    Done,
    /// A size is no number.
    Broken,
}

/// What came of some bytes.
pub(super) enum Seen<'a> {
    /// They belong to the framing.
    Framing,
    /// They are data.
    Data(&'a [u8]),
    /// They end the body.
    Done,
    /// They are no chunks: nothing behind them is understood.
    Broken,
}

/// A body in chunks.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
}

impl Chunked {
    pub(super) fn new() -> Self {
        Self { state: State::Size(Lines::default()) }
    }

    /// Looks at the next bytes; how many, at least one, and what they are.
    pub(super) fn take<'a>(&mut self, bytes: &'a [u8]) -> (usize, Seen<'a>) {
        let (used, line) = match &mut self.state {
            State::Data(left) => {
                let most = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= most as u64;
                if *left == 0 {
                    self.state = State::End(Lines::default());
                }
                return (most, Seen::Data(&bytes[..most]));
            }
            State::Done => return (bytes.len(), Seen::Done),
            State::Broken => return (bytes.len(), Seen::Broken),
            State::Size(lines) | State::End(lines) | State::Trailer(lines) => lines.take(bytes),
        };
        let Some(line) = line else {
            return (used, Seen::Framing);
        };
        self.state = match &self.state {
            State::Size(_) => match size(&line.text) {
                None => State::Broken,
                Some(0) => State::Trailer(Lines::default()),
                Some(size) => State::Data(size),
            },
            State::End(_) if line.length > 0 => State::Broken,
            State::Trailer(_) if line.length > 0 => State::Trailer(Lines::default()),
            State::Trailer(_) => State::Done,
            _ => State::Size(Lines::default()),
        };
        let seen = match self.state {
            State::Done => Seen::Done,
            State::Broken => Seen::Broken,
            _ => Seen::Framing,
        };
        (used, seen)
    }
}

/// The size that a chunk's first line gives; extensions behind `;` are not looked at.
fn size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    let digits = std::str::from_utf8(digits).ok()?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None; // from_str_radix takes a sign
    }
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{Chunked, Seen, size};

    /// The data, what is left behind the body, and whether it was whole.
    fn read(mut rest: &[u8]) -> (Vec<u8>, &[u8], Option<bool>) {
        let (mut chunked, mut data) = (Chunked::new(), Vec::new());
        while !rest.is_empty() {
            let (used, seen) = chunked.take(rest);
            assert!(used > 0);
            rest = &rest[used..];
            match seen {
                Seen::Framing => {}
                Seen::Data(bytes) => data.extend_from_slice(bytes),
                Seen::Done => return (data, rest, Some(true)),
                Seen::Broken => return (data, rest, Some(false)),
            }
        }
        (data, rest, None)
    }

    #[test]
    fn a_body_ends_behind_its_last_chunk() {
        let whole = b"5\r\nhello\r\nA;x=y\r\n, 12345678\r\n0\r\nT: v\r\n\r\nHTTP";
        assert_eq!(read(whole), (b"hello, 12345678".to_vec(), &b"HTTP"[..], Some(true)));
        assert_eq!(read(b"1\na\n0\n\n"), (b"a".to_vec(), &b""[..], Some(true)));
        assert_eq!(read(b"5\r\nhel").2, None);
    }

    #[test]
    fn a_size_is_a_number() {
        for (line, number) in
            [(&b"1f"[..], Some(31)), (b" 0 ;a", Some(0)), (b"", None), (b"+1", None), (b"x", None)]
        {
            assert_eq!(size(line), number);
        }
        assert_eq!(size(b"fffffffffffffffff"), None);
        assert_eq!(read(b"2\r\nabc\r\n").2, Some(false));
    }
}
