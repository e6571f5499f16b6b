//! HTTP CONNECT, the client's request (RFC 9110 section 9.3.6); `head` reads the answer.
//!
//! Sent as HTTP/1.0 without Host, as OpenBSD's netcat and Ncat do. The credentials are those of
//! `basic` or `digest`.

use std::net::IpAddr;

use super::target::Target;
use super::{basic, digest};

const METHOD: &[u8] = b"CONNECT";

/// How to show the proxy who asks.
#[derive(Clone, Copy)]
pub enum Authorization<'a> {
    /// User and password as they are; either may be empty.
    Basic {
        /// Who asks.
        user: &'a [u8],
        /// Sent readable.
        password: &'a [u8],
    },
    /// The answer to a challenge.
    Digest {
        /// What the proxy asked.
        challenge: &'a digest::Challenge,
        /// Who asks.
        user: &'a [u8],
        /// Not sent.
        password: &'a [u8],
        /// Random, new for each request.
        cnonce: [u8; 8],
        /// 1 for the first request that answers this challenge.
        count: u32,
    },
}

/// The request for a tunnel to `target`, whole, to be sent in one write.
pub fn request(
    target: &Target,
    authorization: Option<Authorization<'_>>,
) -> Result<Vec<u8>, CredentialsError> {
    let authority = authority(target);
    let mut request = [METHOD, b" ", &authority, b" HTTP/1.0\r\n"].concat();
    if let Some(authorization) = authorization {
        request.extend(b"Proxy-Authorization: ");
        request.extend(match authorization {
            Authorization::Basic { user, password } => basic::credentials(user, password)?,
            Authorization::Digest { challenge, user, password, cnonce, count } => {
                challenge.answer(user, password, METHOD, &authority, cnonce, count)?
            }
        });
        request.extend(b"\r\n");
    }
    request.extend(b"\r\n");
    Ok(request)
}

/// `host:port` with an IPv6 address in brackets, the form in a request line.
pub fn authority(target: &Target) -> Vec<u8> {
    let mut authority = match target {
        Target::Ip(IpAddr::V6(address), _) => format!("[{address}]").into_bytes(),
        Target::Ip(IpAddr::V4(address), _) => address.to_string().into_bytes(),
        Target::Name(name, _) => name.as_bytes().to_vec(),
    };
    authority.extend(format!(":{}", target.port()).bytes());
    authority
}

/// Not sent: a control character, or in Basic a colon in the user, cannot be said in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("user or password cannot be sent to an HTTP proxy")]
pub struct CredentialsError;

#[cfg(test)]
mod tests {
    use super::{Authorization, CredentialsError, request};
    use crate::proto::target::Target;
    use crate::proto::{challenge, digest};

    fn sent(host: &str, credentials: Option<(&[u8], &[u8])>) -> Result<String, CredentialsError> {
        let target = Target::new(host.as_bytes(), 8080).unwrap();
        let authorization =
            credentials.map(|(user, password)| Authorization::Basic { user, password });
        request(&target, authorization).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn the_request_is_one_piece() {
        for (host, written) in [
            ("host.example", "host.example"),
            ("192.0.2.9", "192.0.2.9"),
            ("2001:db8::9", "[2001:db8::9]"),
        ] {
            let expected = format!("CONNECT {written}:8080 HTTP/1.0\r\n\r\n");
            assert_eq!(sent(host, None).unwrap(), expected);
        }
        assert_eq!(
            sent("host.example", Some((b"joe", b"pw"))).unwrap(),
            "CONNECT host.example:8080 HTTP/1.0\r\nProxy-Authorization: Basic am9lOnB3\r\n\r\n"
        );
    }

    #[test]
    fn a_digest_is_for_the_target_of_the_request_line() {
        let challenge = challenge::Challenge::list(b"Digest realm=x, nonce=abc, qop=auth");
        let challenge = &digest::Challenge::new(&challenge[0]).unwrap();
        let (user, password) = (&b"joe"[..], &b"pw"[..]);
        let authorization =
            Authorization::Digest { challenge, user, password, cnonce: [7; 8], count: 2 };
        let target = Target::new(b"::1", 8080).unwrap();
        let bytes = request(&target, Some(authorization)).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let start = "CONNECT [::1]:8080 HTTP/1.0\r\nProxy-Authorization: Digest username=\"joe\", ";
        assert!(text.starts_with(start) && text.ends_with("\"\r\n\r\n"), "{text}");
        assert!(
            text.contains("uri=\"[::1]:8080\", qop=auth, cnonce=\"0707070707070707\", nc=00000002")
        );

        let value = &text.lines().nth(1).unwrap()["Proxy-Authorization:".len()..];
        let credentials = digest::Credentials::parse(value.as_bytes()).unwrap();
        assert!(credentials.proves(b"CONNECT", user, b"x", password));
    }

    #[test]
    fn credentials_that_a_header_cannot_say_are_not_sent() {
        for (user, password) in [(&b"a:b"[..], &b"pw"[..]), (b"a\n", b"pw"), (b"a", b"\0")] {
            let refused = sent("host.example", Some((user, password)));
            assert_eq!(refused, Err(CredentialsError));
        }
        assert!(sent("host.example", Some((b"", b"a:b c"))).is_ok());
    }
}
