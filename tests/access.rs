//! Who is let in: rules, the one peer that is waited for, how many at once, how long the first one
//! is waited for. The engine runs in the test; its clients talk to a shell, or to nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::num::NonZeroUsize;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use common::engine::{Engine, listening};
use common::{DEADLINE, peer};
use netcat::plan::{
    AccessSource, Attached, Clients, Command, Host, Listen, Local, OnlyPeer, Program,
    ProgramErrors, Service, Strangers, Transport, UnixKind, UnixName,
};
use socket2::{Domain, Socket, Type};

/// A program that says hello and then says everything back.
fn hello() -> Service {
    Service::Program(Program {
        command: Command::Shell("echo hello; exec cat".into()),
        attached: Attached::Pipes,
        errors: ProgramErrors::Ours,
        ncat_environment: false,
        gives_status: false,
    })
}

fn greeting(clients: Clients) -> Listen {
    Listen { clients, service: hello(), ..listening(Transport::Tcp) }
}

fn list(text: &str) -> Vec<AccessSource> {
    vec![AccessSource::List(text.into())]
}

/// A client from another address of this machine.
fn connect_from(source: &str, port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let source: SocketAddr = format!("{source}:0").parse().unwrap();
    socket.bind(&source.into()).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into()).unwrap();
    socket.into()
}

fn is_greeted(mut client: impl Read) -> bool {
    let mut greeting = [0; 6];
    client.read_exact(&mut greeting).is_ok_and(|()| &greeting == b"hello\n")
}

#[test]
fn a_refused_client_is_closed_and_the_next_one_is_served() {
    for clients in [Clients::One, Clients::InTurn, Clients::AtOnce] {
        let mut listen = greeting(clients);
        listen.access.allow = list("127.0.0.1");
        let mut engine = Engine::listen(listen);
        assert!(peer::is_at_end(&connect_from("127.0.0.2", engine.port)), "{clients:?}");
        let refused = engine.wait("ClientRefused");
        assert!(refused.contains("127.0.0.2:") && refused.contains("NotAllowed"), "{refused}");
        assert!(is_greeted(&connect_from("127.0.0.1", engine.port)), "{clients:?}");
    }
}

#[test]
fn ipv4_over_an_ipv6_socket_is_ipv4() {
    let Ok(socket) = Socket::new(Domain::IPV6, Type::STREAM, None) else {
        return;
    };
    socket.set_only_v6(false).unwrap();
    let mut listen = greeting(Clients::AtOnce);
    listen.access.deny = list("127.0.0.1,::1");
    let engine = Engine::listen(listen);
    let to: SocketAddr = format!("[::ffff:127.0.0.1]:{}", engine.port).parse().unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.connect(&to.into()).unwrap();
    assert!(peer::is_at_end(&TcpStream::from(socket)));
}

#[test]
fn a_file_of_rules_denies_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("denied");
    std::fs::write(&path, "10.0.0.0/8 localhost\n").unwrap();
    let mut listen = Listen { numeric: false, ..greeting(Clients::AtOnce) };
    listen.access.deny = vec![AccessSource::File(path)];
    let engine = Engine::listen(listen);
    assert!(peer::is_at_end(&connect_from("127.0.0.1", engine.port)));
    assert!(is_greeted(&connect_from("127.0.0.3", engine.port)));
}

#[test]
fn what_is_no_rule_stops_the_start() {
    for text in ["127.0.0.1,", "1.2.3.4/33", "no-such-name.invalid", "10.0.0.300"] {
        let mut listen = greeting(Clients::AtOnce);
        listen.access.deny = list(text);
        let mut engine = Engine::start(netcat::plan::Plan::Listen(listen));
        let result = engine.end();
        assert!(result.starts_with("Err(Access {"), "{text}: {result}");
        assert!(!engine.heard.iter().any(|event| event.starts_with("Listening")), "{text}");
    }
}

#[test]
fn over_a_unix_socket_nobody_is_on_a_list() {
    let directory = tempfile::tempdir().unwrap();
    for (denied, served) in [(true, true), (false, false)] {
        let path = directory.path().join("socket");
        let name = UnixName::Path(path.clone());
        let mut listen = Listen {
            local: Local::Unix { kind: UnixKind::Stream, name },
            ..greeting(Clients::AtOnce)
        };
        let rules = list("0.0.0.0/0,::/0");
        if denied {
            listen.access.deny = rules;
        } else {
            listen.access.allow = rules;
        }
        let engine = Engine::listen(listen);
        let client = UnixStream::connect(&path).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        assert_eq!(is_greeted(client), served);
        drop(engine);
    }
}

fn only(others: Strangers, port: Option<u16>) -> Listen {
    let mut listen = greeting(Clients::One);
    listen.access.only = Some(OnlyPeer { host: Host::from("127.0.0.1"), port, others });
    listen
}

#[test]
fn a_stranger_ends_the_wait_or_is_ignored() {
    let mut engine = Engine::listen(only(Strangers::Ignore, None));
    assert!(peer::is_at_end(&connect_from("127.0.0.2", engine.port)));
    let refused = engine.wait("ClientRefused");
    assert!(refused.contains("NotThePeer"), "{refused}");
    assert!(is_greeted(&connect_from("127.0.0.1", engine.port)));

    let mut engine = Engine::listen(only(Strangers::Fail, Some(1)));
    let _client = connect_from("127.0.0.1", engine.port);
    let result = engine.end();
    assert!(result.starts_with("Err(WrongPeer"), "{result}");
}

#[test]
fn of_datagrams_the_first_one_allowed_makes_the_peer() {
    for clients in [Clients::One, Clients::AtOnce] {
        let mut listen = Listen { clients, service: hello(), ..listening(Transport::Udp) };
        listen.access.deny = list("127.0.0.2");
        let mut engine = Engine::listen(listen);
        let [stranger, friend] = ["127.0.0.2:0", "127.0.0.1:0"].map(|from| {
            let socket = UdpSocket::bind(from).unwrap();
            socket.set_read_timeout(Some(DEADLINE)).unwrap();
            socket.connect(("127.0.0.1", engine.port)).unwrap();
            socket
        });
        for _ in 0..3 {
            stranger.send(b"let me in").unwrap();
        }
        let refused = engine.wait("ClientRefused");
        assert!(refused.contains("NotAllowed"), "{refused}");
        friend.send(b"knock").unwrap();
        let mut answer = [0; 100];
        let count = friend.recv(&mut answer).unwrap();
        // the knock that comes back may be in the same datagram
        assert!(answer[..count].starts_with(b"hello\n"), "{clients:?}: {:?}", &answer[..count]);
        stranger.set_nonblocking(true).unwrap();
        assert!(stranger.recv(&mut answer).is_err(), "{clients:?}");
    }
}

#[test]
fn one_too_many_is_closed_and_a_place_that_is_left_is_given_again() {
    let mut listen = greeting(Clients::AtOnce);
    listen.most_clients = NonZeroUsize::new(2);
    let mut engine = Engine::listen(listen);
    let clients = [(); 2].map(|()| connect_from("127.0.0.1", engine.port));
    for client in &clients {
        assert!(is_greeted(client));
    }
    assert!(peer::is_at_end(&connect_from("127.0.0.1", engine.port)));
    let refused = engine.wait("ClientRefused");
    assert!(refused.contains("TooMany(2)"), "{refused}");
    drop(clients);
    engine.wait("ProgramEnded");
    engine.wait("ProgramEnded");
    // the place is free a moment after its program has ended
    let begun = Instant::now();
    while !is_greeted(&connect_from("127.0.0.1", engine.port)) {
        assert!(begun.elapsed() < DEADLINE, "{:?}", engine.heard);
    }
}

#[test]
fn nobody_is_waited_for_longer_than_wanted() {
    let patience = Duration::from_millis(200);
    for transport in [Transport::Tcp, Transport::Udp] {
        for clients in [Clients::One, Clients::InTurn, Clients::AtOnce] {
            let mut listen = Listen { clients, service: hello(), ..listening(transport) };
            listen.accept_timeout = Some(patience);
            let begun = Instant::now();
            let mut engine = Engine::listen(listen);
            let result = engine.end();
            assert!(result.starts_with("Err(NobodyCame"), "{transport:?} {clients:?}: {result}");
            assert!(begun.elapsed() >= patience, "{transport:?} {clients:?}");
        }
    }
}

#[test]
fn somebody_who_came_in_time_stays_as_long_as_it_likes() {
    let patience = Duration::from_millis(300);
    let mut listen = greeting(Clients::AtOnce);
    listen.accept_timeout = Some(patience);
    let engine = Engine::listen(listen);
    let begun = Instant::now();
    let mut client = connect_from("127.0.0.1", engine.port);
    assert!(is_greeted(&client));
    client.set_read_timeout(Some(patience * 2)).unwrap();
    assert!(client.read(&mut [0]).is_err(), "nothing comes, not even an end");
    assert!(begun.elapsed() > patience);
    client.write_all(b"still here\n").unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut answer = [0; 11];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"still here\n");
}
