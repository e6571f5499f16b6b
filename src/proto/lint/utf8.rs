//! Characters in UTF-8 (RFC 3629), byte by byte.

/// What a character that has begun still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rest {
    /// The next byte, at least and at most.
    next: (u8, u8),
    /// Bytes behind that.
    more: u8,
}

impl Rest {
    /// Behind the first byte of a character that has several; nothing where none begins with it.
    pub(super) fn of(first: u8) -> Option<Self> {
        let (next, more) = match first {
            0xc2..=0xdf => ((0x80, 0xbf), 0),
            0xe0 => ((0xa0, 0xbf), 1),
            0xed => ((0x80, 0x9f), 1),
            0xe1..=0xef => ((0x80, 0xbf), 1),
            0xf0 => ((0x90, 0xbf), 2),
            0xf1..=0xf3 => ((0x80, 0xbf), 2),
            0xf4 => ((0x80, 0x8f), 2),
            _ => return None,
        };
        Some(Self { next, more })
    }

    /// Behind one more byte: what is left, if anything is; nothing where the byte cannot stand here.
    #[expect(clippy::option_option, reason = "it fits or not, and then is whole or not")]
    pub(super) fn behind(self, byte: u8) -> Option<Option<Self>> {
        let (least, most) = self.next;
        let left = self.more.checked_sub(1);
        let rest = left.map(|more| Self { next: (0x80, 0xbf), more });
        (least..=most).contains(&byte).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Rest;

    /// Whether it is whole characters of several bytes.
    fn is_text(bytes: &[u8]) -> bool {
        let mut rest = None;
        for byte in bytes {
            rest = match rest {
                None => match Rest::of(*byte) {
                    None => return false,
                    begun => begun,
                },
                Some(begun) => match Rest::behind(begun, *byte) {
                    None => return false,
                    Some(rest) => rest,
                },
            };
        }
        rest.is_none()
    }

    proptest! {
        #[test]
        fn it_is_what_the_standard_library_takes(
            bytes in prop::collection::vec(
                prop_oneof![0x80..=0xff_u8, Just(0x80), Just(0xbf), Just(0xe0), Just(0xf4)], 0..5,
            ),
        ) {
            prop_assert_eq!(is_text(&bytes), std::str::from_utf8(&bytes).is_ok());
        }
    }
}
