//! The extensions of a certificate that a report tells of (RFC 5280 section 4.2).
//!
//! One that cannot be read is noted by its numbers and does not make the others unreadable.

use super::CertificateError;
use super::alternative_name::{AlternativeName, NAMES_MAX};
use super::der::{BOOLEAN, Elements, INTEGER, Malformed, OCTET_STRING, Oid, SEQUENCE, context};
use super::usage::{self, Purpose};

/// The most extensions of one certificate.
pub const EXTENSIONS_MAX: usize = 128;

/// Whether a certificate may sign others (RFC 5280 section 4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BasicConstraints {
    /// It is a CA.
    pub authority: bool,
    /// How many more CAs may follow below it.
    pub path_length: Option<u32>,
}

/// What was found in the extensions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Extensions {
    pub names: Vec<AlternativeName>,
    pub constraints: Option<BasicConstraints>,
    pub key_usages: Option<Vec<&'static str>>,
    pub purposes: Option<Vec<Purpose>>,
    pub subject_key: Option<Vec<u8>>,
    pub authority_key: Option<Vec<u8>>,
    pub unreadable: Vec<Oid>,
}

impl From<Malformed> for CertificateError {
    fn from(_: Malformed) -> Self {
        Self::Malformed("the extensions")
    }
}

impl Extensions {
    /// Reads what is inside the sequence of them.
    pub fn read(mut elements: Elements<'_>) -> Result<Self, CertificateError> {
        let (mut extensions, mut count) = (Self::default(), 0);
        while !elements.rest().is_empty() {
            count += 1;
            if count > EXTENSIONS_MAX {
                return Err(CertificateError::TooMany("extensions"));
            }
            let mut extension = elements.inside(SEQUENCE)?;
            let kind = extension.oid()?;
            extension.optional(BOOLEAN)?; // whether it is critical
            let value = extension.one(OCTET_STRING)?.value;
            extension.end()?;
            match extensions.take(&kind, value) {
                Ok(()) => (),
                Err(CertificateError::Malformed(_)) => extensions.unreadable.push(kind),
                Err(error) => return Err(error),
            }
        }
        Ok(extensions)
    }

    fn take(&mut self, kind: &Oid, value: &[u8]) -> Result<(), CertificateError> {
        match kind.as_str() {
            "2.5.29.14" => self.subject_key = Some(octets(value)?),
            "2.5.29.15" => self.key_usages = Some(usage::key_usages(value)?),
            "2.5.29.17" => self.names = alternative_names(value)?,
            "2.5.29.19" => self.constraints = Some(constraints(value)?),
            "2.5.29.35" => self.authority_key = authority_key(value)?,
            "2.5.29.37" => {
                let purposes = usage::purposes(value)?;
                self.purposes = Some(purposes.ok_or(CertificateError::TooMany("purposes"))?);
            }
            _ => (),
        }
        Ok(())
    }
}

fn octets(value: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut elements = Elements::new(value);
    let octets = elements.one(OCTET_STRING)?.value;
    elements.end()?;
    Ok(octets.to_vec())
}

/// What is inside the sequence that is all of `value`.
fn sequence(value: &[u8]) -> Result<Elements<'_>, Malformed> {
    let mut elements = Elements::new(value);
    let inside = elements.inside(SEQUENCE)?;
    elements.end()?;
    Ok(inside)
}

fn alternative_names(value: &[u8]) -> Result<Vec<AlternativeName>, CertificateError> {
    let (mut elements, mut names) = (sequence(value)?, Vec::new());
    while let Some(name) = elements.any()? {
        if names.len() == NAMES_MAX {
            return Err(CertificateError::TooMany("alternative names"));
        }
        names.push(AlternativeName::read(name)?);
    }
    Ok(names)
}

fn constraints(value: &[u8]) -> Result<BasicConstraints, Malformed> {
    let mut elements = sequence(value)?;
    let authority = match elements.optional(BOOLEAN)?.map(|given| given.value) {
        None | Some([0]) => false,
        Some([_]) => true,
        Some(_) => return Err(Malformed),
    };
    let path_length = elements.optional(INTEGER)?.map(|given| small(given.value)).transpose()?;
    elements.end()?;
    Ok(BasicConstraints { authority, path_length })
}

fn small(number: &[u8]) -> Result<u32, Malformed> {
    let fits = (1..=4).contains(&number.len()) && number.first().is_some_and(|byte| *byte < 0x80);
    let value = number.iter().fold(0, |value, byte| value << 8 | u32::from(*byte));
    Some(value).filter(|_| fits).ok_or(Malformed)
}

fn authority_key(value: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
    Ok(sequence(value)?.optional(context(0))?.map(|key| key.value.to_vec()))
}
