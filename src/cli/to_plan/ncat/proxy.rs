//! Ncat's proxies: the one to connect through, and the one to be.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;

use super::refusals::Asked;
use super::values::{ProxyDns, refused};
use crate::cli::number::decimal;
use crate::cli::option::Id;
use crate::cli::proxy::{default_port, is_ipv6, user};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Host, Inet, Proxy, ProxyKind, ProxyNames};

/// User and password, or a user alone.
type User = (OsString, Option<OsString>);

/// What a proxy may speak. The figures are words of the original as well, which then does nothing.
const KINDS: &[(&str, ProxyKind)] = &[
    ("http", ProxyKind::HttpConnect),
    ("socks4", ProxyKind::Socks4a),
    ("4", ProxyKind::Socks4a),
    ("socks5", ProxyKind::Socks5),
    ("5", ProxyKind::Socks5),
];

/// The proxy to connect through, if there is one; also whether its type may be named without it.
pub fn client(
    settings: &Settings,
    asked: Asked,
    dns: ProxyDns,
) -> Result<Option<Proxy>, UsageError> {
    let word = settings.word(Id::ProxyKind).map(OsString::as_os_str);
    let Some(address) = &settings.proxy else {
        return match word {
            None => Ok(None),
            Some(_) if !asked.listen => Err(UsageError::Refused(
                "Proxy type (--proxy-type) specified without proxy address (--proxy).",
            )),
            Some(word) if word == "http" => Ok(None),
            Some(word) => Err(refused(
                "Invalid proxy type \"",
                word,
                "\"; Ncat proxy server only supports \"http\".",
            )),
        };
    };
    let word = word.unwrap_or(OsStr::new("http"));
    let kind = KINDS.iter().find(|(name, _)| word == *name);
    let kind = kind.ok_or_else(|| refused("Invalid proxy type \"", word, "\"."))?.1;
    let (host, port) = split(address)?;
    let port = match port {
        Some(port) => number(port)?,
        None => default_port(kind),
    };
    if host.is_empty() {
        return Err(refused("Could not resolve proxy \"", host, "\": Name or service not known."));
    }
    if asked.listen {
        return Err(UsageError::Refused("Invalid option combination: --proxy and -l."));
    }
    let names = match dns {
        ProxyDns::None | ProxyDns::Local => ProxyNames::Here,
        ProxyDns::Remote => ProxyNames::There,
        ProxyDns::Both => ProxyNames::HereOrThere,
    };
    let local = names == ProxyNames::Here;
    Ok(Some(Proxy {
        kind: if kind == ProxyKind::Socks4a && local { ProxyKind::Socks4 } else { kind },
        host: Host(host.to_owned()),
        port,
        user: given_user(settings).map(|given| for_kind(kind, given)).transpose()?,
        names,
        via: None,
    }))
}

/// With `--proxy-dns none` only an address will do.
pub fn check_target(target: &Inet, dns: ProxyDns) -> Result<(), UsageError> {
    let host = target.host.as_os_str();
    let literal = host.to_str().is_some_and(|host| host.parse::<IpAddr>().is_ok())
        || is_ipv6(host.as_bytes());
    if dns == ProxyDns::None && !literal {
        return Err(refused("Error: Failed to resolve host ", host, " locally."));
    }
    Ok(())
}

/// Whom a proxy of ours lets in.
pub fn credentials(settings: &Settings) -> Result<Option<(OsString, OsString)>, UsageError> {
    match given_user(settings) {
        None => Ok(None),
        Some((user, Some(password))) => Ok(Some((user, password))),
        // nobody could ever match it
        Some((_, None)) => {
            Err(UsageError::Refused("A proxy server's --proxy-auth is USER:PASSWORD."))
        }
    }
}

fn given_user(settings: &Settings) -> Option<User> {
    let environment = settings.environment_proxy_auth.as_deref().filter(|auth| !auth.is_empty());
    settings.proxy_user.clone().or_else(|| environment.map(user))
}

/// No password is asked for: what was not given is empty, or an error.
fn for_kind(kind: ProxyKind, (user, password): User) -> Result<User, UsageError> {
    match (kind, password) {
        // SOCKS4 knows one word for both
        (ProxyKind::Socks4 | ProxyKind::Socks4a, Some(password)) => {
            let mut whole = user;
            whole.push(":");
            whole.push(password);
            Ok((whole, None))
        }
        (ProxyKind::Socks5, None) => {
            Err(UsageError::Refused("Error: invalid username:password combo."))
        }
        (ProxyKind::HttpConnect, None) => Ok((user, Some(OsString::new()))),
        (_, password) => Ok((user, password)),
    }
}

/// `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT`, or an IPv6 address alone.
fn split(address: &OsStr) -> Result<(&OsStr, Option<&OsStr>), UsageError> {
    let text = address.as_bytes();
    let bad = || refused("Invalid proxy IPv6 address \"", address, "\".");
    if let Some(inner) = text.strip_prefix(b"[") {
        let end = inner.iter().position(|&byte| byte == b']').ok_or_else(bad)?;
        let (host, rest) = inner.split_at(end);
        return match rest {
            [_] => Ok((OsStr::from_bytes(host), None)),
            [_, b':', port @ ..] => Ok((OsStr::from_bytes(host), Some(OsStr::from_bytes(port)))),
            _ => Err(bad()),
        };
    }
    match text.iter().position(|&byte| byte == b':') {
        Some(colon) if !text.iter().skip(colon + 1).any(|&byte| byte == b':') => {
            let (host, port) = text.split_at(colon);
            Ok((OsStr::from_bytes(host), port.get(1..).map(OsStr::from_bytes)))
        }
        _ => Ok((address, None)),
    }
}

fn number(port: &OsStr) -> Result<u16, UsageError> {
    let number = decimal(port, 1, i64::from(u16::MAX)).ok();
    number
        .and_then(|port| u16::try_from(port).ok())
        .ok_or_else(|| refused("Invalid proxy port number \"", port, "\"."))
}
