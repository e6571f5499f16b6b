//! The words of OpenBSD's nc, where they differ from netcat-openbsd's.

use super::*;
use crate::event::{Peer, Verified};
use crate::plan::Host;

const UPSTREAM: VoiceName = VoiceName::OpenBsdUpstream;

#[test]
fn a_scan_is_told_without_v() {
    let scanning = Reporting { scanning: true, ..sample::reporting(UPSTREAM, 0) };
    let events = [
        scanned(Transport::Tcp, PortState::Open { answer: None }),
        scanned(Transport::Tcp, PortState::Closed(os_error(REFUSED))),
        connected("localhost", 8000, "127.0.0.1:8000", Transport::Tcp),
    ];
    let words = "Connection to localhost (127.0.0.1) 22 port [tcp/ssh] succeeded!\n\
                 Connection to localhost (127.0.0.1) 8000 port [tcp/*] succeeded!\n";
    assert_eq!(story(&scanning, &events, Ok(())), (words.to_owned(), 0));
    assert_eq!(said(UPSTREAM, 0, &events[2]), "");
}

#[test]
fn time_that_runs_out_has_its_name() {
    let words = "nc: connect to localhost (127.0.0.1) port 22 (tcp) failed: Operation timed out\n";
    for error in [std::io::ErrorKind::TimedOut.into(), os_error(libc::ETIMEDOUT)] {
        let event = attempt_failed("localhost", "127.0.0.1:22", error);
        assert_eq!(
            (said(UPSTREAM, 0, &event), said(UPSTREAM, 1, &event).as_str()),
            (String::new(), words)
        );
    }
    for state in [PortState::NoAnswer(None), PortState::NoAnswer(Some(os_error(libc::ETIMEDOUT)))] {
        assert_eq!(said(UPSTREAM, 1, &scanned(Transport::Tcp, state)), words);
    }
    assert_eq!(said(UPSTREAM, 1, &scanned(Transport::Udp, PortState::NoAnswer(None))), "");
}

/// Of everything else it says what netcat-openbsd says.
#[test]
fn the_rest_is_netcat_openbsds() {
    for verbosity in 0..3 {
        let of_tls =
            |event: &Event| matches!(event, Event::Secured { .. } | Event::CertificateMade(_));
        for event in sample::events(b"lo").into_iter().filter(|event| !of_tls(event)) {
            assert_eq!(said(UPSTREAM, verbosity, &event), said(OPENBSD, verbosity, &event));
        }
        let late = "connect to x port 8000 (tcp)";
        let rest = |name| {
            let all = errors(name, verbosity);
            let of_tls = |line: &str| {
                line.contains("tls handshake failed") || line.contains("is not trusted: ")
            };
            let same = |line: &&str| !line.contains(late) && !of_tls(line);
            all.lines().filter(same).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(rest(UPSTREAM), rest(OPENBSD));
    }
}

#[test]
fn tls_is_told_of_as_libtls_has_it() {
    let secured = sample::events(b"lo").into_iter().find_map(|event| match event {
        Event::Secured { secured, .. } => Some(secured),
        _ => None,
    });
    let mut secured = (*secured.unwrap()).clone();
    secured.verified = Verified::Chain { name: Some(Host::from("localhost")) };
    let connected = connected("localhost", 8000, "127.0.0.1:8000", Transport::Tcp);
    let peer = Peer::Inet {
        transport: Transport::Tcp,
        host: None,
        address: "127.0.0.1:8000".parse().unwrap(),
    };
    let events = [connected, Event::Secured { peer, secured: secured.into() }];
    let (words, status) = story(&sample::reporting(UPSTREAM, 1), &events, Ok(()));
    let told: Vec<&str> = words.lines().skip(1).collect();
    let name = "/CN=a\\x1b]0;t\\x07b";
    assert_eq!(
        told,
        [
            "TLS handshake negotiated TLSv1.3/TLS_AES_128_GCM_SHA256 with host localhost",
            "Peer name: localhost",
            &format!("Subject: {name}"),
            &format!("Issuer: {name}"),
            "Valid From: Sun Nov 22 23:55:52 2026",
            "Valid Until: Tue Oct 29 23:55:52 2126",
            "Cert Hash: SHA256:0ef3fc44d1c96c6b2510d414f632b0f00b1a3936281a675e07c36cc247ab5351",
            "Application Layer Protocol: lo",
        ]
    );
    assert_eq!(status, 0);
}
