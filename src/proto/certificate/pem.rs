//! PEM (RFC 7468): certificates and private keys out of a file, and what goes into one.
//!
//! Blocks with any text in between, as bundles have it. Responsible for the labels and for saying
//! what is wrong with a file; what is inside a block is for who wanted it. Encrypted keys are told
//! apart and refused: nothing here asks for a passphrase.

use std::fmt::{self, Debug, Display, Formatter};

use crate::proto::base64;
use crate::proto::escape::escape_at_most;

/// The most blocks of one file; the bundles of roots have some 150.
pub const BLOCKS_MAX: usize = 4096;

/// Characters in a line that is written.
const LINE: usize = 64;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// Labels of certificates: today's and the old ones of RFC 7468 section 5.1.
const CERTIFICATE_LABELS: [&[u8]; 3] = [b"CERTIFICATE", b"X509 CERTIFICATE", b"X.509 CERTIFICATE"];
const ENCRYPTED_KEY: &[u8] = b"ENCRYPTED PRIVATE KEY";
/// What the label of every private key ends with.
const ANY_KEY: &[u8] = b"PRIVATE KEY";

const KEY_LABELS: [(&[u8], KeyFormat); 3] = [
    (ANY_KEY, KeyFormat::Pkcs8),
    (b"RSA PRIVATE KEY", KeyFormat::Pkcs1),
    (b"EC PRIVATE KEY", KeyFormat::Sec1),
];

/// How a private key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFormat {
    /// RSA alone (RFC 8017): `RSA PRIVATE KEY`.
    Pkcs1,
    /// Any kind (RFC 5958): `PRIVATE KEY`.
    Pkcs8,
    /// Elliptic curves alone (RFC 5915): `EC PRIVATE KEY`.
    Sec1,
}

/// A private key. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// How it is written.
    pub format: KeyFormat,
    /// Its DER.
    pub der: Vec<u8>,
}

impl Debug for Key {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.debug_struct("Key").field("format", &self.format).finish_non_exhaustive()
    }
}

/// The label of a block; foreign, and escaped when shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(pub Vec<u8>);

impl Display for Label {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&escape_at_most(&self.0, 60), out)
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// It has no certificate, and nothing else in PEM.
    #[error("no certificate in it")]
    NoCertificate,
    /// It has no certificate, but other blocks; the first of them.
    #[error("no certificate in it, but: {0}")]
    OnlyOther(Label),
    /// It has no private key, and nothing else in PEM.
    #[error("no private key in it")]
    NoKey,
    /// It has no private key, but other blocks; the first of them.
    #[error("no private key in it, but: {0}")]
    NoKeyBut(Label),
    /// Its private key is encrypted.
    #[error("its private key is encrypted: decrypt it first, with: openssl pkey -in FILE -out NEW")]
    Encrypted,
    /// A private key of a kind that is not known.
    #[error("a private key of a kind that cannot be used: {0}")]
    UnknownKey(Label),
    /// So many private keys, where one is wanted.
    #[error("{0} private keys in it, not one")]
    SeveralKeys(usize),
    /// DER and not PEM.
    #[error("DER, not PEM: turn it into PEM first, with: openssl x509 (or pkey) -inform DER")]
    Der,
    /// A block without its end, that begins in this line.
    #[error("the block that begins in line {0} does not end")]
    NoEnd(usize),
    /// A block that ends with another label, in this line.
    #[error("line {0} ends another block than the one that was begun")]
    OtherEnd(usize),
    /// What is in the block that begins in this line is no base64.
    #[error("no base64 in the block that begins in line {0}")]
    Base64(usize),
    /// More than [`BLOCKS_MAX`].
    #[error("more than 4096 blocks in it")]
    TooMany,
}

/// The certificates of a file in their order, each in DER. Other blocks are passed over.
pub fn certificates(file: &[u8]) -> Result<Vec<Vec<u8>>, PemError> {
    let blocks = blocks(file)?;
    let is_certificate = |block: &Block<'_>| CERTIFICATE_LABELS.contains(&block.label);
    if !blocks.iter().any(is_certificate) {
        return Err(match blocks.first() {
            Some(other) => PemError::OnlyOther(other.name()),
            None => PemError::NoCertificate,
        });
    }
    blocks.iter().filter(|block| is_certificate(block)).map(Block::der).collect()
}

/// The one private key of a file. Other blocks, certificates and parameters, are passed over.
pub fn key(file: &[u8]) -> Result<Key, PemError> {
    let blocks = blocks(file)?;
    let keys: Vec<_> = blocks.iter().filter(|block| block.label.ends_with(ANY_KEY)).collect();
    let block = match (&keys[..], blocks.first()) {
        ([], None) => return Err(PemError::NoKey),
        ([], Some(other)) => return Err(PemError::NoKeyBut(other.name())),
        ([key], _) => *key,
        (several, _) => return Err(PemError::SeveralKeys(several.len())),
    };
    if block.label == ENCRYPTED_KEY || block.is_encrypted() {
        return Err(PemError::Encrypted);
    }
    let known = KEY_LABELS.iter().find(|(label, _)| *label == block.label);
    let (_, format) = known.ok_or_else(|| PemError::UnknownKey(block.name()))?;
    Ok(Key { format: *format, der: block.der()? })
}

/// A block of PEM with this label around `der`, its last line end included.
pub fn write(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut digits = &base64::encode(der)[..];
    while !digits.is_empty() {
        // ASCII, so that it can be cut anywhere
        let (line, rest) = digits.split_at(LINE.min(digits.len()));
        text.push_str(line);
        text.push('\n');
        digits = rest;
    }
    text + &format!("-----END {label}-----\n")
}

/// Certificates in DER, one block behind the other.
pub fn write_chain(chain: &[Vec<u8>]) -> String {
    chain.iter().map(|der| write("CERTIFICATE", der)).collect()
}

/// A block as it stands in the file.
struct Block<'a> {
    label: &'a [u8],
    /// The lines in between.
    body: &'a [u8],
    /// Of the file, where it begins; from 1.
    line: usize,
}

impl Block<'_> {
    fn name(&self) -> Label {
        Label(self.label.to_vec())
    }

    /// The lines of the header that the old format has (RFC 1421): `Proc-Type: 4,ENCRYPTED`.
    fn is_encrypted(&self) -> bool {
        let mut lines = self.body.split(|byte| *byte == b'\n');
        lines.any(|line| {
            line.starts_with(b"Proc-Type:") && line.trim_ascii().ends_with(b"ENCRYPTED")
        })
    }

    /// What is inside, without header lines.
    fn der(&self) -> Result<Vec<u8>, PemError> {
        let mut digits = Vec::with_capacity(self.body.len());
        for line in self.body.split(|byte| *byte == b'\n') {
            if !line.contains(&b':') {
                digits.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
            }
        }
        let der = base64::decode(&digits).filter(|der| !der.is_empty());
        der.ok_or(PemError::Base64(self.line))
    }
}

/// All blocks of a file.
fn blocks(file: &[u8]) -> Result<Vec<Block<'_>>, PemError> {
    let (mut blocks, mut begun, mut at) = (Vec::new(), None, 0);
    for (index, line) in file.split(|byte| *byte == b'\n').enumerate() {
        let behind = (at + line.len() + 1).min(file.len());
        let number = index + 1;
        match begun {
            None => {
                if let Some(label) = label(line, BEGIN) {
                    begun = Some((label, behind, number));
                }
            }
            Some((begun_label, body, first)) => {
                if let Some(label) = label(line, END) {
                    if label != begun_label {
                        return Err(PemError::OtherEnd(number));
                    }
                    if blocks.len() == BLOCKS_MAX {
                        return Err(PemError::TooMany);
                    }
                    let body = file.get(body..at).unwrap_or_default();
                    blocks.push(Block { label, body, line: first });
                    begun = None;
                } else if line.starts_with(BEGIN) {
                    return Err(PemError::NoEnd(first));
                }
            }
        }
        at = behind;
    }
    match begun {
        Some((_, _, first)) => Err(PemError::NoEnd(first)),
        None if blocks.is_empty() && is_der(file) => Err(PemError::Der),
        None => Ok(blocks),
    }
}

/// The label in a line that begins or ends a block.
fn label<'a>(line: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    line.trim_ascii_end().strip_prefix(mark)?.strip_suffix(DASHES)
}

/// Whether a file begins as the DER of a certificate or key does: a sequence with something in it
/// that is a sequence or a number.
fn is_der(file: &[u8]) -> bool {
    let inside = match file {
        [0x30, length, inside @ ..] if *length < 0x80 => inside,
        [0x30, 0x81, _, inside @ ..] | [0x30, 0x82, _, _, inside @ ..] => inside,
        _ => return false,
    };
    matches!(inside.first(), Some(0x30 | 0x02))
}

#[cfg(test)]
mod tests {
    use super::{Key, KeyFormat, Label, PemError, certificates, key, write};

    const DER: &[u8] = b"\x30\x03\x02\x01\x05";

    fn label(text: &str) -> Label {
        Label(text.into())
    }

    #[test]
    fn certificates_in_their_order_with_text_in_between() {
        let file = [
            "a bundle\r\n",
            &write("CERTIFICATE", b"first").replace('\n', "\r\n"),
            "-----\n",
            &write("EC PARAMETERS", b"x"),
            "# the second\n",
            &write("X509 CERTIFICATE", &[7; 100]),
        ];
        let read = certificates(file.concat().as_bytes());
        assert_eq!(read, Ok(vec![b"first".to_vec(), vec![7; 100]]));
        assert!(file[5].lines().all(|line| line.len() <= 64));
    }

    #[test]
    fn keys_of_every_format() {
        for (name, format) in [
            ("PRIVATE KEY", KeyFormat::Pkcs8),
            ("RSA PRIVATE KEY", KeyFormat::Pkcs1),
            ("EC PRIVATE KEY", KeyFormat::Sec1),
        ] {
            let file =
                write("CERTIFICATE", b"c") + &write("EC PARAMETERS", b"p") + &write(name, DER);
            assert_eq!(key(file.as_bytes()), Ok(Key { format, der: DER.to_vec() }));
        }
        let shown = format!("{:?}", Key { format: KeyFormat::Pkcs8, der: b"secret".to_vec() });
        assert_eq!(shown, "Key { format: Pkcs8, .. }");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let of = |text: &str| key(text.as_bytes()).err();
        assert_eq!(of(""), Some(PemError::NoKey));
        assert_eq!(of(&write("CERTIFICATE", b"c")), Some(PemError::NoKeyBut(label("CERTIFICATE"))));
        assert_eq!(of(&write("ENCRYPTED PRIVATE KEY", DER)), Some(PemError::Encrypted));
        let old = "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n\
                   DEK-Info: AES-256-CBC,00\r\n\r\nAAAA\r\n-----END RSA PRIVATE KEY-----\r\n";
        assert_eq!(of(old), Some(PemError::Encrypted));
        for name in ["DSA PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
            assert_eq!(of(&write(name, DER)), Some(PemError::UnknownKey(label(name))));
        }
        let two = write("PRIVATE KEY", DER) + &write("EC PRIVATE KEY", DER);
        assert_eq!(of(&two), Some(PemError::SeveralKeys(2)));
        assert_eq!(key(DER), Err(PemError::Der));
        assert_eq!(certificates(b"\x30\x82\x01\x01\x30\x0a"), Err(PemError::Der));

        let of = |text: &str| certificates(text.as_bytes()).err();
        assert_eq!(of("0123\n"), Some(PemError::NoCertificate));
        let other = Some(PemError::OnlyOther(label("PRIVATE KEY")));
        assert_eq!(of(&write("PRIVATE KEY", DER)), other);
        let good = write("CERTIFICATE", DER);
        assert_eq!(of(&good.replace("MAM", "M!M")), Some(PemError::Base64(1)));
        assert_eq!(of(&format!("\n{}", write("CERTIFICATE", b""))), Some(PemError::Base64(2)));
        assert_eq!(of(&good.replace("END C", "END D")), Some(PemError::OtherEnd(3)));
        assert_eq!(of(&good[..good.len() - 7]), Some(PemError::NoEnd(1)));
        assert_eq!(of(&format!("{}{good}", &good[..28])), Some(PemError::NoEnd(1)));
        assert_eq!(of(&good.repeat(4097)), Some(PemError::TooMany));
        assert_eq!(certificates(good.repeat(4096).as_bytes()).map(|all| all.len()), Ok(4096));
    }

    #[test]
    fn a_label_is_shown_escaped() {
        let error = PemError::UnknownKey(Label(b"\x1b[31m PRIVATE KEY".to_vec()));
        assert!(error.to_string().ends_with(r": \x1b[31m PRIVATE KEY"));
    }
}
