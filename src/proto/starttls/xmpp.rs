//! XMPP, a client's stream: header, features, `<starttls/>` (RFC 6120 sections 4.7, 4.3.2 and 5.4).

use std::net::IpAddr;

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};
use super::xml::{self, Quotes, Tag, Token};
use crate::proto::target::Target;

const TLS: &[u8] = b"urn:ietf:params:xml:ns:xmpp-tls";
const STREAM_START: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
                            xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='";
const STREAM_START_END: &str = "'>";
const STARTTLS: &[u8] = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// One conversation. A message is a tag of the stream itself, or an element in it.
#[derive(Debug)]
pub(super) struct Xmpp {
    /// The domain, as it is written in an attribute.
    to: String,
    stage: Stage,
    /// How many elements of the server's are open; the stream is the first.
    depth: usize,
    /// Where the open tag began in the message, and whether quotes are open in it.
    tag: Option<(usize, Quotes)>,
}

impl Xmpp {
    /// A stream to the domain of this name; an address is written as in RFC 7622 section 3.2.
    pub(super) fn new(host: &Target) -> Result<Self, StartTlsError> {
        let to = match host {
            Target::Ip(IpAddr::V4(address), _) => address.to_string(),
            Target::Ip(IpAddr::V6(address), _) => format!("[{address}]"),
            Target::Name(name, _) => {
                let name = std::str::from_utf8(name.as_bytes()).map_err(|_| StartTlsError::Host)?;
                attribute_value(name)?
            }
        };
        Ok(Self { to, stage: Stage::Greeting, depth: 0, tag: None })
    }

    /// Whether the message ends with this tag.
    fn ends_with(&mut self, token: Token<'_>) -> Option<bool> {
        match token {
            Token::Declaration if self.depth > 0 => return None,
            Token::Empty(_) if self.depth == 0 => return None,
            Token::Declaration | Token::Empty(_) => {}
            Token::Start(_) => self.depth += 1,
            Token::End => self.depth = self.depth.checked_sub(1)?,
        }
        Some(self.depth <= 1)
    }

    fn unexpected(&self, message: &[u8]) -> StartTlsError {
        StartTlsError::Unexpected(self.stage, message.to_vec())
    }

    /// The stream's header. A server that does not say that it speaks version 1.0 or later has no
    /// features (section 4.7.5).
    fn header(&mut self, tag: Tag<'_>) -> Option<Result<Next, StartTlsError>> {
        if tag.name() != b"stream" {
            return None;
        }
        let version = tag.attribute(b"version").unwrap_or_default();
        Some(if matches!(version, [b'1'..=b'9', ..]) {
            self.stage = Stage::Capabilities;
            Ok(Next::Receive)
        } else {
            Err(StartTlsError::NotOffered)
        })
    }

    /// An element in the stream.
    fn element(&mut self, tag: Tag<'_>, message: &[u8]) -> Option<Result<Next, StartTlsError>> {
        Some(match (self.stage, tag.name()) {
            (_, b"error") => Err(stream_error(self.stage, message)),
            (Stage::Capabilities, b"features") => {
                let mut features = xml::children(message).into_iter();
                if features.any(|(tag, _)| tag.name() == b"starttls" && tag.may_be_in(TLS)) {
                    self.stage = Stage::GoAhead;
                    let (bytes, shown) = (STARTTLS.to_vec(), STARTTLS.to_vec());
                    Ok(Next::Send(Request { bytes, shown }))
                } else {
                    Err(StartTlsError::NotOffered)
                }
            }
            (Stage::GoAhead, b"proceed") if tag.may_be_in(TLS) => Ok(Next::Done),
            (Stage::GoAhead, b"failure") if tag.may_be_in(TLS) => {
                Err(StartTlsError::refused(Stage::GoAhead, b"failure", b""))
            }
            _ => return None,
        })
    }
}

impl Dialogue for Xmpp {
    fn start(&self) -> Option<Request> {
        let header = [STREAM_START, &self.to, STREAM_START_END].concat().into_bytes();
        Some(Request { bytes: header.clone(), shown: header })
    }

    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        let Some((&byte, before)) = seen.split_last() else {
            return Ok(false);
        };
        match &mut self.tag {
            None if byte == b'<' => self.tag = Some((before.len(), Quotes::default())),
            // text has its place in an element, and blanks between them
            None if self.depth > 1 || byte.is_ascii_whitespace() => {}
            None => return Err(self.unexpected(seen)),
            Some((start, quotes)) => {
                let token = &seen[*start..];
                if quotes.closes(byte) {
                    self.tag = None;
                    let whole = Token::parse(token).and_then(|token| self.ends_with(token));
                    return whole.ok_or_else(|| self.unexpected(seen));
                }
            }
        }
        Ok(false)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        message.trim_ascii().to_vec()
    }

    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        let next = match Token::first(message) {
            Some((_, Token::Declaration, _)) => Some(Ok(Next::Receive)),
            Some((_, Token::Start(tag), [])) if self.stage == Stage::Greeting => self.header(tag),
            Some((_, Token::Start(tag) | Token::Empty(tag), _)) => self.element(tag, message),
            Some((_, Token::End, _)) => Some(Err(StartTlsError::Closed(self.stage))),
            None => None,
        };
        next.unwrap_or_else(|| Err(self.unexpected(message)))
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    /// Blanks may stand between the elements (section 4.6.1); the server's go-ahead is the last.
    fn is_padding(&self, byte: u8) -> bool {
        byte.is_ascii_whitespace()
    }
}

/// A stream error (section 4.9.1): the condition is the name of an element, and words may follow.
fn stream_error(stage: Stage, message: &[u8]) -> StartTlsError {
    let children = xml::children(message);
    let condition = children.iter().find(|(tag, _)| tag.name() != b"text");
    let words = children.iter().find(|(tag, _)| tag.name() == b"text");
    let code = condition.map_or(&b"error"[..], |(tag, _)| tag.name());
    StartTlsError::refused(stage, code, words.map_or(b"", |(_, text)| *text))
}

/// A text as the value of an attribute; none has what XML has no place for (XML 1.0 section 2.2;
/// the other controls are in no [`Target`]).
fn attribute_value(text: &str) -> Result<String, StartTlsError> {
    let mut value = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{fffe}' | '\u{ffff}' => return Err(StartTlsError::Host),
            '&' => value.push_str("&amp;"),
            '<' => value.push_str("&lt;"),
            '>' => value.push_str("&gt;"),
            '\'' => value.push_str("&apos;"),
            '"' => value.push_str("&quot;"),
            other => value.push(other),
        }
    }
    Ok(value)
}
