//! Which clients a server lets in by their certificates: chain, dates and purpose as the library has
//! it, and what the plan wants beside, all before the handshake is over.

use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::material;
use super::trust::{Reason, proof};
use crate::event::{Distrust, TlsError, TlsSettingError, Unusable, Verified};
use crate::plan::ClientTrust;
use crate::proto::certificate::{AlternativeName, Certificate, Mismatch, Wanted};

/// Whom a server lets in, once all files are read.
#[derive(Debug)]
pub struct Admission {
    chains: Arc<dyn ClientCertVerifier>,
    trust: ClientTrust,
}

impl Admission {
    /// Reads what the plan names.
    pub fn open(
        trust: &ClientTrust,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, TlsSettingError> {
        let roots = match &trust.authorities {
            Some(path) => material::roots(&material::believed(path)?),
            None => material::system_roots()?.0,
        };
        let chains =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        let chains = if trust.optional { chains.allow_unauthenticated() } else { chains };
        let chains = chains.build().map_err(|_| match &trust.authorities {
            Some(path) => {
                TlsSettingError::Material { path: path.clone(), why: Unusable::NoAuthority }
            }
            None => TlsSettingError::NoRoots("none of them can vouch for others".to_owned()),
        })?;
        Ok(Self { chains, trust: trust.clone() })
    }

    /// What is known of a client that was let in with a certificate.
    pub fn verified(&self) -> Verified {
        Verified::Chain { name: self.trust.name.clone() }
    }

    /// The error with the name that was wanted, where it is about names.
    pub fn named(&self, error: TlsError) -> TlsError {
        match error {
            TlsError::Untrusted { wanted: None, why: why @ Distrust::WrongName { .. } } => {
                TlsError::Untrusted { wanted: self.trust.name.clone(), why }
            }
            other => other,
        }
    }

    /// What is asked of a client's certificate beyond its chain, which was verified.
    fn look(&self, own: &CertificateDer<'_>) -> Result<(), Distrust> {
        let own = Certificate::read(own).map_err(Distrust::Unreadable)?;
        if let Some(pins) = &self.trust.pins
            && !pins.matches(&own)
        {
            return Err(Distrust::NotPinned(own.key_fingerprint.pin()));
        }
        let Some(name) = &self.trust.name else { return Ok(()) };
        let text = name.as_os_str().to_str();
        let wanted = match text.and_then(|text| text.parse().ok()) {
            Some(address) => Wanted::Ip(address),
            None => Wanted::Name(name.as_os_str().as_bytes()),
        };
        own.mismatch(wanted).map_or(Ok(()), |mismatch| {
            let has = own.names.iter().map(AlternativeName::text).collect();
            let only_common_name = mismatch == Mismatch::OnlyCommonName;
            Err(Distrust::WrongName { has, only_common_name })
        })
    }
}

impl ClientCertVerifier for Admission {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.chains.root_hint_subjects()
    }

    fn client_auth_mandatory(&self) -> bool {
        self.chains.client_auth_mandatory()
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.chains.verify_client_cert(own, between, now);
        let refused = |why| Error::InvalidCertificate(Reason(why).into());
        match verified {
            // without a word of its own it would be taken for one about the handshake's
            Err(Error::InvalidCertificate(CertificateError::BadSignature)) => {
                Err(refused(Distrust::BadSignature))
            }
            Ok(verified) => self.look(own).map(|()| verified).map_err(refused),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proof(self.chains.verify_tls12_signature(message, own, signed), own)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proof(self.chains.verify_tls13_signature(message, own, signed), own)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}
