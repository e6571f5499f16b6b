//! The target of a request: `host:port` of CONNECT, or an absolute `http` URI (RFC 9112 section
//! 3.2).

use std::net::{IpAddr, Ipv6Addr};

use crate::proto::target::Target;

const HTTP: &[u8] = b"http://";
const HTTP_PORT: u16 = 80;

/// Bytes that no host has and that other programs may read as the end of one, or decode.
const NO_HOST: &[u8] = b"/?#@\\%\"<>^`{|}";

/// An absolute URI, in its parts.
pub(super) struct Uri<'a> {
    pub(super) target: Target,
    /// Host and port as they are written.
    pub(super) authority: &'a [u8],
    /// Path and query, at least `/`.
    pub(super) path: Vec<u8>,
}

/// Reads `host:port`. The port must be there, and an IPv6 address in brackets.
pub(super) fn authority(text: &[u8]) -> Option<Target> {
    let colon = text.iter().rposition(|&byte| byte == b':')?;
    let (host, port) = (&text[..colon], &text[colon + 1..]);
    if let [b'[', address @ .., b']'] = host {
        let address: Ipv6Addr = std::str::from_utf8(address).ok()?.parse().ok()?;
        return Some(Target::Ip(IpAddr::V6(address), number(port)?));
    }
    if host.iter().any(|byte| NO_HOST.contains(byte)) {
        return None;
    }
    Target::new(host, number(port)?).ok().filter(|target| match target {
        Target::Ip(address, _) => address.is_ipv4(), // IPv6 without brackets
        Target::Name(..) => true,
    })
}

/// Reads an `http` URI; without a port it means 80. One with a user or a fragment is none.
pub(super) fn absolute(uri: &[u8]) -> Option<Uri<'_>> {
    let (scheme, rest) = uri.split_at_checked(HTTP.len())?;
    if !scheme.eq_ignore_ascii_case(HTTP) || rest.contains(&b'#') {
        return None;
    }
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
    let (text, path) = rest.split_at(end);
    let bare = text.ends_with(b"]") || !text.contains(&b':');
    let target = if bare {
        authority(&[text, format!(":{HTTP_PORT}").as_bytes()].concat())?
    } else {
        authority(text)?
    };
    let root: &[u8] = if path.starts_with(b"/") { b"" } else { b"/" };
    Some(Uri { target, authority: text, path: [root, path].concat() })
}

/// A port, 1 to 65535, in at most five digits and nothing else.
fn number(digits: &[u8]) -> Option<u16> {
    let plain = digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    text.parse().ok().filter(|&port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::{absolute, authority};
    use crate::proto::target::Target;

    #[test]
    fn authorities() {
        for (text, host, port) in [
            ("host.example:8080", "host.example", 8080),
            ("192.0.2.9:1", "192.0.2.9", 1),
            ("[2001:db8::9]:65535", "2001:db8::9", 65535),
            ("[::ffff:192.0.2.9]:80", "::ffff:192.0.2.9", 80),
            ("b\u{fc}cher.example:80", "b\u{fc}cher.example", 80),
        ] {
            let target = Target::new(host.as_bytes(), port).unwrap();
            assert_eq!(authority(text.as_bytes()), Some(target));
        }
        for text in [
            "",
            ":",
            "host",
            "host:",
            ":80",
            "host:0",
            "host:65536",
            "host:+80",
            "host:080808",
            "host:80 ",
            "host:80:80",
            "::1:80",
            "[::1]",
            "[::1]80",
            "[host]:80",
            "[192.0.2.9]:80",
            "[fe80::1%eth0]:80",
            "[]:80",
            "[[::1]]:80",
            "joe@host:80",
            "http://host:80",
            "host/:80",
            "h%6fst:80",
        ] {
            assert_eq!(authority(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn uris() {
        for (uri, host, port, written, path) in [
            ("http://host.example", "host.example", 80, "host.example", "/"),
            ("HTTP://Host:8080/", "Host", 8080, "Host:8080", "/"),
            ("http://h:80/p?q=//x:9", "h", 80, "h:80", "/p?q=//x:9"),
            ("http://h?q", "h", 80, "h", "/?q"),
            ("http://[::1]/", "::1", 80, "[::1]", "/"),
            ("http://[::1]:81", "::1", 81, "[::1]:81", "/"),
        ] {
            let read = absolute(uri.as_bytes()).unwrap();
            assert_eq!(read.target, Target::new(host.as_bytes(), port).unwrap());
            assert_eq!((read.authority, &read.path[..]), (written.as_bytes(), path.as_bytes()));
        }
        for uri in [
            "",
            "/",
            "*",
            "host",
            "host:80",
            "http:",
            "http://",
            "http:///p",
            "http://:80/",
            "http://h:/",
            "http://h:0/",
            "http://h:80:80/",
            "http://joe:pw@h/",
            "http://h/#top",
            "http://h#top",
            "http://::1/",
            "http://h\\@x/",
            "https://h/",
            "ftp://h/",
            "//h/",
        ] {
            assert!(absolute(uri.as_bytes()).is_none(), "{uri}");
        }
    }
}
