//! What a client asks of the proxy: CONNECT, or GET, HEAD and POST of an absolute URI.

use super::field::{self, Field};
use super::head::{Head, Malformed, Read};
use super::status::Status;
use super::target;
use crate::proto::challenge::is_token;
use crate::proto::connect;
use crate::proto::step::{Fed, Step};
use crate::proto::target::Target;

/// What the proxy can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A tunnel.
    Connect,
    /// Forwarded.
    Get,
    /// Forwarded; the answer has no body.
    Head,
    /// Forwarded, with a body.
    Post,
}

impl Method {
    const ALL: [Self; 4] = [Self::Connect, Self::Get, Self::Head, Self::Post];

    /// As it stands in a request line; its case matters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
        }
    }
}

/// A request that can be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// Where to connect to.
    pub target: Target,
    /// Host and port as they are written.
    pub authority: Vec<u8>,
    /// Path and query for the origin server, at least `/`; empty for CONNECT.
    pub path: Vec<u8>,
    /// The target of the request line as it is written.
    pub uri: Vec<u8>,
    /// The client speaks HTTP/1.0 or HTTP/1.1: the digit behind the point.
    pub minor: u8,
    /// All fields in their order, those for the proxy too.
    pub fields: Vec<Field>,
    /// The length of the body that follows, in bytes, if the head says it: so many bytes are to be
    /// forwarded. Always there in a POST, and never more than 0 in a CONNECT.
    pub content_length: Option<u64>,
}

impl Request {
    /// The value of `Proxy-Authorization`; none if it comes more than once.
    pub fn credentials(&self) -> Option<&[u8]> {
        let mut all = field::values(&self.fields, "Proxy-Authorization");
        all.next().filter(|_| all.next().is_none())
    }
}

/// The first line of a request, understood.
#[derive(Debug, Clone)]
struct Line {
    method: Method,
    target: Target,
    authority: Vec<u8>,
    path: Vec<u8>,
    uri: Vec<u8>,
    minor: u8,
}

/// The head of a request, read in whatever pieces it comes. It holds no more than
/// [`HEAD_MAX`](super::HEAD_MAX) bytes of it.
#[derive(Debug, Clone, Default)]
pub struct RequestHead {
    head: Head,
    line: Option<Line>,
    outcome: Option<Result<Request, RequestError>>,
}

impl RequestHead {
    /// Takes what belongs to the head from `input`; the bytes behind it are the body's or the
    /// tunnel's. [`Step::Send`] does not occur.
    ///
    /// An error comes with the end of the line that makes it certain, or before, and again if fed
    /// again: answer with its [`status`](RequestError::status) and close.
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed<Request>, RequestError> {
        let mut used = 0;
        while self.outcome.is_none()
            && let Some(&byte) = input.get(used)
        {
            used += 1;
            self.outcome = self.byte(byte).transpose();
        }
        let step = match &self.outcome {
            None => Step::Read(self.head.missing()),
            Some(outcome) => Step::Done(outcome.clone()?),
        };
        Ok(Fed { used, step })
    }

    fn byte(&mut self, byte: u8) -> Result<Option<Request>, RequestError> {
        match self.head.byte(byte)? {
            Read::More => Ok(None),
            Read::Start(line) => {
                self.line = Some(Line::parse(&line)?);
                Ok(None)
            }
            Read::End => match self.line.take() {
                Some(line) => line.with(self.head.take_fields()).map(Some),
                None => Err(RequestError::Line),
            },
        }
    }
}

impl Line {
    fn parse(line: &[u8]) -> Result<Self, RequestError> {
        let words: Vec<_> = line.split(|&byte| byte == b' ').collect();
        let &[name, uri, version] = &words[..] else {
            return Err(RequestError::Line); // HTTP/0.9 too
        };
        let minor = match version {
            b"HTTP/1.0" => 0,
            b"HTTP/1.1" => 1,
            _ => return Err(RequestError::Version),
        };
        if !is_token(name) || uri.contains(&b'\t') {
            return Err(RequestError::Line);
        }
        let method = Method::ALL.into_iter().find(|method| method.name().as_bytes() == name);
        let Some(method) = method else {
            // as Ncat has it: only what could be asked of a proxy is a method that it lacks
            let asks = target::absolute(uri).is_some();
            return Err(if asks { RequestError::Method } else { RequestError::Target });
        };
        let (target, authority, path) = if method == Method::Connect {
            let target = target::authority(uri).ok_or(RequestError::Target)?;
            (target, uri, Vec::new())
        } else {
            let read = target::absolute(uri).ok_or(RequestError::Target)?;
            (read.target, read.authority, read.path)
        };
        Ok(Self { method, target, authority: authority.to_vec(), path, uri: uri.to_vec(), minor })
    }

    fn with(self, fields: Vec<Field>) -> Result<Request, RequestError> {
        let content_length = field::content_length(&fields)?;
        match (self.method, content_length) {
            (Method::Post, None) => return Err(RequestError::LengthRequired),
            // what follows would be the tunnel's for us, and a body for another
            (Method::Connect, Some(1..)) => return Err(Malformed::ContentLength.into()),
            _ => {}
        }
        // One that differs from the URI is replaced (RFC 9112 section 3.2.2), two are an attack.
        if field::values(&fields, "Host").count() > 1 {
            return Err(RequestError::Host);
        }
        let Self { method, target, authority, path, uri, minor } = self;
        Ok(Request { method, target, authority, path, uri, minor, fields, content_length })
    }
}

impl std::fmt::Display for Request {
    /// Method and target for a log, without path and query.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let authority = connect::authority(&self.target);
        write!(out, "{} {}", self.method.name(), crate::proto::escape::escape(&authority))
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not a method, a target and a version with one blank between them.
    #[error("malformed HTTP request line")]
    Line,
    /// Neither HTTP/1.0 nor HTTP/1.1.
    #[error("unknown HTTP version in a request")]
    Version,
    /// A method that the proxy does not carry out.
    #[error("HTTP method that is none of CONNECT, GET, HEAD and POST")]
    Method,
    /// CONNECT without a port, another method without an absolute `http` URI.
    #[error("HTTP request for a target that a proxy cannot reach")]
    Target,
    /// A POST without `Content-Length`.
    #[error("HTTP POST without Content-Length")]
    LengthRequired,
    /// More than one `Host`.
    #[error("HTTP request with several Host fields")]
    Host,
    /// The head cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl RequestError {
    /// What to answer.
    pub fn status(self) -> Status {
        match self {
            Self::Method => Status::MethodNotAllowed,
            Self::Malformed(
                Malformed::HeadTooLong | Malformed::LineTooLong | Malformed::TooManyFields,
            ) => Status::RequestEntityTooLarge,
            _ => Status::BadRequest,
        }
    }
}

#[cfg(test)]
mod tests;
