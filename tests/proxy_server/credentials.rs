//! Basic and Digest, right, wrong, and used again.

use netcat::plan::ProxySpeech;
use netcat::proto::connect::{self, Authorization};
use netcat::proto::digest::Challenge;
use netcat::proto::head::Head;
use netcat::proto::step::Step;
use netcat::proto::target::Target;

use crate::common::peer::{accept, tcp_listener};
use crate::server::{Server, all, plan};

const OK: &str = "HTTP/1.0 200 OK\r\n\r\n";

fn server() -> Server {
    let (listen, mut proxy) = plan(ProxySpeech::Http);
    proxy.credentials = Some(("joe".into(), "pw".into()));
    Server::start(listen, proxy)
}

/// The refusal, as our own client reads it, and whether it says that the nonce is stale.
fn refused(answer: &[u8]) -> (Challenge, bool) {
    let Step::Done(response) = Head::default().feed(answer).unwrap().step else {
        panic!("{}", answer.escape_ascii());
    };
    assert!(response.status == 407 && response.offers_basic());
    (response.digest().unwrap(), answer.escape_ascii().to_string().contains("stale=true"))
}

/// A CONNECT signed for `target`.
fn digest(challenge: &Challenge, target: &Target, password: &[u8], count: u32) -> Vec<u8> {
    let (user, cnonce) = (b"joe", [7; 8]);
    let authorization = Authorization::Digest { challenge, user, password, cnonce, count };
    connect::request(target, Some(authorization)).unwrap()
}

/// Has a request carried out, and gives the answer.
fn carried_out(server: &Server, listener: &std::net::TcpListener, request: &[u8]) -> String {
    let mut client = server.told(request);
    drop(accept(listener));
    String::from_utf8(all(&mut client)).unwrap()
}

#[test]
fn basic_is_for_those_who_know_the_password() {
    let server = server();
    let (listener, port) = tcp_listener();
    let head = format!("CONNECT 127.0.0.1:{port} HTTP/1.0\r\n");
    for field in
        ["", "Proxy-Authorization: Basic am9lOnB4\r\n", "Authorization: Basic am9lOnB3\r\n"]
    {
        let (_, stale) = refused(&server.says(format!("{head}{field}\r\n").as_bytes()));
        assert!(!stale);
        assert_eq!(server.answered().1, "407 Proxy Authentication Required");
    }
    let request = format!("{head}Proxy-Authorization: Basic am9lOnB3\r\n\r\n");
    assert_eq!(carried_out(&server, &listener, request.as_bytes()), OK);
}

#[test]
fn a_digest_is_good_once_for_its_target_and_with_the_next_count_again() {
    let server = server();
    let (listener, port) = tcp_listener();
    let target = Target::new(b"127.0.0.1", port).unwrap();
    let (challenge, _) = refused(&server.says(&connect::request(&target, None).unwrap()));

    assert!(!refused(&server.says(&digest(&challenge, &target, b"px", 1))).1);
    let signed = digest(&challenge, &target, b"pw", 1);
    let text = String::from_utf8(signed.clone()).unwrap();
    let elsewhere = text.replacen("127.0.0.1", "127.0.0.2", 1);
    assert!(!refused(&server.says(elsewhere.as_bytes())).1);
    assert_eq!(carried_out(&server, &listener, &signed), OK);
    // heard by somebody who says it again
    assert!(refused(&server.says(&signed)).1);
    assert_eq!(carried_out(&server, &listener, &digest(&challenge, &target, b"pw", 2)), OK);
}

#[test]
fn a_nonce_of_another_server_is_not_taken() {
    let (one, other) = (server(), server());
    let target = Target::new(b"127.0.0.1", 1).unwrap();
    let (challenge, _) = refused(&one.says(&connect::request(&target, None).unwrap()));
    assert!(!refused(&other.says(&digest(&challenge, &target, b"pw", 1))).1);
}
