//! BusyBox's two netcats: their operands and their ends.
//!
//! One host and one port; a host alone means port 0, which the kernel refuses. A listener without
//! `-p` takes any free port.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use super::Operands;
use super::dial::{limit, local_dial, source_port, transport};
use super::program::in_our_place;
use crate::cli::option::Id;
use crate::cli::port::{Services, single};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{
    Access, AfterInput, AfterPeer, Clients, Command, Connect, Dial, Host, Inet, Listen, Local,
    OnlyPeer, Pace, PaceUnit, Plan, PortList, PortRange, Program, RecordFormat, RecordTo,
    Recording, Remote, Scan, Service, Session, Strangers, Transport, UdpProbe,
};

/// The size of the original's buffer, and so of its datagrams, in bytes.
const DATAGRAM: usize = 8192;

/// The small one leaves with its peer, whatever its input still holds. Ours sends what comes: an
/// input that pauses for so long has nothing to say.
const PRODUCER: Duration = Duration::from_millis(500);

/// How often the original waits for `-w` before it gives a connection up.
const TRIES: u32 = 2;

/// The plan of the one with 1.10 compatibility.
pub fn busybox(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let transport = transport(settings);
    let own_port = source_port(settings, transport, services)?;
    if own_port == Some(0) {
        let value = settings.source_port.clone().unwrap_or_default();
        return Err(UsageError::RefusedValue { before: "bad local port '", value, after: "'" });
    }
    let (host, port) = peer(&operands.values, transport, services)?;
    let program = program(settings, operands);
    let session = session(settings, program.is_some());
    let source = settings.source_address.as_ref();
    // -n is about messages; a name is looked up all the same.
    let numeric =
        settings.has(Id::Numeric) && [host.as_ref(), source].into_iter().flatten().all(is_address);
    if settings.has(Id::Listen) {
        let others = Strangers::Ignore;
        let only = host.map(|host| OnlyPeer {
            host: Host(host),
            port: port.filter(|&port| port != 0),
            others,
        });
        let for_ever = settings.has(Id::KeepOpen) || settings.count(Id::Listen) > 1;
        let host = source.cloned().map(Host);
        let local = Local::Inet { transport, host, port: own_port.unwrap_or(0) };
        return Ok(Plan::Listen(Listen {
            numeric,
            socket: settings.socket.clone(),
            session,
            access: Access { only, ..Access::default() },
            ..listener(settings, local, program, for_ever)
        }));
    }
    let host = host.ok_or(UsageError::Operands)?;
    let target = inet(transport, host, port.unwrap_or(0));
    let dial = Dial {
        numeric,
        source_address: source.cloned().map(Host),
        socket: settings.socket.clone(),
        ..dial(settings, own_port)
    };
    if settings.has(Id::Scan) && program.is_none() {
        return Ok(Plan::Scan(Scan { dial, udp_probe: UdpProbe::TwoNuls, ..Scan::new(target) }));
    }
    Ok(Plan::Connect(Connect { dial, session, program, ..Connect::new(Remote::Inet(target)) }))
}

/// The plan of the small one.
pub fn busybox_small(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let transport = Transport::Tcp;
    let own_port = source_port(settings, transport, services)?;
    let program = program(settings, operands);
    let session = small_session(settings);
    let operands = operands.values.as_slice();
    if let Some(file) = &settings.file {
        if settings.has(Id::Listen) || !operands.is_empty() {
            return Err(UsageError::Operands);
        }
        let remote = Remote::File(PathBuf::from(file));
        let dial = local_dial(settings);
        return Ok(Plan::Connect(Connect { dial, session, program, ..Connect::new(remote) }));
    }
    if settings.has(Id::Listen) {
        if operands.len() > 1 {
            return Err(UsageError::Operands);
        }
        let (host, port) = peer(operands, transport, services)?;
        let port = port.or(own_port).unwrap_or(0);
        let local = Local::Inet { transport, host: host.map(Host), port };
        let for_ever = settings.count(Id::Listen) > 1;
        let listen = Listen { session, ..listener(settings, local, program, for_ever) };
        return Ok(Plan::Listen(listen));
    }
    let (host, port) = peer(operands, transport, services)?;
    let target = inet(transport, host.ok_or(UsageError::Operands)?, port.unwrap_or(0));
    let dial = dial(settings, own_port);
    Ok(Plan::Connect(Connect { dial, session, program, ..Connect::new(Remote::Inet(target)) }))
}

fn listener(settings: &Settings, local: Local, program: Option<Program>, for_ever: bool) -> Listen {
    let clients = if for_ever && program.is_some() { Clients::AtOnce } else { Clients::One };
    Listen {
        clients,
        service: program.map_or(Service::Streams, Service::Program),
        accept_timeout: limit(settings.wait),
        ..Listen::new(local)
    }
}

fn dial(settings: &Settings, own_port: Option<u16>) -> Dial {
    Dial {
        timeout: limit(settings.wait),
        source_port: own_port.filter(|&port| port != 0),
        ..Dial::default()
    }
}

fn inet(transport: Transport, host: OsString, port: u16) -> Inet {
    let ports = PortList(vec![PortRange::single(port)]);
    Inet { transport, host: Host(host), ports }
}

/// At most a host and its port, in two words or as `HOST:PORT` in one, where that is no bare IPv6
/// address; the port in the same word counts before the other.
fn peer(
    operands: &[OsString],
    transport: Transport,
    services: Services<'_>,
) -> Result<(Option<OsString>, Option<u16>), UsageError> {
    let (host, behind) = match operands {
        [] => return Ok((None, None)),
        [host] => (host, None),
        [host, port] => (host, Some(port.as_os_str())),
        _ => return Err(UsageError::Operands),
    };
    let (host, within) = split(host);
    let read = |port: &OsStr| {
        single(port, 0, transport, services).map_err(|bad| UsageError::BadPort {
            argument: port.to_owned(),
            bad,
            clash: None,
        })
    };
    let behind = behind.map(read).transpose()?;
    let within = within.map(read).transpose()?;
    Ok((Some(host.to_owned()), within.or(behind)))
}

/// `HOST:PORT`, `[V6]:PORT`, `[V6]`, or a host alone.
fn split(word: &OsStr) -> (&OsStr, Option<&OsStr>) {
    let bytes = word.as_bytes();
    let (host, port) = if let Some(inner) = bytes.strip_prefix(b"[") {
        let end = inner.iter().position(|&byte| byte == b']').unwrap_or(inner.len());
        (inner.get(..end), inner.get(end + 1..))
    } else {
        let last = bytes.iter().rposition(|&byte| byte == b':');
        let first = bytes.iter().position(|&byte| byte == b':');
        let at = first.filter(|&at| at > 0 && first == last);
        (at.and_then(|at| bytes.get(..at)), at.and_then(|at| bytes.get(at..)))
    };
    match (host, port) {
        (Some(host), Some([])) => (OsStr::from_bytes(host), None),
        (Some(host), Some([b':', port @ ..])) => {
            (OsStr::from_bytes(host), Some(OsStr::from_bytes(port)))
        }
        _ => (word, None),
    }
}

/// `-e PROG ARGS…`
fn program(settings: &Settings, operands: &Operands) -> Option<Program> {
    let file = settings.word(Id::Exec)?;
    let argv = std::iter::once(file).chain(&operands.rest).cloned().collect();
    Some(in_our_place(Command::Argv { argv, search: true }))
}

fn session(settings: &Settings, with_program: bool) -> Session {
    let file = settings.word(Id::Output).filter(|_| !with_program);
    let recordings = file.map(|file| Recording {
        to: RecordTo::File(PathBuf::from(file)),
        format: RecordFormat::HexTraditional,
        append: false,
    });
    let before_lines = |pause| Pace { pause, unit: PaceUnit::Line, before: true, both_ways: false };
    Session {
        after_input: AfterInput::HalfClose,
        after_peer: AfterPeer::FinishInput,
        after_peer_at_terminal: AfterPeer::FinishInput,
        idle_timeout: limit(settings.wait).map(|wait| wait * TRIES),
        pace: settings.interval.map(before_lines),
        recordings: recordings.into_iter().collect(),
        datagram_size: DATAGRAM,
        ..Session::default()
    }
}

fn small_session(settings: &Settings) -> Session {
    let after_blocks =
        |pause| Pace { pause, unit: PaceUnit::Block, before: false, both_ways: true };
    Session {
        after_input: AfterInput::HalfClose,
        after_peer: AfterPeer::LeaveWhenIdle(PRODUCER),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        pace: limit(settings.interval).map(after_blocks),
        ..Session::default()
    }
}

fn is_address(host: &OsString) -> bool {
    OsStr::to_str(host).is_some_and(|host| host.parse::<IpAddr>().is_ok())
}
