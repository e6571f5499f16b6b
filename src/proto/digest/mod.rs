//! The Digest scheme of HTTP (RFC 7616, and RFC 2617 for servers without `qop`), with MD5.
//!
//! A client answers a [`Challenge`]; a server reads [`Credentials`] and hands out [`Nonces`].
//! Only `qop=auth` and none; other algorithms than MD5 are not known, as to Ncat. MD5 keeps the
//! password from being read off the wire at once, and no more than that.

mod credentials;
mod nonces;

use md5::{Digest as _, Md5};

pub use credentials::Credentials;
pub use nonces::{Nonces, REMEMBERED_MAX, Verdict};

use super::challenge::{self, quoted};
use super::connect::CredentialsError;

/// A challenge that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    realm: Vec<u8>,
    nonce: Vec<u8>,
    opaque: Option<Vec<u8>>,
    /// The server knows `qop=auth`; if not, it is of RFC 2069's time and knows none.
    qop: bool,
    stale: bool,
}

impl Challenge {
    /// Reads a challenge. `None` if it is not Digest or cannot be answered: malformed, without
    /// realm or nonce, another algorithm than MD5, or a `qop` without `auth`.
    pub fn new(challenge: &challenge::Challenge) -> Option<Self> {
        let text = |name| challenge.parameter(name);
        let qop = text("qop").map(|list| has_word(list, b"auth"));
        let known = text("algorithm").is_none_or(|name| name.eq_ignore_ascii_case(b"MD5"));
        // What is repeated to the server must not be able to end our header.
        let unsafe_text =
            |name| text(name).is_some_and(|text| text.iter().any(u8::is_ascii_control));
        if !(challenge.is("Digest") && challenge.is_well_formed() && known)
            || qop == Some(false)
            || ["realm", "nonce", "opaque"].into_iter().any(unsafe_text)
        {
            return None;
        }
        Some(Self {
            realm: text("realm")?.to_vec(),
            nonce: text("nonce")?.to_vec(),
            opaque: text("opaque").map(<[u8]>::to_vec),
            qop: qop.is_some(),
            stale: text("stale").is_some_and(|stale| stale.eq_ignore_ascii_case(b"true")),
        })
    }

    /// The nonce of the last answer was too old, user and password may have been right: answer
    /// again without asking for them.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// The value of `Proxy-Authorization` that answers it, in Ncat's order.
    ///
    /// `uri` is the request's target as the request line has it. `cnonce` is random; `count` is 1
    /// for the first answer with this nonce, 2 for the next.
    pub fn answer(
        &self,
        user: &[u8],
        password: &[u8],
        method: &[u8],
        uri: &[u8],
        cnonce: [u8; 8],
        count: u32,
    ) -> Result<Vec<u8>, CredentialsError> {
        if [user, password, uri].concat().iter().any(u8::is_ascii_control) {
            return Err(CredentialsError);
        }
        let (cnonce, count) = (hex(&cnonce), format!("{count:08x}"));
        let session = self.qop.then_some((cnonce.as_bytes(), count.as_bytes()));
        let key = key(user, &self.realm, password);
        let response = response(&key, &self.nonce, session, method, uri);

        let mut value = b"Digest ".to_vec();
        for (name, text) in
            [("username", user), ("realm", &self.realm), ("nonce", &self.nonce), ("uri", uri)]
        {
            value.extend(format!("{name}=").bytes());
            value.extend(quoted(text));
            value.extend(b", ");
        }
        if self.qop {
            value.extend(format!("qop=auth, cnonce=\"{cnonce}\", nc={count}, ").bytes());
        }
        value.extend(format!("response=\"{response}\"").bytes());
        if let Some(opaque) = &self.opaque {
            value.extend(b", opaque=");
            value.extend(quoted(opaque));
        }
        Ok(value)
    }
}

/// Whether `word` is in a list with commas, in any case.
fn has_word(list: &[u8], word: &[u8]) -> bool {
    list.split(|&byte| byte == b',').any(|element| element.trim_ascii().eq_ignore_ascii_case(word))
}

/// HA1 of RFC 7616 section 3.4.2: all that a server needs to know of a password.
fn key(user: &[u8], realm: &[u8], password: &[u8]) -> String {
    md5(&[user, realm, password])
}

/// The response of RFC 7616 section 3.4.1; `session` is `cnonce` and `nc` if there is a `qop`.
fn response(
    key: &str,
    nonce: &[u8],
    session: Option<(&[u8], &[u8])>,
    method: &[u8],
    uri: &[u8],
) -> String {
    let request = md5(&[method, uri]);
    match session {
        Some((cnonce, count)) => {
            md5(&[key.as_bytes(), nonce, count, cnonce, b"auth", request.as_bytes()])
        }
        None => md5(&[key.as_bytes(), nonce, request.as_bytes()]),
    }
}

/// The MD5 of the fields with colons between them, in small hex digits.
fn md5(fields: &[&[u8]]) -> String {
    hex(&Md5::digest(fields.join(&b':')))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Challenge, key, response};
    use crate::proto::challenge;
    use crate::proto::connect::CredentialsError;
    use crate::proto::fuzz;

    fn usable(value: &str) -> Option<Challenge> {
        Challenge::new(&challenge::Challenge::list(value.as_bytes())[0])
    }

    fn answer(challenge: &str) -> String {
        let cnonce = *b"\x01\x23\x45\x67\x89\xab\xcd\xef";
        let answer = usable(challenge).unwrap().answer(
            b"joe",
            b"pw",
            b"CONNECT",
            b"host.example:8080",
            cnonce,
            1,
        );
        String::from_utf8(answer.unwrap()).unwrap()
    }

    #[test]
    fn the_responses_of_the_rfcs() {
        let rfc_2617 = key(b"Mufasa", b"testrealm@host.com", b"Circle Of Life");
        let nonce = b"dcd98b7102dd2f0e8b11d0f600bfb0c093";
        let session = Some((&b"0a4f113b"[..], &b"00000001"[..]));
        let answer = response(&rfc_2617, nonce, session, b"GET", b"/dir/index.html");
        assert_eq!(answer, "6629fae49393a05397450978507c4ef1");

        let rfc_7616 = key(b"Mufasa", b"http-auth@example.org", b"Circle of Life");
        let nonce = b"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
        let cnonce = b"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let session = Some((&cnonce[..], &b"00000001"[..]));
        let answer = response(&rfc_7616, nonce, session, b"GET", b"/dir/index.html");
        assert_eq!(answer, "8ca523f5e9506fed4657c9700eebdbec");
    }

    #[test]
    fn the_answer_has_the_layout_of_ncat() {
        // The responses were computed with md5sum.
        assert_eq!(
            answer("Digest realm=\"x\", nonce=\"abc\", qop=\"auth\""),
            "Digest username=\"joe\", realm=\"x\", nonce=\"abc\", uri=\"host.example:8080\", \
             qop=auth, cnonce=\"0123456789abcdef\", nc=00000001, \
             response=\"c28275a03bafb87b51fb8601bc493812\""
        );
        assert_eq!(
            answer("Digest realm=\"x\", nonce=\"abc\", opaque=\"o\\\"p\""),
            "Digest username=\"joe\", realm=\"x\", nonce=\"abc\", uri=\"host.example:8080\", \
             response=\"ad8f039c470166ce8c8861fb5cc2ff8f\", opaque=\"o\\\"p\""
        );
    }

    #[test]
    fn what_cannot_be_answered_is_not_usable() {
        for value in [
            "Digest realm=x, nonce=y, algorithm=MD5",
            "Digest realm=x, nonce=y, algorithm=\"md5\"",
            "Digest realm=x, nonce=y, qop=auth",
            "digest realm=x, nonce=y, qop=\"auth-int, AUTH\"",
            "Digest realm=\"\", nonce=\"\", stale=TRUE, domain=\"/\", charset=UTF-8",
        ] {
            assert!(usable(value).is_some(), "{value}");
        }
        for value in [
            "Basic realm=x, nonce=y",
            "Digest",
            "Digest realm=x",
            "Digest nonce=y",
            "Digest realm=x, nonce=y, algorithm=SHA-256",
            "Digest realm=x, nonce=y, algorithm=MD5-sess",
            "Digest realm=x, nonce=y, qop=auth-int",
            "Digest realm=x, nonce=y, qop=\"\"",
            "Digest realm=x, realm=y, nonce=y",
            "Digest realm=\"x\r\", nonce=y",
            "Digest realm=x, nonce=\"\0\"",
            "Digest realm=x, nonce=y, opaque=\"\x1b\"",
        ] {
            assert_eq!(usable(value), None, "{value}");
        }
    }

    #[test]
    fn a_stale_nonce_is_told_from_a_wrong_password() {
        assert!(usable("Digest realm=x, nonce=y, stale=true").unwrap().is_stale());
        assert!(!usable("Digest realm=x, nonce=y, stale=false").unwrap().is_stale());
        assert!(!usable("Digest realm=x, nonce=y").unwrap().is_stale());
    }

    #[test]
    fn credentials_that_could_end_the_header_are_not_sent() {
        let challenge = usable("Digest realm=x, nonce=y").unwrap();
        for (user, password) in [(&b"a\r\nb"[..], &b"pw"[..]), (b"a", b"\0")] {
            let answer = challenge.answer(user, password, b"CONNECT", b"a:1", [0; 8], 1);
            assert_eq!(answer, Err(CredentialsError));
        }
    }

    proptest! {
        #[test]
        fn any_challenge_and_any_credentials(
            value in "[ -~]{0,40}",
            user in "[a-z:\"\\\\]{0,8}",
        ) {
            let challenge = format!("{user}\nDigest realm=\"x\", nonce=abc, {value}");
            fuzz::digest(challenge.as_bytes());
        }
    }
}
