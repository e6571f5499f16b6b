//! What a client answers to a Digest challenge, as the server reads it.

use super::super::challenge::Challenge;
use super::super::constant_time;
use super::{key, response};

/// The fields of a `Proxy-Authorization` of the Digest scheme: foreign, and proving nothing until
/// [`proves`](Self::proves) says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    user: Vec<u8>,
    realm: Vec<u8>,
    nonce: Vec<u8>,
    uri: Vec<u8>,
    cnonce: Vec<u8>,
    /// `nc` as it is written, for the response is made of that.
    written: Vec<u8>,
    count: u32,
    response: Vec<u8>,
}

impl Credentials {
    /// Reads a header's value. `None` if it is not one Digest answer with all fields and `qop=auth`;
    /// without that there is no count, and so no way to tell a replay.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let list = Challenge::list(value);
        let [fields] = &list[..] else {
            return None;
        };
        let text = |name| fields.parameter(name);
        let known = text("algorithm").is_none_or(|name| name.eq_ignore_ascii_case(b"MD5"));
        let auth = text("qop").is_some_and(|qop| qop.eq_ignore_ascii_case(b"auth"));
        if !(fields.is("Digest") && fields.is_well_formed() && known && auth) {
            return None;
        }
        let written = text("nc")?;
        let hex = written.len() == 8 && written.iter().all(u8::is_ascii_hexdigit);
        let digits = std::str::from_utf8(written).ok().filter(|_| hex)?;
        Some(Self {
            user: text("username")?.to_vec(),
            realm: text("realm")?.to_vec(),
            nonce: text("nonce")?.to_vec(),
            uri: text("uri")?.to_vec(),
            cnonce: text("cnonce")?.to_vec(),
            count: u32::from_str_radix(digits, 16).ok()?,
            written: written.to_vec(),
            response: text("response")?.to_ascii_lowercase(),
        })
    }

    /// Whether they were made with this user and password, for this method and this realm.
    /// Compared in constant time. Nothing is said about nonce and URI but that the response covers
    /// them: look at both.
    pub fn proves(&self, method: &[u8], user: &[u8], realm: &[u8], password: &[u8]) -> bool {
        let session = Some((&self.cnonce[..], &self.written[..]));
        let expected =
            response(&key(user, realm, password), &self.nonce, session, method, &self.uri);
        let known = constant_time::eq(user, &self.user);
        let same = constant_time::eq(expected.as_bytes(), &self.response);
        known && same && self.realm == realm
    }

    /// The nonce, which should be one of ours.
    pub fn nonce(&self) -> &[u8] {
        &self.nonce
    }

    /// How many times the client says to have used the nonce, this time included.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The target that the credentials are for.
    pub fn uri(&self) -> &[u8] {
        &self.uri
    }
}

#[cfg(test)]
mod tests {
    use super::Credentials;
    use crate::proto::challenge;
    use crate::proto::digest::Challenge;

    /// The answer of our own client.
    fn answered(challenge: &str) -> String {
        let challenge = challenge::Challenge::list(challenge.as_bytes()).remove(0);
        let challenge = Challenge::new(&challenge).unwrap();
        let answer = challenge.answer(b"j\"oe", b"pw", b"GET", b"http://a/", [7; 8], 0xab).unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[test]
    fn the_client_and_the_server_agree() {
        let value = answered("Digest realm=\"a \\\"b\", nonce=\"n\", qop=\"auth\"");
        let credentials = Credentials::parse(value.as_bytes()).unwrap();
        assert_eq!((credentials.nonce(), credentials.count()), (&b"n"[..], 0xab));
        assert_eq!(credentials.uri(), b"http://a/");
        assert!(credentials.proves(b"GET", b"j\"oe", b"a \"b", b"pw"));
        assert!(!credentials.proves(b"HEAD", b"j\"oe", b"a \"b", b"pw"));
        assert!(!credentials.proves(b"GET", b"joe", b"a \"b", b"pw"));
        assert!(!credentials.proves(b"GET", b"j\"oe", b"a", b"pw"));
        assert!(!credentials.proves(b"GET", b"j\"oe", b"a \"b", b"pw "));
    }

    #[test]
    fn the_response_covers_every_field() {
        let value = answered("Digest realm=r, nonce=n, qop=auth");
        let proves = |value: &str| {
            Credentials::parse(value.as_bytes())
                .is_some_and(|given| given.proves(b"GET", b"j\"oe", b"r", b"pw"))
        };
        assert!(proves(&value));
        for (field, other) in [
            ("realm=\"r\"", "realm=\"s\""),
            ("nonce=\"n\"", "nonce=\"m\""),
            ("http://a/", "http://b/"),
            ("cnonce=\"07", "cnonce=\"08"),
            ("nc=000000ab", "nc=000000ac"),
            ("nc=000000ab", "nc=000000AB"),
            ("username=\"j", "username=\"k"),
        ] {
            assert!(value.contains(field) && !proves(&value.replace(field, other)), "{field}");
        }
    }

    #[test]
    fn half_an_answer_is_none() {
        let value = answered("Digest realm=r, nonce=n, qop=auth");
        let parse = |value: &str| Credentials::parse(value.as_bytes());
        assert!(parse(&value).is_some() && parse(&format!(" {value} , algorithm=MD5")).is_some());
        for (field, other) in [
            ("Digest ", "Basic "),
            ("Digest ", ""),
            ("nc=000000ab", "nc=ab"),
            ("nc=000000ab", "nc=+00000ab"),
            ("nc=000000ab", "nc=000000abc"),
            ("qop=auth", "qop=auth-int"),
            ("qop=auth, ", ""),
            ("cnonce=", "x="),
            ("username=", "username*="),
            ("realm=", "response="),
            ("qop=auth", "qop=auth, algorithm=SHA-256"),
            ("qop=auth", "qop=auth, Basic abc"),
        ] {
            assert!(value.contains(field) && parse(&value.replace(field, other)).is_none());
        }
        let plain = answered("Digest realm=r, nonce=n");
        assert_eq!(parse(&plain), None);
    }
}
