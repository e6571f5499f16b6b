//! OpenBSD's own nc: as Debian's in what it does, stricter in what it takes.
//!
//! One port argument; `-l [ADDR] PORT` and no other form. Different on purpose: ports beyond 65535
//! are refused everywhere, and a port behind the path of `-U` too (there it means nothing).

mod tls;

use std::ffi::OsString;
use std::time::Duration;

use super::Operands;
use super::dial::{dial, limit, local_port, order, transport, unix_kind};
use super::openbsd::{client_session, listen, unix_client};
use crate::cli::dialect::openbsd_upstream::type_of_service;
use crate::cli::option::Id;
use crate::cli::port::{Services, range};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{
    Connect, Host, Inet, Listen, Local, Plan, PortList, Remote, Scan, UdpProbe, UnixName,
};

/// Makes the plan.
pub fn openbsd_upstream(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let mut settings = settings.clone();
    settings.socket.tos =
        settings.words(Id::TosOrTls).filter_map(|value| type_of_service(value)).last();
    let settings = &settings;
    // -4, -6 and -U set one and the same variable there: the last one wins.
    let (listening, unix) = (settings.has(Id::Listen), settings.unix_last);
    let (host, port) = match operands.values.as_slice() {
        [path] if unix => (Some(path), None),
        [port] if listening => (None, Some(port)),
        [host, port] if !unix => (Some(host), Some(port)),
        _ => return Err(UsageError::Operands),
    };
    refuse(settings, listening, unix)?;
    match (host, port) {
        (Some(path), None) if listening => {
            let (kind, name) = (unix_kind(settings), UnixName::parse(path));
            Ok(Plan::Listen(listen(settings, Local::Unix { kind, name })))
        }
        (Some(path), None) => Ok(Plan::Connect(unix_client(settings, path))),
        (host, Some(port)) if listening => {
            let transport = transport(settings);
            let port = local_port(port, None, transport, services)?;
            let host = host.cloned().map(Host);
            let tls = tls::server(settings)?;
            Ok(Plan::Listen(Listen {
                tls,
                ..listen(settings, Local::Inet { transport, host, port })
            }))
        }
        (Some(host), Some(port)) => client(settings, host, port, services),
        (None, _) => Err(UsageError::Operands),
    }
}

/// The refusals, in the original's order.
fn refuse(settings: &Settings, listening: bool, unix: bool) -> Result<(), UsageError> {
    let has = |id| settings.has(id);
    let word = |word| tls::has_word(settings, word);
    let flags = ["clientcert", "muststaple", "noname", "noverify"].into_iter().any(word);
    let (udp, proxy, with_tls) = (has(Id::Udp), has(Id::Proxy), has(Id::Tls));
    let rules = [
        (listening && has(Id::SourceAddress), "cannot use -s and -l"),
        (listening && has(Id::SourcePort), "cannot use -p and -l"),
        (listening && has(Id::Scan), "cannot use -z and -l"),
        (!listening && has(Id::KeepOpen), "must use -l with -k"),
        (udp && with_tls, "cannot use -c and -u"),
        (unix && with_tls, "cannot use -c and -U"),
        (unix && has(Id::PassSocket), "cannot use -F and -U"),
        (with_tls && has(Id::PassSocket), "cannot use -c and -F"),
        (flags && !with_tls, "you must specify -c to use TLS options"),
        (has(Id::TlsCert) && !with_tls, "you must specify -c to use -C"),
        (has(Id::TlsKey) && !with_tls, "you must specify -c to use -K"),
        (has(Id::TlsKeepChain) && !with_tls, "you must specify -c to use -Z"),
        (has(Id::TlsStaple) && !has(Id::TlsCert), "you must specify -C to use -o"),
        (has(Id::TlsTrust) && !with_tls, "you must specify -c to use -R"),
        (has(Id::TlsPin) && !with_tls, "you must specify -c to use -H"),
        (has(Id::TlsName) && !with_tls, "you must specify -c to use -e"),
        (proxy && udp, "no proxy support for UDP mode"),
        (proxy && listening, "no proxy support for listen"),
        (proxy && unix, "no proxy support for unix sockets"),
        (proxy && has(Id::SourceAddress), "no proxy support for local source address"),
        (with_tls && !listening && word("clientcert"), "clientcert is only valid with -l"),
        (
            with_tls && has(Id::TlsPin) && word("noverify"),
            "-H and -T noverify may not be used together",
        ),
    ];
    match rules.iter().find(|(broken, _)| *broken) {
        Some((_, words)) => Err(UsageError::Refused(words)),
        None => Ok(()),
    }
}

fn client(
    settings: &Settings,
    host: &OsString,
    port: &OsString,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let transport = transport(settings);
    let mut dial = dial(settings, transport, services)?;
    let ports = range(port, transport, services).map_err(|bad| UsageError::BadPort {
        argument: port.clone(),
        bad,
        clash: None,
    })?;
    let target = Inet { transport, host: Host(host.clone()), ports: PortList(vec![ports]) };
    dial.tls = tls::client(settings)?;
    let mut session = client_session(settings);
    if settings.has(Id::Scan) && dial.tls.is_some() {
        // The peer has to shake hands before it counts; nothing is read from either side.
        session.read_input = false;
        session.idle_timeout = Some(Duration::ZERO);
    } else if settings.has(Id::Scan) {
        return Ok(Plan::Scan(Scan {
            dial,
            order: order(settings),
            interval: limit(settings.interval),
            udp_probe: UdpProbe::Xs,
            ..Scan::new(target)
        }));
    }
    Ok(Plan::Connect(Connect {
        dial,
        session,
        pass_socket: settings.has(Id::PassSocket),
        order: order(settings),
        ..Connect::new(Remote::Inet(target))
    }))
}
