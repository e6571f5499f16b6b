//! What one line of a head means: the request line (RFC 9112 section 3) and a header (section 5).

use super::line::{is_blank, trim};
use super::refusal::{NameFault, Refusal};
use super::request::{Header, Version};

/// The three words of a request line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RequestLine<'a> {
    pub(super) method: &'a [u8],
    pub(super) target: &'a [u8],
    pub(super) version: Version,
}

/// Reads a request line.
///
/// Words may be set apart by several blanks and stand between blanks, which RFC 9112 section 3
/// leaves open to a lenient server: people type these lines, and `GET /login  HTTP/1.1` with two
/// blanks is found in lessons.
pub(super) fn request_line(line: &[u8]) -> Result<RequestLine<'_>, Refusal> {
    let mut words = line.split(|&byte| is_blank(byte)).filter(|word| !word.is_empty());
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        let words = line.split(|&byte| is_blank(byte)).filter(|word| !word.is_empty()).count();
        return Err(Refusal::NotThreeWords { words });
    };
    if !is_token(method) {
        return Err(Refusal::Method);
    }
    if target.iter().any(u8::is_ascii_control) {
        return Err(Refusal::Target);
    }
    Ok(RequestLine { method, target, version: parse_version(version)? })
}

/// `HTTP/` in capitals, then digits, or digits and a dot and digits.
fn parse_version(word: &[u8]) -> Result<Version, Refusal> {
    match word {
        b"HTTP/1.1" => return Ok(Version::Http11),
        b"HTTP/1.0" => return Ok(Version::Http10),
        _ => {}
    }
    let Some(number) = word.strip_prefix(b"HTTP/") else {
        return Err(Refusal::VersionSyntax);
    };
    let mut parts = number.split(|&byte| byte == b'.');
    let well_written = parts.by_ref().take(2).all(is_number) && parts.next().is_none();
    Err(if well_written { Refusal::Version } else { Refusal::VersionSyntax })
}

/// Reads a header; `line` is its number in the head and serves the refusal alone.
pub(super) fn header(bytes: &[u8], line: usize) -> Result<Header, Refusal> {
    if bytes.first().is_some_and(|&byte| is_blank(byte)) {
        return Err(Refusal::Folded { line });
    }
    let Some(colon) = bytes.iter().position(|&byte| byte == b':') else {
        return Err(Refusal::NoColon { line });
    };
    let (name, value) = (&bytes[..colon], trim(&bytes[colon + 1..]));
    if let Some(fault) = name_fault(name) {
        return Err(Refusal::HeaderName { line, fault });
    }
    if value.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(Refusal::HeaderValue { line });
    }
    Ok(Header { name: name.to_vec(), value: value.to_vec() })
}

/// A row of at least one digit.
pub(super) fn is_number(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// Why it is no name of a header, if it is none.
fn name_fault(name: &[u8]) -> Option<NameFault> {
    match name {
        [] => Some(NameFault::Missing),
        [.., last] if is_blank(*last) => Some(NameFault::Blank),
        name if !is_token(name) => Some(NameFault::Byte),
        _ => None,
    }
}

/// A token of RFC 9110 section 5.6.2.
fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_lines() {
        let hello = RequestLine { method: b"GET", target: b"/hello", version: Version::Http11 };
        for line in ["GET /hello HTTP/1.1", "GET /hello  HTTP/1.1", "  GET\t /hello \t HTTP/1.1  "]
        {
            assert_eq!(request_line(line.as_bytes()).as_ref(), Ok(&hello), "{line}");
        }
        assert_eq!(
            request_line(b"GET /hello HTTP/1.0").map(|line| line.version),
            Ok(Version::Http10)
        );
    }

    #[test]
    fn wrong_request_lines() {
        use Refusal::{Method, NotThreeWords, Target, Version, VersionSyntax};
        for (line, refusal) in [
            ("", NotThreeWords { words: 0 }),
            ("  ", NotThreeWords { words: 0 }),
            ("GET /hello", NotThreeWords { words: 2 }),
            ("GET /hel lo HTTP/1.1", NotThreeWords { words: 4 }),
            ("G{T /hello HTTP/1.1", Method),
            ("G\u{e9}T /hello HTTP/1.1", Method),
            ("GET /hel\0lo HTTP/1.1", Target),
            ("GET /hello HTTP/1.1\r", VersionSyntax),
            ("GET /hello http/1.1", VersionSyntax),
            ("GET /hello HTTP/", VersionSyntax),
            ("GET /hello HTTP/1.1.1", VersionSyntax),
            ("GET /hello HTTP/1.", VersionSyntax),
            ("GET /hello HTTP/one", VersionSyntax),
            ("GET /hello HTTP/1.2", Version),
            ("GET /hello HTTP/0.9", Version),
            ("GET /hello HTTP/2", Version),
            ("GET /hello HTTP/2.0", Version),
        ] {
            assert_eq!(request_line(line.as_bytes()), Err(refusal), "{line:?}");
        }
    }

    #[test]
    fn headers() {
        let read = header(b"Content-Length: \t34 ", 2).unwrap();
        assert_eq!(read.name, b"Content-Length");
        assert_eq!(read.value, b"34");
        assert_eq!(header(b"X:", 2).unwrap().value, b"");
        assert_eq!(header(b"X:a:b", 2).unwrap().value, b"a:b");
        assert_eq!(header(b"X: a\tb\xff", 2).unwrap().value, b"a\tb\xff");
    }

    #[test]
    fn wrong_headers() {
        use Refusal::{Folded, HeaderName, HeaderValue, NoColon};
        for (line, refusal) in [
            ("no colon here", NoColon { line: 7 }),
            ("Host : x", HeaderName { line: 7, fault: NameFault::Blank }),
            ("\"Host\"\t: x", HeaderName { line: 7, fault: NameFault::Blank }),
            (": x", HeaderName { line: 7, fault: NameFault::Missing }),
            ("\"Host\": x", HeaderName { line: 7, fault: NameFault::Byte }),
            ("Ho st: x", HeaderName { line: 7, fault: NameFault::Byte }),
            ("H\u{f6}st: x", HeaderName { line: 7, fault: NameFault::Byte }),
            (" Host: x", Folded { line: 7 }),
            (" ", Folded { line: 7 }),
            ("Host: a\rb", HeaderValue { line: 7 }),
            ("Host: a\0", HeaderValue { line: 7 }),
        ] {
            assert_eq!(header(line.as_bytes(), 7), Err(refusal), "{line:?}");
        }
    }
}
