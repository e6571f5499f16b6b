//! SMTP (RFC 5321) and LMTP (RFC 2033): greeting, EHLO or LHLO, STARTTLS (RFC 3207).

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};
use super::line;
use super::reply::ReplyLine;

/// Who we say we are. Servers judge the name when mail is sent, not before, and whoever sends mail
/// says hello anew once TLS stands (RFC 3207 section 4.2); the machine's own name would only be
/// told to everybody on the way.
const OUR_NAME: &[u8] = b"localhost";
const READY: u16 = 220;
const OK: u16 = 250;

/// One conversation; LMTP's differs in its first command alone.
#[derive(Debug)]
pub(super) struct Smtp {
    hello: &'static [u8],
    stage: Stage,
    /// The code of the reply whose lines are coming.
    code: Option<u16>,
    /// Lines of that reply so far.
    lines: usize,
    /// Their words, for a refusal.
    words: Vec<u8>,
    /// STARTTLS was in the list.
    offered: bool,
}

impl Smtp {
    /// A conversation that has not begun, and its first command.
    pub(super) fn new(hello: &'static [u8]) -> Self {
        Self {
            hello,
            stage: Stage::Greeting,
            code: None,
            lines: 0,
            words: Vec::new(),
            offered: false,
        }
    }
}

impl Dialogue for Smtp {
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        line::is_whole(self.stage, seen)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        line::text(message).to_vec()
    }

    /// All lines of a reply have the same code (RFC 5321 section 4.2.1). Behind the first, each
    /// line of the answer to EHLO begins with a keyword, in letters of any case (section 4.1.1.1).
    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        let text = line::text(message);
        let reply = ReplyLine::parse(text)
            .filter(|reply| self.code.is_none_or(|code| code == reply.code))
            .ok_or_else(|| StartTlsError::Unexpected(self.stage, text.to_vec()))?;
        self.lines += 1;
        let keyword = line::first_word(reply.text).0;
        self.offered |= self.stage == Stage::Capabilities
            && self.lines > 1
            && keyword.eq_ignore_ascii_case(b"STARTTLS");
        reply.add_words(&mut self.words);
        if reply.goes_on {
            self.code = Some(reply.code);
            return Ok(Next::Receive);
        }
        (self.code, self.lines) = (None, 0);
        let words = std::mem::take(&mut self.words);
        match (self.stage, reply.code) {
            (Stage::Greeting, READY) => {
                self.stage = Stage::Capabilities;
                Ok(Next::Send(Request::line(&[self.hello, b" ", OUR_NAME].concat())))
            }
            (Stage::Capabilities, OK) if self.offered => {
                self.stage = Stage::GoAhead;
                Ok(Next::Send(Request::line(b"STARTTLS")))
            }
            (Stage::Capabilities, OK) => Err(StartTlsError::NotOffered),
            (Stage::GoAhead, READY) => Ok(Next::Done),
            (stage, _) => Err(reply.refusal(stage, &words)),
        }
    }

    fn stage(&self) -> Stage {
        self.stage
    }
}
