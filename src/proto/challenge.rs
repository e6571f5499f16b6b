//! The challenges of a `Proxy-Authenticate` header (RFC 9110 section 11.6.1): which authentication
//! schemes a proxy offers. Parameters are skipped, not read.

/// Whether Basic is among the schemes of one header's value.
pub fn offers_basic(value: &[u8]) -> bool {
    Elements { rest: Some(value) }
        .any(|element| scheme(element).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"Basic")))
}

/// The scheme that an element of the list begins with; `None` if it is a parameter of the
/// challenge before it. Both begin with a token, but behind a parameter's name stands `=`.
fn scheme(element: &[u8]) -> Option<&[u8]> {
    let end = element.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'='));
    let (token, rest) = element.split_at(end.unwrap_or(element.len()));
    (!rest.trim_ascii_start().starts_with(b"=")).then_some(token)
}

/// The parts of a list between its commas, trimmed; a comma in a quoted string is none.
struct Elements<'a> {
    /// `None` behind the last.
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let (mut quoted, mut escaped) = (false, false);
        let comma = rest.iter().position(|&byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                b',' => return !quoted,
                _ => {}
            }
            false
        });
        self.rest = comma.map(|comma| &rest[comma + 1..]);
        Some(rest[..comma.unwrap_or(rest.len())].trim_ascii())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::offers_basic;

    #[test]
    fn basic_is_a_scheme_wherever_it_stands() {
        for value in [
            "Basic",
            " basic ",
            "BASIC realm=\"a\"",
            "Basic\trealm=a",
            "Digest realm=\"a\", nonce=b, Basic realm=\"c\"",
            "Negotiate, Basic realm=\"a\", NTLM",
            "Negotiate abc==,Basic",
            ",, ,Basic",
            "Digest realm=\"a, \\\" b\", Basic",
        ] {
            assert!(offers_basic(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn basic_elsewhere_is_no_offer() {
        for value in [
            "",
            "Basically realm=\"a\"",
            "NewBasic",
            "Digest realm=\"a, Basic\"",
            "Digest realm=\"a\\\", Basic\"",
            "Digest realm=a, basic=b",
            "Digest realm=a, basic = b",
            "Digest Basic",
        ] {
            assert!(!offers_basic(value.as_bytes()), "{value}");
        }
    }

    proptest! {
        #[test]
        fn what_a_realm_says_does_not_matter(realm in "[a-zA-Z ,=]{0,20}", basic in any::<bool>()) {
            let last = if basic { ", Basic" } else { "" };
            let value = format!("Digest realm=\"{realm}, Basic, \\\"\", nonce=x{last}");
            prop_assert_eq!(offers_basic(value.as_bytes()), basic);
        }
    }
}
