//! A certificate made on the spot, for a listener that was given none: good for the names it is
//! reached by, for a year, and for nobody who does not know its fingerprint.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;

use crate::event::TlsSettingError;
use crate::plan::Host;

/// Before a client's clock that is slow by less, it is valid already.
const EARLIER: Duration = Duration::from_secs(24 * 3600);
/// How long it is valid.
const VALID: Duration = Duration::from_secs(365 * 24 * 3600);

/// Makes a certificate for these hosts, for the library.
pub fn certificate(
    hosts: &[Host],
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsSettingError> {
    let Made { certificate, key } = make(hosts)?;
    let key = PrivateKeyDer::Pkcs8(key.into());
    CertifiedKey::from_der(vec![certificate.into()], key, provider)
        .map_err(|error| TlsSettingError::NotMade(error.to_string()))
}

/// A certificate and its key.
pub struct Made {
    /// In DER.
    pub certificate: Vec<u8>,
    /// In PKCS #8.
    pub key: Vec<u8>,
}

/// Makes a certificate for these hosts, with an ECDSA key on P-256.
pub fn make(hosts: &[Host]) -> Result<Made, TlsSettingError> {
    let fail = |error: rcgen::Error| TlsSettingError::NotMade(error.to_string());
    let names: Vec<String> = hosts.iter().filter_map(name).collect();
    let first = names.first().cloned().unwrap_or_else(|| "localhost".to_owned());
    let mut params = CertificateParams::new(names).map_err(fail)?;
    let now = SystemTime::now();
    params.not_before = (now - EARLIER).into();
    params.not_after = (now + VALID).into();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, first);
    let key = KeyPair::generate().map_err(fail)?;
    let made = params.self_signed(&key).map_err(fail)?;
    Ok(Made { certificate: made.der().to_vec(), key: key.serialize_der() })
}

/// The name as a certificate can have it.
fn name(host: &Host) -> Option<String> {
    let text = host.as_os_str().to_str()?;
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    let fits = text.parse::<IpAddr>().is_ok() || text.is_ascii();
    (fits && !text.is_empty()).then(|| text.to_owned())
}
