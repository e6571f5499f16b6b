//! The Basic scheme of HTTP (RFC 7617): the credentials as they are sent, and their check.

use super::base64;
use super::connect::CredentialsError;
use super::constant_time;

const SCHEME: &[u8] = b"Basic";

/// The value of `Proxy-Authorization` for `user` and `password`; either may be empty.
pub fn credentials(user: &[u8], password: &[u8]) -> Result<Vec<u8>, CredentialsError> {
    // RFC 7617 section 2: the first colon ends the user, and neither has control characters.
    let control = |field: &[u8]| field.iter().any(u8::is_ascii_control);
    if user.contains(&b':') || control(user) || control(password) {
        return Err(CredentialsError);
    }
    Ok([SCHEME, b" ", token(user, password).as_bytes()].concat())
}

/// Whether the value of a `Proxy-Authorization` is Basic and has this user and this password.
///
/// Compared in the form that is sent, so nothing foreign is decoded: base64 that is spelt
/// otherwise, without its padding for example, is not accepted.
pub fn accepts(value: &[u8], user: &[u8], password: &[u8]) -> bool {
    let value = value.trim_ascii();
    let Some((scheme, rest)) = value.split_at_checked(SCHEME.len()) else {
        return false;
    };
    scheme.eq_ignore_ascii_case(SCHEME)
        && rest.first() == Some(&b' ')
        && constant_time::eq(token(user, password).as_bytes(), rest.trim_ascii_start())
}

fn token(user: &[u8], password: &[u8]) -> String {
    base64::encode(&[user, b":", password].concat())
}

#[cfg(test)]
mod tests {
    use super::{CredentialsError, accepts, credentials};

    #[test]
    fn what_is_sent_is_accepted() {
        assert_eq!(credentials(b"joe", b"pw").unwrap(), b"Basic am9lOnB3");
        for value in [&b"Basic am9lOnB3"[..], b" basic  am9lOnB3 ", b"BASIC am9lOnB3"] {
            assert!(accepts(value, b"joe", b"pw"));
        }
        assert!(accepts(&credentials(b"", b"a:b").unwrap(), b"", b"a:b"));
    }

    #[test]
    fn nothing_else_is_accepted() {
        for value in [
            "",
            "Basic",
            "Basic ",
            "Basicam9lOnB3",
            "Basic\tam9lOnB3",
            "Basic am9lOnB4",
            "Basic am9lOnB",
            "Basic am9lOnB3=",
            "Basic am9lOnB3 x",
            "Digest am9lOnB3",
        ] {
            assert!(!accepts(value.as_bytes(), b"joe", b"pw"), "{value}");
        }
    }

    #[test]
    fn credentials_that_cannot_be_said_are_not_sent() {
        for (user, password) in [(&b"a:b"[..], &b"pw"[..]), (b"a\n", b"pw"), (b"a", b"\0")] {
            assert_eq!(credentials(user, password), Err(CredentialsError));
        }
    }
}
