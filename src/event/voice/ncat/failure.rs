//! Ncat's sentences about what ends it.

use std::os::unix::ffi::OsStrExt;

use super::name;
use crate::event::strerror::strerror;
use crate::event::voice::quantity::duration;
use crate::event::voice::{openbsd, tls};
use crate::event::{AccessReason, Error};
use crate::plan::Host;
use crate::proto::access::RuleError;
use crate::proto::escape::escape;

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
