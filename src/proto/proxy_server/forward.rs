//! The head that goes on to the origin server.

use super::field::{self, end_to_end};
use super::request::Request;
use super::status::Status;

/// The name by which a proxy knows its own requests again, if they come back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonym(String);

impl Pseudonym {
    /// A name out of a random number, drawn once for a server.
    pub fn new(random: u64) -> Self {
        Self(format!("nc-{random:016x}"))
    }

    /// Whether a `Via` has it, anywhere: a name that long means nothing else.
    fn is_in(&self, via: &[u8]) -> bool {
        via.split(|byte| matches!(byte, b' ' | b'\t' | b','))
            .any(|word| word.eq_ignore_ascii_case(self.0.as_bytes()))
    }
}

/// The request went through this proxy before.
///
/// Answered with 508: 400 would blame the client's words, and 502 a server that was never asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("HTTP request that went through this proxy before")]
pub struct Loop;

impl Loop {
    /// What to answer.
    pub fn status(self) -> Status {
        Status::LoopDetected
    }
}

/// The head of a GET, HEAD or POST for the origin server, in HTTP/1.0: path and query alone, the
/// URI's host, no field for the proxy, and our own `Via` and `Connection`.
///
/// `Expect` is left out too: HTTP/1.0 has none (RFC 9110 section 10.1.1).
pub fn request_head(request: &Request, via: &Pseudonym) -> Result<Vec<u8>, Loop> {
    if field::values(&request.fields, "Via").any(|value| via.is_in(value)) {
        return Err(Loop);
    }
    let method = request.method.name().as_bytes();
    let mut head = [method, b" ", &request.path, b" HTTP/1.0\r\n"].concat();
    for field in end_to_end(&request.fields) {
        if !["Host", "Content-Length", "Expect"].iter().any(|name| field.is(name)) {
            field::write(&mut head, &field.name, &field.value);
        }
    }
    if let Some(length) = request.content_length {
        field::write(&mut head, b"Content-Length", length.to_string().as_bytes());
    }
    field::write(&mut head, b"Host", &request.authority);
    let received = format!("1.{} {}", request.minor, via.0);
    field::write(&mut head, b"Via", received.as_bytes());
    field::write(&mut head, b"Connection", b"close");
    head.extend(b"\r\n");
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::{Loop, Pseudonym, request_head};
    use crate::proto::proxy_server::{RequestHead, Status};
    use crate::proto::step::Step;

    fn forwarded(head: &str) -> Result<String, Loop> {
        let Step::Done(request) = RequestHead::default().feed(head.as_bytes()).unwrap().step else {
            panic!("{head}");
        };
        let head = request_head(&request, &Pseudonym::new(7))?;
        Ok(String::from_utf8(head).unwrap())
    }

    #[test]
    fn the_head_is_written_anew() {
        let head = "POST http://Host:81/p?q HTTP/1.1\r\nHost: other\r\nAccept: */*\r\n\
                    Content-Length: 04\r\nExpect: 100-continue\r\nConnection: X-A, content-length\r\n\
                    X-A: b\r\nProxy-Authorization: Basic x\r\nVia: 1.0 a\r\n\r\n";
        assert_eq!(
            forwarded(head).unwrap(),
            "POST /p?q HTTP/1.0\r\nAccept: */*\r\nVia: 1.0 a\r\n\
             Content-Length: 4\r\nHost: Host:81\r\nVia: 1.1 nc-0000000000000007\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(
            forwarded("GET http://[::1] HTTP/1.0\r\n\r\n").unwrap(),
            "GET / HTTP/1.0\r\nHost: [::1]\r\nVia: 1.0 nc-0000000000000007\r\n\
             Connection: close\r\n\r\n"
        );
    }

    #[test]
    fn a_loop_is_found_wherever_it_is_said() {
        for via in [
            "Via: 1.0 nc-0000000000000007",
            "Via: 1.0 a,1.1 NC-0000000000000007,1.0 b",
            "Via: 1.0 a\r\nVIA: HTTP/1.1\tnc-0000000000000007 (x)\r\nConnection: via",
        ] {
            let head = format!("GET http://h/ HTTP/1.0\r\n{via}\r\n\r\n");
            assert_eq!(forwarded(&head), Err(Loop));
        }
        assert_eq!(Loop.status(), Status::LoopDetected);
        let other = "GET http://h/ HTTP/1.0\r\nVia: 1.0 nc-0000000000000008\r\n\r\n";
        assert!(forwarded(other).is_ok());
    }

    #[test]
    fn what_was_forwarded_is_known_again() {
        let once = forwarded("GET http://h/ HTTP/1.0\r\n\r\n").unwrap();
        let again = once.replace("GET /", "GET http://h/");
        assert_eq!(forwarded(&again), Err(Loop));
    }
}
