//! TLS beside everything else that a connection may have: proxies, tunnels, programs, many clients,
//! records of what was said.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;

use common::authority::{Files, Identity, Leaf};
use common::peer::{accept, connect, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::secured::{Ends, OneClient, Version, connected, server};
use common::{pattern, under_test};

const QUESTION: &[u8] = b"a question\n";
const ANSWER: &[u8] = b"an answer\n";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

fn identity() -> Identity {
    Leaf::of(&["127.0.0.1", "localhost"]).self_signed()
}

/// A server that reads a question to its end and answers.
fn answering(identity: &Identity) -> OneClient<std::io::Result<Vec<u8>>> {
    OneClient::start(&server(identity, &Version::ALL), |mut stream| {
        let question = stream.read_all()?;
        stream.write_all(ANSWER)?;
        stream.end();
        Ok(question)
    })
}

fn question() -> Input {
    Input::Regular(QUESTION.to_vec())
}

#[track_caller]
fn shows(running: &mut Running, stdout: &[u8]) {
    running.succeeds();
    assert_eq!(running.stdout.escape_ascii().to_string(), stdout.escape_ascii().to_string());
}

/// A listener that goes on, with these arguments; its port, and the pin of the certificate it made.
fn listener(args: &[&str]) -> (Running, u16, String) {
    let mut running = nc(&["-v", "-l", "127.0.0.1", "0"]).args(args).start();
    let port = running.listening_port();
    let pin = running
        .said()
        .lines()
        .find_map(|line| line.split_once("--pin "))
        .map(|(_, pin)| pin.to_owned());
    (running, port, pin.unwrap_or_default())
}

#[test]
fn a_proxy_and_a_chain_of_them_carry_it() {
    let (_http, http, _) = listener(&["-k", "--proxy-type", "http"]);
    let (_socks, socks, _) = listener(&["-k", "--proxy-type", "socks5"]);
    let (http, socks) = (format!("127.0.0.1:{http}"), format!("127.0.0.1:{socks}"));
    for way in [
        &["-X", "connect", "-x", &http][..],
        &["-X", "5", "-x", &socks],
        &["-x", &format!("http://{http}"), "-x", &format!("socks5://{socks}")],
    ] {
        let identity = identity();
        let pin = identity.certificate().key_fingerprint.pin();
        let peer = answering(&identity);
        let url = format!("tls://127.0.0.1:{}", peer.port);
        let mut client = nc(way).args([&url, "--pin", &pin]).input(question()).start();
        shows(&mut client, ANSWER);
        assert_eq!(peer.done().unwrap(), QUESTION);
    }
}

#[test]
fn a_tunnel_is_secured_on_either_side() {
    // in: TLS at the listener, plain to the target
    let (target, port) = tcp_listener();
    let (_running, at, pin) = listener(&["-k", "--tls", "-L", &format!("127.0.0.1:{port}")]);
    let url = format!("tls://127.0.0.1:{at}");
    let mut client = nc(&[&url, "--pin", &pin]).input(question()).start();
    let mut plain = accept(&target);
    let mut asked = Vec::new();
    plain.read_to_end(&mut asked).unwrap();
    assert_eq!(asked, QUESTION);
    plain.write_all(ANSWER).unwrap();
    drop(plain);
    shows(&mut client, ANSWER);
    // out: plain at the listener, TLS to the target
    let identity = identity();
    let pin = identity.certificate().key_fingerprint.pin();
    let peer = answering(&identity);
    let url = format!("tls://127.0.0.1:{}", peer.port);
    let (_running, at, _) = listener(&["-k", "-L", &url, "--pin", &pin]);
    let mut client = nc(&["127.0.0.1", &at.to_string()]).input(question()).start();
    shows(&mut client, ANSWER);
    assert_eq!(peer.done().unwrap(), QUESTION);
}

#[test]
fn a_program_speaks_through_it() {
    for program in [&["-e", "/bin/cat"][..], &["--exec", "/bin/cat"], &["--sh-exec", "exec cat"]] {
        for version in Version::ALL {
            let (mut running, port, _) = listener(&[&["--tls"], program].concat());
            let mut stream = connected(connect(port), version).unwrap();
            let words = pattern(300_000);
            for piece in words.chunks(30_000) {
                stream.write_all(piece).unwrap();
                let mut back = vec![0; piece.len()];
                stream.read_exact(&mut back).unwrap();
                assert!(back == piece);
            }
            stream.end();
            assert_eq!(stream.read_all().unwrap(), b"");
            running.succeeds();
        }
    }
    // and a client's
    let identity = identity();
    let pin = identity.certificate().key_fingerprint.pin();
    let peer = OneClient::start(&server(&identity, &Version::ALL), |mut stream| {
        stream.write_all(QUESTION)?;
        stream.end();
        stream.read_all()
    });
    let url = format!("tls://127.0.0.1:{}", peer.port);
    nc(&[&url, "--pin", &pin, "-e", "/bin/cat"]).start().succeeds();
    assert_eq!(peer.done().unwrap(), QUESTION);
}

#[test]
fn a_listener_tells_what_name_a_client_asks_for() {
    let print = ["-k", "--tls", "--sh-exec", "echo \"<$NC_TLS_SERVER_NAME>\""];
    for version in ["1.2", "1.3"] {
        let (mut running, port, pin) = listener(&[&print[..], &["--tls-max", version]].concat());
        for (asked, expected) in [
            (&["--sni", "virtual.example", "127.0.0.1"][..], "virtual.example"),
            (&["localhost", "-4"], "localhost"),
            // an address is not asked for
            (&["127.0.0.1"], ""),
        ] {
            let mut client =
                nc(asked).args(["--tls", "--pin", &pin, "-v", &port.to_string()]).start();
            shows(&mut client, format!("<{expected}>\n").as_bytes());
            // both sides tell it where it is told by nothing else
            let line = client.wait_line("nc: TLSv");
            let shown = format!(", SNI {expected}");
            assert!(
                line.ends_with(&shown) || (expected.is_empty() && !line.contains("SNI")),
                "{line}"
            );
        }
        let lines = running.wait_lines("nc: TLSv", 3);
        let told = ["SNI virtual.example", "SNI localhost"]
            .map(|told| lines.iter().filter(|line| line.ends_with(told)).count());
        assert_eq!(told, [1, 1], "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.contains("SNI")).count(), 2, "{lines:?}");
    }
}

#[test]
fn many_clients_hear_each_other_through_it_alone() {
    let (running, port, _) = listener(&["--tls", "--broker"]);
    let mut clients: Vec<_> =
        Version::ALL.map(|version| connected(connect(port), version).unwrap()).into();
    for turn in 0..20_u8 {
        let (speaker, hearer) = if turn % 2 == 0 { (0, 1) } else { (1, 0) };
        let words = vec![turn; 1000];
        clients[speaker].write_all(&words).unwrap();
        clients[speaker].flush().unwrap();
        let mut heard = vec![0; words.len()];
        clients[hearer].read_exact(&mut heard).unwrap();
        assert_eq!(heard, words);
    }
    assert!(!running.said().contains("panicked"));
    let (mut running, port, _) = listener(&["-k", "--tls"]);
    for version in Version::ALL {
        let mut stream = connected(connect(port), version).unwrap();
        stream.write_all(QUESTION).unwrap();
        stream.end();
        let _ = stream.read_all();
    }
    running.wait_stdout(2 * QUESTION.len());
    assert_eq!(running.stdout, QUESTION.repeat(2));
}

#[test]
fn what_is_recorded_is_what_was_said() {
    let files = Files::new();
    let [log, dump, ncats, keys] = ["log", "dump", "ncats", "keys"].map(|name| files.path(name));
    let identity = identity();
    let pin = identity.certificate().key_fingerprint.pin();
    let peer = answering(&identity);
    let url = format!("tls://127.0.0.1:{}", peer.port);
    let mut client = nc(&[&url, "--pin", &pin, "-C", "-o", &dump, "--hex-dump", &ncats])
        .args(["--keylog", &keys, "--log", &log])
        .input(question())
        .start();
    shows(&mut client, ANSWER);
    assert_eq!(peer.done().unwrap(), b"a question\r\n");
    for (file, blank) in [(&log, " "), (&dump, "."), (&ncats, ".")] {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).replace(blank, " ");
        assert!(text.contains("a question") && text.contains("an answer"), "{text}");
    }
    let secrets = std::fs::read_to_string(&keys).unwrap();
    for label in ["CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_TRAFFIC_SECRET_0 "] {
        assert!(secrets.lines().any(|line| line.starts_with(label)), "{secrets}");
    }
    assert_eq!(std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    // by the variable as well, and behind what is there; TLS 1.2 has one secret
    let peer = answering(&identity);
    let url = format!("tls://127.0.0.1:{}", peer.port);
    let client = nc(&[&url, "--pin", &pin, "--tls-max", "1.2"]).env("SSLKEYLOGFILE", &keys);
    // whoever could read it before
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    shows(&mut client.start(), ANSWER);
    assert_eq!(std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    let both = std::fs::read_to_string(&keys).unwrap();
    assert!(both.starts_with(&secrets) && both.contains("\nCLIENT_RANDOM "), "{both}");
    peer.done().unwrap();
}
