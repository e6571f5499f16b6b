//! What a body is said to be.

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

#[cfg(test)]
mod tests {
    use super::Content;

    #[test]
    fn a_kind_is_known_by_its_name_alone() {
        for (value, content) in [
            ("application/x-www-form-urlencoded", Content::Form),
            ("Application/JSON ; charset=utf-8", Content::Json),
            ("application/problem+json", Content::Json),
            ("text/plain; x=application/json", Content::Other),
            ("", Content::Other),
        ] {
            assert_eq!(Content::of(value.as_bytes()), content, "{value}");
        }
    }
}
