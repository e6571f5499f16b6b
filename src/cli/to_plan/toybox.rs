//! toybox: its operands, which are a host and a port, a path or a program, and its ends.
//!
//! Ports beyond 65535 are refused (there they wrap), and so is an empty one (there it is 0). Where
//! the port of a program's listener is left to the kernel, the original tells it and goes on in the
//! background; ours stays in the foreground, and its status is the program's.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use super::Operands;
use super::dial::{local_dial, transport, unix_kind};
use super::program::in_our_place;
use crate::cli::option::Id;
use crate::cli::port::{Services, single};
use crate::cli::settings::{Quit, Settings};
use crate::cli::usage_error::UsageError;
use crate::plan::{
    AfterInput, AfterPeer, Attached, Clients, Command, Connect, Dial, Family, Host, Inet, Listen,
    Local, Plan, PortList, PortRange, Program, ProgramErrors, RecordFormat, RecordTo, Recording,
    Remote, Scan, Service, Session, UdpProbe, UnixName,
};

/// The size of the original's buffer, and so of its datagrams, in bytes.
const DATAGRAM: usize = 4096;

/// The original leaves with its peer, whatever its input still holds. Ours sends what comes: an
/// input that pauses for so long has nothing to say.
const PRODUCER: Duration = Duration::from_millis(500);

/// Makes the plan.
pub fn toybox(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let operands = operands.values.as_slice();
    let for_ever = settings.has(Id::ListenForever);
    let session = session(settings);
    if let Some(file) = &settings.file {
        if !operands.is_empty() {
            return Err(UsageError::Operands);
        }
        let remote = Remote::File(PathBuf::from(file));
        let dial = local_dial(settings);
        return Ok(Plan::Connect(Connect { dial, session, ..Connect::new(remote) }));
    }
    if settings.has(Id::Listen) || for_ever {
        return listener(settings, operands, for_ever, session).map(Plan::Listen);
    }
    match operands {
        [path] if settings.has(Id::Unix) => Ok(Plan::Connect(unix_client(settings, path, session))),
        [host, port] if !settings.has(Id::Unix) => {
            inet_client(settings, host, port, session, services)
        }
        _ => Err(UsageError::Operands),
    }
}

fn inet_client(
    settings: &Settings,
    host: &OsString,
    port: &OsString,
    session: Session,
    services: Services<'_>,
) -> Result<Plan, UsageError> {
    let transport = transport(settings);
    let port = single(port, 0, transport, services).map_err(|_| {
        let mut value = host.clone();
        value.push(":");
        value.push(port);
        let after = ": Servname not supported for ai_socktype";
        UsageError::RefusedValue { before: "", value, after }
    })?;
    let ports = PortList(vec![PortRange::single(port)]);
    let target = Inet { transport, host: Host(host.clone()), ports };
    let dial = Dial {
        family: settings.family,
        numeric: settings.has(Id::Numeric),
        timeout: settings.wait,
        source_address: settings.source_address.clone().map(Host),
        source_port: own_port(settings),
        ..Dial::default()
    };
    if settings.has(Id::Scan) {
        return Ok(Plan::Scan(Scan { dial, udp_probe: UdpProbe::Nothing, ..Scan::new(target) }));
    }
    Ok(Plan::Connect(Connect { dial, session, ..Connect::new(Remote::Inet(target)) }))
}

fn unix_client(settings: &Settings, path: &OsString, mut session: Session) -> Connect {
    if settings.has(Id::Scan) {
        // Connect, and leave: nothing is read from either side.
        session.read_input = false;
        session.idle_timeout = Some(Duration::ZERO);
    }
    let name = UnixName::Path(PathBuf::from(path));
    let remote = Remote::Unix { kind: unix_kind(settings), name, source: None };
    Connect { dial: local_dial(settings), session, ..Connect::new(remote) }
}

fn listener(
    settings: &Settings,
    operands: &[OsString],
    for_ever: bool,
    session: Session,
) -> Result<Listen, UsageError> {
    let source = settings.source_address.as_ref();
    let local = if settings.has(Id::Unix) {
        let path = source.ok_or(UsageError::MissingPath { listen: true })?;
        Local::Unix { kind: unix_kind(settings), name: UnixName::Path(PathBuf::from(path)) }
    } else {
        let host = source.cloned().map(Host);
        let port = own_port(settings).unwrap_or(0);
        Local::Inet { transport: transport(settings), host, port }
    };
    // without an address it takes IPv4 alone
    let family = match (&local, settings.family) {
        (Local::Inet { host: None, .. }, Family::Any) => Family::V4,
        (_, family) => family,
    };
    let clients = match (for_ever, operands) {
        (false, _) => Clients::One,
        (true, []) => Clients::InTurn,
        (true, [..]) => Clients::AtOnce,
    };
    let service = match operands {
        [] => Service::Streams,
        argv => Service::Program(program(settings, argv, for_ever)),
    };
    // for a script that has it chosen
    let tells_port = matches!(&local, Local::Inet { port: 0, .. });
    Ok(Listen {
        family,
        tells_port,
        numeric: settings.has(Id::Numeric),
        clients,
        service,
        accept_timeout: settings.wait,
        session,
        ..Listen::new(local)
    })
}

fn program(settings: &Settings, argv: &[OsString], for_ever: bool) -> Program {
    let terminal = settings.has(Id::Tty);
    let errors = settings.has(Id::ProgramErrors);
    Program {
        attached: if terminal { Attached::Terminal } else { Attached::Socket },
        errors: if errors { ProgramErrors::Peer } else { ProgramErrors::Ours },
        gives_status: !for_ever,
        ..in_our_place(Command::Argv { argv: argv.to_vec(), search: true })
    }
}

fn session(settings: &Settings) -> Session {
    Session {
        after_input: match settings.quit {
            Some(Quit::After(time)) => AfterInput::Quit(time),
            Some(Quit::Never) | None => AfterInput::HalfClose,
        },
        after_peer: AfterPeer::LeaveWhenIdle(PRODUCER),
        after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
        idle_timeout: settings.idle_timeout,
        recordings: recordings(settings),
        datagram_size: DATAGRAM,
        ..Session::default()
    }
}

fn recordings(settings: &Settings) -> Vec<Recording> {
    let forms =
        [(Id::Output, RecordFormat::HexToybox), (Id::HexStream, RecordFormat::HexToyboxStream)];
    let recording = |(id, format)| {
        let file = settings.word(id)?;
        let shown = file.as_os_str() == OsStr::new("-");
        let to = if shown { RecordTo::Output } else { RecordTo::File(PathBuf::from(file)) };
        Some(Recording { to, format, append: false })
    };
    forms.into_iter().filter_map(recording).collect()
}

/// `-p`, checked when it was met.
fn own_port(settings: &Settings) -> Option<u16> {
    settings.source_port.as_ref()?.to_str()?.parse().ok()
}
