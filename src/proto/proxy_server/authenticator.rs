//! Who may use the proxy: one user and password, by Basic or Digest.

use super::request::{Method, Request};
use super::status::Status;
use crate::proto::basic;
use crate::proto::digest::{Credentials, Nonces, Verdict};

/// How long a nonce is good for, in microseconds: five minutes.
pub const LIFETIME: u64 = 300 * 1_000_000;

const REALM: &str = "Ncat";

/// Whether a request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// User and password are right.
    Granted,
    /// They are missing or wrong, or the nonce is stale: then the client needs not ask its user.
    Denied {
        /// The credentials are right but for the nonce.
        stale: bool,
    },
}

/// The user, the password, and the nonces of one server. Times are in microseconds since the same
/// moment, whichever.
pub struct Authenticator {
    user: Vec<u8>,
    password: Vec<u8>,
    nonces: Nonces,
}

impl Authenticator {
    /// Lets in `user` with `password`; the secret, for the nonces, should be 16 random bytes.
    pub fn new(user: &[u8], password: &[u8], secret: &[u8]) -> Self {
        let nonces = Nonces::new(secret, LIFETIME);
        Self { user: user.to_vec(), password: password.to_vec(), nonces }
    }

    /// Judges a request's `Proxy-Authorization`.
    pub fn check(&mut self, request: &Request, now: u64) -> Access {
        let denied = Access::Denied { stale: false };
        let Some(value) = request.credentials() else {
            return denied;
        };
        if basic::accepts(value, &self.user, &self.password) {
            return Access::Granted;
        }
        let Some(credentials) = Credentials::parse(value) else {
            return denied;
        };
        let method = request.method.name().as_bytes();
        // Some clients sign the path alone where the request line has the absolute URI.
        let path = request.method != Method::Connect && credentials.uri() == request.path;
        if !(credentials.uri() == request.uri || path)
            || !credentials.proves(method, &self.user, REALM.as_bytes(), &self.password)
        {
            return denied;
        }
        match self.nonces.check(credentials.nonce(), credentials.count(), now) {
            Verdict::Fresh => Access::Granted,
            Verdict::Stale => Access::Denied { stale: true },
            Verdict::Bad => denied,
        }
    }

    /// The 407 with a challenge of either scheme, whole.
    ///
    /// Ncat's has no `Connection: close`; without it, curl sends its answer to a challenge for
    /// CONNECT on the connection that is about to be closed.
    pub fn refusal(&mut self, stale: bool, now: u64) -> Vec<u8> {
        let nonce = self.nonces.issue(now);
        let stale = if stale { ", stale=true" } else { "" };
        Status::ProxyAuthenticationRequired.answer_with(&format!(
            "Proxy-Authenticate: Basic realm=\"{REALM}\"\r\n\
             Proxy-Authenticate: Digest realm=\"{REALM}\", nonce=\"{nonce}\", qop=\"auth\"{stale}\r\n\
             Connection: close\r\n"
        ))
    }
}

impl std::fmt::Debug for Authenticator {
    /// Without the secrets, for it ends up in logs.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Authenticator(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Authenticator, LIFETIME};
    use crate::proto::connect::{self, Authorization};
    use crate::proto::digest::Challenge;
    use crate::proto::head::Head;
    use crate::proto::proxy_server::{Request, RequestHead};
    use crate::proto::step::Step;
    use crate::proto::target::Target;

    const NOW: u64 = 1_700_000_000_000_042;
    const DENIED: Access = Access::Denied { stale: false };
    const STALE: Access = Access::Denied { stale: true };

    fn request(head: &[u8]) -> Request {
        match RequestHead::default().feed(head).unwrap().step {
            Step::Done(request) => request,
            other => panic!("{other:?}"),
        }
    }

    /// The challenge of a refusal, as our own client reads it.
    fn challenge(refusal: &[u8]) -> Challenge {
        match Head::default().feed(refusal).unwrap().step {
            Step::Done(response) => {
                assert!(response.status == 407 && response.offers_basic());
                response.digest().unwrap()
            }
            other => panic!("{other:?}"),
        }
    }

    fn connect(challenge: &Challenge, password: &[u8], count: u32) -> Request {
        let target = Target::new(b"host.example", 443).unwrap();
        let user = b"joe";
        let authorization =
            Authorization::Digest { challenge, user, password, cnonce: [1; 8], count };
        request(&connect::request(&target, Some(authorization)).unwrap())
    }

    #[test]
    fn the_refusal_is_that_of_ncat() {
        let mut authenticator = Authenticator::new(b"joe", b"pw", b"secret");
        let text = String::from_utf8(authenticator.refusal(true, NOW)).unwrap();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines[0], "HTTP/1.0 407 Proxy Authentication Required");
        assert_eq!(lines[1], "Proxy-Authenticate: Basic realm=\"Ncat\"");
        let start = "Proxy-Authenticate: Digest realm=\"Ncat\", nonce=\"1700000000.000042-";
        assert!(lines[2].starts_with(start), "{text}");
        assert!(lines[2].ends_with("\", qop=\"auth\", stale=true"), "{text}");
        assert_eq!(lines[3..], ["Connection: close", "", ""]);
    }

    #[test]
    fn basic() {
        let mut authenticator = Authenticator::new(b"joe", b"pw", b"secret");
        let head = "CONNECT h:80 HTTP/1.0\r\n";
        for (field, access) in [
            ("Proxy-Authorization: Basic am9lOnB3\r\n", Access::Granted),
            ("Proxy-Authorization: Basic am9lOnB4\r\n", DENIED),
            ("Authorization: Basic am9lOnB3\r\n", DENIED),
            ("", DENIED),
        ] {
            let request = request(format!("{head}{field}\r\n").as_bytes());
            assert_eq!(authenticator.check(&request, NOW), access);
        }
    }

    #[test]
    fn a_digest_is_good_once_for_its_target() {
        let mut authenticator = Authenticator::new(b"joe", b"pw", b"secret");
        let challenge = challenge(&authenticator.refusal(false, NOW));
        assert_eq!(authenticator.check(&connect(&challenge, b"pv", 1), NOW), DENIED);
        let asked = connect(&challenge, b"pw", 1);
        let elsewhere = Request { uri: b"other:443".to_vec(), ..asked.clone() };
        assert_eq!(authenticator.check(&elsewhere, NOW), DENIED);
        assert_eq!(authenticator.check(&asked, NOW), Access::Granted);
        assert_eq!(authenticator.check(&asked, NOW), STALE);
        assert_eq!(authenticator.check(&connect(&challenge, b"pw", 2), NOW), Access::Granted);
        let late = NOW + LIFETIME + 1;
        assert_eq!(authenticator.check(&connect(&challenge, b"pw", 3), late), STALE);
        let mut other = Authenticator::new(b"joe", b"pw", b"other");
        assert_eq!(other.check(&connect(&challenge, b"pw", 4), NOW), DENIED);
    }

    #[test]
    fn a_digest_may_be_for_the_path_or_the_whole_uri() {
        let mut authenticator = Authenticator::new(b"joe", b"pw", b"secret");
        let challenge = challenge(&authenticator.refusal(false, NOW));
        for (count, uri) in [(1, "/p?q"), (2, "http://h/p?q")] {
            let answer =
                challenge.answer(b"joe", b"pw", b"GET", uri.as_bytes(), [1; 8], count).unwrap();
            let head = "GET http://h/p?q HTTP/1.0\r\nProxy-Authorization: ";
            let request = request(&[head.as_bytes(), &answer, b"\r\n\r\n"].concat());
            assert_eq!(authenticator.check(&request, NOW), Access::Granted);
        }
    }
}
