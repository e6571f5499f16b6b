//! Whether the peer's certificate is believed, and why not.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    verify_server_cert_signed_by_trust_anchor as verify_chain, verify_server_name,
};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::event::Distrust;
use crate::proto::certificate::{Certificate, Mismatch, Pins, Purpose, Timestamp, Wanted};

/// Whom a client believes, once all files are read.
#[derive(Debug)]
pub struct Belief {
    /// The roots; `None` where nobody is asked.
    pub roots: Option<RootCertStore>,
    /// Certificates that are believed as they are: those of the user's own file.
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
            let peer = chain.peer().map_err(|error| Distrust::Unreadable(error.to_string()))?;
            if !pins.matches(&peer) {
                return Err(Distrust::NotPinned(peer.key_fingerprint.pin()));
            }
        }
        if let Some(roots) = &self.roots {
            let parsed = ParsedCertificate::try_from(chain.end_entity)
                .map_err(|error| chain.explain(error, wanted))?;
            if self.known.iter().any(|known| known == chain.end_entity) {
                // it vouches for itself, and still is only good in its time
                chain.dates(timestamp(now))?;
            } else {
                verify_chain(&parsed, roots, chain.between, now, self.algorithms.all)
                    .map_err(|error| chain.explain(error, wanted))?;
            }
            if let Some(wanted) = wanted {
                verify_server_name(&parsed, wanted)
                    .map_err(|error| chain.explain(error, Some(wanted)))?;
            }
        }
        if self.needs_staple && staple.is_empty() {
            return Err(Distrust::NoStaple);
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
        let peer = self.peer().map_err(|error| Distrust::Unreadable(error.to_string()))?;
        if now > peer.not_after {
            return Err(Distrust::Expired { since: peer.not_after, now });
        }
        if now < peer.not_before {
            return Err(Distrust::NotYetValid { from: peer.not_before, now });
        }
        Ok(())
    }

    /// What is seen without asking anybody: why not to believe it.
    pub fn at_sight(
        &self,
        wanted: Option<&ServerName<'static>>,
        now: Timestamp,
    ) -> Option<Distrust> {
        let peer = match self.peer() {
            Ok(peer) => peer,
            Err(error) => return Some(Distrust::Unreadable(error.to_string())),
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
            return Distrust::Unreadable(error.to_string());
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
            // the library passes its verifier's own words on
            match other.to_string().as_str() {
                "CaUsedAsEndEntity" => Distrust::AuthorityAsPeer,
                "EndEntityUsedAsCa" => Distrust::PeerAsAuthority,
                words => Distrust::Unreadable(words.to_owned()),
            }
        }
        other => Distrust::Unreadable(other.to_string()),
    }
}

/// A moment of the library's as ours.
pub fn timestamp(time: UnixTime) -> Timestamp {
    Timestamp(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

/// What was found about one peer.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The chain, the peer's own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Why it is not believed, or is not to be.
    pub distrust: Option<Distrust>,
}

/// Looks at the certificate of one connection's peer, and keeps what it found.
#[derive(Debug)]
pub struct Examiner {
    belief: Arc<Belief>,
    wanted: Option<ServerName<'static>>,
    findings: Mutex<Findings>,
}

impl Examiner {
    /// For one connection; `wanted` is the name that the certificate must have.
    pub fn new(belief: Arc<Belief>, wanted: Option<ServerName<'static>>) -> Self {
        Self { belief, wanted, findings: Mutex::default() }
    }

    /// What was found.
    pub fn findings(&self) -> Findings {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One that was not believed may have been let pass; then its key is not of importance either.
    fn let_pass(
        &self,
        result: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        match result {
            // a certificate that the library cannot read has a key that it cannot read
            Err(Error::InvalidCertificate(error))
                if self.believes_all() && error != CertificateError::BadSignature =>
            {
                Ok(HandshakeSignatureValid::assertion())
            }
            other => other,
        }
    }

    fn believes_all(&self) -> bool {
        self.belief.roots.is_none() && self.belief.pins.is_none()
    }
}

impl ServerCertVerifier for Examiner {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        staple: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = Chain { end_entity, between };
        let judged = self.belief.judge(&chain, self.wanted.as_ref(), staple, now);
        let distrust = match &judged {
            Err(why) => Some(why.clone()),
            Ok(()) if self.believes_all() => chain.at_sight(self.wanted.as_ref(), timestamp(now)),
            Ok(()) => None,
        };
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        findings.distrust = distrust;
        findings.chain = std::iter::once(end_entity)
            .chain(between)
            .map(|der| der.clone().into_owned())
            .collect();
        match judged {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(why) => Err(Error::InvalidCertificate(alert(&why))),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.belief.algorithms;
        self.let_pass(verify_tls12_signature(message, certificate, signed, algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.belief.algorithms;
        self.let_pass(verify_tls13_signature(message, certificate, signed, algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.belief.algorithms.supported_schemes()
    }
}

/// What the peer is told.
fn alert(why: &Distrust) -> CertificateError {
    match why {
        Distrust::Expired { .. } => CertificateError::Expired,
        Distrust::NotYetValid { .. } => CertificateError::NotValidYet,
        Distrust::SelfSigned | Distrust::UnknownIssuer { .. } => CertificateError::UnknownIssuer,
        Distrust::Revoked => CertificateError::Revoked,
        Distrust::BadSignature => CertificateError::BadSignature,
        Distrust::WrongName { .. } => CertificateError::NotValidForName,
        Distrust::WrongPurpose(_) => CertificateError::InvalidPurpose,
        Distrust::AuthorityAsPeer
        | Distrust::PeerAsAuthority
        | Distrust::NotPinned(_)
        | Distrust::NoStaple => CertificateError::ApplicationVerificationFailure,
        Distrust::Unreadable(_) => CertificateError::BadEncoding,
    }
}

/// What signatures a provider understands.
pub fn algorithms(provider: &CryptoProvider) -> WebPkiSupportedAlgorithms {
    provider.signature_verification_algorithms
}
