//! Ncat's sentences about what ends it.

use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;

use super::name;
use crate::event::strerror::strerror;
use crate::event::voice::quantity::duration;
use crate::event::voice::{openbsd, tls};
use crate::event::{AccessReason, Error, ProxyReason, escape};
use crate::plan::{Host, ProxyKind};
use crate::proto::access::RuleError;
use crate::proto::head::HeadError;
use crate::proto::socks4::Socks4Error;
use crate::proto::socks5::{Refusal, Socks5Error};
use crate::proto::target::NameError;

/// The sentence before `QUITTING.`
pub fn quitting(error: &Error) -> String {
    match error {
        Error::Lookup { host: Some(host), reason, .. }
        | Error::LocalLookup { host, listening: true, reason, .. } => {
            could_not_resolve("hostname", host, reason)
        }
        Error::LocalLookup { host, reason, .. } => {
            could_not_resolve("source address", host, reason)
        }
        Error::Lookup { host: None, reason, .. } => {
            format!("Could not resolve hostname: {}.", escape(reason.as_bytes()))
        }
        Error::Bind { local, error } => format!("bind to {}: {}.", name(local), strerror(error)),
        Error::Source { address: Some(address), error } => {
            format!("bind to {address}: {}.", strerror(error))
        }
        Error::Source { address: None, error } => format!("bind: {}.", strerror(error)),
        Error::PathTaken { name, .. } => {
            format!("bind to {}: Address already in use.", escape(&name.display()))
        }
        Error::File { path, error } => {
            format!("can't open {}: {}.", escape(path.as_os_str().as_bytes()), strerror(error))
        }
        Error::Socket(error) => format!("socket: {}.", strerror(error)),
        Error::Option { option, error } => format!("setsockopt {option}: {}.", strerror(error)),
        Error::Password { purpose, error } => {
            format!("no password for the {purpose}: {}.", strerror(error))
        }
        Error::Accept(error) => format!("accept: {}.", strerror(error)),
        Error::NobodyCame { after } => format!("Nobody came within {}.", duration(*after)),
        Error::WrongPeer { peer, .. } => format!("{} is not who is waited for.", name(peer)),
        Error::TlsSetting(error) => format!("{error}."),
        Error::ExpiresSoon { index, until, now } => {
            format!("{}.", tls::expires_soon(*index, *until, *now))
        }
        Error::NotBuilt { what } => format!("built without {what}."),
        Error::PassSocket(error) => format!("sendmsg: {}.", strerror(error)),
        Error::Start(error) => format!("{}.", strerror(error)),
        Error::Lint(error) => format!("{error}."),
        Error::RequestFile { .. } | Error::Answer(_) | Error::InputText(_) => {
            format!("{}.", openbsd::sentence(error).unwrap_or_default())
        }
        // said elsewhere
        _ => String::new(),
    }
}

/// That a host has no address.
pub fn could_not_resolve(what: &str, host: &Host, reason: &str) -> String {
    let (host, reason) = (escape(host.as_bytes()), escape(reason.as_bytes()));
    format!("Could not resolve {what} \"{host}\": {reason}.")
}

/// What is wrong with a rule about who is let in. What is no address is a name to it.
pub fn broken_rule(rule: &[u8], reason: &AccessReason) -> String {
    let rule = escape(rule);
    match reason {
        AccessReason::Rule { error: RuleError::Bits | RuleError::TooManyBits(_), .. } => {
            format!("Illegal netmask in \"{rule}\". Must be smaller than address bit length.")
        }
        AccessReason::Rule { .. } => {
            format!("Error resolving name \"{rule}\": Name or service not known")
        }
        AccessReason::Lookup(reason) => {
            format!("Error resolving name \"{rule}\": {}", escape(reason.as_bytes()))
        }
        AccessReason::File(error) => format!("{rule}: {}", strerror(error)),
    }
}

/// Why a proxy that speaks `kind` did not open the way.
pub fn proxy(reason: &ProxyReason, kind: ProxyKind) -> String {
    match reason {
        ProxyReason::Status { status, .. } => format!("Proxy returned status code {status}."),
        ProxyReason::TooManyAuthenticationFailures => "Proxy returned status code 407.".to_owned(),
        ProxyReason::Socks4(Socks4Error::Refused(_)) => "Proxy connection failed.".to_owned(),
        ProxyReason::Socks4(Socks4Error::Ipv6(_)) => {
            "Error: IPv6 addresses are not supported with Socks4.".to_owned()
        }
        ProxyReason::Socks5(Socks5Error::Refused(why)) => {
            let words = match why {
                Refusal::General => "general SOCKS server failure".to_owned(),
                Refusal::NotAllowed => "connection not allowed by ruleset".to_owned(),
                Refusal::Unknown(_) => "unassigned value in the reply".to_owned(),
                other => other.to_string(),
            };
            format!("Error: {words}.")
        }
        ProxyReason::Socks5(Socks5Error::NoMethod) => {
            "Error: no acceptable authentication method proposed.".to_owned()
        }
        ProxyReason::Socks5(Socks5Error::Authentication(_)) => {
            "Error: authentication failed.".to_owned()
        }
        ProxyReason::Socks5(Socks5Error::Version(_)) => {
            "Error: wrong SOCKS version in connect response.".to_owned()
        }
        ProxyReason::Lookup { host, .. } => {
            format!("Error: Failed to resolve host {} locally.", escape(host.as_bytes()))
        }
        ProxyReason::Name(NameError::TooLong(_)) => "Error: host name too long.".to_owned(),
        ProxyReason::Socks5(Socks5Error::Method(_)) => {
            "Error: proxy selected invalid authentication method.".to_owned()
        }
        ProxyReason::Head(HeadError::NotHttp | HeadError::Status(_)) => {
            "Error: what the proxy returned is not HTTP.".to_owned()
        }
        ProxyReason::Head(HeadError::HeadTooLong | HeadError::TooManyHeaders) => {
            "Error reading proxy response header.".to_owned()
        }
        ProxyReason::Head(_) => "Error reading proxy response Status-Line.".to_owned(),
        ProxyReason::Io(error)
            if error.kind() == ErrorKind::UnexpectedEof && kind == ProxyKind::HttpConnect =>
        {
            "Error reading proxy response Status-Line.".to_owned()
        }
        ProxyReason::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            "Error: short response from proxy.".to_owned()
        }
        ProxyReason::Io(error) => format!("Error: reading from proxy: {}.", strerror(error)),
        // what it would send, or has no words for
        ProxyReason::Socks4(error) => format!("Error: {error}."),
        ProxyReason::Socks5(error) => format!("Error: {error}."),
        ProxyReason::Name(error) => format!("Error: {error}."),
        ProxyReason::Credentials(error) => format!("Error: {error}."),
    }
}
