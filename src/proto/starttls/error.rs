//! Why a connection does not become TLS.

use super::{MESSAGE_MAX, MESSAGES_MAX, TOTAL_MAX};
use crate::proto::escape::escape_at_most;

/// How much of foreign bytes an error shows, in bytes of text.
const SHOWN_MAX: usize = 200;

/// What went wrong before TLS began. Foreign bytes are kept as they came, and escaped when shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartTlsError {
    /// Nothing was sent: the host's name cannot stand in the request.
    #[error("this host name cannot be sent in XML")]
    Host,
    /// The server lists what it can do, and this is not in it; or says so in one byte.
    #[error("the server does not offer STARTTLS")]
    NotOffered,
    /// The server says no.
    #[error("{0}")]
    Refused(Refusal),
    /// Not an answer of this protocol: the message as far as it was looked at.
    #[error("{} does not belong to this protocol: \"{}\"", .0.name(), escape_at_most(.1, SHOWN_MAX))]
    Unexpected(Stage, Vec<u8>),
    /// A line or message of more than [`MESSAGE_MAX`] bytes.
    #[error("the server's answer has a line or message longer than {MESSAGE_MAX} bytes")]
    MessageTooLong,
    /// More than [`MESSAGES_MAX`] lines or messages.
    #[error("the server sent more than {MESSAGES_MAX} lines before TLS")]
    TooManyMessages,
    /// More than [`TOTAL_MAX`] bytes.
    #[error("the server sent more than {TOTAL_MAX} bytes before TLS")]
    TooMuch,
    /// Bytes came together with an answer and behind it, while it was our turn to ask.
    #[error("the server sent more than the answer to what it was asked")]
    Early,
    /// Bytes came behind the go-ahead, where only TLS may be: somebody on the way may have put
    /// them there, to have them taken for protected ones (CVE-2011-0411, CVE-2021-23222).
    #[error("plain bytes behind the go-ahead for TLS: they may be injected")]
    Injected,
    /// The connection ended first.
    #[error("the server closed the connection instead of giving {}", .0.name())]
    Closed(Stage),
}

impl StartTlsError {
    /// The server's no, in its words.
    pub(super) fn refused(stage: Stage, code: &[u8], text: &[u8]) -> Self {
        Self::Refused(Refusal { stage, code: code.to_vec(), text: text.to_vec() })
    }
}

/// What was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The first words of a server that speaks first, or of an XMPP stream.
    Greeting,
    /// What the server can do.
    Capabilities,
    /// The answer to the request for TLS.
    GoAhead,
}

impl Stage {
    /// What it is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Greeting => "its greeting",
            Self::Capabilities => "its list of capabilities",
            Self::GoAhead => "its answer to the request for TLS",
        }
    }
}

/// The server's no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: \"{}\"", self.what(), escape_at_most(&self.shown(), SHOWN_MAX))]
pub struct Refusal {
    /// What it was asked.
    pub stage: Stage,
    /// The protocol's code, a number or a word: `454`, `NO`, `-ERR`, `policy-violation`.
    pub code: Vec<u8>,
    /// The server's words, possibly none: foreign bytes.
    pub text: Vec<u8>,
}

impl Refusal {
    fn what(&self) -> &'static str {
        match self.stage {
            Stage::Greeting | Stage::Capabilities => "the server turns us away",
            Stage::GoAhead => "the server refuses to start TLS",
        }
    }

    /// Code and words as one.
    fn shown(&self) -> Vec<u8> {
        let blank: &[u8] = if self.text.is_empty() { b"" } else { b" " };
        [&self.code, blank, &self.text].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::{Stage, StartTlsError};

    #[test]
    fn foreign_bytes_are_escaped_and_cut() {
        let long = vec![b'a'; 5000];
        for (error, text) in [
            (
                StartTlsError::refused(Stage::GoAhead, b"454", b"not \x1b[31mnow"),
                "the server refuses to start TLS: \"454 not \\x1b[31mnow\"",
            ),
            (
                StartTlsError::refused(Stage::Greeting, b"-ERR", b""),
                "the server turns us away: \"-ERR\"",
            ),
            (
                StartTlsError::Unexpected(Stage::Greeting, b"\x15\x03".to_vec()),
                "its greeting does not belong to this protocol: \"\\x15\\x03\"",
            ),
        ] {
            assert_eq!(error.to_string(), text);
        }
        assert!(StartTlsError::refused(Stage::GoAhead, b"454", &long).to_string().len() < 300);
        assert!(StartTlsError::Unexpected(Stage::Greeting, long).to_string().len() < 300);
    }
}
