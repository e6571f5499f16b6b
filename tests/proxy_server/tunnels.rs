//! CONNECT: everything passes in both directions, ends and failures too.

use std::io::Write;
use std::thread;

use netcat::plan::{Host, Proxy, ProxyKind, ProxySpeech};

use crate::common::peer::{accept, tcp_listener};
use crate::common::{pattern, show};
use crate::server::{Server, Told, all, exactly, finish, head, plan, reset, until_reset};

const OK: &[u8] = b"HTTP/1.0 200 OK\r\n\r\n";

/// Enough to fill every buffer on the way.
const PLENTY: usize = 8 << 20;

fn request(port: u16) -> Vec<u8> {
    format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()
}

#[test]
fn early_bytes_come_first_and_each_end_is_passed_on_by_itself() {
    for target_ends_first in [false, true] {
        let server = Server::http();
        let (listener, port) = tcp_listener();
        let mut client = server.told(&[&request(port)[..], b"early, "].concat());
        let mut target = accept(&listener);
        assert_eq!(exactly(&mut client, OK.len()), OK);
        assert_eq!(exactly(&mut target, 7), b"early, ");
        if target_ends_first {
            target.write_all(b"words").unwrap();
            finish(&target);
            assert_eq!(all(&mut client), b"words");
            client.write_all(b"late").unwrap();
            finish(&client);
            assert_eq!(all(&mut target), b"late");
        } else {
            client.write_all(b"late").unwrap();
            finish(&client);
            assert_eq!(all(&mut target), b"late");
            target.write_all(b"words").unwrap();
            finish(&target);
            assert_eq!(all(&mut client), b"words");
        }
        assert_eq!(server.tells(), Told::Accepted);
        let name = format!("CONNECT 127.0.0.1:{port}");
        assert_eq!(server.tells(), Told::Answered(name, "200 OK".to_owned()));
        assert_eq!(server.tells(), Told::Left(OK.len() as u64 + 5, 11));
    }
}

#[test]
fn a_client_that_has_finished_before_it_is_answered_is_served() {
    let server = Server::http();
    let (listener, port) = tcp_listener();
    let mut client = server.told(&[&request(port)[..], b"all that I say"].concat());
    finish(&client);
    let mut target = accept(&listener);
    assert_eq!(all(&mut target), b"all that I say");
    target.write_all(b"answer").unwrap();
    drop(target);
    assert_eq!(all(&mut client), [OK, b"answer"].concat());
}

#[test]
fn plenty_passes_both_ways_at_once_without_a_byte_lost() {
    let server = Server::http();
    let (listener, port) = tcp_listener();
    let mut client = server.told(&request(port));
    let mut target = accept(&listener);
    assert_eq!(exactly(&mut client, OK.len()), OK);
    let there = pattern(PLENTY);
    let back: Vec<u8> = there.iter().map(|byte| !byte).collect();
    thread::scope(|scope| {
        for (stream, bytes) in [(&client, &there), (&target, &back)] {
            let mut stream = stream.try_clone().unwrap();
            scope.spawn(move || {
                stream.write_all(bytes).expect("somebody who reads");
                finish(&stream);
            });
        }
        let reader = scope.spawn(|| all(&mut target));
        let got = all(&mut client);
        assert!(got == back, "{}", show(&got));
        let got = reader.join().unwrap();
        assert!(got == there, "{}", show(&got));
    });
}

#[test]
fn a_reset_of_either_side_is_no_end_for_the_other() {
    let server = Server::http();
    let (listener, port) = tcp_listener();
    let mut client = server.told(&request(port));
    let mut target = accept(&listener);
    assert_eq!(exactly(&mut client, OK.len()), OK);
    target.write_all(b"half of").unwrap();
    assert_eq!(exactly(&mut client, 7), b"half of");
    reset(target);
    assert_eq!(until_reset(&mut client), b"");
    assert!(server.failed().contains("ConnectionReset"));

    let mut client = server.told(&request(port));
    let mut target = accept(&listener);
    assert_eq!(exactly(&mut client, OK.len()), OK);
    client.write_all(b"half of").unwrap();
    assert_eq!(exactly(&mut target, 7), b"half of");
    reset(client);
    assert_eq!(until_reset(&mut target), b"");
    server.is_well();
}

#[test]
fn two_proxies_that_send_each_other_every_client_come_to_an_end() {
    const MOST: usize = 8;
    // what the proxy is told to go through leads back to it
    let (mirror, port) = tcp_listener();
    let (mut listen, mut proxy) = plan(ProxySpeech::Http);
    listen.most_clients = std::num::NonZeroUsize::new(MOST);
    proxy.dial.proxy = Some(Proxy {
        kind: ProxyKind::HttpConnect,
        host: Host::from("127.0.0.1"),
        port,
        user: None,
        names: netcat::plan::ProxyNames::There,
        via: None,
    });
    let server = Server::start(listen, proxy);
    let back = server.port;
    thread::spawn(move || {
        // one hop for each client that is let in
        for _ in 0..MOST {
            let mut one = accept(&mirror);
            let mut other = crate::common::peer::connect(back);
            let (mut from, mut to) = (other.try_clone().unwrap(), one.try_clone().unwrap());
            thread::spawn(move || {
                // an end or a reset: the hop is over
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(std::net::Shutdown::Both);
            });
            thread::spawn(move || std::io::copy(&mut one, &mut other));
        }
    });
    let answer = server.says(b"CONNECT name.invalid:80 HTTP/1.0\r\n\r\n");
    assert_eq!(answer, b"HTTP/1.0 504 Gateway Timeout\r\n\r\n");
    let mut refused = 0;
    for _ in 0..4 * MOST {
        match server.tells() {
            Told::Refused => refused += 1,
            Told::Answered(_, answer) => assert_eq!(answer, "504 Gateway Timeout"),
            Told::Accepted | Told::Left(..) => {}
            other => panic!("{other:?}"),
        }
        if refused > 0 {
            break;
        }
    }
    assert_eq!(refused, 1);
}

#[test]
fn a_name_is_looked_up_and_ipv6_is_in_brackets() {
    let server = Server::http();
    let (listener, port) = tcp_listener();
    let mut client = server.told(format!("CONNECT localhost:{port} HTTP/1.0\n\n").as_bytes());
    let _target = accept(&listener);
    assert_eq!(head(&mut client).as_bytes(), OK);
    if let Ok(listener) = std::net::TcpListener::bind("[::1]:0") {
        let port = listener.local_addr().unwrap().port();
        let mut client = server.told(format!("CONNECT [::1]:{port} HTTP/1.0\r\n\r\n").as_bytes());
        let _target = accept(&listener);
        assert_eq!(head(&mut client).as_bytes(), OK);
    }
}
