//! Pins: certificates or keys that are known beforehand, by their SHA-256.
//!
//! The key's as curl's `--pinnedpubkey` writes it, the certificate's as `openssl x509
//! -fingerprint -sha256` shows it; several with `;` in between, of which one must be right.

use super::{Certificate, Fingerprint};
use crate::proto::base64;

/// The most pins in one list.
pub const PINS_MAX: usize = 64;

/// Why a text is no pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Nothing, or nothing between two `;`.
    #[error("an empty pin")]
    Empty,
    /// Neither `sha256//` with base64 nor a fingerprint in hexadecimal digits.
    #[error("not a pin: sha256// and base64, or 64 hexadecimal digits, are")]
    Unknown,
    /// What is behind `sha256//` is no base64.
    #[error("not base64 behind sha256//")]
    Base64,
    /// Not a SHA-256, but of this many bytes.
    #[error("a pin of {0} bytes, not the 32 of SHA-256")]
    Length(usize),
    /// More than [`PINS_MAX`].
    #[error("more than 64 pins")]
    TooMany,
}

/// What is known of a peer's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// Its key: `sha256//BASE64`.
    Key(Fingerprint),
    /// The whole of it: `sha256:AA:BB:…`, or the digits alone, with colons or without.
    Certificate(Fingerprint),
}

impl Pin {
    /// Reads one pin.
    pub fn parse(text: &[u8]) -> Result<Self, PinError> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return Err(PinError::Empty);
        }
        let of = |bytes: Vec<u8>| {
            <[u8; 32]>::try_from(bytes).map_err(|bytes| PinError::Length(bytes.len()))
        };
        if let Some(digits) = strip_word(text, b"sha256//") {
            let bytes = base64::decode(digits).ok_or(PinError::Base64)?;
            return of(bytes).map(|hash| Self::Key(Fingerprint(hash)));
        }
        let digits = strip_word(text, b"sha256:").unwrap_or(text);
        let bytes = hex(digits).ok_or(PinError::Unknown)?;
        of(bytes).map(|hash| Self::Certificate(Fingerprint(hash)))
    }

    /// Whether it is this certificate's.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Key(hash) => *hash == certificate.key_fingerprint,
            Self::Certificate(hash) => *hash == certificate.fingerprint,
        }
    }
}

/// Pins of which one must be right; never none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins(Vec<Pin>);

impl Pins {
    /// Reads pins with `;` in between.
    pub fn parse(text: &[u8]) -> Result<Self, PinError> {
        let pins: Vec<_> = text.split(|byte| *byte == b';').take(PINS_MAX + 1).collect();
        if pins.len() > PINS_MAX {
            return Err(PinError::TooMany);
        }
        pins.into_iter().map(Pin::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The pins in their order.
    pub fn as_slice(&self) -> &[Pin] {
        &self.0
    }

    /// Whether one of them is this certificate's.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        self.0.iter().any(|pin| pin.matches(certificate))
    }
}

fn strip_word<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// Pairs of digits, all with a colon in between or none.
fn hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit =
        |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    if text.contains(&b':') {
        text.split(|byte| *byte == b':').map(pair).collect()
    } else {
        text.chunks(2).map(pair).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Pin, PinError, Pins};
    use crate::proto::certificate::Fingerprint;

    const HEX: &str = "E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:\
                       A4:95:99:1B:78:52:B8:55";
    const BASE64: &str = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    #[test]
    fn every_spelling() {
        let hash = Fingerprint::of(b"");
        assert_eq!((hash.to_string().as_str(), hash.pin().as_str()), (HEX, BASE64));
        let plain = HEX.replace(':', "");
        for text in [HEX, &HEX.to_lowercase(), &plain, &format!("sha256:{HEX}"), " \n"] {
            let expected = match text.trim() {
                "" => Err(PinError::Empty),
                _ => Ok(Pin::Certificate(hash)),
            };
            assert_eq!(Pin::parse(text.as_bytes()), expected, "{text}");
            assert_eq!(
                Pin::parse(format!(" SHA256:{plain}\n").as_bytes()),
                Ok(Pin::Certificate(hash))
            );
        }
        assert_eq!(Pin::parse(BASE64.as_bytes()), Ok(Pin::Key(hash)));
    }

    #[test]
    fn what_is_no_pin() {
        let cases: &[(&[u8], PinError)] = &[
            (b"sha256//", PinError::Length(0)),
            (b"sha256//47DE", PinError::Length(3)),
            (b"sha256//47D", PinError::Base64),
            (b"sha1//47DE", PinError::Unknown),
            (b"sha256:AA", PinError::Length(1)),
            (b"AA:B", PinError::Unknown),
            (b"AAB:B", PinError::Unknown),
            (b"A\xff", PinError::Unknown),
        ];
        for (text, error) in cases {
            assert_eq!(Pin::parse(text), Err(*error), "{}", text.escape_ascii());
        }
        assert_eq!(Pins::parse(format!("{HEX};").as_bytes()), Err(PinError::Empty));
        assert_eq!(Pins::parse([BASE64; 65].join(";").as_bytes()), Err(PinError::TooMany));
        assert!(Pins::parse([BASE64; 64].join(";").as_bytes()).is_ok());
    }
}
