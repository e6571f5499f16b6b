//! Proxies as they are written: what they speak, and `HOST[:PORT]`.

use std::ffi::{OsStr, OsString};
use std::net::Ipv6Addr;
use std::os::unix::ffi::OsStrExt;

use super::port::{Services, single};
use crate::plan::{Host, ProxyKind, Transport};

/// netcat-openbsd's words.
pub const OPENBSD_PROXIES: &[(&str, ProxyKind)] =
    &[("4", ProxyKind::Socks4), ("5", ProxyKind::Socks5), ("connect", ProxyKind::HttpConnect)];

/// The words of OpenBSD's own nc.
pub const UPSTREAM_PROXIES: &[(&str, ProxyKind)] = &[
    ("4", ProxyKind::Socks4),
    ("4A", ProxyKind::Socks4a),
    ("5", ProxyKind::Socks5),
    ("connect", ProxyKind::HttpConnect),
];

/// Everybody's words.
pub const ALL_PROXIES: &[(&str, ProxyKind)] = &[
    ("4", ProxyKind::Socks4),
    ("4a", ProxyKind::Socks4a),
    ("5", ProxyKind::Socks5),
    ("connect", ProxyKind::HttpConnect),
    ("http", ProxyKind::HttpConnect),
    ("socks4", ProxyKind::Socks4),
    ("socks4a", ProxyKind::Socks4a),
    ("socks5", ProxyKind::Socks5),
];

/// What a proxy speaks, by its word in any case.
pub fn kind(value: &OsStr, words: &[(&str, ProxyKind)]) -> Option<ProxyKind> {
    let word = words.iter().find(|(word, _)| value.eq_ignore_ascii_case(word));
    word.map(|(_, kind)| *kind)
}

/// The port of a proxy of which none was given: netcat-openbsd's.
pub fn default_port(kind: ProxyKind) -> u16 {
    match kind {
        ProxyKind::HttpConnect => 3128,
        ProxyKind::Socks4 | ProxyKind::Socks4a | ProxyKind::Socks5 => 1080,
    }
}

/// A proxy's address that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadProxy {
    /// No host.
    NoHost,
    /// `[` without `]`.
    NoBracket,
    /// Something else than `:` behind the bracket.
    Garbage,
    /// The port is no port.
    Port {
        /// The host before it.
        host: OsString,
        /// What stands there.
        port: OsString,
    },
}

/// Reads `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT` or a bare IPv6 address.
pub fn address(
    value: &OsStr,
    kind: ProxyKind,
    services: Services<'_>,
) -> Result<(Host, u16), BadProxy> {
    let (host, port) = split(value.as_bytes())?;
    let host = OsStr::from_bytes(host).to_owned();
    if host.is_empty() {
        return Err(BadProxy::NoHost);
    }
    let Some(port) = port.map(OsStr::from_bytes) else {
        return Ok((Host(host), default_port(kind)));
    };
    match single(port, 1, Transport::Tcp, services) {
        Ok(port) => Ok((Host(host), port)),
        Err(_) => Err(BadProxy::Port { host, port: port.to_owned() }),
    }
}

fn split(text: &[u8]) -> Result<(&[u8], Option<&[u8]>), BadProxy> {
    if let Some(rest) = text.strip_prefix(b"[") {
        let end = rest.iter().position(|&byte| byte == b']').ok_or(BadProxy::NoBracket)?;
        let (host, rest) = rest.split_at(end);
        return match rest.get(1..).unwrap_or_default() {
            [] => Ok((host, None)),
            [b':', port @ ..] => Ok((host, Some(port))),
            _ => Err(BadProxy::Garbage),
        };
    }
    if is_ipv6(text) {
        return Ok((text, None));
    }
    match text.iter().rposition(|&byte| byte == b':') {
        Some(colon) => {
            let (host, port) = text.split_at(colon);
            Ok((host, port.get(1..)))
        }
        None => Ok((text, None)),
    }
}

/// Reads `USER` or `USER:PASSWORD`; the password may hold colons and may be empty.
pub fn user(value: &OsStr) -> (OsString, Option<OsString>) {
    let owned = |bytes| OsStr::from_bytes(bytes).to_owned();
    let mut parts = value.as_bytes().splitn(2, |&byte| byte == b':');
    (owned(parts.next().unwrap_or_default()), parts.next().map(owned))
}

/// Whether the text is an IPv6 address, with or without a `%zone`.
pub fn is_ipv6(text: &[u8]) -> bool {
    let address = text.split(|&byte| byte == b'%').next().unwrap_or_default();
    std::str::from_utf8(address).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, u16), BadProxy> {
        address(OsStr::new(text), ProxyKind::Socks5, &|_, _| None)
            .map(|(host, port)| (host.0.to_string_lossy().into_owned(), port))
    }

    #[test]
    fn a_proxy_has_a_host_and_perhaps_a_port() {
        for (text, host, port) in [
            ("p", "p", 1080),
            ("p:99", "p", 99),
            ("::1", "::1", 1080),
            ("fe80::1%eth0", "fe80::1%eth0", 1080),
            ("[::1]", "::1", 1080),
            ("[::1]:99", "::1", 99),
        ] {
            assert_eq!(read(text), Ok((host.to_owned(), port)), "{text:?}");
        }
        assert_eq!(read(""), Err(BadProxy::NoHost));
        assert_eq!(read(":99"), Err(BadProxy::NoHost));
        assert_eq!(read("[::1"), Err(BadProxy::NoBracket));
        assert_eq!(read("[::1]x:1"), Err(BadProxy::Garbage));
        for (text, host, port) in
            [("p:", "p", ""), ("p:0", "p", "0"), ("p:70000", "p", "70000"), ("a:b:c", "a:b", "c")]
        {
            let bad = BadProxy::Port { host: host.into(), port: port.into() };
            assert_eq!(read(text), Err(bad), "{text:?}");
        }
    }

    #[test]
    fn words_are_taken_in_any_case() {
        assert_eq!(kind(OsStr::new("CONNECT"), OPENBSD_PROXIES), Some(ProxyKind::HttpConnect));
        assert_eq!(kind(OsStr::new("4A"), OPENBSD_PROXIES), None);
        assert_eq!(kind(OsStr::new("4A"), ALL_PROXIES), Some(ProxyKind::Socks4a));
        assert_eq!(kind(OsStr::new("http"), OPENBSD_PROXIES), None);
        assert_eq!(default_port(ProxyKind::HttpConnect), 3128);
    }
}
