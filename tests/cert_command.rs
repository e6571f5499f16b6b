//! `nc cert`: what it shows of a server's certificates, what it says of them, and with which status
//! it leaves; against the `openssl` program, with certificates made here.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "what is skipped says so")]

mod common;

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use common::peer::{accept, tcp_listener};
use common::process::{Input, Output, Program};
use common::proxy::assert_nobody_came;
use common::running::Running;
use common::{DEADLINE, under_test};
use netcat::proto::certificate::{Certificate, pem};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::TempDir;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Whether there is no `openssl` here, and none has to be.
fn without_openssl() -> bool {
    let found = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok();
    assert!(found || common::may_skip(), "no openssl here");
    if !found {
        println!("skipped: openssl is not installed");
    }
    !found
}

/// Certificates of a root, one between, and a server, as files.
struct Made {
    directory: TempDir,
    /// In DER, the server's first.
    chain: Vec<Vec<u8>>,
}

impl Made {
    /// For these names; the server's expires so far from now, or did.
    fn new(names: &[&str], left: Left) -> Self {
        Self::under("test root", names, left)
    }

    fn under(root: &str, names: &[&str], left: Left) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let authority = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            params
        };
        let [root_key, between_key, key] = [(); 3].map(|()| KeyPair::generate().unwrap());
        let root_params = authority(root);
        let root = root_params.self_signed(&root_key).unwrap();
        let root_issuer = Issuer::new(root_params, root_key);
        let between_params = authority("test between");
        let between = between_params.signed_by(&between_key, &root_issuer).unwrap();
        let between_issuer = Issuer::new(between_params, between_key);
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "test server");
        params.not_after = match left {
            Left::Days(days) => SystemTime::now() + days * DAY + DAY / 2,
            Left::ExpiredDays(days) => SystemTime::now() - days * DAY,
        }
        .into();
        let server = params.signed_by(&key, &between_issuer).unwrap();
        let chain = [server, between, root].map(|made| made.der().to_vec()).to_vec();
        let made = Self { directory, chain };
        made.write("server.pem", &[pem::write("CERTIFICATE", &made.chain[0])]);
        let rest: Vec<_> =
            made.chain[1..].iter().map(|der| pem::write("CERTIFICATE", der)).collect();
        made.write("chain.pem", &rest);
        made.write("root.pem", &rest[1..]);
        made.write("key.pem", &[pem::write("PRIVATE KEY", &key.serialize_der())]);
        made
    }

    fn write(&self, name: &str, blocks: &[String]) {
        fs::write(self.path(name), blocks.concat()).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }
}

#[derive(Clone, Copy)]
enum Left {
    Days(u32),
    ExpiredDays(u32),
}

/// `openssl s_server` for one client.
struct Server {
    running: Running,
    port: u16,
}

impl Server {
    fn at(made: &Made, options: &[&str]) -> Running {
        let (certificate, key) = (made.text("server.pem"), made.text("key.pem"));
        let always = ["s_server", "-naccept", "1", "-cert", &certificate, "-key", &key];
        let mut running = Program::new("openssl")
            .args(always)
            .args(["-cert_chain", &made.text("chain.pem")])
            .args(options)
            .input(Input::Pipe)
            .without_terminal()
            .start();
        if !running.wait_for(DEADLINE, |p| accepts(&p.stdout).is_some()) {
            running.fail("it does not listen");
        }
        running
    }

    fn start(made: &Made) -> Self {
        Self::on(made, "127.0.0.1:0")
    }

    fn on(made: &Made, address: &str) -> Self {
        let running = Self::at(made, &["-accept", address]);
        let line = accepts(&running.stdout).unwrap();
        let port = line.rsplit(':').next().unwrap().trim().parse().unwrap();
        Self { running, port }
    }

    /// It has ended after its client, and found nothing wrong with it.
    fn ends_content(mut self) {
        assert_eq!(self.running.wait_end(), "exit 0", "{}", self.running.report());
        let said = self.running.said();
        assert!(!said.contains("error:"), "{}", self.running.report());
    }
}

/// The whole line that says where it accepts.
fn accepts(stdout: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stdout).into_owned();
    let whole = &text[..=text.rfind('\n')?];
    whole.lines().find(|line| line.starts_with("ACCEPT")).map(str::to_owned)
}

fn program(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args).without_terminal()
}

/// Runs it to its end; status, standard output and standard error.
fn nc(args: &[&str]) -> (String, String, String) {
    let mut running = program(args).input(Input::Null).start();
    let status = running.wait_end();
    (status, String::from_utf8(running.stdout.clone()).unwrap(), running.said())
}

fn place(host: &str, port: u16) -> String {
    format!("{host}:{port}")
}

#[test]
fn a_chain_that_is_trusted_is_shown_line_by_line() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["localhost", "127.0.0.1"], Left::Days(40));
    let server = Server::start(&made);
    let root = made.text("root.pem");
    let secret = b"never sent\n".to_vec();
    let mut running = program(&["cert", &place("localhost", server.port), "-4", "--cafile", &root])
        .input(Input::Regular(secret))
        .start();
    assert_eq!(running.wait_end(), "exit 0", "{}", running.report());
    let shown = String::from_utf8(running.stdout.clone()).unwrap();
    let read: Vec<_> = made.chain.iter().map(|der| Certificate::read(der).unwrap()).collect();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 3, "{shown}");
    for (index, (line, certificate)) in lines.iter().zip(&read).enumerate() {
        let (who, by, more) = [
            ("test server", "by CN=test between", "; for localhost, 127.0.0.1; "),
            ("test between", "by CN=test root", "; a CA; "),
            ("test root", "by itself", "; a CA; "),
        ][index];
        assert!(line.starts_with(&format!("{index}: CN={who}; {by}; ")), "{line}");
        assert!(line.contains(more), "{line}");
        let (from, until) = (certificate.not_before, certificate.not_after);
        assert!(line.contains(&format!("from {from} until {until}, ")), "{line}");
        let end = format!(" left; ECDSA P-256; SHA-256 {}", certificate.fingerprint);
        assert!(line.ends_with(&end), "{line}");
    }
    assert!(lines[0].contains(", 40 days left; "), "{}", lines[0]);
    assert_eq!(running.said(), "nc: verified, as localhost\n");
    let heard = String::from_utf8_lossy(&server.running.stdout).into_owned();
    assert!(!heard.contains("never sent"), "{heard}");
    server.ends_content();
}

#[test]
fn what_is_not_trusted_is_shown_and_kept_all_the_same() {
    if without_openssl() {
        return;
    }
    let whole = Made::new(&["localhost"], Left::Days(40));
    let expired = Made::new(&["localhost"], Left::ExpiredDays(3));
    let elsewhere = Made::new(&["other.example"], Left::Days(40));
    let strangers = Made::under("other root", &["localhost"], Left::Days(40));
    for (made, root, reason) in [
        (&expired, &expired, "it expired on "),
        (&elsewhere, &elsewhere, "it is for other.example, and localhost was asked for"),
        (&whole, &strangers, "it is signed by CN=test root, which nobody here trusts"),
    ] {
        let server = Server::start(made);
        let (root, kept) = (root.text("root.pem"), made.path("kept.pem"));
        let at = place("localhost", server.port);
        let pem_file = kept.to_str().unwrap();
        // its own reason comes first, however soon it expires
        let args = ["cert", &at, "-4", "--cafile", &root, "--pem", pem_file, "--warn", "90d"];
        let (status, shown, said) = nc(&args);
        assert_eq!(status, "exit 15", "{said}");
        assert_eq!(shown.lines().count(), 3, "{shown}");
        let start = "nc: the certificate of localhost is not trusted: ";
        assert!(said.starts_with(&format!("{start}{reason}")), "{said}");
        assert_eq!(pem::certificates(&fs::read(&kept).unwrap()).unwrap(), made.chain);
    }
}

#[test]
fn one_that_signed_itself_says_so_and_its_pin_is_enough() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["localhost"], Left::Days(40));
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "alone\x1b[31m");
    let alone = params.self_signed(&key).unwrap();
    made.write("server.pem", &[pem::write("CERTIFICATE", alone.der())]);
    made.write("key.pem", &[pem::write("PRIVATE KEY", &key.serialize_der())]);
    made.write("chain.pem", &[]);
    let one = ["-accept", "127.0.0.1:0"];
    let pin = Certificate::read(alone.der()).unwrap().key_fingerprint.pin();
    let cases: [(&[&str], &str, &str); 3] = [
        (&[], "exit 15", "is not trusted: it signed itself"),
        (&["--pin", &pin], "exit 0", "nc: verified, by its pin alone\n"),
        (&["--insecure"], "exit 0", "nc: not verified, and with reason: it signed itself"),
    ];
    // without a chain to go with it
    let (certificate, key) = (made.text("server.pem"), made.text("key.pem"));
    for (options, expected, words) in cases {
        let mut server = Program::new("openssl")
            .args(["s_server", "-naccept", "1", "-cert", &certificate, "-key", &key])
            .args(one)
            .input(Input::Pipe)
            .without_terminal()
            .start();
        assert!(server.wait_for(DEADLINE, |p| accepts(&p.stdout).is_some()));
        let line = accepts(&server.stdout).unwrap();
        let at = place("localhost", line.rsplit(':').next().unwrap().trim().parse().unwrap());
        let (status, shown, said) = nc(&[&["cert", &at, "-4"], options].concat());
        assert_eq!(status, expected, "{said}");
        assert!(said.contains(words), "{said}");
        assert_eq!(shown.lines().count(), 1);
        assert!(shown.starts_with("0: CN=alone"), "{shown}");
        assert!(shown.contains("; by itself; "), "{shown}");
        assert!(!shown.contains('\x1b'), "{shown:?}");
    }
}

#[test]
fn one_that_expires_soon_has_a_status_of_its_own() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["localhost"], Left::Days(9));
    let root = made.text("root.pem");
    for (options, expected) in [
        (&["--warn", "21d"][..], "exit 16"),
        (&["--warn", "229h"], "exit 16"),
        (&["--warn", "227h"], "exit 0"),
        (&["--warn", "9d"], "exit 0"),
        (&["--warn", "0"], "exit 0"),
        (&["--warn", "21d", "--exit-status=classic"], "exit 1"),
    ] {
        let server = Server::start(&made);
        let at = place("localhost", server.port);
        let (status, shown, said) =
            nc(&[&["cert", &at, "-4", "--cafile", &root], options].concat());
        assert_eq!(status, expected, "{options:?}: {said}");
        assert_eq!(shown.lines().count(), 3);
        let mut lines = said.lines();
        assert_eq!(lines.next(), Some("nc: verified, as localhost"));
        match lines.next() {
            Some(line) => {
                let (start, end) = ("nc: certificate 0 expires on ", " UTC, in 9 days");
                assert!(line.starts_with(start) && line.ends_with(end), "{line}");
                assert_ne!(expected, "exit 0");
            }
            None => assert_eq!(expected, "exit 0"),
        }
        server.ends_content();
    }
}

#[test]
fn a_file_that_is_there_already_is_not_replaced_and_nobody_is_connected() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("kept.pem");
    fs::write(&path, "something else").unwrap();
    let (listener, port) = tcp_listener();
    let (status, shown, said) =
        nc(&["cert", &place("127.0.0.1", port), "--pem", path.to_str().unwrap()]);
    assert_eq!((status.as_str(), shown.as_str()), ("exit 1", ""));
    assert!(said.ends_with("kept.pem is there already, and nothing was replaced\n"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "something else");
    assert_nobody_came(&listener);
}

#[test]
fn addresses_of_ipv6_and_unix_sockets() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["localhost", "::1"], Left::Days(40));
    let root = made.text("root.pem");
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let server = Server::on(&made, "[::1]:0");
        let (status, _, said) = nc(&["cert", &place("[::1]", server.port), "--cafile", &root]);
        assert_eq!((status.as_str(), said.as_str()), ("exit 0", "nc: verified, as ::1\n"));
        server.ends_content();
    } else {
        assert!(common::may_skip(), "no IPv6 here");
    }
    let path = made.text("socket");
    let running = Server::at(&made, &["-unix", &path, "-unlink"]);
    let (status, shown, said) = nc(&["cert", "-U", &path, "--cafile", &root]);
    assert_eq!((status.as_str(), said.as_str()), ("exit 0", "nc: verified, as localhost\n"));
    assert_eq!(shown.lines().count(), 3);
    Server { running, port: 0 }.ends_content();
}

#[test]
fn through_a_proxy_of_ours() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["127.0.0.1"], Left::Days(40));
    let root = made.text("root.pem");
    for (kind, speaks) in [("http", "connect"), ("socks5", "5")] {
        let mut proxy =
            program(&["-lv", "--proxy-type", kind, "127.0.0.1", "0"]).input(Input::Null).start();
        let through = place("127.0.0.1", proxy.listening_port());
        let server = Server::start(&made);
        let at = place("127.0.0.1", server.port);
        let way = ["-X", speaks, "-x", &through, "--cafile", &root];
        let (status, shown, said) = nc(&[&["cert", &at], &way[..]].concat());
        assert_eq!((status.as_str(), said.as_str()), ("exit 0", "nc: verified, as 127.0.0.1\n"));
        assert_eq!(shown.lines().count(), 3);
        server.ends_content();
    }
}

/// A mail server's plain part, with TLS at another port behind it.
fn mail_server(behind: u16) -> (u16, thread::JoinHandle<io::Result<()>>) {
    let (listener, port) = tcp_listener();
    let played = thread::spawn(move || {
        let mut client = accept(&listener);
        let mut lines = BufReader::new(client.try_clone()?);
        let mut line = String::new();
        client.write_all(b"220 mail.example ESMTP\r\n")?;
        lines.read_line(&mut line)?;
        client.write_all(b"250-mail.example\r\n250 STARTTLS\r\n")?;
        lines.read_line(&mut line)?;
        assert!(line.ends_with("STARTTLS\r\n"), "{line}");
        client.write_all(b"220 go ahead\r\n")?;
        assert!(lines.buffer().is_empty(), "TLS before it was invited");
        let mut server = TcpStream::connect(("127.0.0.1", behind))?;
        let (mut up, mut down) = (client.try_clone()?, server.try_clone()?);
        let upward = thread::spawn(move || {
            let copied = io::copy(&mut up, &mut server);
            // one end is passed on; that the other side has left already is no matter
            let _ = server.shutdown(std::net::Shutdown::Write);
            copied
        });
        io::copy(&mut down, &mut client)?;
        let _ = client.shutdown(std::net::Shutdown::Write);
        upward.join().unwrap().map(|_| ())
    });
    (port, played)
}

#[test]
fn behind_starttls_and_the_plain_part_is_shown() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["localhost"], Left::Days(40));
    let root = made.text("root.pem");
    for scheme in [true, false] {
        let server = Server::start(&made);
        let (port, played) = mail_server(server.port);
        let at = if scheme {
            format!("starttls+smtp://localhost:{port}")
        } else {
            place("localhost", port)
        };
        let all = ["cert", &at, "-4v", "--cafile", &root, "--starttls", "smtp"];
        let (status, shown, said) = nc(if scheme { &all[..5] } else { &all[..] });
        assert_eq!(status, "exit 0", "{said}");
        assert_eq!(shown.lines().count(), 3);
        for line in ["nc: < 220 mail.example ESMTP\n", "nc: > STARTTLS\n", "nc: < 220 go ahead\n"] {
            assert!(said.contains(line), "{said}");
        }
        assert!(said.ends_with("nc: verified, as localhost\n"), "{said}");
        server.ends_content();
        played.join().unwrap().unwrap();
    }
}

#[cfg(feature = "json")]
#[test]
fn json_has_the_results_on_standard_output_and_the_rest_on_standard_error() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["localhost"], Left::Days(9));
    let root = made.text("root.pem");
    let parse = |text: &str| -> Vec<serde_json::Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    for (trusted, verdict, expected, status) in
        [(true, "trusted", "exit 16", Some(16)), (false, "untrusted", "exit 15", Some(15))]
    {
        let server = Server::start(&made);
        let at = place("localhost", server.port);
        let mut args = vec!["cert", &at, "-4", "--json", "--warn", "10d"];
        if trusted {
            args.extend(["--cafile", &root]);
        }
        let (ended, shown, said) = nc(&args);
        assert_eq!(ended, expected, "{said}");
        let results = parse(&shown);
        let names: Vec<_> = results.iter().map(|line| line["event"].as_str().unwrap()).collect();
        let seen = "certificate_seen";
        assert_eq!(names, [seen, seen, seen, "verdict"]);
        for (index, der) in made.chain.iter().enumerate() {
            let certificate = Certificate::read(der).unwrap();
            assert_eq!(results[index]["index"], index);
            let sha256 = certificate.fingerprint.to_string();
            assert_eq!(results[index]["certificate"]["sha256"], sha256);
        }
        let last = &results[3];
        assert_eq!(last["verdict"], verdict);
        assert_eq!(last["verified_by"].as_str(), trusted.then_some("chain"));
        assert_eq!(last["name"], "localhost");
        assert_eq!(last["why"].is_null(), trusted);
        assert_eq!((&last["expires_first"], &last["days_left"]), (&0.into(), &9.into()));
        assert_eq!(last["expires_soon"], true);
        let events = parse(&said);
        assert!(events.iter().any(|line| line["event"] == "connected"), "{said}");
        assert!(!events.iter().any(|line| line["event"] == "verdict"), "{said}");
        assert_eq!(events.last().unwrap()["status"].as_u64(), status);
    }
}

#[test]
fn who_speaks_no_tls_or_nothing_at_all() {
    let (listener, port) = tcp_listener();
    let web = thread::spawn(move || {
        let mut client = accept(&listener);
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        client
    });
    let (status, shown, said) = nc(&["cert", &place("127.0.0.1", port), "--cafile", EMPTY]);
    assert_eq!((status.as_str(), shown.as_str()), ("exit 1", ""), "{said}");
    let (status, shown, said) = nc(&["cert", &place("127.0.0.1", port), "--insecure"]);
    assert_eq!((status.as_str(), shown.as_str()), ("exit 14", ""));
    assert_eq!(said, "nc: this answer is plain HTTP, not TLS: drop tls://\n");
    drop(web.join().unwrap());

    let (listener, port) = tcp_listener();
    let mut running = program(&["cert", "-w1", &place("127.0.0.1", port), "--insecure"])
        .input(Input::Null)
        .start();
    let silent = accept(&listener);
    assert_eq!(running.wait_end(), "exit 12", "{}", running.report());
    assert!(running.lasted() >= Duration::from_millis(850), "{:?}", running.lasted());
    assert!(running.said().contains("TLS handshake"), "{}", running.said());
    drop(silent);
}

/// No such file, which is told before anything is connected.
const EMPTY: &str = "/nonexistent/roots.pem";

#[test]
fn an_output_that_is_full_is_no_success() {
    if without_openssl() {
        return;
    }
    let made = Made::new(&["localhost"], Left::Days(40));
    let server = Server::start(&made);
    let at = place("localhost", server.port);
    let mut running = program(&["cert", &at, "-4", "--cafile", &made.text("root.pem")])
        .input(Input::Null)
        .output(Output::Full)
        .start();
    assert_eq!(running.wait_end(), "exit 17", "{}", running.report());
    assert!(running.said().contains("No space left on device"), "{}", running.said());
    server.ends_content();
}
