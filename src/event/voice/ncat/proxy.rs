//! Ncat's sentences on the way through a proxy.

use std::io::ErrorKind;
use std::net::IpAddr;

use crate::event::strerror::strerror;
use crate::event::{ProxyReason, ProxyStep, Target};
use crate::plan::ProxyKind;
use crate::proto::escape::escape;
use crate::proto::head::HeadError;
use crate::proto::socks4::Socks4Error;
use crate::proto::socks5::{Refusal, Socks5Error};
use crate::proto::target::NameError;

/// What it says of a step; of one that speaks HTTP less.
pub fn towards(kind: ProxyKind, step: &ProxyStep) -> Option<String> {
    match step {
        ProxyStep::Reached(Some(address)) if kind != ProxyKind::HttpConnect => {
            Some(format!("Connected to proxy {address}"))
        }
        ProxyStep::Reached(_) => None,
        ProxyStep::Authentication { wanted: true } => {
            Some("Doing username and password authentication.".to_owned())
        }
        ProxyStep::Authentication { wanted: false } => Some("No authentication needed.".to_owned()),
        ProxyStep::Asking { target, looked_up: Some(address) } => {
            let host = escape(target.host.as_bytes());
            Some(format!("Host {host} locally resolved to {address}."))
        }
        ProxyStep::Asking { target, looked_up: None } => {
            let host = str::from_utf8(target.host.as_bytes()).map(str::parse::<IpAddr>);
            (!matches!(host, Ok(Ok(_)))).then(|| asked_by_name(target))
        }
    }
}

/// That the proxy looks a name up.
pub fn asked_by_name(target: &Target) -> String {
    format!("Host {} will be resolved by the proxy.", escape(target.host.as_bytes()))
}

/// Why a proxy that speaks `kind` did not open the way.
pub fn refusal(reason: &ProxyReason, kind: ProxyKind) -> String {
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
