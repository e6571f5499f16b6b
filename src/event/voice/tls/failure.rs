//! Why a connection is not secured, with what to do about it.

use std::fmt::{self, Display, Formatter};
use std::io;

use super::{name, reason};
use crate::event::strerror::strerror;
use crate::event::{Breach, Speech, TlsError};
use crate::proto::escape::escape_at_most;

/// The most bytes of what is no TLS that are shown.
const BEGINNING_SHOWN: usize = 32;

impl Display for TlsError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str(
                "the stream was cut: the connection ended without the word that nothing follows \
                 (close_notify)",
            ),
            Self::Untrusted { wanted: Some(wanted), why } => {
                write!(f, "the certificate of {} is not trusted: ", name(wanted))?;
                f.write_str(&reason(why, Some(wanted)))
            }
            Self::Untrusted { wanted: None, why } => {
                f.write_str("the client's certificate is not trusted: ")?;
                f.write_str(&reason(why, None))
            }
            Self::Alert { code, name } => {
                write!(f, "the peer ended it with the alert {name} ({code})")?;
                match alert(*code) {
                    Some(meaning) => write!(f, ": {meaning}"),
                    None => Ok(()),
                }
            }
            Self::Foreign { from_client: true, speech: Some(speech), .. } => {
                write!(f, "the client speaks {}, not TLS", spoken(*speech))
            }
            Self::Foreign { from_client: true, speech: None, beginning } => write!(
                f,
                "what the client sent is no TLS: it begins with \"{}\"",
                escape_at_most(beginning, BEGINNING_SHOWN)
            ),
            Self::Foreign { speech: Some(speech), .. } => f.write_str(foreign(*speech)),
            Self::Foreign { speech: None, beginning, .. } => write!(
                f,
                "what the peer sent is no TLS: it begins with \"{}\"",
                escape_at_most(beginning, BEGINNING_SHOWN)
            ),
            Self::NothingInCommon(what) => write!(f, "no {what} in common with the peer"),
            Self::Refused(what) => write!(f, "the peer did not show {what}"),
            Self::EndedInHandshake => {
                f.write_str("the peer closed the connection in the middle of the handshake")
            }
            Self::Broken(breach) => {
                write!(f, "the peer does not keep to TLS: {}", breach_in_words(*breach))?;
                match breach {
                    Breach::Lacks(what) => f.write_str(what),
                    _ => Ok(()),
                }
            }
            Self::Ours(what) => write!(f, "TLS failed here: {what}"),
            Self::StartTls(error) => write!(f, "no TLS: {error}"),
            Self::Io(kind, code) => {
                let error = code.map_or_else(|| (*kind).into(), io::Error::from_raw_os_error);
                write!(
                    f,
                    "the connection failed in the middle of the handshake: {}",
                    strerror(&error)
                )
            }
        }
    }
}

/// What a client speaks.
fn spoken(speech: Speech) -> &'static str {
    match speech {
        Speech::Http => "plain HTTP",
        Speech::Ssh => "SSH",
        Speech::OldSsl => "a version of SSL that is too old to be safe",
        Speech::Greeting220 | Speech::Imap | Speech::Pop3 | Speech::Mysql | Speech::Text => {
            "in plain text"
        }
    }
}

/// What a server speaks, and what to do.
fn foreign(speech: Speech) -> &'static str {
    match speech {
        Speech::Http => "this answer is plain HTTP, not TLS: drop tls://",
        Speech::Ssh => "this is an SSH server, not TLS: use ssh",
        Speech::Greeting220 => {
            "the server speaks first, in plain text: a mail or file server (--starttls smtp, or ftp)"
        }
        Speech::Imap => "the server speaks first, in plain text: IMAP (--starttls imap)",
        Speech::Pop3 => "the server speaks first, in plain text: POP3 (--starttls pop3)",
        Speech::Mysql => "the server speaks first, in plain text: MySQL (--starttls mysql)",
        Speech::OldSsl => "the peer speaks a version of SSL that is too old to be safe",
        Speech::Text => "what the peer sent is plain text, not TLS: drop tls://",
    }
}

/// How a peer does not keep to the protocol.
fn breach_in_words(breach: Breach) -> &'static str {
    match breach {
        Breach::Malformed => "it sent what cannot be read",
        Breach::TooLarge => "it sent more in one piece than there may be",
        Breach::Undecryptable => "it sent what does not decrypt, or was changed on the way",
        Breach::OutOfTurn => "it sent what does not belong there",
        Breach::NotOffered => "it answered what was not offered",
        Breach::Lacks(_) => "its hello is without ",
        Breach::Flood => "it sent too much that says nothing",
        Breach::Rule => "it broke a rule of the handshake",
    }
}

/// What an alert means, where that is worth a word (RFC 8446, section 6.2).
fn alert(code: u8) -> Option<&'static str> {
    Some(match code {
        40 => "nothing that both accept, or it wants a certificate (--cert)",
        42..=46 => "it does not accept our certificate",
        48 => "it does not know who signed our certificate",
        // a client of ours says so of a certificate that is not the pinned one
        49 => "it does not let us in (a rule of its own, or a pin)",
        70 => "it speaks another version of TLS",
        71 => "it wants stronger ciphers",
        112 => "it does not know the name that we asked for (--sni)",
        113 => "it does not accept the word that our certificate is not revoked",
        116 => "it wants a certificate of ours (--cert)",
        120 => "it speaks none of the protocols offered (--alpn)",
        _ => return None,
    })
}
