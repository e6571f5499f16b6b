//! The names of headers that requests have and that people type, of those in the IANA registry of
//! HTTP fields.

/// Each in its usual letters.
pub const USUAL: &[&str] = &[
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "Date",
    "Expect",
    "Forwarded",
    "From",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Max-Forwards",
    "Origin",
    "Pragma",
    "Prefer",
    "Priority",
    "Proxy-Authorization",
    "Range",
    "Referer",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Via",
    "X-Forwarded-For",
    "X-Requested-With",
];

/// Whether it is one of [`USUAL`], in whatever letters it is written (RFC 9110 section 5.1).
pub fn is_usual(name: &[u8]) -> bool {
    USUAL.iter().any(|usual| usual.as_bytes().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::{USUAL, is_usual};

    #[test]
    fn each_name_is_there_once() {
        assert!(USUAL.is_sorted_by(|one, two| one < two));
        assert!(is_usual(b"content-length") && !is_usual(b"content") && !is_usual(b""));
    }
}
