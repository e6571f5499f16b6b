//! Calls the command line as `main` does, with a fixed list of services.
#![allow(dead_code)] // each test file uses a part
#![allow(clippy::unwrap_used)] // a test may end so

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

use netcat::cli::explain::clear_spelling;
use netcat::cli::{Environment, Invocation, Refusal, parse};
use netcat::event::{Reporting, VoiceName};
use netcat::plan::{
    AfterInput, AfterPeer, Connect, Host, Inet, Listen, Local, Plan, PortList, PortRange, Remote,
    Session, Transport, View,
};

/// The services that tests know.
pub fn services(name: &OsStr, transport: Transport) -> Option<u16> {
    match (name.to_str()?, transport) {
        ("ssh", Transport::Tcp) => Some(22),
        ("http", Transport::Tcp) => Some(80),
        ("ftp-data", Transport::Tcp) => Some(20),
        ("domain", _) => Some(53),
        _ => None,
    }
}

/// Words of a command line; `''` is an empty argument and `\xNN` a byte.
pub fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace()
        .map(|word| if word == "''" { "" } else { word })
        .map(|word| {
            let mut bytes = Vec::new();
            let mut parts = word.split("\\x");
            bytes.extend(parts.next().unwrap_or_default().bytes());
            for part in parts {
                let (hex, rest) = part.split_at(2);
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                bytes.extend(rest.bytes());
            }
            OsString::from_vec(bytes)
        })
        .collect()
}

/// One command line, its first word the program's name.
pub fn run(line: &str, environment: &Environment) -> Result<Invocation, Refusal> {
    let mut words = words(line);
    let argv0 = words.remove(0);
    parse(&argv0, words, environment, &services)
}

/// Plan and reporting of a command line that has to be right. What the default face plans, it
/// spells clearly, and means the same by it.
pub fn planned(line: &str) -> (Plan, Reporting) {
    match run(line, &Environment::default()) {
        Ok(Invocation::Run { plan, reporting }) => {
            if reporting.voice == VoiceName::Default {
                let clear = clear_spelling(&plan, &reporting);
                assert_eq!(means(clear.clone()), Some(plan.clone()), "{line}: {clear:?}");
            }
            (plan, reporting)
        }
        other => panic!("{line}: {other:?}"),
    }
}

/// The plan of the default face's arguments, if they are right.
pub fn means(args: Vec<OsString>) -> Option<Plan> {
    match parse(OsStr::new("nc"), args, &Environment::default(), &services) {
        Ok(Invocation::Run { plan, .. }) => Some(plan),
        _ => None,
    }
}

/// The words of a refusal.
pub fn refused(line: &str) -> String {
    match run(line, &Environment::default()) {
        Err(refusal) => {
            assert_eq!(refusal.status(), 1, "{line}");
            String::from_utf8(refusal.message()).unwrap()
        }
        other => panic!("{line}: {other:?}"),
    }
}

/// A target of several single ports or ranges.
pub fn target(host: &str, ports: &[(u16, u16)]) -> Inet {
    let ranges = ports.iter().map(|&(one, other)| PortRange::new(one, other)).collect();
    Inet { transport: Transport::Tcp, host: Host::from(host), ports: PortList(ranges) }
}

/// What `nc h 80` plans, for a test to change.
pub fn connect() -> Connect {
    Connect { session: session(), ..Connect::new(Remote::Inet(target("h", &[(80, 80)]))) }
}

/// The default face's session: a peer does not drive the terminal.
pub fn session() -> Session {
    Session { view: View { guarded: true, ..View::default() }, ..Session::default() }
}

/// What `nc.openbsd h 80` plans.
pub fn openbsd_connect() -> Connect {
    Connect { session: openbsd_session(), ..connect() }
}

/// An openbsd client's session.
pub fn openbsd_session() -> Session {
    Session {
        after_input: AfterInput::StayOpen,
        after_peer: AfterPeer::FinishInput,
        after_peer_at_terminal: AfterPeer::FinishInput,
        datagram_size: 16_384,
        ..Session::default()
    }
}

/// What `nc -l 80` plans.
pub fn listen() -> Listen {
    let local = Local::Inet { transport: Transport::Tcp, host: None, port: 80 };
    Listen { session: session(), ..Listen::new(local) }
}

/// What `nc.openbsd -l 80` plans.
pub fn openbsd_listen() -> Listen {
    Listen {
        session: Session {
            after_peer: AfterPeer::LeaveWhenIdle(Duration::from_millis(500)),
            after_peer_at_terminal: AfterPeer::LeaveWhenQuiet,
            ..openbsd_session()
        },
        ..listen()
    }
}
