//! What is read from files before anything is connected or bound: certificates, keys, roots.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys, KeyLog, RootCertStore};

use super::trust;
use crate::event::{TlsSettingError, Unusable};
use crate::plan::{Identity, Tls};
use crate::proto::certificate::Certificate;
use crate::proto::certificate::pem::{self, KeyFormat};
use crate::sys::file::Written;

/// Reads who we are.
pub fn identity(
    identity: &Identity,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsSettingError> {
    let chain = certificates(&identity.certificate)?;
    let path = identity.key.as_ref().unwrap_or(&identity.certificate);
    let key = pem::key(&read(path)?)
        .map_err(|error| TlsSettingError::Pem { path: path.clone(), error })?;
    let der = match key.format {
        KeyFormat::Pkcs8 => PrivateKeyDer::Pkcs8(key.der.into()),
        KeyFormat::Pkcs1 => PrivateKeyDer::Pkcs1(key.der.into()),
        KeyFormat::Sec1 => PrivateKeyDer::Sec1(key.der.into()),
    };
    let mut certified =
        CertifiedKey::from_der(chain, der, provider).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                TlsSettingError::KeyMismatch { certificate: identity.certificate.clone() }
            }
            // the library tries the certificate before it has a look at the key
            Error::InvalidCertificate(error) => {
                material(&identity.certificate, Unusable::Certificate(trust::fault(&error)))
            }
            _ => material(path, Unusable::Key),
        })?;
    if let Some(staple) = &identity.staple {
        certified.ocsp = Some(read(staple)?);
    }
    Ok(certified)
}

/// Reads the certificates of a file.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsSettingError> {
    let chain = pem::certificates(&read(path)?)
        .map_err(|error| TlsSettingError::Pem { path: path.to_owned(), error })?;
    Ok(chain.into_iter().map(CertificateDer::from).collect())
}

/// Reads the certificates of those who are believed; every one must be one that can be read.
pub fn believed(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsSettingError> {
    let believed = certificates(path)?;
    match believed.iter().find_map(|der| Certificate::read(der).err()) {
        None => Ok(believed),
        Some(error) => Err(material(path, Unusable::Unreadable(error))),
    }
}

/// The roots among these.
pub fn roots(certificates: &[CertificateDer<'static>]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // one that cannot be read as a root may still be the peer's own
    roots.add_parsable_certificates(certificates.iter().cloned());
    roots
}

/// Those that the system believes, and their certificates.
pub fn system_roots() -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsSettingError> {
    let found = rustls_native_certs::load_native_certs();
    let roots = roots(&found.certs);
    if roots.is_empty() {
        let words = match found.errors.first() {
            Some(error) => error.to_string(),
            None => "no certificate in the usual places".to_owned(),
        };
        return Err(TlsSettingError::NoRoots(words));
    }
    Ok((roots, found.certs))
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>, TlsSettingError> {
    fs::read(path).map_err(|error| TlsSettingError::File { path: path.to_owned(), error })
}

fn material(path: &Path, why: Unusable) -> TlsSettingError {
    TlsSettingError::Material { path: path.to_owned(), why }
}

/// Writes the secrets of each connection to a file, as NSS does it, for who is to read along: the
/// user alone, as [`Written`] has it.
#[derive(Debug)]
pub struct Secrets {
    path: PathBuf,
    file: Mutex<fs::File>,
    /// Why a line is missing.
    failure: Mutex<Option<io::Error>>,
}

impl Secrets {
    /// The file that the plan names, if it names one.
    pub fn for_plan(plan: &Tls) -> Result<Option<Arc<Self>>, TlsSettingError> {
        plan.keylog.as_deref().map(Self::open).transpose()
    }

    /// Opens the file; what stands in it stays.
    pub fn open(path: &Path) -> Result<Arc<Self>, TlsSettingError> {
        let file = Written { path, is_secret: true, keeps: true }.open();
        let path = path.to_owned();
        match file {
            Ok(file) => {
                let file = Mutex::new(file.into());
                Ok(Arc::new(Self { path, file, failure: Mutex::default() }))
            }
            Err(error) => Err(TlsSettingError::Write { path, error }),
        }
    }
}

impl Secrets {
    /// Writes a line.
    pub fn write(&self, line: &str) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // in one write, so that the lines of several runs stay whole; the library has no way to
        // hear of a failure: who shakes hands asks for it
        if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert(error);
        }
    }

    /// Fails where a line could not be written: what was asked for by name is not left out in
    /// silence.
    pub fn written(&self) -> Result<(), TlsSettingError> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        match failure.take() {
            Some(error) => Err(TlsSettingError::Write { path: self.path.clone(), error }),
            None => Ok(()),
        }
    }
}

impl KeyLog for Secrets {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.write(&line(label, client_random, secret));
    }
}

/// A secret as NSS writes it.
pub fn line(label: &str, client_random: &[u8], secret: &[u8]) -> String {
    let hex =
        |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    format!("{label} {} {}", hex(client_random), hex(secret))
}
