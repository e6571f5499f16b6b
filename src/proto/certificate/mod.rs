//! X.509 certificates (RFC 5280), read to be reported: who, by whom, for which names, until when.
//!
//! Responsible for what a certificate says of itself, for its PEM, and for pins. Nothing here
//! trusts anything: no signature is checked and no chain is built; that is the TLS layer's. What
//! is odd is read as far as it goes, for a certificate that was refused is the one that is looked
//! at. All text in it is foreign, and is escaped by who shows it.

pub mod algorithm;
pub mod alternative_name;
mod coverage;
mod der;
mod extension;
mod fingerprint;
pub mod name;
pub mod ocsp;
pub mod pem;
mod pin;
mod report;
pub mod signed;
mod timestamp;
mod usage;

#[cfg(test)]
mod tests;

pub use algorithm::PublicKey;
pub use alternative_name::AlternativeName;
pub use coverage::{Mismatch, Wanted};
pub use der::{Malformed, Oid};
pub use extension::BasicConstraints;
pub use fingerprint::Fingerprint;
pub use name::DistinguishedName;
pub use pin::{Pin, PinError, Pins};
pub use report::Report;
pub use timestamp::{Span, Timestamp};
pub use usage::Purpose;

use der::{BIT_STRING, Elements, INTEGER, SEQUENCE, constructed, context};
use extension::Extensions;
use name::NameError;

/// The most bytes of a certificate that are read.
pub const LENGTH_MAX: usize = 1 << 20;

/// Why a certificate cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Larger than [`LENGTH_MAX`]; this many bytes.
    #[error("a certificate of {0} bytes, more than 1048576")]
    TooLong(usize),
    /// Cut short, no DER, or something else than belongs there; in which part.
    #[error("not a certificate: {0} cannot be read")]
    Malformed(&'static str),
    /// This many bytes follow the certificate.
    #[error("{0} bytes behind the certificate")]
    Trailing(usize),
    /// More of something than there can honestly be.
    #[error("a certificate with too many {0}")]
    TooMany(&'static str),
}

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// 1, 2 or 3; only the last has extensions.
    pub version: u32,
    /// The number that its issuer gave it, big-endian, as it stands: two's complement.
    pub serial: Vec<u8>,
    /// How it was signed: `ECDSA with SHA-256`.
    pub signature: String,
    /// Who signed it.
    pub issuer: DistinguishedName,
    /// The first second in which it is valid.
    pub not_before: Timestamp,
    /// The last second in which it is valid.
    pub not_after: Timestamp,
    /// Who it is for.
    pub subject: DistinguishedName,
    /// The key that it vouches for.
    pub key: PublicKey,
    /// The names that it is good for.
    pub names: Vec<AlternativeName>,
    /// Whether it may sign others; `None` if it does not say, which means no.
    pub constraints: Option<BasicConstraints>,
    /// What the key may do, in words: `digital signature`; `None` if it does not say.
    pub key_usages: Option<Vec<&'static str>>,
    /// What the key is for; `None` if it does not say, which means anything.
    pub purposes: Option<Vec<Purpose>>,
    /// The extensions that are told of here and could not be read.
    pub unreadable: Vec<Oid>,
    /// SHA-256 of the whole certificate.
    pub fingerprint: Fingerprint,
    /// SHA-1 of the whole certificate, which Ncat shows. It proves nothing any more.
    pub sha1: [u8; 20],
    /// SHA-256 of the key with its algorithm (SubjectPublicKeyInfo), which a renewed certificate
    /// keeps if its key stays.
    pub key_fingerprint: Fingerprint,
    /// Issuer and subject are the same, byte by byte.
    self_issued: bool,
    /// The identifiers of the keys: its own, and the one that signed it.
    keys: [Option<Vec<u8>>; 2],
}

impl Certificate {
    /// Reads a certificate in DER, which must be all of `bytes`.
    pub fn read(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > LENGTH_MAX {
            return Err(CertificateError::TooLong(bytes.len()));
        }
        let in_part = |part| move |_: Malformed| CertificateError::Malformed(part);
        let mut all = Elements::new(bytes);
        let mut certificate = all.inside(SEQUENCE).map_err(in_part("its outer sequence"))?;
        if !all.rest().is_empty() {
            return Err(CertificateError::Trailing(all.rest().len()));
        }
        let mut fields = certificate.inside(SEQUENCE).map_err(in_part("its inner sequence"))?;
        certificate
            .one(SEQUENCE)
            .and_then(|_| certificate.one(BIT_STRING))
            .and_then(|_| certificate.end())
            .map_err(in_part("the signature"))?;

        let version = version(&mut fields).map_err(in_part("the version"))?;
        let serial = fields.one(INTEGER).map_err(in_part("the serial number"))?.value.to_vec();
        let signature = fields
            .inside(SEQUENCE)
            .and_then(algorithm::signature)
            .map_err(in_part("the algorithm of the signature"))?;
        let issuer = fields.one(SEQUENCE).map_err(in_part("the issuer"))?.value;
        let [not_before, not_after] = validity(&mut fields).map_err(in_part("the dates"))?;
        let subject = fields.one(SEQUENCE).map_err(in_part("the subject"))?.value;
        let key = fields.one(SEQUENCE).map_err(in_part("the key"))?;
        let extensions = extensions(&mut fields)?;
        Ok(Self {
            version,
            serial,
            signature,
            self_issued: issuer == subject,
            issuer: name(issuer, "the issuer")?,
            not_before,
            not_after,
            subject: name(subject, "the subject")?,
            key: PublicKey::read(Elements::new(key.value)).map_err(in_part("the key"))?,
            names: extensions.names,
            constraints: extensions.constraints,
            key_usages: extensions.key_usages,
            purposes: extensions.purposes,
            unreadable: extensions.unreadable,
            fingerprint: Fingerprint::of(bytes),
            sha1: fingerprint::sha1(bytes),
            key_fingerprint: Fingerprint::of(key.whole),
            keys: [extensions.subject_key, extensions.authority_key],
        })
    }

    /// Whether it may sign other certificates.
    pub fn is_authority(&self) -> bool {
        self.constraints.is_some_and(|constraints| constraints.authority)
    }

    /// Whether it names its subject as its issuer.
    pub fn is_self_issued(&self) -> bool {
        self.self_issued
    }

    /// Whether it says that its own key signed it: self-issued, and without another key's
    /// identifier for its issuer. A claim, for the signature is not checked.
    pub fn claims_self_signed(&self) -> bool {
        let [own, issuer] = &self.keys;
        self.self_issued && (own == issuer || own.is_none() || issuer.is_none())
    }

    /// Whether it may be used for a purpose, by its numbers ([`Purpose::SERVER`]): it says nothing
    /// of purposes, or names this one. `any purpose` is not enough, as it is not when a chain is
    /// verified.
    pub fn permits(&self, purpose: &str) -> bool {
        let named = |list: &Vec<Purpose>| list.iter().any(|named| named.numbers() == purpose);
        self.purposes.as_ref().is_none_or(named)
    }

    /// The serial number as `openssl x509 -serial` shows it: hexadecimal, a `-` before a negative
    /// one.
    pub fn serial_text(&self) -> String {
        let negative = self.serial.first().is_some_and(|first| *first >= 0x80);
        let mut number = self.serial.clone();
        if negative {
            let mut carry = true;
            for byte in number.iter_mut().rev() {
                (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
            }
        }
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let digits = number.iter().skip(zeros.min(number.len().saturating_sub(1)));
        digits.fold(if negative { "-".to_owned() } else { String::new() }, |text, byte| {
            text + &format!("{byte:02X}")
        })
    }
}

/// Version 1 where there is none; what is no version that exists is refused.
fn version(fields: &mut Elements<'_>) -> Result<u32, Malformed> {
    let Some(given) = fields.optional(constructed(0))? else {
        return Ok(1);
    };
    let mut inside = Elements::new(given.value);
    let number = inside.one(INTEGER)?.value;
    inside.end()?;
    match number {
        [number @ 0..=2] => Ok(u32::from(*number) + 1),
        _ => Err(Malformed),
    }
}

fn validity(fields: &mut Elements<'_>) -> Result<[Timestamp; 2], Malformed> {
    let mut validity = fields.inside(SEQUENCE)?;
    let mut time = || Timestamp::read(validity.any()?.ok_or(Malformed)?);
    let times = [time()?, time()?];
    validity.end()?;
    Ok(times)
}

fn extensions(fields: &mut Elements<'_>) -> Result<Extensions, CertificateError> {
    fields.optional(context(1))?; // unique identifiers, which nobody uses
    fields.optional(context(2))?;
    let extensions = match fields.optional(constructed(3))? {
        None => Extensions::default(),
        Some(given) => {
            let mut inside = Elements::new(given.value);
            let extensions = Extensions::read(inside.inside(SEQUENCE)?)?;
            inside.end()?;
            extensions
        }
    };
    fields.end()?;
    Ok(extensions)
}

fn name(inside: &[u8], part: &'static str) -> Result<DistinguishedName, CertificateError> {
    DistinguishedName::read(Elements::new(inside)).map_err(|error| match error {
        NameError::Malformed => CertificateError::Malformed(part),
        NameError::TooMany => CertificateError::TooMany("attributes in a name"),
    })
}
