//! Turns the bytes of one connection into requests, in order.
//!
//! It has no socket and no clock: bytes are pushed in as they come, and `step` says what is to be
//! done next. The same bytes give the same steps however they were cut. What it keeps is bounded
//! by `Sizes` and by what was pushed since the last step that asked for more.

#[cfg(test)]
mod tests;

use super::body::Body;
use super::explanation::Explanation;
use super::head::{header, request_line};
use super::limit::Sizes;
use super::line::{Front, front};
use super::refusal::Refusal;
use super::request::{Request, Version};

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Push more bytes, or say that the input has ended.
    NeedMore,
    /// Tell the client to go on with its body (RFC 9110 section 10.1.1).
    Continue,
    /// Answer this.
    Request(Request),
}

/// Reads the requests of one connection.
#[derive(Debug)]
pub(super) struct Reader {
    sizes: Sizes,
    bytes: Vec<u8>,
    /// Where in `bytes` the unread part begins.
    at: usize,
    phase: Phase,
    /// What is said of each line, where somebody wants to know.
    explanation: Option<Explanation>,
}

#[derive(Debug)]
enum Phase {
    /// Before a request line; `budget` bytes are left for the head.
    Start { budget: usize },
    /// Among the headers.
    Headers { request: Request, budget: usize },
    /// In the body.
    Body { request: Request, body: Body },
    /// It went wrong: nobody can say where the next request begins.
    Refused { refusal: Refusal, is_head: bool, line: Option<usize> },
}

impl Reader {
    /// A reader that keeps to `sizes`.
    pub(super) const fn new(sizes: Sizes) -> Self {
        let phase = Phase::Start { budget: sizes.head };
        Self { sizes, bytes: Vec::new(), at: 0, phase, explanation: None }
    }

    /// The same, which keeps what is to be said of each line until it is taken.
    pub(super) fn explaining(mut self) -> Self {
        self.explanation = Some(Explanation::default());
        self
    }

    /// How the lines were read that have come since this was last asked.
    pub(super) fn explanation(&mut self) -> Vec<String> {
        self.explanation.as_mut().map(Explanation::take).unwrap_or_default()
    }

    /// Says that reading stops for good.
    pub(super) fn stopped(&mut self, refusal: Refusal) {
        let line = self.line();
        if let Some(explanation) = &mut self.explanation {
            explanation.stopped(line, refusal);
        }
    }

    /// Adds bytes that came in.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// Goes on as far as the bytes reach. A refusal is final and is given again each time.
    pub(super) fn step(&mut self) -> Result<Step, Refusal> {
        loop {
            let (is_head, line) = (self.is_head(), self.line());
            let refused = Phase::Refused { refusal: Refusal::CutInHead, is_head, line };
            let phase = std::mem::replace(&mut self.phase, refused);
            match self.advance(phase) {
                Ok((phase, step)) => {
                    self.phase = phase;
                    if let Some(step) = step {
                        return Ok(step);
                    }
                }
                Err(refusal) => {
                    self.phase = Phase::Refused { refusal, is_head, line };
                    return Err(refusal);
                }
            }
        }
    }

    /// The line of the head that is read next, or was refused; nothing in a body. The request line
    /// is line 1.
    fn line(&self) -> Option<usize> {
        match &self.phase {
            Phase::Start { .. } => Some(1),
            Phase::Headers { request, .. } => Some(request.headers.len() + 2),
            Phase::Body { .. } => None,
            Phase::Refused { line, .. } => *line,
        }
    }

    /// What the end of the input means here.
    pub(super) fn end(&self) -> Result<(), Refusal> {
        match &self.phase {
            Phase::Start { .. } if self.at == self.bytes.len() => Ok(()),
            Phase::Start { .. } | Phase::Headers { .. } => Err(Refusal::CutInHead),
            Phase::Body { request, body } => Err(body.cut(request.body.len())),
            Phase::Refused { refusal, .. } => Err(*refusal),
        }
    }

    /// Whether part of a request has come that is not complete.
    pub(super) fn is_inside_request(&self) -> bool {
        self.end().is_err()
    }

    /// Whether the request being read, or refused, is a HEAD: its answer has no body.
    pub(super) fn is_head(&self) -> bool {
        match &self.phase {
            Phase::Start { .. } => false,
            Phase::Headers { request, .. } | Phase::Body { request, .. } => request.is_head(),
            Phase::Refused { is_head, .. } => *is_head,
        }
    }

    fn advance(&mut self, phase: Phase) -> Result<(Phase, Option<Step>), Refusal> {
        let unread = &self.bytes[self.at..];
        match phase {
            Phase::Start { budget } => match front(unread, budget) {
                Front::Partial => Ok((phase, Some(Step::NeedMore))),
                Front::TooLong => Err(Refusal::LineTooLong),
                Front::Line(line, used) => {
                    let budget = budget - used;
                    // RFC 9112 section 2.2: an empty line before the request line is passed over.
                    // It is also the Enter after a body whose length did not count it.
                    let next = if line.is_empty() {
                        if let Some(explanation) = &mut self.explanation {
                            explanation.skipped();
                        }
                        Phase::Start { budget }
                    } else {
                        let whole = line;
                        let line = request_line(whole)?;
                        if let Some(explanation) = &mut self.explanation {
                            explanation.request_line(whole, &line);
                        }
                        let request = Request {
                            method: line.method.to_vec(),
                            target: line.target.to_vec(),
                            version: line.version,
                            headers: Vec::new(),
                            body: Vec::new(),
                        };
                        Phase::Headers { request, budget }
                    };
                    self.at += used;
                    Ok((next, None))
                }
            },
            Phase::Headers { mut request, budget } => match front(unread, budget) {
                Front::Partial => Ok((Phase::Headers { request, budget }, Some(Step::NeedMore))),
                Front::TooLong => Err(Refusal::HeadTooLong),
                Front::Line(b"", used) => {
                    self.at += used;
                    self.begin_body(request)
                }
                Front::Line(line, used) => {
                    // The request line is line 1.
                    let header = header(line, request.headers.len() + 2)?;
                    if request.headers.len() == self.sizes.headers {
                        return Err(Refusal::TooManyHeaders);
                    }
                    if let Some(explanation) = &mut self.explanation {
                        explanation.header(request.headers.len() + 2, &header);
                    }
                    request.headers.push(header);
                    self.at += used;
                    let budget = budget - used;
                    Ok((Phase::Headers { request, budget }, None))
                }
            },
            Phase::Body { mut request, mut body } => {
                let (used, complete) = body.take(unread, &mut request.body, &self.sizes)?;
                self.at += used;
                Ok(if complete {
                    if let Some(explanation) = &mut self.explanation {
                        explanation.complete(&request);
                    }
                    let budget = self.sizes.head;
                    (Phase::Start { budget }, Some(Step::Request(request)))
                } else {
                    (Phase::Body { request, body }, Some(Step::NeedMore))
                })
            }
            Phase::Refused { refusal, .. } => Err(refusal),
        }
    }

    /// The head is complete: looks at what it says about the body.
    fn begin_body(&mut self, request: Request) -> Result<(Phase, Option<Step>), Refusal> {
        // A request without Host is served, though RFC 9112 section 3.2 asks for 400: the lesson
        // that this server practises types `GET /hello HTTP/1.1` and an empty line, no more.
        if request.values("host").nth(1).is_some() {
            return Err(Refusal::SeveralHosts);
        }
        let body = Body::of(&request, &self.sizes)?;
        // HTTP/1.0 knows no interim answers, so there Expect is passed over.
        let mut expects_continue = false;
        if request.version == Version::Http11 {
            for expectation in request.members("expect").filter(|one| !one.is_empty()) {
                if !expectation.eq_ignore_ascii_case(b"100-continue") {
                    return Err(Refusal::Expectation);
                }
                expects_continue = true;
            }
        }
        if let Some(explanation) = &mut self.explanation {
            explanation.head(request.headers.len() + 2, &request, &body);
        }
        let step = (expects_continue && !body.is_empty()).then_some(Step::Continue);
        Ok((Phase::Body { request, body }, step))
    }
}
