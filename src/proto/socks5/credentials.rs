//! User and password for a SOCKS 5 proxy (RFC 1929).

use super::Socks5Error;

const VERSION: u8 = 1;
const SUCCESS: u8 = 0;

/// User and password, each of 1 to 255 bytes (RFC 1929 section 2).
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The whole message of RFC 1929; it is all that is needed of them.
    message: Vec<u8>,
}

impl Credentials {
    /// Checks the lengths, the only thing that can be wrong.
    pub fn new(user: &[u8], password: &[u8]) -> Result<Self, Socks5Error> {
        let length = |field: &[u8]| u8::try_from(field.len()).ok().filter(|&length| length > 0);
        let user_length = length(user).ok_or(Socks5Error::User(user.len()))?;
        let password_length = length(password).ok_or(Socks5Error::Password(password.len()))?;
        let mut message = vec![VERSION, user_length];
        message.extend(user);
        message.push(password_length);
        message.extend(password);
        Ok(Self { message })
    }

    /// The message that brings them to the proxy.
    pub(in crate::proto) fn message(&self) -> &[u8] {
        &self.message
    }

    /// `USER:PASSWORD`, as Ncat sends them in SOCKS 4.
    pub(in crate::proto) fn joined(&self) -> Vec<u8> {
        let user = self.message.get(1).map_or(0, |&length| usize::from(length));
        let (user, password) = self.message.get(2..).unwrap_or_default().split_at(user);
        [user, b":", password.get(1..).unwrap_or_default()].concat()
    }
}

impl std::fmt::Debug for Credentials {
    /// Shows nothing of them, for it ends up in logs.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Credentials(..)")
    }
}

/// How many bytes the proxy's answer still needs: VER STATUS (RFC 1929 section 2).
pub(super) fn answer_missing(seen: &[u8]) -> Result<usize, Socks5Error> {
    match *seen {
        [version, ..] if version != VERSION => Err(Socks5Error::AuthenticationVersion(version)),
        [_, SUCCESS, ..] => Ok(0),
        [_, status, ..] => Err(Socks5Error::Authentication(status)),
        _ => Ok(2 - seen.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, Socks5Error};

    #[test]
    fn credentials_that_do_not_fit_are_not_sent() {
        let long = [b'a'; 256];
        assert_eq!(Credentials::new(b"", b"pw"), Err(Socks5Error::User(0)));
        assert_eq!(Credentials::new(&long, b"pw"), Err(Socks5Error::User(256)));
        assert_eq!(Credentials::new(b"joe", b""), Err(Socks5Error::Password(0)));
        assert_eq!(Credentials::new(b"joe", &long), Err(Socks5Error::Password(256)));
        assert!(Credentials::new(&long[1..], &long[1..]).is_ok());
    }

    #[test]
    fn the_message_is_that_of_rfc_1929() {
        let credentials = Credentials::new(b"joe", b"pw").unwrap();
        assert_eq!(credentials.message(), b"\x01\x03joe\x02pw");
        assert_eq!(credentials.joined(), b"joe:pw");
    }
}
