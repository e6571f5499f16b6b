//! The default face: the union grammar's operands, and its habit of telling the peer when our
//! input ends.

mod certificates;
mod chain;
mod http;
mod lab;
mod lint;
mod pace;
mod program;
mod record;
mod route;
mod service;
mod tls;
mod view;
mod vsock;
mod word;

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use self::word::SERVE;
use super::Operands;
use super::dial::{
    direct, limit, local_dial, order, session as shared_session, transport, unix_kind,
};
use super::exclusive;
use super::listen::{self, unbracketed};
use crate::cli::clash;
use crate::cli::option::{Id, Spelling};
use crate::cli::port::{Services, list};
use crate::cli::settings::{Quit, Settings};
use crate::cli::usage_error::UsageError;
use crate::plan::{
    AfterInput, AfterPeer, Clients, Connect, Dial, Edit, Family, Host, Inet, Listen, Plan,
    PortList, Remote, Scan, Service, Session, SocketOptions, Transport, UnixKind, UnixName,
};

/// With `-q 0`, what the peer still sends may pause so long.
const SHORT_IDLE: Duration = Duration::from_secs(1);

/// What does not go with `tls://`, and what is said of it.
const NO_SCHEME: &[(Id, &str)] = &[
    (Id::Unix, "-U and tls:// do not go together: nc --tls -U PATH is TLS on a Unix socket"),
    (Id::Vsock, "--vsock and tls:// do not go together: nc --tls --vsock CID PORT is TLS on one"),
    (Id::File, "a file and tls:// do not go together: it speaks no TLS"),
    (Id::Udp, "-u and tls:// do not go together: dtls://HOST:PORT is over UDP"),
    (Id::UdpLite, "UDP-Lite and tls:// do not go together: TLS goes over TCP or UDP"),
    (Id::Dccp, "DCCP and tls:// do not go together: TLS goes over TCP or UDP"),
    (Id::Sctp, "SCTP and tls:// do not go together: TLS goes over TCP or UDP"),
    (Id::Scan, "-z and tls:// do not go together: nc cert HOST:PORT shows who answers by TLS"),
    (Id::PassSocket, "-F and tls:// do not go together: what is passed on is no longer ours"),
];

/// Makes the plan.
pub fn default(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    if let Some(operands) = SERVE.behind(settings, operands, |_| false)? {
        return lab::lab(settings, operands).map(Plan::Lab);
    }
    if let Some(option) = settings.spelling(Id::LabExplain) {
        return Err(UsageError::Needs { option, needed: "serve --lab http" });
    }
    if let Some(operands) = certificates::asked(settings, operands, services)? {
        return certificates::check(settings, operands, services).map(Plan::Certificates);
    }
    if let Some(operands) = http::asked(settings, operands, services)? {
        return http::plan(settings, operands, services);
    }
    let settings = &*tls::with_scheme(settings, &operands.values);
    exclusive::refuse(settings)?;
    refuse_clashes(settings)?;
    lint::lint(settings)?;
    program::refuse_numbered_host(settings, &operands.values)?;
    ends(settings, &operands.values, services).map_err(|error| program::swallowed(settings, error))
}

fn ends(
    settings: &Settings,
    operands: &[OsString],
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let schemed = match operands {
        [one, rest @ ..] => tls::schemed(one)?.map(|schemed| (schemed, rest)),
        [] => None,
    };
    let (scheme, operands) = match &schemed {
        Some((_, [extra, ..])) => {
            return Err(UsageError::ExtraOperand { value: extra.clone() });
        }
        Some((schemed, [])) => (Some(schemed), schemed.operands.as_slice()),
        None => (None, operands),
    };
    if let Some(scheme) = scheme {
        let excluded =
            |(id, _): &&(Id, _)| settings.has(*id) && !(scheme.datagrams && *id == Id::Udp);
        if let Some((_, sentence)) = NO_SCHEME.iter().find(excluded) {
            return Err(UsageError::Refused(sentence));
        }
    }
    let is_secured = scheme.is_some() || settings.has(Id::Tls);
    if is_secured && settings.has(Id::Udp) && settings.has(Id::Pcap) {
        return Err(UsageError::Refused("--pcap and DTLS do not go together"));
    }
    if service::listens(settings) {
        return listener(settings, operands, scheme, services).map(Plan::Listen);
    }
    if settings.has(Id::Vsock) {
        let remote = vsock::remote(settings, operands)?;
        return local_client(settings, remote).map(Plan::Connect);
    }
    if let Some(file) = &settings.file {
        return file_end(settings, file, operands).map(Plan::Connect);
    }
    if settings.has(Id::Unix) {
        return unix_client(settings, operands).map(Plan::Connect);
    }
    inet_client(settings, operands, scheme, services)
}

/// Letters whose other meaning would be no error by itself.
fn refuse_clashes(settings: &Settings) -> Result<(), UsageError> {
    let by_letter = |id| matches!(settings.spelling(id), Some(Spelling::Short(_)));
    let many = [Id::KeepOpen, Id::Broker, Id::Chat].iter().any(|id| settings.has(*id));
    if by_letter(Id::MinTtl) && service::listens(settings) && many {
        return Err(UsageError::MinTtlOrClients);
    }
    match &settings.proxy {
        Some(value)
            if by_letter(Id::Proxy)
                && value.as_bytes().contains(&b'/')
                && chain::scheme(value.as_bytes()).is_none() =>
        {
            Err(UsageError::ProxyLikeFile { value: value.clone() })
        }
        _ => Ok(()),
    }
}

fn inet_client(
    settings: &Settings,
    operands: &[OsString],
    scheme: Option<&tls::Schemed>,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let (host, ports) = match operands {
        [] => return Err(UsageError::NoHost),
        // what is typed next is not to go out in plain text
        [host] if settings.has(Id::Tls) && host.as_bytes().contains(&b':') => {
            return Err(UsageError::RefusedValue {
                before: "no port given for \"",
                value: host.clone(),
                after: "\": HOST and PORT are two words, or one as tls://HOST:PORT",
            });
        }
        [host] => {
            return Err(UsageError::MissingPort { host: Some(host.clone()), listen: false });
        }
        [host, ports @ ..] => (host, ports),
    };
    let transport = transport(settings);
    let mut ranges = Vec::new();
    for argument in ports {
        let found = list(argument, transport, services).map_err(|bad| UsageError::BadPort {
            argument: argument.clone(),
            bad,
            clash: clash::find(settings, operands),
        })?;
        ranges.extend(found);
    }
    if host.is_empty() {
        return Err(UsageError::EmptyHost);
    }
    let target = Inet { transport, host: Host(unbracketed(host)), ports: PortList(ranges) };
    let dial = dial(settings, transport, services)?;
    if settings.has(Id::Scan) {
        return Ok(Plan::Scan(Scan {
            dial,
            order: order(settings),
            interval: limit(settings.interval),
            ..Scan::new(target)
        }));
    }
    let mut dial = Dial { tls: tls::client(settings, scheme)?, ..dial };
    dial.socket.keep_alive = settings.has(Id::KeepOpen);
    Ok(Plan::Connect(Connect {
        dial,
        session: session(settings)?,
        pass_socket: settings.has(Id::PassSocket),
        order: order(settings),
        program: program::program(settings)?,
        ..Connect::new(Remote::Inet(target))
    }))
}

fn unix_client(settings: &Settings, operands: &[OsString]) -> Result<Connect, UsageError> {
    let path = match operands {
        [path] if !path.is_empty() => path,
        [] | [_] => return Err(UsageError::MissingPath { listen: false }),
        [_, extra, ..] => return Err(UsageError::ExtraOperand { value: extra.clone() }),
    };
    let kind = unix_kind(settings);
    if let Some(option) = settings.spelling(Id::SourceAddress).filter(|_| kind == UnixKind::Stream)
    {
        return Err(UsageError::Needs {
            option,
            needed: "-u, for with -U it names a datagram socket",
        });
    }
    let mut client = local_client(
        settings,
        Remote::Unix {
            kind,
            name: UnixName::parse(path),
            source: settings.source_address.as_deref().map(UnixName::parse),
        },
    )?;
    if settings.has(Id::Scan) {
        // Connect, say so, leave: nothing is read from either side.
        client.session.read_input = false;
        client.session.idle_timeout = Some(Duration::ZERO);
    }
    Ok(client)
}

/// A client of an end that is on this machine.
fn local_client(settings: &Settings, remote: Remote) -> Result<Connect, UsageError> {
    Ok(Connect {
        dial: Dial { tls: tls::client(settings, None)?, ..local_dial(settings) },
        session: session(settings)?,
        program: program::program(settings)?,
        ..Connect::new(remote)
    })
}

/// How to dial, through the chain of proxies and along the route that were asked for.
fn dial(
    settings: &Settings,
    transport: Transport,
    services: Services<'_>,
) -> Result<Dial, UsageError> {
    let direct = direct(settings, transport, services)?;
    let socket = socket(settings)?;
    let family = match direct.family {
        // only IPv4 has source routes
        Family::Any if socket.source_route.is_some() => Family::V4,
        family => family,
    };
    let nowhere = chain::lookup(settings)? == chain::Lookup::Nowhere;
    Ok(Dial {
        family,
        numeric: direct.numeric || nowhere,
        proxy: chain::chain(settings, services)?,
        socket,
        ..direct
    })
}

fn socket(settings: &Settings) -> Result<SocketOptions, UsageError> {
    Ok(SocketOptions {
        mptcp: settings.has(Id::Mptcp),
        source_route: route::route(settings)?,
        ..settings.socket.clone()
    })
}

fn file_end(
    settings: &Settings,
    file: &OsString,
    operands: &[OsString],
) -> Result<Connect, UsageError> {
    match operands.first() {
        Some(extra) => Err(UsageError::ExtraOperand { value: extra.clone() }),
        None => local_client(settings, Remote::File(PathBuf::from(file))),
    }
}

fn listener(
    settings: &Settings,
    operands: &[OsString],
    scheme: Option<&tls::Schemed>,
    services: Services<'_>,
) -> Result<Listen, UsageError> {
    let local = if settings.has(Id::Vsock) {
        vsock::local(settings, operands)?
    } else if settings.has(Id::Unix) {
        listen::unix(settings, operands, unix_kind(settings))?
    } else {
        listen::inet(settings, operands, transport(settings), services)?
    };
    let service = service::service(settings, services)?;
    let clients = service::clients(settings, &service);
    if service == Service::Streams
        && clients != Clients::One
        && let (Some(first), Some(second)) =
            (settings.spelling(Id::Sum), settings.spelling(Id::KeepOpen))
    {
        return Err(UsageError::Exclusive { first, second, why: exclusive::SHARED });
    }
    let text = exclusive::TEXT.iter().find_map(|id| settings.spelling(*id));
    let text = text.or(settings.said(Id::Edit));
    if let Some(first) = text.filter(|_| clients != Clients::One) {
        let second = settings.spelling(Id::KeepOpen).or(settings.spelling(Id::ProxyKind));
        let second = second.unwrap_or(Spelling::Short('k'));
        return Err(UsageError::Exclusive { first, second, why: exclusive::ONE_PEER });
    }
    let mut session = session(settings)?;
    if service == Service::Broker {
        session.after_peer = AfterPeer::LeaveWhenIdle(service::HEARD_OUT);
    }
    let tunnel_is_secured =
        matches!(&service, Service::Tunnel(tunnel) if tunnel.dial.tls.is_some());
    Ok(Listen {
        tls: tls::server(settings, scheme, tunnel_is_secured)?,
        family: settings.family,
        numeric: settings.has(Id::Numeric),
        socket: socket(settings)?,
        clients,
        service,
        access: service::access(settings),
        most_clients: service::most_clients(settings)?,
        session,
        ..Listen::new(local)
    })
}

fn session(settings: &Settings) -> Result<Session, UsageError> {
    let shared = shared_session(settings);
    let pace = match settings.word(Id::Delay) {
        Some(value) => pace::delay(settings, value)?,
        None => shared.pace,
    };
    Ok(Session {
        // with a program our input is not read anyway, and its output is what is sent
        read_input: shared.read_input || exclusive::has_program(settings),
        after_input: after_input(settings),
        show_peer: !settings.has(Id::SendOnly),
        view: view::view(settings)?,
        pace,
        escapes: settings.has(Id::Escapes),
        fill: settings.has(Id::Fill),
        rate: pace::rate(settings)?,
        sum: settings.has(Id::Sum),
        recordings: record::recordings(settings)?,
        // the dump is written where the line would be edited
        edit: edit(settings)?.filter(|_| !settings.has(Id::Hex)),
        lint: lint::lint(settings)?,
        ..shared
    })
}

fn edit(settings: &Settings) -> Result<Option<Edit>, UsageError> {
    let no_history = settings.spelling(Id::NoHistory);
    match (settings.has(Id::Edit), no_history) {
        (true, no_history) => Ok(Some(Edit { history: no_history.is_none() })),
        (false, Some(option)) => Err(UsageError::Needs { option, needed: "--edit" }),
        (false, None) => Ok(None),
    }
}

fn after_input(settings: &Settings) -> AfterInput {
    let at_once = if settings.has(Id::SendOnly) {
        AfterInput::Quit(Duration::ZERO)
    } else {
        AfterInput::Settle(SHORT_IDLE)
    };
    match settings.quit {
        Some(Quit::After(time)) if time.is_zero() => at_once,
        Some(Quit::After(time)) => AfterInput::Quit(time),
        None if settings.has(Id::Close) || settings.has(Id::SendOnly) => at_once,
        None if settings.came_last(Id::NoShutdown, Id::HalfClose) => AfterInput::StayOpen,
        Some(Quit::Never) | None => AfterInput::HalfClose,
    }
}
