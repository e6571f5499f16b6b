//! Which word is a method (RFC 9110, section 9.1).

use super::item::is_token;
use crate::proto::http_method;

/// Whether a word is a method rather than a host: one of the usual ones, in whatever case, or a
/// token in capitals without a dot. It is sent as it is written.
pub fn is_method(word: &[u8]) -> bool {
    let in_capitals = is_token(word)
        && word.iter().any(u8::is_ascii_uppercase)
        && !word.iter().any(|byte| byte.is_ascii_lowercase() || *byte == b'.');
    in_capitals || http_method::usual(word).is_some()
}
