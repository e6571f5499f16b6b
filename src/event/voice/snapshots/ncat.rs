//! Ncat's words.

use super::*;
use crate::event::sample::unix;
use crate::event::{Peer, ProxyReason, ProxyStep, RefusalReason};
use crate::plan::{ProxyKind, UnixKind};
use crate::proto::head::HeadError;
use crate::proto::socks5::Socks5Error;

const NCAT: VoiceName = VoiceName::Ncat;

const RESET: &str = "Ncat: Connection reset by peer.\n";

const BANNER: &str = "Ncat: Version 7.98 ( https://nmap.org/ncat )\n";

fn ncat(verbosity: u8, events: &[Event], result: Result<(), Error>) -> (String, u8) {
    story(&sample::reporting(NCAT, verbosity), events, result)
}

#[test]
fn a_connection_has_a_version_before_it_and_counts_behind_it() {
    let events = |at| [connected("host", 8000, at, Transport::Tcp), closed(0, 6)];
    assert_eq!(ncat(0, &events("127.0.0.1:8000"), Ok(())), (String::new(), 0));
    let words = format!(
        "{BANNER}Ncat: Connected to [::1]:8000.\n\
         Ncat: 0 bytes sent, 6 bytes received in 0.40 seconds.\n"
    );
    assert_eq!(ncat(1, &events("[::1]:8000"), Ok(())), (words.clone(), 0));
    assert_eq!(ncat(3, &events("[::1]:8000"), Ok(())), (words, 0), "no debug lines");
    let words =
        format!("{BANNER}Ncat: Connected to 127.0.0.1:8000.\nNcat: Connection reset by peer.\n");
    assert_eq!(ncat(1, &events("127.0.0.1:8000"), Err(reset(0))), (words, 1));
    let words = "Ncat: Connection reset by peer.\nNcat: 1 byte not delivered.\n";
    assert_eq!(ncat(0, &events("127.0.0.1:8000"), Err(reset(1))), (words.to_owned(), 1));
}

#[test]
fn the_addresses_of_a_host_fail_one_after_the_other() {
    let events = [
        resolved("two", &["127.0.0.3:1", "127.0.0.2:1"], &[]),
        attempt_failed("two", "127.0.0.3:1", os_error(REFUSED)),
        attempt_failed("two", "127.0.0.2:1", std::io::ErrorKind::TimedOut.into()),
    ];
    let failed = || Err(not_connected("two", 1));
    assert_eq!(ncat(0, &events, failed()), ("Ncat: TIMEOUT.\n".to_owned(), 1));
    let words = "Ncat: Connection to 127.0.0.3:1 failed: Connection refused.\n\
                 Ncat: Trying next address...\nNcat: TIMEOUT.\n";
    assert_eq!(ncat(1, &events, failed()), (format!("{BANNER}{words}"), 1));
    let scanning = Reporting { scanning: true, ..sample::reporting(NCAT, 0) };
    assert_eq!(story(&scanning, &events, failed()), (String::new(), 1));
}

#[test]
fn a_scan_is_told_like_a_connection() {
    let open = scanned(Transport::Tcp, PortState::Open { answer: None });
    let words = format!(
        "{BANNER}Ncat: Connected to 127.0.0.1:22.\n\
         Ncat: 0 bytes sent, 0 bytes received in 0.40 seconds.\n"
    );
    assert_eq!(ncat(1, &[open], Ok(())), (words, 0));
    let events = [
        Event::Probing { probe: crate::plan::UdpProbe::OneNul },
        scanned(Transport::Udp, PortState::Open { answer: None }),
    ];
    let words = format!(
        "{BANNER}Ncat: Connected to 127.0.0.1:22.\nNcat: UDP packet sent successfully\n\
         Ncat: 1 bytes sent, 0 bytes received in 0.40 seconds.\n"
    );
    assert_eq!(ncat(1, &events, Ok(())), (words, 0));
    let closed = scanned(Transport::Udp, PortState::Closed(os_error(REFUSED)));
    let words = format!("{BANNER}Ncat: Connected to 127.0.0.1:22.\nNcat: Connection refused.\n");
    assert_eq!(ncat(1, &[closed], Err(Error::NothingOpen(Failure::Refused))), (words, 1));
}

#[test]
fn a_listener_tells_of_its_clients_in_one_line_each() {
    let refused = |reason| Event::ClientRefused {
        peer: inet(Transport::Tcp, None, "127.0.0.1:9"),
        name: None,
        user: None,
        reason,
    };
    let events = [
        listening("[::]:8000"),
        listening("0.0.0.0:8000"),
        Event::Listening(unix(UnixKind::Stream, Some("/run/s"))),
        Event::Listening(Peer::Vsock { cid: 4_294_967_295, port: 5 }),
        accepted(None),
        Event::Accepted { peer: unix(UnixKind::Stream, None), name: None, local: None, user: None },
        Event::Accepted {
            peer: unix(UnixKind::Datagram, Some("/c")),
            name: None,
            local: None,
            user: None,
        },
        refused(RefusalReason::NotAllowed),
        refused(RefusalReason::TooMany(1)),
        closed(1, 2),
    ];
    let words = "Ncat: Listening on [::]:8000\n\
                 Ncat: Listening on 0.0.0.0:8000\n\
                 Ncat: Listening on /run/s\n\
                 Ncat: Listening on 4294967295:5\n\
                 Ncat: Connection from 127.0.0.1:43210.\n\
                 Ncat: Connection from (unnamed socket).\n\
                 Ncat: Connection from /c.\n\
                 Ncat: Connection from 127.0.0.1:9.\n\
                 Ncat: New connection denied: not allowed\n\
                 Ncat: Connection from 127.0.0.1:9.\n\
                 Ncat: New connection denied: connection limit reached (1)\n";
    assert_eq!(ncat(1, &events, Ok(())), (format!("{BANNER}{words}"), 0), "and no counts");
    assert_eq!(ncat(0, &events, Err(reset(0))), (RESET.to_owned(), 1));
    let idle = || Error::Idle { after: Duration::from_millis(1500) };
    let words = "Ncat: Idle timeout expired (1500 ms).\n";
    assert_eq!(ncat(0, &[], Err(idle())), (words.to_owned(), 1));
    let words = "Ncat: Idle timeout expired (1500 ms). QUITTING.\n";
    assert_eq!(ncat(0, &[accepted(None)], Err(idle())), (words.to_owned(), 2));
}

#[test]
fn a_way_through_a_proxy_is_told_step_by_step() {
    let told = |host: &str, kind, wanted: Option<bool>, looked_up: Option<&str>| {
        let target = target(host, 8080, Transport::Tcp);
        let looked_up = looked_up.map(|address| address.parse().unwrap());
        let reached = ProxyStep::Reached(Some(address("127.0.0.1:1080")));
        let wanted = wanted.map(|wanted| ProxyStep::Authentication { wanted });
        let asking = ProxyStep::Asking { target, looked_up };
        let steps = [Some(reached), wanted, Some(asking)].into_iter().flatten();
        let events: Vec<_> = steps
            .map(|step| Event::ProxyStep { proxy: "p".into(), port: 1080, kind, step })
            .collect();
        let (said, _) = ncat(1, &events, Err(reset(0)));
        let said = said.strip_prefix(BANNER).and_then(|said| said.strip_suffix(RESET));
        said.unwrap_or_default().replace("Ncat: ", "")
    };
    let (to, resolved) =
        ("Connected to proxy 127.0.0.1:1080\n", "Host h will be resolved by the proxy.\n");
    let (none, here) = ("No authentication needed.\n", "Host h locally resolved to 192.0.2.9.\n");
    let password = "Doing username and password authentication.\n";
    let address = Some("192.0.2.9");
    assert_eq!(told("h", ProxyKind::HttpConnect, None, None), resolved);
    assert_eq!(told("h", ProxyKind::HttpConnect, None, address), here);
    assert_eq!(told("h", ProxyKind::Socks4a, None, None), format!("{to}{resolved}"));
    assert_eq!(told("h", ProxyKind::Socks5, Some(false), None), format!("{to}{none}{resolved}"));
    assert_eq!(told("h", ProxyKind::Socks5, Some(true), address), format!("{to}{password}{here}"));
    assert_eq!(told("::1", ProxyKind::Socks5, Some(false), None), format!("{to}{none}"));
}

#[test]
fn a_proxy_that_opens_the_way() {
    let opened = |kind| {
        let mut event = connected("h", 8080, "127.0.0.1:1080", Transport::Tcp);
        if let Event::Connected { proxied, .. } = &mut event {
            *proxied = true;
        }
        let way = Event::ProxyOpened {
            proxy: "p".into(),
            port: 1080,
            kind,
            address: Some(address("127.0.0.1:1080")),
            target: target("h", 8080, Transport::Tcp),
            looked_up: None,
            authenticated: false,
            took: TOOK,
        };
        let (said, _) = ncat(1, &[way, event], Err(reset(0)));
        let said = said.strip_prefix(BANNER).and_then(|said| said.strip_suffix(RESET));
        said.unwrap_or_default().to_owned()
    };
    assert_eq!(opened(ProxyKind::HttpConnect), "");
    assert_eq!(opened(ProxyKind::Socks4a), "");
    assert_eq!(opened(ProxyKind::Socks5), "Ncat: connection succeeded.\n");
}

#[test]
fn a_user_of_a_chat_has_a_number() {
    let peer = || inet(Transport::Tcp, None, "127.0.0.1:43210");
    let came = "Ncat: Connection from 127.0.0.1:43210 on file descriptor 4.\n";
    let accepted = Event::Accepted { peer: peer(), name: None, local: None, user: Some(4) };
    assert_eq!(said(VoiceName::Ncat, 1, &accepted), came);
    let reason = RefusalReason::NotAllowed;
    let refused = Event::ClientRefused { peer: peer(), name: None, user: Some(4), reason };
    let words = format!("{came}Ncat: New connection denied: not allowed\n");
    assert_eq!(said(VoiceName::Ncat, 1, &refused), words);
}

#[test]
fn a_proxy_that_says_no() {
    let words = |reason| {
        ncat(0, &[], Err(Error::Proxy { proxy: "p".into(), kind: ProxyKind::HttpConnect, reason }))
    };
    let cases = [
        (ProxyReason::Status { line: Vec::new(), status: 403 }, "Proxy returned status code 403."),
        (Socks5Error::Refused(2.into()).into(), "Error: connection not allowed by ruleset."),
        (Socks5Error::Refused(5.into()).into(), "Error: Connection refused."),
        (Socks5Error::Refused(99.into()).into(), "Error: unassigned value in the reply."),
        (Socks5Error::Method(2).into(), "Error: proxy selected invalid authentication method."),
        (Socks5Error::Version(4).into(), "Error: wrong SOCKS version in connect response."),
        (HeadError::NotHttp.into(), "Error: what the proxy returned is not HTTP."),
        (HeadError::LineTooLong.into(), "Error reading proxy response Status-Line."),
        (HeadError::HeadTooLong.into(), "Error reading proxy response header."),
        (Socks5Error::NoMethod.into(), "Error: no acceptable authentication method proposed."),
        (
            ProxyReason::Lookup { host: "h".into(), port: 1, reason: String::new() },
            "Error: Failed to resolve host h locally.",
        ),
    ];
    for (reason, expected) in cases {
        assert_eq!(words(reason), (format!("Ncat: {expected}\n"), 1));
    }
    let mut event = attempt_failed("p", "127.0.0.1:3128", os_error(REFUSED));
    if let Event::AttemptFailed(attempt) = &mut event {
        attempt.to_proxy = true;
    }
    let words = "Ncat: Proxy connection failed: Connection refused.\n";
    assert_eq!(ncat(0, &[event], Err(not_connected("p", 3128))), (words.to_owned(), 1));
}

#[test]
fn its_errors_and_statuses() {
    let expected = [
        "2 Ncat: a proxy and datagrams do not go together. QUITTING.",
        "2 Ncat: Could not resolve hostname \"x\": x. QUITTING.",
        "2 Ncat: Could not resolve hostname \"x\": x. QUITTING.",
        "1 Ncat: TIMEOUT.",
        "1 Ncat: Connection refused.",
        "2 Ncat: bind to 192.0.2.1:0: Cannot assign requested address. QUITTING.",
        "2 Ncat: bind to 127.0.0.1:80: Permission denied. QUITTING.",
        "1 Ncat: No such file or directory.",
        "2 Ncat: bind to x: Address already in use. QUITTING.",
        "2 Ncat: can't open x: No such file or directory. QUITTING.",
        "2 Ncat: setsockopt IP_TTL: Invalid argument. QUITTING.",
        "1 Ncat: Socket type not supported.",
        "2 Ncat: no password for the proxy: No such device or address. QUITTING.",
        "1 Ncat: Proxy returned status code 407.",
        "2 Ncat: accept: Input/output error. QUITTING.",
        "1 Ncat: Connection reset by peer. / Ncat: 9 bytes not delivered.",
        "1 Ncat: Connection timed out. / Ncat: 9 bytes not delivered.",
        "1 Ncat: Input/output error.",
        "2 write: No space left on device / Ncat: 9 bytes not delivered.",
        "2 Ncat: sendmsg: Socket operation on non-socket. QUITTING.",
        "2 Ncat: Error resolving name \"x\": x / Ncat: error in hosts file x. QUITTING.",
        "2 exec: No such file or directory",
        "0 ",
        "1 Ncat: Idle timeout expired (1000 ms).",
        "2 write: x: No space left on device",
        "2 Ncat: x: Input/output error. QUITTING.",
        "2 Ncat: the answer is no HTTP: \"x\". QUITTING.",
        "2 Ncat: what is to be sent: {env:x}: there is no such variable. QUITTING.",
        "2 Ncat: Nobody came within 1.00 s. QUITTING.",
        "2 Ncat: x is not who is waited for. QUITTING.",
        "2 Ncat: built without Lua. QUITTING.",
        "1 Ncat: Input/output error. / Ncat: 9 bytes not delivered.",
        "1 Ncat: No SSL handshake within 10.00 s.",
        "2 Ncat: x is no name that a certificate can have. QUITTING.",
        "2 Ncat: certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days. QUITTING.",
        "1 Ncat: TIMEOUT.",
        "2 Ncat: x. QUITTING.",
        "2 Ncat: socket: Too many open files. QUITTING.",
    ];
    assert_eq!(errors(NCAT, 0).lines().collect::<Vec<_>>(), expected);
    let voice = speaks(NCAT);
    assert_eq!((voice.status_of_signal(2), voice.status_of_signal(15)), (Some(130), Some(143)));
    assert!(voice.details().is_empty());
}
