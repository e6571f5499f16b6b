//! The head of an HTTP proxy's answer to CONNECT.
//!
//! RFC 9112, read line by line with fixed limits; its end is found exactly, so what stands behind
//! it is not lost. Bare LFs end lines too. Not a general HTTP parser: of the headers only
//! `Proxy-Authenticate` is looked at, by `challenge`; the others need no more than to end. A
//! parser for whole heads would have to start again with each read, and be lenient where this one
//! must not be, in the status line.

use super::challenge::{CHALLENGES_MAX, Challenge};
use super::digest;
use super::escape::escape_at_most;
use super::status_line;
use super::step::{Fed, Step};

const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// The longest head, in bytes, the empty line included.
pub const HEAD_MAX: usize = 64 * 1024;
/// The longest line, in bytes, its line end not counted.
pub const LINE_MAX: usize = 8 * 1024;
/// The most header lines, continuation lines included.
pub const HEADERS_MAX: usize = 64;

/// What the proxy answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The three digits of the status line.
    pub status: u16,
    /// The whole status line without its end: foreign bytes.
    pub line: Vec<u8>,
    /// What stands behind the digits, possibly nothing.
    pub reason: Vec<u8>,
    /// What a 407 asks for, in all its `Proxy-Authenticate`, at most [`CHALLENGES_MAX`]: bare
    /// Basic if it has none of these headers. Empty with other statuses.
    pub challenges: Vec<Challenge>,
}

impl Response {
    /// Whether the tunnel stands: any 2xx (RFC 9110 section 9.3.6).
    pub fn is_tunnel(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether user and password may be sent as they are.
    pub fn offers_basic(&self) -> bool {
        self.challenges.iter().any(|challenge| challenge.is("Basic"))
    }

    /// The first Digest challenge that can be answered. To be preferred, wherever it stands.
    pub fn digest(&self) -> Option<digest::Challenge> {
        self.challenges.iter().find_map(digest::Challenge::new)
    }
}

/// The head of the answer, read in whatever pieces it comes.
///
/// Of the head it keeps the current line, the reason and the challenges.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The current line, without its LF.
    line: Vec<u8>,
    /// Bytes so far.
    total: usize,
    /// Header lines so far.
    headers: usize,
    /// Set by the status line.
    response: Option<Response>,
    /// The value of the last header, if that was a `Proxy-Authenticate`: it may go on.
    challenge: Option<Vec<u8>>,
    /// Some `Proxy-Authenticate` came.
    challenged: bool,
    /// How it ended.
    outcome: Option<Result<Response, HeadError>>,
}

impl Head {
    /// Takes what belongs to the head from `input`. [`Step::Done`] comes with any status, refusals
    /// too: look at it. [`Step::Send`] does not occur.
    ///
    /// An error comes with the first byte that makes it certain, and again if fed again.
    pub fn feed(&mut self, input: &[u8]) -> Result<Fed<Response>, HeadError> {
        let mut used = 0;
        while self.outcome.is_none()
            && let Some(&byte) = input.get(used)
        {
            used += 1;
            self.outcome = self.byte(byte).transpose();
        }
        let step = match &self.outcome {
            None => Step::Read(self.missing()),
            Some(outcome) => Step::Done(outcome.clone()?),
        };
        Ok(Fed { used, step })
    }

    /// How many bytes the head still needs at least.
    fn missing(&self) -> usize {
        match (&self.response, &self.line[..]) {
            (None, line) => status_line::LEN_MIN.saturating_sub(line.len()) + 2,
            (Some(_), [] | [CR]) => 1,
            (Some(_), _) => 2,
        }
    }

    fn byte(&mut self, byte: u8) -> Result<Option<Response>, HeadError> {
        self.total += 1;
        if self.total > HEAD_MAX {
            return Err(HeadError::HeadTooLong);
        }
        if byte == LF {
            let mut line = std::mem::take(&mut self.line);
            line.pop_if(|last| *last == CR);
            return self.whole_line(&line);
        }
        // A CR may be one more, for it may be half of the line end.
        let room = LINE_MAX + usize::from(byte == CR);
        if self.line.len() >= room {
            return Err(HeadError::LineTooLong);
        }
        self.line.push(byte);
        if self.response.is_none() && !status_line::may_be_http(&self.line) {
            return Err(HeadError::NotHttp);
        }
        Ok(None)
    }

    /// Takes a line; the response, if it was the last.
    fn whole_line(&mut self, line: &[u8]) -> Result<Option<Response>, HeadError> {
        let Some(response) = &mut self.response else {
            if !status_line::is_http(line) {
                return Err(HeadError::NotHttp);
            }
            let (status, reason) =
                status_line::parse(line).ok_or_else(|| HeadError::Status(line.to_vec()))?;
            self.response = Some(Response {
                status,
                line: line.to_vec(),
                reason: reason.to_vec(),
                challenges: Vec::new(),
            });
            return Ok(None);
        };
        if let ([b' ' | b'\t', ..], Some(challenge)) = (line, &mut self.challenge) {
            challenge.extend_from_slice(line);
        } else if let Some(challenge) = self.challenge.take() {
            response.challenges.extend(Challenge::list(&challenge));
            response.challenges.truncate(CHALLENGES_MAX);
        }
        if line.is_empty() {
            // a 407 must name a scheme; one that names none is taken to want the simplest
            if response.status == 407 && !self.challenged {
                response.challenges.push(Challenge::bare(b"Basic"));
            }
            return Ok(Some(std::mem::take(response)));
        }
        self.headers += 1;
        if self.headers > HEADERS_MAX {
            return Err(HeadError::TooManyHeaders);
        }
        if let Some(colon) = line.iter().position(|&byte| byte == b':')
            && response.status == 407
            && line[..colon].eq_ignore_ascii_case(b"Proxy-Authenticate")
        {
            self.challenge = Some(line[colon + 1..].to_vec());
            self.challenged = true;
        }
        Ok(None)
    }
}

/// Why there is no answer to look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// The answer does not begin with `HTTP/`: this is no HTTP proxy.
    #[error("not an HTTP answer")]
    NotHttp,
    /// A status line that is not HTTP/1.0 or HTTP/1.1 with three digits: the line.
    #[error("malformed HTTP status line \"{}\"", escape_at_most(.0, 200))]
    Status(Vec<u8>),
    /// More than [`HEAD_MAX`] bytes.
    #[error("HTTP answer with a head longer than {HEAD_MAX} bytes")]
    HeadTooLong,
    /// More than [`LINE_MAX`] bytes in one line.
    #[error("HTTP answer with a line longer than {LINE_MAX} bytes")]
    LineTooLong,
    /// More than [`HEADERS_MAX`] header lines.
    #[error("HTTP answer with more than {HEADERS_MAX} header lines")]
    TooManyHeaders,
}

#[cfg(test)]
mod tests;
