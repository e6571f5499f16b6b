//! netcat-openbsd 1.219: which operands go with which options, in the original's order of
//! refusals, and what it does at the end of input.
//!
//! One thing differs from the original on purpose: ports beyond 65535 are refused everywhere
//! (there a port of our own wraps).

use std::ffi::OsString;
use std::time::Duration;

use super::Operands;
use super::dial::{
    dial, limit, local_dial, local_port, order, protocol, session, transport, unix_kind,
};
use crate::cli::option::Id;
use crate::cli::port::{Services, range};
use crate::cli::settings::{Quit, Settings};
use crate::cli::usage_error::{Combination, UsageError};
use crate::plan::{
    AfterInput, AfterPeer, Clients, Connect, Family, Host, Inet, Listen, Local, Plan, PortList,
    Protocol, Remote, Scan, Session, Telnet, UdpProbe, UnixName,
};

/// The size of the original's buffer, and so of its datagrams, in bytes.
const DATAGRAM: usize = 16_384;

/// The original's listener leaves with its client, whatever its input still holds. Ours sends what
/// comes: an input that pauses for so long has nothing to say.
const PRODUCER: Duration = Duration::from_millis(500);

/// Makes the plan.
pub fn openbsd(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    // -4, -6 and -U set one and the same variable there: the last one wins.
    let form = Form {
        listen: settings.has(Id::Listen),
        unix: settings.unix_last,
        source: settings.source_address.as_ref(),
        port: settings.source_port.as_ref(),
        datagram: settings.has(Id::Udp),
    };
    let operands = form.read(&operands.values)?;
    if form.unix && settings.has(Id::Dccp) {
        return Err(UsageError::Combination(Combination::DccpUnix));
    }
    let ends = operands.check(form)?;
    refuse(settings, form)?;
    match ends {
        Ends::Path(path) if form.listen => Ok(Plan::Listen(listen(
            settings,
            Local::Unix { kind: unix_kind(settings), name: UnixName::parse(path) },
        ))),
        Ends::Path(path) => Ok(Plan::Connect(unix_client(settings, path))),
        Ends::Listen { host, port } => {
            let transport = transport(settings);
            let port = local_port(port, None, transport, services)?;
            let host = host.cloned().map(Host);
            Ok(Plan::Listen(listen(settings, Local::Inet { transport, host, port })))
        }
        Ends::Connect { host, ports } => client(settings, host, ports, services),
    }
}

/// What decides how many operands there may be.
#[derive(Debug, Clone, Copy)]
struct Form<'a> {
    listen: bool,
    unix: bool,
    source: Option<&'a OsString>,
    port: Option<&'a OsString>,
    datagram: bool,
}

/// Operands by their places.
struct Places<'a> {
    host: Option<&'a OsString>,
    port: Option<&'a OsString>,
    more: &'a [OsString],
}

/// Both ends, complete.
enum Ends<'a> {
    Path(&'a OsString),
    Listen { host: Option<&'a OsString>, port: &'a OsString },
    Connect { host: &'a OsString, ports: Vec<&'a OsString> },
}

impl<'a> Form<'a> {
    /// The forms that the original knows; for the others it prints its usage.
    fn read(self, operands: &'a [OsString]) -> Result<Places<'a>, UsageError> {
        let places = |host, port| Ok(Places { host, port, more: &[] });
        let bound = self.source.is_some() || self.port.is_some();
        match (self.listen, operands) {
            (true, []) => places(self.source, self.port),
            (true, [_] | [_, _]) if bound => Err(UsageError::Operands),
            (true, [path]) if self.unix => places(Some(path), None),
            (true, [port]) => places(None, Some(port)),
            (true, [host, port]) => places(Some(host), Some(port)),
            (true, _) | (false, []) => Err(UsageError::Operands),
            (false, [host]) => {
                let own_path = self.unix && self.datagram && self.port.is_none();
                if bound && !own_path {
                    return Err(UsageError::Operands);
                }
                places(Some(host), None)
            }
            (false, [host, port, more @ ..]) => {
                Ok(Places { host: Some(host), port: Some(port), more })
            }
        }
    }
}

impl<'a> Places<'a> {
    fn check(self, form: Form<'_>) -> Result<Ends<'a>, UsageError> {
        match (form.unix, self.host, self.port) {
            (true, _, Some(_)) => Err(UsageError::Combination(Combination::PortWithUnix)),
            (true, None, None) => Err(UsageError::MissingPath { listen: form.listen }),
            (true, Some(path), None) => Ok(Ends::Path(path)),
            (false, host, None) => {
                Err(UsageError::MissingPort { host: host.cloned(), listen: form.listen })
            }
            (false, host, Some(port)) if form.listen => Ok(Ends::Listen { host, port }),
            (false, None, Some(_)) => Err(UsageError::Operands),
            (false, Some(host), Some(port)) => {
                Ok(Ends::Connect { host, ports: std::iter::once(port).chain(self.more).collect() })
            }
        }
    }
}

/// The refusals, in the original's order.
fn refuse(settings: &Settings, form: Form<'_>) -> Result<(), UsageError> {
    let has = |id| settings.has(id);
    let proxy = has(Id::Proxy);
    let rules = [
        (has(Id::Scan) && form.listen, Combination::ScanListen),
        (has(Id::KeepOpen) && !form.listen, Combination::KeepOpenAlone),
        (has(Id::PassSocket) && form.unix, Combination::PassSocketUnix),
        (proxy && has(Id::Udp), Combination::ProxyUdp),
        (proxy && has(Id::Dccp), Combination::ProxyDccp),
        (proxy && form.listen, Combination::ProxyListen),
        (proxy && form.unix, Combination::ProxyUnix),
        (proxy && form.source.is_some(), Combination::ProxySource),
    ];
    match rules.iter().find(|(broken, _)| *broken) {
        Some((_, combination)) => Err(UsageError::Combination(*combination)),
        None => Ok(()),
    }
}

fn client(
    settings: &Settings,
    host: &OsString,
    ports: Vec<&OsString>,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let transport = transport(settings);
    let dial = dial(settings, transport, services)?;
    let mut ranges = Vec::new();
    for argument in ports {
        ranges.push(range(argument, transport, services).map_err(|bad| UsageError::BadPort {
            argument: argument.clone(),
            bad,
            clash: None,
        })?);
    }
    let target = Inet { transport, host: Host(host.clone()), ports: PortList(ranges) };
    if settings.has(Id::Scan) {
        let loud = settings.verbosity > 0;
        return Ok(Plan::Scan(Scan {
            dial,
            order: order(settings),
            interval: limit(settings.interval),
            udp_probe: if loud { UdpProbe::Xs } else { UdpProbe::Nothing },
            ..Scan::new(target)
        }));
    }
    Ok(Plan::Connect(Connect {
        dial,
        session: client_session(settings),
        pass_socket: settings.has(Id::PassSocket),
        order: order(settings),
        ..Connect::new(Remote::Inet(target))
    }))
}

/// A client of the Unix domain.
pub fn unix_client(settings: &Settings, path: &OsString) -> Connect {
    let mut session = client_session(settings);
    if settings.has(Id::Scan) {
        // Connect, say so, leave: nothing is read from either side.
        session.read_input = false;
        session.idle_timeout = Some(Duration::ZERO);
    }
    let remote = Remote::Unix {
        kind: unix_kind(settings),
        name: UnixName::parse(path),
        source: settings.source_address.as_deref().map(UnixName::parse),
    };
    Connect { dial: local_dial(settings), session, ..Connect::new(remote) }
}

/// A listener.
pub fn listen(settings: &Settings, local: Local) -> Listen {
    // without an address it takes IPv4 alone
    let family = match (&local, settings.family) {
        (Local::Inet { host: None, .. }, Family::Any) => Family::V4,
        (_, family) => family,
    };
    Listen {
        family,
        numeric: settings.has(Id::Numeric),
        socket: settings.socket.clone(),
        clients: if settings.has(Id::KeepOpen) { Clients::InTurn } else { Clients::One },
        session: Session {
            after_input: after_input(settings, AfterInput::Quit),
            after_peer: AfterPeer::LeaveWhenIdle(PRODUCER),
            after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
            ..both_sessions(settings)
        },
        ..Listen::new(local)
    }
}

/// What clients and listeners have in common. `-w 0` waits for nothing: once connected, it leaves.
fn both_sessions(settings: &Settings) -> Session {
    Session {
        idle_timeout: settings.wait,
        telnet: settings.has(Id::Telnet).then_some(Telnet::Everything),
        datagram_size: DATAGRAM,
        ..session(settings)
    }
}

/// A client's session.
pub fn client_session(settings: &Settings) -> Session {
    let quit = match protocol(settings) {
        Protocol::Stream => AfterInput::Linger,
        Protocol::Datagram => AfterInput::Quit,
    };
    Session {
        after_input: after_input(settings, quit),
        after_peer: AfterPeer::FinishInput,
        after_peer_at_terminal: AfterPeer::FinishInput,
        ..both_sessions(settings)
    }
}

/// `-q` of zero or more implies `-N`; a negative one says nothing.
fn after_input(settings: &Settings, quit: fn(Duration) -> AfterInput) -> AfterInput {
    match settings.quit {
        Some(Quit::After(time)) => quit(time),
        Some(Quit::Never) | None if settings.has(Id::HalfClose) => AfterInput::HalfClose,
        Some(Quit::Never) | None => AfterInput::StayOpen,
    }
}
