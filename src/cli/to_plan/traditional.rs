//! netcat-traditional 1.10: its operands, its order of ports and its ends.
//!
//! Different from the original on purpose: a range whose ends are the wrong way round is that range
//! (there only its first port); `\-` in a service's name is a hyphen (there it vanishes, so that
//! the name is never found); every port is understood before the first is tried; a listener has
//! one peer port, and a second is refused (there it is ignored).

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::time::Duration;

use super::Operands;
use super::dial::{real_local_port, transport};
use super::program::in_our_place;
use crate::cli::number::Problem;
use crate::cli::option::Id;
use crate::cli::port::{BadPort, Services, single};
use crate::cli::settings::{Quit, Settings};
use crate::cli::usage_error::UsageError;
use crate::plan::{
    Access, AfterInput, AfterPeer, Command, Connect, Dial, Family, Host, Inet, Listen, Local,
    OnlyPeer, Pace, PaceUnit, Plan, PortList, PortOrder, PortRange, Program, RecordFormat,
    RecordTo, Recording, Remote, Scan, Service, Session, SocketOptions, SourceRoute,
    SourceRouteLayout, Strangers, Telnet, Transport, UdpProbe,
};

/// The size of the original's buffer, and so of its datagrams, in bytes.
const DATAGRAM: usize = 8192;

/// The original leaves with its peer, whatever its input still holds. Ours sends what comes: an
/// input that pauses for so long has nothing to say.
const PRODUCER: Duration = Duration::from_millis(500);

/// How often the original waits for `-w` after the end of input before it gives up.
const TRIES: u32 = 2;

/// Makes the plan.
pub fn traditional(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let none = |_: &OsStr, _: Transport| None;
    let services: Services<'_> = if settings.has(Id::Numeric) { &none } else { services };
    let transport = transport(settings);
    let own_port = own_port(settings, transport, services)?;
    let program = program(settings);
    let (host, ports) = match operands.values.split_first() {
        None => (None, &[][..]),
        Some((host, ports)) => (Some(host), ports),
    };
    if settings.has(Id::Listen) {
        return listener(settings, own_port, program, host, ports, services).map(Plan::Listen);
    }
    let host = host.ok_or(UsageError::NoHost)?;
    if ports.is_empty() {
        return Err(UsageError::MissingPort { host: Some(host.clone()), listen: false });
    }
    let ranges: Result<Vec<PortRange>, UsageError> =
        ports.iter().map(|argument| range(argument, transport, services)).collect();
    let target = Inet { transport, host: Host(host.clone()), ports: PortList(ranges?) };
    let order = if settings.has(Id::Randomize) { PortOrder::Random } else { PortOrder::Downward };
    let dial = Dial {
        family: Family::V4,
        numeric: settings.has(Id::Numeric),
        timeout: settings.wait,
        proxy: None,
        source_address: settings.source_address.clone().map(Host),
        source_port: own_port,
        random_source_port: settings.has(Id::Randomize),
        socket: socket(settings),
        tls: None,
    };
    if settings.has(Id::Scan) && program.is_none() {
        return Ok(Plan::Scan(Scan {
            dial,
            order,
            always_succeeds: true,
            interval: settings.interval,
            udp_probe: UdpProbe::TwoNuls,
            ..Scan::new(target)
        }));
    }
    Ok(Plan::Connect(Connect {
        dial,
        session: session(settings, program.is_some()),
        order,
        always_succeeds: true,
        program,
        ..Connect::new(Remote::Inet(target))
    }))
}

fn listener(
    settings: &Settings,
    own_port: Option<u16>,
    program: Option<Program>,
    peer: Option<&OsString>,
    ports: &[OsString],
    services: Services<'_>,
) -> Result<Listen, UsageError> {
    let transport = transport(settings);
    if transport == Transport::Udp && own_port.is_none() {
        return Err(UsageError::Refused("UDP listen needs -p arg"));
    }
    let peer_port = match ports {
        [] => None,
        [port] => Some(one(port.as_bytes(), transport, services)?),
        [_, second, ..] => return Err(bad_port(second.as_bytes(), Problem::Invalid)),
    };
    let others = Strangers::Fail;
    let only = peer.map(|host| OnlyPeer { host: Host(host.clone()), port: peer_port, others });
    let local = Local::Inet {
        transport,
        host: settings.source_address.clone().map(Host),
        port: own_port.unwrap_or(0),
    };
    Ok(Listen {
        family: Family::V4,
        numeric: settings.has(Id::Numeric),
        socket: socket(settings),
        session: session(settings, program.is_some()),
        service: program.map_or(Service::Streams, Service::Program),
        access: Access { only, ..Access::default() },
        accept_timeout: settings.wait,
        ..Listen::new(local)
    })
}

/// `-e` and `-c`, whichever came last.
fn program(settings: &Settings) -> Option<Program> {
    let command = if settings.came_last(Id::ShellExec, Id::Exec) {
        Command::Shell(settings.word(Id::ShellExec)?.clone())
    } else {
        Command::Argv { argv: vec![settings.word(Id::Exec)?.clone()], search: false }
    };
    Some(in_our_place(command))
}

fn session(settings: &Settings, with_program: bool) -> Session {
    let after_input = match (settings.quit, settings.wait) {
        (Some(Quit::After(time)), _) => AfterInput::Quit(time),
        (Some(Quit::Never) | None, Some(wait)) => AfterInput::StayUntilIdle(wait * TRIES),
        (Some(Quit::Never) | None, None) => AfterInput::StayOpen,
    };
    let before_lines = |pause| Pace { pause, unit: PaceUnit::Line, before: true, both_ways: false };
    Session {
        after_input,
        after_peer: AfterPeer::LeaveWhenIdle(PRODUCER),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        crlf: settings.has(Id::Crlf),
        telnet: settings.has(Id::Telnet).then_some(Telnet::Everything),
        pace: settings.interval.map(before_lines),
        recordings: if with_program { Vec::new() } else { recordings(settings) },
        datagram_size: DATAGRAM,
        ..Session::default()
    }
}

fn recordings(settings: &Settings) -> Vec<Recording> {
    let file = settings.word(Id::Output).map(PathBuf::from);
    let recording = |file| Recording {
        to: RecordTo::File(file),
        format: RecordFormat::HexTraditional,
        append: false,
    };
    file.into_iter().map(recording).collect()
}

fn socket(settings: &Settings) -> SocketOptions {
    let hops: Vec<Host> = settings.words(Id::SourceRoute).cloned().map(Host).collect();
    // checked when it was met
    let pointer =
        settings.word(Id::SourceRoutePointer).and_then(|word| word.to_str()?.parse().ok());
    SocketOptions {
        keep_alive: settings.has(Id::KeepAlive),
        source_route: (!hops.is_empty()).then(|| SourceRoute {
            hops,
            pointer: pointer.unwrap_or(4),
            layout: SourceRouteLayout::Traditional,
        }),
        ..settings.socket.clone()
    }
}

fn own_port(
    settings: &Settings,
    transport: Transport,
    services: Services<'_>,
) -> Result<Option<u16>, UsageError> {
    let Some(value) = &settings.source_port else { return Ok(None) };
    let option = settings.spelling(Id::SourcePort);
    real_local_port(value, option, transport, services).map(Some)
}

/// A port or a range `lo-hi`, either end a number or a service's name in which `\-` is a hyphen.
fn range(
    argument: &OsStr,
    transport: Transport,
    services: Services<'_>,
) -> Result<PortRange, UsageError> {
    let bytes = argument.as_bytes();
    let mut before = None;
    let dash = bytes.iter().position(|&byte| before.replace(byte) != Some(b'\\') && byte == b'-');
    let Some(dash) = dash else {
        return one(bytes, transport, services).map(PortRange::single);
    };
    let (low, high) = bytes.split_at(dash);
    // The upper end first, as the original does: the first error is the one that is told.
    let high = one(high.get(1..).unwrap_or_default(), transport, services)?;
    Ok(PortRange::new(one(low, transport, services)?, high))
}

fn one(text: &[u8], transport: Transport, services: Services<'_>) -> Result<u16, UsageError> {
    let mut name = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' || bytes.peek() != Some(&b'-') {
            name.push(byte);
        }
    }
    single(&OsString::from_vec(name), 1, transport, services)
        .map_err(|bad| bad_port(text, bad.problem))
}

fn bad_port(part: &[u8], problem: Problem) -> UsageError {
    let part = OsStr::from_bytes(part).to_owned();
    UsageError::BadPort { argument: part.clone(), bad: BadPort { part, problem }, clash: None }
}
