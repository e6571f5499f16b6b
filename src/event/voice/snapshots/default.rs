//! What the default face adds, with how many `-v`.

use std::time::Duration;

use super::*;
use crate::event::sample::os_error;
use crate::event::{Error, Failure, Reporting, Side, Summary};

/// What the default face says of [`sample::events`] with one, two and three `-v`.
#[test]
fn the_default_face_adds_lines_the_more_v() {
    let lines = |verbosity| {
        sample::events(b"lo")
            .iter()
            .map(|event| said(DEFAULT, verbosity, event))
            .collect::<String>()
    };
    assert_eq!(
        lines(0),
        "nc: not verified, and with reason: it is for lo, and another name was asked for\n\
         nc: made a certificate for this run, SHA-256 0E:F3:FC:44:D1:C9:6C:6B:25:10:D4:14:F6:32:B0:F0:\
         0B:1A:39:36:28:1A:67:5E:07:C3:6C:C2:47:AB:53:51\n\
         nc: a client trusts it by --pin sha256//Bggc3c18QZANJYbE+eGWcqW6hQ0qTnR5D9EWcGb13UE=\n\
         nc: note: line 3: \"lo\" has no colon: a header is Name: value\n\
         nc: lo: after 0.21 s: sent 61 bytes of 610 (10 %) at 1000 bytes/s, received 214 bytes at 0 \
         bytes/s\n\
         nc: lo: rtt 0.1 ms, no retransmits, the peer's window is 65536 bytes\n\
         nc: 412 of 1000 ports tried\n\
         nc: no conversation is under way\n\
         nc: sent 61 bytes to lo, to the end: sha256 \
         a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\n\
         nc: received 1 byte from lo, cut short: sha256 of that part \
         5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n\
         nc: lo was dropped: it does not read (9 bytes not delivered)\n\
         nc: lo: connection lost: Connection reset by peer (9 bytes not delivered)\n\
         nc: lo was refused: not allowed\n\
         nc: no new connections for the moment: accept: Too many open files\n\
         nc: 127.0.0.1:43210 lo\n\
         nc: 127.0.0.1:43210 line 3 has no colon: reading headers stopped here\n\
         nc: 127.0.0.1:43210 lo lo -> 405\n\
         nc: 127.0.0.1:43210 -> 400: lo\n\
         nc: 9 datagrams more were refused\n\
         nc: lo: Permission denied (9 bytes of the record not written)\n"
    );
    assert_eq!(
        lines(1),
        "nc: connect to lo (::1) port 8000 (tcp) failed: Connection refused\n\
         nc: SOCKS5 proxy lo port 1080 opened the way in 0.1 ms\n\
         Connection to lo (127.0.0.1) 8000 port [tcp/*] succeeded!\n\
         nc: connected to 127.0.0.1:8000 in 0.1 ms\n\
         nc: > lo\n\
         nc: > ... and 1048574 bytes more\n\
         nc: < lo\n\
         nc: TLSv1.3, TLS_AES_128_GCM_SHA256, X25519, ALPN lo, SNI lo\n\
         nc: peer: CN=a\\x1b]0\\;t\\x07b, until 2126-10-29 23:55:52 UTC (36500 days left), by \
         itself\n\
         nc: not verified, and with reason: it is for lo, and another name was asked for\n\
         nc: made a certificate for this run, SHA-256 0E:F3:FC:44:D1:C9:6C:6B:25:10:D4:14:F6:32:B0:F0:\
         0B:1A:39:36:28:1A:67:5E:07:C3:6C:C2:47:AB:53:51\n\
         nc: a client trusts it by --pin sha256//Bggc3c18QZANJYbE+eGWcqW6hQ0qTnR5D9EWcGb13UE=\n\
         Bound on lo\n\
         Listening on lo\n\
         Connection received on lo 43210\n\
         nc: datagrams from lo\n\
         nc: note: line 3: \"lo\" has no colon: a header is Name: value\n\
         nc: our input ended and the peer was told; nc reads on until it finishes too \
         (Ctrl-C leaves)\n\
         nc: lo: after 0.21 s: sent 61 bytes of 610 (10 %) at 1000 bytes/s, received 214 bytes at 0 \
         bytes/s\n\
         nc: lo: rtt 0.1 ms, no retransmits, the peer's window is 65536 bytes\n\
         nc: 412 of 1000 ports tried\n\
         nc: no conversation is under way\n\
         nc: sent 61 bytes to lo, to the end: sha256 \
         a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\n\
         nc: received 1 byte from lo, cut short: sha256 of that part \
         5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\n\
         nc: closed by the peer after 0.21 s\n\
         nc: lo: ended by the timeout after 0.0 ms\n\
         nc: lo was dropped: it does not read (9 bytes not delivered)\n\
         nc: lo: connection lost: Connection reset by peer (9 bytes not delivered)\n\
         nc: lo was refused: not allowed\n\
         nc: started lo as process 4711\n\
         nc: process 4711 ended with status 7\n\
         nc: lo: lo -> lo\n\
         nc: lo sends IP options: 83 07 04 7f 00 00 01 01\n\
         nc: no new connections for the moment: accept: Too many open files\n\
         nc: connect to lo (127.0.0.1) port 8000 (tcp) failed: Connection refused\n\
         nc: sending UDP probes: they are the only bytes that a scan sends\n\
         nc: 127.0.0.1:43210 lo\n\
         nc: 127.0.0.1:43210 line 3 has no colon: reading headers stopped here\n\
         nc: 127.0.0.1:43210 lo lo -> 405\n\
         nc: 127.0.0.1:43210 -> 400: lo\n\
         nc: 9 datagrams more were refused\n\
         nc: lines are not edited: the terminal is in raw mode, and left as it is\n\
         nc: lines are not kept in lo: Permission denied\n\
         nc: lo: Permission denied (9 bytes of the record not written)\n"
    );
    let more = |more: &str, less: &str| {
        let mut less = less.lines().peekable();
        let added: Vec<_> = more.lines().filter(|line| less.next_if_eq(line).is_none()).collect();
        assert_eq!(less.next(), None, "what fewer -v said is missing");
        added.join("\n")
    };
    let two = lines(2);
    for line in [
        "nc: lo is ::1, 127.0.0.1 (looked up in 0.1 ms)\n",
        "nc: connected to 127.0.0.1:8000 in 0.1 ms, from 127.0.0.1:43210\n",
        "nc: 127.0.0.1:43210 came to 127.0.0.1:8000\n",
        "nc: our input goes out by sendfile, the peer's bytes come in by splice\n",
        "nc: our input ended after 61 bytes and the peer was told; nc reads on until it finishes \
         too (Ctrl-C leaves)\n",
        "nc: closed by the peer after 0.21 s: sent 61 bytes, received 214 bytes; rtt 0.1 ms, \
         no retransmits\n",
    ] {
        assert!(two.contains(line), "{line} is not in {two}");
    }
    assert_eq!(
        more(&lines(3), &two),
        "nc: trying 127.0.0.1:8000 (tcp)\nnc: first byte of the peer after 0.1 ms\n\
         nc: asking proxy lo port 1080 for lo port 8000"
    );
}

#[test]
fn the_default_face_says_what_datagrams_can_tell() {
    let cases = [
        (
            scanned(Transport::Udp, PortState::Open { answer: Some(12) }),
            "Connection to localhost (127.0.0.1) 22 port [udp/ssh] succeeded!\n\
             nc: localhost (127.0.0.1) port 22 [udp/ssh] open (answered a DNS probe with 12 bytes in 0.1 ms)\n",
        ),
        (
            scanned(Transport::Udp, PortState::Closed(os_error(REFUSED))),
            "nc: localhost (127.0.0.1) port 22 [udp/ssh] closed (ICMP port unreachable)\n",
        ),
        (
            scanned(Transport::Udp, PortState::NoAnswer(None)),
            "nc: localhost (127.0.0.1) port 22 [udp/ssh] no answer to a DNS probe \
             (open or filtered)\n",
        ),
        (
            connected("localhost", 53, "127.0.0.1:53", Transport::Udp),
            "Connection to localhost (127.0.0.1) 53 port [udp/*] succeeded!\n\
             nc: sending to 127.0.0.1:53: UDP has no handshake, only an answer shows that \
             somebody listens\n",
        ),
    ];
    for (event, words) in cases {
        assert_eq!(said(DEFAULT, 1, &event), words);
    }
}

#[test]
fn a_listener_given_by_name_names_its_address() {
    let event = Event::Listening(inet(Transport::Tcp, Some("localhost"), "127.0.0.1:8000"));
    assert_eq!(
        said(DEFAULT, 1, &event),
        "Listening on localhost 8000\nnc: that is 127.0.0.1:8000\n"
    );
    let event = Event::Listening(inet(Transport::Tcp, Some("::1"), "[::1]:8000"));
    assert_eq!(said(DEFAULT, 1, &event), "Listening on ::1 8000\n");
}

#[test]
fn why_is_one_line_without_v() {
    let event = Event::Closed(Summary {
        first_to_finish: Some(Side::Us),
        sent: 1,
        duration: Duration::from_secs(2),
        ..Summary::default()
    });
    for name in [OPENBSD, DEFAULT] {
        let why = Reporting { why: true, ..sample::reporting(name, 0) };
        let words = "nc: closed by us after 2.00 s: sent 1 byte, received 0 bytes\n";
        assert_eq!(text(speaks(name).event(&event, &why)), words);
        assert_eq!(said(name, 0, &event), "");
    }
}

#[test]
fn the_default_face_says_what_to_do_next() {
    let reporting = |verbosity| sample::reporting(DEFAULT, verbosity);
    let not_connected = |failure| Error::NotConnected {
        target: target("localhost", 8000, Transport::Tcp),
        failure,
    };
    let refused = not_connected(Failure::Refused);
    let voice = speaks(DEFAULT);
    assert_eq!(
        text(voice.error(&refused, &reporting(0))),
        "nc: connect to localhost port 8000 (tcp) failed: Connection refused \
         (nothing listens on that port)\n"
    );
    assert_eq!(
        text(voice.error(&refused, &reporting(1))),
        "nc: localhost port 8000: nothing listens on that port\n",
        "with -v the attempts themselves were reported"
    );
    let scanning = Reporting { scanning: true, ..reporting(0) };
    assert_eq!(voice.error(&refused, &scanning), None);
    assert_eq!(
        text(voice.error(&not_connected(Failure::Other), &reporting(0))),
        "nc: connect to localhost port 8000 (tcp) failed (-v says why)\n"
    );
    assert_eq!(voice.error(&not_connected(Failure::Other), &reporting(1)), None);
    let lookup = Error::Lookup {
        host: Some("no-such-host.invalid".into()),
        port: 80,
        to_proxy: false,
        numeric: false,
        reason: "Name or service not known".to_owned(),
    };
    assert_eq!(
        text(voice.error(&lookup, &reporting(0))),
        "nc: getaddrinfo for host \"no-such-host.invalid\" port 80: Name or service not known \
         (check the spelling)\n"
    );
}
