//! An answer, and its bytes.
//!
//! There is no Date, though RFC 9110 section 6.6.1 asks a server with a clock for one: a lesson
//! shows the same bytes every time.

/// The statuses that are used here (RFC 9110 section 15, RFC 6585 section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // their reason phrases below say it
#[non_exhaustive]
pub enum Status {
    Ok,
    BadRequest,
    Unauthorized,
    NotFound,
    MethodNotAllowed,
    RequestTimeout,
    LengthRequired,
    ContentTooLarge,
    UriTooLong,
    UnsupportedMediaType,
    ExpectationFailed,
    HeadersTooLarge,
    NotImplemented,
    VersionNotSupported,
}

impl Status {
    const fn row(self) -> (u16, &'static str) {
        match self {
            Self::Ok => (200, "OK"),
            Self::BadRequest => (400, "Bad Request"),
            Self::Unauthorized => (401, "Unauthorized"),
            Self::NotFound => (404, "Not Found"),
            Self::MethodNotAllowed => (405, "Method Not Allowed"),
            Self::RequestTimeout => (408, "Request Timeout"),
            Self::LengthRequired => (411, "Length Required"),
            Self::ContentTooLarge => (413, "Content Too Large"),
            Self::UriTooLong => (414, "URI Too Long"),
            Self::UnsupportedMediaType => (415, "Unsupported Media Type"),
            Self::ExpectationFailed => (417, "Expectation Failed"),
            Self::HeadersTooLarge => (431, "Request Header Fields Too Large"),
            Self::NotImplemented => (501, "Not Implemented"),
            Self::VersionNotSupported => (505, "HTTP Version Not Supported"),
        }
    }

    /// The three digits.
    pub const fn code(self) -> u16 {
        self.row().0
    }

    /// The words after the digits.
    pub const fn reason(self) -> &'static str {
        self.row().1
    }
}

/// What `100-continue` is answered with.
pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// What the answer says about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// Nothing: it stays open, as HTTP/1.1 takes for granted.
    Silent,
    /// `keep-alive`: an HTTP/1.0 client asked for it and waits to hear it.
    KeepAlive,
    /// `close`: this is the last answer.
    Close,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: Status,
    pub(super) content_type: &'static str,
    /// Headers of this answer alone.
    pub(super) extra: Vec<(&'static str, &'static str)>,
    /// How the request was read, a header each.
    pub(super) explanation: Vec<String>,
    pub(super) body: Vec<u8>,
    /// Whether the connection must end, whatever the request says.
    pub(super) last: bool,
}

impl Response {
    /// An answer in plain text.
    pub(super) fn text(status: Status, text: impl Into<String>) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            extra: Vec::new(),
            explanation: Vec::new(),
            body: text.into().into_bytes(),
            last: false,
        }
    }

    /// The same with one more header.
    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.extra.push((name, value));
        self
    }

    /// The same, ending the connection.
    pub(super) fn ending(mut self) -> Self {
        self.last = true;
        self
    }

    /// The bytes of the head and of the body. The answer to HEAD has the head that GET would have,
    /// and no body (RFC 9110 section 9.3.2).
    pub(super) fn into_bytes(self, to_head: bool, connection: Connection) -> (Vec<u8>, Vec<u8>) {
        let length = self.body.len().to_string();
        let connection = match connection {
            Connection::Silent => None,
            Connection::KeepAlive => Some(("Connection", "keep-alive")),
            Connection::Close => Some(("Connection", "close")),
        };
        let headers = [
            ("Server", "nc-lab"),
            ("Content-Type", self.content_type),
            ("Content-Length", length.as_str()),
        ];
        let (code, reason) = self.status.row();
        let mut head = format!("HTTP/1.1 {code} {reason}\r\n");
        let explanation = self.explanation.iter().map(|sentence| ("Explain", sentence.as_str()));
        let headers = headers.into_iter().chain(self.extra).chain(explanation);
        for (name, value) in headers.chain(connection) {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        let body = if to_head { Vec::new() } else { self.body };
        (head.into_bytes(), body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_an_answer() {
        let response = Response::text(Status::MethodNotAllowed, "no\n").with("Allow", "POST");
        let (head, body) = response.clone().into_bytes(false, Connection::Close);
        assert_eq!(
            String::from_utf8(head).unwrap(),
            "HTTP/1.1 405 Method Not Allowed\r\n\
             Server: nc-lab\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Length: 3\r\n\
             Allow: POST\r\n\
             Connection: close\r\n\
             \r\n"
        );
        assert_eq!(body, b"no\n");

        let (head, body) = response.into_bytes(true, Connection::Silent);
        let head = String::from_utf8(head).unwrap();
        assert!(head.contains("Content-Length: 3\r\n"), "{head}");
        assert!(!head.contains("Connection:"), "{head}");
        assert!(body.is_empty());
    }
}
