//! Base64, as HTTP's Basic credentials, PEM and pins have it: standard alphabet, padded.
//!
//! RFC 4648 section 4. One spelling for each value: what [`encode`] does not write, [`decode`]
//! does not read. Who allows line ends takes them out before.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The base64 text of `input`, padded with `=` to a multiple of four characters.
pub fn encode(input: &[u8]) -> String {
    let mut text = String::with_capacity(input.len().div_ceil(3) * 4);
    for group in input.chunks(3) {
        let bits = group.iter().fold(0, |bits, &byte| bits << 8 | usize::from(byte))
            << (8 * (3 - group.len()));
        for digit in 0..4 {
            text.push(if digit <= group.len() {
                char::from(ALPHABET[bits >> (18 - 6 * digit) & 63])
            } else {
                '='
            });
        }
    }
    text
}

/// The bytes that `text` stands for. `None` if it is not base64, or lacks its padding.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for (index, group) in text.chunks(4).enumerate() {
        let digits = match group {
            [_, _, b'=', b'='] => 2,
            [_, _, _, b'='] => 3,
            _ => 4,
        };
        if group.len() != 4 || (digits < 4 && (index + 1) * 4 != text.len()) {
            return None;
        }
        let mut bits = 0;
        for letter in group.iter().take(digits) {
            bits = bits << 6 | value(*letter)?;
        }
        bits <<= 6 * (4 - digits);
        let [_, whole @ ..] = bits.to_be_bytes();
        let (kept, rest) = whole.split_at(digits - 1);
        if rest.iter().any(|byte| *byte != 0) {
            return None; // bits that stand for nothing
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

/// The six bits of a letter.
fn value(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ALPHABET, encode};
    use crate::proto::fuzz;

    #[test]
    fn the_vectors_of_rfc_4648_section_10() {
        let vectors: &[(&[u8], &str)] = &[
            (b"", ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg=="),
            (b"fooba", "Zm9vYmE="),
            (b"foobar", "Zm9vYmFy"),
        ];
        for (bytes, text) in vectors {
            assert_eq!(encode(bytes), *text);
        }
    }

    #[test]
    fn credentials_and_the_last_two_letters_of_the_alphabet() {
        assert_eq!(encode(b"joe:pw"), "am9lOnB3");
        assert_eq!(encode(&[0xfb, 0xff, 0xbf]), "+/+/");
    }

    /// The way back, as plainly as it can be said: six bits a letter, whole bytes only.
    fn plainly(text: &str) -> Vec<u8> {
        let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
        for letter in text.bytes().take_while(|&letter| letter != b'=') {
            let value = ALPHABET.iter().position(|&known| known == letter).unwrap();
            bits = bits << 6 | u32::try_from(value).unwrap();
            held += 6;
            if held >= 8 {
                held -= 8;
                bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
            }
        }
        bytes
    }

    #[test]
    fn one_spelling_is_read_for_each_value() {
        use super::decode;
        for text in ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "+/+/"] {
            assert_eq!(decode(text.as_bytes()).map(|bytes| encode(&bytes)).as_deref(), Some(text));
        }
        for text in [
            "Z", "Zg", "Zg=", "Zm9", "Zm8", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm8=Zm9v",
            "Zm9v\n", "Zm-_", "Z=8=", "Zm 9", "=Zm9",
        ] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_can_be_read_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(plainly(&encode(&bytes)), bytes.clone());
            fuzz::base64(&bytes);
        }
    }
}
