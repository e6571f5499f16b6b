//! Lines: ended by CR LF, or by a bare LF.

use super::error::{Stage, StartTlsError};

/// Whether these bytes are a whole line. A NUL is in no line of these protocols but in most
/// binary ones: who waits for a line end there may wait for ever.
pub(super) fn is_whole(stage: Stage, seen: &[u8]) -> Result<bool, StartTlsError> {
    match seen.last() {
        Some(0) => Err(StartTlsError::Unexpected(stage, seen.to_vec())),
        last => Ok(last == Some(&b'\n')),
    }
}

/// The line without its end.
pub(super) fn text(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The first word and what stands behind the blank.
pub(super) fn first_word(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|&byte| byte == b' ') {
        Some(blank) => (&text[..blank], &text[blank + 1..]),
        None => (text, b""),
    }
}

#[cfg(test)]
mod tests {
    use super::{Stage, StartTlsError, first_word, is_whole, text};

    #[test]
    fn a_line_ends_with_lf_and_has_no_nul() {
        for (seen, whole) in [(&b"a"[..], false), (b"a\r", false), (b"a\r\n", true), (b"\n", true)]
        {
            assert_eq!(is_whole(Stage::Greeting, seen), Ok(whole));
        }
        let error = StartTlsError::Unexpected(Stage::Greeting, b"J\0".to_vec());
        assert_eq!(is_whole(Stage::Greeting, b"J\0"), Err(error));
    }

    #[test]
    fn one_line_end_is_taken_off() {
        for line in ["a b", "a b\n", "a b\r\n"] {
            assert_eq!(text(line.as_bytes()), b"a b");
        }
        assert_eq!(text(b"a\r\r\n"), b"a\r");
        assert_eq!(first_word(b"a b c"), (&b"a"[..], &b"b c"[..]));
        assert_eq!(first_word(b"a"), (&b"a"[..], &b""[..]));
    }
}
