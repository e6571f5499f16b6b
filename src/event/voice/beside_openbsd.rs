//! The real netcat-openbsd beside our words for it, where it is installed.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::{OpenBsdVoice, Voice};
use crate::event::sample::{inet, os_error, reporting, services, target, unix};
use crate::event::{Attempt, Error, Event, Failure, VoiceName};
use crate::plan::{Transport, UnixKind, UnixName};

const PROGRAM: &str = "nc.openbsd";
const DEADLINE: Duration = Duration::from_secs(20);

fn start(arguments: &[&str]) -> Option<Child> {
    let child = Command::new(PROGRAM)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    if child.is_err() {
        println!("skipped: {PROGRAM} is not installed");
    }
    child.ok()
}

/// The first `lines` lines of its standard error, or all of it.
fn words(child: &mut Child, lines: Option<usize>) -> String {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut words = String::new();
        match lines {
            Some(lines) => (0..lines).for_each(|_| drop(stderr.read_line(&mut words))),
            None => drop(stderr.read_to_string(&mut words)),
        }
        drop(sender.send(words));
        stderr
    });
    let Ok(words) = receiver.recv_timeout(DEADLINE) else {
        drop(child.kill());
        panic!("{PROGRAM} said nothing in time");
    };
    child.stderr = Some(reader.join().unwrap().into_inner());
    words
}

/// What it says until it ends by itself, and its status.
fn run(arguments: &[&str]) -> Option<(String, Option<i32>)> {
    let mut child = start(arguments)?;
    let said = words(&mut child, None);
    Some((said, child.wait().unwrap().code()))
}

fn ours(verbosity: u8, events: &[Event], result: &Result<(), Error>) -> (String, Option<i32>) {
    let voice = OpenBsdVoice::new(services());
    let mut reporting = reporting(VoiceName::OpenBsd, verbosity);
    reporting.program = PROGRAM.into();
    let mut said: Vec<u8> =
        events.iter().filter_map(|event| voice.event(event, &reporting)).flatten().collect();
    if let Err(error) = result {
        said.extend(voice.error(error, &reporting).unwrap_or_default());
    }
    let status = voice.status(result, &reporting);
    (String::from_utf8(said).unwrap(), Some(status.into()))
}

/// A port of loopback that refuses, for as long as the socket is kept: it is bound, not listening.
fn refusing() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let at = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, at)
}

#[test]
fn a_connection_that_succeeds() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    for name in ["127.0.0.1", "localhost", "127.1"] {
        let Some(theirs) = run(&["-4vz", name, &at.port().to_string()]) else { return };
        let event = Event::Connected {
            target: target(name, at.port(), Transport::Tcp),
            peer: inet(Transport::Tcp, Some(name), &at.to_string()),
            local: None,
            proxied: false,
            took: Duration::ZERO,
        };
        assert_eq!(ours(1, &[event], &Ok(())), theirs);
    }
}

#[test]
fn a_connection_that_is_refused() {
    let (_bound, at) = refusing();
    for (name, verbosity, flags) in [("127.0.0.1", 0, "-4"), ("localhost", 1, "-4v")] {
        let Some(theirs) = run(&[flags, name, &at.port().to_string()]) else { return };
        let target = || target(name, at.port(), Transport::Tcp);
        let event = Event::AttemptFailed(Attempt {
            target: target(),
            address: at,
            error: os_error(libc::ECONNREFUSED),
            took: Duration::ZERO,
            to_proxy: false,
        });
        let error = Error::NotConnected { target: target(), failure: Failure::Refused };
        assert_eq!(ours(verbosity, &[event], &Err(error)), theirs);
    }
}

#[test]
fn names_that_are_not_found() {
    let Some(theirs) = run(&["-n", "localhost", "80"]) else { return };
    let reason = || "Name or service not known".to_owned();
    let error = Error::Lookup {
        host: Some("localhost".into()),
        port: 80,
        to_proxy: false,
        numeric: true,
        reason: reason(),
    };
    assert_eq!(ours(0, &[], &Err(error)), theirs);
    let Some(theirs) = run(&["-ln", "localhost", "0"]) else { return };
    let (host, reason) = ("localhost".into(), reason());
    let error = Error::LocalLookup { host, numeric: true, listening: true, reason };
    assert_eq!(ours(0, &[], &Err(error)), theirs);
}

#[test]
fn addresses_that_cannot_be_bound() {
    let (_bound, at) = refusing();
    let at = at.port().to_string();
    // an address of the documentation's block is nobody's
    let Some(theirs) = run(&["-s", "192.0.2.1", "127.0.0.1", &at]) else { return };
    let error = Error::Source { address: None, error: os_error(libc::EADDRNOTAVAIL) };
    assert_eq!(ours(0, &[], &Err(error)), theirs);
    let Some(theirs) = run(&["-l", "192.0.2.1", &at]) else { return };
    let local = inet(Transport::Tcp, None, "192.0.2.1:1");
    let error = Error::Bind { local, error: os_error(libc::EADDRNOTAVAIL) };
    assert_eq!(ours(0, &[], &Err(error)), theirs);
}

#[test]
fn a_listener_and_its_client() {
    let Some(mut child) = start(&["-lnv", "127.0.0.1", "0"]) else { return };
    let banner = words(&mut child, Some(1));
    let port: u16 = banner.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
    let listening = Event::Listening(inet(Transport::Tcp, None, &format!("127.0.0.1:{port}")));
    assert_eq!(ours(1, &[listening], &Ok(())).0, banner);
    let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let from = client.local_addr().unwrap().to_string();
    drop(client);
    let theirs = (words(&mut child, None), child.wait().unwrap().code());
    let accepted = Event::Accepted {
        peer: inet(Transport::Tcp, None, &from),
        name: None,
        local: None,
        user: None,
    };
    assert_eq!(ours(1, &[accepted], &Ok(())), theirs);
}

#[test]
fn unix_sockets() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let path = path.to_str().unwrap();
    let Some(theirs) = run(&["-U", path]) else { return };
    let error = Error::Unix { name: UnixName::parse(path.as_ref()), error: os_error(libc::ENOENT) };
    assert_eq!(ours(0, &[], &Err(error)), theirs);

    let Some(mut child) = start(&["-lvU", path]) else { return };
    let banner = words(&mut child, Some(2));
    let end = || unix(UnixKind::Stream, Some(path));
    assert_eq!(ours(1, &[Event::Bound(end()), Event::Listening(end())], &Ok(())).0, banner);
    drop(std::os::unix::net::UnixStream::connect(path).unwrap());
    let theirs = (words(&mut child, None), child.wait().unwrap().code());
    let accepted = Event::Accepted { peer: end(), name: None, local: None, user: None };
    assert_eq!(ours(1, &[accepted], &Ok(())), theirs);
}
