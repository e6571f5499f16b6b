//! HTTP CONNECT, the client's request (RFC 9110 section 9.3.6); `head` reads the answer.
//!
//! Sent as HTTP/1.0 without Host, as OpenBSD's netcat and Ncat do. Of the authentication schemes
//! only Basic (RFC 7617).

use std::net::IpAddr;

use super::base64;
use super::target::Target;

/// The request for a tunnel to `target`, whole, to be sent in one write. `credentials` are user
/// and password; they may be empty.
pub fn request(
    target: &Target,
    credentials: Option<(&[u8], &[u8])>,
) -> Result<Vec<u8>, CredentialsError> {
    let mut request = b"CONNECT ".to_vec();
    match target {
        Target::Ip(IpAddr::V6(address), _) => request.extend(format!("[{address}]").bytes()),
        Target::Ip(IpAddr::V4(address), _) => request.extend(address.to_string().bytes()),
        Target::Name(name, _) => request.extend(name.as_bytes()),
    }
    request.extend(format!(":{} HTTP/1.0\r\n", target.port()).bytes());
    if let Some((user, password)) = credentials {
        // RFC 7617 section 2: the first colon ends the user, and neither has control characters.
        let control = |field: &[u8]| field.iter().any(u8::is_ascii_control);
        if user.contains(&b':') || control(user) || control(password) {
            return Err(CredentialsError);
        }
        let basic = base64::encode(&[user, b":", password].concat());
        request.extend(format!("Proxy-Authorization: Basic {basic}\r\n").bytes());
    }
    request.extend(b"\r\n");
    Ok(request)
}

/// Not sent: a colon in the user, or a control character, cannot be said in Basic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("user or password cannot be sent to an HTTP proxy")]
pub struct CredentialsError;

#[cfg(test)]
mod tests {
    use super::{CredentialsError, request};
    use crate::proto::target::Target;

    fn sent(host: &str, credentials: Option<(&[u8], &[u8])>) -> Result<String, CredentialsError> {
        let target = Target::new(host.as_bytes(), 8080).unwrap();
        request(&target, credentials).map(|bytes| String::from_utf8(bytes).unwrap())
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
    fn credentials_that_basic_cannot_say_are_not_sent() {
        for (user, password) in [(&b"a:b"[..], &b"pw"[..]), (b"a\n", b"pw"), (b"a", b"\0")] {
            let refused = sent("host.example", Some((user, password)));
            assert_eq!(refused, Err(CredentialsError));
        }
        assert!(sent("host.example", Some((b"", b"a:b c"))).is_ok());
    }
}
