//! GNU netcat 0.7.1: ports as one set, a tunnel, and its ends.
//!
//! Different from the original on purpose: a listener has one peer port, and several are refused
//! rather than taken for any of them. What it says about ports is a set: each is tried once,
//! upward.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use super::Operands;
use super::dial::{limit, real_local_port};
use super::program::in_our_place;
use crate::cli::number::Problem;
use crate::cli::option::Id;
use crate::cli::port::{BadPort, Services, single};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{
    Access, AccessSource, AfterInput, AfterPeer, Command, Connect, Dial, Family, Host, Inet,
    Listen, Local, OnlyPeer, Pace, Plan, PortList, PortOrder, PortRange, Program, ProgramErrors,
    RecordFormat, RecordTo, Recording, Remote, Scan, Service, Session, Strangers, Telnet,
    Transport, Tunnel, UdpProbe,
};

/// The size of the original's buffer, and so of its datagrams, in bytes.
const DATAGRAM: usize = 1024;

/// The original leaves with its peer, whatever its input still holds. Ours sends what comes: an
/// input that pauses for so long has nothing to say.
const PRODUCER: Duration = Duration::from_millis(500);

/// Makes the plan.
pub fn gnu(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    // The last of -t and -u counts.
    let udp = settings.came_last(Id::Udp, Id::Tcp);
    let transport = if udp { Transport::Udp } else { Transport::Tcp };
    let port = |id, value| own_port(settings, id, value, transport, services);
    let listens_on = port(Id::SourcePort, settings.source_port.as_ref())?;
    let program = settings.word(Id::Exec).map(program);
    if program.is_some() && settings.has(Id::Scan) {
        return Err(UsageError::Refused("`-e' and `-z' options are incompatible"));
    }
    let (host, ports) = match operands.values.split_first() {
        None => (None, &[][..]),
        Some((host, ports)) => (Some(host), ports),
    };
    let ranges: Result<Vec<PortRange>, UsageError> =
        ports.iter().map(|argument| range(argument, transport, services)).collect();
    let ranges = union(ranges?);
    if settings.has(Id::Listen) || settings.has(Id::Tunnel) {
        let service = match (settings.word(Id::Tunnel), program) {
            (Some(target), _) => {
                let near = port(Id::TunnelPort, settings.word(Id::TunnelPort))?;
                Service::Tunnel(tunnel(settings, target, near, transport, services)?)
            }
            (None, Some(program)) => Service::Program(program),
            (None, None) => Service::Streams,
        };
        let only = only_peer(host, &ranges, ports)?;
        let source = settings.source_address.clone().map(Host);
        let local = Local::Inet { transport, host: source, port: listens_on.unwrap_or(0) };
        return Ok(Plan::Listen(listener(settings, local, service, only)));
    }
    let host = host.ok_or(UsageError::NoHost)?;
    if ranges.is_empty() {
        return Err(UsageError::MissingPort { host: Some(host.clone()), listen: false });
    }
    let target = Inet { transport, host: Host(host.clone()), ports: PortList(ranges) };
    let source = settings.source_address.clone();
    let dial = dial(settings, source, listens_on);
    let random = settings.has(Id::Randomize);
    let order = if random { PortOrder::Random } else { PortOrder::Upward };
    if settings.has(Id::Scan) {
        return Ok(Plan::Scan(Scan {
            dial,
            order,
            interval: limit(settings.interval),
            udp_probe: UdpProbe::Nothing,
            ..Scan::new(target)
        }));
    }
    let session = session(settings);
    let remote = Remote::Inet(target);
    Ok(Plan::Connect(Connect { dial, session, order, program, ..Connect::new(remote) }))
}

fn listener(settings: &Settings, local: Local, service: Service, only: Option<OnlyPeer>) -> Listen {
    let stream = matches!(local, Local::Inet { transport: Transport::Tcp, .. });
    let closed = settings.has(Id::Scan);
    // -z accepts nobody, and of datagrams answers none
    let everybody = AccessSource::List("0.0.0.0/0".into());
    let deny = if closed && stream { vec![everybody] } else { Vec::new() };
    Listen {
        family: Family::V4,
        numeric: settings.has(Id::Numeric),
        service,
        access: Access { deny, only, ..Access::default() },
        accept_timeout: settings.wait,
        session: Session { read_input: !closed, ..session(settings) },
        ..Listen::new(local)
    }
}

fn tunnel(
    settings: &Settings,
    target: &OsStr,
    near: Option<u16>,
    transport: Transport,
    services: Services<'_>,
) -> Result<Tunnel, UsageError> {
    let bytes = target.as_bytes();
    let no_target = UsageError::Refused("Invalid target string for `-L' option");
    let colon = bytes.iter().position(|&byte| byte == b':').ok_or(no_target.clone())?;
    let (host, port) = bytes.split_at(colon);
    let port = OsStr::from_bytes(port.get(1..).unwrap_or_default());
    if host.is_empty() || port.is_empty() {
        return Err(no_target);
    }
    let before = "Invalid tunnel target port: ";
    let number = single(port, 1, transport, services).map_err(|_| UsageError::RefusedValue {
        before,
        value: port.to_owned(),
        after: "",
    })?;
    let ports = PortList(vec![PortRange::single(number)]);
    let host = Host(OsStr::from_bytes(host).to_owned());
    let source = settings.word(Id::TunnelSource).cloned();
    Ok(Tunnel { target: Inet { transport, host, ports }, dial: dial(settings, source, near) })
}

fn dial(settings: &Settings, source: Option<OsString>, port: Option<u16>) -> Dial {
    Dial {
        family: Family::V4,
        numeric: settings.has(Id::Numeric),
        timeout: settings.wait,
        source_address: source.map(Host),
        source_port: port,
        ..Dial::default()
    }
}

fn program(words: &OsString) -> Program {
    Program { errors: ProgramErrors::Peer, ..in_our_place(Command::Shell(words.clone())) }
}

fn session(settings: &Settings) -> Session {
    let close = settings.has(Id::Close);
    Session {
        after_input: if close { AfterInput::Quit(Duration::ZERO) } else { AfterInput::StayOpen },
        after_peer: AfterPeer::LeaveWhenIdle(PRODUCER),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        idle_timeout: settings.wait,
        telnet: settings.has(Id::Telnet).then_some(Telnet::Everything),
        pace: settings.interval.map(Pace::after_lines),
        recordings: recording(settings).into_iter().collect(),
        datagram_size: DATAGRAM,
        ..Session::default()
    }
}

/// `-o FILE`, or `-x` alone; a program on the socket is not seen.
fn recording(settings: &Settings) -> Option<Recording> {
    if settings.has(Id::Exec) {
        return None;
    }
    let to = match settings.word(Id::Output) {
        Some(file) => RecordTo::File(PathBuf::from(file)),
        None if settings.has(Id::HexDump) => RecordTo::ErrorOutput,
        None => return None,
    };
    Some(Recording { to, format: RecordFormat::HexGnu, append: false })
}

fn only_peer(
    host: Option<&OsString>,
    ranges: &[PortRange],
    ports: &[OsString],
) -> Result<Option<OnlyPeer>, UsageError> {
    let others = Strangers::Ignore;
    let port = match ranges {
        [] => None,
        [range] if range.count() == 1 => Some(range.first),
        _ => {
            let last = ports.last().map_or(&b""[..], |last| last.as_bytes());
            return Err(bad_port(OsStr::from_bytes(last)));
        }
    };
    Ok(host.map(|host| OnlyPeer { host: Host(host.clone()), port, others }))
}

/// A port of our own.
fn own_port(
    settings: &Settings,
    id: Id,
    value: Option<&OsString>,
    transport: Transport,
    services: Services<'_>,
) -> Result<Option<u16>, UsageError> {
    let Some(value) = value else { return Ok(None) };
    real_local_port(value, settings.spelling(id), transport, services).map(Some)
}

/// A port, or a range `lo-hi` or `lo:hi` of which one end may be missing.
fn range(
    argument: &OsStr,
    transport: Transport,
    services: Services<'_>,
) -> Result<PortRange, UsageError> {
    let bytes = argument.as_bytes();
    let at = |wanted| bytes.iter().position(|&byte| byte == wanted);
    let one = |text: &[u8], otherwise| match (text, otherwise) {
        ([], Some(port)) => Ok(port),
        _ => {
            single(OsStr::from_bytes(text), 1, transport, services).map_err(|_| bad_port(argument))
        }
    };
    let Some(middle) = at(b'-').or_else(|| at(b':')) else {
        return one(bytes, None).map(PortRange::single);
    };
    let (low, high) = bytes.split_at(middle);
    let high = high.get(1..).unwrap_or_default();
    if low.is_empty() && high.is_empty() {
        return Err(bad_port(argument));
    }
    let (low, high) = (one(low, Some(1))?, one(high, Some(u16::MAX))?);
    // the wrong way round it is no port at all there
    if low > high { Err(bad_port(argument)) } else { Ok(PortRange::new(low, high)) }
}

fn bad_port(argument: &OsStr) -> UsageError {
    let bad = BadPort { part: argument.to_owned(), problem: Problem::Invalid };
    UsageError::BadPort { argument: argument.to_owned(), bad, clash: None }
}

/// Ranges without order and repetition.
fn union(mut ranges: Vec<PortRange>) -> Vec<PortRange> {
    ranges.sort_by_key(|range| (range.first, range.last));
    let mut union: Vec<PortRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match union.last_mut() {
            Some(last) if range.first <= last.last.saturating_add(1) => {
                last.last = last.last.max(range.last);
            }
            _ => union.push(range),
        }
    }
    union
}
