//! What is not carried out: the status of each, and that the client gets to read it.

use std::io::Write;

use netcat::plan::ProxySpeech;
use socket2::Type;

use crate::common::peer::{accept, refusing, tcp_listener, unanswering};
use crate::server::{Server, Told, all, everywhere, finish, plan, rules};

fn status(line: &str) -> Vec<u8> {
    let allow = if line.starts_with("405") { "Allow: CONNECT, GET, HEAD, POST\r\n" } else { "" };
    format!("HTTP/1.0 {line}\r\n{allow}\r\n").into_bytes()
}

#[test]
fn what_cannot_be_understood_is_said_so() {
    const BAD: &str = "400 Bad Request";
    const LARGE: &str = "413 Request Entity Too Large";
    let server = Server::http();
    let long = format!("GET http://h/{} HTTP/1.0\r\n\r\n", "a".repeat(9000));
    let many = format!("GET http://h/ HTTP/1.0\r\n{}\r\n", "A: b\r\n".repeat(200));
    for (request, answer) in [
        ("CONNECT host HTTP/1.0\r\n\r\n", BAD),
        ("CONNECT host:0 HTTP/1.0\r\n\r\n", BAD),
        ("CONNECT host:80\r\n\r\n", BAD),
        ("CONNECT host:80 HTTP/2.0\r\n\r\n", BAD),
        ("GET / HTTP/1.0\r\n\r\n", BAD),
        ("GET https://host/ HTTP/1.0\r\n\r\n", BAD),
        ("GET http://joe@host/ HTTP/1.0\r\n\r\n", BAD),
        ("POST http://host/ HTTP/1.0\r\n\r\n", BAD),
        ("POST http://host/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", BAD),
        ("POST http://host/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", BAD),
        ("GET http://host/ HTTP/1.0\r\nA: b\r\n c\r\n\r\n", BAD),
        ("GET http://host/ HTTP/1.0\r\nA : b\r\n\r\n", BAD),
        ("GET http://host/ HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", BAD),
        ("GET http://host/\0 HTTP/1.0\r\n\r\n", BAD),
        ("\r\n\r\n", BAD),
        ("\x16\x03\x01\x02\0\x01\0\x01\x7c\x03\x03", BAD),
        ("\x05\x01\0", BAD),
        ("garbage\n\n", BAD),
        ("DELETE http://host/ HTTP/1.0\r\n\r\n", "405 Method Not Allowed"),
        ("get http://host/ HTTP/1.0\r\n\r\n", "405 Method Not Allowed"),
        (&long, LARGE),
        (&many, LARGE),
    ] {
        let got = server.says(request.as_bytes());
        assert_eq!(String::from_utf8(got), String::from_utf8(status(answer)), "{request:?}");
        assert_eq!(server.answered().1, answer);
    }
    server.is_well();
}

#[test]
fn half_a_request_is_a_bad_one_and_none_is_nothing() {
    let server = Server::http();
    let mut client = server.told(b"GET http://ho");
    finish(&client);
    assert_eq!(all(&mut client), status("400 Bad Request"));
    let mut client = server.told(b"");
    finish(&client);
    assert_eq!(all(&mut client), b"");
    server.is_well();
}

#[test]
fn an_answer_is_read_whatever_the_client_still_sends() {
    const LENGTH: usize = 1 << 20;
    let server = Server::http();
    let head = format!("PUT http://host/ HTTP/1.1\r\nContent-Length: {LENGTH}\r\n\r\n");
    let mut client = server.told(head.as_bytes());
    client.write_all(&vec![b'x'; LENGTH]).expect("a server that takes it");
    assert_eq!(all(&mut client), status("405 Method Not Allowed"));
}

#[test]
fn targets_that_cannot_be_reached() {
    let (mut listen, mut proxy) = plan(ProxySpeech::Http);
    proxy.dial.timeout = Some(std::time::Duration::from_millis(300));
    listen.numeric = true;
    let server = Server::start(listen, proxy);
    let (_refusing, refuses) = refusing(Type::STREAM, 0).unwrap();
    let (_silent, silent) = unanswering();
    for target in [
        format!("127.0.0.1:{refuses}"),
        format!("localhost:{refuses}"),
        format!("127.0.0.1:{silent}"),
        "name.invalid:80".to_owned(),
        "b\u{fc}cher.invalid:80".to_owned(),
    ] {
        for (method, uri) in [("CONNECT", target.clone()), ("GET", format!("http://{target}/"))] {
            let answer = server.says(format!("{method} {uri} HTTP/1.0\r\n\r\n").as_bytes());
            assert_eq!(answer, status("504 Gateway Timeout"), "{method} {uri}");
        }
    }
}

#[test]
fn a_client_that_is_gone_is_not_dialled_for_any_longer() {
    let server = Server::http();
    let (_silent, port) = unanswering();
    let client = server.told(format!("CONNECT 127.0.0.1:{port} HTTP/1.0\r\n\r\n").as_bytes());
    assert_eq!(server.tells(), Told::Accepted);
    crate::server::reset(client);
    // well before the half minute for which it would dial
    assert!(server.failed().contains("ConnectionReset"));
}

#[test]
fn the_proxy_itself_is_no_target_however_it_is_spelled() {
    for (host, spellings) in [
        (
            Some("127.0.0.1".into()),
            &[
                "127.0.0.1",
                "localhost",
                "2130706433",
                "127.1",
                "0x7f.1",
                "[::ffff:127.0.0.1]",
                "0.0.0.0",
            ][..],
        ),
        (None, &["127.0.0.1", "127.0.0.2", "[::1]", "[::]", "localhost", "[::ffff:7f00:2]"]),
    ] {
        let (listen, proxy) = plan(ProxySpeech::Http);
        let server = Server::start(everywhere(listen, host), proxy);
        let port = server.port;
        for spelling in spellings {
            for request in [
                format!("GET http://{spelling}:{port}/ HTTP/1.0\r\n\r\n"),
                format!("CONNECT {spelling}:{port} HTTP/1.0\r\n\r\n"),
            ] {
                let answer = server.says(request.as_bytes());
                assert_eq!(answer, status("403 Forbidden"), "{request}");
            }
        }
    }
}

#[test]
fn rules_are_for_targets_too_and_for_every_spelling() {
    let (mut listen, proxy) = plan(ProxySpeech::Http);
    listen.access.deny = rules("127.0.0.2,127.0.0.3/32");
    let server = Server::start(listen, proxy);
    let (listener, port) = tcp_listener();
    for spelling in ["127.0.0.2", "127.0.0.3", "127.2", "[::ffff:127.0.0.2]", "0x7f000003"] {
        let answer = server.says(format!("CONNECT {spelling}:{port} HTTP/1.0\r\n\r\n").as_bytes());
        assert_eq!(answer, status("403 Forbidden"), "{spelling}");
    }
    let mut client = server.told(format!("CONNECT localhost:{port} HTTP/1.0\r\n\r\n").as_bytes());
    drop(accept(&listener));
    assert_eq!(all(&mut client), b"HTTP/1.0 200 OK\r\n\r\n");
}

#[test]
fn the_unspecified_address_is_the_machine_itself_to_the_rules() {
    let (mut listen, proxy) = plan(ProxySpeech::Socks);
    listen.access.allow = rules("127.0.0.1");
    listen.access.deny = rules("::1");
    let server = Server::start(listen, proxy);
    let (listener, port) = tcp_listener();
    let target = format!("0.0.0.0:{port}").parse().unwrap();
    let request = [b"\x05\x01\0", &crate::server::socks5_request(target)[..]].concat();
    let client = server.told(&request);
    drop(accept(&listener));
    drop(client);
    let target = format!("[::]:{port}").parse().unwrap();
    let request = [b"\x05\x01\0", &crate::server::socks5_request(target)[..]].concat();
    assert_eq!(server.says(&request)[2..4], [5, 2]);
}

#[test]
fn who_is_not_let_in_is_not_heard() {
    let (mut listen, proxy) = plan(ProxySpeech::Http);
    listen.access.allow = rules("127.0.0.2");
    let server = Server::start(listen, proxy);
    let client = crate::common::peer::connect(server.port);
    assert_eq!(server.tells(), Told::Refused);
    drop(client);
}
