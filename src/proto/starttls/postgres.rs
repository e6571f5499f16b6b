//! PostgreSQL: SSLRequest and its answer of one byte ("SSL Session Encryption" and "Message
//! Formats" in the description of its protocol).

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};

/// 1234 in the upper half and 5679 in the lower: no version of the protocol.
const SSL_REQUEST: u32 = 80_877_103;
/// Type and length of an ErrorResponse, in bytes; the length does not count the type.
const HEADER: usize = 5;
/// A longer one is no length but text: what a server says that cannot start a process for us, an
/// `E` and words up to a NUL, as in version 2 of the protocol.
const LENGTH_MAX: usize = 8 * 1024;

/// One conversation.
#[derive(Debug)]
pub(super) struct Postgres;

impl Dialogue for Postgres {
    fn start(&self) -> Option<Request> {
        let mut request = 8_u32.to_be_bytes().to_vec();
        request.extend(SSL_REQUEST.to_be_bytes());
        Some(Request::binary(request, "SSLRequest"))
    }

    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        match seen {
            [b'S' | b'N'] => Ok(true),
            [b'E', rest @ ..] => Ok(match length(rest) {
                Some(length) => rest.len() == length,
                None => rest.len() >= HEADER - 1 && rest.ends_with(b"\0"),
            }),
            _ => Err(StartTlsError::Unexpected(Stage::GoAhead, seen.to_vec())),
        }
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        match error(message) {
            Some((code, text)) => [b"E ", code, b" ", text].concat(),
            None => message.to_vec(),
        }
    }

    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        match message {
            b"S" => Ok(Next::Done),
            b"N" => Err(StartTlsError::NotOffered),
            _ => {
                let (code, text) = error(message).unwrap_or((b"E", b""));
                Err(StartTlsError::refused(Stage::GoAhead, code, text))
            }
        }
    }

    fn stage(&self) -> Stage {
        Stage::GoAhead
    }
}

/// The length that stands behind the type; `None` if that is no length, or not there yet.
fn length(rest: &[u8]) -> Option<usize> {
    let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
    (4..=LENGTH_MAX).contains(&length).then_some(length)
}

/// SQLSTATE and words of an error. Its fields are a letter and a text up to a NUL each: `C` is the
/// code, `M` the message.
fn error(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let (b'E', rest) = message.split_first()? else {
        return None;
    };
    if length(rest).is_none() {
        return Some((b"E", rest.strip_suffix(b"\0").unwrap_or(rest).trim_ascii_end()));
    }
    let fields = rest.get(HEADER - 1..)?;
    let field = |letter| {
        let mut texts = fields.split(|&byte| byte == 0);
        texts.find_map(|text| text.strip_prefix(&[letter]))
    };
    Some((field(b'C').unwrap_or(b"E"), field(b'M').unwrap_or_default()))
}
