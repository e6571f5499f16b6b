//! The origin server's answer: its head, what the client gets of it, and how long the body is.

use super::field::{self, Field, end_to_end};
use super::head::{Head, Malformed, Read};
use super::request::Method;
use super::status::Status;
use crate::proto::status_line;
use crate::proto::step::{Fed, Step};

/// What follows behind an answer's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing: to HEAD, and with 204 and 304.
    None,
    /// So many bytes; fewer are an error.
    Length(u64),
    /// All until the server closes.
    UntilEof,
}

/// The answer to a request that was forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 200 to 999.
    pub status: u16,
    /// What stands behind the digits, possibly nothing: foreign bytes.
    pub reason: Vec<u8>,
    /// All fields in their order.
    pub fields: Vec<Field>,
    /// What follows.
    pub body: Body,
}

impl Answer {
    /// The head for the client: HTTP/1.0, no field that was for us, and `Connection: close`.
    pub fn head(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.0 {} ", self.status).into_bytes();
        head.extend_from_slice(&self.reason);
        head.extend(b"\r\n");
        let mut has_length = self.status == 204; // RFC 9110 section 8.6: none with 204
        for field in end_to_end(&self.fields) {
            // several that agree are one
            if !(field.is("Content-Length") && std::mem::replace(&mut has_length, true)) {
                field::write(&mut head, &field.name, &field.value);
            }
        }
        if let (Body::Length(length), false) = (self.body, has_length) {
            // `Connection` named it, but the client needs it
            field::write(&mut head, b"Content-Length", length.to_string().as_bytes());
        }
        field::write(&mut head, b"Connection", b"close");
        head.extend(b"\r\n");
        head
    }
}

/// The head of an answer, read in whatever pieces it comes. Interim answers (1xx) are passed over.
#[derive(Debug, Clone)]
pub struct AnswerHead {
    /// What the request was.
    method: Method,
    head: Head,
    /// Status and reason.
    line: Option<(u16, Vec<u8>)>,
    outcome: Option<Result<Answer, AnswerError>>,
}

impl AnswerHead {
    /// The answer to a request of this method.
    pub fn new(method: Method) -> Self {
        Self { method, head: Head::default(), line: None, outcome: None }
    }

    /// Takes what belongs to the head from `input`; the bytes behind it are the body's.
    /// [`Step::Send`] does not occur.
    ///
    /// An error comes with the end of the line that makes it certain, or before, and again if fed
    /// again: answer the client with its [`status`](AnswerError::status).
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed<Answer>, AnswerError> {
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

    fn byte(&mut self, byte: u8) -> Result<Option<Answer>, AnswerError> {
        match self.head.byte(byte)? {
            Read::More => match self.head.start() {
                Some(start) if !status_line::may_be_http(start) => Err(AnswerError::NotHttp),
                _ => Ok(None),
            },
            Read::Start(line) => {
                let (status, reason) = status_line::parse(&line).ok_or(AnswerError::Line)?;
                if status < 100 || status == 101 {
                    return Err(AnswerError::Line); // nothing was to be upgraded
                }
                self.line = Some((status, reason.to_vec()));
                Ok(None)
            }
            Read::End => self.end(),
        }
    }

    fn end(&mut self) -> Result<Option<Answer>, AnswerError> {
        let (status, reason) = self.line.take().ok_or(AnswerError::Line)?;
        let fields = self.head.take_fields();
        let length = field::content_length(&fields)?;
        let body = match (status, length) {
            (100..200, _) => {
                self.head.next();
                return Ok(None);
            }
            (204 | 304, _) => Body::None,
            _ if self.method == Method::Head => Body::None,
            (_, Some(length)) => Body::Length(length),
            (_, None) => Body::UntilEof,
        };
        Ok(Some(Answer { status, reason, fields, body }))
    }
}

/// Why an answer is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It does not begin with `HTTP/`.
    #[error("not an HTTP answer")]
    NotHttp,
    /// Not HTTP/1.0 or HTTP/1.1 with three digits, or 101.
    #[error("malformed HTTP status line")]
    Line,
    /// The head cannot be read. A `Transfer-Encoding` is among the reasons: it is no answer to
    /// HTTP/1.0, and who sends it may mean another length than the client would take it for.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl AnswerError {
    /// What to answer to the client.
    pub fn status(self) -> Status {
        Status::BadGateway
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Answer, AnswerError, AnswerHead, Body, Malformed};
    use crate::proto::fuzz;
    use crate::proto::proxy_server::{HEAD_MAX, Method};
    use crate::proto::step::{Fed, Step};

    fn answer_to(method: Method, head: &str) -> Result<Answer, AnswerError> {
        let Fed { used, step } =
            AnswerHead::new(method).feed(&[head.as_bytes(), b"body"].concat())?;
        assert_eq!(used, head.len());
        match step {
            Step::Done(answer) => Ok(answer),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_head_is_written_anew() {
        let head = "HTTP/1.1 200 All right\r\nServer: x\r\nConnection: keep-alive, X-A\r\nX-A: b\r\n\
                    Keep-Alive: 5\r\nContent-Length: 4\r\ncontent-length: 4\r\nUpgrade: h2c\r\n\r\n";
        let answer = answer_to(Method::Get, head).unwrap();
        assert_eq!(answer.body, Body::Length(4));
        let written = "HTTP/1.0 200 All right\r\nServer: x\r\nContent-Length: 4\r\n\
                       Connection: close\r\n\r\n";
        assert_eq!(answer.head(), written.as_bytes());

        let hidden = "HTTP/1.1 200\r\nConnection: content-length\r\nContent-Length: 4\r\n\r\n";
        let written = "HTTP/1.0 200 \r\nContent-Length: 4\r\nConnection: close\r\n\r\n";
        assert_eq!(answer_to(Method::Get, hidden).unwrap().head(), written.as_bytes());
    }

    #[test]
    fn the_body_is_as_long_as_the_head_says() {
        let length = "Content-Length: 4\r\n";
        for (method, status, fields, body) in [
            (Method::Get, 200, length, Body::Length(4)),
            (Method::Get, 200, "", Body::UntilEof),
            (Method::Post, 500, length, Body::Length(4)),
            (Method::Head, 200, length, Body::None),
            (Method::Head, 200, "", Body::None),
            (Method::Get, 204, length, Body::None),
            (Method::Get, 304, length, Body::None),
        ] {
            let head = format!("HTTP/1.0 {status} x\r\n{fields}\r\n");
            let answer = answer_to(method, &head).unwrap();
            assert_eq!(answer.body, body);
            let kept = !fields.is_empty() && status != 204;
            let written = String::from_utf8(answer.head()).unwrap();
            assert_eq!(written.contains("Content-Length: 4"), kept, "{written}");
        }
    }

    #[test]
    fn interim_answers_are_passed_over() {
        let head =
            "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 103 x\r\n\r\nHTTP/1.0 200 OK\r\n\r\n";
        let answer = answer_to(Method::Post, head).unwrap();
        assert_eq!((answer.status, answer.fields.len()), (200, 0));
        let endless = "HTTP/1.1 100 Continue\r\n\r\n".repeat(HEAD_MAX / 20);
        let refused = AnswerHead::new(Method::Post).feed(endless.as_bytes());
        assert_eq!(refused, Err(Malformed::HeadTooLong.into()));
    }

    #[test]
    fn answers_that_are_not_passed_on() {
        for (head, error) in [
            ("S", AnswerError::NotHttp),
            ("HTTP/2 200\r\n", AnswerError::Line),
            ("HTTP/1.0 099 x\r\n", AnswerError::Line),
            ("HTTP/1.1 101 x\r\n", AnswerError::Line),
            ("\r\n", AnswerError::NotHttp),
            ("HTTP/1.1 200 a\rb", Malformed::Control(b'\r').into()),
            (
                "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n",
                Malformed::TransferEncoding.into(),
            ),
            (
                "HTTP/1.1 200 x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
                Malformed::ContentLength.into(),
            ),
            ("HTTP/1.1 200 x\r\nA: b\r\n c\r\n", Malformed::Folded.into()),
            ("HTTP/1.1 200 x\r\nContent-Length : 4\r\n", Malformed::Field.into()),
        ] {
            assert_eq!(answer_to(Method::Get, head), Err(error), "{head:?}");
        }
    }

    fn heads() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            2 => Just("HTTP/1.1 200 OK\r\n".to_owned()),
            1 => Just("HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
            2 => Just("Content-Length: 5\r\n".to_owned()),
            1 => Just("Connection: x-a\r\n".to_owned()),
            2 => "[a-zA-Z-]{1,6}:[ -~\\t]{0,9}\r?\n",
            2 => Just("\r\n".to_owned()),
            1 => "[A-Z:\\r\\n \\x00]{0,4}",
        ];
        let parts = prop::collection::vec(part, 0..8);
        (any::<[u8; 2]>(), any::<bool>(), parts).prop_map(|(seeds, plain, parts)| {
            let start = if plain { "HTTP/1.0 200 OK\r\n" } else { "" };
            [&seeds[..], start.as_bytes(), parts.concat().as_bytes()].concat()
        })
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_reads(bytes in heads()) {
            fuzz::proxy_answer(&bytes);
        }
    }
}
