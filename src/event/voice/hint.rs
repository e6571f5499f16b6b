//! What to do next, for somebody who sees an error for the first time.
//!
//! A few words behind the error's own, said only where they can be right for everybody.

use std::io::ErrorKind;

use crate::event::{Error, Failure, ProxyReason};
use crate::proto::lint::AnswerFault;
use crate::proto::socks5::Socks5Error;

/// The hint for an error, if there is one.
pub fn of(error: &Error) -> Option<&'static str> {
    match error {
        Error::NotConnected { failure, .. } => find(FAILURES, failure),
        Error::Lookup { reason, .. } | Error::LocalLookup { reason, .. } => {
            find(LOOKUPS, &reason.as_str())
        }
        Error::Source { error, .. } | Error::Bind { error, .. } => find(BINDS, &error.kind()),
        Error::Unix { error, .. } => find(UNIX, &error.kind()),
        Error::Proxy {
            reason:
                ProxyReason::Status { status: 407, .. } | ProxyReason::Socks5(Socks5Error::NoMethod),
            ..
        } => Some("it wants a user and password: -P USER"),
        // an alert of TLS
        Error::Answer(AnswerFault::NotHttp { text }) if text.starts_with(&[0x15, 3]) => {
            Some("that port speaks TLS: https://")
        }
        _ => None,
    }
}

/// The hint for the ways in which a connection is not made.
pub fn of_failure(failure: Failure) -> Option<&'static str> {
    find(FAILURES, &failure)
}

fn find<K: PartialEq>(hints: &[(K, &'static str)], key: &K) -> Option<&'static str> {
    hints.iter().find(|(known, _)| known == key).map(|(_, hint)| *hint)
}

const FAILURES: &[(Failure, &str)] = &[
    (Failure::Refused, "nothing listens on that port"),
    (Failure::TimedOut, "no answer: the machine is off, or a firewall drops what we send"),
    (Failure::Unreachable, "no way there: check the address and your own network"),
];

const LOOKUPS: &[(&str, &str)] = &[
    ("Name or service not known", "check the spelling"),
    ("No address associated with hostname", "the name exists, but no address of this family"),
    ("Address family for hostname not supported", "the address is not of the family asked for"),
    ("Temporary failure in name resolution", "no name server answered: is the network up?"),
];

const BINDS: &[(ErrorKind, &str)] = &[
    (ErrorKind::AddrInUse, "another program has this port"),
    (ErrorKind::AddrNotAvailable, "not an address of this machine"),
    (ErrorKind::PermissionDenied, "the system reserves this port for administrators"),
];

const UNIX: &[(ErrorKind, &str)] = &[
    (ErrorKind::ConnectionRefused, "nobody listens on it any more"),
    (ErrorKind::NotFound, "is the server running?"),
];
