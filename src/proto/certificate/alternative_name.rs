//! The names that a certificate is good for: the subject's alternative names (RFC 5280 section
//! 4.2.1.6). Foreign bytes, kept as they are.

use std::net::IpAddr;

use super::der::{Element, Elements, Malformed, SEQUENCE, constructed, context};
use super::name::DistinguishedName;

/// The most alternative names of one certificate.
pub const NAMES_MAX: usize = 4096;

/// One name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlternativeName {
    /// A host name, or a pattern with `*` as its first label.
    Dns(Vec<u8>),
    /// An IP address.
    Ip(IpAddr),
    /// A mail address.
    Email(Vec<u8>),
    /// A URI.
    Uri(Vec<u8>),
    /// A distinguished name.
    Directory(DistinguishedName),
    /// Another kind of name, or an address of a wrong length: what kind, and its bytes.
    Other(&'static str, Vec<u8>),
}

impl AlternativeName {
    pub(super) fn read(element: Element<'_>) -> Result<Self, Malformed> {
        const DIRECTORY: u8 = constructed(4);
        let bytes = element.value.to_vec();
        Ok(match element.tag {
            tag if tag == context(1) => Self::Email(bytes),
            tag if tag == context(2) => Self::Dns(bytes),
            tag if tag == context(6) => Self::Uri(bytes),
            tag if tag == context(7) => match address(&bytes) {
                Some(address) => Self::Ip(address),
                None => Self::Other("ip", bytes),
            },
            DIRECTORY => {
                let mut inside = Elements::new(element.value);
                let name = DistinguishedName::read(inside.inside(SEQUENCE)?);
                inside.end()?;
                Self::Directory(name.map_err(|_| Malformed)?)
            }
            tag if tag == context(8) => Self::Other("id", bytes),
            tag if tag == constructed(0) => Self::Other("other", bytes),
            tag if tag == constructed(3) => Self::Other("x400", bytes),
            tag if tag == constructed(5) => Self::Other("edi", bytes),
            _ => return Err(Malformed),
        })
    }

    /// What kind of name it is: `dns`, `ip`, `email`, `uri`, `directory`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Ip(_) => "ip",
            Self::Email(_) => "email",
            Self::Uri(_) => "uri",
            Self::Directory(_) => "directory",
            Self::Other(kind, _) => kind,
        }
    }

    /// The name alone; what is no text as `#` and hexadecimal digits. To be escaped when shown.
    pub fn text(&self) -> Vec<u8> {
        match self {
            Self::Dns(text) | Self::Email(text) | Self::Uri(text) => text.clone(),
            Self::Ip(address) => address.to_string().into_bytes(),
            Self::Directory(name) => name.rfc4514(),
            Self::Other(_, bytes) => {
                bytes.iter().fold("#".to_owned(), |text, byte| text + &format!("{byte:02X}")).into()
            }
        }
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}
