//! The words for TLS: how a connection is secured, who the peer is, and whether anybody vouches for it.
//!
//! Foreign bytes are escaped here, and cut where they are long. Why it is not secured is in
//! `failure`, why a certificate is not believed in `distrust`, and what is wrong with the settings
//! in `setting`.

mod distrust;
mod failure;
mod setting;

pub use distrust::{reason, reason_in_openssls_words};

use crate::event::{Distrust, Secured, Verdict, Verified};
use crate::plan::Host;
use crate::proto::certificate::{Certificate, CertificateError, Report, Timestamp};
use crate::proto::escape::escape_at_most;

/// The most bytes of a foreign name that are shown.
const NAME_SHOWN: usize = 300;
fn name(host: &Host) -> String {
    escape_at_most(host.as_bytes(), NAME_SHOWN).to_string()
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
