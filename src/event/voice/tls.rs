//! The words for TLS: how a connection is secured, and why one is not, with what to do about it.
//!
//! Foreign bytes are escaped here, and cut where they are long.

use std::fmt::{self, Display, Formatter};

use crate::event::strerror::strerror;
use crate::event::{
    Breach, Distrust, Fault, Secured, Speech, StapleFault, TlsError, TlsSettingError, Unusable,
    Verdict, Verified,
};
use crate::plan::Host;
use crate::proto::certificate::{Certificate, CertificateError, Report, Timestamp};
use crate::proto::escape::{escape, escape_at_most};

/// The most bytes of a foreign name that are shown.
const NAME_SHOWN: usize = 300;
/// The most names of a certificate that are shown.
const NAMES_SHOWN: usize = 8;
/// The most bytes of what is no TLS that are shown.
const BEGINNING_SHOWN: usize = 32;

const DAY: i64 = 86_400;

impl Display for TlsError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str(
                "the stream was cut: the connection ended without the word that nothing follows \
                 (close_notify)",
            ),
            Self::Untrusted { wanted: Some(wanted), why } => {
                write!(f, "the certificate of {} is not trusted: ", name(wanted))?;
                distrust(f, why, Some(wanted))
            }
            Self::Untrusted { wanted: None, why } => {
                f.write_str("the client's certificate is not trusted: ")?;
                distrust(f, why, None)
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
                let error = code.map_or_else(|| (*kind).into(), std::io::Error::from_raw_os_error);
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

fn distrust(f: &mut Formatter<'_>, why: &Distrust, wanted: Option<&Host>) -> fmt::Result {
    f.write_str(&reason(why, wanted))
}

/// Why a certificate is not believed.
pub fn reason(why: &Distrust, wanted: Option<&Host>) -> String {
    let is_known = wanted.is_some();
    let wanted = wanted.map_or_else(|| "another name".to_owned(), name);
    match why {
        Distrust::WrongName { only_common_name: true, .. } => {
            let wanted = if is_known { wanted.as_str() } else { "the name asked for" };
            format!("{wanted} stands in its subject alone, which counts for nothing since 2000")
        }
        Distrust::WrongName { has, .. } if has.is_empty() => {
            format!("it has no names, and {wanted} was asked for")
        }
        Distrust::WrongName { has, .. } => {
            format!("it is for {}, and {wanted} was asked for", names(has))
        }
        Distrust::Expired { since, now } => {
            format!("it expired on {since}, {} ago", span(now.0.saturating_sub(since.0)))
        }
        Distrust::NotYetValid { from, now } => format!(
            "it is not valid before {from}, in {} (is the clock here right?)",
            span(from.0.saturating_sub(now.0))
        ),
        Distrust::SelfSigned => {
            "it signed itself, and nobody here knows it (--cafile FILE or --pin, to trust it)"
                .to_owned()
        }
        Distrust::UnknownIssuer { issuer, .. } if issuer.is_empty() => {
            "nobody here knows who signed it".to_owned()
        }
        Distrust::UnknownIssuer { issuer, alone } => {
            let issuer = escape_at_most(issuer, NAME_SHOWN);
            let missing =
                if *alone { "; the peer may leave one out that belongs in between" } else { "" };
            format!("it is signed by {issuer}, which nobody here trusts{missing}")
        }
        Distrust::AuthorityAsPeer => {
            "it is an authority's own certificate, not one for a peer".to_owned()
        }
        Distrust::PeerAsAuthority => {
            "it is signed by a certificate that may not sign others".to_owned()
        }
        Distrust::WrongPurpose(purposes) if purposes.is_empty() => {
            "it is not for this purpose".to_owned()
        }
        Distrust::WrongPurpose(purposes) => {
            format!("it is for {}, not for this", purposes.join(", "))
        }
        Distrust::Revoked => "it was revoked".to_owned(),
        Distrust::BadSignature => "a signature on it is wrong".to_owned(),
        Distrust::NotPinned(pin) => format!("it is not the one that was pinned; its pin is {pin}"),
        Distrust::BadStaple(fault) => {
            format!("what the peer shows of its not being revoked {}", bad_staple(*fault))
        }
        Distrust::NoStaple => "the peer does not show that it is not revoked".to_owned(),
        Distrust::KeyNotHeld => {
            "it belongs to somebody else, for the peer does not have its key".to_owned()
        }
        Distrust::Unreadable(error) => format!("it is {error}"),
        Distrust::Faulty(fault) => faulty(*fault).to_owned(),
    }
}

/// What is wrong with the word that a certificate is not revoked.
fn bad_staple(fault: StapleFault) -> &'static str {
    match fault {
        StapleFault::Malformed => "cannot be read",
        StapleFault::Unsigned => "is not signed by who signed it",
        StapleFault::OfAnother => "is about another certificate",
        StapleFault::OutOfTime => "is too old, or of the future",
        StapleFault::Undecided => "is that nobody knows it",
    }
}

/// What is wrong with a certificate.
fn faulty(fault: Fault) -> &'static str {
    match fault {
        Fault::Malformed => "it is not written as a certificate has to be",
        Fault::OldVersion => "it is of a version that has no names",
        Fault::NotUnderstood => {
            "it must not be used by who does not understand all of it, and a part is not understood"
        }
        Fault::Algorithm => "it, or one above it, is signed in a way that is not accepted here",
        Fault::ShortKey => "its key, or one above it, is shorter than RSA's 2048 bits",
        Fault::Dates => "it ends before it begins",
        Fault::OutsideNames => "one above it does not vouch for such names",
        Fault::PathTooLong => "there are more authorities above it than they let be",
        Fault::TooManyPaths => "there are too many ways from it to somebody who is trusted",
        Fault::Other => "it is not as it should be",
    }
}

/// Why a certificate is not believed, in OpenSSL's words where it has some.
pub fn reason_in_openssls_words(why: &Distrust) -> String {
    let words = match why {
        Distrust::SelfSigned => "self-signed certificate",
        Distrust::UnknownIssuer { .. } => "unable to get local issuer certificate",
        Distrust::Expired { .. } => "certificate has expired",
        Distrust::NotYetValid { .. } => "certificate is not yet valid",
        Distrust::BadSignature => "certificate signature failure",
        Distrust::Revoked => "certificate revoked",
        Distrust::WrongPurpose(_) => "unsuitable certificate purpose",
        Distrust::PeerAsAuthority => "invalid CA certificate",
        Distrust::Faulty(Fault::OutsideNames) => "permitted subtree violation",
        Distrust::Faulty(Fault::PathTooLong) => "path length constraint exceeded",
        Distrust::Faulty(Fault::NotUnderstood) => "unhandled critical extension",
        other => return reason(other, None),
    };
    words.to_owned()
}

fn names(has: &[Vec<u8>]) -> String {
    let shown: Vec<_> = has
        .iter()
        .take(NAMES_SHOWN)
        .map(|name| escape_at_most(name, NAME_SHOWN).to_string())
        .collect();
    match has.len().saturating_sub(NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn name(host: &Host) -> String {
    escape_at_most(host.as_bytes(), NAME_SHOWN).to_string()
}

/// A length of time as people say it.
fn span(seconds: i64) -> String {
    let count = |count: i64, unit: &str| {
        if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
    };
    match seconds.max(0) {
        seconds @ 0..60 => count(seconds, "second"),
        seconds @ 60..3600 => count(seconds / 60, "minute"),
        seconds if seconds < DAY => count(seconds / 3600, "hour"),
        seconds => count(seconds / DAY, "day"),
    }
}

impl Display for TlsSettingError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let path = |path: &std::path::Path| {
            escape(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str())).to_string()
        };
        match self {
            Self::File { path: file, error } | Self::Write { path: file, error } => {
                write!(f, "{}: {}", path(file), strerror(error))
            }
            Self::Pem { path: file, error } => write!(f, "{}: {error}", path(file)),
            Self::Material { path: file, why } => write!(f, "{}: {}", path(file), unusable(why)),
            Self::KeyMismatch { certificate } => {
                write!(f, "the key is not that of the certificate in {}", path(certificate))
            }
            Self::Cipher { name, known } => write!(
                f,
                "no cipher suite is called {}; there are {}",
                escape(name.as_bytes()),
                known.join(", ")
            ),
            Self::NothingLeft => {
                f.write_str("the versions and cipher suites asked for leave nothing to speak")
            }
            Self::NoRoots(words) => write!(
                f,
                "the system's trusted certificates were not found ({}): --cafile FILE names others",
                escape(words.as_bytes())
            ),
            Self::Name(host) => {
                write!(f, "{} is no name that a certificate can have", name(host))
            }
            Self::Taken { path: file } => {
                write!(f, "{} is there already, and nothing was replaced", path(file))
            }
            Self::NotMade(words) => {
                write!(f, "no certificate could be made: {}", escape(words.as_bytes()))
            }
        }
    }
}

/// Why a file is of no use.
fn unusable(why: &Unusable) -> String {
    match why {
        Unusable::Unreadable(error) => error.to_string(),
        Unusable::Certificate(fault) => format!("its certificate is of no use: {}", faulty(*fault)),
        Unusable::Key => {
            "its key cannot be read, or is of no kind known here (RSA of 2048 bits or \
                          more, ECDSA on P-256, P-384 or P-521, Ed25519)"
                .to_owned()
        }
        Unusable::NoAuthority => "no certificate in it can vouch for others".to_owned(),
        Unusable::Dtls(words) => escape(words.as_bytes()).to_string(),
    }
}

/// The lines about a connection that is secured: three, and with `chain` each certificate.
pub fn secured(secured: &Secured, chain: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let exchange = secured.exchange.map(|exchange| format!(", {exchange}")).unwrap_or_default();
    let alpn = secured
        .alpn
        .as_ref()
        .map(|alpn| format!(", ALPN {}", escape_at_most(alpn, NAME_SHOWN)))
        .unwrap_or_default();
    let how = format!("{}, {}{exchange}{alpn}{}", secured.version, secured.cipher, asked(secured));
    lines.push(how);
    if let Some(peer) = secured.chain.first() {
        lines.push(match peer {
            Ok(peer) => who(peer, secured.now),
            Err(error) => format!("peer: a certificate that cannot be read: {error}"),
        });
    }
    lines.push(verified(&secured.verified));
    if chain {
        for (index, certificate) in secured.chain.iter().enumerate() {
            let line = self::certificate(index, certificate.as_ref(), secured.now);
            lines.push(format!("certificate {line}"));
        }
    }
    lines
}

/// The name that was asked for, where it is not the one that is verified, and so told already.
fn asked(secured: &Secured) -> String {
    let verified = match &secured.verified {
        Verified::Chain { name } => name.as_ref().map(Host::as_bytes),
        Verified::Pin | Verified::Nothing(_) | Verified::Nobody => None,
    };
    match &secured.server_name {
        Some(name) if verified != Some(name) => {
            format!(", SNI {}", escape_at_most(name, NAME_SHOWN))
        }
        _ => String::new(),
    }
}

/// One certificate of a chain, in one line.
pub fn certificate(
    index: usize,
    certificate: Result<&Certificate, &CertificateError>,
    now: Timestamp,
) -> String {
    match certificate {
        Ok(certificate) => format!("{index}: {}", Report::new(certificate, now)),
        Err(error) => format!("{index}: {error}"),
    }
}

/// What came of looking at certificates that are shown already. Why a peer is not believed is the
/// run's error, and said there.
pub fn verdict(verdict: &Verdict, verbosity: u8) -> Vec<String> {
    match &verdict.result {
        Ok(secured) if verbosity > 0 => self::secured(secured, false),
        Ok(secured) => vec![verified(&secured.verified)],
        Err(_) => Vec::new(),
    }
}

/// Which certificate expires too soon.
pub fn expires_soon(index: usize, until: Timestamp, now: Timestamp) -> String {
    if until < now {
        format!("certificate {index} expired on {until}, {} ago", now.distance(until))
    } else {
        format!("certificate {index} expires on {until}, in {}", now.distance(until))
    }
}

/// Who the peer is, until when, by whom.
fn who(peer: &Certificate, now: Timestamp) -> String {
    let left = match now.days_until(peer.not_after) {
        days if days < 0 => "expired".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    };
    let by = if peer.claims_self_signed() {
        "itself".to_owned()
    } else {
        escape_at_most(&peer.issuer.rfc4514(), NAME_SHOWN).to_string()
    };
    format!(
        "peer: {}, until {} ({left}), by {by}",
        escape_at_most(&peer.subject.rfc4514(), NAME_SHOWN),
        peer.not_after
    )
}

fn verified(verified: &Verified) -> String {
    match verified {
        Verified::Chain { name: Some(wanted) } => format!("verified, as {}", name(wanted)),
        Verified::Chain { name: None } => "verified, whatever its name".to_owned(),
        Verified::Pin => "verified, by its pin alone".to_owned(),
        Verified::Nothing(why) => not_verified(why.as_ref()),
        Verified::Nobody => "the peer shows no certificate".to_owned(),
    }
}

/// What was skipped where nobody was asked.
pub fn not_verified(why: Option<&Distrust>) -> String {
    match why {
        Some(why) => format!("not verified, and with reason: {}", reason(why, None)),
        None => "not verified: anybody could be at the other end".to_owned(),
    }
}

/// What a listener says of the certificate that it made.
pub fn made(certificate: &Certificate) -> Vec<String> {
    vec![
        format!("made a certificate for this run, SHA-256 {}", certificate.fingerprint),
        format!("a client trusts it by --pin {}", certificate.key_fingerprint.pin()),
    ]
}
