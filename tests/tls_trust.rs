//! Whom a TLS client believes, and what it says of those whom it does not.
#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::Write;

use common::authority::{Authority, Files, Identity, Leaf};
use common::process::Program;
use common::secured::{Ends, OneClient, Version, server};
use common::under_test;
use rcgen::ExtendedKeyUsagePurpose::ClientAuth;

const HELLO: &[u8] = b"hello\n";

fn nc(args: &[&str]) -> Program {
    Program::new(under_test(env!("CARGO_BIN_EXE_nc"))).args(args)
}

/// Shows a client, run with these arguments, this identity; gives its status, stdout and stderr.
#[track_caller]
fn shown(identity: &Identity, args: &[&str]) -> (String, Vec<u8>, String) {
    shown_by(identity, &Version::ALL, args)
}

/// The same, in one of these versions.
#[track_caller]
fn shown_by(identity: &Identity, versions: &[Version], args: &[&str]) -> (String, Vec<u8>, String) {
    let peer = OneClient::start(&server(identity, versions), |mut stream| {
        stream.write_all(HELLO)?;
        stream.end();
        stream.read_all()
    });
    let port = peer.port.to_string();
    let mut client = nc(&["--tls", "127.0.0.1", &port]).args(args).start();
    let status = client.wait_end();
    let _ = peer.done();
    let said = client.said().replace(&port, "PORT");
    (status, client.stdout.clone(), said)
}

#[track_caller]
fn is_believed(identity: &Identity, args: &[&str]) {
    let (status, stdout, stderr) = shown(identity, args);
    assert_eq!((status.as_str(), stdout.as_slice(), stderr.as_str()), ("exit 0", HELLO, ""));
}

/// Nothing comes of it but these words.
#[track_caller]
fn is_refused(identity: &Identity, args: &[&str], words: &str) {
    let (status, stdout, stderr) = shown(identity, args);
    assert_eq!(stderr.trim_end(), format!("nc: {words}"), "{status}");
    assert_eq!((status.as_str(), stdout.as_slice()), ("exit 15", &b""[..]));
}

struct World {
    _files: Files,
    root: Authority,
    cafile: String,
}

impl World {
    fn new() -> Self {
        let (files, root) = (Files::new(), Authority::root("Root of the test"));
        let cafile = files.authority("root", &root);
        Self { _files: files, root, cafile }
    }
}

const NAME: &str = "www.example.org";

#[test]
fn a_name_must_be_one_of_the_certificates() {
    let World { root, cafile, .. } = &World::new();
    let named = |name| ["--cafile", cafile, "--tls-name", name];
    let peer = root.sign(&Leaf::of(&[NAME, "*.wild.example.org", "192.0.2.1", "127.0.0.1"]));
    is_believed(&peer, &named(NAME));
    is_believed(&peer, &named("WWW.Example.ORG"));
    is_believed(&peer, &named("a.wild.example.org"));
    is_believed(&peer, &named("192.0.2.1"));
    is_believed(&peer, &["--cafile", cafile]);
    for other in ["other.example.org", "a.b.wild.example.org", "wild.example.org", "192.0.2.2"] {
        let words = format!(
            "the certificate of {other} is not trusted: it is for {NAME}, *.wild.example.org, \
             192.0.2.1, 127.0.0.1, and {other} was asked for"
        );
        is_refused(&peer, &named(other), &words);
    }
}

#[test]
fn an_address_must_be_one_of_the_certificates() {
    let World { root, cafile, .. } = &World::new();
    let peer = root.sign(&Leaf::of(&[NAME]));
    is_refused(
        &peer,
        &["--cafile", cafile],
        "the certificate of 127.0.0.1 is not trusted: it is for www.example.org, and 127.0.0.1 was \
         asked for",
    );
    // written as a name it is none
    is_refused(
        &root.sign(&Leaf::of(&[]).common_name("127.0.0.1")),
        &["--cafile", cafile],
        "the certificate of 127.0.0.1 is not trusted: 127.0.0.1 stands in its subject alone, which \
         counts for nothing since 2000",
    );
}

#[test]
fn a_subject_is_no_name() {
    let World { root, cafile, .. } = &World::new();
    let named = ["--cafile", cafile, "--tls-name", NAME];
    let words = "the certificate of www.example.org is not trusted: ";
    is_refused(
        &root.sign(&Leaf::of(&[]).common_name(NAME)),
        &named,
        &format!(
            "{words}www.example.org stands in its subject alone, which counts for nothing since 2000"
        ),
    );
    is_refused(
        &root.sign(&Leaf::of(&[]).common_name("other.example.org")),
        &named,
        &format!("{words}it has no names, and www.example.org was asked for"),
    );
}

#[test]
fn a_certificate_is_good_in_its_time() {
    let World { root, cafile, .. } = &World::new();
    let named = ["--cafile", cafile, "--tls-name", NAME];
    let date = |at: netcat::proto::certificate::Timestamp| at.to_string();
    let expired = root.sign(&Leaf::of(&[NAME]).days(-30, -3));
    let since = date(expired.certificate().not_after);
    is_refused(
        &expired,
        &named,
        &format!("the certificate of {NAME} is not trusted: it expired on {since}, 3 days ago"),
    );
    let early = root.sign(&Leaf::of(&[NAME]).days(1, 30));
    let from = date(early.certificate().not_before);
    is_refused(
        &early,
        &named,
        &format!(
            "the certificate of {NAME} is not trusted: it is not valid before {from}, in 1 day (is \
             the clock here right?)"
        ),
    );
    // one that is trusted as it is has its time as well
    let (files, own) = (Files::new(), Leaf::of(&[NAME]).days(-30, -3).self_signed());
    let since = date(own.certificate().not_after);
    let own_file = files.write("own.pem", own.certificates_pem());
    is_refused(
        &own,
        &["--cafile", &own_file, "--tls-name", NAME],
        &format!("the certificate of {NAME} is not trusted: it expired on {since}, 3 days ago"),
    );
}

#[test]
fn whoever_signed_must_be_known() {
    let World { root, cafile, .. } = &World::new();
    let named = ["--cafile", cafile, "--tls-name", NAME];
    let words = "the certificate of www.example.org is not trusted: ";
    let leaf = Leaf::of(&[NAME]);
    let itself = format!(
        "{words}it signed itself, and nobody here knows it (--cafile FILE or --pin, to trust it)"
    );
    is_refused(&leaf.self_signed(), &named, &itself);
    is_refused(&Authority::root("Another root").as_identity(), &named, &itself);
    // nor has a root that only has its name
    let namesake = Authority::root(NAME);
    let files = Files::new();
    let roots = files.authority("namesake.pem", &namesake);
    is_refused(
        &Leaf::of(&[NAME]).common_name(NAME).key(&rcgen::PKCS_ED25519).self_signed(),
        &["--cafile", &roots, "--tls-name", NAME],
        &itself,
    );

    let other = Authority::root("Another\u{1b} root");
    let unknown = format!("{words}it is signed by CN=Another\\x1b root, which nobody here trusts");
    let alone = "; the peer may leave one out that belongs in between";
    is_refused(&other.sign(&leaf), &named, &format!("{unknown}{alone}"));
    is_refused(&other.between("One between").sign(&leaf), &named, &unknown);

    let between = root.between("One between");
    let peer = between.sign(&leaf);
    is_believed(&peer, &named);
    is_refused(
        &peer.alone(),
        &named,
        &format!("{words}it is signed by CN=One between, which nobody here trusts{alone}"),
    );
    // by the same name, but not by the same key
    let impostor = Authority::root("Root of the test");
    let (status, stdout, stderr) = shown(&impostor.sign(&leaf), &named);
    assert_eq!((status.as_str(), stdout.len()), ("exit 15", 0), "{stderr}");
    assert!(stderr.starts_with(&format!("nc: {words}")), "{stderr}");
}

#[test]
fn who_may_sign_is_no_peer_and_a_peer_may_not_sign() {
    let World { root, cafile, .. } = &World::new();
    let named = ["--cafile", cafile, "--tls-name", NAME];
    let words = "the certificate of www.example.org is not trusted: ";
    is_refused(
        &root.between(NAME).as_identity(),
        &named,
        &format!("{words}it is an authority's own certificate, not one for a peer"),
    );
    is_refused(
        &root.leaf_as_authority("leaf.example.org").sign(&Leaf::of(&[NAME])),
        &named,
        &format!("{words}it is signed by a certificate that may not sign others"),
    );
    is_refused(
        &root.sign(&Leaf::of(&[NAME]).purpose(ClientAuth)),
        &named,
        &format!("{words}it is for TLS client, not for this"),
    );
}

#[test]
fn a_peer_must_have_the_key_of_its_certificate() {
    let World { root, cafile, .. } = &World::new();
    let honest = root.sign(&Leaf::of(&["127.0.0.1"]));
    let pin = honest.certificate().key_fingerprint.pin();
    let words = "nc: the certificate of 127.0.0.1 is not trusted: it belongs to somebody else, for \
                 the peer does not have its key";
    let thief = honest.with_key_of(&root.sign(&Leaf::of(&["127.0.0.1"])));
    for args in [&["--cafile", cafile][..], &["--pin", &pin], &["--insecure"]] {
        for version in Version::ALL {
            let (status, stdout, stderr) = shown_by(&thief, &[version], args);
            assert_eq!(stderr.trim_end(), words, "{version:?} {args:?}");
            assert_eq!((status.as_str(), stdout.as_slice()), ("exit 15", &b""[..]));
        }
    }
}

#[test]
fn a_key_of_another_kind_is_not_the_certificates_either() {
    let World { root, cafile, .. } = &World::new();
    let other = root.sign(&Leaf::of(&["127.0.0.1"]).key(&rcgen::PKCS_ED25519));
    let thief = root.sign(&Leaf::of(&["127.0.0.1"])).with_key_of(&other);
    let (status, stdout, stderr) = shown_by(&thief, &[Version::Tls13], &["--cafile", cafile]);
    assert_eq!((status.as_str(), stdout.as_slice()), ("exit 15", &b""[..]), "{stderr}");
    assert!(stderr.contains(" the peer does not have its key"), "{stderr}");
}

#[test]
fn a_peers_own_certificate_may_be_known() {
    let files = Files::new();
    let own = Leaf::of(&[NAME]).self_signed();
    let file = files.write("own.pem", own.certificates_pem());
    is_believed(&own, &["--cafile", &file, "--tls-name", NAME]);
    is_refused(
        &own,
        &["--cafile", &file],
        "the certificate of 127.0.0.1 is not trusted: it is for www.example.org, and 127.0.0.1 was \
         asked for",
    );
    // known or not, it is for what it says
    let client = Leaf::of(&[NAME]).purpose(ClientAuth).self_signed();
    let file = files.write("client.pem", client.certificates_pem());
    is_refused(
        &client,
        &["--cafile", &file, "--tls-name", NAME],
        "the certificate of www.example.org is not trusted: it is for TLS client, not for this",
    );
    // an authority's own, and not alone in the file
    let root = Authority::root("Root of the test");
    let two = [own.chain[0].clone(), root.der.clone()];
    let file = files.write("two.pem", common::authority::certificates(&two));
    is_refused(
        &root.as_identity(),
        &["--cafile", &file],
        "the certificate of 127.0.0.1 is not trusted: it has no names, and 127.0.0.1 was asked for",
    );
}

/// As it is with `--cafile`: who made it for one server often made an authority's.
#[test]
fn a_peers_own_certificate_may_be_among_the_systems() {
    let files = Files::new();
    let root = Authority::root("Root of the test");
    let own = root.as_identity();
    let system = files.authority("system", &root);
    let peer = OneClient::start(&server(&own, &Version::ALL), |mut stream| stream.read_all());
    let port = peer.port.to_string();
    let mut client = nc(&["--tls", "127.0.0.1", &port]).env("SSL_CERT_FILE", &system).start();
    assert_eq!(client.wait_end(), "exit 15");
    assert_eq!(
        client.said().trim_end(),
        "nc: the certificate of 127.0.0.1 is not trusted: it has no names, and 127.0.0.1 was asked \
         for",
        "it is known, or that would be said first"
    );
    let _ = peer.done();
}

#[test]
fn what_is_asked_for_may_have_another_name() {
    let World { root, cafile, .. } = &World::new();
    let config = server(&root.sign(&Leaf::of(&[NAME, "127.0.0.1"])), &Version::ALL);
    for (args, asked) in [
        (&["--tls-name", NAME][..], Some(NAME)),
        (&["--sni", NAME], Some(NAME)),
        (&["--tls-name", NAME, "--sni", "front.example.org"], Some("front.example.org")),
        // an address is not asked for by name (RFC 6066, section 3)
        (&[], None),
    ] {
        let peer = OneClient::start(&config, |mut stream| {
            let asked = stream.conn.server_name().map(str::to_owned);
            stream.end();
            stream.read_all().map(|_| asked)
        });
        let port = peer.port.to_string();
        let mut client = nc(&["--tls", "127.0.0.1", &port, "--cafile", cafile]).args(args).start();
        client.succeeds();
        assert_eq!(peer.done().unwrap().as_deref(), asked, "{args:?}");
    }
}

#[test]
fn a_pin_is_enough_and_a_must() {
    let World { root, cafile, .. } = &World::new();
    let own = Leaf::of(&["whatever"]).days(-30, -3).self_signed();
    let certificate = own.certificate();
    let (key, whole) = (certificate.key_fingerprint.pin(), certificate.fingerprint.to_string());
    let pinned = root.sign(&Leaf::of(&[NAME]));
    let other = pinned.certificate().key_fingerprint.pin();
    for pin in [&key, &whole, &whole.replace(':', "").to_lowercase(), &format!("{other};{key}")] {
        is_believed(&own, &["--pin", pin]);
    }
    let words = |has: &str| {
        format!(
            "the certificate of 127.0.0.1 is not trusted: it is not the one that was pinned; its \
             pin is {has}"
        )
    };
    is_refused(&own, &["--pin", &other], &words(&key));
    let fingerprint = pinned.certificate().fingerprint.to_string();
    is_refused(&own, &["--pin", &fingerprint], &words(&key));
    // with authorities, both are asked
    is_believed(&pinned, &["--pin", &other, "--cafile", cafile, "--tls-name", NAME]);
    is_refused(
        &pinned,
        &["--pin", &other, "--cafile", cafile],
        "the certificate of 127.0.0.1 is not trusted: it is for www.example.org, and 127.0.0.1 was \
         asked for",
    );
    is_refused(
        &pinned,
        &["--pin", &key, "--cafile", cafile, "--tls-name", NAME],
        &words(&other).replace("127.0.0.1", NAME),
    );
}

#[test]
fn who_believes_all_says_so() {
    let World { root, .. } = &World::new();
    for (peer, words) in [
        (root.sign(&Leaf::of(&["127.0.0.1"])), "not verified: anybody could be at the other end"),
        (
            Leaf::of(&["127.0.0.1"]).self_signed(),
            "not verified, and with reason: it signed itself, and nobody here knows it (--cafile \
             FILE or --pin, to trust it)",
        ),
        (
            root.sign(&Leaf::of(&[NAME])),
            "not verified, and with reason: it is for www.example.org, and another name was \
             asked for",
        ),
    ] {
        let (status, stdout, stderr) = shown(&peer, &["--insecure"]);
        assert_eq!((status.as_str(), stdout.as_slice()), ("exit 0", HELLO), "{stderr}");
        assert_eq!(stderr.trim_end(), format!("nc: {words}"));
    }
}
