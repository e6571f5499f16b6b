//! TLS on the command lines of Ncat, of OpenBSD's own nc, and how long it may take: argv to plan.
#![allow(clippy::unwrap_used)] // a test may end so

mod cli_common;

use std::path::PathBuf;
use std::time::Duration;

use cli_common::planned;
use netcat::plan::{
    ClientTrust, Host, Identity, Plan, Service, Tls, TlsClient, TlsServer, TlsVersion, Trust, lint,
};
use netcat::proto::certificate::Pins;

const HASH: &str = "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A client's TLS in the plan, which must hold together.
fn client(line: &str) -> TlsClient {
    let (plan, _) = planned(line);
    assert_eq!(lint(&plan), Ok(()), "{line}");
    match plan {
        Plan::Connect(connect) => *connect.dial.tls.unwrap_or_else(|| panic!("{line}: no TLS")),
        other => panic!("{line}: {other:?}"),
    }
}

/// A server's.
fn server(line: &str) -> TlsServer {
    let (plan, _) = planned(line);
    assert_eq!(lint(&plan), Ok(()), "{line}");
    match plan {
        Plan::Listen(listen) => *listen.tls.unwrap_or_else(|| panic!("{line}: no TLS")),
        other => panic!("{line}: {other:?}"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the plan has it")]
fn identity(certificate: &str, key: Option<&str>, staple: Option<&str>) -> Option<Identity> {
    let path = PathBuf::from;
    Some(Identity { certificate: path(certificate), key: key.map(path), staple: staple.map(path) })
}

#[expect(clippy::unnecessary_wraps, reason = "as the plan has it")]
fn host(name: &str) -> Option<Host> {
    Some(Host::from(name))
}

/// Ncat's client that checks nothing.
fn unverified() -> TlsClient {
    TlsClient { trust: Trust::Anybody, any_name: true, ..TlsClient::default() }
}

#[test]
fn ncat_checks_nothing_unless_asked() {
    let files = Tls { identity: identity("c", Some("k"), None), ..Tls::default() };
    let alpn = Tls { alpn: vec![b"h2".to_vec(), b"x".to_vec()], ..Tls::default() };
    let ciphers = Tls { ciphers: vec!["HIGH".into(), "!LOW".into(), "A".into()], ..Tls::default() };
    for (options, expected) in [
        ("--ssl", unverified()),
        ("--ssl-verify", TlsClient::default()),
        ("--ssl-trustfile f", TlsClient { trust: Trust::File("f".into()), ..TlsClient::default() }),
        (
            "--ssl-trustfile f --ssl-verify",
            TlsClient { trust: Trust::File("f".into()), ..TlsClient::default() },
        ),
        ("--ssl-cert c --ssl-key k", TlsClient { common: files, ..unverified() }),
        ("--ssl-alpn h2,x", TlsClient { common: alpn, ..unverified() }),
        ("--ssl-ciphers HIGH:!LOW:A", TlsClient { common: ciphers, ..unverified() }),
        (
            "--ssl-servername n",
            TlsClient { name: host("n"), server_name: host("n"), ..unverified() },
        ),
        (
            "--ssl-servername n --ssl-verify",
            TlsClient { name: host("n"), server_name: host("n"), ..TlsClient::default() },
        ),
    ] {
        assert_eq!(client(&format!("ncat {options} h 1")), expected, "{options}");
        assert_eq!(client(&format!("ncat {options} --proxy p h 1")), expected, "{options}");
        assert_eq!(client(&format!("ncat {options} --sctp h 1")), expected, "{options}");
        assert_eq!(client(&format!("ncat {options} -e /x h 1")), expected, "{options}");
    }
}

#[test]
fn ncat_listens_and_asks_nobody_for_a_certificate() {
    let plain = TlsServer { failure_ends: true, ..TlsServer::default() };
    let files = Tls { identity: identity("c", Some("k"), None), ..Tls::default() };
    for options in ["", "-k", "-e /x", "--broker", "-k --chat", "--proxy-type http", "-m 3 -k"] {
        assert_eq!(server(&format!("ncat -l --ssl {options} 1")), plain, "{options}");
        let verify = "--ssl-verify --ssl-trustfile f";
        assert_eq!(server(&format!("ncat -l {verify} {options} 1")), plain, "{options}");
        let line = format!("ncat -l --ssl-cert c --ssl-key k {options} 1");
        assert_eq!(server(&line), TlsServer { common: files.clone(), ..plain.clone() });
    }
    // what its clients ask for is reached as it is
    match planned("ncat -l --ssl --proxy-type http 1").0 {
        Plan::Listen(listen) => match listen.service {
            Service::Proxy(proxy) => assert_eq!(proxy.dial.tls, None),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_look_at_a_port_shakes_hands() {
    for line in ["ncat -z --ssl h 1", "nc --dialect openbsd-upstream -zc h 1-3"] {
        client(line);
        match planned(line) {
            (Plan::Connect(connect), reporting) => {
                assert!(reporting.scanning, "{line}");
                assert!(!connect.session.read_input, "{line}");
                assert_eq!(connect.session.idle_timeout, Some(Duration::ZERO), "{line}");
            }
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[test]
fn openbsd_checks_everything_unless_told_otherwise() {
    let default = TlsClient::default;
    let versions = |min, max| Tls { min, max, ..Tls::default() };
    let (old, new) = (Some(TlsVersion::Tls12), Some(TlsVersion::Tls13));
    let with = |common| TlsClient { common, ..default() };
    for (options, expected) in [
        ("", default()),
        ("-R ca", TlsClient { trust: Trust::File("ca".into()), ..default() }),
        ("-e n", TlsClient { name: host("n"), ..default() }),
        ("-Z chain", TlsClient { keep_chain: Some("chain".into()), ..default() }),
        ("-T muststaple", TlsClient { needs_staple: true, ..default() }),
        ("-T noname", TlsClient { any_name: true, ..default() }),
        ("-T noverify -R ca", unverified()),
        ("-C c", with(Tls { identity: identity("c", None, None), ..Tls::default() })),
        (
            "-C c -K k -o s",
            with(Tls { identity: identity("c", Some("k"), Some("s")), ..Tls::default() }),
        ),
        ("-T alpn=h2,x", with(Tls { alpn: vec![b"h2".into(), b"x".into()], ..Tls::default() })),
        ("-T ciphers=A:B", with(Tls { ciphers: vec!["A".into(), "B".into()], ..Tls::default() })),
        ("-T ciphers=compat", default()),
        ("-T protocols=all", default()),
        ("-T protocols=tlsv1.2", with(versions(None, old))),
        ("-T protocols=tlsv1.3", with(versions(new, None))),
        ("-T protocols=tlsv1.1,tlsv1.2", with(versions(None, old))),
        ("-T protocols=!tlsv1.2", with(versions(new, None))),
        ("-T protocols=all:!tlsv1.3", with(versions(None, old))),
        ("-T protocols=tlsv1.2 -T protocols=TLSv1.3", with(versions(new, None))),
    ] {
        assert_eq!(client(&format!("nc --dialect openbsd-upstream -c {options} h 1")), expected);
    }
    let pinned = client(&format!("nc --dialect openbsd-upstream -c -H {HASH} h 1"));
    assert_eq!(pinned.pins, Pins::parse(HASH.as_bytes()).ok(), "besides all else");
    assert_eq!(pinned.trust, Trust::System);
}

#[test]
fn openbsd_listens_and_asks_everybody_for_a_certificate() {
    let clients = ClientTrust { authorities: None, optional: true, name: None, pins: None };
    let plain =
        TlsServer { clients: Some(clients.clone()), failure_ends: true, ..TlsServer::default() };
    let with = |clients| TlsServer { clients: Some(clients), ..plain.clone() };
    for (options, expected) in [
        ("", plain.clone()),
        ("-T clientcert", with(ClientTrust { optional: false, ..clients.clone() })),
        ("-R ca", with(ClientTrust { authorities: Some("ca".into()), ..clients.clone() })),
        ("-e n", with(ClientTrust { name: host("n"), ..clients.clone() })),
        ("-w 3", TlsServer { patience: Some(Duration::from_secs(3)), ..plain.clone() }),
    ] {
        assert_eq!(server(&format!("nc --dialect openbsd-upstream -lc {options} 1")), expected);
    }
}

#[test]
fn a_handshake_has_its_time_in_the_default_face_and_that_of_w() {
    let seconds = |time| Some(Duration::from_secs(time));
    for (options, patience, timeout) in [
        ("", seconds(60), None),
        ("-w 5", None, seconds(5)),
        // for as long as it takes, where that was asked for
        ("-w 0", None, None),
    ] {
        for line in [format!("nc {options} tls://h:1"), format!("nc {options} --tls h 1")] {
            assert_eq!(client(&line).patience, patience, "{line}");
            match planned(&line).0 {
                Plan::Connect(connect) => assert_eq!(connect.dial.timeout, timeout, "{line}"),
                other => panic!("{line}: {other:?}"),
            }
        }
        let line = format!("nc {options} --starttls smtp h 25");
        assert_eq!(client(&line).patience, patience, "{line}");
    }
    for (options, patience) in [("", None), ("-w 5", seconds(5)), ("-w 0", None)] {
        let line = format!("nc -l {options} tls://:1");
        assert_eq!(server(&line).patience, patience, "{line}");
    }
}
