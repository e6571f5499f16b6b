//! A request that has come in whole, and the questions that are asked of its headers.

use super::line::trim;
use super::response::Connection;

/// The two versions that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// HTTP/1.0: closes unless asked to stay.
    Http10,
    /// HTTP/1.1: stays unless asked to close.
    Http11,
}

/// One header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// As it came; compared without regard to case.
    pub(super) name: Vec<u8>,
    /// Without the blanks around it.
    pub(super) value: Vec<u8>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: Vec<u8>,
    pub(super) target: Vec<u8>,
    pub(super) version: Version,
    pub(super) headers: Vec<Header>,
    /// Decoded, if it came in chunks.
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The values of all headers of this name, in order.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name.as_bytes()))
            .map(|header| header.value.as_slice())
    }

    /// The members of all comma-separated lists under this name (RFC 9110 section 5.6.1).
    pub(super) fn members<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.values(name).flat_map(|value| value.split(|&byte| byte == b',')).map(trim)
    }

    /// Whether one of those members is `token`, whatever its case.
    pub(super) fn has_member(&self, name: &str, token: &str) -> bool {
        self.members(name).any(|member| member.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// Whether the head says that a body follows, even one of no bytes (RFC 9112 section 6).
    pub(super) fn announces_body(&self) -> bool {
        self.values("content-length").next().is_some()
            || self.values("transfer-encoding").next().is_some()
    }

    /// Whether the Content-Type is `media_type`; parameters such as a charset do not count.
    pub(super) fn has_media_type(&self, media_type: &str) -> bool {
        self.values("content-type").next().is_some_and(|value| {
            let essence = value.split(|&byte| byte == b';').next().unwrap_or(value);
            trim(essence).eq_ignore_ascii_case(media_type.as_bytes())
        })
    }

    /// Whether the connection stays open for another request (RFC 9112 section 9.3), as the answer
    /// has to say it.
    pub(super) fn connection(&self) -> Connection {
        if self.has_member("connection", "close") {
            return Connection::Close;
        }
        match self.version {
            Version::Http11 => Connection::Silent,
            Version::Http10 if self.has_member("connection", "keep-alive") => Connection::KeepAlive,
            Version::Http10 => Connection::Close,
        }
    }

    /// Whether the answer must not have a body.
    pub(super) fn is_head(&self) -> bool {
        self.method == b"HEAD"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(version: Version, headers: &[(&str, &str)]) -> Request {
        Request {
            method: b"GET".to_vec(),
            target: b"/hello".to_vec(),
            version,
            headers: headers
                .iter()
                .map(|(name, value)| Header {
                    name: name.as_bytes().to_vec(),
                    value: value.as_bytes().to_vec(),
                })
                .collect(),
            body: Vec::new(),
        }
    }

    #[test]
    fn persistence_follows_version_and_connection() {
        use Connection::{Close, KeepAlive, Silent};
        use Version::{Http10, Http11};
        for (version, headers, connection) in [
            (Http11, &[][..], Silent),
            (Http11, &[("Connection", "close")], Close),
            (Http11, &[("connection", "foo, CLOSE")], Close),
            (Http11, &[("Connection", "closed")], Silent),
            (Http11, &[("Connection", "keep-alive")], Silent),
            (Http10, &[], Close),
            (Http10, &[("Connection", "Keep-Alive")], KeepAlive),
            (Http10, &[("Connection", "keep-alive"), ("Connection", "close")], Close),
        ] {
            let request = request(version, headers);
            assert_eq!(request.connection(), connection, "{version:?} {headers:?}");
        }
    }

    #[test]
    fn media_types_are_compared_without_parameters() {
        for (value, same) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/jsonp", false),
            ("", false),
        ] {
            let request = request(Version::Http11, &[("Content-Type", value)]);
            assert_eq!(request.has_media_type("application/json"), same, "{value}");
        }
        assert!(!request(Version::Http11, &[]).has_media_type("application/json"));
    }
}
