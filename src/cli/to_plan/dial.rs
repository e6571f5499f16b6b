//! The parts of a plan that dialects share: how to dial, and what a session surely has.

use std::ffi::OsStr;
use std::time::Duration;

use crate::cli::option::{Id, Spelling};
use crate::cli::port::{Services, single};
use crate::cli::proxy;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{
    Dial, Host, Pace, PortOrder, Protocol, Proxy, ProxyKind, Session, Telnet, Transport, UnixKind,
};

/// How to dial as OpenBSD's two do: everything but the socket of the Unix domain.
pub fn dial(
    settings: &Settings,
    transport: Transport,
    services: Services<'_>,
) -> Result<Dial, UsageError> {
    let proxy = proxy(settings, services)?;
    Ok(Dial { proxy, ..direct(settings, transport, services)? })
}

/// How to dial without a proxy.
pub fn direct(
    settings: &Settings,
    transport: Transport,
    services: Services<'_>,
) -> Result<Dial, UsageError> {
    Ok(Dial {
        family: settings.family,
        numeric: settings.has(Id::Numeric),
        timeout: limit(settings.wait),
        proxy: None,
        source_address: settings.source_address.clone().map(Host),
        source_port: source_port(settings, transport, services)?.filter(|&port| port != 0),
        random_source_port: false,
        socket: settings.socket.clone(),
        tls: None,
    })
}

/// How to dial a Unix socket or a file.
pub fn local_dial(settings: &Settings) -> Dial {
    Dial {
        numeric: settings.has(Id::Numeric),
        timeout: limit(settings.wait),
        socket: settings.socket.clone(),
        ..Dial::default()
    }
}

/// 0 is no limit.
pub fn limit(time: Option<Duration>) -> Option<Duration> {
    time.filter(|time| !time.is_zero())
}

/// TCP unless told otherwise.
pub fn transport(settings: &Settings) -> Transport {
    // Where both are allowed, openbsd opens a UDP socket.
    const TRANSPORTS: &[(Id, Transport)] = &[
        (Id::Udp, Transport::Udp),
        (Id::Dccp, Transport::Dccp),
        (Id::Sctp, Transport::Sctp),
        (Id::UdpLite, Transport::UdpLite),
    ];
    let asked = TRANSPORTS.iter().find(|(id, _)| settings.has(*id));
    asked.map_or(Transport::Tcp, |(_, transport)| *transport)
}

/// Stream unless told otherwise.
pub fn unix_kind(settings: &Settings) -> UnixKind {
    if settings.has(Id::Udp) { UnixKind::Datagram } else { UnixKind::Stream }
}

/// Whether what is asked for keeps the boundaries of messages.
pub fn protocol(settings: &Settings) -> Protocol {
    transport(settings).protocol()
}

/// `-p`; 0 is any.
pub fn source_port(
    settings: &Settings,
    transport: Transport,
    services: Services<'_>,
) -> Result<Option<u16>, UsageError> {
    let Some(value) = &settings.source_port else { return Ok(None) };
    local_port(value, settings.spelling(Id::SourcePort), transport, services).map(Some)
}

/// A port of our own; 0 is any.
pub fn local_port(
    value: &OsStr,
    option: Option<Spelling>,
    transport: Transport,
    services: Services<'_>,
) -> Result<u16, UsageError> {
    own_port(value, option, 0, transport, services)
}

/// A port of our own where the dialect takes 0 for none.
pub fn real_local_port(
    value: &OsStr,
    option: Option<Spelling>,
    transport: Transport,
    services: Services<'_>,
) -> Result<u16, UsageError> {
    own_port(value, option, 1, transport, services)
}

fn own_port(
    value: &OsStr,
    option: Option<Spelling>,
    least: u16,
    transport: Transport,
    services: Services<'_>,
) -> Result<u16, UsageError> {
    single(value, least, transport, services).map_err(|bad| UsageError::BadLocalPort {
        option,
        value: value.to_owned(),
        problem: bad.problem,
    })
}

fn proxy(settings: &Settings, services: Services<'_>) -> Result<Option<Proxy>, UsageError> {
    let Some(value) = &settings.proxy else { return Ok(None) };
    let kind = settings.proxy_kind.unwrap_or(ProxyKind::Socks5);
    let (host, port) = proxy::address(value, kind, services).map_err(|bad| {
        let option = settings.spelling(Id::Proxy).unwrap_or(Spelling::Short('x'));
        UsageError::BadProxy { option, value: value.clone(), bad }
    })?;
    // SOCKS knows no user there
    let user = settings.proxy_user.clone().filter(|_| kind == ProxyKind::HttpConnect);
    Ok(Some(Proxy { kind, host, port, user, names: crate::plan::ProxyNames::There, via: None }))
}

/// Upward, unless told otherwise.
pub fn order(settings: &Settings) -> PortOrder {
    if settings.has(Id::Randomize) { PortOrder::Random } else { PortOrder::Upward }
}

/// What every dialect's session has of the settings.
pub fn session(settings: &Settings) -> Session {
    Session {
        read_input: !settings.has(Id::NoInput),
        idle_timeout: limit(settings.idle_timeout.or(settings.wait)),
        crlf: settings.has(Id::Crlf),
        telnet: settings.has(Id::Telnet).then_some(Telnet::Requests),
        pace: limit(settings.interval).map(Pace::after_lines),
        receive_limit: settings.receive_limit,
        ..Session::default()
    }
}
