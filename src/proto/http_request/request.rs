//! A request, and the bytes that it is.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::item::Item;
use super::{Problem, form, json, multipart};

/// Headers that are sent without being asked for, unless one of the same name is.
pub const SENT_BY_ITSELF: &[&str] = &[HOST, CONTENT_TYPE, CONTENT_LENGTH, CONNECTION];

const HOST: &str = "Host";
pub const CONTENT_TYPE: &str = "Content-Type";
const CONTENT_LENGTH: &str = "Content-Length";
const CONNECTION: &str = "Connection";
const TRANSFER_ENCODING: &str = "Transfer-Encoding";

/// Methods for which a body means something: one of no bytes is told as such (RFC 9110, section 8.6).
const WITH_BODY: &[&str] = &["POST", "PUT", "PATCH"];

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its method, as it is sent.
    pub method: Vec<u8>,
    /// Path and query, as they are sent.
    pub target: Vec<u8>,
    /// What `Host` says where no header does.
    pub host: Vec<u8>,
    /// Headers that were asked for, in order.
    pub headers: Vec<Header>,
    /// Its body.
    pub body: Body,
}

/// A header that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// It is sent.
    Sent {
        /// A token.
        name: Vec<u8>,
        /// Without blanks around it.
        value: Vec<u8>,
    },
    /// It would be sent by itself, and is not.
    Left(Vec<u8>),
}

impl Header {
    fn name(&self) -> &[u8] {
        match self {
            Self::Sent { name, .. } | Self::Left(name) => name,
        }
    }
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// None.
    Nothing,
    /// `application/x-www-form-urlencoded`
    Form(Vec<Pair>),
    /// `multipart/form-data`
    Multipart(Vec<Part>),
    /// `application/json`: an object.
    Json(Vec<Member>),
    /// A file as it is; nothing is said of its type.
    File(PathBuf),
}

/// A name and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Any bytes.
    pub name: Vec<u8>,
    /// Any bytes.
    pub value: Vec<u8>,
}

/// A part of `multipart/form-data`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Any bytes.
    pub name: Vec<u8>,
    /// What it holds.
    pub content: Content,
}

/// What a part holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A value.
    Text(Vec<u8>),
    /// A file, which goes by the last part of its path.
    File(PathBuf),
}

impl Content {
    /// The name by which the file goes; nothing for a value.
    pub fn file_name(&self) -> Option<&[u8]> {
        match self {
            Self::Text(_) => None,
            Self::File(path) => Some(path.file_name().unwrap_or_default().as_bytes()),
        }
    }

    /// The value or the path.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(value) => value,
            Self::File(path) => path.as_os_str().as_bytes(),
        }
    }
}

/// A member of a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, without quotes and escapes.
    pub name: String,
    /// Its value as it was typed; it is JSON.
    pub text: String,
}

impl Request {
    /// A request of items. `target` is as a place has it. Without a method it is GET, or POST with a
    /// body. An error comes with the number of the item at fault.
    pub fn compose(
        method: Option<&[u8]>,
        host: Vec<u8>,
        mut target: Vec<u8>,
        items: Vec<Item>,
        multipart: bool,
    ) -> Result<Self, (usize, Problem)> {
        let (mut headers, mut query, mut body) = (Vec::new(), Vec::new(), Body::Nothing);
        let files = items.iter().any(|item| matches!(item, Item::File(_)));
        let typed = items.iter().position(Item::is_type_of_parts);
        let mut reads_input = false;
        for (number, item) in items.into_iter().enumerate() {
            if let Item::Body(path) | Item::File(Part { content: Content::File(path), .. }) = &item
                && path.as_os_str() == "-"
                && std::mem::replace(&mut reads_input, true)
            {
                return Err((number, Problem::InputTwice));
            }
            match item {
                Item::Header(header) => {
                    refuse_coding(&header, &headers).map_err(|why| (number, why))?;
                    headers.push(header);
                }
                Item::Query(pair) => query.push(pair),
                item => add(&mut body, item, multipart || files).map_err(|why| (number, why))?,
            }
        }
        if let (Body::Multipart(_), Some(number)) = (&body, typed) {
            return Err((number, Problem::Boundary));
        }
        add_query(&mut target, &query);
        let usual: &[u8] = if body == Body::Nothing { b"GET" } else { b"POST" };
        let method = method.unwrap_or(usual).to_vec();
        Ok(Self { method, target, host, headers, body })
    }

    /// The bytes of the request; `read` gives those of each file.
    pub fn encode<E>(
        &self,
        mut read: impl FnMut(&Path) -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        let (media_type, body) = match &self.body {
            Body::Nothing => (None, None),
            Body::Form(pairs) => {
                (Some("application/x-www-form-urlencoded".to_owned()), Some(form::encode(pairs)))
            }
            Body::Json(members) => {
                (Some("application/json".to_owned()), Some(json::encode(members)))
            }
            Body::File(path) => (None, Some(read(path)?)),
            Body::Multipart(parts) => {
                let bytes = parts.iter().map(|part| match &part.content {
                    Content::Text(value) => Ok(value.clone()),
                    Content::File(path) => read(path),
                });
                let (boundary, body) =
                    multipart::encode(parts, &bytes.collect::<Result<Vec<_>, E>>()?);
                (Some(format!("multipart/form-data; boundary={boundary}")), Some(body))
            }
        };
        let mut bytes = Vec::with_capacity(body.as_ref().map_or(0, Vec::len) + 256);
        for piece in [&self.method, b" ".as_slice(), &self.target, b" HTTP/1.1\r\n"] {
            bytes.extend_from_slice(piece);
        }
        self.unless_given(HOST, &self.host, &mut bytes);
        for header in &self.headers {
            if let Header::Sent { name, value } = header {
                write_header(name, value, &mut bytes);
            }
        }
        if let Some(media_type) = media_type {
            self.unless_given(CONTENT_TYPE, media_type.as_bytes(), &mut bytes);
        }
        let in_chunks = self.has(TRANSFER_ENCODING);
        let length = match &body {
            Some(body) => Some(body.len()),
            None => self.may_have_body().then_some(0),
        };
        // RFC 9112 section 6.2: where a coding says how long the body is, no length does
        if let Some(length) = length.filter(|_| !in_chunks) {
            self.unless_given(CONTENT_LENGTH, length.to_string().as_bytes(), &mut bytes);
        }
        self.unless_given(CONNECTION, b"close", &mut bytes);
        bytes.extend_from_slice(b"\r\n");
        let body = body.unwrap_or_default();
        if in_chunks {
            write_chunks(&body, &mut bytes);
        } else {
            bytes.extend(body);
        }
        Ok(bytes)
    }

    fn may_have_body(&self) -> bool {
        WITH_BODY.iter().any(|method| method.as_bytes().eq_ignore_ascii_case(&self.method))
    }

    /// Whether a header that was asked for says where the body ends, truly or not.
    pub fn is_framed_by_hand(&self) -> bool {
        self.has(CONTENT_LENGTH) || self.has(TRANSFER_ENCODING)
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header.name().eq_ignore_ascii_case(name.as_bytes()))
    }

    fn unless_given(&self, name: &str, value: &[u8], bytes: &mut Vec<u8>) {
        if !self.has(name) {
            write_header(name.as_bytes(), value, bytes);
        }
    }
}

fn write_header(name: &[u8], value: &[u8], bytes: &mut Vec<u8>) {
    let between: &[u8] = if value.is_empty() { b":" } else { b": " };
    for piece in [name, between, value, b"\r\n"] {
        bytes.extend_from_slice(piece);
    }
}

/// A body in chunks (RFC 9112 section 7.1): one, and the last.
fn write_chunks(body: &[u8], bytes: &mut Vec<u8>) {
    if !body.is_empty() {
        bytes.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
}

/// A coding of the body that is not done would be a lie, and the server would wait for its end.
fn refuse_coding(header: &Header, before: &[Header]) -> Result<(), Problem> {
    let is_coding =
        |header: &Header| header.name().eq_ignore_ascii_case(TRANSFER_ENCODING.as_bytes());
    let is_done = matches!(header, Header::Sent { value, .. } if value.eq_ignore_ascii_case(b"chunked"))
        && !before.iter().any(is_coding);
    if is_coding(header) && !is_done { Err(Problem::Coding) } else { Ok(()) }
}

/// One more part of the body.
fn add(body: &mut Body, item: Item, in_parts: bool) -> Result<(), Problem> {
    match (&mut *body, item) {
        (Body::Nothing, Item::Body(path)) => *body = Body::File(path),
        (_, Item::Body(_)) | (Body::File(_), _) => return Err(Problem::SecondBody),
        (Body::Nothing, Item::Json(member)) if !in_parts => *body = Body::Json(vec![member]),
        (Body::Json(members), Item::Json(member)) => members.push(member),
        (Body::Json(_), _) | (_, Item::Json(_)) => return Err(Problem::Mixed),
        (Body::Form(pairs), Item::Field(pair)) => pairs.push(pair),
        (Body::Multipart(parts), Item::Field(pair)) => parts.push(of_pair(pair)),
        (Body::Multipart(parts), Item::File(part)) => parts.push(part),
        (_, Item::File(part)) => *body = Body::Multipart(vec![part]),
        (_, Item::Field(pair)) if in_parts => *body = Body::Multipart(vec![of_pair(pair)]),
        (_, Item::Field(pair)) => *body = Body::Form(vec![pair]),
        (_, Item::Header(_) | Item::Query(_)) => {}
    }
    Ok(())
}

fn of_pair(pair: Pair) -> Part {
    Part { name: pair.name, content: Content::Text(pair.value) }
}

/// Behind what the query has already.
fn add_query(target: &mut Vec<u8>, query: &[Pair]) {
    if query.is_empty() {
        return;
    }
    let joint: &[u8] = match (target.contains(&b'?'), target.last()) {
        (true, Some(b'?' | b'&')) => b"",
        (true, _) => b"&",
        (false, _) => b"?",
    };
    target.extend_from_slice(joint);
    target.extend(form::encode(query));
}
