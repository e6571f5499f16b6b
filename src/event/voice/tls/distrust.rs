//! Why a certificate is not believed.

use super::{NAME_SHOWN, name};
use crate::event::{Distrust, Fault, StapleFault};
use crate::plan::Host;
use crate::proto::escape::escape_at_most;

/// The most names of a certificate that are shown.
const NAMES_SHOWN: usize = 8;

const DAY: i64 = 86_400;

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
pub fn faulty(fault: Fault) -> &'static str {
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
