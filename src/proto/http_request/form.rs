//! `application/x-www-form-urlencoded` (WHATWG URL standard, section 5.2), and the one rule by which
//! a path is encoded.

use super::request::Pair;

/// Names and values with `=` and `&` between them.
pub fn encode(pairs: &[Pair]) -> Vec<u8> {
    let mut form = Vec::new();
    for pair in pairs {
        if !form.is_empty() {
            form.push(b'&');
        }
        escape(&pair.name, &mut form);
        form.push(b'=');
        escape(&pair.value, &mut form);
    }
    form
}

fn escape(bytes: &[u8], form: &mut Vec<u8>) {
    for &byte in bytes {
        match byte {
            b' ' => form.push(b'+'),
            b'*' | b'-' | b'.' | b'_' => form.push(byte),
            _ if byte.is_ascii_alphanumeric() => form.push(byte),
            _ => percent(byte, form),
        }
    }
}

/// A path or query as it was typed; what is no ASCII is percent-encoded.
pub fn ascii(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii() { encoded.push(byte) } else { percent(byte, &mut encoded) }
    }
    encoded
}

fn percent(byte: u8, to: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    to.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}
