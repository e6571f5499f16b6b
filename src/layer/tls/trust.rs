//! Whether the peer's certificate is believed, and why not.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::{
    verify_server_cert_signed_by_trust_anchor as verify_chain, verify_server_name,
};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, OtherError, RootCertStore};

use crate::event::{Distrust, Fault};
use crate::proto::certificate::{
    Certificate, Mismatch, Pins, PublicKey, Purpose, Timestamp, Wanted,
};

/// The fewest bits of an RSA key whose signatures are checked.
const LEAST_RSA: usize = 2048;

/// Whom a client believes, once all files are read.
#[derive(Debug)]
pub struct Belief {
    /// The roots; `None` where nobody is asked.
    pub roots: Option<RootCertStore>,
    /// Certificates that are believed as they are: those of the user's own file, or the system's.
    pub known: Vec<CertificateDer<'static>>,
    /// Pins, which are enough where `roots` is `None`.
    pub pins: Option<Pins>,
    /// The peer must show its issuer's word that it is not revoked.
    pub needs_staple: bool,
    /// What signatures are understood.
    pub algorithms: WebPkiSupportedAlgorithms,
}

impl Belief {
    /// Why this chain is not to be believed, as far as that is asked.
    pub fn judge(
        &self,
        chain: &Chain<'_>,
        wanted: Option<&ServerName<'static>>,
        staple: &[u8],
        now: UnixTime,
    ) -> Result<(), Distrust> {
        if let Some(pins) = &self.pins {
            let peer = chain.peer().map_err(Distrust::Unreadable)?;
            if !pins.matches(&peer) {
                return Err(Distrust::NotPinned(peer.key_fingerprint.pin()));
            }
        }
        if let Some(roots) = &self.roots {
            let parsed = ParsedCertificate::try_from(chain.end_entity)
                .map_err(|error| chain.explain(error, wanted))?;
            if self.known.iter().any(|known| known == chain.end_entity) {
                // it vouches for itself, and still is only good in its time and for its purpose
                chain.dates(timestamp(now))?;
                chain.purpose()?;
            } else {
                verify_chain(&parsed, roots, chain.between, now, self.algorithms.all)
                    .map_err(|error| chain.explain(error, wanted))?;
            }
            if let Some(wanted) = wanted {
                verify_server_name(&parsed, wanted)
                    .map_err(|error| chain.explain(error, Some(wanted)))?;
            }
        }
        if self.needs_staple {
            let roots = self.roots.as_ref();
            super::staple::judge(staple, chain, roots, self.algorithms, timestamp(now))?;
        }
        Ok(())
    }
}

/// What a peer showed.
pub struct Chain<'a> {
    /// Its own certificate.
    pub end_entity: &'a CertificateDer<'a>,
    /// Those between it and a root.
    pub between: &'a [CertificateDer<'a>],
}

impl Chain<'_> {
    fn peer(&self) -> Result<Certificate, crate::proto::certificate::CertificateError> {
        Certificate::read(self.end_entity)
    }

    /// Whether it is good now.
    fn dates(&self, now: Timestamp) -> Result<(), Distrust> {
        let peer = self.peer().map_err(Distrust::Unreadable)?;
        if now > peer.not_after {
            return Err(Distrust::Expired { since: peer.not_after, now });
        }
        if now < peer.not_before {
            return Err(Distrust::NotYetValid { from: peer.not_before, now });
        }
        Ok(())
    }

    /// Whether it is a server's.
    fn purpose(&self) -> Result<(), Distrust> {
        let peer = self.peer().map_err(Distrust::Unreadable)?;
        if peer.permits(Purpose::SERVER) {
            return Ok(());
        }
        Err(Distrust::WrongPurpose(purposes(&peer)))
    }

    /// What is seen without asking anybody: why not to believe it.
    pub fn at_sight(
        &self,
        wanted: Option<&ServerName<'static>>,
        now: Timestamp,
    ) -> Option<Distrust> {
        let peer = match self.peer() {
            Ok(peer) => peer,
            Err(error) => return Some(Distrust::Unreadable(error)),
        };
        if let Err(why) = self.dates(now) {
            return Some(why);
        }
        if peer.claims_self_signed() {
            return Some(Distrust::SelfSigned);
        }
        wanted.filter(|wanted| !covers(&peer, wanted)).map(|wanted| wrong_name(&peer, wanted))
    }

    /// The library's reason, with what the certificates say.
    fn explain(&self, error: Error, wanted: Option<&ServerName<'static>>) -> Distrust {
        let Error::InvalidCertificate(error) = error else {
            return Distrust::Faulty(Fault::Other);
        };
        let Ok(peer) = self.peer() else {
            return distrust(error);
        };
        match (&error, wanted) {
            // a root of the same name has not signed it either, whatever its kind of key
            (
                CertificateError::UnknownIssuer
                | CertificateError::BadSignature
                | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
                | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
                _,
            ) if peer.claims_self_signed() => Distrust::SelfSigned,
            (CertificateError::BadSignature, _) if self.between.iter().any(has_short_key) => {
                Distrust::Faulty(Fault::ShortKey)
            }
            (CertificateError::UnknownIssuer, _) => {
                let last = self.between.last().and_then(|last| Certificate::read(last).ok());
                Distrust::UnknownIssuer {
                    issuer: last.as_ref().unwrap_or(&peer).issuer.rfc4514(),
                    alone: self.between.is_empty(),
                }
            }
            (
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
                Some(wanted),
            ) => wrong_name(&peer, wanted),
            (
                CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. },
                _,
            ) => Distrust::WrongPurpose(purposes(&peer)),
            _ if peer.is_authority() && distrust(error.clone()) == Distrust::AuthorityAsPeer => {
                if peer.claims_self_signed() {
                    Distrust::SelfSigned
                } else {
                    Distrust::AuthorityAsPeer
                }
            }
            _ => distrust(error),
        }
    }
}

fn purposes(peer: &Certificate) -> Vec<String> {
    let named = peer.purposes.as_deref().unwrap_or_default();
    named.iter().map(Purpose::to_string).collect()
}

fn covers(peer: &Certificate, wanted: &ServerName<'_>) -> bool {
    with(wanted, |wanted| peer.covers(wanted))
}

fn wrong_name(peer: &Certificate, wanted: &ServerName<'_>) -> Distrust {
    let mismatch = with(wanted, |wanted| peer.mismatch(wanted));
    Distrust::WrongName {
        has: peer.names.iter().map(crate::proto::certificate::AlternativeName::text).collect(),
        only_common_name: mismatch == Some(Mismatch::OnlyCommonName),
    }
}

fn with<T>(wanted: &ServerName<'_>, ask: impl FnOnce(Wanted<'_>) -> T) -> T {
    match wanted {
        ServerName::IpAddress(address) => ask(Wanted::Ip(std::net::IpAddr::from(*address))),
        name => ask(Wanted::Name(name.to_str().as_bytes())),
    }
}

/// The library's reason alone.
pub fn distrust(error: CertificateError) -> Distrust {
    let at = |time: UnixTime| timestamp(time);
    match error {
        CertificateError::ExpiredContext { time, not_after } => {
            Distrust::Expired { since: at(not_after), now: at(time) }
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            Distrust::NotYetValid { from: at(not_before), now: at(time) }
        }
        CertificateError::UnknownIssuer => {
            Distrust::UnknownIssuer { issuer: Vec::new(), alone: false }
        }
        CertificateError::Revoked => Distrust::Revoked,
        CertificateError::BadSignature => Distrust::BadSignature,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            Distrust::WrongPurpose(Vec::new())
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Distrust::WrongName { has: Vec::new(), only_common_name: false }
        }
        CertificateError::Other(other) => {
            if let Some(Reason(why)) = other.0.downcast_ref() {
                return why.clone();
            }
            // the library passes its verifier's own words on
            let words = other.to_string();
            let row = WORDS.iter().find(|(begin, _)| words.starts_with(begin));
            row.map_or(Distrust::Faulty(Fault::Other), |(_, why)| why.clone())
        }
        other => Distrust::Faulty(fault(&other)),
    }
}

/// What words of the library's verifier begin with, and what they mean.
const WORDS: &[(&str, Distrust)] = &[
    ("CaUsedAsEndEntity", Distrust::AuthorityAsPeer),
    ("EndEntityUsedAsCa", Distrust::PeerAsAuthority),
    ("NameConstraintViolation", Distrust::Faulty(Fault::OutsideNames)),
    ("PathLenConstraintViolated", Distrust::Faulty(Fault::PathTooLong)),
    ("Maximum", Distrust::Faulty(Fault::TooManyPaths)),
    ("UnsupportedCertVersion", Distrust::Faulty(Fault::OldVersion)),
    ("SignatureAlgorithmMismatch", Distrust::Faulty(Fault::Algorithm)),
    ("EmptyEkuExtension", Distrust::Faulty(Fault::Malformed)),
    ("ExtensionValueInvalid", Distrust::Faulty(Fault::Malformed)),
    ("Invalid", Distrust::Faulty(Fault::Malformed)),
    ("Malformed", Distrust::Faulty(Fault::Malformed)),
];

/// What is wrong with a certificate that the library does not take.
pub fn fault(error: &CertificateError) -> Fault {
    match error {
        CertificateError::BadEncoding => Fault::Malformed,
        CertificateError::UnhandledCriticalExtension => Fault::NotUnderstood,
        // what stands beside it when it was compared with the clock is not there
        CertificateError::Expired | CertificateError::NotValidYet => Fault::Dates,
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            Fault::Algorithm
        }
        CertificateError::Other(other) if other.to_string() == "UnsupportedCertVersion" => {
            Fault::OldVersion
        }
        _ => Fault::Other,
    }
}

/// A moment of the library's as ours.
pub fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

/// A reason of ours on its way through the library.
#[derive(Debug)]
pub struct Reason(pub Distrust);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Reason {}

/// What the library says of the peer's signature in the handshake: `BadSignature`, and that alone,
/// is of a peer that has another key than this certificate's.
pub fn proof(
    result: Result<HandshakeSignatureValid, Error>,
    certificate: &CertificateDer<'_>,
) -> Result<HandshakeSignatureValid, Error> {
    let Err(Error::InvalidCertificate(error)) = result else { return result };
    Err(Error::InvalidCertificate(match error {
        // so it is called as well where the key is one that nothing is checked with
        CertificateError::BadSignature if has_short_key(certificate) => {
            Reason(Distrust::Faulty(Fault::ShortKey)).into()
        }
        CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            CertificateError::BadSignature
        }
        other => other,
    }))
}

impl From<Reason> for CertificateError {
    fn from(reason: Reason) -> Self {
        Self::Other(OtherError(Arc::new(reason)))
    }
}

/// RSA with fewer bits than signatures are checked with.
fn has_short_key(certificate: &CertificateDer<'_>) -> bool {
    Certificate::read(certificate).is_ok_and(|read| {
        matches!(read.key, PublicKey::Rsa(bits) | PublicKey::RsaPss(bits) if bits < LEAST_RSA)
    })
}

/// What signatures a provider understands.
pub fn algorithms(provider: &CryptoProvider) -> WebPkiSupportedAlgorithms {
    provider.signature_verification_algorithms
}
