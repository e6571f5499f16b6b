//! GNU netcat's words.

use super::*;
use crate::event::{ProgramEnd, RefusalReason};

const GNU: VoiceName = VoiceName::Gnu;

fn gnu(verbosity: u8, events: &[Event], result: Result<(), Error>) -> (String, u8) {
    story(&sample::reporting(GNU, verbosity), events, result)
}

#[test]
fn a_connection_names_its_peer_and_counts_at_the_end() {
    let events = |given, name| {
        [
            resolved(given, &["127.0.0.1:22"], &[name]),
            connected(given, 22, "127.0.0.1:22", Transport::Tcp),
            closed(0, 16_777_216),
        ]
    };
    let found = events("127.0.0.1", Some("localhost"));
    assert_eq!(gnu(0, &found, Ok(())), (String::new(), 0));
    let words = "localhost [127.0.0.1] 22 (ssh) open\n".to_owned();
    assert_eq!(gnu(1, &found, Ok(())), (words.clone(), 0));
    let counts = "Total received bytes: 17M (16777216)\nTotal sent bytes: 0\n";
    assert_eq!(gnu(2, &found, Ok(())), (words + counts, 0));
    let words = "Error: Inverse name lookup failed for `127.0.0.1'\n127.0.0.1 22 (ssh) open\n";
    assert_eq!(gnu(1, &events("127.0.0.1", None), Ok(())), (words.to_owned(), 0));
}

#[test]
fn a_refusal_is_told_of_one_port_sooner_than_of_several() {
    let events = [attempt_failed("localhost", "127.0.0.1:8000", os_error(REFUSED))];
    let words = "localhost [127.0.0.1] 8000: Connection refused\n".to_owned();
    let counts = "Total received bytes: 0\nTotal sent bytes: 0\n";
    let said = |verbosity, several| {
        let reporting = Reporting { several, ..sample::reporting(GNU, verbosity) };
        story(&reporting, &events, Err(not_connected("localhost", 8000)))
    };
    assert_eq!(said(0, false), (String::new(), 1));
    assert_eq!(said(1, false), (words.clone(), 1));
    assert_eq!(said(1, true), (String::new(), 1));
    assert_eq!(said(2, true), (words + counts, 1));
}

#[test]
fn a_listener_and_its_client() {
    let events = [
        listening("0.0.0.0:8000"),
        listening("127.0.0.1:22"),
        Event::ClientRefused {
            peer: inet(Transport::Tcp, None, "127.0.0.1:9"),
            name: None,
            user: None,
            reason: RefusalReason::NotThePeer,
        },
        accepted(None),
        Event::Accepted {
            peer: inet(Transport::Udp, None, "127.0.0.1:9"),
            name: None,
            user: None,
            local: Some(address("127.0.0.1:53")),
        },
        Event::ProgramStarted { program: b"cat".to_vec(), pid: 1 },
        Event::ProgramEnded { pid: 1, how: ProgramEnd::Status(0) },
    ];
    let came = "Connection from 127.0.0.1:43210\n\
                Received packet from 127.0.0.1:9 -> 127.0.0.1:53 (local)\n";
    assert_eq!(gnu(1, &events, Ok(())), (came.to_owned(), 0));
    let words = format!(
        "Listening on any address 8000\nListening on 127.0.0.1 22 (ssh)\n\
         Unwanted connection from 127.0.0.1:9 (refused)\n{came}\
         Passing control to the specified program\n"
    );
    assert_eq!(gnu(2, &events, Ok(())), (words, 0));
}

#[test]
fn its_errors_and_statuses() {
    let expected = [
        "1 Error: a proxy and datagrams do not go together",
        "1 Error: Couldn't resolve host \"x\"",
        "1 Error: Couldn't resolve local host: x",
        "1 Error: Connection timed out: name lookup",
        "1 ",
        "1 Error: Couldn't create connection (err=-3): Cannot assign requested address",
        "1 Error: Couldn't setup listening socket (err=-3)",
        "1 Error: x: No such file or directory",
        "1 Error: Couldn't setup listening socket (err=-3)",
        "1 Error: x: No such file or directory",
        "1 Error: setsockopt IP_TTL: Invalid argument",
        "1 Error: DCCP: Socket type not supported",
        "1 Error: Unable to read proxy passphrase",
        "1 Error: Proxy error: \"x\"",
        "1 Error: accept: Input/output error",
        "1 read(net): Connection reset by peer (9 bytes not delivered)",
        "1 write(net): Connection timed out (9 bytes not delivered)",
        "1 read(stdin): Input/output error",
        "1 write(stdout): No space left on device",
        "1 Error: sendmsg: Socket operation on non-socket",
        "1 Error: x: rule \"x\": x",
        "1 Error: Couldn't execute x: No such file or directory",
        "7 ",
        "1 Error: nothing moved for 1.00 s",
        "1 Error: x: No space left on device",
        "1 Error: x: Input/output error",
        "1 Error: the answer is no HTTP: \"x\"",
        "1 Error: what is to be sent: {env:x}: there is no such variable",
        "1 ",
        "1 Error: connection from x, who is not waited for",
        "1 Error: built without Lua",
        "1 Error: the certificate of x is not trusted: it is signed by x, which nobody here trusts; the peer may leave one out that belongs in between (9 bytes not delivered)",
        "1 Error: no TLS handshake within 10.00 s",
        "1 Error: x is no name that a certificate can have",
        "1 Error: certificate 1 expires on 2126-10-29 23:55:52 UTC, in 36500 days",
        "1 ",
        "1 Error: x",
        "1 Error: Couldn't create socket: Too many open files",
    ];
    assert_eq!(errors(GNU, 0).lines().collect::<Vec<_>>(), expected);
    let nobody = Error::NobodyCame { after: Duration::from_secs(1) };
    let words = "Listen mode failed: Connection timed out\n";
    assert_eq!(gnu(1, &[], Err(nobody)), (words.to_owned(), 1));
}

#[test]
fn a_signal_ends_it_with_a_status() {
    let voice = speaks(GNU);
    let said =
        |signal, verbosity| text(voice.interrupted(signal, &sample::reporting(GNU, verbosity)));
    assert_eq!(said(2, 0), "");
    assert_eq!(said(2, 1), "Exiting.\n");
    assert_eq!(said(2, 2), "Exiting.\nTotal received bytes: 0\nTotal sent bytes: 0\n");
    assert_eq!(said(15, 2), "Terminated.\n");
    assert_eq!((voice.status_of_signal(15), voice.status_of_signal(1)), (Some(1), None));
}
