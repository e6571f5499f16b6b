//! The words of BusyBox's two netcats.

use super::*;
use crate::event::RefusalReason;

const COMPATIBLE: VoiceName = VoiceName::BusyBox;

const SMALL: VoiceName = VoiceName::BusyBoxSmall;

fn busybox(
    name: VoiceName,
    verbosity: u8,
    events: &[Event],
    result: Result<(), Error>,
) -> (String, u8) {
    story(&sample::reporting(name, verbosity), events, result)
}

#[test]
fn a_connection_is_open() {
    let events = [connected("localhost", 8000, "127.0.0.1:8000", Transport::Tcp), closed(0, 6)];
    let open = "localhost (127.0.0.1:8000) open\n";
    assert_eq!(busybox(COMPATIBLE, 0, &events, Ok(())), (String::new(), 0));
    assert_eq!(busybox(COMPATIBLE, 1, &events, Ok(())), (open.to_owned(), 0));
    assert_eq!(busybox(COMPATIBLE, 2, &events, Ok(())), (format!("{open}sent 0, rcvd 6\n"), 0));
    assert_eq!(busybox(SMALL, 0, &events, Ok(())), (String::new(), 0));
    let six = connected("::1", 8000, "[::1]:8000", Transport::Tcp);
    assert_eq!(said(COMPATIBLE, 1, &six), "::1 ([::1]:8000) open\n");
}

#[test]
fn a_refusal_is_no_news_to_the_one_and_always_to_the_other() {
    let refused = |at| [attempt_failed("localhost", at, os_error(REFUSED))];
    let failed = || Err(not_connected("localhost", 1));
    let at = "127.0.0.1:1";
    assert_eq!(busybox(COMPATIBLE, 1, &refused(at), failed()), (String::new(), 1));
    let words = "nc: localhost (127.0.0.1:1): Connection refused\nsent 0, rcvd 0\n";
    assert_eq!(busybox(COMPATIBLE, 2, &refused(at), failed()), (words.to_owned(), 1));
    let words = "nc: can't connect to remote host (127.0.0.1): Connection refused\n";
    assert_eq!(busybox(SMALL, 0, &refused(at), failed()), (words.to_owned(), 1));
    let words = "nc: can't connect to remote host: Connection refused\n";
    assert_eq!(busybox(SMALL, 0, &refused("[::1]:1"), failed()), (words.to_owned(), 1));
    let late = [attempt_failed("127.0.0.1", at, std::io::ErrorKind::TimedOut.into())];
    assert_eq!(busybox(COMPATIBLE, 0, &late, failed()), (String::new(), 1));
    let words = "nc: 127.0.0.1 (127.0.0.1:1): Connection timed out\n";
    assert_eq!(busybox(COMPATIBLE, 1, &late, failed()), (words.to_owned(), 1));
    assert_eq!(busybox(SMALL, 0, &late, failed()), ("nc: timed out\n".to_owned(), 1));
}

#[test]
fn a_scan_tells_of_what_is_open() {
    let open = scanned(Transport::Udp, PortState::Open { answer: None });
    assert_eq!(said(COMPATIBLE, 1, &open), "localhost (127.0.0.1:22) open\n");
    let closed = scanned(Transport::Udp, PortState::Closed(os_error(REFUSED)));
    assert_eq!(said(COMPATIBLE, 1, &closed), "");
    assert_eq!(said(COMPATIBLE, 2, &closed), "nc: localhost (127.0.0.1:22): Connection refused\n");
}

#[test]
fn a_listener_of_every_address_has_mapped_ones() {
    let events = [listening("0.0.0.0:8000"), listening("[::]:8000"), accepted(None)];
    let words = "listening on [::]:8000 ...\n\
                 connect to [::ffff:127.0.0.1]:8000 from [::ffff:127.0.0.1]:43210 \
                 ([::ffff:127.0.0.1]:43210)\n";
    assert_eq!(busybox(COMPATIBLE, 1, &events, Ok(())), (words.to_owned(), 0));
    assert_eq!(busybox(SMALL, 1, &events, Ok(())), (String::new(), 0));
    let events = [listening("127.0.0.1:8000"), accepted(Some(b"localhost"))];
    let words = "listening on 127.0.0.1:8000 ...\n\
                 connect to 127.0.0.1:8000 from localhost:43210 (127.0.0.1:43210)\n";
    assert_eq!(busybox(COMPATIBLE, 1, &events, Ok(())), (words.to_owned(), 0));
    let refused = Event::ClientRefused {
        peer: inet(Transport::Tcp, None, "127.0.0.1:43210"),
        name: None,
        user: None,
        reason: RefusalReason::NotThePeer,
    };
    let words = "nc: connect from wrong ip/port 127.0.0.1:43210 ignored\n";
    assert_eq!(
        (said(COMPATIBLE, 0, &refused), said(COMPATIBLE, 1, &refused).as_str()),
        (String::new(), words)
    );
}

#[test]
fn their_errors_and_statuses() {
    let expected = [
        "1 nc: a proxy and datagrams do not go together",
        "1 nc: bad address 'x'",
        "1 nc: bad address 'x'",
        "1 nc: timed out",
        "1 ",
        "1 nc: bind: Cannot assign requested address",
        "1 nc: bind: Permission denied",
        "1 nc: can't connect to remote host: No such file or directory",
        "1 nc: bind: Address already in use",
        "1 nc: can't open 'x': No such file or directory",
        "1 nc: setsockopt(IP_TTL): Invalid argument",
        "1 nc: socket: Socket type not supported",
        "1 nc: Unable to read proxy passphrase",
        "1 nc: Proxy error: \"x\"",
        "1 nc: accept: Input/output error",
        "1 nc: net read: Connection reset by peer (9 bytes not delivered)",
        "1 nc: net write: Connection timed out (9 bytes not delivered)",
        "1 nc: read: Input/output error",
        "1 nc: too many output retries",
        "1 nc: sendmsg: Socket operation on non-socket",
        "1 nc: x: rule \"x\": x",
        "127 nc: can't execute 'x': No such file or directory",
        "7 ",
        "1 nc: nothing moved for 1.00 s",
        "1 nc: short write: No space left on device",
        "1 nc: x: Input/output error",
        "1 nc: the answer is no HTTP: \"x\"",
        "1 nc: what is to be sent: {env:x}: there is no such variable",
        "1 nc: timeout",
        "1 nc: connection from x, who is not waited for",
        "1 nc: built without Lua",
        "1 nc: the certificate of x is not trusted: it is signed by x, which nobody here trusts; the peer may leave one out that belongs in between (9 bytes not delivered)",
        "1 nc: no TLS handshake within 10.00 s",
        "1 nc: x is no name that a certificate can have",
        "1 nc: certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days",
        "1 ",
        "1 nc: x",
        "1 nc: socket: Too many open files",
    ];
    assert_eq!(errors(COMPATIBLE, 0).lines().collect::<Vec<_>>(), expected);
    let expected = [
        "1 nc: a proxy and datagrams do not go together",
        "1 nc: bad address 'x'",
        "1 nc: bad address 'x'",
        "1 nc: timed out",
        "1 ",
        "1 nc: bind: Cannot assign requested address",
        "1 nc: bind: Permission denied",
        "1 nc: can't connect to remote host: No such file or directory",
        "1 nc: bind: Address already in use",
        "1 nc: can't open 'x': No such file or directory",
        "1 nc: setsockopt(IP_TTL): Invalid argument",
        "1 nc: socket: Socket type not supported",
        "1 nc: Unable to read proxy passphrase",
        "1 nc: Proxy error: \"x\"",
        "1 nc: accept: Input/output error",
        "1 nc: net read: Connection reset by peer (9 bytes not delivered)",
        "1 nc: net write: Connection timed out (9 bytes not delivered)",
        "1 nc: read: Input/output error",
        "1 nc: write error: No space left on device",
        "1 nc: sendmsg: Socket operation on non-socket",
        "1 nc: x: rule \"x\": x",
        "1 nc: can't execute 'x': No such file or directory",
        "7 ",
        "1 nc: nothing moved for 1.00 s",
        "1 nc: short write: No space left on device",
        "1 nc: x: Input/output error",
        "1 nc: the answer is no HTTP: \"x\"",
        "1 nc: what is to be sent: {env:x}: there is no such variable",
        "1 nc: timed out",
        "1 nc: connection from x, who is not waited for",
        "1 nc: built without Lua",
        "1 nc: the certificate of x is not trusted: it is signed by x, which nobody here trusts; the peer may leave one out that belongs in between (9 bytes not delivered)",
        "1 nc: no TLS handshake within 10.00 s",
        "1 nc: x is no name that a certificate can have",
        "1 nc: certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days",
        "1 ",
        "1 nc: x",
        "1 nc: socket: Too many open files",
    ];
    assert_eq!(errors(SMALL, 0).lines().collect::<Vec<_>>(), expected);
}

#[test]
fn one_of_them_says_when_a_signal_ends_it() {
    let said = |name, verbosity| {
        let voice = speaks(name);
        voice.event(&closed(1, 2), &sample::reporting(name, verbosity));
        assert_eq!(voice.status_of_signal(2), None);
        text(voice.interrupted(2, &sample::reporting(name, verbosity)))
    };
    assert_eq!(said(COMPATIBLE, 0), "punt!\n");
    assert_eq!(said(COMPATIBLE, 2), "sent 1, rcvd 2\npunt!\n");
    assert_eq!(said(SMALL, 0), "");
}
