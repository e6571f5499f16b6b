//! Finds out that the other end speaks something else, from the first bytes that it sends.

use super::note::shown;

/// As much as is looked at. A banner is shorter, and a page that says what a port is for is too.
const LOOKED_AT_MAX: usize = 2048;
/// What servers answer to plain HTTP on a port for TLS: nginx, Apache, Go.
const PLAIN_ON_TLS: &[&[u8]] = &[
    b"HTTP request was sent to HTTPS port",
    b"to an SSL-enabled server",
    b"HTTP request to an HTTPS server",
];

/// Something else than what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    /// A TLS alert: that server waits for TLS.
    TlsAlert {
        /// RFC 8446 section 6.
        description: u8,
    },
    /// TLS.
    Tls,
    /// An answer in plain HTTP which says that the port is one for TLS.
    PlainOnTlsPort,
    /// An SSH server, with its banner.
    Ssh {
        /// The banner's first line.
        banner: Vec<u8>,
    },
    /// Telnet's negotiation.
    Telnet,
    /// An answer of HTTP.
    Http,
    /// A greeting with a code, of a mail or file server.
    Greeting {
        /// Its first line.
        text: Vec<u8>,
    },
    /// An error of Redis.
    Redis,
}

/// What is spoken as far as was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Http,
    /// Lines with a code: a greeting is what it should be.
    Codes,
    Redis,
}

/// The first bytes of a server.
#[derive(Debug)]
pub(super) struct First {
    expected: Expected,
    seen: Vec<u8>,
    done: bool,
}

impl First {
    pub(super) fn new(expected: Expected) -> Self {
        Self { expected, seen: Vec::new(), done: false }
    }

    /// Looks at what was received: what was found, and the byte that made it sure.
    pub(super) fn look(&mut self, bytes: &[u8]) -> Option<(usize, Foreign)> {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.done {
                return None;
            }
            self.seen.push(byte);
            if let Some(foreign) = self.found() {
                self.done = true;
                return Some((at, foreign));
            }
            if self.seen.len() == LOOKED_AT_MAX {
                self.done = true;
                self.seen = Vec::new();
            }
        }
        None
    }

    /// No more comes just now: what a line that has not ended must be.
    pub(super) fn settle(&mut self) -> Option<Foreign> {
        if self.done || !self.seen.starts_with(b"SSH-") || self.seen.contains(&b'\n') {
            return None;
        }
        self.done = true;
        Some(Foreign::Ssh { banner: shown(&self.seen) })
    }

    /// Whether it may still turn out to be TLS.
    pub(super) fn may_be_tls(&self) -> bool {
        !self.done && matches!(self.seen.first(), None | Some(0x15 | 0x16))
    }

    fn found(&self) -> Option<Foreign> {
        let line_ended = self.seen.last() == Some(&b'\n');
        let first = line_ended.then(|| self.seen.trim_ascii_end());
        let first = first.filter(|line| !line.contains(&b'\n'));
        match &self.seen[..] {
            [0x15, 3, 0..=4, 0, 2, 1 | 2, description] => {
                Some(Foreign::TlsAlert { description: *description })
            }
            [0x16, 3, 0..=4, _, _, 2] => Some(Foreign::Tls),
            [255, 250..=254] => Some(Foreign::Telnet),
            [b'H', b'T', b'T', b'P', b'/', ..] => match self.expected {
                Expected::Http => PLAIN_ON_TLS
                    .iter()
                    .any(|said| self.seen.ends_with(said))
                    .then_some(Foreign::PlainOnTlsPort),
                _ => (self.seen.len() == 5).then_some(Foreign::Http),
            },
            [b'S', b'S', b'H', b'-', ..] => first.map(|line| Foreign::Ssh { banner: shown(line) }),
            [b'-', b'E', b'R', b'R', b' '] => {
                (self.expected != Expected::Redis).then_some(Foreign::Redis)
            }
            [b'2', b'2', b'0', b' ' | b'-', ..] if self.expected != Expected::Codes => {
                first.map(|line| Foreign::Greeting { text: shown(line) })
            }
            _ => None,
        }
    }
}

impl Foreign {
    /// Whether what is expected is still spoken beside it.
    pub(super) fn is_beside(&self) -> bool {
        matches!(self, Self::PlainOnTlsPort)
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, First, Foreign, LOOKED_AT_MAX};

    fn look(expected: Expected, bytes: &[u8]) -> Option<Foreign> {
        let mut first = First::new(expected);
        let whole = first.look(bytes).map(|(_, foreign)| foreign).or_else(|| first.settle());
        let mut first = First::new(expected);
        let single = bytes.chunks(1).find_map(|byte| first.look(byte)).map(|(_, foreign)| foreign);
        assert_eq!(single.or_else(|| first.settle()), whole);
        whole
    }

    #[test]
    fn other_protocols_are_told_by_their_first_bytes() {
        let greeting = |text: &[u8]| Some(Foreign::Greeting { text: text.to_vec() });
        for (bytes, found) in [
            (&b"\x15\x03\x03\x00\x02\x02\x0a"[..], Some(Foreign::TlsAlert { description: 10 })),
            (b"\x16\x03\x03\x00\x50\x02", Some(Foreign::Tls)),
            (b"SSH-2.0-x\r\nmore", Some(Foreign::Ssh { banner: b"SSH-2.0-x".to_vec() })),
            (b"SSH-2.0-x", Some(Foreign::Ssh { banner: b"SSH-2.0-x".to_vec() })),
            (b"\xff\xfd\x18", Some(Foreign::Telnet)),
            (b"220 mx ESMTP\r\n", greeting(b"220 mx ESMTP")),
            (b"-ERR unknown command", Some(Foreign::Redis)),
            (b"HTTP/1.1 200 OK\r\n\r\n", None),
            (
                b"HTTP/1.1 400 Bad\r\n\r\nThe plain HTTP request was sent to HTTPS port",
                Some(Foreign::PlainOnTlsPort),
            ),
            (
                b"HTTP/1.0 400 x\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
                Some(Foreign::PlainOnTlsPort),
            ),
            (b"hello", None),
            (b"", None),
        ] {
            assert_eq!(look(Expected::Http, bytes), found);
        }
        assert_eq!(look(Expected::Codes, b"220 mx ESMTP\r\n"), None);
        assert_eq!(look(Expected::Codes, b"HTTP/1.1 400"), Some(Foreign::Http));
        assert_eq!(look(Expected::Redis, b"-ERR x\r\n"), None);
    }

    #[test]
    fn no_more_is_looked_at_than_the_beginning() {
        let mut first = First::new(Expected::Http);
        for _ in 0..LOOKED_AT_MAX {
            assert_eq!(first.look(b"xxxx"), None);
            assert!(first.seen.len() < LOOKED_AT_MAX);
        }
    }
}
