//! IMAP: greeting, CAPABILITY, STARTTLS (RFC 9051 sections 7.1, 6.1.1 and 6.2.1; RFC 3501 is the
//! same in this).

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};
use super::line;

/// The tags of our two commands.
const CAPABILITY_TAG: &[u8] = b"a1";
const STARTTLS_TAG: &[u8] = b"a2";
const UNTAGGED: &[u8] = b"*";

/// One conversation.
#[derive(Debug)]
pub(super) struct Imap {
    stage: Stage,
    /// STARTTLS was in the list.
    offered: bool,
}

impl Default for Imap {
    fn default() -> Self {
        Self { stage: Stage::Greeting, offered: false }
    }
}

impl Imap {
    /// The greeting. PREAUTH is refused, whoever says it: TLS cannot begin any more (RFC 9051
    /// section 6.2.1), and on the way it is an easy means to prevent it.
    fn greeting(&mut self, status: &[u8], text: &[u8]) -> Option<Result<Next, StartTlsError>> {
        if status.eq_ignore_ascii_case(b"OK") {
            self.stage = Stage::Capabilities;
            let command = [CAPABILITY_TAG, b" CAPABILITY"].concat();
            return Some(Ok(Next::Send(Request::line(&command))));
        }
        let refused = is_one_of(status, &[b"PREAUTH", b"BYE"]);
        refused.then(|| Err(StartTlsError::refused(self.stage, status, text)))
    }

    /// What is not the answer to the command, but may stand before it.
    fn untagged(&mut self, status: &[u8], text: &[u8]) -> Result<Next, StartTlsError> {
        if status.eq_ignore_ascii_case(b"BYE") {
            return Err(StartTlsError::refused(self.stage, status, text));
        }
        if self.stage == Stage::Capabilities && status.eq_ignore_ascii_case(b"CAPABILITY") {
            let mut capabilities = text.split(|&byte| byte == b' ');
            self.offered |= capabilities.any(|name| name.eq_ignore_ascii_case(b"STARTTLS"));
        }
        Ok(Next::Receive)
    }

    /// The answer to the command.
    fn tagged(&mut self, status: &[u8], text: &[u8]) -> Option<Result<Next, StartTlsError>> {
        if !status.eq_ignore_ascii_case(b"OK") {
            let refused = is_one_of(status, &[b"NO", b"BAD"]);
            return refused.then(|| Err(StartTlsError::refused(self.stage, status, text)));
        }
        Some(match self.stage {
            Stage::GoAhead => Ok(Next::Done),
            _ if self.offered => {
                self.stage = Stage::GoAhead;
                Ok(Next::Send(Request::line(&[STARTTLS_TAG, b" STARTTLS"].concat())))
            }
            _ => Err(StartTlsError::NotOffered),
        })
    }
}

fn is_one_of(word: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|other| word.eq_ignore_ascii_case(other))
}

impl Dialogue for Imap {
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        line::is_whole(self.stage, seen)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        line::text(message).to_vec()
    }

    /// Each line begins with the tag of our command, or with `*`. Literals do not occur in these
    /// answers.
    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        let line = line::text(message);
        let (tag, rest) = line::first_word(line);
        let (status, text) = line::first_word(rest);
        let ours = match self.stage {
            Stage::GoAhead => STARTTLS_TAG,
            _ => CAPABILITY_TAG,
        };
        let next = if self.stage == Stage::Greeting {
            (tag == UNTAGGED).then(|| self.greeting(status, text)).flatten()
        } else if tag == UNTAGGED {
            Some(self.untagged(status, text))
        } else {
            (tag == ours).then(|| self.tagged(status, text)).flatten()
        };
        next.unwrap_or_else(|| Err(StartTlsError::Unexpected(self.stage, line.to_vec())))
    }

    fn stage(&self) -> Stage {
        self.stage
    }
}
