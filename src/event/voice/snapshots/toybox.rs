//! toybox's words.

use super::*;

const TOYBOX: VoiceName = VoiceName::Toybox;

#[test]
fn it_says_nothing_of_a_connection_and_one_line_of_all_that_failed() {
    let reporting = sample::reporting(TOYBOX, 3);
    let events = [
        listening("0.0.0.0:8000"),
        accepted(None),
        connected("localhost", 8000, "127.0.0.1:8000", Transport::Tcp),
        closed(0, 6),
    ];
    assert_eq!(story(&reporting, &events, Ok(())), (String::new(), 0));
    let failed = |error| {
        [
            attempt_failed("two", "127.0.0.3:1", os_error(REFUSED)),
            attempt_failed("two", "127.0.0.2:1", error),
        ]
    };
    let ends = |error| story(&reporting, &failed(error), Err(not_connected("two", 1)));
    let words = "nc: connect: Network is unreachable\n";
    assert_eq!(ends(os_error(libc::ENETUNREACH)), (words.to_owned(), 1));
    let words = "nc: Timeout\n";
    assert_eq!(ends(std::io::ErrorKind::TimedOut.into()), (words.to_owned(), 1));
}

#[test]
fn its_errors_and_statuses() {
    let expected = [
        "1 nc: a proxy and datagrams do not go together",
        "1 nc: x:80: x",
        "1 nc: x: x",
        "1 nc: Timeout",
        "1 nc: connect: Connection refused",
        "1 nc: bind: Cannot assign requested address",
        "1 nc: bind: Permission denied",
        "1 nc: connect: No such file or directory",
        "1 nc: bind: Address already in use",
        "1 nc: x: No such file or directory",
        "1 nc: setsockopt IP_TTL: Invalid argument",
        "1 nc: socket: Socket type not supported",
        "1 nc: Unable to read proxy passphrase",
        "1 nc: Proxy error: \"x\"",
        "1 nc: accept: Input/output error",
        "1 nc: read: Connection reset by peer (9 bytes not delivered)",
        "1 nc: write: Connection timed out (9 bytes not delivered)",
        "1 nc: read: Input/output error",
        "1 nc: xwrite: No space left on device",
        "1 nc: sendmsg: Socket operation on non-socket",
        "1 nc: x: rule \"x\": x",
        "127 nc: exec x: No such file or directory",
        "7 ",
        "1 nc: nothing moved for 1.00 s",
        "1 nc: x: No space left on device",
        "1 nc: x: Input/output error",
        "1 nc: the answer is no HTTP: \"x\"",
        "1 nc: what is to be sent: {env:x}: there is no such variable",
        "1 nc: Timeout",
        "1 nc: connection from x, who is not waited for",
        "1 nc: built without Lua",
        "1 nc: the certificate of x is not trusted: it is signed by x, which nobody here trusts; the peer may leave one out that belongs in between (9 bytes not delivered)",
        "1 nc: no TLS handshake within 10.00 s",
        "1 nc: x is no name that a certificate can have",
        "1 nc: certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days",
        "1 nc: Timeout",
        "1 nc: x",
        "1 nc: socket: Too many open files",
    ];
    assert_eq!(errors(TOYBOX, 0).lines().collect::<Vec<_>>(), expected);
    let error = Error::Program { program: b"x".to_vec(), error: os_error(libc::EACCES) };
    let words = "nc: exec x: Permission denied\n";
    assert_eq!(story(&sample::reporting(TOYBOX, 0), &[], Err(error)), (words.to_owned(), 126));
}
