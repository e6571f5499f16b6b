//! Ncat's operands: a host and a port, either of which may be missing.
//!
//! A first operand of digits is a port. `-l -p PORT ADDR` listens at port 31337 of that address,
//! as the original does.

use std::ffi::{OsStr, OsString};

use super::inet;
use super::refusals::Asked;
use super::values::{Values, is_port, refused};
use crate::cli::number::decimal;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Host, Local, Remote, Transport, UnixKind, UnixName};

/// The port where none is given.
const PORT: u16 = 31337;

/// The port of a proxy server where none is given.
const PROXY_PORT: u16 = 3128;

/// Where to listen, or where to connect.
pub enum Ends {
    /// A listener's end.
    Local(Local),
    /// A client's end.
    Remote(Remote),
}

/// Reads the operands.
pub fn read(
    settings: &Settings,
    asked: Asked,
    values: &Values,
    operands: &[OsString],
) -> Result<Ends, UsageError> {
    if asked.unix() {
        return unix(settings, asked, operands);
    }
    if asked.is_inet() {
        return internet(asked, values, operands);
    }
    vsock(settings, asked, values, operands)
}

fn unix(settings: &Settings, asked: Asked, operands: &[OsString]) -> Result<Ends, UsageError> {
    let path = match operands {
        [path, ..] if !path.is_empty() => UnixName::Path(path.into()),
        _ => return Err(UsageError::MissingPath { listen: asked.listen }),
    };
    match operands {
        [_, _, _, ..] => return Err(several(None, operands.get(1..).unwrap_or_default())),
        // a port is read, and says nothing
        [_, port] => {
            let _: u16 = number(port)?;
        }
        _ => {}
    }
    let datagrams = asked.transport == Transport::Udp;
    let kind = if datagrams { UnixKind::Datagram } else { UnixKind::Stream };
    if asked.listen {
        return Ok(Ends::Local(Local::Unix { kind, name: path }));
    }
    // for streams it has no effect
    let source = settings.source_address.as_ref().filter(|_| datagrams);
    let source = source.map(|path| UnixName::Path(path.into()));
    Ok(Ends::Remote(Remote::Unix { kind, name: path, source }))
}

fn internet(asked: Asked, values: &Values, operands: &[OsString]) -> Result<Ends, UsageError> {
    let (host, ports) = match operands {
        [first, rest @ ..] if !is_port(first) => (Some(first), rest),
        _ => (None, operands),
    };
    if !asked.listen {
        let host = host.ok_or(UsageError::NoHost)?;
        let port = one_port(None, ports)?.unwrap_or(PORT);
        return Ok(Ends::Remote(Remote::Inet(inet(asked.transport, host, port))));
    }
    let own = values.port.filter(|_| host.is_none() || !ports.is_empty());
    let customary = if asked.proxy_server() { PROXY_PORT } else { PORT };
    let port = one_port(own, ports)?.unwrap_or(customary);
    // a proxy server speaks TCP
    let transport = if asked.proxy_server() { Transport::Tcp } else { asked.transport };
    Ok(Ends::Local(Local::Inet { transport, host: host.cloned().map(Host), port }))
}

fn vsock(
    settings: &Settings,
    asked: Asked,
    values: &Values,
    operands: &[OsString],
) -> Result<Ends, UsageError> {
    if let Some(source) = &settings.source_address {
        context(source).ok_or_else(|| refused("Invalid source address CID \"", source, "\"."))?;
    }
    let (cid, ports) = match operands {
        [_] if asked.listen => (None, operands),
        [cid, ports @ ..] => (Some(cid), ports),
        [] => (None, operands),
    };
    let cid = cid
        .map(|cid| context(cid).ok_or_else(|| refused("Invalid CID \"", cid, "\".")))
        .transpose()?;
    if asked.listen {
        let port = one_port(values.port, ports)?.unwrap_or(u32::from(PORT));
        return Ok(Ends::Local(Local::Vsock { cid, port }));
    }
    let cid = cid.ok_or(UsageError::NoHost)?;
    if let (Some(port), None) = (values.port.filter(|&port| port != 0), values.own_port()) {
        let port = OsString::from(port.to_string());
        return Err(refused("Invalid source port ", &port, "."));
    }
    let port = one_port(None, ports)?.unwrap_or(u32::from(PORT));
    Ok(Ends::Remote(Remote::Vsock { cid, port }))
}

fn context(value: &OsStr) -> Option<u32> {
    decimal(value, 0, i64::from(u32::MAX)).ok().and_then(|cid| u32::try_from(cid).ok())
}

/// The port of the operands, or else our own.
fn one_port<N: TryFrom<i64> + TryFrom<u32>>(
    own: Option<u32>,
    ports: &[OsString],
) -> Result<Option<N>, UsageError> {
    match (own, ports) {
        (own, []) => Ok(own.and_then(|port| N::try_from(port).ok())),
        (None, [port]) => number(port).map(Some),
        (own, ports) => Err(several(own, ports)),
    }
}

fn several(own: Option<u32>, ports: &[OsString]) -> UsageError {
    let mut all: Vec<OsString> = own.map(|port| port.to_string().into()).into_iter().collect();
    all.extend_from_slice(ports);
    refused("Got more than one port specification: ", &all.join(OsStr::new(" ")), ".")
}

fn number<N: TryFrom<i64>>(port: &OsStr) -> Result<N, UsageError> {
    let number = decimal(port, 0, i64::from(u32::MAX)).ok();
    number
        .and_then(|port| N::try_from(port).ok())
        .ok_or_else(|| refused("Invalid port number \"", port, "\"."))
}
