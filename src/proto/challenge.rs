//! Challenges and credentials in HTTP headers (RFC 9110 sections 11.3 to 11.6): a scheme and its
//! parameters, several to a header.
//!
//! `Proxy-Authenticate` and `Proxy-Authorization` have one grammar. Here it is only taken apart;
//! what a scheme means is for `basic` and `digest`. What cannot be read spoils its own challenge
//! and no other.

/// The most challenges that are kept of one head; the others are passed over.
pub const CHALLENGES_MAX: usize = 16;
/// The most parameters that are kept of one challenge; more of them spoil it.
pub const PARAMETERS_MAX: usize = 32;

/// A scheme and its parameters: foreign bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// As it is written; its case does not matter.
    pub scheme: Vec<u8>,
    /// Names in small letters, and values with quotes and backslashes taken off.
    parameters: Vec<(Vec<u8>, Vec<u8>)>,
    /// Every parameter could be read, was kept, and came once.
    well_formed: bool,
}

impl Challenge {
    /// A scheme without parameters.
    pub fn bare(scheme: &[u8]) -> Self {
        Self { scheme: scheme.to_vec(), parameters: Vec::new(), well_formed: true }
    }

    /// The challenges of one header's value, at most [`CHALLENGES_MAX`].
    pub fn list(value: &[u8]) -> Vec<Self> {
        let mut list: Vec<Self> = Vec::new();
        for element in (Elements { rest: Some(value) }) {
            if let Some((scheme, parameter)) = scheme(element) {
                if list.len() == CHALLENGES_MAX {
                    break;
                }
                let mut challenge = Self::bare(scheme);
                if !parameter.is_empty() {
                    challenge.push(parameter);
                }
                list.push(challenge);
            } else if let Some(challenge) = list.last_mut().filter(|_| !element.is_empty()) {
                challenge.push(element);
            }
        }
        list
    }

    /// Whether it is of this scheme.
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme.as_bytes())
    }

    /// Whether every parameter could be read and none came twice. Not so for schemes that have a
    /// token in place of parameters, as Basic's credentials.
    pub fn is_well_formed(&self) -> bool {
        self.well_formed
    }

    /// The value of a parameter, whose name is given in small letters.
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        let found = self.parameters.iter().find(|(known, _)| known == name.as_bytes());
        found.map(|(_, value)| &value[..])
    }

    fn push(&mut self, element: &[u8]) {
        let Some((name, value)) = parameter(element) else {
            self.well_formed = false;
            return;
        };
        let known = self.parameters.iter().any(|(known, _)| *known == name);
        if known || self.parameters.len() == PARAMETERS_MAX {
            self.well_formed = false;
        } else {
            self.parameters.push((name, value));
        }
    }
}

/// The scheme that an element of the list begins with, and the rest; `None` if it is a parameter
/// of the challenge before it. Both begin with a token, but behind a parameter's name stands `=`.
fn scheme(element: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = element.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'='));
    let (token, rest) = element.split_at(end.unwrap_or(element.len()));
    let rest = rest.trim_ascii_start();
    (!token.is_empty() && !rest.starts_with(b"=")).then_some((token, rest))
}

/// Name and value of `name = value` or `name = "value"`; `None` if it is neither.
fn parameter(element: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let equals = element.iter().position(|&byte| byte == b'=')?;
    let (name, value) = (element[..equals].trim_ascii_end(), element[equals + 1..].trim_ascii());
    let value = match value {
        [b'"', quoted @ ..] => unquoted(quoted)?,
        token => is_token(token).then(|| token.to_vec())?,
    };
    is_token(name).then(|| (name.to_ascii_lowercase(), value))
}

/// What a quoted string says, given from behind its first quote to its last; `None` if the last
/// quote is missing or not at the end.
fn unquoted(quoted: &[u8]) -> Option<Vec<u8>> {
    let (mut text, mut bytes) = (Vec::new(), quoted.iter());
    loop {
        match bytes.next()? {
            b'"' => return bytes.as_slice().is_empty().then_some(text),
            b'\\' => text.push(*bytes.next()?),
            byte => text.push(*byte),
        }
    }
}

/// The way back: `text` with its quotes and backslashes.
pub(super) fn quoted(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in text {
        if matches!(byte, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    quoted
}

/// Whether this is a token of RFC 9110 section 5.6.2.
pub(super) fn is_token(text: &[u8]) -> bool {
    !text.is_empty()
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
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

    use super::{CHALLENGES_MAX, Challenge, PARAMETERS_MAX, quoted};
    use crate::proto::fuzz;

    fn offers_basic(value: &str) -> bool {
        Challenge::list(value.as_bytes()).iter().any(|challenge| challenge.is("Basic"))
    }

    fn only(value: &str) -> Challenge {
        let mut list = Challenge::list(value.as_bytes());
        assert_eq!(list.len(), 1, "{value}");
        list.remove(0)
    }

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
            assert!(offers_basic(value), "{value}");
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
            assert!(!offers_basic(value), "{value}");
        }
    }

    #[test]
    fn parameters_are_read_whatever_their_spelling() {
        let challenge = only("Digest REALM=\"a, \\\"b\\\\\" , nonce = x,\tqop=\"auth,auth-int\"");
        assert!(challenge.is("digest") && challenge.is_well_formed());
        assert_eq!(challenge.parameter("realm"), Some(&b"a, \"b\\"[..]));
        assert_eq!(challenge.parameter("nonce"), Some(&b"x"[..]));
        assert_eq!(challenge.parameter("qop"), Some(&b"auth,auth-int"[..]));
        assert_eq!(challenge.parameter("opaque"), None);
        assert_eq!(only(", Basic,, ,"), Challenge::bare(b"Basic"));
    }

    #[test]
    fn what_cannot_be_read_spoils_its_challenge() {
        for value in [
            "Digest realm=\"a",
            "Digest realm=\"a\\\"",
            "Digest realm=\"a\"b",
            "Digest realm=a, realm=b",
            "Digest realm=a, REALM=a",
            "Digest realm=a b",
            "Digest realm=",
            "Digest realm",
            "Digest re/alm=a",
            "Digest realm=a, =b",
        ] {
            assert!(!only(value).is_well_formed(), "{value}");
        }
        let list = Challenge::list(b"Digest realm=/, Basic realm=a");
        assert_eq!([list[0].is_well_formed(), list[1].is_well_formed()], [false, true]);
    }

    #[test]
    fn counts_are_bounded() {
        let many = "Basic,".repeat(CHALLENGES_MAX + 1);
        assert_eq!(Challenge::list(many.as_bytes()).len(), CHALLENGES_MAX);
        let with = |count: usize| {
            let list: Vec<_> = (0..count).map(|number| format!("a{number}=b")).collect();
            only(&format!("Digest {}", list.join(",")))
        };
        assert!(with(PARAMETERS_MAX).is_well_formed());
        let spoilt = with(PARAMETERS_MAX + 1);
        assert!(!spoilt.is_well_formed() && spoilt.parameters.len() == PARAMETERS_MAX);
    }

    proptest! {
        #[test]
        fn what_a_realm_says_does_not_matter(realm in "[a-zA-Z ,=]{0,20}", basic in any::<bool>()) {
            let last = if basic { ", Basic" } else { "" };
            let value = format!("Digest realm=\"{realm}, Basic, \\\"\", nonce=x{last}");
            prop_assert_eq!(offers_basic(&value), basic);
        }

        #[test]
        fn what_was_quoted_is_read_back(realm in prop::collection::vec(any::<u8>(), 0..20)) {
            let value = [b"Digest realm=", &quoted(&realm)[..], b", Basic"].concat();
            let list = Challenge::list(&value);
            prop_assert_eq!(list[0].parameter("realm"), Some(&realm[..]));
            prop_assert_eq!(list.len(), 2);
        }

        #[test]
        fn any_value(value in "[a-zA-Z ,=\"\\\\]{0,60}") {
            fuzz::challenge(value.as_bytes());
        }
    }
}
