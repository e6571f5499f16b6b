//! SOCKS 4, 4a and 5: each kind of address, credentials, every reply.

use std::io::Write;
use std::net::{IpAddr, SocketAddr, TcpListener};

use netcat::plan::ProxySpeech;
use socket2::Type;

use crate::common::peer::{accept, refusing, tcp_listener, unanswering};
use crate::server::{Server, all, exactly, finish, plan, rules, socks5_request};

const NAME_KIND: u8 = 3;

fn socks4(user: &[u8], name: &[u8], port: u16) -> Vec<u8> {
    let port = port.to_be_bytes();
    if name.is_empty() {
        return [&[4, 1][..], &port, &[127, 0, 0, 1], user, &[0]].concat();
    }
    [&[4, 1][..], &port, &[0, 0, 0, 1], user, &[0], name, &[0]].concat()
}

fn socks5_name(name: &[u8], port: u16) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    [&[5, 1, 0, NAME_KIND, length][..], name, &port.to_be_bytes()].concat()
}

/// Has everything carried out, and checks the replies and the way in both directions.
fn passes(server: &Server, listener: &TcpListener, greeting: &[(&[u8], &[u8])], request: &[u8]) {
    let mut client = server.told(b"");
    for (said, answered) in greeting {
        client.write_all(said).unwrap();
        assert_eq!(exactly(&mut client, answered.len()), *answered);
    }
    // the first words of the conversation do not wait for the reply
    client.write_all(&[request, b"early"].concat()).unwrap();
    let mut target = accept(listener);
    let bound = target.peer_addr().unwrap();
    let reply = if request[0] == 4 {
        let SocketAddr::V4(v4) = bound else { panic!("{bound}") };
        [&[0, 90][..], &v4.port().to_be_bytes(), &v4.ip().octets()].concat()
    } else {
        let (kind, octets) = match bound.ip() {
            IpAddr::V4(v4) => (1, v4.octets().to_vec()),
            IpAddr::V6(v6) => (4, v6.octets().to_vec()),
        };
        [&[5, 0, 0, kind][..], &octets, &bound.port().to_be_bytes()].concat()
    };
    assert_eq!(exactly(&mut client, reply.len()), reply);
    finish(&client);
    assert_eq!(all(&mut target), b"early");
    target.write_all(b"words").unwrap();
    drop(target);
    assert_eq!(all(&mut client), b"words");
}

#[test]
fn every_version_and_kind_of_address() {
    let server = Server::socks();
    let (listener, port) = tcp_listener();
    let none: &[(&[u8], &[u8])] = &[(b"\x05\x02\x00\x02", b"\x05\x00")];
    passes(&server, &listener, &[], &socks4(b"", b"", port));
    assert_eq!(server.answered(), (format!("SOCKS4 127.0.0.1:{port}"), "granted".to_owned()));
    passes(&server, &listener, &[], &socks4(b"me", b"localhost", port));
    passes(&server, &listener, none, &socks5_request(listener.local_addr().unwrap()));
    passes(&server, &listener, none, &socks5_name(b"localhost", port));
    passes(&server, &listener, none, &socks5_name(b"127.0.0.1", port));
    if let Ok(listener) = TcpListener::bind("[::1]:0") {
        let address = listener.local_addr().unwrap();
        passes(&server, &listener, none, &socks5_request(address));
        passes(&server, &listener, none, &socks5_name(b"::1", address.port()));
    }
}

#[test]
fn credentials_must_be_right() {
    let (listen, mut proxy) = plan(ProxySpeech::Socks);
    proxy.credentials = Some(("joe".into(), "pw".into()));
    let server = Server::start(listen, proxy);
    let (listener, port) = tcp_listener();
    let address = listener.local_addr().unwrap();
    let known: &[(&[u8], &[u8])] =
        &[(b"\x05\x02\x00\x02", b"\x05\x02"), (b"\x01\x03joe\x02pw", b"\x01\x00")];
    passes(&server, &listener, known, &socks5_request(address));
    passes(&server, &listener, &[], &socks4(b"joe:pw", b"", port));
    let request = socks5_request(address);
    for (said, answered) in [
        (b"\x05\x01\x00".to_vec(), &b"\x05\xff"[..]),
        ([b"\x05\x01\x00", &request[..]].concat(), b"\x05\xff"),
        (b"\x05\x01\x02\x01\x03joe\x02px".to_vec(), b"\x05\x02\x01\x01"),
        (b"\x05\x01\x02\x01\x00\x00".to_vec(), b"\x05\x02\x01\x01"),
        (socks4(b"joe:px", b"", port), b"\0\x5d\0\0\0\0\0\0"),
        (socks4(b"", b"", port), b"\0\x5d\0\0\0\0\0\0"),
    ] {
        assert_eq!(server.says(&said), answered, "{}", said.escape_ascii());
    }
}

#[test]
fn every_reason_has_its_reply() {
    let (mut listen, mut proxy) = plan(ProxySpeech::Socks);
    listen.access.deny = rules("127.0.0.9");
    proxy.dial.timeout = Some(std::time::Duration::from_millis(300));
    let server = Server::start(listen, proxy);
    let (_refusing, refuses) = refusing(Type::STREAM, 0).unwrap();
    let (_silent, silent) = unanswering();
    let ourselves = server.port;
    for (request, code) in [
        (socks5_name(b"127.0.0.9", 80), 2),
        (socks5_name(b"localhost", ourselves), 2),
        (socks5_name(b"name.invalid", 80), 4),
        (socks5_request(([127, 0, 0, 1], refuses).into()), 5),
        (socks5_request(([127, 0, 0, 1], silent).into()), 6),
        (b"\x05\x02\0\x01\x7f\0\0\x01\0\x50".to_vec(), 7),
        (b"\x05\x03\0\x01\x7f\0\0\x01\0\x50".to_vec(), 7),
        (b"\x05\x01\0\x05\x7f\0\0\x01\0\x50".to_vec(), 8),
    ] {
        let reply = server.says(&[b"\x05\x01\0", &request[..]].concat());
        let expected = [&[5, 0, 5, code, 0, 1][..], &[0; 6]].concat();
        assert_eq!(reply, expected, "{}", request.escape_ascii());
    }
    for request in
        [socks4(b"", b"", refuses), socks4(b"", b"name.invalid", 80), socks4(b"", b"", ourselves)]
    {
        assert_eq!(server.says(&request), b"\0\x5b\0\0\0\0\0\0");
    }
}

#[test]
fn garbage_is_turned_away_and_the_others_are_served() {
    let server = Server::socks();
    for (said, answered) in [
        (&b"GET / HTTP/1.0\r\n\r\n"[..], &b""[..]),
        (b"\x06\x01\0", b""),
        (b"\0", b""),
        (b"\x16\x03\x01", b""),
        (b"\x05\0", b"\x05\xff"),
        (b"\x05\x01\0\x04\x01", b"\x05\0"),
        (b"\x05\x01\0\x05\x01\x01\x01", b"\x05\0\x05\x01\0\x01\0\0\0\0\0\0"),
        (b"\x05\x01\0\x05\x01\0\x03\0\0\x50", b"\x05\0\x05\x01\0\x01\0\0\0\0\0\0"),
        (b"\x05\x01\0\x05\x01\0\x03\x03a\0b\0\x50", b"\x05\0\x05\x01\0\x01\0\0\0\0\0\0"),
        (b"\x04\x02\0\x50\x7f\0\0\x01\0", b"\0\x5b\0\0\0\0\0\0"),
        (b"\x04\x01\0\x50\0\0\0\x01\0\0", b"\0\x5b\0\0\0\0\0\0"),
    ] {
        assert_eq!(server.says(said), answered, "{}", said.escape_ascii());
    }
    let endless = [&b"\x04\x01\0\x50\x7f\0\0\x01"[..], &[b'u'; 5000]].concat();
    assert_eq!(server.says(&endless), b"\0\x5b\0\0\0\0\0\0");
    for half in [&b"\x05"[..], b"\x05\x01\0\x05\x01\0\x03\x09loc", b"\x04\x01\0"] {
        let mut client = server.told(half);
        finish(&client);
        let got = all(&mut client);
        assert!(got.is_empty() || got == b"\x05\0");
    }
    let (listener, port) = tcp_listener();
    passes(&server, &listener, &[], &socks4(b"", b"", port));
}
