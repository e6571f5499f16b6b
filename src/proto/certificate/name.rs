//! Distinguished names: who a certificate is for, and who signed it.
//!
//! Responsible for the values of the string types and the text of RFC 4514. The bytes are foreign
//! and stay as they are; who shows them escapes them ([`crate::proto::escape`]).

use super::der::{Element, Elements, Malformed, Oid, SEQUENCE, SET};

/// The most attributes of one name.
pub const ATTRIBUTES_MAX: usize = 128;

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";

/// Short names: those of RFC 4514 section 3, and those that OpenSSL shows for other types in use.
const SHORT: &[(&str, &str)] = &[
    (COMMON_NAME, "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    (ORGANIZATION, "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

/// Why a name cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameError {
    Malformed,
    TooMany,
}

impl From<Malformed> for NameError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// A distinguished name: its parts from the most general to the most special.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DistinguishedName {
    /// Each with at least one attribute, and with one but for oddities.
    parts: Vec<Vec<Attribute>>,
}

/// One type and value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    kind: Oid,
    value: Value,
}

/// A value, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// Text, UTF-8 if the certificate keeps to its string types.
    Text(Vec<u8>),
    /// The whole element of anything else.
    Der(Vec<u8>),
}

impl DistinguishedName {
    /// Reads what is inside the sequence that a name is.
    pub(super) fn read(mut elements: Elements<'_>) -> Result<Self, NameError> {
        let (mut parts, mut count) = (Vec::new(), 0);
        while let Some(part) = elements.any()? {
            let mut attributes = match part.tag {
                SET => Elements::new(part.value),
                _ => return Err(NameError::Malformed),
            };
            let mut read = Vec::new();
            while !attributes.rest().is_empty() {
                count += 1;
                if count > ATTRIBUTES_MAX {
                    return Err(NameError::TooMany);
                }
                let mut attribute = attributes.inside(SEQUENCE)?;
                let kind = attribute.oid()?;
                let value = attribute.any()?.ok_or(Malformed)?;
                attribute.end()?;
                read.push(Attribute { kind, value: Value::read(value) });
            }
            if read.is_empty() {
                return Err(NameError::Malformed);
            }
            parts.push(read);
        }
        Ok(Self { parts })
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The common names, most general first.
    pub fn common_names(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().flatten().filter_map(|attribute| match &attribute.value {
            Value::Text(text) if attribute.kind.as_str() == COMMON_NAME => Some(&text[..]),
            _ => None,
        })
    }

    /// The first attribute of the organization.
    pub fn organization(&self) -> Option<&[u8]> {
        self.parts.iter().flatten().find_map(|attribute| match &attribute.value {
            Value::Text(text) if attribute.kind.as_str() == ORGANIZATION => Some(&text[..]),
            _ => None,
        })
    }

    /// The name as OpenSSL's oldest form has it, most general part first:
    /// `/C=DE/O=Some, Inc./CN=host.example`. Nothing in it is escaped.
    pub fn with_slashes(&self) -> Vec<u8> {
        self.on_a_line(|_| b"/")
    }

    /// The same with commas before the types of one or two letters, as OpenSSL prints names:
    /// `C=DE, O=Some, Inc., CN=host.example/emailAddress=a@b`.
    pub fn with_commas(&self) -> Vec<u8> {
        let mut text = self.on_a_line(|kind| match kind.as_bytes() {
            [b'A'..=b'Z'] | [b'A'..=b'Z', b'A'..=b'Z'] => b", ",
            _ => b"/",
        });
        let first = text.iter().take_while(|byte| b", /".contains(byte)).count();
        text.drain(..first);
        text
    }

    fn on_a_line(&self, before: impl Fn(&str) -> &'static [u8]) -> Vec<u8> {
        let mut text = Vec::new();
        for part in &self.parts {
            for (index, attribute) in part.iter().enumerate() {
                let kind = attribute.short();
                text.extend_from_slice(if index == 0 { before(kind) } else { b"+" });
                text.extend_from_slice(kind.as_bytes());
                text.push(b'=');
                match &attribute.value {
                    Value::Text(value) | Value::Der(value) => text.extend_from_slice(value),
                }
            }
        }
        text
    }

    /// The name as RFC 4514 writes it, most special part first: `CN=host.example,O=Some\, Inc.`.
    /// Several attributes of one part are turned round too, as OpenSSL does it.
    ///
    /// A type without a short name is written by its numbers; a value that is no text as `#` and
    /// the hexadecimal digits of its DER. Bytes that no terminal should see are still in it.
    pub fn rfc4514(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for part in self.parts.iter().rev() {
            if !text.is_empty() {
                text.push(b',');
            }
            for (index, attribute) in part.iter().rev().enumerate() {
                if index > 0 {
                    text.push(b'+');
                }
                attribute.write(&mut text);
            }
        }
        text
    }
}

impl Attribute {
    /// The type by its short name, else by its numbers.
    fn short(&self) -> &str {
        let kind = self.kind.as_str();
        let short = SHORT.iter().find(|(numbers, _)| *numbers == kind);
        short.map_or(kind, |(_, short)| short)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.short().as_bytes());
        out.push(b'=');
        match &self.value {
            Value::Text(text) => escape(text, out),
            Value::Der(der) => {
                out.push(b'#');
                for byte in der {
                    out.extend_from_slice(format!("{byte:02X}").as_bytes());
                }
            }
        }
    }
}

/// RFC 4514 section 2.4: what would be read as something else gets a backslash.
fn escape(text: &[u8], out: &mut Vec<u8>) {
    let last = text.len().saturating_sub(1);
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\' => out.extend([b'\\', *byte]),
            b'#' if index == 0 => out.extend(br"\#"),
            b' ' if index == 0 || index == last => out.extend(br"\ "),
            0 => out.extend(br"\00"),
            _ => out.push(*byte),
        }
    }
}

impl Value {
    fn read(element: Element<'_>) -> Self {
        let bytes = element.value;
        let text = match element.tag {
            // UTF8, Numeric, Printable, IA5 and Visible: ASCII or UTF-8, and kept if they lie
            0x0c | 0x12 | 0x13 | 0x16 | 0x1a => Some(bytes.to_vec()),
            // Teletex: nobody writes T.61 in it; read as Latin-1, as everybody does
            0x14 => Some(bytes.iter().copied().map(char::from).collect::<String>().into_bytes()),
            0x1c => universal(bytes),
            0x1e => bmp(bytes),
            _ => None,
        };
        text.map_or_else(|| Self::Der(element.whole.to_vec()), Self::Text)
    }
}

/// UniversalString: four bytes a character.
fn universal(bytes: &[u8]) -> Option<Vec<u8>> {
    let (characters, rest) = bytes.as_chunks::<4>();
    let text = characters.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit)));
    text.collect::<Option<String>>().filter(|_| rest.is_empty()).map(String::into_bytes)
}

/// BMPString: two bytes a character; pairs of surrogates, which some write, are read too.
fn bmp(bytes: &[u8]) -> Option<Vec<u8>> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit)));
    let text = text.collect::<Result<String, _>>().ok();
    text.filter(|_| rest.is_empty()).map(String::into_bytes)
}

#[cfg(test)]
mod tests {
    use super::{DistinguishedName, NameError};
    use crate::proto::certificate::der::Elements;

    /// A sequence, set or other element around `parts`, all of them short.
    fn around(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let inside = parts.concat();
        [&[tag, u8::try_from(inside.len()).unwrap()][..], &inside].concat()
    }

    fn attribute(kind: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        around(0x30, &[&around(6, &[kind]), &around(tag, &[value])])
    }

    const CN: &[u8] = b"\x55\x04\x03";

    fn text(attributes: &[&[u8]]) -> String {
        let name = DistinguishedName::read(Elements::new(&around(0x31, attributes))).unwrap();
        String::from_utf8_lossy(&name.rfc4514()).into_owned()
    }

    #[test]
    fn specials_are_escaped_as_rfc_4514_says() {
        let cn = |value: &[u8]| text(&[&attribute(CN, 0x0c, value)]);
        assert_eq!(cn(b"James \"Jim\" Smith, III"), r#"CN=James \"Jim\" Smith\, III"#);
        assert_eq!(cn(b" a+b;<c>\\ "), r"CN=\ a\+b\;\<c\>\\\ ");
        assert_eq!(cn(b"#1 #2"), r"CN=\#1 #2");
        assert_eq!(cn(b" "), r"CN=\ ");
        assert_eq!(cn(b"a\0b\r\n"), "CN=a\\00b\r\n");
        assert_eq!(cn(b""), "CN=");
    }

    #[test]
    fn the_older_forms_of_openssl() {
        const MAIL: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01";
        let part = |kind: &[u8], value: &[u8]| around(0x31, &[&attribute(kind, 0x0c, value)]);
        let der = [
            part(b"\x55\x04\x06", b"DE"),
            part(b"\x55\x04\x0a", b"Some, Inc."),
            part(CN, b"h/x"),
            part(MAIL, b"a@b"),
        ];
        let name = DistinguishedName::read(Elements::new(&der.concat())).unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert_eq!(text(name.with_slashes()), "/C=DE/O=Some, Inc./CN=h/x/emailAddress=a@b");
        assert_eq!(text(name.with_commas()), "C=DE, O=Some, Inc., CN=h/x/emailAddress=a@b");
        assert_eq!(name.organization(), Some(&b"Some, Inc."[..]));
        assert_eq!(DistinguishedName::default().with_commas(), b"");
        assert_eq!(DistinguishedName::default().organization(), None);
    }

    #[test]
    fn string_types() {
        let of = |tag, value: &[u8]| text(&[&attribute(CN, tag, value)]);
        assert_eq!(of(0x14, b"B\xfccher"), "CN=Bücher");
        assert_eq!(of(0x1e, b"\0B\0\xfc\xd8\x3e\xdd\x80"), "CN=Bü🦀");
        assert_eq!(of(0x1c, b"\0\0\0B\0\x01\xf9\x80"), "CN=B🦀");
        assert_eq!(of(0x1e, b"\0B\0"), "CN=#1E03004200", "half a character");
        assert_eq!(of(0x1e, b"\xd8\x3e\0B"), "CN=#1E04D83E0042", "half a pair");
        assert_eq!(of(0x02, b"\x05"), "CN=#020105", "no string");
    }

    #[test]
    fn types_without_a_short_name_and_several_attributes() {
        let odd = attribute(b"\x88\x37", 0x13, b"x");
        assert_eq!(text(&[&attribute(CN, 0x13, b"a"), &odd]), "2.999=x+CN=a");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for der in [&b"\x31\x00"[..], b"\x30\x00", b"\x31\x02\x30\x00", b"\x31\x05\x30"] {
            let name = DistinguishedName::read(Elements::new(der));
            assert_eq!(name, Err(NameError::Malformed));
        }
        let one = around(0x31, &[&attribute(CN, 0x13, b"a")]);
        let read = |count: usize| DistinguishedName::read(Elements::new(&one.repeat(count)));
        assert_eq!(read(128).unwrap().common_names().count(), 128);
        assert_eq!(read(129), Err(NameError::TooMany));
    }
}
