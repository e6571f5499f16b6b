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
mod tests {
    use proptest::prelude::*;

    use super::{CHALLENGES_MAX, HEAD_MAX, Head, HeadError, LINE_MAX, Response};
    use crate::proto::fuzz;
    use crate::proto::step::{Fed, Step};

    /// The response of a whole head, which must end where `head` ends.
    fn response(head: &[u8]) -> Result<Response, HeadError> {
        let Fed { used, step } = Head::default().feed(&[head, b"early"].concat())?;
        assert_eq!(used, head.len());
        match step {
            Step::Done(response) => Ok(response),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_http_is_not_waited_for() {
        for answer in [&b"S"[..], b"HTTPS", b"http/", b"\r", b"\n", b"HTT\n", b"\x15\x03", b" "] {
            assert_eq!(Head::default().feed(answer), Err(HeadError::NotHttp));
        }
    }

    #[test]
    fn the_end_is_found_exactly_byte_by_byte() {
        let head = b"HTTP/1.0 200 OK\r\nVia: x\n\r\n";
        let (mut parser, mut asked) = (Head::default(), 0);
        for (at, byte) in head.iter().enumerate() {
            let Ok(Fed { used: 1, step }) = parser.feed(&[*byte]) else { panic!() };
            let left = head.len() - at - 1;
            match step {
                Step::Read(missing) => assert!((1..=left).contains(&missing)),
                Step::Done(_) => assert_eq!(left, 0),
                Step::Send(_) => panic!(),
            }
            asked += 1;
        }
        assert_eq!(asked, head.len());
        let Ok(Fed { used: 0, step: Step::Done(_) }) = parser.feed(b"early") else { panic!() };
    }

    #[test]
    fn the_limits_are_where_they_are_said_to_be() {
        let status = "HTTP/1.0 200 OK\r\n";
        let line = |length: usize| "a".repeat(length);
        let head = |headers: &str| response(format!("{status}{headers}\r\n").as_bytes());

        assert!(head(&format!("{}\r\n", line(LINE_MAX))).is_ok());
        assert_eq!(head(&format!("{}\r\n", line(LINE_MAX + 1))), Err(HeadError::LineTooLong));
        assert_eq!(head(&format!("{}\r\r\n", line(LINE_MAX))), Err(HeadError::LineTooLong));

        assert!(head(&"a: b\r\n".repeat(64)).is_ok());
        assert_eq!(head(&"a: b\r\n".repeat(65)), Err(HeadError::TooManyHeaders));

        let room = HEAD_MAX - status.len() - 2;
        let many = format!("{}\r\n", line(4094)).repeat(room / 4096);
        let rest = line(room - many.len() - 2);
        assert!(head(&format!("{many}{rest}\r\n")).is_ok());
        assert_eq!(head(&format!("{many}a{rest}\r\n")), Err(HeadError::HeadTooLong));
    }

    #[test]
    fn basic_is_found_among_the_challenges_of_a_407() {
        let offers = |headers: &str| {
            let head = format!("HTTP/1.0 407 Authenticate\r\n{headers}\r\n");
            response(head.as_bytes()).unwrap().offers_basic()
        };
        for headers in [
            "Proxy-Authenticate: Basic realm=\"x\"\r\n",
            "proxy-authenticate:bAsIc\r\n",
            "Proxy-Authenticate: Digest realm=\"x\"\r\nProxy-Authenticate: Basic realm=\"x\"\r\n",
            "Proxy-Authenticate: Basic realm=\"x\"\r\nProxy-Authenticate: Digest realm=\"x\"\r\n",
            "Proxy-Authenticate: Digest realm=\"x\",\r\n Basic realm=\"x\"\r\nVia: x\r\n",
            "Proxy-Authenticate: Digest realm=\"\r\nProxy-Authenticate: Basic\r\n",
            "",
            "WWW-Authenticate: Digest realm=\"x\"\r\n",
        ] {
            assert!(offers(headers), "{headers}");
        }
        for headers in [
            "Proxy-Authenticate: Digest realm=\"Basic\"\r\nVia: Basic\r\n",
            "Proxy-Authenticate: Digest\r\nVia: x,\r\n Basic\r\n",
        ] {
            assert!(!offers(headers), "{headers}");
        }
        let head = b"HTTP/1.0 403 Forbidden\r\nProxy-Authenticate: Basic\r\n\r\n";
        assert!(!response(head).unwrap().offers_basic());
    }

    #[test]
    fn digest_is_found_wherever_it_stands() {
        let digest = |headers: &str| {
            let head = format!("HTTP/1.0 407 Authenticate\r\n{headers}\r\n");
            response(head.as_bytes()).unwrap().digest().is_some()
        };
        let (basic, usable) = ("Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\"");
        for headers in [
            format!("Proxy-Authenticate: {usable}\r\n"),
            format!("Proxy-Authenticate: {basic}, {usable}\r\n"),
            format!("Proxy-Authenticate: {basic}\r\nproxy-authenticate: {usable}\r\n"),
            format!(
                "Proxy-Authenticate: {usable}, algorithm=SHA-256\r\nProxy-Authenticate: {usable}\r\n"
            ),
            format!("Proxy-Authenticate: {basic},\r\n\t{usable}\r\n"),
        ] {
            assert!(digest(&headers), "{headers}");
        }
        for headers in [
            String::new(),
            format!("Proxy-Authenticate: {basic}\r\n"),
            format!("Proxy-Authenticate: {usable}, qop=auth-int\r\n"),
            format!("WWW-Authenticate: {usable}\r\n"),
        ] {
            assert!(!digest(&headers), "{headers}");
        }
    }

    #[test]
    fn challenges_are_counted_over_all_headers() {
        let head = "Proxy-Authenticate: Basic, Basic, Basic\r\n".repeat(40);
        let head = format!("HTTP/1.0 407 No\r\n{head}\r\n");
        assert_eq!(response(head.as_bytes()).unwrap().challenges.len(), CHALLENGES_MAX);
    }

    #[test]
    fn either_line_end_will_do_and_odd_headers_are_passed_over() {
        for head in [
            "HTTP/1.0 200 OK\r\n\r\n",
            "HTTP/1.0 200 OK\n\n",
            "HTTP/1.0 200 OK\n\r\n",
            "HTTP/1.0 200 OK\r\nServer: x\r\n\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n folded\r\n: no name\r\n\r\n",
        ] {
            let response = response(head.as_bytes()).unwrap();
            assert_eq!((response.status, &response.reason[..]), (200, &b"OK"[..]));
            assert!(response.is_tunnel());
        }
        let refused = response(b"HTTP/1.0 403 Forbidden\r\n\r\n").unwrap();
        assert_eq!((refused.status, &refused.reason[..]), (403, &b"Forbidden"[..]));
        assert!(!refused.is_tunnel());
    }

    #[test]
    fn a_malformed_status_line_is_kept_for_the_message() {
        let refused = response(b"HTTP/2\x1b[2J 200\r\n").unwrap_err();
        assert_eq!(refused, HeadError::Status(b"HTTP/2\x1b[2J 200".to_vec()));
        let said = "malformed HTTP status line \"HTTP/2\\x1b[2J 200\"";
        assert_eq!(refused.to_string(), said);
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        for endless in ["a", "Proxy-Authenticate: Basic,\r\n", "\r\n\t, Digest", " "] {
            let mut head = Head::default();
            head.feed(b"HTTP/1.0 407 No\r\nProxy-Authenticate:").unwrap();
            let failed = (0..HEAD_MAX).any(|_| {
                let failed = head.feed(endless.as_bytes()).is_err();
                assert!(head.line.len() <= LINE_MAX + 1);
                assert!(head.challenge.as_ref().is_none_or(|value| value.len() <= HEAD_MAX));
                failed
            });
            assert!(failed, "{endless:?}");
        }
    }

    /// Heads out of likely and unlikely parts, with bytes of the target's behind them.
    fn heads() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just("HTTP/1.0 407 No\r\n".into()),
            Just("\r\n".into()),
            Just("\n".into()),
            Just("Proxy-Authenticate: ".into()),
            Just("Basic".into()),
            "[a-z ,=\"\\\\:\\r\\n\\t]{0,12}",
        ];
        let parts =
            prop::collection::vec(part, 0..20).prop_map(|parts: Vec<String>| parts.concat());
        let start = prop_oneof![4 => Just("HTTP/1.1 407 No\r\n"), 1 => Just("HTTP/1.0 200\n"), 1 => Just("")];
        (any::<u8>(), start, parts)
            .prop_map(|(seed, start, parts)| [&[seed], start.as_bytes(), parts.as_bytes()].concat())
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_reads(bytes in heads()) {
            fuzz::head(&bytes);
        }
    }
}
