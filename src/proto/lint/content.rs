//! What a body is said to be, and what it looks like.

use super::note::Looks;

/// What Content-Type says, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// `name=value`.
    Form,
    Json,
    Other,
}

impl Content {
    /// By the value of the header.
    pub(super) fn of(value: &[u8]) -> Self {
        let kind = value.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        let kind = kind.to_ascii_lowercase();
        match &kind[..] {
            b"application/x-www-form-urlencoded" => Self::Form,
            b"application/json" => Self::Json,
            other if other.ends_with(b"+json") => Self::Json,
            _ => Self::Other,
        }
    }
}

/// What a body looks like that begins so.
pub(super) fn looks(begins: &[u8]) -> Looks {
    let text = begins.trim_ascii_start();
    let name = text.iter().position(|byte| matches!(byte, b'=' | b' ' | b'\r' | b'\n'));
    match text.first() {
        Some(b'{' | b'[') => Looks::Json,
        Some(_) if name.is_some_and(|at| at > 0 && text.get(at) == Some(&b'=')) => Looks::Form,
        _ => Looks::Other,
    }
}
