//! Base64 as HTTP's Basic credentials need it: encoding only, standard alphabet, padded.
//!
//! RFC 4648 section 4. There is no decoder: nothing here reads base64.

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
    fn decode(text: &str) -> Vec<u8> {
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

    proptest! {
        #[test]
        fn what_was_encoded_can_be_read_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode(&encode(&bytes)), bytes.clone());
            fuzz::base64(&bytes);
        }
    }
}
