//! `application/x-www-form-urlencoded`, and how paths and queries are encoded (WHATWG URL standard,
//! sections 5.2 and 1.3).

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

/// What is encoded in a path, besides blanks, controls and what is no ASCII: the path
/// percent-encode set.
const NOT_IN_PATH: &[u8] = b"\"#<>?^`{}";

/// The same in a query: the special-query percent-encode set.
const NOT_IN_QUERY: &[u8] = b"\"#<>'";

/// A path as it was typed, where that is no path percent-encoded; an `%` stays.
pub fn path(bytes: &[u8]) -> Vec<u8> {
    without(NOT_IN_PATH, bytes)
}

/// The same for a query.
pub fn query(bytes: &[u8]) -> Vec<u8> {
    without(NOT_IN_QUERY, bytes)
}

fn without(set: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_graphic() && !set.contains(&byte) {
            encoded.push(byte);
        } else {
            percent(byte, &mut encoded);
        }
    }
    encoded
}

fn percent(byte: u8, to: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    to.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}
