//! An authority's word on whether a certificate was revoked (OCSP, RFC 6960), as a server shows it
//! with the certificate.
//!
//! Responsible for what the answer says; whether it is signed by who may say so is the TLS layer's.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::der::{
    Elements, INTEGER, Malformed, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, constructed, context,
};
use super::signed::{Key, Parts, Signed};
use super::timestamp::Timestamp;

const ENUMERATED: u8 = 0x0a;
/// The status of an answer that is one.
const SUCCESSFUL: &[u8] = &[0];
/// `id-pkix-ocsp-basic`.
const BASIC: &str = "1.3.6.1.5.5.7.48.1.1";
const SHA1: &str = "1.3.14.3.2.26";
const SHA256: &str = "2.16.840.1.101.3.4.2.1";

/// The most certificates that come with an answer.
pub const CERTIFICATES_MAX: usize = 8;

/// An answer about one certificate or several.
#[derive(Debug)]
pub struct Answer<'a> {
    /// Its signature, and what that is of.
    pub signed: Signed<'a>,
    /// Certificates of who may have signed it, in DER.
    pub certificates: Vec<&'a [u8]>,
    /// What it says of each certificate.
    words: Elements<'a>,
}

/// What it says of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Whether it was revoked.
    pub status: Status,
    /// From when on this holds.
    pub from: Timestamp,
    /// When there is something newer, if that is known.
    pub until: Option<Timestamp>,
}

/// Whether a certificate was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was not.
    Good,
    /// It was.
    Revoked,
    /// It is not known.
    Unknown,
}

impl<'a> Answer<'a> {
    /// Reads an answer in DER (RFC 6960 section 4.2.1).
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut all = Elements::new(bytes);
        let mut response = all.inside(SEQUENCE)?;
        all.end()?;
        if response.one(ENUMERATED)?.value != SUCCESSFUL {
            return Err(Malformed);
        }
        let mut kind = response.inside(constructed(0))?.inside(SEQUENCE)?;
        response.end()?;
        if kind.oid()?.as_str() != BASIC {
            return Err(Malformed);
        }
        let mut basic = Elements::new(kind.one(OCTET_STRING)?.value).inside(SEQUENCE)?;
        let signed = Signed::read(&mut basic)?;
        let mut certificates = Vec::new();
        if let Some(given) = basic.optional(constructed(0))? {
            let mut given = Elements::new(given.value).inside(SEQUENCE)?;
            while let Some(certificate) = given.any()? {
                if certificates.len() == CERTIFICATES_MAX {
                    return Err(Malformed);
                }
                certificates.push(certificate.whole);
            }
        }
        basic.end()?;
        let mut data = Elements::new(signed.message).inside(SEQUENCE)?;
        data.optional(constructed(0))?; // the version
        data.any()?.ok_or(Malformed)?; // who answers: whose key fits
        Timestamp::read(data.any()?.ok_or(Malformed)?)?; // when
        let words = data.inside(SEQUENCE)?;
        Ok(Self { signed, certificates, words })
    }

    /// What it says of a certificate that was signed with this key, if it says anything.
    pub fn about(
        &self,
        certificate: &Parts<'_>,
        issuer: Key<'_>,
    ) -> Result<Option<Word>, Malformed> {
        let mut words = self.words;
        while !words.rest().is_empty() {
            let mut word = words.inside(SEQUENCE)?;
            let is_meant = is_of(word.inside(SEQUENCE)?, certificate, issuer)?;
            let status = word.any()?.ok_or(Malformed)?.tag;
            let from = Timestamp::read(word.any()?.ok_or(Malformed)?)?;
            let until = match word.optional(constructed(0))? {
                None => None,
                Some(given) => {
                    let mut inside = Elements::new(given.value);
                    Some(Timestamp::read(inside.any()?.ok_or(Malformed)?)?)
                }
            };
            if !is_meant {
                continue;
            }
            let status = match status {
                tag if tag == context(0) => Status::Good,
                tag if tag == constructed(1) => Status::Revoked,
                tag if tag == context(2) => Status::Unknown,
                _ => return Err(Malformed),
            };
            return Ok(Some(Word { status, from, until }));
        }
        Ok(None)
    }
}

/// Whether this identifier (`CertID`) is a certificate's.
fn is_of(
    mut id: Elements<'_>,
    certificate: &Parts<'_>,
    issuer: Key<'_>,
) -> Result<bool, Malformed> {
    let mut algorithm = id.inside(SEQUENCE)?;
    let algorithm = super::Oid::read(algorithm.one(OBJECT_IDENTIFIER)?.value)?;
    let (name, key) = (id.one(OCTET_STRING)?.value, id.one(OCTET_STRING)?.value);
    let serial = id.one(INTEGER)?.value;
    let is = |digest: fn(&[u8]) -> Vec<u8>| {
        name == digest(certificate.issuer) && key == digest(issuer.bits)
    };
    let same = match algorithm.as_str() {
        SHA1 => is(|bytes| Sha1::digest(bytes).to_vec()),
        SHA256 => is(|bytes| Sha256::digest(bytes).to_vec()),
        _ => false,
    };
    Ok(same && serial == certificate.serial)
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn what_is_no_answer_is_refused() {
        for bytes in [
            &b""[..],
            b"\x30\x00",
            b"\x30\x03\x0a\x01\x01",
            b"\x30\x03\x0a\x01\x06",
            b"\x30\x05\x0a\x01\x00\xa0\x00",
            b"HTTP/1.1 200 OK\r\n\r\n",
        ] {
            assert!(Answer::read(bytes).is_err(), "{bytes:x?}");
        }
    }
}
