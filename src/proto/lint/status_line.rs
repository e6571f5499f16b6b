//! The first line of an answer (RFC 9112 section 4), as leniently as clients read it.

use super::field;

/// Whether it is of HTTP/1.0, and the status, of a status line; anything between the two and behind
/// them is for programs that are stricter.
pub(super) fn status(line: &[u8]) -> Option<(bool, u16)> {
    let rest = line.strip_prefix(b"HTTP/")?;
    let blank = rest.iter().position(|&byte| byte == b' ')?;
    let (version, rest) = (&rest[..blank], rest[blank..].trim_ascii_start());
    let (digits, behind) = rest.split_at_checked(3)?;
    let status = field::number(digits).and_then(|status| u16::try_from(status).ok())?;
    (status >= 100 && matches!(behind.first(), None | Some(b' ')))
        .then_some((version == b"1.0", status))
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn a_status_line_is_read() {
        assert_eq!(status(b"HTTP/1.1 200 OK"), Some((false, 200)));
        assert_eq!(status(b"HTTP/1.0 404"), Some((true, 404)));
        for wrong in
            ["HTTP/1.1", "HTTP/1.1 2001", "HTTP/1.1 20", "ICY 200 OK", "HTTP/1.1 099 x", ""]
        {
            assert_eq!(status(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
