//! NNTP: greeting, CAPABILITIES (RFC 3977 section 5.2), STARTTLS (RFC 4642 section 2.2).

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};
use super::line;
use super::reply::ReplyLine;

const POSTING_ALLOWED: u16 = 200;
const POSTING_PROHIBITED: u16 = 201;
const CAPABILITIES_FOLLOW: u16 = 101;
const CONTINUE_WITH_TLS: u16 = 382;
/// The first digit of what a server older than CAPABILITIES answers.
const ERROR: u16 = 5;

/// One conversation.
#[derive(Debug)]
pub(super) struct Nntp {
    stage: Stage,
    /// The list has begun; whether STARTTLS was in it.
    listing: Option<bool>,
}

impl Default for Nntp {
    fn default() -> Self {
        Self { stage: Stage::Greeting, listing: None }
    }
}

impl Nntp {
    fn ask(&mut self) -> Next {
        self.stage = Stage::GoAhead;
        Next::Send(Request::line(b"STARTTLS"))
    }

    /// A line of the list: a keyword, in letters of any case, or the dot behind the last
    /// (RFC 3977 sections 3.1.1 and 9.5).
    fn listed(&mut self, offered: bool, text: &[u8]) -> Result<Next, StartTlsError> {
        if text == b"." {
            self.listing = None;
            return if offered { Ok(self.ask()) } else { Err(StartTlsError::NotOffered) };
        }
        let keyword = line::first_word(text).0;
        self.listing = Some(offered || keyword.eq_ignore_ascii_case(b"STARTTLS"));
        Ok(Next::Receive)
    }
}

impl Dialogue for Nntp {
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        line::is_whole(self.stage, seen)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        line::text(message).to_vec()
    }

    /// A reply is one line; only a list goes on behind it.
    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        let text = line::text(message);
        if let Some(offered) = self.listing {
            return self.listed(offered, text);
        }
        let reply = ReplyLine::parse(text)
            .filter(|reply| !reply.goes_on)
            .ok_or_else(|| StartTlsError::Unexpected(self.stage, text.to_vec()))?;
        match (self.stage, reply.code) {
            (Stage::Greeting, POSTING_ALLOWED | POSTING_PROHIBITED) => {
                self.stage = Stage::Capabilities;
                Ok(Next::Send(Request::line(b"CAPABILITIES")))
            }
            (Stage::Capabilities, CAPABILITIES_FOLLOW) => {
                self.listing = Some(false);
                Ok(Next::Receive)
            }
            // it announces nothing, and may know the command all the same
            (Stage::Capabilities, code) if code / 100 == ERROR => Ok(self.ask()),
            (Stage::GoAhead, CONTINUE_WITH_TLS) => Ok(Next::Done),
            (stage, _) => Err(reply.refusal(stage, reply.text)),
        }
    }

    fn stage(&self) -> Stage {
        self.stage
    }
}
