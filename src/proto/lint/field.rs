//! Header lines of either direction (RFC 9112 section 5): name and value, and what the framing of a
//! body depends on.

/// How a line of a head is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// It goes on with the one before it.
    Folded,
    NoColon,
    /// The name as it stands, spaces before the colon too, and the value without spaces around it.
    Pair(&'a [u8], &'a [u8]),
}

/// Takes a line apart.
pub(super) fn split(line: &[u8]) -> Field<'_> {
    if matches!(line, [b' ' | b'\t', ..]) {
        return Field::Folded;
    }
    match line.iter().position(|&byte| byte == b':') {
        Some(colon) => Field::Pair(&line[..colon], line[colon + 1..].trim_ascii()),
        None => Field::NoColon,
    }
}

/// What a head says about the body behind it.
#[derive(Debug, Default)]
pub(super) struct BodyFields {
    pub(super) length: Option<u64>,
    /// A second, different length.
    pub(super) other_length: Option<u64>,
    /// Whether there is a Transfer-Encoding, and its last coding is `chunked`.
    pub(super) chunked: Option<bool>,
    /// `Connection: close`.
    pub(super) close: bool,
    /// `Connection: keep-alive`.
    pub(super) keep_alive: bool,
}

impl BodyFields {
    /// Notes a field, by its name in whatever letters. `Err`: a length that is not one number,
    /// though several times the same one count (RFC 9110 section 8.6).
    pub(super) fn read(&mut self, name: &[u8], value: &[u8]) -> Result<(), ()> {
        if name.eq_ignore_ascii_case(b"Content-Length") {
            let length = repeated(value).ok_or(())?;
            match self.length {
                Some(first) if first != length => self.other_length = Some(length),
                _ => self.length = Some(length),
            }
            number(value).ok_or(())?;
        } else if name.eq_ignore_ascii_case(b"Transfer-Encoding") {
            self.chunked = Some(items(value).last().is_some_and(|coding| is(coding, b"chunked")));
        } else if name.eq_ignore_ascii_case(b"Connection") {
            self.close |= items(value).any(|option| is(option, b"close"));
            self.keep_alive |= items(value).any(|option| is(option, b"keep-alive"));
        }
        Ok(())
    }
}

fn items(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
}

fn is(item: &[u8], name: &[u8]) -> bool {
    item.eq_ignore_ascii_case(name)
}

/// A number, or a list of the same one.
pub(super) fn repeated(value: &[u8]) -> Option<u64> {
    let mut numbers = items(value).map(number);
    let first = numbers.next()??;
    numbers.all(|number| number == Some(first)).then_some(first)
}

/// Digits and nothing else.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    if !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None; // parse() takes a sign
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{BodyFields, Field, number, repeated, split};

    #[test]
    fn a_line_is_a_name_and_a_value() {
        assert_eq!(split(b"Host:  a b "), Field::Pair(b"Host", b"a b"));
        assert_eq!(split(b"Host : a:1"), Field::Pair(b"Host ", b"a:1"));
        assert_eq!(split(b" more"), Field::Folded);
        assert_eq!(split(b"more"), Field::NoColon);
        assert_eq!(split(b":"), Field::Pair(b"", b""));
    }

    #[test]
    fn the_framing_is_read() {
        let mut fields = BodyFields::default();
        for (name, value) in [
            (&b"content-length"[..], &b"12"[..]),
            (b"Content-Length", b"12"),
            (b"Transfer-Encoding", b"gzip, Chunked"),
            (b"Connection", b"upgrade,close"),
            (b"Other", b"x"),
        ] {
            assert_eq!(fields.read(name, value), Ok(()));
        }
        assert_eq!((fields.length, fields.other_length), (Some(12), None));
        assert_eq!((fields.chunked, fields.close, fields.keep_alive), (Some(true), true, false));
        assert_eq!(fields.read(b"Content-Length", b"13"), Ok(()));
        assert_eq!(fields.other_length, Some(13));
        assert_eq!(fields.read(b"Content-Length", b"+1"), Err(()));
        assert_eq!(fields.read(b"Transfer-Encoding", b"chunked, gzip"), Ok(()));
        assert_eq!(fields.chunked, Some(false));
    }

    #[test]
    fn a_number_is_digits() {
        for wrong in ["", "-1", "+1", " 1", "1x", "99999999999999999999999"] {
            assert_eq!(number(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(number(b"007"), Some(7));
        assert_eq!((repeated(b"7 , 07"), repeated(b"7,8"), repeated(b"7,")), (Some(7), None, None));
    }
}
