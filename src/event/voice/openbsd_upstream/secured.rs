//! The words of OpenBSD's nc about TLS. Dates are in UTC, as no time zone is read.

use crate::event::voice::lines::Lines;
use crate::event::voice::tls;
use crate::event::{Distrust, Secured, TlsError, Verified};
use crate::proto::certificate::Fingerprint;
use crate::proto::escape::escape;
use crate::proto::escape::escape_at_most;

/// The most bytes of a foreign name that are shown.
const NAME_SHOWN: usize = 300;

/// A connection that is secured, with a peer that goes by `host`.
pub fn stands<'a>(lines: Lines<'a>, host: &str, secured: &Secured) -> Lines<'a> {
    let shown = |bytes: &[u8]| escape_at_most(bytes, NAME_SHOWN).to_string();
    let name = match &secured.verified {
        Verified::Chain { name: Some(name) } => shown(name.as_bytes()),
        _ => host.to_owned(),
    };
    let (version, cipher) = (secured.version, secured.cipher);
    let mut lines = lines
        .plain(&format!("TLS handshake negotiated {version}/{cipher} with host {host}"))
        .plain(&format!("Peer name: {name}"));
    if let Some(Ok(peer)) = secured.chain.first() {
        lines = lines
            .plain(&format!("Subject: {}", shown(&peer.subject.with_slashes())))
            .plain(&format!("Issuer: {}", shown(&peer.issuer.with_slashes())))
            .plain(&format!("Valid From: {}", peer.not_before.ctime()))
            .plain(&format!("Valid Until: {}", peer.not_after.ctime()))
            .plain(&format!("Cert Hash: {}", hash(&peer.fingerprint)));
    }
    if let Some(alpn) = &secured.alpn {
        lines = lines.plain(&format!("Application Layer Protocol: {}", shown(alpn)));
    }
    // what is not checked is never left unsaid
    match &secured.verified {
        Verified::Nothing(why) => lines.plain(&tls::not_verified(why.as_ref())),
        _ => lines,
    }
}

/// As `-H` takes it.
fn hash(fingerprint: &Fingerprint) -> String {
    fingerprint.0.iter().fold("SHA256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Why a handshake failed; `server` where it was with a client.
pub fn failed(error: &TlsError, server: bool) -> String {
    let why = match error {
        TlsError::Untrusted { wanted: Some(wanted), why: Distrust::WrongName { .. } } => {
            let wanted = escape(wanted.as_bytes()).to_string();
            if server {
                return format!("name ({wanted}) not found in client cert");
            }
            format!("name `{wanted}' not present in server certificate")
        }
        TlsError::Untrusted { why: Distrust::NotPinned(pin), .. } => {
            return format!("peer certificate is not the one of -H; its key is {pin}");
        }
        TlsError::Untrusted { why: Distrust::KeyNotHeld, .. } => {
            "handshake failed: bad signature".to_owned()
        }
        TlsError::Untrusted { why, .. } => {
            format!("certificate verification failed: {}", tls::reason_in_openssls_words(why))
        }
        TlsError::Refused("a certificate") if server => {
            return "No client certificate provided".to_owned();
        }
        other => other.to_string(),
    };
    format!("tls handshake failed ({why})")
}
