//! Listeners that connect each client to a target.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

use common::engine::{Engine, listening, target};
use common::{DEADLINE, pattern, peer};
use netcat::plan::{
    Clients, Dial, Host, Listen, Local, Proxy, ProxyKind, Service, Transport, Tunnel,
};
use socket2::SockRef;

fn tunnel(clients: Clients, transport: Transport, port: u16) -> Listen {
    let dial = Dial { numeric: true, ..Dial::default() };
    let tunnel = Tunnel { target: target(transport, port), dial };
    Listen { clients, service: Service::Tunnel(tunnel), ..listening(transport) }
}

fn all(mut from: &TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Sends a pattern and ends it, while the answer is read.
fn send_all(stream: &TcpStream, size: usize) -> thread::JoinHandle<()> {
    let mut stream = stream.try_clone().unwrap();
    thread::spawn(move || {
        stream.write_all(&pattern(size)).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
    })
}

#[test]
fn one_client_goes_through_whole_and_each_end_is_passed_on() {
    const SIZE: usize = 5 << 20;
    let (far, port) = peer::tcp_listener();
    let mut engine = Engine::listen(tunnel(Clients::One, Transport::Tcp, port));
    let client = peer::connect(engine.port);
    let target = peer::accept(&far);
    let sending = send_all(&client, SIZE);
    assert!(all(&target) == pattern(SIZE));
    sending.join().unwrap();
    // the client has finished, and is answered all the same
    let answering = send_all(&target, SIZE);
    assert!(all(&client) == pattern(SIZE));
    answering.join().unwrap();
    assert_eq!(engine.end(), "Ok(())");
}

#[test]
fn many_go_through_at_once() {
    let (far, port) = peer::tcp_listener();
    let engine = Engine::listen(tunnel(Clients::AtOnce, Transport::Tcp, port));
    let pairs: Vec<_> = (0..20)
        .map(|_| {
            let client = peer::connect(engine.port);
            (client, peer::accept(&far))
        })
        .collect();
    for (number, (mut client, mut target)) in pairs.iter().map(|(a, b)| (a, b)).enumerate().rev() {
        let text = format!("client {number}\n");
        client.write_all(text.as_bytes()).unwrap();
        let mut line = vec![0; text.len()];
        target.read_exact(&mut line).unwrap();
        assert_eq!(line, text.as_bytes());
        target.write_all(b"ok").unwrap();
        target.shutdown(Shutdown::Write).unwrap();
        assert_eq!(all(client), b"ok");
    }
}

#[test]
fn a_target_that_refuses_fails_its_client_alone() {
    let (far, port) = peer::tcp_listener();
    drop(far);
    for clients in [Clients::InTurn, Clients::AtOnce] {
        let mut engine = Engine::listen(tunnel(clients, Transport::Tcp, port));
        for _ in 0..2 {
            assert!(meets_reset(engine.port), "{clients:?}");
            let failed = engine.wait("ClientFailed");
            assert!(failed.contains("NotConnected"), "{failed}");
        }
    }
    let mut engine = Engine::listen(tunnel(Clients::One, Transport::Tcp, port));
    assert!(meets_reset(engine.port));
    let result = engine.end();
    assert!(result.starts_with("Err(NotConnected"), "{result}");
}

#[test]
fn an_answer_that_is_cut_short_is_no_end_for_the_client() {
    let (far, port) = peer::tcp_listener();
    for clients in [Clients::One, Clients::AtOnce] {
        let engine = Engine::listen(tunnel(clients, Transport::Tcp, port));
        let mut client = peer::connect(engine.port);
        let mut target = peer::accept(&far);
        target.write_all(b"the first half").unwrap();
        let mut got = [0; 14];
        client.read_exact(&mut got).unwrap();
        SockRef::from(&target).set_linger(Some(Duration::ZERO)).unwrap();
        drop(target);
        assert!(is_reset(&client), "{clients:?}");
    }
}

/// Whether the connection fails rather than ends.
/// Whether a client is reset, which may be before its own connect has come back.
fn meets_reset(port: u16) -> bool {
    match TcpStream::connect(("127.0.0.1", port)) {
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        Ok(client) => {
            client.set_read_timeout(Some(DEADLINE)).unwrap();
            is_reset(&client)
        }
    }
}

fn is_reset(mut client: &TcpStream) -> bool {
    let read = client.read(&mut [0]);
    matches!(read, Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset)
}

#[test]
fn a_client_that_is_reset_does_not_end_the_run() {
    let (far, port) = peer::tcp_listener();
    let mut engine = Engine::listen(tunnel(Clients::AtOnce, Transport::Tcp, port));
    let client = peer::connect(engine.port);
    let target = peer::accept(&far);
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    // what is left of it ends, however that looks from here
    let _ = (&target).read(&mut [0]);
    engine.wait("ClientFailed");
    let mut client = peer::connect(engine.port);
    client.write_all(b"next").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(all(&peer::accept(&far)), b"next");
}

#[test]
fn each_sender_of_datagrams_has_a_way_of_its_own() {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = far.local_addr().unwrap().port();
    let engine = Engine::listen(tunnel(Clients::AtOnce, Transport::Udp, port));
    let senders = [(); 2].map(|()| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.connect(("127.0.0.1", engine.port)).unwrap();
        socket
    });
    let mut ways = Vec::new();
    let mut buffer = [0; 100];
    for (sender, text) in senders.iter().zip(["one", "other"]) {
        sender.send(text.as_bytes()).unwrap();
        let (count, from) = far.recv_from(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], text.as_bytes());
        ways.push(from);
    }
    assert_ne!(ways[0], ways[1]);
    for (sender, way) in senders.iter().zip(&ways).rev() {
        far.send_to(way.to_string().as_bytes(), way).unwrap();
        let count = sender.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], way.to_string().as_bytes());
    }
}

#[test]
fn a_tunnel_that_leads_back_to_itself_ends_the_run() {
    for (clients, by_proxy) in
        [(Clients::AtOnce, false), (Clients::AtOnce, true), (Clients::InTurn, false)]
    {
        // the target is known only once the tunnel listens: its port is taken from one that is free
        let (free, port) = peer::tcp_listener();
        drop(free);
        let mut listen = tunnel(clients, Transport::Tcp, port);
        let host = Some(Host::from("127.0.0.1"));
        listen.local = Local::Inet { transport: Transport::Tcp, host, port };
        if let (true, Service::Tunnel(tunnel)) = (by_proxy, &mut listen.service) {
            let host = Host::from("127.0.0.1");
            let kind = ProxyKind::HttpConnect;
            tunnel.dial.proxy = Some(Proxy {
                kind,
                host,
                port,
                user: None,
                names: netcat::plan::ProxyNames::There,
                via: None,
            });
            tunnel.target = target(Transport::Tcp, 1);
        }
        let mut engine = Engine::listen(listen);
        // it may be reset before its own connect has come back
        let client = TcpStream::connect(("127.0.0.1", port));
        let result = engine.end();
        assert!(result.contains("leads back to itself"), "{clients:?}, {by_proxy}: {result}");
        drop(client);
    }
}

#[test]
fn a_seat_is_given_again_once_its_client_is_gone_though_the_target_stays() {
    let (far, port) = peer::tcp_listener();
    let mut listen = tunnel(Clients::AtOnce, Transport::Tcp, port);
    listen.most_clients = NonZeroUsize::new(1);
    let mut engine = Engine::listen(listen);
    let client = peer::connect(engine.port);
    let target = peer::accept(&far);
    client.shutdown(Shutdown::Write).unwrap();
    assert!(peer::is_at_end(&target));
    assert!(!peer::is_let_in(&peer::connect(engine.port)));
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    engine.wait("ClientFailed");
    let begun = Instant::now();
    while !peer::is_let_in(&peer::connect(engine.port)) {
        // the kernel asks by itself after ten seconds
        assert!(begun.elapsed() < Duration::from_secs(8));
    }
}
