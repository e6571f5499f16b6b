//! What does not go together in the default face, as rows: two options and the reason.

use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;

const EXCLUSIVE: &[(Id, Id, &str)] = &[
    (Id::Scan, Id::Listen, "a scan connects, a listener waits"),
    (Id::Scan, Id::PassSocket, "a scan leaves no connection to pass on"),
    (Id::Scan, Id::File, "a file has no ports"),
    (Id::Listen, Id::PassSocket, "only a connection that we make is passed on"),
    (Id::Listen, Id::Proxy, "a proxy is for connecting"),
    (Id::Listen, Id::File, "nobody connects to a file"),
    (Id::Udp, Id::Dccp, "they are two protocols"),
    (Id::Udp, Id::Proxy, "a proxy carries TCP"),
    (Id::Dccp, Id::Proxy, "a proxy carries TCP"),
    (Id::Unix, Id::Proxy, "a Unix socket is on this machine"),
    (Id::Unix, Id::Dccp, "a Unix socket is none of the internet's"),
    (Id::Unix, Id::PassSocket, "only a socket of the internet is passed on"),
    (Id::Unix, Id::SourcePort, "a Unix socket has no port"),
    (Id::Unix, Id::Ipv4, "a Unix socket is none of the internet's"),
    (Id::Unix, Id::Ipv6, "a Unix socket is none of the internet's"),
    (Id::Unix, Id::File, "they are two ends"),
    (Id::File, Id::Udp, "a file is no network"),
    (Id::File, Id::Dccp, "a file is no network"),
    (Id::File, Id::Proxy, "a file is no network"),
    (Id::File, Id::PassSocket, "a file is no socket"),
    (Id::File, Id::SourcePort, "a file has no port"),
    (Id::File, Id::SourceAddress, "a file has no address"),
    (Id::Md5, Id::Udp, "only TCP is signed"),
    (Id::Md5, Id::Dccp, "only TCP is signed"),
    (Id::Md5, Id::Unix, "only TCP is signed"),
    (Id::Md5, Id::File, "only TCP is signed"),
    (Id::NoShutdown, Id::QuitAfter, "leaving begins with telling the peer that the input ended"),
];

const NEEDS: &[(Id, Id, &str)] = &[
    (Id::ProxyKind, Id::Proxy, "a proxy (-x HOST[:PORT])"),
    (Id::ProxyUser, Id::Proxy, "a proxy (-x HOST[:PORT])"),
    (Id::ProxyAuth, Id::Proxy, "a proxy (-x HOST[:PORT])"),
];

/// Refuses the first combination of the rows that was asked for.
pub fn refuse(settings: &Settings) -> Result<(), UsageError> {
    for (first, second, why) in EXCLUSIVE {
        if let (Some(first), Some(second)) = (settings.spelling(*first), settings.spelling(*second))
        {
            return Err(UsageError::Exclusive { first, second, why });
        }
    }
    for (id, other, needed) in NEEDS {
        if let Some(option) = settings.spelling(*id).filter(|_| !settings.has(*other)) {
            return Err(UsageError::Needs { option, needed });
        }
    }
    Ok(())
}
