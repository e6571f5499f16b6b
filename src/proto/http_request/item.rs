//! One word behind the address: a field, a file, JSON, a parameter, a header.
//!
//! What it is, the first separator says: `=`, `==`, `:=`, `@` or `:`. A backslash before one of these
//! characters, or before a backslash, makes it part of the name.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::request::{
    Body, CONTENT_TYPE, Content, Header, Member, Pair, Part, Request, SENT_BY_ITSELF,
};
use super::{Problem, json};

/// One word behind the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `name=value`: a field of a form.
    Field(Pair),
    /// `name==value`: a parameter behind the path.
    Query(Pair),
    /// `name:=json`: a member of a JSON object.
    Json(Member),
    /// `name@FILE`: a file in a form.
    File(Part),
    /// `@FILE`: the body.
    Body(PathBuf),
    /// `Header:value`, or `Header:` for one that is not to be sent.
    Header(Header),
}

impl Item {
    /// Reads a word.
    pub fn parse(word: &[u8]) -> Result<Self, Problem> {
        let (name, rest) = name(word).ok_or(Problem::NoSeparator)?;
        match rest {
            [b':', b'=', text @ ..] => json::member(name, text).map(Self::Json),
            [b'=', b'=', value @ ..] => Ok(Self::Query(Pair { name, value: value.to_vec() })),
            [b'=', value @ ..] => {
                let value = if hides_sign(value) { &value[1..] } else { value };
                Ok(Self::Field(Pair { name, value: value.to_vec() }))
            }
            [b'@'] => Err(Problem::NoFile),
            [b'@', path @ ..] => {
                let path = PathBuf::from(OsStr::from_bytes(path));
                Ok(if name.is_empty() {
                    Self::Body(path)
                } else {
                    Self::File(Part { name, content: Content::File(path) })
                })
            }
            [_, value @ ..] => header(name, value).map(Self::Header),
            [] => Err(Problem::NoSeparator),
        }
    }

    /// The words that a request was made of.
    pub fn of(request: &Request) -> Vec<Self> {
        let headers = request.headers.iter().cloned().map(Self::Header);
        let body: Vec<Self> = match &request.body {
            Body::Nothing => Vec::new(),
            Body::Form(pairs) => pairs.iter().cloned().map(Self::Field).collect(),
            Body::Json(members) => members.iter().cloned().map(Self::Json).collect(),
            Body::File(path) => vec![Self::Body(path.clone())],
            Body::Multipart(parts) => parts.iter().cloned().map(Self::of_part).collect(),
        };
        headers.chain(body).collect()
    }

    /// Whether it says of what type a body in parts is.
    pub fn is_type_of_parts(&self) -> bool {
        const PARTS: &[u8] = b"multipart/";
        let Self::Header(Header::Sent { name, value }) = self else { return false };
        let is_type = name.eq_ignore_ascii_case(CONTENT_TYPE.as_bytes());
        is_type && value.get(..PARTS.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(PARTS))
    }

    fn of_part(part: Part) -> Self {
        match part.content {
            Content::Text(value) => Self::Field(Pair { name: part.name, value }),
            Content::File(_) => Self::File(part),
        }
    }

    /// The word that [`Item::parse`] reads as this.
    pub fn word(&self) -> Vec<u8> {
        let (name, separator, value): (&[u8], &[u8], &[u8]) = match self {
            Self::Field(pair) if hides_sign(&pair.value) || pair.value.starts_with(b"=") => {
                (&pair.name, b"=\\", &pair.value)
            }
            Self::Field(pair) => (&pair.name, b"=", &pair.value),
            Self::Query(pair) => (&pair.name, b"==", &pair.value),
            Self::Json(member) => (member.name.as_bytes(), b":=", member.text.as_bytes()),
            Self::File(part) => (&part.name, b"@", part.content.as_bytes()),
            Self::Body(path) => (b"", b"@", path.as_os_str().as_bytes()),
            Self::Header(Header::Sent { name, value })
                if value.is_empty() || value.starts_with(b"=") =>
            {
                (name, b": ", value)
            }
            Self::Header(Header::Sent { name, value }) => (name, b":", value),
            Self::Header(Header::Left(name)) => (name, b":", b""),
        };
        let mut word = Vec::with_capacity(name.len() + separator.len() + value.len());
        for &byte in name {
            if is_special(byte) {
                word.push(b'\\');
            }
            word.push(byte);
        }
        word.extend_from_slice(separator);
        word.extend_from_slice(value);
        word
    }
}

const fn is_special(byte: u8) -> bool {
    matches!(byte, b'=' | b':' | b'@' | b'\\')
}

/// A value that begins with `=` would be a parameter's, so it stands behind a backslash; and one that
/// begins so as it is, behind one more.
fn hides_sign(value: &[u8]) -> bool {
    let behind = value.iter().position(|byte| *byte != b'\\').unwrap_or(value.len());
    behind > 0 && value.get(behind) == Some(&b'=')
}

/// The name without its backslashes, and what follows, with the separator.
fn name(word: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut name = Vec::new();
    let mut rest = word;
    loop {
        match rest {
            [] => return None,
            [b'\\', special, behind @ ..] if is_special(*special) => {
                name.push(*special);
                rest = behind;
            }
            [b'=' | b':' | b'@', ..] => return Some((name, rest)),
            [byte, behind @ ..] => {
                name.push(*byte);
                rest = behind;
            }
        }
    }
}

fn header(name: Vec<u8>, value: &[u8]) -> Result<Header, Problem> {
    if !is_token(&name) {
        return Err(Problem::HeaderName);
    }
    let by_itself = SENT_BY_ITSELF.iter().any(|sent| sent.as_bytes().eq_ignore_ascii_case(&name));
    if value.is_empty() && by_itself {
        return Ok(Header::Left(name));
    }
    let value = trim(value);
    if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(Problem::HeaderValue);
    }
    Ok(Header::Sent { name, value: value.to_vec() })
}

/// Without the blanks around it.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// A token (RFC 9110, section 5.6.2).
pub fn is_token(bytes: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(fits)
}
