//! Proxies of the default face: one, or a chain of which the first is the nearest.
//!
//! A proxy is `HOST[:PORT]`, or `KIND://[USER[:PASSWORD]@]HOST[:PORT]` with every byte as it is.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::cli::option::{Id, Spelling};
use crate::cli::port::Services;
use crate::cli::proxy::{self, BadProxy};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Proxy, ProxyKind, ProxyNames};

/// Where names of hosts behind a proxy are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// As the proxy's kind does it by itself.
    Usual,
    /// By the proxy.
    Remote,
    /// By us.
    Local,
    /// By us, and by the proxy what we do not find.
    Both,
    /// By nobody: hosts are addresses.
    Nowhere,
}

const WORDS: &[(&str, Lookup)] = &[
    ("remote", Lookup::Remote),
    ("local", Lookup::Local),
    ("both", Lookup::Both),
    ("none", Lookup::Nowhere),
];

/// `--proxy-dns`
pub fn lookup(settings: &Settings) -> Result<Lookup, UsageError> {
    let Some(word) = settings.word(Id::ProxyDns) else { return Ok(Lookup::Usual) };
    match WORDS.iter().find(|(known, _)| word == known) {
        Some((_, lookup)) => Ok(*lookup),
        None => Err(UsageError::BadWord {
            option: Spelling::Long("proxy-dns"),
            value: word.clone(),
            words: WORDS.iter().map(|(word, _)| *word).collect(),
        }),
    }
}

/// The last proxy, with those before it as the ones through which it is reached.
pub fn chain(settings: &Settings, services: Services<'_>) -> Result<Option<Proxy>, UsageError> {
    let several = settings.words(Id::Proxy).count() > 1;
    if let Some(option) =
        settings.spelling(Id::ProxyAuth).or(settings.spelling(Id::ProxyUser)).filter(|_| several)
    {
        return Err(UsageError::UserOfWhichProxy { option });
    }
    let lookup = lookup(settings)?;
    let mut chain = None;
    for value in settings.words(Id::Proxy) {
        let mut proxy = one(settings, value, services)?;
        match (lookup, proxy.kind) {
            (Lookup::Local, ProxyKind::Socks4a) => proxy.kind = ProxyKind::Socks4,
            (Lookup::Local, ProxyKind::Socks5 | ProxyKind::HttpConnect) => {
                proxy.names = ProxyNames::Here;
            }
            (Lookup::Both, ProxyKind::Socks4) => {
                proxy.kind = ProxyKind::Socks4a;
                proxy.names = ProxyNames::HereOrThere;
            }
            (Lookup::Both, _) => proxy.names = ProxyNames::HereOrThere,
            (Lookup::Remote, ProxyKind::Socks4) => proxy.kind = ProxyKind::Socks4a,
            _ => {}
        }
        proxy.via = chain.map(Box::new);
        chain = Some(proxy);
    }
    Ok(chain)
}

fn one(settings: &Settings, value: &OsString, services: Services<'_>) -> Result<Proxy, UsageError> {
    let option = settings.spelling(Id::Proxy).unwrap_or(Spelling::Short('x'));
    let (kind, user, address) = match scheme(value.as_bytes()) {
        Some((word, rest)) => {
            let kind =
                proxy::kind(OsStr::from_bytes(word), proxy::ALL_PROXIES).ok_or_else(|| {
                    UsageError::BadProxyKind { option, value: OsStr::from_bytes(word).to_owned() }
                })?;
            let (user, address) = match rest.iter().rposition(|&byte| byte == b'@') {
                Some(at) => {
                    let (user, address) = rest.split_at(at);
                    let user = proxy::user(OsStr::from_bytes(user));
                    (Some(user), address.get(1..).unwrap_or_default())
                }
                None => (None, rest),
            };
            let address = address.strip_suffix(b"/").unwrap_or(address);
            (kind, user, OsStr::from_bytes(address))
        }
        None => (settings.proxy_kind.unwrap_or(ProxyKind::Socks5), None, value.as_os_str()),
    };
    let user = user.or_else(|| settings.proxy_user.clone());
    let bad = |bad: BadProxy| UsageError::BadProxy { option, value: value.clone(), bad };
    let (host, port) = proxy::address(address, kind, services).map_err(bad)?;
    Ok(Proxy { kind, host, port, user, names: ProxyNames::There, via: None })
}

/// `KIND://REST`
pub fn scheme(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = value.windows(3).position(|three| three == b"://")?;
    let (word, rest) = value.split_at(end);
    Some((word, rest.get(3..)?))
}
