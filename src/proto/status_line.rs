//! The status line of an HTTP answer (RFC 9112 section 4), taken exactly: `HTTP/1.0 2001` is no
//! success. The blank behind the digits may be missing together with the reason, for many servers
//! leave it out.

/// Every answer begins like this; what does not is not waited for.
const PROTOCOL: &[u8] = b"HTTP/";
/// Of `HTTP/1.0 ` and `HTTP/1.1 `, in bytes.
const PREFIX_LEN: usize = 9;
/// The shortest status line, for example `HTTP/1.0 200`, in bytes.
pub(super) const LEN_MIN: usize = PREFIX_LEN + 3;

/// Whether this may be the beginning of a status line of any version.
pub(super) fn may_be_http(line: &[u8]) -> bool {
    line.starts_with(PROTOCOL) || PROTOCOL.starts_with(line)
}

/// Whether this is a line of HTTP of any version.
pub(super) fn is_http(line: &[u8]) -> bool {
    line.starts_with(PROTOCOL)
}

/// Status and reason of a line without its end; `None` if it is malformed or of another version.
pub(super) fn parse(line: &[u8]) -> Option<(u16, &[u8])> {
    let (b"HTTP/1.0 " | b"HTTP/1.1 ", rest) = line.split_at_checked(PREFIX_LEN)? else {
        return None;
    };
    let (digits, reason) = rest.split_at_checked(3)?;
    let reason = match reason {
        [] => reason,
        [b' ', reason @ ..] => reason,
        _ => return None,
    };
    let status = digits.iter().try_fold(0, |status, digit| {
        digit.is_ascii_digit().then(|| status * 10 + u16::from(digit - b'0'))
    })?;
    Some((status, reason))
}

#[cfg(test)]
mod tests {
    use super::{LEN_MIN, is_http, may_be_http, parse};

    #[test]
    fn status_and_reason() {
        let lines: &[(&[u8], u16, &[u8])] = &[
            (b"HTTP/1.0 200 OK", 200, b"OK"),
            (b"HTTP/1.1 200 Connection established", 200, b"Connection established"),
            (b"HTTP/1.1 407", 407, b""),
            (b"HTTP/1.1 204 ", 204, b""),
            (b"HTTP/1.1 200 a\r\x1b\xff", 200, b"a\r\x1b\xff"),
        ];
        for (line, status, reason) in lines {
            assert_eq!(parse(line), Some((*status, *reason)));
            assert!(line.len() >= LEN_MIN);
        }
    }

    #[test]
    fn nothing_is_taken_by_its_beginning() {
        for line in [
            "HTTP/1.0 2001",
            "HTTP/1.0 20",
            "HTTP/1.0 20x",
            "HTTP/1.0 200OK",
            "HTTP/1.0  200",
            "HTTP/1.0",
            "HTTP/1.2 200",
            "HTTP/1.10 200",
            "HTTP/2 200",
            "HTTP/1.0\t200",
            "HTTP/1.0 200\tOK",
            "HTTP/1.0 200\r",
            "HTTP/1.0 -20",
            "HTTP/1.0 +20",
            "http/1.0 200",
            "HTTP/",
        ] {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn http_is_told_by_its_first_five_bytes() {
        for beginning in ["", "H", "HTTP", "HTTP/", "HTTP/2 200"] {
            assert!(may_be_http(beginning.as_bytes()));
            assert_eq!(is_http(beginning.as_bytes()), beginning.len() >= 5);
        }
        for other in ["S", "HTTPS", "http/", "\r", "\x15\x03"] {
            assert!(!may_be_http(other.as_bytes()) && !is_http(other.as_bytes()));
        }
    }
}
