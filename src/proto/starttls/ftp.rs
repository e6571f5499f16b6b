//! FTP: greeting, AUTH TLS (RFC 4217 section 4).
//!
//! What FEAT would list is not asked for: a server that does not know AUTH says so in its answer
//! (500 or 502), in its own words.

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};
use super::line;
use super::reply::ReplyLine;

const READY: u16 = 220;
const SECURE: u16 = 234;
/// The first digit of a reply behind which another one comes (RFC 959 section 4.2.1): a greeting
/// may be put off with 120.
const PRELIMINARY: u16 = 1;

/// One conversation.
#[derive(Debug, Default)]
pub(super) struct Ftp {
    greeted: bool,
    /// The code of the reply whose lines are coming.
    code: Option<u16>,
    /// The words of those that begin with digits, for a refusal.
    words: Vec<u8>,
}

impl Dialogue for Ftp {
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        line::is_whole(self.stage(), seen)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        line::text(message).to_vec()
    }

    /// A reply that begins with `220-` ends with the next line that begins with `220 `; between
    /// them anything may stand (RFC 959 section 4.2).
    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        let text = line::text(message);
        let reply = ReplyLine::parse(text);
        if let Some(reply) = reply {
            reply.add_words(&mut self.words);
        }
        let reply = match (self.code, reply) {
            (None, None) => return Err(StartTlsError::Unexpected(self.stage(), text.to_vec())),
            (Some(code), Some(reply)) if reply.code == code && !reply.goes_on => reply,
            (Some(_), _) => return Ok(Next::Receive),
            (None, Some(reply)) if reply.goes_on => {
                self.code = Some(reply.code);
                return Ok(Next::Receive);
            }
            (None, Some(reply)) => reply,
        };
        self.code = None;
        let words = std::mem::take(&mut self.words);
        match (self.greeted, reply.code) {
            (false, READY) => {
                self.greeted = true;
                Ok(Next::Send(Request::line(b"AUTH TLS")))
            }
            (false, code) if code / 100 == PRELIMINARY => Ok(Next::Receive),
            (true, SECURE) => Ok(Next::Done),
            _ => Err(reply.refusal(self.stage(), &words)),
        }
    }

    fn stage(&self) -> Stage {
        if self.greeted { Stage::GoAhead } else { Stage::Greeting }
    }
}
