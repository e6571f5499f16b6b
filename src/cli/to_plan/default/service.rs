//! What a listener does with its clients, who they may be, and how many: `-e` and its kin,
//! `--broker`, `--chat`, `-l --proxy-type`, `-L`, `--allow`, `--max-conns`.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use super::super::dial::{limit, local_port, transport};
use super::super::listen::unbracketed;
use super::program::program;
use super::{chain, tls};
use crate::cli::number::digits;
use crate::cli::option::{Id, Spelling};
use crate::cli::port::{Services, single};
use crate::cli::proxy;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{
    Access, AccessSource, Clients, Dial, Host, Inet, PortList, PortRange, ProxyKind, ProxyServer,
    ProxySpeech, Service, Transport, Tunnel,
};

/// How long there has to be nothing to hear for a broker's client that has finished sending before
/// it is done. What the others say has no end, so that a client which waits for one, as most do,
/// would never come back; Ncat's broker parts with it at once.
pub const HEARD_OUT: Duration = Duration::from_secs(2);

/// Whether a listener is asked for: a broker is one without `-l` too, as Ncat's.
pub fn listens(settings: &Settings) -> bool {
    settings.has(Id::Listen) || settings.has(Id::Broker)
}

/// Whether a proxy is to be served rather than used.
pub fn serves_proxy(settings: &Settings) -> bool {
    listens(settings)
        && settings.has(Id::ProxyKind)
        && !settings.has(Id::Proxy)
        && !settings.has(Id::Tunnel)
}

/// What is done with the clients.
pub fn service(settings: &Settings, services: Services<'_>) -> Result<Service, UsageError> {
    if serves_proxy(settings) {
        return proxy_server(settings).map(Service::Proxy);
    }
    if let Some(target) = settings.word(Id::Tunnel) {
        return tunnel(settings, target, services).map(Service::Tunnel);
    }
    if settings.has(Id::Chat) {
        return Ok(Service::Chat);
    }
    if settings.has(Id::Broker) {
        return Ok(Service::Broker);
    }
    Ok(program(settings)?.map_or(Service::Streams, Service::Program))
}

/// How many clients are served: what passes clients on serves all of them.
pub fn clients(settings: &Settings, service: &Service) -> Clients {
    match service {
        Service::Streams | Service::Program(_) if !settings.has(Id::KeepOpen) => Clients::One,
        _ => Clients::AtOnce,
    }
}

fn proxy_server(settings: &Settings) -> Result<ProxyServer, UsageError> {
    let speaks = match settings.proxy_kind {
        Some(ProxyKind::HttpConnect) => ProxySpeech::Http,
        _ => ProxySpeech::Socks,
    };
    let credentials = match settings.proxy_user.clone() {
        None => None,
        Some((user, Some(password))) => Some((user, password)),
        Some((value, None)) => {
            return Err(UsageError::RefusedValue {
                before: "option --proxy-auth: \"",
                value,
                after: "\" has no password (USER:PASS)",
            });
        }
    };
    let dial = Dial {
        numeric: settings.has(Id::Numeric),
        timeout: limit(settings.wait),
        ..Dial::default()
    };
    Ok(ProxyServer { speaks, credentials, dial })
}

fn tunnel(
    settings: &Settings,
    value: &OsStr,
    services: Services<'_>,
) -> Result<Tunnel, UsageError> {
    let option = settings.spelling(Id::Tunnel).unwrap_or(Spelling::Short('L'));
    let transport = match transport(settings) {
        Transport::Udp if !settings.has(Id::Unix) => Transport::Udp,
        _ => Transport::Tcp,
    };
    let bad = || UsageError::NoTunnelTarget { option, value: value.to_owned() };
    let schemed = tls::schemed(value)?;
    let over_udp = transport == Transport::Udp;
    let fits = schemed.as_ref().is_none_or(|schemed| schemed.datagrams == over_udp);
    let (host, port) = match schemed.as_ref().map(|schemed| schemed.operands.as_slice()) {
        None => host_and_port(value).ok_or_else(bad)?,
        Some([host, port]) if fits => (host.as_os_str(), port.as_os_str()),
        Some(_) => return Err(bad()),
    };
    let port = single(port, 1, transport, services).map_err(|_| bad())?;
    let own_port = match settings.word(Id::TunnelPort) {
        Some(port) => {
            let option = settings.spelling(Id::TunnelPort);
            Some(local_port(port, option, transport, services)?).filter(|&port| port != 0)
        }
        None => None,
    };
    let nowhere = chain::lookup(settings)? == chain::Lookup::Nowhere;
    Ok(Tunnel {
        target: Inet {
            transport,
            host: Host(unbracketed(host)),
            ports: PortList(vec![PortRange::single(port)]),
        },
        dial: Dial {
            numeric: settings.has(Id::Numeric) || nowhere,
            timeout: limit(settings.wait),
            proxy: chain::chain(settings, services)?,
            source_address: settings.word(Id::TunnelSource).cloned().map(Host),
            source_port: own_port,
            tls: match &schemed {
                Some(schemed) => Some(tls::of_tunnel(settings, schemed)?),
                None => None,
            },
            ..Dial::default()
        },
    })
}

/// `HOST:PORT`; an IPv6 address stands in brackets.
fn host_and_port(value: &OsStr) -> Option<(&OsStr, &OsStr)> {
    let bytes = value.as_bytes();
    let colon = bytes.iter().rposition(|&byte| byte == b':')?;
    let (host, port) = bytes.split_at(colon);
    let bracketed = host.starts_with(b"[") && host.ends_with(b"]");
    let plain = !host.is_empty() && (bracketed || !host.contains(&b':')) && !proxy::is_ipv6(bytes);
    plain.then_some((OsStr::from_bytes(host), OsStr::from_bytes(port.get(1..)?)))
}

/// Who is let in. The rules are read where the files are.
pub fn access(settings: &Settings) -> Access {
    let sources = |list, file| {
        let lists = settings.words(list).cloned().map(AccessSource::List);
        let files = settings.words(file).map(PathBuf::from).map(AccessSource::File);
        lists.chain(files).collect()
    };
    Access {
        allow: sources(Id::Allow, Id::AllowFile),
        deny: sources(Id::Deny, Id::DenyFile),
        only: None,
    }
}

/// `--max-conns`
pub fn most_clients(settings: &Settings) -> Result<Option<NonZeroUsize>, UsageError> {
    let Some(value) = settings.word(Id::MostClients) else { return Ok(None) };
    let number = digits(value.as_bytes(), 10).ok().and_then(|number| u32::try_from(number).ok());
    match number.and_then(|number| NonZeroUsize::new(usize::try_from(number).ok()?)) {
        Some(number) => Ok(Some(number)),
        None => Err(UsageError::RefusedValue {
            before: "option --max-conns: \"",
            value: value.clone(),
            after: "\" is no number of clients (1 to 4294967295)",
        }),
    }
}
