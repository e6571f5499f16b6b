//! What of a certificate or of an answer about one is signed, with what, and by which key: the bytes
//! as they stand, for who checks signatures.

use super::der::{BIT_STRING, Elements, INTEGER, Malformed, SEQUENCE, bits, constructed};

/// Something with a signature behind it (RFC 5280 section 4.1.1).
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// What is signed.
    pub message: &'a [u8],
    /// How: what is inside the sequence that names the algorithm.
    pub algorithm: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Reads the three of them, which are next.
    pub(super) fn read(elements: &mut Elements<'a>) -> Result<Self, Malformed> {
        let message = elements.one(SEQUENCE)?.whole;
        let algorithm = elements.one(SEQUENCE)?.value;
        let signature = bits(elements.one(BIT_STRING)?.value)?;
        Ok(Self { message, algorithm, signature })
    }
}

/// A public key.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Its kind: what is inside the sequence that names the algorithm.
    pub algorithm: &'a [u8],
    /// The key.
    pub bits: &'a [u8],
}

impl<'a> Key<'a> {
    /// Reads what is inside the sequence that is a key (RFC 5280 section 4.1.2.7).
    pub fn read(inside: &'a [u8]) -> Result<Self, Malformed> {
        let mut inside = Elements::new(inside);
        let algorithm = inside.one(SEQUENCE)?.value;
        let bits = bits(inside.one(BIT_STRING)?.value)?;
        inside.end()?;
        Ok(Self { algorithm, bits })
    }
}

/// Parts of a certificate, as they stand in it.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// Its signature, and what that is of.
    pub signed: Signed<'a>,
    /// The number that its issuer gave it.
    pub serial: &'a [u8],
    /// Who signed it, as a whole element.
    pub issuer: &'a [u8],
    /// Who it is for: what is inside the element.
    pub subject: &'a [u8],
    /// The key that it vouches for.
    pub key: Key<'a>,
}

impl<'a> Parts<'a> {
    /// Reads a certificate in DER.
    pub fn read(certificate: &'a [u8]) -> Result<Self, Malformed> {
        let mut outside = Elements::new(certificate).inside(SEQUENCE)?;
        let signed = Signed::read(&mut outside)?;
        outside.end()?;
        let mut fields = Elements::new(signed.message).inside(SEQUENCE)?;
        fields.optional(constructed(0))?;
        let serial = fields.one(INTEGER)?.value;
        fields.one(SEQUENCE)?;
        let issuer = fields.one(SEQUENCE)?.whole;
        fields.one(SEQUENCE)?;
        let subject = fields.one(SEQUENCE)?.value;
        let key = Key::read(fields.one(SEQUENCE)?.value)?;
        Ok(Self { signed, serial, issuer, subject, key })
    }

    /// What is inside the name of who signed it.
    pub fn issuer_inside(&self) -> Result<&'a [u8], Malformed> {
        Ok(Elements::new(self.issuer).inside(SEQUENCE)?.rest())
    }
}
