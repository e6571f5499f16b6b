//! TLS with the programs that others have: openssl, ncat, socat, curl and Python, both ways.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod common;

use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use common::authority::Files;
use common::peer::free_port;
use common::process::{Input, Program};
use common::running::Running;
use common::{may_skip, pattern, under_test};

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// Whether this program is missing, and may be.
fn without(program: &str) -> bool {
    let found = Command::new(program)
        .arg(if program == "openssl" { "version" } else { "--version" })
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if found.is_err() {
        assert!(may_skip(), "no {program} here");
        println!("skipped: {program} is not installed");
    }
    found.is_err()
}

/// A certificate of this kind, and its key, made by `openssl req -x509`, which makes an authority's.
fn made(files: &Files, kind: &[&str]) -> [String; 2] {
    let [cert, key] = ["own.pem", "own.key"].map(|name| files.path(name));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-subj", "/CN=localhost", "-days", "3", "-newkey"])
        .args(kind)
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-keyout", &key, "-out", &cert])
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    [cert, key]
}

const KINDS: &[&[&str]] =
    &[&["rsa:2048"], &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], &["ed25519"]];
const VERSIONS: &[(&str, &str)] = &[("1.2", "-tls1_2"), ("1.3", "-tls1_3")];

/// A listener of ours with this certificate, this input and these arguments; its port.
fn listener(own: &[String; 2], args: &[&str], input: Input) -> (Running, String) {
    let mut running =
        nc(&["-v", "-l", "--tls", "127.0.0.1", "0", "--cert", &own[0], "--key", &own[1]])
            .args(args)
            .input(input)
            .start();
    let port = running.listening_port().to_string();
    (running, port)
}

#[track_caller]
fn shows(running: &mut Running, stdout: &[u8]) {
    running.succeeds();
    assert!(running.stdout == stdout, "{}", running.report());
}

/// Waits until somebody listens at this port of 127.0.0.1, and leaves them alone.
fn wait_listening(port: &str) {
    let row = format!(": 0100007F:{:04X} 00000000:0000 0A ", port.parse::<u16>().unwrap());
    let (_sender, tick) = mpsc::channel::<()>();
    let begun = Instant::now();
    while !std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&row) {
        assert!(begun.elapsed() < common::DEADLINE, "nobody listens");
        let _ = tick.recv_timeout(Duration::from_millis(5));
    }
}

#[test]
fn openssl_is_served_and_serves() {
    if without("openssl") {
        return;
    }
    let (words, back) = (pattern(200_000), pattern(200_001)[1..].to_vec());
    for kind in KINDS {
        let files = Files::new();
        let own = made(&files, kind);
        for (version, theirs) in VERSIONS {
            // -quiet leaves its input open at the end, so that ours ends first; it leaves then, whether
            // it has sent all of its own or not
            let (mut server, port) = listener(&own, &["--tls-min", version, "-N"], Input::Pipe);
            server.feed(&words);
            let mut client = Program::new("openssl")
                .args(["s_client", "-quiet", "-verify_return_error", theirs, "-CAfile", &own[0]])
                .args(["-verify_hostname", "localhost", "-connect", &format!("127.0.0.1:{port}")])
                .input(Input::Regular(back.clone()))
                .start();
            client.wait_stdout(words.len());
            assert!(client.stdout == words, "{}", client.report());
            server.wait_stdout(back.len());
            assert!(server.stdout == back, "{}", server.report());
            server.end_input();
            let _ = server.wait_end();

            // it leaves at the end of its input, and at that of the connection
            let port = free_port().to_string();
            let mut other = Program::new("openssl")
                .args(["s_server", "-quiet", theirs, "-cert", &own[0], "-key", &own[1]])
                .args(["-naccept", "1", "-accept", &format!("127.0.0.1:{port}")])
                .input(Input::Pipe)
                .start();
            wait_listening(&port);
            let mut client =
                nc(&["--cafile", &own[0], "--tls", "127.0.0.1", &port]).input(Input::Pipe).start();
            client.feed(&words);
            other.feed(&back);
            other.wait_stdout(words.len());
            client.wait_stdout(back.len());
            client.end_input();
            other.wait_end();
            assert!(other.stdout == words, "{}", other.report());
            shows(&mut client, &back);
        }
    }
}

#[test]
fn ncat_is_served_and_serves() {
    if without("ncat") || without("openssl") {
        return;
    }
    let files = Files::new();
    let own = made(&files, KINDS[0]);
    let (words, back) = (pattern(50_000), pattern(50_001)[1..].to_vec());
    // what ncat has not sent yet is lost at the end of its peer, so nobody ends before all is there
    let (mut server, port) = listener(&own, &[], Input::Pipe);
    let mut client = Program::new("ncat")
        .args(["--ssl-verify", "--ssl-trustfile", &own[0], "localhost", &port])
        .args(["-4"])
        .input(Input::Pipe)
        .start();
    server.feed(&words);
    client.feed(&back);
    server.wait_stdout(back.len());
    client.wait_stdout(words.len());
    server.end_input();
    client.end_input();
    // it leaves without a word at times
    let _ = client.wait_end();
    let _ = server.wait_end();
    assert!(client.stdout == words, "{}", client.report());
    assert!(server.stdout == back, "{}", server.report());

    let port = free_port().to_string();
    let mut other = Program::new("ncat")
        .args(["-l", "--ssl", "--ssl-cert", &own[0], "--ssl-key", &own[1], "127.0.0.1", &port])
        .input(Input::Pipe)
        .start();
    wait_listening(&port);
    let mut client =
        nc(&["--cafile", &own[0], "--tls", "127.0.0.1", &port]).input(Input::Pipe).start();
    client.feed(&words);
    other.feed(&back);
    other.wait_stdout(words.len());
    client.wait_stdout(back.len());
    client.end_input();
    let _ = other.wait_end();
    let _ = client.wait_end();
    assert!(other.stdout == words, "{}", other.report());
    assert!(client.stdout == back, "{}", client.report());
}

#[test]
fn socat_is_served_and_serves() {
    if without("socat") || without("openssl") {
        return;
    }
    let files = Files::new();
    let own = made(&files, KINDS[1]);
    let (words, back) = (pattern(50_000), pattern(50_001)[1..].to_vec());
    let (mut server, port) = listener(&own, &[], Input::Regular(words.clone()));
    let to = format!("OPENSSL:127.0.0.1:{port},cafile={},commonname=localhost", own[0]);
    let mut client = Program::new("socat")
        .args(["-t", "5", "-", &to])
        .input(Input::Regular(back.clone()))
        .start();
    shows(&mut client, &words);
    shows(&mut server, &back);

    let port = free_port().to_string();
    let at =
        format!("OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={},key={},verify=0", own[0], own[1]);
    let mut other = Program::new("socat")
        .args(["-t", "5", "-", &at])
        .input(Input::Regular(back.clone()))
        .start();
    wait_listening(&port);
    let mut client = nc(&["--cafile", &own[0], "--tls", "127.0.0.1", &port])
        .input(Input::Regular(words.clone()))
        .start();
    shows(&mut client, &back);
    shows(&mut other, &words);
}

#[test]
fn curl_is_answered_by_a_program() {
    if without("curl") || without("openssl") {
        return;
    }
    let files = Files::new();
    let own = made(&files, KINDS[0]);
    let answer = "while read -r l && [ \"$l\" != \"$(printf '\\r')\" ]; do :; done; \
                  printf 'HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\nhello'";
    let (_server, port) = listener(
        &own,
        &["-k", "--alpn", "http/1.1", "--sh-exec", answer],
        Input::Regular(Vec::new()),
    );
    for version in ["1.2", "1.3"] {
        let mut client = Program::new("curl")
            .args(["--silent", "--show-error", "--noproxy", "*", "--cacert", &own[0]])
            .args(["--tls-max", version, &format!("https://localhost:{port}/")])
            .start();
        shows(&mut client, b"hello");
    }
}

#[test]
fn python_is_served_and_serves() {
    const CLIENT: &str = "import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
raw = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
stream = context.wrap_socket(raw, server_hostname='localhost', suppress_ragged_eofs=False)
stream.sendall(b'from python')
data = b''
while len(data) < 13:
    data += stream.recv(100)
version = stream.version()
stream.unwrap()
print(data.decode(), version)";
    const SERVER: &str = "import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], file=sys.stderr, flush=True)
raw, _ = listener.accept()
stream = context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False)
data = b''
while part := stream.recv(100):
    data += part
stream.sendall(b'heard ' + data)
stream.unwrap()";
    if without("python3") || without("openssl") {
        return;
    }
    let files = Files::new();
    let own = made(&files, KINDS[1]);
    let (mut server, port) = listener(&own, &[], Input::Regular(b"from netcat  ".to_vec()));
    let mut client = Program::new("python3").args(["-c", CLIENT, &port, &own[0]]).start();
    shows(&mut client, b"from netcat   TLSv1.3\n");
    shows(&mut server, b"from python");

    let mut other = Program::new("python3").args(["-c", SERVER, &own[0], &own[1]]).start();
    let port = other.wait_line("");
    let mut client = nc(&["--cafile", &own[0], "--tls", "127.0.0.1", port.trim()])
        .input(Input::Regular(b"words".to_vec()))
        .start();
    shows(&mut client, b"heard words");
    other.succeeds();
}

/// Signatures of a key that short are not checked, which must not look like a thief's.
#[test]
fn a_short_rsa_key_is_called_that() {
    if without("openssl") {
        return;
    }
    let files = Files::new();
    let own = made(&files, &["rsa:1024"]);
    for (_, version) in VERSIONS {
        let port = free_port().to_string();
        let at = format!("127.0.0.1:{port}");
        let mut theirs = Program::new("openssl")
            .args(["s_server", "-quiet", version, "-cipher", "ALL:@SECLEVEL=0", "-accept", &at])
            .args(["-cert", &own[0], "-key", &own[1]])
            .input(Input::Pipe)
            .start();
        wait_listening(&port);
        let mut ours = nc(&["--tls", "--cafile", &own[0], "127.0.0.1", &port]).start();
        assert_eq!(ours.wait_end(), "exit 15", "{}", ours.report());
        assert_eq!(
            ours.said().trim_end(),
            "nc: the certificate of 127.0.0.1 is not trusted: its key, or one above it, is shorter \
             than RSA's 2048 bits"
        );
        // whoever believes anybody has no use for a signature
        let ours = nc(&["--tls", "--insecure", "127.0.0.1", &port]).input(Input::Pipe).start();
        ours.feed(b"hello\n");
        assert!(theirs.wait_for(common::DEADLINE, |p| p.stdout == b"hello\n"), "{}", ours.report());
    }
}
