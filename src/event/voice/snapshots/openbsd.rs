//! netcat-openbsd's words, and that the default face begins with them.

use super::*;
use crate::event::sample::{os_error, unix};
use crate::event::{Error, ProxyReason};
use crate::plan::UnixKind;
use crate::proto::connect::CredentialsError;
use crate::proto::head::HeadError;
use crate::proto::socks4::Socks4Error;
use crate::proto::socks5::Socks5Error;
use crate::proto::target::NameError;

#[test]
fn openbsd_says_it_to_the_letter_with_v_and_nothing_without() {
    let ours = std::io::ErrorKind::TimedOut.into();
    let cases: Vec<(Event, &str)> = vec![
        (
            connected("localhost", 8000, "127.0.0.1:8000", Transport::Tcp),
            "Connection to localhost (127.0.0.1) 8000 port [tcp/*] succeeded!\n",
        ),
        (
            connected("127.0.0.1", 22, "127.0.0.1:22", Transport::Tcp),
            "Connection to 127.0.0.1 22 port [tcp/ssh] succeeded!\n",
        ),
        (
            connected("::1", 8000, "[::1]:8000", Transport::Udp),
            "Connection to ::1 8000 port [udp/*] succeeded!\n",
        ),
        (
            attempt_failed("127.0.0.1", "127.0.0.1:1", os_error(REFUSED)),
            "nc: connect to 127.0.0.1 port 1 (tcp) failed: Connection refused\n",
        ),
        (
            attempt_failed("localhost", "127.0.0.1:8000", ours),
            "nc: connect to localhost (127.0.0.1) port 8000 (tcp) timed out: \
             Operation now in progress\n",
        ),
        (
            attempt_failed("host", "[::1]:1", os_error(libc::ETIMEDOUT)),
            "nc: connect to host (::1) port 1 (tcp) failed: Connection timed out\n",
        ),
        (
            Event::Listening(inet(Transport::Tcp, None, "0.0.0.0:8000")),
            "Listening on 0.0.0.0 8000\n",
        ),
        (
            Event::Listening(inet(Transport::Tcp, Some("localhost"), "127.0.0.1:8000")),
            "Listening on localhost 8000\n",
        ),
        (Event::Listening(inet(Transport::Tcp, None, "[::]:80")), "Listening on :: 80\n"),
        (Event::Listening(unix(UnixKind::Stream, Some("/run/s"))), "Listening on /run/s\n"),
        (Event::Bound(inet(Transport::Udp, None, "0.0.0.0:53")), "Bound on 0.0.0.0 53\n"),
        (Event::Bound(unix(UnixKind::Datagram, Some("@s"))), "Bound on @s\n"),
        (accepted(Some(b"localhost")), "Connection received on localhost 43210\n"),
        (accepted(None), "Connection received on 127.0.0.1 43210\n"),
        (
            Event::Accepted {
                peer: unix(UnixKind::Stream, Some("/run/s")),
                name: None,
                local: None,
                user: None,
            },
            "Connection received on /run/s\n",
        ),
        (
            scanned(Transport::Tcp, PortState::Open { answer: None }),
            "Connection to localhost (127.0.0.1) 22 port [tcp/ssh] succeeded!\n",
        ),
        (
            scanned(Transport::Tcp, PortState::Closed(os_error(REFUSED))),
            "nc: connect to localhost (127.0.0.1) port 22 (tcp) failed: Connection refused\n",
        ),
        (
            scanned(Transport::Tcp, PortState::NoAnswer(None)),
            "nc: connect to localhost (127.0.0.1) port 22 (tcp) timed out: \
             Operation now in progress\n",
        ),
        (
            scanned(Transport::Udp, PortState::Open { answer: None }),
            "Connection to localhost (127.0.0.1) 22 port [udp/ssh] succeeded!\n",
        ),
        (scanned(Transport::Udp, PortState::Closed(os_error(REFUSED))), ""),
        (
            scanned(Transport::Udp, PortState::Failed(os_error(libc::EACCES))),
            "nc: connect to localhost (127.0.0.1) port 22 (udp) failed: Permission denied\n",
        ),
    ];
    for (event, words) in cases {
        assert_eq!(said(OPENBSD, 1, &event), words, "{event:?}");
        assert_eq!(said(OPENBSD, 3, &event), words, "{event:?}");
        assert_eq!(said(OPENBSD, 0, &event), "", "{event:?}");
        assert!(said(DEFAULT, 1, &event).starts_with(words), "{event:?}");
        assert_eq!(said(DEFAULT, 0, &event), "", "{event:?}");
    }
}

#[test]
fn openbsd_names_no_service_with_n_and_no_address_behind_a_proxy() {
    let mut event = connected("192.0.2.1", 22, "127.0.0.1:1080", Transport::Tcp);
    if let Event::Connected { target, proxied, .. } = &mut event {
        target.numeric = true;
        *proxied = true;
    }
    let words = "Connection to 192.0.2.1 22 port [tcp/*] succeeded!\n";
    assert_eq!(said(OPENBSD, 1, &event), words);
    assert_eq!(
        said(DEFAULT, 1, &event),
        format!("{words}nc: connected through 127.0.0.1:1080 in 0.1 ms\n")
    );
}

#[test]
fn openbsd_says_what_was_lost_even_without_v() {
    let mut events = sample::events(b"/run/s");
    events.retain(|event| !said(OPENBSD, 0, event).is_empty());
    let lines: String = events.iter().map(|event| said(OPENBSD, 0, event)).collect();
    assert_eq!(
        lines,
        "nc: client does not read (9 bytes not delivered)\n\
         nc: Connection reset by peer (9 bytes not delivered)\n\
         nc: /run/s was refused: not allowed\n\
         nc: accept: Too many open files\n\
         nc: 9 datagrams more were refused\n"
    );
}

#[test]
fn openbsd_words_a_proxys_failures() {
    let words = |reason| {
        let error = Error::Proxy {
            proxy: "proxy".into(),
            kind: crate::plan::ProxyKind::HttpConnect,
            reason,
        };
        text(speaks(OPENBSD).error(&error, &sample::reporting(OPENBSD, 0)))
    };
    let eof = std::io::ErrorKind::UnexpectedEof.into();
    assert_eq!(words(ProxyReason::Io(eof)), "nc: proxy read: Broken pipe\n");
    assert_eq!(
        words(ProxyReason::Io(os_error(libc::ECONNRESET))),
        "nc: proxy read: Connection reset by peer\n"
    );
    assert_eq!(
        words(ProxyReason::TooManyAuthenticationFailures),
        "nc: Too many authentication failures\n"
    );
    assert_eq!(
        words(ProxyReason::Status { line: b"HTTP/1.0 403 \x1b[31mNo".to_vec(), status: 403 }),
        "nc: Proxy error: \"HTTP/1.0 403 \\x1b[31mNo\"\n"
    );
    let cases = [
        (NameError::TooLong(256).into(), "hostname too long"),
        (NameError::Byte(b' ').into(), "Invalid hostname"),
        (
            Socks4Error::Refused(91.into()).into(),
            "connection failed, SOCKSv4 error: Request rejected or failed",
        ),
        (
            Socks5Error::Refused(2.into()).into(),
            "connection failed, SOCKSv5 error: Connection not allowed by ruleset",
        ),
        (Socks5Error::NoMethod.into(), "authentication method negotiation failed"),
        (Socks5Error::AddressType(9).into(), "connection failed, unsupported address type"),
        (HeadError::TooManyHeaders.into(), "Too many proxy headers received"),
        (HeadError::LineTooLong.into(), "proxy read too long"),
        (HeadError::Status(b"HTTP/2 \n".to_vec()).into(), r#"Proxy error: "HTTP/2 \x0a""#),
        (HeadError::NotHttp.into(), "Proxy error: not an HTTP answer"),
        (CredentialsError.into(), "user or password cannot be sent to an HTTP proxy"),
        (Socks5Error::Version(4).into(), "connection failed, not a SOCKS 5 answer: version 4"),
    ];
    for (reason, expected) in cases {
        assert_eq!(words(reason), format!("nc: {expected}\n"));
    }
}
