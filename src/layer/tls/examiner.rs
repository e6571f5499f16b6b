//! Looks at the certificate of one connection's server, and keeps what it found.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::trust::{Belief, Chain, proof, timestamp};
use crate::event::Distrust;

/// What was found about one peer.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The chain, the peer's own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// Why it was refused.
    pub refusal: Option<Distrust>,
    /// Why it is not to be believed, where anybody is.
    pub doubt: Option<Distrust>,
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

    /// Where anybody is believed, a key that nothing can be checked with is let pass too.
    fn proven(
        &self,
        result: Result<HandshakeSignatureValid, Error>,
        certificate: &CertificateDer<'_>,
    ) -> Result<HandshakeSignatureValid, Error> {
        match proof(result, certificate) {
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
        let doubt = match &judged {
            Ok(()) if self.believes_all() => chain.at_sight(self.wanted.as_ref(), timestamp(now)),
            _ => None,
        };
        let chain = std::iter::once(end_entity).chain(between);
        let chain = chain.map(|der| der.clone().into_owned()).collect();
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        *findings = Findings { chain, refusal: judged.as_ref().err().cloned(), doubt };
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
        let checked = verify_tls12_signature(message, certificate, signed, algorithms);
        self.proven(checked, certificate)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.belief.algorithms;
        let checked = verify_tls13_signature(message, certificate, signed, algorithms);
        self.proven(checked, certificate)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.belief.algorithms.supported_schemes()
    }
}

/// What the peer is told (RFC 8446, section 6.2).
fn alert(why: &Distrust) -> CertificateError {
    match why {
        Distrust::Expired { .. } => CertificateError::Expired,
        Distrust::NotYetValid { .. } => CertificateError::NotValidYet,
        Distrust::SelfSigned | Distrust::UnknownIssuer { .. } => CertificateError::UnknownIssuer,
        Distrust::Revoked => CertificateError::Revoked,
        Distrust::KeyNotHeld => CertificateError::BadSignature,
        Distrust::WrongName { .. } => CertificateError::NotValidForName,
        Distrust::WrongPurpose(_) => CertificateError::InvalidPurpose,
        Distrust::BadStaple(_) => CertificateError::InvalidOcspResponse,
        Distrust::AuthorityAsPeer
        | Distrust::PeerAsAuthority
        | Distrust::NotPinned(_)
        | Distrust::NoStaple => CertificateError::ApplicationVerificationFailure,
        Distrust::BadSignature | Distrust::Unreadable(_) | Distrust::Faulty(_) => {
            CertificateError::BadEncoding
        }
    }
}
