//! `nc cert`: the word before a host that asks for its certificates.
//!
//! It is a word only where what follows can be no port, so that a host of that name stays in
//! reach; `nc -- cert 443` is always the host.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use super::word::{CERT, is_port};
use super::{Operands, dial, tls, unix_kind, vsock};
use crate::cli::option::{Id, Spelling};
use crate::cli::port::{Services, single};
use crate::cli::settings::Settings;
use crate::cli::to_plan::dial::{limit, local_dial};
use crate::cli::to_plan::exclusive;
use crate::cli::to_plan::listen::unbracketed;
use crate::cli::usage_error::UsageError;
use crate::cli::{clash, time};
use crate::plan::{
    CertificateCheck, Dial, Host, Inet, PortList, PortRange, Remote, Transport, UnixName,
};

/// How long it all may take, unless `-w` says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// The operands behind the word, where it is one.
pub fn asked<'a>(
    settings: &Settings,
    operands: &'a Operands,
    services: Services<'_>,
) -> Result<Option<&'a [OsString]>, UsageError> {
    CERT.behind(settings, operands, |behind| match behind {
        // a path alone, a machine and its port
        behind if settings.has(Id::Unix) => !behind.is_empty(),
        behind if settings.has(Id::Vsock) => behind.len() > 1,
        [next, ..] => !is_port(next, services),
        [] => false,
    })
}

/// `cert HOST:PORT`, `cert HOST PORT`, `cert tls://HOST:PORT`, `cert starttls+KIND://HOST[:PORT]`,
/// `cert -U PATH`
pub fn check(
    settings: &Settings,
    operands: &[OsString],
    services: Services<'_>,
) -> Result<CertificateCheck, UsageError> {
    CERT.refuse_others(settings)?;
    exclusive::refuse(settings)?;
    let schemed = match operands {
        [one, rest @ ..] => match (tls::schemed(one)?, rest) {
            (Some(_), [extra, ..]) => {
                return Err(UsageError::ExtraOperand { value: extra.clone() });
            }
            (schemed, _) => schemed,
        },
        [] => None,
    };
    let scheme = schemed.as_ref();
    let (remote, dial) = if settings.has(Id::Unix) {
        (unix(settings, operands)?, local_dial(settings))
    } else if settings.has(Id::Vsock) {
        (vsock::remote(settings, operands)?, local_dial(settings))
    } else {
        let operands = scheme.map_or(operands, |schemed| schemed.operands.as_slice());
        let remote = Remote::Inet(inet(settings, operands, services)?);
        (remote, dial(settings, Transport::Tcp, services)?)
    };
    Ok(CertificateCheck {
        remote,
        dial: Dial {
            timeout: limit(Some(settings.wait.unwrap_or(PATIENCE))),
            tls: Some(tls::of_check(settings, scheme)?),
            ..dial
        },
        warn: settings.word(Id::Warn).map(|value| warn(value)).transpose()?,
        pem: settings.word(Id::Pem).map(|value| file(value)).transpose()?,
    })
}

fn unix(settings: &Settings, operands: &[OsString]) -> Result<Remote, UsageError> {
    if let Some(option) = settings.spelling(Id::SourceAddress) {
        let (first, second) = (Spelling::Short('U'), option);
        let why = "certificates are shown on a stream, which has no socket of its own";
        return Err(UsageError::Exclusive { first, second, why });
    }
    match operands {
        [path] if !path.is_empty() => Ok(Remote::Unix {
            kind: unix_kind(settings),
            name: UnixName::parse(path),
            source: None,
        }),
        [] | [_] => Err(UsageError::MissingPath { listen: false }),
        [_, extra, ..] => Err(UsageError::ExtraOperand { value: extra.clone() }),
    }
}

fn inet(
    settings: &Settings,
    operands: &[OsString],
    services: Services<'_>,
) -> Result<Inet, UsageError> {
    let missing = |host: &OsStr| UsageError::MissingPort {
        host: Some(host.to_owned()).filter(|host| !host.is_empty()),
        listen: false,
    };
    let (host, port) = match operands {
        [] => return Err(UsageError::NoHost),
        [both] => split(both).ok_or_else(|| missing(both))?,
        [host, port] if split(host).is_none() => (host.as_os_str(), port.as_os_str()),
        [_, extra] | [_, _, extra, ..] => {
            return Err(UsageError::ExtraOperand { value: extra.clone() });
        }
    };
    let host = unbracketed(host);
    if host.is_empty() {
        return Err(UsageError::EmptyHost);
    }
    let number = single(port, 1, Transport::Tcp, services).map_err(|bad| UsageError::BadPort {
        argument: port.to_owned(),
        bad,
        clash: clash::find(settings, operands),
    })?;
    let ports = PortList(vec![PortRange::single(number)]);
    Ok(Inet { transport: Transport::Tcp, host: Host(host), ports })
}

/// `HOST:PORT`; an IPv6 address stands in brackets, for it has colons of its own.
fn split(both: &OsStr) -> Option<(&OsStr, &OsStr)> {
    let bytes = both.as_bytes();
    let colon = bytes.iter().rposition(|&byte| byte == b':')?;
    let (host, port) = (&bytes[..colon], &bytes[colon + 1..]);
    let bracketed = host.starts_with(b"[") && host.ends_with(b"]");
    let whole = (bracketed || !host.contains(&b':')) && !port.is_empty();
    whole.then_some((OsStr::from_bytes(host), OsStr::from_bytes(port)))
}

/// A number of seconds that was meant for days would warn of nothing: it says what it counts.
fn warn(value: &OsStr) -> Result<Duration, UsageError> {
    time::long(value).map_err(|_| UsageError::RefusedValue {
        before: "option --warn: \"",
        value: value.to_owned(),
        after: "\" is no time with a unit (try 21d or 12h; at most 36500d)",
    })
}

fn file(value: &OsStr) -> Result<PathBuf, UsageError> {
    if value.is_empty() || value == "-" {
        return Err(UsageError::RefusedValue {
            before: "option --pem: \"",
            value: value.to_owned(),
            after: "\" is no file that can be made",
        });
    }
    Ok(PathBuf::from(value))
}
