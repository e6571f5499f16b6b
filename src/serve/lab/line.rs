//! Takes one line off the front of the bytes that have come so far.
//!
//! Only splitting: what a line means is `head`'s and `body`'s work.

/// What the front of a buffer holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Front<'a> {
    /// A whole line without its end, and how many bytes it and its end take up.
    Line(&'a [u8], usize),
    /// The end of the line has not come yet.
    Partial,
    /// There is no end of line among the first `limit` bytes.
    TooLong,
}

/// Looks for a line of at most `limit` bytes, its end counted in.
///
/// RFC 9112 section 2.2 lets a recipient take a bare LF for the end of a line. We do, because
/// that is what the Enter key sends; one CR before the LF belongs to the end. The answer depends
/// on the first `limit` bytes alone, so it is the same however the bytes were cut into reads.
pub(super) fn front(bytes: &[u8], limit: usize) -> Front<'_> {
    let window = &bytes[..bytes.len().min(limit)];
    match window.iter().position(|&byte| byte == b'\n') {
        Some(end) => {
            let line = &window[..end];
            Front::Line(line.strip_suffix(b"\r").unwrap_or(line), end + 1)
        }
        None if window.len() == limit => Front::TooLong,
        None => Front::Partial,
    }
}

/// Whether `byte` may separate words: SP or HTAB.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `bytes` without the blanks at both ends.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let Some(first) = bytes.iter().position(|&byte| !is_blank(byte)) else {
        return &[];
    };
    let last = bytes.iter().rposition(|&byte| !is_blank(byte)).unwrap_or(first);
    &bytes[first..=last]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_line_ends_are_taken_off() {
        assert_eq!(front(b"GET\r\nrest", 99), Front::Line(b"GET", 5));
        assert_eq!(front(b"GET\nrest", 99), Front::Line(b"GET", 4));
        assert_eq!(front(b"\n", 99), Front::Line(b"", 1));
        assert_eq!(front(b"a\r\r\n", 99), Front::Line(b"a\r", 4));
    }

    #[test]
    fn the_limit_counts_the_line_end() {
        assert_eq!(front(b"abc\n", 4), Front::Line(b"abc", 4));
        assert_eq!(front(b"abcd\n", 4), Front::TooLong);
        assert_eq!(front(b"abc", 4), Front::Partial);
        assert_eq!(front(b"", 0), Front::TooLong);
    }

    #[test]
    fn trimming_keeps_inner_blanks() {
        assert_eq!(trim(b" \ta b\t "), b"a b");
        assert_eq!(trim(b" \t "), b"");
        assert_eq!(trim(b"x"), b"x");
    }
}
