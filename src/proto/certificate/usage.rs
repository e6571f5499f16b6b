//! What a certificate may be used for, in words: its key usages and its purposes (RFC 5280
//! sections 4.2.1.3 and 4.2.1.12).

use std::fmt::{self, Display, Formatter};

use super::der::{BIT_STRING, Elements, Malformed, Oid, SEQUENCE, bits};

/// The most purposes of one certificate.
pub const PURPOSES_MAX: usize = 64;

/// By bit, the first bit first.
const KEY_USAGES: [&str; 9] = [
    "digital signature",
    "non repudiation",
    "key encipherment",
    "data encipherment",
    "key agreement",
    "certificate sign",
    "CRL sign",
    "encipher only",
    "decipher only",
];

const PURPOSES: &[(&str, &str)] = &[
    (Purpose::SERVER, "TLS server"),
    (Purpose::CLIENT, "TLS client"),
    ("1.3.6.1.5.5.7.3.3", "code signing"),
    ("1.3.6.1.5.5.7.3.4", "e-mail protection"),
    ("1.3.6.1.5.5.7.3.8", "time stamping"),
    (Purpose::OCSP_SIGNING, "OCSP signing"),
    ("1.3.6.1.5.5.7.3.17", "IPsec IKE"),
    ("1.3.6.1.4.1.311.20.2.2", "smart card logon"),
    ("1.3.6.1.5.2.3.5", "Kerberos KDC"),
    ("2.5.29.37.0", "any purpose"),
];

/// A purpose of a certificate's key. Shown in words, or by its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose(Oid);

impl Purpose {
    /// To be a TLS server.
    pub const SERVER: &'static str = "1.3.6.1.5.5.7.3.1";
    /// To be a TLS client.
    pub const CLIENT: &'static str = "1.3.6.1.5.5.7.3.2";

    /// To say whether certificates were revoked.
    pub const OCSP_SIGNING: &'static str = "1.3.6.1.5.5.7.3.9";

    /// By its numbers.
    pub fn numbers(&self) -> &str {
        self.0.as_str()
    }
}

impl Display for Purpose {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let known = PURPOSES.iter().find(|(numbers, _)| *numbers == self.numbers());
        out.write_str(known.map_or(self.numbers(), |(_, words)| words))
    }
}

/// Reads the value of the extension of that name.
pub(super) fn key_usages(value: &[u8]) -> Result<Vec<&'static str>, Malformed> {
    let mut elements = Elements::new(value);
    let bits = bits(elements.one(BIT_STRING)?.value)?;
    elements.end()?;
    let set =
        |index: usize| bits.get(index / 8).is_some_and(|byte| byte << (index % 8) & 0x80 != 0);
    let named = KEY_USAGES.iter().enumerate().filter(|(index, _)| set(*index));
    Ok(named.map(|(_, words)| *words).collect())
}

/// Reads the value of the extension of that name; `None` if there are too many.
pub(super) fn purposes(value: &[u8]) -> Result<Option<Vec<Purpose>>, Malformed> {
    let mut elements = Elements::new(value);
    let mut inside = elements.inside(SEQUENCE)?;
    elements.end()?;
    let mut purposes = Vec::new();
    while !inside.rest().is_empty() {
        if purposes.len() == PURPOSES_MAX {
            return Ok(None);
        }
        purposes.push(Purpose(inside.oid()?));
    }
    Ok(Some(purposes))
}

#[cfg(test)]
mod tests {
    use super::{key_usages, purposes};

    #[test]
    fn key_usages_by_bit() {
        assert_eq!(
            key_usages(b"\x03\x02\x05\xa0").unwrap(),
            ["digital signature", "key encipherment"]
        );
        assert_eq!(
            key_usages(b"\x03\x03\x07\x08\x80").unwrap(),
            ["key agreement", "decipher only"]
        );
        assert_eq!(key_usages(b"\x03\x01\x00").unwrap(), [""; 0]);
        assert!(key_usages(b"\x03\x00").is_err() && key_usages(b"\x03\x02\x08\xa0").is_err());
    }

    #[test]
    fn purposes_in_words_or_numbers() {
        let server = b"\x30\x0f\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01\x06\x03\x88\x37\x01";
        let words: Vec<_> =
            purposes(server).unwrap().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(words, ["TLS server", "2.999.1"]);
        let many = [&b"\x30\x81\xc3"[..], &b"\x06\x01\x2a".repeat(65)].concat();
        assert_eq!(purposes(&many), Ok(None));
        assert!(purposes(b"\x30\x02\x05\x00").is_err());
    }
}
