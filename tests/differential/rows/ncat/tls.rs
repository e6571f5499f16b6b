//! TLS beside who speaks none, and what is refused. Who speaks it is met in `tests/ncat_tls.rs`.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

const ANSWERED: &[Step] =
    &[Step::Meet, Step::Send(b"HTTP/1.0 400 Bad Request\r\n\r\n"), Step::Close, Step::Ends];
const PLAIN_CLIENT: &[Step] =
    &[Step::Meet, Step::Send(b"GET / HTTP/1.0\r\n\r\n"), Step::Close, Step::Ends];

/// Whoever speaks no TLS is turned away, and the next one waited for.
const PLAIN_CLIENTS: &[Step] = &[
    Step::Meet,
    Step::Send(b"GET / HTTP/1.0\r\n\r\n"),
    Step::Close,
    Step::Meet,
    Step::Send(b"GET / HTTP/1.0\r\n\r\n"),
    Step::Close,
    Step::Stays(100),
];

const fn refuses(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    Scenario {
        name: "--ssl to a plain server",
        args: "--ssl 127.0.0.1 {port}",
        other: TCP,
        // the hello itself is new each time
        steps: ANSWERED,
        ..PLAIN
    },
    Scenario {
        name: "--ssl -v to a plain server",
        args: "--ssl -v 127.0.0.1 {port}",
        other: TCP,
        steps: ANSWERED,
        differs: Some(Differs {
            original: "says `Input/output error.`, whatever it was",
            ours: "says before it what was wrong: that the answer is plain HTTP",
            because: "its own line and the status are the same",
            must: &[Must::Status(1), Must::Say("plain HTTP"), Must::Say("Input/output error.")],
        }),
        ..PLAIN
    },
    Scenario {
        name: "-l --ssl, a plain client",
        args: "-l --ssl 127.0.0.1 {free}",
        other: CLIENT,
        steps: PLAIN_CLIENT,
        ..PLAIN
    },
    Scenario {
        name: "-l --ssl -v, a plain client",
        args: "-l --ssl -v 127.0.0.1 {free}",
        other: CLIENT,
        steps: PLAIN_CLIENT,
        differs: Some(Differs {
            original: "makes an RSA key of 2048 bits, and tells of the failure in a number of OpenSSL's",
            ours: "makes an ECDSA key of 256 bits, and tells of it in words",
            because: "the lines begin as they did; the numbers change with OpenSSL",
            must: &[
                Must::Status(1),
                Must::Say("Ncat: Generating a temporary 256-bit ECDSA key."),
                Must::Say(
                    "Ncat: Failed SSL connection from 127.0.0.1: the client speaks plain HTTP",
                ),
            ],
        }),
        ..PLAIN
    },
    Scenario {
        name: "-l --ssl --ssl-verify, a plain client",
        args: "-l --ssl --ssl-verify 127.0.0.1 {free}",
        other: CLIENT,
        steps: PLAIN_CLIENT,
        ..PLAIN
    },
    Scenario {
        name: "-lk --ssl, plain clients",
        args: "-lk --ssl 127.0.0.1 {free}",
        input: In::Pipe,
        other: CLIENT,
        steps: PLAIN_CLIENTS,
        ..PLAIN
    },
    Scenario {
        name: "-l --ssl-alpn",
        args: "-l --ssl-alpn h2 127.0.0.1 {free}",
        input: In::Pipe,
        steps: &[Step::Stays(1500)],
        differs: Some(Differs {
            original: "refuses `--ssl-alpn` with `-l`",
            ours: "listens, and agrees on one of these protocols with who asks for one",
            because: "it was an error",
            must: &[Must::Stay, Must::NotSay("ALPN is not supported")],
        }),
        ..PLAIN
    },
    refuses("--ssl-cert without --ssl-key", "--ssl-cert f 127.0.0.1 {closed}"),
    refuses("--ssl-key without --ssl-cert, -l", "-l --ssl-key f 127.0.0.1 {free}"),
    refuses("--ssl to a port where nobody listens", "--ssl -v 127.0.0.1 {closed}"),
    refuses("--ssl -U", "--ssl -U {path}"),
    refuses("--ssl --vsock", "--ssl --vsock 2 {closed}"),
    refuses("-l --ssl -u", "-l --ssl -u 127.0.0.1 {free}"),
    Scenario {
        differs: Some(Differs {
            original: "says what the list was on standard output, and refuses it by a number of OpenSSL's",
            ours: "refuses it and says which there are",
            because: "nothing was connected, and the status is the same",
            must: &[Must::Status(2), Must::Say("no cipher suite is called FOO"), Must::Stdout(b"")],
        }),
        ..refuses("--ssl-ciphers that do not exist", "--ssl-ciphers FOO 127.0.0.1 {closed}")
    },
    Scenario {
        differs: Some(Differs {
            original: "says so in two lines, the second a number of OpenSSL's",
            ours: "says so in one",
            because: "nothing was connected, and the status is the same",
            must: &[Must::Status(2), Must::Say("No such file or directory. QUITTING.")],
        }),
        ..refuses(
            "--ssl-trustfile that is not there",
            "--ssl-trustfile /no/such 127.0.0.1 {closed}",
        )
    },
];
