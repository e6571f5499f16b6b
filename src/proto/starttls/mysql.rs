//! MySQL and MariaDB: the server's greeting, SSLRequest ("Protocol::HandshakeV10" and
//! "Protocol::SSLRequest" in the description of their protocol). TLS begins behind the request;
//! it is not answered.

use super::MESSAGE_MAX;
use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};

/// Three bytes of length and one of sequence number, in front of each packet.
const HEADER: usize = 4;
const PROTOCOL: u8 = 10;
/// The protocol before 3.21.0, which has no capabilities.
const OLD_PROTOCOL: u8 = 9;
const ERROR: u8 = 0xff;
/// Behind the server's version: connection, first part of the scramble, and a zero, in bytes.
const BEFORE_CAPABILITIES: usize = 4 + 8 + 1;

const CLIENT_LONG_PASSWORD: u32 = 1;
const CLIENT_LONG_FLAG: u32 = 1 << 2;
const CLIENT_PROTOCOL_41: u32 = 1 << 9;
const CLIENT_SSL: u32 = 1 << 11;
const CLIENT_TRANSACTIONS: u32 = 1 << 13;
const CLIENT_SECURE_CONNECTION: u32 = 1 << 15;
const CLIENT_PLUGIN_AUTH: u32 = 1 << 19;
/// What we can do. Said once more behind TLS by whoever goes on.
const CAPABILITIES: u32 = CLIENT_LONG_PASSWORD
    | CLIENT_LONG_FLAG
    | CLIENT_PROTOCOL_41
    | CLIENT_SSL
    | CLIENT_TRANSACTIONS
    | CLIENT_SECURE_CONNECTION
    | CLIENT_PLUGIN_AUTH;
/// The longest packet that we would take, in bytes.
const PACKET_MAX: u32 = 1 << 24;
/// `utf8mb4_general_ci`.
const CHARACTER_SET: u8 = 45;
const FILLER: [u8; 23] = [0; 23];

/// One conversation.
#[derive(Debug)]
pub(super) struct Mysql;

/// The server's only packet before TLS.
enum Greeting<'a> {
    Server { version: &'a [u8], offers_tls: bool },
    Old { version: &'a [u8] },
    Error { code: u16, text: &'a [u8] },
}

impl<'a> Greeting<'a> {
    /// Reads a packet.
    fn parse(packet: &'a [u8]) -> Option<Self> {
        match packet.get(HEADER..)? {
            [PROTOCOL, rest @ ..] => {
                let (version, behind) = text(rest)?;
                let (_, capabilities) = behind.split_at_checked(BEFORE_CAPABILITIES)?;
                // the lower half, and CLIENT_SSL is in it; the upper half may be missing
                let capabilities = u16::from_le_bytes(*capabilities.first_chunk()?);
                let offers_tls = u32::from(capabilities) & CLIENT_SSL != 0;
                Some(Self::Server { version, offers_tls })
            }
            [OLD_PROTOCOL, rest @ ..] => Some(Self::Old { version: text(rest)?.0 }),
            [ERROR, low, high, text @ ..] => {
                // the SQLSTATE is not there before the client said that it knows it; some send it
                let text = match text {
                    [b'#', rest @ ..] => rest.get(5..).unwrap_or(text),
                    _ => text,
                };
                Some(Self::Error { code: u16::from_le_bytes([*low, *high]), text })
            }
            _ => None,
        }
    }
}

/// A text up to its NUL, and what is behind.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

impl Dialogue for Mysql {
    /// The first packet has the number 0; its length and the first byte tell whether this is one.
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        let [a, b, c, ..] = *seen else {
            return Ok(false);
        };
        let length = u32::from_le_bytes([a, b, c, 0]);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let known = match seen.get(HEADER - 1..).unwrap_or_default() {
            [] | [0] => true,
            [0, first, ..] => matches!(*first, PROTOCOL | OLD_PROTOCOL | ERROR),
            _ => false,
        };
        if !known || !(1..=MESSAGE_MAX - HEADER).contains(&length) {
            return Err(StartTlsError::Unexpected(Stage::Greeting, seen.to_vec()));
        }
        Ok(seen.len() == HEADER + length)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        let with = |words: String, foreign: &[u8]| [words.as_bytes(), foreign].concat();
        match Greeting::parse(message) {
            Some(Greeting::Server { version, .. }) => {
                with(format!("greeting of protocol {PROTOCOL}: "), version)
            }
            Some(Greeting::Old { version }) => {
                with(format!("greeting of protocol {OLD_PROTOCOL}: "), version)
            }
            Some(Greeting::Error { code, text }) => with(format!("error {code}: "), text),
            None => message.to_vec(),
        }
    }

    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        match Greeting::parse(message) {
            Some(Greeting::Server { offers_tls: true, .. }) => {
                Ok(Next::SendThenDone(Request::binary(ssl_request(), "SSLRequest")))
            }
            Some(Greeting::Server { .. } | Greeting::Old { .. }) => Err(StartTlsError::NotOffered),
            Some(Greeting::Error { code, text }) => {
                Err(StartTlsError::refused(Stage::Greeting, code.to_string().as_bytes(), text))
            }
            None => Err(StartTlsError::Unexpected(Stage::Greeting, message.to_vec())),
        }
    }

    fn stage(&self) -> Stage {
        Stage::Greeting
    }
}

/// The packet behind the server's, so its number is 1.
fn ssl_request() -> Vec<u8> {
    let mut packet = vec![32, 0, 0, 1];
    packet.extend(CAPABILITIES.to_le_bytes());
    packet.extend(PACKET_MAX.to_le_bytes());
    packet.push(CHARACTER_SET);
    packet.extend(FILLER);
    packet
}
