//! POP3: greeting, STLS (RFC 2595 section 4).
//!
//! CAPA is not asked first: a server without STLS says so with its `-ERR` (RFC 1939 section 3).

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};
use super::line;

/// One conversation.
#[derive(Debug, Default)]
pub(super) struct Pop3 {
    greeted: bool,
}

impl Dialogue for Pop3 {
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        line::is_whole(self.stage(), seen)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        line::text(message).to_vec()
    }

    /// Both answers are one line.
    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        let text = line::text(message);
        match line::first_word(text) {
            (b"+OK", _) if self.greeted => Ok(Next::Done),
            (b"+OK", _) => {
                self.greeted = true;
                Ok(Next::Send(Request::line(b"STLS")))
            }
            (b"-ERR", words) => Err(StartTlsError::refused(self.stage(), b"-ERR", words)),
            _ => Err(StartTlsError::Unexpected(self.stage(), text.to_vec())),
        }
    }

    fn stage(&self) -> Stage {
        if self.greeted { Stage::GoAhead } else { Stage::Greeting }
    }
}
