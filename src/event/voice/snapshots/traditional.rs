//! netcat-traditional's words.

use super::*;

const TRADITIONAL: VoiceName = VoiceName::Traditional;

fn traditional(verbosity: u8, events: &[Event], result: Result<(), Error>) -> (String, u8) {
    story(&sample::reporting(TRADITIONAL, verbosity), events, result)
}

#[test]
fn a_connection_names_its_peer() {
    let events = |given, name| {
        [
            resolved(given, &["127.0.0.1:8000"], &[name]),
            connected(given, 8000, "127.0.0.1:8000", Transport::Tcp),
            closed(0, 6),
        ]
    };
    let found = events("127.0.0.1", Some("localhost"));
    assert_eq!(traditional(0, &found, Ok(())), (String::new(), 0));
    let words = "localhost [127.0.0.1] 8000 (?) open\n".to_owned();
    assert_eq!(traditional(1, &found, Ok(())), (words.clone(), 0));
    assert_eq!(traditional(2, &found, Ok(())), (format!("{words} sent 0, rcvd 6\n"), 0));
    let words = "127.0.0.1: inverse host lookup failed: Unknown host\n\
                 (UNKNOWN) [127.0.0.1] 8000 (?) open\n";
    assert_eq!(traditional(1, &events("127.0.0.1", None), Ok(())), (words.to_owned(), 0));
    let words = "DNS fwd/rev mismatch: lo != localhost\nlo [127.0.0.1] 8000 (?) open\n";
    let mismatch = events("lo", Some("localhost"));
    assert_eq!(traditional(1, &mismatch, Ok(())), (words.to_owned(), 0));
}

#[test]
fn of_one_port_it_always_says_why() {
    let events = |given| [attempt_failed(given, "127.0.0.1:22", os_error(REFUSED))];
    let refused = |name| format!("{name} [127.0.0.1] 22 (ssh) : Connection refused\n");
    let failed = || Err(not_connected("h", 22));
    let unknown = events("127.0.0.1");
    assert_eq!(traditional(0, &unknown, failed()), (refused("(UNKNOWN)"), 1));
    assert_eq!(traditional(0, &events("localhost"), failed()), (refused("localhost"), 1));
    let with_counts = refused("(UNKNOWN)") + " sent 0, rcvd 0\n";
    assert_eq!(traditional(2, &unknown, failed()), (with_counts, 1));
    let late = [attempt_failed("127.0.0.1", "127.0.0.1:22", std::io::ErrorKind::TimedOut.into())];
    let words = "(UNKNOWN) [127.0.0.1] 22 (ssh) : Connection timed out\n";
    assert_eq!(traditional(0, &late, failed()), (words.to_owned(), 1));
}

#[test]
fn of_several_ports_and_in_a_scan_it_says_less() {
    let state = |number| scanned(Transport::Tcp, PortState::Failed(os_error(number)));
    let events = [
        scanned(Transport::Tcp, PortState::Closed(os_error(REFUSED))),
        scanned(Transport::Tcp, PortState::Open { answer: None }),
        state(libc::ENETUNREACH),
    ];
    let refused = "localhost [127.0.0.1] 22 (ssh) : Connection refused\n";
    let open = "localhost [127.0.0.1] 22 (ssh) open\n";
    let unreachable = "localhost [127.0.0.1] 22 (ssh) : Network is unreachable\n";
    let said = |verbosity, several| {
        let scanning = true;
        let reporting = sample::reporting(TRADITIONAL, verbosity);
        story(&Reporting { scanning, several, ..reporting }, &events, Ok(())).0
    };
    assert_eq!(said(0, false), "");
    assert_eq!(said(0, true), "");
    assert_eq!(said(1, false), format!("{refused}{open}{unreachable}"));
    assert_eq!(said(1, true), format!("{open}{unreachable}"));
    assert_eq!(said(2, true), format!("{refused}{open}{unreachable} sent 0, rcvd 0\n"));
}

#[test]
fn a_listener_and_its_client() {
    let options = Event::IpOptions {
        peer: inet(Transport::Tcp, None, "127.0.0.1:43210"),
        options: vec![0x83, 3, 4],
    };
    let events = [
        listening("0.0.0.0:8000"),
        listening("127.0.0.1:8000"),
        Event::Bound(inet(Transport::Udp, None, "0.0.0.0:53")),
        options,
        accepted(Some(b"localhost")),
        accepted(None),
        closed(1, 3),
    ];
    let words = "listening on [any] 8000 ...\n\
                 listening on [127.0.0.1] 8000 ...\n\
                 listening on [any] 53 ...\n\
                 IP options: 83 03 04 \n\
                 connect to [127.0.0.1] from localhost [127.0.0.1] 43210\n\
                 connect to [127.0.0.1] from (UNKNOWN) [127.0.0.1] 43210\n";
    assert_eq!(traditional(0, &events, Ok(())), (String::new(), 0));
    assert_eq!(traditional(1, &events, Ok(())), (words.to_owned(), 0));
    assert_eq!(traditional(2, &events, Ok(())), (format!("{words} sent 1, rcvd 3\n"), 0));
    let nobody = || Err(Error::NobodyCame { after: Duration::from_secs(1) });
    let words = "no connection : Connection timed out\n";
    assert_eq!(traditional(2, &[], nobody()), (words.to_owned(), 1));
    let wrong = Error::WrongPeer {
        peer: inet(Transport::Tcp, None, "127.0.0.1:33098"),
        name: Some(b"localhost".to_vec()),
        local: Some(address("127.0.0.1:8000")),
    };
    let words = "invalid connection to [127.0.0.1] from localhost [127.0.0.1] 33098\n";
    assert_eq!(traditional(1, &[], Err(wrong)), (words.to_owned(), 1));
}

#[test]
fn its_errors_and_statuses() {
    let expected = [
        "1 a proxy and datagrams do not go together",
        "1 x: forward host lookup failed: Unknown host",
        "1 x: forward host lookup failed: Unknown host",
        "1 x: name lookup : Connection timed out",
        "1 ",
        "1 Can't grab 192.0.2.1:0 with bind : Cannot assign requested address",
        "1 Can't grab 127.0.0.1:80 with bind : Permission denied",
        "1 x : No such file or directory",
        "1 Can't grab x with bind",
        "1 can't open x : No such file or directory",
        "1 IP_TTL setsockopt failed : Invalid argument",
        "1 no DCCP here : Socket type not supported",
        "1 no password for proxy : No such device or address",
        "1 Proxy error: \"x\"",
        "1 accept : Input/output error",
        "1 connection lost : Connection reset by peer (9 bytes not delivered)",
        "1 connection lost : Connection timed out (9 bytes not delivered)",
        "1 read : Input/output error",
        "1 too many output retries : No space left on device",
        "1 sendmsg : Socket operation on non-socket",
        "1 x: rule \"x\": x",
        "1 exec x failed : No such file or directory",
        "7 ",
        "1 net timeout : 1.00 s",
        "1 ofd write err : No space left on device",
        "1 x: Input/output error",
        "1 the answer is no HTTP: \"x\"",
        "1 what is to be sent: {env:x}: there is no such variable",
        "1 no connection : Connection timed out",
        "1 invalid connection to [any] from x",
        "1 built without Lua",
        "1 the certificate of x is not trusted: it is signed by x, which nobody here trusts; the peer may leave one out that belongs in between (9 bytes not delivered)",
        "1 no TLS handshake within 10.00 s",
        "1 x is no name that a certificate can have",
        "1 certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days",
        "1 ",
        "1 can't start : x",
        "1 Can't get socket : Too many open files",
    ];
    assert_eq!(errors(TRADITIONAL, 0).lines().collect::<Vec<_>>(), expected);
    let taken = Error::Bind {
        local: inet(Transport::Tcp, None, "0.0.0.0:80"),
        error: os_error(libc::EADDRINUSE),
    };
    let words = "Can't grab 0.0.0.0:80 with bind\n";
    assert_eq!(traditional(0, &[], Err(taken)), (words.to_owned(), 1));
    let reason = "Name or service not known".to_owned();
    let lookup =
        Error::Lookup { host: Some("h".into()), port: 1, to_proxy: false, numeric: true, reason };
    let words = "Can't parse h as an IP address\n";
    assert_eq!(traditional(0, &[], Err(lookup)), (words.to_owned(), 1));
}

#[test]
fn a_signal_ends_it_with_a_status() {
    let voice = speaks(TRADITIONAL);
    voice.event(&closed(0, 3), &sample::reporting(TRADITIONAL, 2));
    let said = |verbosity| text(voice.interrupted(2, &sample::reporting(TRADITIONAL, verbosity)));
    assert_eq!((said(0), said(2)), ("\n".to_owned(), " sent 0, rcvd 3\n".to_owned()));
    assert_eq!((voice.status_of_signal(15), voice.status_of_signal(1)), (Some(1), None));
    assert_eq!(voice.interrupted(1, &sample::reporting(TRADITIONAL, 2)), None);
}
