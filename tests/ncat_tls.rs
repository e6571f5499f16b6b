//! Ncat's TLS beside the real one, where that is installed: the same lines and statuses for peers
//! that speak TLS, with certificates made here. Lines of ours alone are named.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use common::authority::{Authority, Files, Identity, Leaf};
use common::peer::{connect, free_port};
use common::process::{Program, called};
use common::running::Running;
use common::secured::{Ends, OneClient, Version, connected, server};
use common::under_test;

const ORIGINAL: &str = "/usr/bin/ncat";

/// What ours adds with `-v`, and the original does not say.
const OURS: &[&str] = &["Ncat: Nothing was verified: ", "Ncat: the certificate of "];

/// Ours, and the original where it is.
fn programs(files: &Files) -> Vec<(PathBuf, bool)> {
    let directory = files.path("");
    let ours = called(&under_test(env!("CARGO_BIN_EXE_nc")), "ncat", Path::new(&directory));
    let original = Path::new(ORIGINAL);
    let both = [(ours, true), (original.to_owned(), false)];
    both.into_iter().filter(|(path, ours)| *ours || path.exists()).collect()
}

/// What was said, without what is of the moment.
fn lines(running: &Running, port: u16) -> Vec<String> {
    let of_the_moment =
        |line: &str| line.contains("Version") || line.contains(" bytes received in ");
    running
        .said()
        .lines()
        .filter(|line| !of_the_moment(line) && !OURS.iter().any(|ours| line.starts_with(ours)))
        .map(|line| line.replace(&port.to_string(), "{port}"))
        .collect()
}

/// A client meets a server by this certificate: status, and what it said.
fn meets(program: &Path, args: &[&str], identity: &Identity, host: &str) -> (String, Vec<String>) {
    let peer = OneClient::start(&server(identity, &Version::ALL), |mut stream| {
        stream.write_all(b"hello\n")?;
        stream.say_end();
        // the original leaves without a word
        let _ = stream.read_all();
        Ok(())
    });
    let port = peer.port;
    let number = port.to_string();
    let mut running = Program::new(program).args(args).args([host, &number]).start();
    let status = running.wait_end();
    drop(peer.done());
    (status, lines(&running, port))
}

fn sha1(identity: &Identity) -> String {
    let hash = identity.certificate().sha1;
    let (pairs, _) = hash.as_chunks::<2>();
    let groups: Vec<_> = pairs.iter().map(|[high, low]| format!("{high:02X}{low:02X}")).collect();
    format!("Ncat: SHA-1 fingerprint: {}", groups.join(" "))
}

#[test]
fn a_client_says_whose_certificate_it_is() {
    let files = Files::new();
    let root = Authority::root("Test Root");
    let trust = files.authority("root.pem", &root);
    let good = root.sign(&Leaf::of(&["localhost", "127.0.0.1"]).common_name("localhost"));
    let itself = Leaf::of(&["localhost"]).common_name("itself").self_signed();
    let stands = "Ncat: SSL connection to 127.0.0.1:{port}.".to_owned();
    for (program, ours) in programs(&files) {
        let meets =
            |args: &[&str], identity: &Identity, host| meets(&program, args, identity, host);
        let of_itself = [
            "Ncat: Subject: CN=itself".to_owned(),
            "Ncat: Issuer: CN=itself".to_owned(),
            sha1(&itself),
            "Ncat: Certificate verification failed (self-signed certificate).".to_owned(),
        ];
        let all = [&of_itself[..], &[stands.clone(), sha1(&itself)]].concat();
        let at = program.display();
        assert_eq!(meets(&["-v", "--ssl"], &itself, "127.0.0.1"), ("exit 0".into(), all), "{at}");
        assert_eq!(meets(&["--ssl"], &itself, "127.0.0.1"), ("exit 0".into(), vec![]), "{at}");
        let failed = "Ncat: Input/output error.".to_owned();
        let all = [&of_itself[..], std::slice::from_ref(&failed)].concat();
        assert_eq!(meets(&["-v", "--ssl-verify"], &itself, "localhost"), ("exit 1".into(), all));
        let silent = ("exit 1".to_owned(), vec![failed]);
        assert_eq!(meets(&["--ssl-verify"], &itself, "localhost"), silent, "{at}");

        let trusted = ["-v", "--ssl-trustfile", &trust];
        let all = vec![stands.clone(), sha1(&good)];
        // the original looks for an address among the names of hosts alone
        if ours {
            assert_eq!(meets(&trusted, &good, "127.0.0.1"), ("exit 0".into(), all.clone()));
        }
        assert_eq!(meets(&trusted, &good, "localhost"), ("exit 0".into(), all), "{at}");
        let wrong =
            ("exit 2".into(), vec!["Ncat: Certificate verification error. QUITTING.".into()]);
        let asks = ["-v", "--ssl-trustfile", &trust, "--ssl-servername", "other.example"];
        assert_eq!(meets(&asks, &good, "localhost"), wrong, "{at}");
        let asks = ["--ssl-trustfile", &trust, "--ssl-servername", "localhost"];
        assert_eq!(meets(&asks, &good, "127.0.0.1"), ("exit 0".into(), vec![]), "{at}");
    }
}

/// A listener for which we are clients, and where it listens.
fn listens(program: &Path, args: &[&str], files: &Files, identity: &Identity) -> (Running, u16) {
    let [_, certificate, _, key] = files.identity("server", identity);
    // the original does not tell which port it got for 0
    let port = free_port();
    let mut running = Program::new(program)
        .args(["-v", "-l", "127.0.0.1", &port.to_string()])
        .args(["--ssl-cert", &certificate, "--ssl-key", &key])
        .args(args)
        .start();
    running.wait_line("Ncat: Listening on ");
    (running, port)
}

#[test]
fn a_listeners_clients_hear_each_other_and_no_plain_text() {
    let files = Files::new();
    let identity = Leaf::of(&["localhost"]).self_signed();
    let program = called(&under_test(env!("CARGO_BIN_EXE_nc")), "ncat", files.path("").as_ref());
    for version in Version::ALL {
        let (_running, port) = listens(&program, &["--broker"], &files, &identity);
        let join = || connected(connect(port), version).unwrap();
        let (mut one, mut two) = (join(), join());
        // who has been heard has joined
        let mut heard = [0; 4];
        two.write_all(b"two\n").unwrap();
        one.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"two\n");
        one.write_all(b"one\n").unwrap();
        two.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"one\n", "as records of TLS, or it could not be read");
    }
}

/// With `--ssl-verify` as well, which asks nothing of clients.
#[test]
fn a_listener_says_the_same_of_a_client() {
    let files = Files::new();
    let identity = Leaf::of(&["localhost"]).self_signed();
    let programs = programs(&files);
    for args in [&[][..], &["--ssl-verify"]] {
        for version in Version::ALL {
            let met = programs.iter().map(|(program, _)| {
                let (mut running, port) = listens(program, args, &files, &identity);
                let mut client = connected(connect(port), version).unwrap();
                client.write_all(b"hello\n").unwrap();
                running.wait_stdout(6);
                client.end();
                let status = running.wait_end();
                let about_connection = |line: &String| line.starts_with("Ncat: Connection from ");
                let mut said = lines(&running, port);
                // the older one says it twice, without the port first
                let connections = said.iter().filter(|line| about_connection(line)).count();
                said.retain(|line| !about_connection(line));
                (status, connections > 0, said)
            });
            let met: Vec<_> = met.collect();
            assert_eq!(met[0].0, "exit 0", "{met:?}");
            assert!(met.windows(2).all(|two| two[0] == two[1]), "{args:?} {version:?}: {met:?}");
        }
    }
}

#[test]
fn a_program_finds_how_it_is_secured() {
    let files = Files::new();
    let identity = Leaf::of(&["localhost"]).self_signed();
    let program = called(&under_test(env!("CARGO_BIN_EXE_nc")), "ncat", files.path("").as_ref());
    let words = "echo $NCAT_PROTO $NC_TLS_VERSION $NC_TLS_VERIFIED ${NC_TLS_PEER_NAMES:-none}";
    let (mut running, port) = listens(&program, &["-c", words], &files, &identity);
    let mut client = connected(connect(port), Version::Tls13).unwrap();
    let mut told = String::new();
    client.read_to_string(&mut told).unwrap();
    assert_eq!(told, "TCP TLSv1.3 nobody none\n");
    client.say_end();
    drop(client);
    running.wait_end();

    let peer = OneClient::start(&server(&identity, &Version::ALL), |mut stream| {
        let mut told = String::new();
        stream.read_to_string(&mut told)?;
        stream.say_end();
        Ok(told)
    });
    let port = peer.port.to_string();
    let mut running =
        Program::new(&program).args(["--ssl", "-c", words, "127.0.0.1", &port]).start();
    running.wait_end();
    assert_eq!(peer.done().unwrap(), "TCP TLSv1.3 nothing dns:localhost\n");
}
