//! Ncat's words about TLS.
//!
//! What was not verified has a line of our own, and so has the reason why TLS failed: the original
//! says `Input/output error.` of all of them.

use crate::event::voice::lines::Lines;
use crate::event::voice::tls;
use crate::event::{Distrust, Secured, TlsError, Verified};
use crate::plan::Host;
use crate::proto::certificate::{Certificate, DistinguishedName};
use crate::proto::escape::escape;
use crate::proto::escape::escape_at_most;

/// What it says of whatever fails in TLS.
pub const FAILED: &str = "Input/output error.";

/// The most bytes of a foreign name that are shown.
const NAME_SHOWN: usize = 300;

/// A connection of ours that is secured.
pub fn stands<'a>(lines: Lines<'a>, place: &str, secured: &Secured, verbosity: u8) -> Lines<'a> {
    let peer = secured.chain.first().and_then(|peer| peer.as_ref().ok());
    let mut lines = lines;
    if let Verified::Nothing(why) = &secured.verified {
        if let Some(peer) = peer {
            lines = certificate(lines, peer);
        }
        if let Some(why) = why {
            lines = lines.prefixed(&verification_failed(why));
        }
        let words =
            "Nothing was verified: anybody could be at the other end (--ssl-verify checks).";
        lines = lines.prefixed(words);
    }
    let organization = peer.and_then(|peer| peer.subject.organization());
    let organization = organization
        .map(|name| format!(" {}", escape_at_most(name, NAME_SHOWN)))
        .unwrap_or_default();
    lines = lines.prefixed(&format!("SSL connection to {place}.{organization}"));
    if let Some(peer) = peer {
        lines = lines.prefixed(&fingerprint(peer));
    }
    if verbosity > 1 {
        let details = tls::secured(secured, true);
        lines = details.iter().fold(lines, |lines, line| lines.prefixed(line));
    }
    lines
}

/// A server whose certificate is not believed.
pub fn distrusted<'a>(lines: Lines<'a>, peer: &Certificate, why: &Distrust) -> Lines<'a> {
    match why {
        // of these it says nothing more than the sentence that ends it
        Distrust::WrongName { .. } | Distrust::KeyNotHeld => lines,
        why => certificate(lines, peer).prefixed(&verification_failed(why)),
    }
}

/// A certificate that a listener has made.
pub fn made<'a>(lines: Lines<'a>, certificate: &Certificate) -> Lines<'a> {
    lines
        .prefixed(
            "Generating a temporary 256-bit ECDSA key. Use --ssl-key and --ssl-cert to use a \
             permanent one.",
        )
        .prefixed(&fingerprint(certificate))
}

/// A client that did not shake hands.
pub fn failed_from(client: &Host, words: &str) -> String {
    format!("Failed SSL connection from {}: {words}", escape(client.as_bytes()))
}

/// What ends it with status 2: the certificate is believed, and is somebody else's.
pub fn fatal(error: &TlsError) -> Option<&'static str> {
    match error {
        TlsError::Untrusted { why: Distrust::WrongName { .. }, .. } => {
            Some("Certificate verification error.")
        }
        _ => None,
    }
}

fn certificate<'a>(lines: Lines<'a>, peer: &Certificate) -> Lines<'a> {
    let name =
        |name: &DistinguishedName| escape_at_most(&name.with_commas(), NAME_SHOWN).to_string();
    lines
        .prefixed(&format!("Subject: {}", name(&peer.subject)))
        .prefixed(&format!("Issuer: {}", name(&peer.issuer)))
        .prefixed(&fingerprint(peer))
}

/// Ten groups of four digits.
fn fingerprint(peer: &Certificate) -> String {
    let (pairs, _) = peer.sha1.as_chunks::<2>();
    let groups: Vec<_> =
        pairs.iter().map(|pair| format!("{:04X}", u16::from_be_bytes(*pair))).collect();
    format!("SHA-1 fingerprint: {}", groups.join(" "))
}

fn verification_failed(why: &Distrust) -> String {
    format!("Certificate verification failed ({}).", tls::reason_in_openssls_words(why))
}
