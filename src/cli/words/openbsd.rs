//! netcat-openbsd 1.219's words for usage errors, as measured at the original.
//!
//! getopt's own three messages begin with the whole argv\[0\]; all others with its last part.
//! Foreign bytes are escaped, which the original does not do.

use super::base_name;
use crate::cli::help::OPENBSD_USAGE;
use crate::cli::number::Problem;
use crate::cli::option::Spelling;
use crate::cli::proxy::BadProxy;
use crate::cli::usage_error::{Combination, Quantity, UsageError};
use crate::proto::escape::escape;

/// What is written on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    let name = escape(base_name(program));
    let path = escape(program);
    match error {
        UsageError::UnknownOption(unknown) => {
            let letter = unknown.letter_met();
            format!("{path}: invalid option -- '{letter}'\n{OPENBSD_USAGE}")
        }
        UsageError::MissingValue { option: Spelling::Short(letter), .. } => {
            format!("{path}: option requires an argument -- '{letter}'\n{OPENBSD_USAGE}")
        }
        UsageError::NoArguments | UsageError::Operands | UsageError::NoHost => {
            OPENBSD_USAGE.to_owned()
        }
        other => match sentence(other) {
            Some(sentence) => format!("{name}: {sentence}\n"),
            // What this dialect cannot be told; the default face's words are understood as well.
            None => super::default(other, program),
        },
    }
}

/// What is behind the name, where there is something to say.
pub fn sentence(error: &UsageError) -> Option<String> {
    Some(match error {
        UsageError::BadNumber { quantity, value, problem, .. }
        | UsageError::BadTime { quantity, value, problem, .. } => {
            let problem = adjective(*problem);
            match noun(*quantity) {
                (noun, true) => {
                    format!("{noun} {problem}: {}", escape(value.as_encoded_bytes()))
                }
                (noun, false) => format!("{noun} is {problem}"),
            }
        }
        UsageError::BadTos { value, .. } => {
            format!("illegal tos value {}", escape(value.as_encoded_bytes()))
        }
        UsageError::NoRoutingTables => "no alternate routing table support available".to_owned(),
        UsageError::BadProxyKind { .. } => "unsupported proxy protocol".to_owned(),
        UsageError::MissingPort { .. } => "missing port number".to_owned(),
        UsageError::MissingPath { .. } => "missing socket pathname".to_owned(),
        UsageError::BadPort { bad, .. } => {
            let part = escape(bad.part.as_encoded_bytes());
            format!("port number {}: {part}", adjective(bad.problem))
        }
        UsageError::BadLocalPort { value, problem, .. } => match problem {
            Problem::TooLarge => {
                format!("port number too large: {}", escape(value.as_encoded_bytes()))
            }
            Problem::Invalid | Problem::TooSmall => {
                "getaddrinfo: Servname not supported for ai_socktype".to_owned()
            }
        },
        UsageError::BadProxy { bad, .. } => proxy(bad),
        UsageError::Combination(combination) => self::combination(*combination).to_owned(),
        _ => return None,
    })
}

fn adjective(problem: Problem) -> &'static str {
    match problem {
        Problem::Invalid => "invalid",
        Problem::TooSmall => "too small",
        Problem::TooLarge => "too large",
    }
}

/// The noun, and whether the original shows the value.
fn noun(quantity: Quantity) -> (&'static str, bool) {
    match quantity {
        Quantity::Ttl => ("ttl", false),
        Quantity::MinTtl => ("minttl", false),
        Quantity::ReceiveBuffer => ("TCP receive window", true),
        Quantity::SendBuffer => ("TCP send window", true),
        Quantity::ReceiveLimit => ("receive limit", true),
        Quantity::Interval | Quantity::Delay => ("interval", true),
        Quantity::Wait | Quantity::IdleTimeout => ("timeout", true),
        Quantity::Quit => ("quit timer", true),
    }
}

fn proxy(bad: &BadProxy) -> String {
    match bad {
        BadProxy::NoHost => "missing host in proxy".to_owned(),
        BadProxy::NoBracket => "missing closing bracket in proxy".to_owned(),
        BadProxy::Garbage => "garbage proxy port delimiter".to_owned(),
        BadProxy::Port { host, port } => format!(
            "getaddrinfo for host \"{}\" port {}: Servname not supported for ai_socktype",
            escape(host.as_encoded_bytes()),
            escape(port.as_encoded_bytes()),
        ),
    }
}

fn combination(combination: Combination) -> &'static str {
    match combination {
        Combination::DccpUnix => "cannot use -Z and -U",
        Combination::PortWithUnix => "cannot use port with -U",
        Combination::ScanListen => "cannot use -z and -l",
        Combination::KeepOpenAlone => "must use -l with -k",
        Combination::PassSocketUnix => "cannot use -F and -U",
        Combination::ProxyUdp => "no proxy support for UDP mode",
        Combination::ProxyDccp => "no proxy support for DCCP mode",
        Combination::ProxyListen => "no proxy support for listen",
        Combination::ProxyUnix => "no proxy support for unix sockets",
        Combination::ProxySource => "no proxy support for local source address",
    }
}
