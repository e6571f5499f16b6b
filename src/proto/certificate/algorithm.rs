//! What a certificate's key is, and how the certificate was signed: names for algorithms.

use std::fmt::{self, Display, Formatter};

use super::der::{
    BIT_STRING, Elements, INTEGER, Malformed, OBJECT_IDENTIFIER, Oid, SEQUENCE, bits, constructed,
};

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const DSA: &str = "1.2.840.10040.4.1";

/// Keys whose size is in their name.
const KEYS: &[(&str, &str)] = &[
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

const CURVES: &[(&str, &str)] = &[
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.132.0.33", "P-224"),
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
];

const SIGNATURES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.2", "RSA with MD2"),
    ("1.2.840.113549.1.1.4", "RSA with MD5"),
    ("1.2.840.113549.1.1.5", "RSA with SHA-1"),
    ("1.2.840.113549.1.1.14", "RSA with SHA-224"),
    ("1.2.840.113549.1.1.11", "RSA with SHA-256"),
    ("1.2.840.113549.1.1.12", "RSA with SHA-384"),
    ("1.2.840.113549.1.1.13", "RSA with SHA-512"),
    ("1.2.840.10045.4.1", "ECDSA with SHA-1"),
    ("1.2.840.10045.4.3.1", "ECDSA with SHA-224"),
    ("1.2.840.10045.4.3.2", "ECDSA with SHA-256"),
    ("1.2.840.10045.4.3.3", "ECDSA with SHA-384"),
    ("1.2.840.10045.4.3.4", "ECDSA with SHA-512"),
    ("1.2.840.10040.4.3", "DSA with SHA-1"),
    ("2.16.840.1.101.3.4.3.2", "DSA with SHA-256"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

const HASHES: &[(&str, &str)] = &[
    ("1.3.14.3.2.26", "SHA-1"),
    ("2.16.840.1.101.3.4.2.1", "SHA-256"),
    ("2.16.840.1.101.3.4.2.2", "SHA-384"),
    ("2.16.840.1.101.3.4.2.3", "SHA-512"),
];

fn named(table: &[(&str, &'static str)], oid: &Oid) -> Option<&'static str> {
    table.iter().find(|(numbers, _)| *numbers == oid.as_str()).map(|(_, name)| *name)
}

/// A name, or the numbers of what has none here.
fn shown(table: &[(&str, &'static str)], oid: &Oid) -> String {
    named(table, oid).map_or_else(|| oid.to_string(), str::to_owned)
}

/// What kind of key it is and how large. Shown as `RSA 2048`, `ECDSA P-256`, `Ed25519`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA; bits of the modulus.
    Rsa(usize),
    /// RSA for PSS signatures alone; bits of the modulus.
    RsaPss(usize),
    /// DSA; bits of the prime, if it is given.
    Dsa(Option<usize>),
    /// On a curve: its name or numbers; `None` for one that is spelt out.
    Ec(Option<String>),
    /// Another kind: its name or numbers.
    Other(String),
}

impl PublicKey {
    /// Reads what is inside the sequence that a key's description is (RFC 5280 section 4.1.2.7).
    pub(super) fn read(mut elements: Elements<'_>) -> Result<Self, Malformed> {
        let mut algorithm = elements.inside(SEQUENCE)?;
        let kind = algorithm.oid()?;
        let parameters = algorithm.any()?;
        algorithm.end()?;
        let key = bits(elements.one(BIT_STRING)?.value)?;
        elements.end()?;
        let modulus = || {
            let mut key = Elements::new(key);
            size(key.inside(SEQUENCE)?)
        };
        Ok(match kind.as_str() {
            RSA => Self::Rsa(modulus()?),
            RSA_PSS => Self::RsaPss(modulus()?),
            DSA => {
                let sequence = parameters.filter(|parameters| parameters.tag == SEQUENCE);
                Self::Dsa(sequence.map(|found| size(Elements::new(found.value))).transpose()?)
            }
            EC => {
                let curve = parameters.filter(|curve| curve.tag == OBJECT_IDENTIFIER);
                let curve = curve.map(|curve| Oid::read(curve.value)).transpose()?;
                Self::Ec(curve.map(|curve| shown(CURVES, &curve)))
            }
            _ => Self::Other(shown(KEYS, &kind)),
        })
    }
}

impl Display for PublicKey {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(out, "RSA {bits}"),
            Self::RsaPss(bits) => write!(out, "RSA-PSS {bits}"),
            Self::Dsa(Some(bits)) => write!(out, "DSA {bits}"),
            Self::Dsa(None) => out.write_str("DSA"),
            Self::Ec(Some(curve)) => write!(out, "ECDSA {curve}"),
            Self::Ec(None) => out.write_str("ECDSA on a curve of its own"),
            Self::Other(name) => out.write_str(name),
        }
    }
}

/// The bits of the number that comes next.
fn size(mut elements: Elements<'_>) -> Result<usize, Malformed> {
    let number = elements.one(INTEGER)?.value;
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |first| first.leading_zeros() as usize);
    Ok((number.len() - zeros) * 8 - first)
}

/// The name of the algorithm of a signature: `ECDSA with SHA-256`; what has none by its numbers.
pub(super) fn signature(mut elements: Elements<'_>) -> Result<String, Malformed> {
    let kind = elements.oid()?;
    let parameters = elements.any()?;
    elements.end()?;
    if kind.as_str() != RSA_PSS {
        return Ok(shown(SIGNATURES, &kind));
    }
    // RFC 4055 section 3.1: SHA-1 where no other is named
    let mut hash = "SHA-1".to_owned();
    let named = parameters.map(|found| Elements::new(found.value).optional(constructed(0)));
    if let Some(named) = named.transpose()?.flatten() {
        hash = shown(HASHES, &Elements::new(named.value).inside(SEQUENCE)?.oid()?);
    }
    Ok(format!("RSA-PSS with {hash}"))
}
