//! DER (X.690) as far as a certificate needs it: elements one behind the other, and object
//! identifiers.
//!
//! Definite, shortest lengths and tags of one byte; every tag of that size, so that a string type
//! nobody else reads does not make the rest unreadable. What an element means is its reader's.

use std::fmt::{self, Display, Formatter, Write};

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OBJECT_IDENTIFIER: u8 = 0x06;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// The most bytes of an object identifier that are read; the longest in use have some 30.
const OID_MAX: usize = 64;

/// A context-specific tag of a primitive element: `[number]`.
pub const fn context(number: u8) -> u8 {
    0x80 | number
}

/// A context-specific tag around other elements: `[number]`.
pub const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// The bytes are cut short or no DER, or another element than the one that must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// An element: tag, length and value.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    pub tag: u8,
    pub value: &'a [u8],
    /// Tag and length included.
    pub whole: &'a [u8],
}

/// Elements one behind the other.
#[derive(Debug, Clone, Copy)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next element; `None` at the end.
    pub fn any(&mut self) -> Result<Option<Element<'a>>, Malformed> {
        let Some((&tag, behind)) = self.rest.split_first() else {
            return Ok(None);
        };
        if tag & 0x1f == 0x1f {
            return Err(Malformed); // a tag of several bytes
        }
        let (length, behind) = length(behind)?;
        let (value, behind) = behind.split_at_checked(length).ok_or(Malformed)?;
        let whole = self.rest.get(..self.rest.len() - behind.len()).ok_or(Malformed)?;
        self.rest = behind;
        Ok(Some(Element { tag, value, whole }))
    }

    /// The next element, which must have this tag.
    pub fn one(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        self.any()?.filter(|element| element.tag == tag).ok_or(Malformed)
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        if self.rest.first() == Some(&tag) { self.any() } else { Ok(None) }
    }

    /// What is in the next element, which must have this tag.
    pub fn inside(&mut self, tag: u8) -> Result<Self, Malformed> {
        self.one(tag).map(|element| Self::new(element.value))
    }

    /// An object identifier.
    pub fn oid(&mut self) -> Result<Oid, Malformed> {
        Oid::read(self.one(OBJECT_IDENTIFIER)?.value)
    }

    /// Nothing may be left.
    pub fn end(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// The length in front of `bytes`, and what is behind it.
fn length(bytes: &[u8]) -> Result<(usize, &[u8]), Malformed> {
    let (&first, behind) = bytes.split_first().ok_or(Malformed)?;
    if first < 0x80 {
        return Ok((first.into(), behind));
    }
    let (digits, behind) = behind.split_at_checked((first & 0x7f).into()).ok_or(Malformed)?;
    if !(1..=4).contains(&digits.len()) {
        return Err(Malformed);
    }
    let length = digits.iter().fold(0_u32, |length, digit| length << 8 | u32::from(*digit));
    // one byte less would not have done
    let shortest = length >= 0x80 && digits.first() != Some(&0);
    let length = usize::try_from(length).ok().filter(|_| shortest).ok_or(Malformed)?;
    Ok((length, behind))
}

/// The bits of a BIT STRING, whole bytes only: the value behind the count of unused bits.
pub fn bits(value: &[u8]) -> Result<&[u8], Malformed> {
    match value.split_first() {
        Some((unused, bits)) if *unused < 8 => Ok(bits),
        _ => Err(Malformed),
    }
}

/// An object identifier, by its numbers: `2.5.4.3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oid(String);

impl Oid {
    /// The numbers with dots in between.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the value of an element (X.690 section 8.19).
    pub fn read(value: &[u8]) -> Result<Self, Malformed> {
        let ends = value.last().is_some_and(|last| last & 0x80 == 0);
        if !ends || value.len() > OID_MAX {
            return Err(Malformed);
        }
        let (mut text, mut number) = (String::new(), 0_u64);
        for byte in value {
            if number == 0 && *byte == 0x80 || number >> 57 != 0 {
                return Err(Malformed); // not the shortest form, or too large
            }
            number = number << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 != 0 {
                continue;
            }
            // writing to a string does not fail
            let _ = if text.is_empty() {
                let root = (number / 40).min(2);
                write!(text, "{root}.{}", number - root * 40)
            } else {
                write!(text, ".{number}")
            };
            number = 0;
        }
        Ok(Self(text))
    }
}

impl Display for Oid {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Elements, INTEGER, Malformed, OCTET_STRING, Oid};

    #[test]
    fn elements_follow_each_other() {
        let mut elements = Elements::new(b"\x02\x01\x05\x04\x00\x1c\x81\x80");
        assert_eq!(elements.one(INTEGER).unwrap().value, b"\x05");
        assert!(elements.optional(INTEGER).unwrap().is_none());
        assert_eq!(elements.one(OCTET_STRING).unwrap().whole, b"\x04\x00");
        assert_eq!(elements.any().err(), Some(Malformed), "cut short");
        assert!(elements.end().is_err());
    }

    #[test]
    fn lengths_are_definite_and_shortest() {
        let long = [&b"\x04\x82\x01\x00"[..], &[7; 256]].concat();
        assert_eq!(Elements::new(&long).any().unwrap().unwrap().value.len(), 256);
        for wrong in [
            &b"\x04"[..],
            b"\x04\x80\x00\x00",
            b"\x04\x81\x01a",
            b"\x04\x82\x00\x81a",
            b"\x04\x85\x00\x00\x00\x00\x01a",
            b"\x04\x84\xff\xff\xff\xff",
            b"\x1f\x01\x00",
        ] {
            assert_eq!(Elements::new(wrong).any().err(), Some(Malformed), "{wrong:x?}");
        }
    }

    #[test]
    fn object_identifiers() {
        let cases: &[(&[u8], &str)] = &[
            (b"\x55\x04\x03", "2.5.4.3"),
            (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "1.2.840.113549.1.1.11"),
            (b"\x00", "0.0"),
            (b"\x88\x37", "2.999"),
            (b"\x2a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "1.2.9223372036854775807"),
        ];
        for (bytes, text) in cases {
            assert_eq!(Oid::read(bytes).unwrap().as_str(), *text);
        }
        for wrong in [
            &b""[..],
            b"\x80\x01",
            b"\x2a\x80\x01",
            b"\x2a\x86",
            b"\x2a\x82\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
            &[1; 65],
        ] {
            assert_eq!(Oid::read(wrong), Err(Malformed), "{wrong:x?}");
        }
    }
}
