//! The words of OpenBSD's nc, where they differ from netcat-openbsd's.

use super::*;

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
        for event in sample::events(b"lo") {
            assert_eq!(said(UPSTREAM, verbosity, &event), said(OPENBSD, verbosity, &event));
        }
        let late = "connect to x port 8000 (tcp)";
        let rest = |name| {
            let all = errors(name, verbosity);
            all.lines().filter(|line| !line.contains(late)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(rest(UPSTREAM), rest(OPENBSD));
    }
}
