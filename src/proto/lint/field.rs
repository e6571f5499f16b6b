//! Header lines of either direction (RFC 9112 section 5): name and value, and what the framing of a
//! body depends on.

/// How a line of a head is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// Nothing but blanks.
    Blank,
    /// It goes on with the one before it.
    Folded,
    NoColon,
    /// The name as it stands, spaces before the colon too, and the value without spaces around it.
    Pair(&'a [u8], &'a [u8]),
}

/// Takes a line apart.
pub(super) fn split(line: &[u8]) -> Field<'_> {
    if matches!(line, [b' ' | b'\t', ..]) {
        return if line.trim_ascii().is_empty() { Field::Blank } else { Field::Folded };
    }
    match line.iter().position(|&byte| byte == b':') {
        Some(colon) => Field::Pair(&line[..colon], line[colon + 1..].trim_ascii()),
        None => Field::NoColon,
    }
}

/// Why a Content-Length is none, or should not be written so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LengthFault {
    /// It is no number.
    NotNumber,
    /// More than can be counted.
    TooLarge,
    /// A list of one number, again and again, which counts (RFC 9110 section 8.6).
    Repeated,
}

/// What a head says about the body behind it.
#[derive(Debug, Default)]
pub(super) struct BodyFields {
    pub(super) length: Option<u64>,
    /// One that is none was there.
    pub(super) bad_length: bool,
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
    /// Notes a field, by its name in whatever letters. `Err`: a length that is not one number.
    pub(super) fn read(&mut self, name: &[u8], value: &[u8]) -> Result<(), LengthFault> {
        if name.eq_ignore_ascii_case(b"Content-Length") {
            let Some(length) = repeated(value) else {
                self.bad_length = true;
                let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
                return Err(if is_number { LengthFault::TooLarge } else { LengthFault::NotNumber });
            };
            match self.length {
                Some(first) if first != length => self.other_length = Some(length),
                _ => self.length = Some(length),
            }
            number(value).ok_or(LengthFault::Repeated)?;
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
fn repeated(value: &[u8]) -> Option<u64> {
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
    use super::{BodyFields, Field, LengthFault, number, repeated, split};

    #[test]
    fn a_line_is_a_name_and_a_value() {
        assert_eq!(split(b"Host:  a b "), Field::Pair(b"Host", b"a b"));
        assert_eq!(split(b"Host : a:1"), Field::Pair(b"Host ", b"a:1"));
        assert_eq!(split(b" more"), Field::Folded);
        assert_eq!((split(b" "), split(b"\t \r")), (Field::Blank, Field::Blank));
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
        for (value, fault) in [
            (&b"+1"[..], LengthFault::NotNumber),
            (b"", LengthFault::NotNumber),
            (b"7, 8", LengthFault::NotNumber),
            (b"13, 13", LengthFault::Repeated),
            (b"99999999999999999999", LengthFault::TooLarge),
        ] {
            assert_eq!(fields.read(b"Content-Length", value), Err(fault));
        }
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
