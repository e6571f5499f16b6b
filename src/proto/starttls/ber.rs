//! BER as LDAP uses it (RFC 4511 section 5.1): lengths are definite, tags have one byte.

/// One element from the front of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// What stands behind it.
    pub(super) rest: &'a [u8],
}

/// The length of an element by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// Not all of its bytes are there yet.
    Unknown,
    /// Of tag and length, and of the content, in bytes.
    Known(usize, usize),
    /// Indefinite, or in more than four bytes.
    Malformed,
}

impl Length {
    /// Reads tag and length.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let Some(&first) = bytes.get(1) else {
            return Self::Unknown;
        };
        let count = usize::from(first & 0x7f);
        if first < 0x80 {
            return Self::Known(2, count);
        }
        if !(1..=4).contains(&count) {
            return Self::Malformed;
        }
        let Some(digits) = bytes.get(2..2 + count) else {
            return Self::Unknown;
        };
        let length = digits.iter().fold(0, |length, &digit| length << 8 | u32::from(digit));
        Self::Known(2 + count, usize::try_from(length).unwrap_or(usize::MAX))
    }
}

impl<'a> Element<'a> {
    /// The first element, if it is whole.
    pub(super) fn first(bytes: &'a [u8]) -> Option<Self> {
        let Length::Known(header, length) = Length::of(bytes) else {
            return None;
        };
        let (content, rest) = bytes.get(header..)?.split_at_checked(length)?;
        Some(Self { tag: *bytes.first()?, content, rest })
    }

    /// The first element, if it is whole and of this tag.
    pub(super) fn tagged(bytes: &'a [u8], tag: u8) -> Option<Self> {
        Self::first(bytes).filter(|element| element.tag == tag)
    }

    /// Its content as a number that is not negative.
    pub(super) fn number(self) -> Option<u32> {
        match self.content {
            [] | [0x80..=0xff, ..] | [_, _, _, _, _, ..] => None,
            digits => Some(digits.iter().fold(0, |number, &digit| number << 8 | u32::from(digit))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Element, Length};

    #[test]
    fn lengths_are_short_or_long_and_never_indefinite() {
        for (bytes, length) in [
            (&b"\x30"[..], Length::Unknown),
            (b"\x30\x00", Length::Known(2, 0)),
            (b"\x30\x7f", Length::Known(2, 127)),
            (b"\x30\x81\xff", Length::Known(3, 255)),
            (b"\x30\x84\x00\x00\x00\x0c", Length::Known(6, 12)),
            (b"\x30\x84\xff\xff\xff\xff", Length::Known(6, 0xffff_ffff)),
            (b"\x30\x82\x01", Length::Unknown),
            (b"\x30\x80", Length::Malformed),
            (b"\x30\x85", Length::Malformed),
            (b"\x30\xff", Length::Malformed),
        ] {
            assert_eq!(Length::of(bytes), length, "{bytes:?}");
        }
    }

    #[test]
    fn an_element_is_whole_or_not_there() {
        let bytes = b"\x02\x01\x05\x04\x02ab";
        let first = Element::first(bytes).unwrap();
        assert_eq!((first.tag, first.number()), (2, Some(5)));
        let second = Element::tagged(first.rest, 4).unwrap();
        assert_eq!((second.content, second.rest), (&b"ab"[..], &b""[..]));
        assert_eq!(Element::tagged(first.rest, 2), None);
        assert_eq!(Element::first(b"\x04\x03ab"), None);
        assert_eq!(Element::first(b""), None);
    }

    #[test]
    fn numbers_are_small_and_not_negative() {
        for (bytes, number) in [
            (&b"\x02\x02\x01\x00"[..], Some(256)),
            (b"\x02\x04\x7f\xff\xff\xff", Some(0x7fff_ffff)),
            (b"\x02\x00", None),
            (b"\x02\x01\xff", None),
            (b"\x02\x05\x00\x00\x00\x00\x01", None),
        ] {
            assert_eq!(Element::first(bytes).and_then(Element::number), number, "{bytes:?}");
        }
    }
}
