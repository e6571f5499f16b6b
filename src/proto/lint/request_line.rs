//! The first line of a request (RFC 9112 section 3), as somebody types it.

use super::note::{Note, shown};
use crate::proto::http_method::{USUAL, registered, usual};

/// Methods that come with a body.
const WITH_BODY: &[&str] = &["POST", "PUT", "PATCH"];

/// What matters of the line later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RequestLine {
    /// A method that comes with a body.
    pub(super) with_body: Option<&'static str>,
    pub(super) head: bool,
    pub(super) connect: bool,
    pub(super) version: Version,
}

/// The version that is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Version {
    #[default]
    None,
    Http10,
    Http11,
    Other,
}

/// Whether a line, or what has come of one, can only be the first of a request. Most registered
/// methods are words of other protocols too: these need a version behind them.
pub(super) fn is_request_line(line: &[u8]) -> bool {
    let mut words = words(line);
    let Some(first) = words.next() else {
        return false;
    };
    match words.next_back() {
        Some(last) => usual(first).is_some() || is_version(last),
        None => false,
    }
}

/// Whether a line that has not ended may be the first of a request.
pub(super) fn may_be_request_line(begun: &[u8]) -> bool {
    USUAL.iter().any(|method| method.as_bytes().starts_with(begun)) || is_request_line(begun)
}

/// Reads the line.
pub(super) fn read(line: &[u8], notes: &mut Vec<Note>) -> RequestLine {
    let all: Vec<&[u8]> = words(line).collect();
    let Some((&method, behind)) = all.split_first().filter(|(method, behind)| {
        is_token(method) && (!behind.is_empty() || usual(method).is_some())
    }) else {
        notes.push(Note::NotARequest { text: shown(line) });
        return RequestLine::default();
    };
    let name = registered(method);
    match name {
        None => notes.push(Note::MethodUnknown { method: shown(method) }),
        Some(name) if name.as_bytes() != method => {
            notes.push(Note::MethodCase { method: shown(method) });
        }
        Some(_) => {}
    }
    let (target, version) = match behind {
        [target @ .., http, number]
            if is_http(http) && number.first().is_some_and(u8::is_ascii_digit) =>
        {
            notes.push(Note::Version { version: shown(&[*http, b" ", *number].concat()) });
            (target, Version::Other)
        }
        [target @ .., last] if is_version(last) => (target, version(last, notes)),
        _ => {
            notes.push(Note::NoVersion);
            (behind, Version::None)
        }
    };
    if line.split(|&byte| byte == b' ').any(<[u8]>::is_empty) {
        notes.push(Note::SecondSpace);
    }
    read_target(target, name, notes);
    RequestLine {
        with_body: name.filter(|name| WITH_BODY.contains(name)),
        head: name == Some("HEAD"),
        connect: name == Some("CONNECT"),
        version,
    }
}

fn read_target(words: &[&[u8]], method: Option<&str>, notes: &mut Vec<Note>) {
    let target = words.join(&b' ');
    let lower = target.to_ascii_lowercase();
    let is_form = match (&lower[..], method) {
        ([b'/', ..], _) | ([b'*'], Some("OPTIONS")) => true,
        (authority, Some("CONNECT")) => authority.contains(&b':'),
        (absolute, _) => absolute.starts_with(b"http://") || absolute.starts_with(b"https://"),
    };
    if !is_form {
        notes.push(Note::TargetForm { target: shown(&target) });
    }
    if words.len() > 1 {
        notes.push(Note::SpaceInTarget { target: shown(&target) });
    }
    if !target.is_ascii() {
        notes.push(Note::TargetNotAscii { target: shown(&target) });
    }
}

fn version(word: &[u8], notes: &mut Vec<Note>) -> Version {
    match word {
        b"HTTP/1.1" => Version::Http11,
        b"HTTP/1.0" => Version::Http10,
        _ => {
            notes.push(Note::Version { version: shown(word) });
            Version::Other
        }
    }
}

fn words(line: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    line.split(|&byte| byte == b' ').filter(|word| !word.is_empty())
}

fn is_http(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"HTTP")
}

/// Whether this is meant as a version.
fn is_version(word: &[u8]) -> bool {
    word.get(..4).is_some_and(is_http) && word.get(4).is_none_or(|next| !next.is_ascii_alphabetic())
}

/// RFC 9110 section 5.6.2.
pub(super) fn is_token(word: &[u8]) -> bool {
    let token = |&byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !word.is_empty() && word.iter().all(token)
}

#[cfg(test)]
mod tests {
    use super::{Note, RequestLine, Version, is_request_line, may_be_request_line, read};

    fn notes(line: &str) -> Vec<Note> {
        let mut notes = Vec::new();
        read(line.as_bytes(), &mut notes);
        notes
    }

    fn names(line: &str) -> Vec<&'static str> {
        notes(line).iter().map(Note::name).collect()
    }

    #[test]
    fn what_is_right_is_not_noted() {
        for line in [
            "GET /hello HTTP/1.1",
            "POST /a?b=c HTTP/1.0",
            "OPTIONS * HTTP/1.1",
            "PROPFIND /calendar/ HTTP/1.1",
            "VERSION-CONTROL /a HTTP/1.1",
            "CONNECT host:443 HTTP/1.1",
            "GET http://host/ HTTP/1.1",
        ] {
            assert_eq!(names(line), [""; 0], "{line}");
        }
        let line = read(b"POST / HTTP/1.1", &mut Vec::new());
        let read = RequestLine { with_body: Some("POST"), version: Version::Http11, ..line };
        assert_eq!(line, read);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, found) in [
            ("GET /login  HTTP/1.1", &["second_space"][..]),
            (" GET / HTTP/1.1", &["second_space"]),
            ("get / HTTP/1.1", &["method_case"]),
            ("GTE / HTTP/1.1", &["method_unknown"]),
            ("propfind / HTTP/1.1", &["method_case"]),
            ("GET /hello", &["no_version"]),
            ("GET", &["no_version", "target_form"]),
            ("GET HTTP/1.1", &["target_form"]),
            ("GET hello HTTP/1.1", &["target_form"]),
            ("GET / HTTP/2", &["version"]),
            ("GET / http/1.1", &["version"]),
            ("GET / HTTP 1.1", &["version"]),
            ("GET / HTTP1.1", &["version"]),
            ("GET /a b HTTP/1.1", &["space_in_target"]),
            ("GET /a b", &["no_version", "space_in_target"]),
            ("GET /ü HTTP/1.1", &["target_not_ascii"]),
            ("Host: localhost", &["not_a_request"]),
            ("http://localhost/", &["not_a_request"]),
            ("hello", &["not_a_request"]),
            ("  ", &["not_a_request"]),
        ] {
            assert_eq!(names(line), found, "{line}");
        }
        assert_eq!(notes("GET /a b HTTP/1.1"), [Note::SpaceInTarget { target: b"/a b".to_vec() }]);
    }

    #[test]
    fn a_request_line_is_told_from_a_body() {
        for line in ["GET /", "get / http/1.1", "FROB / HTTP/1.1"] {
            assert!(is_request_line(line.as_bytes()), "{line}");
        }
        for line in ["GET", "name=joe", "UNLINK key", "Host: x", "", "{\"a\": 1}"] {
            assert!(!is_request_line(line.as_bytes()), "{line}");
        }
        assert!(may_be_request_line(b"GE") && !may_be_request_line(b"na"));
    }
}
