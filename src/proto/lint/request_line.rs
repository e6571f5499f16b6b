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

/// Whether somebody who types the line means it as the first of a request, of which more or less is
/// missing: a method or a path stands alone in it.
pub(super) fn is_meant_as_one(line: &[u8]) -> bool {
    let is_path = line.starts_with(b"/") && words(line).nth(1).is_none();
    is_path || USUAL.iter().any(|method| method.as_bytes() == line) || is_request_line(line)
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
    let at = behind.iter().rposition(|word| is_version(word)).unwrap_or(behind.len());
    let (before, from) = behind.split_at(at);
    let (target, version) = match (from, before) {
        ([word], _) => (before, version(word, notes)),
        ([http, number], _)
            if http.len() == 4 && number.first().is_some_and(u8::is_ascii_digit) =>
        {
            notes.push(Note::Version { version: shown(&[*http, b" ", *number].concat()) });
            (before, Version::Other)
        }
        ([word, ..], _) => {
            let version = version(word, notes);
            notes.push(Note::BehindVersion { version: shown(word) });
            (before, version)
        }
        ([], [target @ .., last]) if !target.is_empty() && is_misspelt_version(last) => {
            notes.push(Note::VersionMisspelt { version: shown(last) });
            (target, Version::None)
        }
        ([], _) => {
            notes.push(Note::NoVersion);
            (before, Version::None)
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
    if !is_form && begins_with_host(&target) {
        notes.push(Note::HostInTarget { target: shown(&target) });
    } else if !is_form {
        notes.push(Note::TargetForm { target: shown(&target) });
    }
    if words.len() > 1 {
        notes.push(Note::SpaceInTarget { target: shown(&target) });
    }
    if !target.is_ascii() {
        notes.push(Note::TargetNotAscii { target: shown(&target) });
    }
}

/// Whether what should be a path is a URL without its scheme.
fn begins_with_host(target: &[u8]) -> bool {
    let slash = target.iter().position(|&byte| byte == b'/');
    let authority = &target[..slash.unwrap_or(target.len())];
    let colon = authority.iter().position(|&byte| byte == b':');
    let (host, port) = authority.split_at(colon.unwrap_or(authority.len()));
    let is_number = |text: &[u8]| text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let is_name = |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    // a file's name has a dot too
    let is_host = port.len() > 1
        || host.eq_ignore_ascii_case(b"localhost")
        || host.contains(&b'.') && (slash.is_some() || is_number(host));
    !host.is_empty()
        && host.iter().all(is_name)
        && is_number(port.get(1..).unwrap_or_default())
        && is_host
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
    word.split_at_checked(4).is_some_and(|(http, behind)| {
        let is_url = behind.starts_with(b"://");
        is_http(http) && !is_url && behind.first().is_none_or(|next| !next.is_ascii_alphabetic())
    })
}

/// Whether this may be meant as one, with letters wrong or missing: `HTP/1.1`.
fn is_misspelt_version(word: &[u8]) -> bool {
    let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (name, number) = word.split_at(letters);
    let is_like = matches!(name, [b'h' | b'H', ..] | [.., b'p' | b'P']);
    is_like && matches!(number, [b'/', b'0'..=b'9', b'.', b'0'..=b'9'])
}

/// RFC 9110 section 5.6.2.
pub(super) fn is_token(word: &[u8]) -> bool {
    let token = |&byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !word.is_empty() && word.iter().all(token)
}

#[cfg(test)]
mod tests {
    use super::{
        Note, RequestLine, Version, is_meant_as_one, is_request_line, may_be_request_line, read,
    };

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
            ("GET / HTP/1.1", &["version_misspelt"]),
            ("GET / HTTPS/1.1", &["version_misspelt"]),
            ("GET /a b/1.1", &["no_version", "space_in_target"]),
            ("GET HTP/1.1", &["no_version", "target_form"]),
            ("GET / HTTP/1.1 Host: localhost", &["behind_version"]),
            ("GET http://localhost/", &["no_version"]),
            ("GET localhost:5105/hello HTTP/1.1", &["host_in_target"]),
            ("GET localhost HTTP/1.1", &["host_in_target"]),
            ("GET 127.0.0.1 HTTP/1.1", &["host_in_target"]),
            ("GET example.org/index.html HTTP/1.1", &["host_in_target"]),
            ("GET index.html HTTP/1.1", &["target_form"]),
            ("GET a:b/c HTTP/1.1", &["target_form"]),
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
        for line in ["GET", "/hello", "GET /", "get / http/1.1"] {
            assert!(is_meant_as_one(line.as_bytes()), "{line}");
        }
        for line in ["get", "/join #rust", "hello", "EHLO me", ""] {
            assert!(!is_meant_as_one(line.as_bytes()), "{line}");
        }
        assert!(may_be_request_line(b"GE") && !may_be_request_line(b"na"));
    }
}
