//! A broker: what one client says goes to all others, and a client that does not read holds nobody
//! up for long.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::num::NonZeroUsize;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::engine::{Engine, listening};
use common::{DEADLINE, STANDSTILL, pattern, peer};
use netcat::plan::{
    AfterPeer, Clients, Listen, Local, RecordFormat, RecordTo, Recording, Service, Transport,
    UnixKind, UnixName,
};
use socket2::SockRef;

fn broker() -> Listen {
    Listen { clients: Clients::AtOnce, service: Service::Broker, ..listening(Transport::Tcp) }
}

/// Connects so many clients and waits until all of them are in.
fn connected(engine: &mut Engine, count: usize) -> Vec<TcpStream> {
    (0..count)
        .map(|_| {
            let client = peer::connect(engine.port);
            engine.wait("Accepted");
            client
        })
        .collect()
}

fn hears(mut client: &TcpStream, expected: &[u8]) {
    let mut bytes = vec![0; expected.len()];
    client.read_exact(&mut bytes).unwrap();
    assert!(bytes == expected, "{:?}", common::show(&bytes));
}

fn hears_nothing(mut client: &TcpStream) {
    client.set_read_timeout(Some(STANDSTILL)).unwrap();
    assert!(client.read(&mut [0]).is_err());
    client.set_read_timeout(Some(DEADLINE)).unwrap();
}

#[test]
fn one_says_and_all_others_hear_it_unchanged() {
    let mut engine = Engine::listen(broker());
    let clients = connected(&mut engine, 4);
    let bytes: Vec<u8> = (0..=255).collect();
    for speaker in 0..clients.len() {
        (&clients[speaker]).write_all(&bytes).unwrap();
        for (listener, client) in clients.iter().enumerate() {
            if listener != speaker {
                hears(client, &bytes);
            }
        }
    }
    for client in &clients {
        hears_nothing(client);
    }
}

#[test]
fn our_input_goes_to_all_and_its_end_is_nobodys() {
    let (input, mut feed) = std::io::pipe().unwrap();
    // only this test's run reads standard input
    rustix::stdio::dup2_stdin(&input).unwrap();
    drop(input);
    let mut listen = broker();
    listen.session.read_input = true;
    listen.session.crlf = true;
    let mut engine = Engine::listen(listen);
    // nothing is lost that comes before anybody is there
    feed.write_all(b"first\n").unwrap();
    let clients = connected(&mut engine, 1);
    hears(&clients[0], b"first\r\n");
    let more = connected(&mut engine, 1);
    feed.write_all(b"for all\n").unwrap();
    drop(feed);
    for client in clients.iter().chain(&more) {
        hears(client, b"for all\r\n");
    }
    (&more[0]).write_all(b"still here\n").unwrap();
    hears(&clients[0], b"still here\n");
}

#[test]
fn no_byte_is_lost_among_many() {
    const SIZE: usize = 8 << 20;
    let mut engine = Engine::listen(broker());
    let clients = connected(&mut engine, 20);
    let said = Arc::new(pattern(SIZE));
    let listeners: Vec<_> = clients[1..]
        .iter()
        .map(|client| {
            let (mut client, said) = (client.try_clone().unwrap(), Arc::clone(&said));
            thread::spawn(move || {
                let mut bytes = vec![0; SIZE];
                client.read_exact(&mut bytes).unwrap();
                bytes == *said
            })
        })
        .collect();
    (&clients[0]).write_all(&said).unwrap();
    for listener in listeners {
        assert!(listener.join().unwrap(), "it heard something else");
    }
}

#[test]
fn all_speak_at_once_and_none_is_lost() {
    const SIZE: usize = 1 << 20;
    const COUNT: usize = 6;
    let mut engine = Engine::listen(broker());
    let clients = connected(&mut engine, COUNT);
    let threads: Vec<_> = clients
        .iter()
        .zip(0_u8..)
        .flat_map(|(client, number)| {
            let (mut speaker, mut listener) =
                (client.try_clone().unwrap(), client.try_clone().unwrap());
            let speaking = thread::spawn(move || speaker.write_all(&vec![number; SIZE]).unwrap());
            let listening = thread::spawn(move || {
                let mut bytes = vec![0; SIZE * (COUNT - 1)];
                listener.read_exact(&mut bytes).unwrap();
                let mut counts = [0; COUNT];
                for byte in bytes {
                    counts[usize::from(byte)] += 1;
                }
                let mut expected = [SIZE; COUNT];
                expected[usize::from(number)] = 0;
                assert_eq!(counts, expected, "at {number}");
            });
            [speaking, listening]
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn who_does_not_read_is_dropped_and_the_others_get_everything() {
    const SIZE: usize = 32 << 20;
    let mut engine = Engine::listen(broker());
    let stuck = peer::small_window(engine.port);
    engine.wait("Accepted");
    let clients = connected(&mut engine, 2);
    let mut listener = clients[1].try_clone().unwrap();
    let listening = thread::spawn(move || {
        let mut bytes = vec![0; SIZE];
        listener.read_exact(&mut bytes).unwrap();
        assert!(bytes == pattern(SIZE));
    });
    (&clients[0]).write_all(&pattern(SIZE)).unwrap();
    let dropped = engine.wait("ClientDropped");
    assert!(dropped.contains("DoesNotRead"), "{dropped}");
    listening.join().unwrap();
    drop(stuck);
}

#[test]
fn newcomers_that_never_read_slow_nobody() {
    const ROUNDS: usize = 12;
    const SIZE: usize = 8 << 20;
    let mut engine = Engine::listen(broker());
    let clients = connected(&mut engine, 2);
    let said = Arc::new(pattern(SIZE));
    let speaking = |engine: &mut Engine| {
        let stuck = peer::small_window(engine.port);
        engine.wait("Accepted");
        let (mut listener, expected) = (clients[1].try_clone().unwrap(), Arc::clone(&said));
        let listening = thread::spawn(move || {
            let mut bytes = vec![0; SIZE];
            listener.read_exact(&mut bytes).unwrap();
            assert!(bytes == *expected);
        });
        (&clients[0]).write_all(&said).unwrap();
        listening.join().unwrap();
        stuck
    };
    let begun = Instant::now();
    let stuck: Vec<_> = (0..ROUNDS).map(|_| speaking(&mut engine)).collect();
    // each would have held everybody up for five seconds
    let longest = Duration::from_secs(4) * u32::try_from(ROUNDS).unwrap();
    assert!(begun.elapsed() < longest, "{:?}", begun.elapsed());
    let told = |engine: &Engine, start: &str| {
        engine.heard.iter().filter(|event| event.starts_with(start)).count()
    };
    while told(&engine, "ClientLeft") < ROUNDS {
        engine.wait("ClientLeft");
    }
    assert_eq!(told(&engine, "ClientDropped"), ROUNDS);
    drop(stuck);
}

#[test]
fn who_takes_its_time_loses_nothing_while_it_is_the_only_one_to_listen() {
    const SIZE: usize = 12 << 20;
    let mut engine = Engine::listen(broker());
    let clients = connected(&mut engine, 1);
    let mut slow = peer::small_window(engine.port);
    engine.wait("Accepted");
    let mut speaker = clients[0].try_clone().unwrap();
    let speaking = thread::spawn(move || speaker.write_all(&pattern(SIZE)).unwrap());
    let (_never, tick) = std::sync::mpsc::channel::<()>();
    let mut bytes = vec![0; SIZE];
    for piece in bytes.chunks_mut(1 << 16) {
        // some 5 MB/s, which is little beside what goes over loopback
        let _ = tick.recv_timeout(Duration::from_millis(12));
        slow.read_exact(piece).unwrap();
    }
    assert!(bytes == pattern(SIZE));
    speaking.join().unwrap();
    SockRef::from(&slow).set_linger(Some(Duration::ZERO)).unwrap();
    drop(slow);
    engine.wait("ClientLeft");
    assert!(!engine.heard.iter().any(|event| event.starts_with("ClientDropped")));
}

#[test]
fn a_speaker_does_not_have_to_listen_while_nobody_else_speaks() {
    const SIZE: usize = 4 << 20;
    let mut engine = Engine::listen(broker());
    let clients = connected(&mut engine, 2);
    let mut speaker = clients[0].try_clone().unwrap();
    let speaking = thread::spawn(move || speaker.write_all(&pattern(SIZE)).unwrap());
    hears(&clients[1], &pattern(SIZE));
    speaking.join().unwrap();
}

#[test]
fn who_has_finished_still_hears_or_is_done() {
    for (after_peer, stays) in [(AfterPeer::FinishInput, true), (AfterPeer::LeaveWhenQuiet, false)]
    {
        let mut listen = broker();
        listen.session.after_peer = after_peer;
        let mut engine = Engine::listen(listen);
        let clients = connected(&mut engine, 2);
        (&clients[0]).write_all(b"last words").unwrap();
        clients[0].shutdown(Shutdown::Write).unwrap();
        hears(&clients[1], b"last words");
        if stays {
            (&clients[1]).write_all(b"an answer").unwrap();
            hears(&clients[0], b"an answer");
        } else {
            assert!(peer::is_at_end(&clients[0]));
            engine.wait("ClientLeft");
        }
    }
}

#[test]
fn who_is_gone_is_missed_by_nobody() {
    let mut engine = Engine::listen(broker());
    let mut clients = connected(&mut engine, 3);
    let gone = clients.pop().unwrap();
    SockRef::from(&gone).set_linger(Some(Duration::ZERO)).unwrap();
    drop(gone);
    engine.wait("ClientLeft");
    (&clients[0]).write_all(b"hello").unwrap();
    hears(&clients[1], b"hello");
}

#[test]
fn a_seat_is_given_again_once_its_client_is_gone() {
    let mut listen = broker();
    listen.most_clients = NonZeroUsize::new(2);
    let mut engine = Engine::listen(listen);
    let mut clients = connected(&mut engine, 2);
    for client in &clients {
        client.shutdown(Shutdown::Write).unwrap();
    }
    // both may be listening
    assert!(!peer::is_let_in(&peer::connect(engine.port)));
    engine.wait("ClientRefused");
    let gone = clients.pop().unwrap();
    SockRef::from(&gone).set_linger(Some(Duration::ZERO)).unwrap();
    drop(gone);
    engine.wait("ClientLeft");
    assert!(peer::is_let_in(&peer::connect(engine.port)));
    hears_nothing(&clients[0]);
    assert!(!engine.heard.iter().any(|event| event.starts_with("ClientFailed")));
}

#[test]
fn a_seat_of_a_unix_socket_is_given_again_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("broker");
    let name = UnixName::Path(path.clone());
    let mut listen = Listen { local: Local::Unix { kind: UnixKind::Stream, name }, ..broker() };
    listen.most_clients = NonZeroUsize::new(1);
    let mut engine = Engine::listen(listen);
    for _ in 0..3 {
        let client = UnixStream::connect(&path).unwrap();
        engine.wait("Accepted");
        client.shutdown(Shutdown::Write).unwrap();
        drop(client);
    }
    assert!(!engine.heard.iter().any(|event| event.starts_with("ClientRefused")));
}

#[test]
fn over_unix_sockets_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("broker");
    let name = UnixName::Path(path.clone());
    let mut engine =
        Engine::listen(Listen { local: Local::Unix { kind: UnixKind::Stream, name }, ..broker() });
    let [mut one, mut other] = [(); 2].map(|()| {
        let client = UnixStream::connect(&path).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        engine.wait("Accepted");
        client
    });
    one.write_all(b"over a path").unwrap();
    let mut bytes = [0; 11];
    other.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"over a path");
    assert_eq!(engine.stop(), "stopped");
    assert!(!path.exists());
}

#[test]
fn a_record_shows_what_came_and_what_went_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("record");
    let mut listen = broker();
    listen.session.recordings = vec![Recording {
        to: RecordTo::File(path.clone()),
        format: RecordFormat::Raw,
        append: false,
    }];
    let mut engine = Engine::listen(listen);
    let clients = connected(&mut engine, 3);
    (&clients[0]).write_all(b"once\n").unwrap();
    hears(&clients[1], b"once\n");
    hears(&clients[2], b"once\n");
    assert_eq!(engine.stop(), "stopped");
    // received, and sent to everybody
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "once\nonce\n");
}

#[test]
fn datagrams_have_no_broker() {
    let listen = Listen { service: Service::Broker, ..listening(Transport::Udp) };
    let mut engine = Engine::start(netcat::plan::Plan::Listen(listen));
    let result = engine.end();
    assert!(result.starts_with("Err(Lint("), "{result}");
}
