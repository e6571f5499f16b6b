//! LDAP: the extended operation StartTLS (RFC 4511 section 4.14) and its answer.

use super::MESSAGE_MAX;
use super::ber::{Element, Length};
use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};

const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";
const MESSAGE_ID: u8 = 1;
/// The id of what the server says unasked: that it closes the connection (section 4.4.1).
const UNSOLICITED: u32 = 0;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
/// `[APPLICATION 23]`
const EXTENDED_REQUEST: u8 = 0x77;
/// `[APPLICATION 24]`
const EXTENDED_RESPONSE: u8 = 0x78;
/// `[0]` in the request
const REQUEST_NAME: u8 = 0x80;
const SUCCESS: u32 = 0;

/// One conversation.
#[derive(Debug)]
pub(super) struct Ldap;

/// An ExtendedResponse (sections 4.1.9 and 4.12), as far as it is looked at.
struct Response<'a> {
    id: u32,
    code: u32,
    /// The diagnostic message.
    text: &'a [u8],
}

impl<'a> Response<'a> {
    /// Reads a whole message.
    fn parse(message: &'a [u8]) -> Option<Self> {
        let envelope = Element::tagged(message, SEQUENCE)?;
        let id = Element::tagged(envelope.content, INTEGER)?;
        let response = Element::tagged(id.rest, EXTENDED_RESPONSE)?;
        let code = Element::tagged(response.content, ENUMERATED)?;
        let matched = Element::tagged(code.rest, OCTET_STRING)?;
        let text = Element::tagged(matched.rest, OCTET_STRING)?;
        Some(Self { id: id.number()?, code: code.number()?, text: text.content })
    }
}

impl Dialogue for Ldap {
    fn start(&self) -> Option<Request> {
        let name = element(REQUEST_NAME, START_TLS);
        let id = element(INTEGER, &[MESSAGE_ID]);
        let message = element(SEQUENCE, &[id, element(EXTENDED_REQUEST, &name)].concat());
        Some(Request::binary(message, "StartTLS request"))
    }

    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        let unexpected = || Err(StartTlsError::Unexpected(Stage::GoAhead, seen.to_vec()));
        if seen.first() != Some(&SEQUENCE) {
            return unexpected();
        }
        match Length::of(seen) {
            Length::Unknown => Ok(false),
            Length::Known(header, length) if length <= MESSAGE_MAX - header => {
                Ok(seen.len() == header + length)
            }
            Length::Known(..) => Err(StartTlsError::MessageTooLong),
            Length::Malformed => unexpected(),
        }
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        let Some(Response { code, text, .. }) = Response::parse(message) else {
            return message.to_vec();
        };
        let mut shown = format!("StartTLS response: result {code}").into_bytes();
        if !text.is_empty() {
            shown.extend([b", ", text].concat());
        }
        shown
    }

    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        match Response::parse(message) {
            Some(Response { id, code: SUCCESS, .. }) if id == u32::from(MESSAGE_ID) => {
                Ok(Next::Done)
            }
            Some(Response { id, code: code @ 1.., text })
                if id == UNSOLICITED || id == u32::from(MESSAGE_ID) =>
            {
                Err(StartTlsError::refused(Stage::GoAhead, code.to_string().as_bytes(), text))
            }
            _ => Err(StartTlsError::Unexpected(Stage::GoAhead, message.to_vec())),
        }
    }

    fn stage(&self) -> Stage {
        Stage::GoAhead
    }
}

/// An element of our own; none has more than 127 bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length], content].concat()
}
