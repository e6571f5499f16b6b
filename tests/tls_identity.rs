//! Who we are, on either side of TLS: what a server asks of its clients, and files that cannot be
//! used, which stop the start.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::{ErrorKind, Write};
use std::process::Command;

use common::authority::{Authority, Files, Identity, Leaf};
use common::peer::{connect, tcp_listener};
use common::process::{Input, Program};
use common::running::Running;
use common::secured::{ClientStream, Ends, OneClient, Version, connected_as, server_for};
use common::under_test;
use netcat::proto::certificate::pem;
use rcgen::ExtendedKeyUsagePurpose::ServerAuth;

const HELLO: &[u8] = b"hello\n";
const ENCRYPTED: &str =
    "its private key is encrypted: decrypt it first, with: openssl pkey -in FILE -out NEW";
const NAME: &str = "joe.example.org";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// A listener with an identity of its own and these arguments, and its port.
fn listener(files: &Files, args: &[&str]) -> (Running, u16) {
    let own = files.identity("server", &Leaf::of(&["127.0.0.1"]).self_signed());
    let mut running = nc(&["-v", "-l", "--tls", "127.0.0.1", "0"])
        .args(own)
        .args(args)
        .input(Input::Regular(HELLO.to_vec()))
        .start();
    let port = running.listening_port();
    (running, port)
}

/// What a client with this certificate is told, and hears.
fn visit(port: u16, version: Version, identity: Option<&Identity>) -> std::io::Result<Vec<u8>> {
    let mut socket = connect(port);
    let connection = connected_as(&mut socket, version, identity)?;
    let mut stream = ClientStream::new(connection, socket);
    // one that is turned away reads why
    let _ = stream.write_all(b"in");
    stream.end();
    stream.read_all()
}

#[test]
fn a_listener_lets_in_whom_its_authorities_vouch_for() {
    let files = Files::new();
    let root = Authority::root("Root of the clients");
    let cafile = files.authority("clients", &root);
    let joe = root.sign(&Leaf::of(&[NAME]).common_name("Joe"));
    let refused: &[(Option<Identity>, &str, &str)] = &[
        (None, "CertificateRequired", "the peer did not show a certificate"),
        (
            Some(Authority::root("Another root").sign(&Leaf::of(&[NAME]))),
            "UnknownCA",
            "the client's certificate is not trusted: nobody here knows who signed it",
        ),
        (
            Some(root.sign(&Leaf::of(&[NAME]).days(-30, -3))),
            "CertificateExpired",
            "the client's certificate is not trusted: it expired on ",
        ),
        (
            Some(root.sign(&Leaf::of(&[NAME]).purpose(ServerAuth))),
            "UnsupportedCertificate",
            "the client's certificate is not trusted: it is not for this purpose",
        ),
        (
            Some(joe.with_key_of(&root.sign(&Leaf::of(&[NAME])))),
            "DecryptError",
            "the client's certificate is not trusted: it belongs to somebody else, for the peer does \
             not have its key",
        ),
        (
            Some(root.sign(&Leaf::of(&["jim.example.org"]))),
            "CertificateUnknown",
            "the certificate of joe.example.org is not trusted: it is for jim.example.org, and \
             joe.example.org was asked for",
        ),
    ];
    for version in Version::ALL {
        let asks = ["--require-client-cert", &cafile, "--tls-name", NAME];
        let (mut running, port) = listener(&files, &asks);
        for (identity, alert, words) in refused {
            let error = visit(port, version, identity.as_ref()).expect_err("not to be let in");
            assert!(error.to_string().contains(alert), "{error}, not {alert}");
            let line = running.wait_line("nc: 127.0.0.1");
            assert!(line.contains(words), "{line}, not {words}");
            running.stderr.clear();
        }
        assert_eq!(visit(port, version, Some(&joe)).unwrap(), HELLO);
        running.succeeds();
        assert_eq!(running.stdout, b"in");
        assert!(running.said().contains("nc: peer: CN=Joe, until "), "{}", running.said());
    }
}

#[test]
fn a_client_shows_its_certificate_where_it_is_asked_for() {
    let files = Files::new();
    let root = Authority::root("Root of the clients");
    let joe = files.identity("joe", &root.between("One between").sign(&Leaf::of(&[NAME])));
    let other = files.identity("other", &Leaf::of(&[NAME]).self_signed());
    let own = Leaf::of(&["127.0.0.1"]).self_signed();
    let none: &[String] = &[];
    for (version, args, status, words) in [
        (Version::Tls13, &joe[..], "exit 0", ""),
        (Version::Tls12, &joe[..], "exit 0", ""),
        (
            Version::Tls13,
            none,
            "exit 15",
            "the peer ended it with the alert certificate_required (116): it wants a certificate of \
             ours (--cert)",
        ),
        (
            Version::Tls12,
            none,
            "exit 15",
            "the peer ended it with the alert certificate_required (116): it wants a certificate of \
             ours (--cert)",
        ),
        (
            Version::Tls13,
            &other,
            "exit 15",
            "the peer ended it with the alert unknown_ca (48): it does not know who signed our \
             certificate",
        ),
        (
            Version::Tls12,
            &other,
            "exit 15",
            "the peer ended it with the alert unknown_ca (48): it does not know who signed our \
             certificate",
        ),
    ] {
        let config = server_for(&own, &[version], Some(&root.der));
        let peer = OneClient::start(&config, |mut stream| {
            stream.write_all(HELLO)?;
            stream.end();
            stream.read_all()
        });
        let pin = own.certificate().key_fingerprint.pin();
        let port = peer.port.to_string();
        let mut client = nc(&["--tls", "127.0.0.1", &port, "--pin", &pin]).args(args).start();
        let ended = client.wait_end();
        let expected = if words.is_empty() { String::new() } else { format!("nc: {words}") };
        assert_eq!(
            (ended.as_str(), client.said().trim_end()),
            (status, expected.as_str()),
            "{version:?}"
        );
        assert_eq!(client.stdout, if status == "exit 0" { HELLO } else { b"" });
        assert_eq!(peer.done().is_ok(), status == "exit 0");
    }
}

/// Neither a client nor a listener starts with these arguments; both say this.
#[track_caller]
fn stops(args: &[&str], words: &str) {
    let (unasked, port) = tcp_listener();
    let port = port.to_string();
    for place in [&["127.0.0.1", &port][..], &["-v", "-l", "127.0.0.1", "0"]] {
        let mut running = nc(&["--tls"]).args(place).args(args).start();
        let status = running.wait_end();
        let said = running.said();
        assert_eq!((status.as_str(), said.trim_end()), ("exit 1", format!("nc: {words}").as_str()));
    }
    unasked.set_nonblocking(true).unwrap();
    assert_eq!(unasked.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "somebody connected");
}

#[test]
fn a_file_that_cannot_be_used_stops_the_start() {
    let files = Files::new();
    let own = Leaf::of(&["127.0.0.1"]).self_signed();
    let [_, cert, _, key] = &files.identity("own", &own);
    let other = &files.identity("other", &Leaf::of(&["127.0.0.1"]).self_signed())[3];
    let missing = files.path("missing.pem");
    let empty = files.write("empty.pem", "");
    let cut = files.write("cut.pem", &own.certificates_pem()[..200]);
    let broken = files.write("broken.pem", own.certificates_pem().replace("MII", "M!I"));
    let no_der = files.write("no-der.pem", pem::write("CERTIFICATE", b"not a certificate"));
    let no_key = files.write("no-key.pem", pem::write("PRIVATE KEY", b"not a key"));
    let der = files.write("cert.der", &own.chain[0]);
    let both = files.write("both.pem", own.certificates_pem() + &own.key_pem());
    for (cert, key, words) in [
        (&missing, Some(key), format!("{missing}: No such file or directory")),
        (cert, Some(&missing), format!("{missing}: No such file or directory")),
        (cert, Some(other), format!("the key is not that of the certificate in {cert}")),
        (&empty, Some(key), format!("{empty}: no certificate in it")),
        (&cut, Some(key), format!("{cut}: the block that begins in line 1 does not end")),
        (&broken, Some(key), format!("{broken}: no base64 in the block that begins in line 1")),
        (
            &no_der,
            Some(key),
            format!(
                "{no_der}: its certificate is of no use: it is not written as a certificate has to be"
            ),
        ),
        (
            &der,
            Some(key),
            format!(
                "{der}: DER, not PEM: turn it into PEM first, with: openssl x509 (or pkey) -inform DER"
            ),
        ),
        (
            cert,
            Some(&no_key),
            format!(
                "{no_key}: its key cannot be read, or is of no kind known here (RSA of 2048 bits or more, ECDSA on P-256, P-384 or P-521, Ed25519)"
            ),
        ),
        (cert, Some(cert), format!("{cert}: no private key in it, but: CERTIFICATE")),
        (key, Some(key), format!("{key}: no certificate in it, but: PRIVATE KEY")),
        (cert, None, format!("{cert}: no private key in it, but: CERTIFICATE")),
    ] {
        let mut args = vec!["--cert", cert];
        if let Some(key) = key {
            args.extend(["--key", key]);
        }
        stops(&args, &words);
    }
    // both may stand in one file
    let (mut running, _) = {
        let mut running = nc(&["-v", "-l", "--tls", "127.0.0.1", "0", "--cert", &both]).start();
        let port = running.listening_port();
        (running, port)
    };
    assert!(!running.said().contains("made a certificate"));
    running.end_input();
}

#[test]
fn whom_to_believe_must_be_readable() {
    let files = Files::new();
    let missing = files.path("missing.pem");
    let none = files.write("none.pem", "nothing\n");
    let no_der = files.write("no-der.pem", pem::write("CERTIFICATE", b"not a certificate"));
    for (file, words) in [
        (&missing, "No such file or directory"),
        (&none, "no certificate in it"),
        (&no_der, "not a certificate: its outer sequence cannot be read"),
    ] {
        for args in
            [&["127.0.0.1", "1", "--cafile", file][..], &["-l", "0", "--require-client-cert", file]]
        {
            let mut running = nc(&["--tls"]).args(args).start();
            assert_eq!(running.wait_end(), "exit 1");
            assert_eq!(running.said().trim_end(), format!("nc: {file}: {words}"));
        }
    }
}

#[test]
fn a_key_with_a_password_is_refused_as_that() {
    let files = Files::new();
    let own = Leaf::of(&["127.0.0.1"]).self_signed();
    let [_, cert, _, key] = &files.identity("own", &own);
    let sec1 = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n\
                AAAA\n-----END EC PRIVATE KEY-----\n";
    let old = files.write("old.key", sec1);
    stops(&["--cert", cert, "--key", &old], &format!("{old}: {ENCRYPTED}"));
    let new = files.path("new.key");
    let made = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-passout", "pass:x", "-in", key, "-out", &new])
        .status();
    if made.is_err() && common::may_skip() {
        return;
    }
    assert!(made.unwrap().success());
    stops(&["--cert", cert, "--key", &new], &format!("{new}: {ENCRYPTED}"));
}

/// What was asked for by name is not left out in silence.
#[test]
fn secrets_that_cannot_be_written_end_the_run() {
    let files = Files::new();
    let (_server, port) = listener(&files, &["-k"]);
    let to = format!("tls://127.0.0.1:{port}");
    let mut client = nc(&["--insecure", "--keylog", "/dev/full", &to]).start();
    let status = client.wait_end();
    let said = String::from_utf8_lossy(&client.stderr).into_owned();
    assert_eq!(status, "exit 1", "{}", client.report());
    assert!(said.ends_with("nc: /dev/full: No space left on device\n"), "{}", client.report());
}
