//! Where a listener of the default face is bound: every form that any netcat has.
//!
//! `-l PORT`, `-l ADDR PORT`, `-l -p PORT`, `-l -p PORT ADDR`, `-l -s ADDR -p PORT`. Never a
//! random or customary port that nobody asked for.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::dial::local_port;
use crate::cli::number::digits;
use crate::cli::option::Id;
use crate::cli::port::{Services, list};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Host, Local, Transport, UnixKind, UnixName};

/// A listener's address and port.
pub fn inet(
    settings: &Settings,
    operands: &[OsString],
    transport: Transport,
    services: Services<'_>,
) -> Result<Local, UsageError> {
    let named = settings.source_port.as_ref();
    let (address, port) = match operands {
        [] => (None, named.ok_or(UsageError::MissingPort { host: None, listen: true })?),
        [one] => match named {
            None => (None, one),
            Some(port) if is_number(one) => (None, same_port(port, one)?),
            Some(port) => (Some(one), port),
        },
        [address, port] if is_number(address) => {
            let (first, second) = (address.clone(), Some(port.clone()));
            return Err(UsageError::SeveralPorts { first, second });
        }
        [address, port] => match named {
            None => (Some(address), port),
            Some(named) => (Some(address), same_port(named, port)?),
        },
        [_, _, extra, ..] => return Err(UsageError::ExtraOperand { value: extra.clone() }),
    };
    let host = same_address(settings.source_address.as_ref(), address)?;
    let port = listening_port(settings, port, host.is_some(), transport, services)?;
    Ok(Local::Inet { transport, host: host.map(|host| Host(unbracketed(host))), port })
}

/// A listener's path.
pub fn unix(
    settings: &Settings,
    operands: &[OsString],
    kind: UnixKind,
) -> Result<Local, UsageError> {
    let path = match operands {
        [] => None,
        [path] => Some(path),
        [_, extra, ..] => return Err(UsageError::ExtraOperand { value: extra.clone() }),
    };
    let path = same_address(settings.source_address.as_ref(), path)?;
    let path = path.ok_or(UsageError::MissingPath { listen: true })?;
    Ok(Local::Unix { kind, name: UnixName::parse(path) })
}

/// An IPv6 address may stand in brackets; a name lookup knows it without.
pub fn unbracketed(host: &OsStr) -> OsString {
    match host.as_bytes() {
        [b'[', inner @ .., b']'] if inner.contains(&b':') => OsStr::from_bytes(inner).to_owned(),
        _ => host.to_owned(),
    }
}

fn listening_port(
    settings: &Settings,
    value: &OsString,
    with_address: bool,
    transport: Transport,
    services: Services<'_>,
) -> Result<u16, UsageError> {
    let option =
        settings.spelling(Id::SourcePort).filter(|_| settings.source_port.as_ref() == Some(value));
    local_port(value, option, transport, services).map_err(|error| {
        let begins_with_digit = value.as_bytes().first().is_some_and(u8::is_ascii_digit);
        if begins_with_digit
            && list(value, transport, services).is_ok_and(|ports| !ports.is_empty())
        {
            UsageError::SeveralPorts { first: value.clone(), second: None }
        } else if option.is_none() && !with_address && !begins_with_digit {
            UsageError::MissingPort { host: Some(value.clone()), listen: true }
        } else {
            error
        }
    })
}

fn is_number(value: &OsStr) -> bool {
    digits(value.as_bytes(), 10).is_ok()
}

fn same_port<'a>(one: &'a OsString, other: &'a OsString) -> Result<&'a OsString, UsageError> {
    let equal = one == other
        || digits(one.as_bytes(), 10).is_ok_and(|port| digits(other.as_bytes(), 10) == Ok(port));
    if equal {
        Ok(one)
    } else {
        Err(UsageError::SeveralPorts { first: one.clone(), second: Some(other.clone()) })
    }
}

fn same_address<'a>(
    one: Option<&'a OsString>,
    other: Option<&'a OsString>,
) -> Result<Option<&'a OsString>, UsageError> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => {
            Err(UsageError::SeveralAddresses { first: one.clone(), second: other.clone() })
        }
        (one, other) => match one.or(other) {
            Some(address) if address.is_empty() => Err(UsageError::EmptyHost),
            address => Ok(address),
        },
    }
}
