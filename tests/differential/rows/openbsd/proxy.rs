//! `-x`: SOCKS 4 and 5, HTTP CONNECT, and how each can fail. The test is the proxy.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const PROXY: Other = Other::Listens(Family::Tcp);
const GREETING: usize = 3;
const NAME: usize = 19;
const V4: usize = 9;

/// `CONNECT host.example:8080 HTTP/1.0` and an empty line.
const CONNECT: usize = 38;

const fn by(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: PROXY, steps, ..PLAIN }
}

const fn strict(
    name: &'static str,
    args: &'static str,
    original: &'static str,
    steps: &'static [Step],
) -> Scenario {
    Scenario {
        differs: Some(Differs {
            original,
            ours: "refuses the answer, status 1",
            because: "no proxy that works answers so",
            must: &[Must::Fail],
        }),
        ..by(name, args, steps)
    }
}

/// The same failure in other words.
const fn reworded(
    name: &'static str,
    args: &'static str,
    original: &'static str,
    ours: &'static str,
    must: &'static [Must],
    steps: &'static [Step],
) -> Scenario {
    let because = "the status is the same; the words are for people";
    Scenario { differs: Some(Differs { original, ours, because, must }), ..by(name, args, steps) }
}

const NOT_HTTP: &[Must] = &[Must::Fail, Must::Say("not an HTTP answer")];

const PROXY_ENDED: &[Must] = &[Must::Fail, Must::Say("proxy read: Broken pipe")];

macro_rules! socks5_refuses {
    ($name:literal, $code:literal) => {
        by(
            $name,
            "-x 127.0.0.1:{port} host.example 8080",
            &[
                Step::Meet,
                Step::Receive(GREETING),
                Step::Send(b"\x05\x00"),
                Step::Receive(NAME),
                Step::Send(&[5, $code, 0, 1, 0, 0, 0, 0, 0, 0]),
                Step::Ends,
            ],
        )
    };
}

macro_rules! socks4_refuses {
    ($name:literal, $code:literal) => {
        by(
            $name,
            "-X 4 -x 127.0.0.1:{port} 192.0.2.9 8080",
            &[Step::Meet, Step::Receive(V4), Step::Send(&[0, $code, 0, 0, 0, 0, 0, 0]), Step::Ends],
        )
    };
}

macro_rules! connect_answers {
    ($name:literal, $answer:expr) => {
        by(
            $name,
            "-X connect -x 127.0.0.1:{port} host.example 8080",
            &[Step::Meet, Step::Receive(CONNECT), Step::Send($answer), Step::HalfClose, Step::Ends],
        )
    };
}

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

/// A whole SOCKS5 conversation with a name; the answer brings the first data with it.
const SOCKS5: &[Step] = &[
    Step::Meet,
    Step::Receive(GREETING),
    Step::Send(b"\x05\x00"),
    Step::Receive(NAME),
    Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00early\n"),
    Step::Feed(b"data\n"),
    Step::Receive(5),
    Step::Shown(6),
    Step::EndInput,
    Step::Close,
    Step::Ends,
];

pub const ROWS: &[Scenario] = &[
    by("SOCKS5 by name", "-x 127.0.0.1:{port} host.example 8080", SOCKS5),
    by("SOCKS5 by name, -v", "-v -x 127.0.0.1:{port} host.example 8080", SOCKS5),
    by("SOCKS5 -n leaves the name to the proxy", "-n -x 127.0.0.1:{port} host.example 8080", SOCKS5),
    by("SOCKS5 -P changes nothing", "-P joe -x 127.0.0.1:{port} host.example 8080", SOCKS5),
    by(
        "SOCKS5 by IPv4 address",
        "-v -x 127.0.0.1:{port} 192.0.2.9 8080",
        &[
            Step::Meet,
            Step::Receive(GREETING),
            Step::Send(b"\x05\x00"),
            Step::Receive(10),
            Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 by IPv6 address, bound to one",
        "-v -x 127.0.0.1:{port} 2001:db8::1 8080",
        &[
            Step::Meet,
            Step::Receive(GREETING),
            Step::Send(b"\x05\x00"),
            Step::Receive(22),
            Step::Send(b"\x05\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 takes no method",
        "-x 127.0.0.1:{port} host.example 8080",
        &[Step::Meet, Step::Receive(GREETING), Step::Send(b"\x05\xff"), Step::Ends],
    ),
    reworded(
        "SOCKS5 ends at the greeting",
        "-x 127.0.0.1:{port} host.example 8080",
        "a SOCKS5 proxy that closes in its answer: `read failed (0/3): Broken pipe`",
        "`proxy read: Broken pipe`, as for any other proxy",
        PROXY_ENDED,
        &[Step::Meet, Step::Receive(GREETING), Step::HalfClose, Step::Ends],
    ),
    reworded(
        "SOCKS5 ends at the reply",
        "-x 127.0.0.1:{port} host.example 8080",
        "a SOCKS5 proxy that closes before it answers the request: `read failed (0/4): Broken pipe`",
        "`proxy read: Broken pipe`, as for any other proxy",
        PROXY_ENDED,
        &[
            Step::Meet,
            Step::Receive(GREETING),
            Step::Send(b"\x05\x00"),
            Step::Receive(NAME),
            Step::HalfClose,
            Step::Ends,
        ],
    ),
    socks5_refuses!("SOCKS5 error 1", 1),
    socks5_refuses!("SOCKS5 error 2", 2),
    socks5_refuses!("SOCKS5 error 3", 3),
    socks5_refuses!("SOCKS5 error 4", 4),
    socks5_refuses!("SOCKS5 error 5", 5),
    socks5_refuses!("SOCKS5 error 6", 6),
    socks5_refuses!("SOCKS5 error 7", 7),
    socks5_refuses!("SOCKS5 error 8", 8),
    socks5_refuses!("SOCKS5 error 9", 9),
    strict(
        "SOCKS5: a method that was not offered",
        "-x 127.0.0.1:{port} host.example 8080",
        "goes on as if it were `no authentication`",
        &[
            Step::Meet,
            Step::Receive(GREETING),
            Step::Send(b"\x05\x02"),
            Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::HalfClose,
            Step::EndInput,
            Step::Ends,
        ],
    ),
    strict(
        "SOCKS5: a reply of another version",
        "-x 127.0.0.1:{port} host.example 8080",
        "takes it for success",
        &[
            Step::Meet,
            Step::Receive(GREETING),
            Step::Send(b"\x05\x00"),
            Step::Receive(NAME),
            Step::Send(b"\x04\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::HalfClose,
            Step::EndInput,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS4",
        "-v -X 4 -x 127.0.0.1:{port} 192.0.2.9 8080",
        &[
            Step::Meet,
            Step::Receive(V4),
            Step::Send(b"\x00\x5a\x00\x00\x00\x00\x00\x00early\n"),
            Step::Feed(b"data\n"),
            Step::Receive(5),
            Step::Shown(6),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
    strict(
        "SOCKS4: a reply of another version",
        "-X 4 -x 127.0.0.1:{port} 192.0.2.9 8080",
        "takes it for success",
        &[
            Step::Meet,
            Step::Receive(V4),
            Step::Send(b"\x05\x5a\x00\x00\x00\x00\x00\x00"),
            Step::HalfClose,
            Step::EndInput,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS4 looks the name up here",
        "-X 4 -x 127.0.0.1:{port} localhost 8080",
        &[
            Step::Meet,
            Step::Receive(V4),
            Step::Send(b"\x00\x5a\x00\x00\x00\x00\x00\x00"),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
    by("SOCKS4: the name is unknown", "-X 4 -x 127.0.0.1:{port} no-such-host.invalid 8080", &[Step::Ends]),
    by("SOCKS4 has no IPv6", "-X 4 -x 127.0.0.1:{port} ::1 8080", &[Step::Ends]),
    socks4_refuses!("SOCKS4 error 91", 91),
    socks4_refuses!("SOCKS4 error 92", 92),
    socks4_refuses!("SOCKS4 error 93", 93),
    socks4_refuses!("SOCKS4 error 94", 94),
    by(
        "CONNECT",
        "-v -X connect -x 127.0.0.1:{port} host.example 8080",
        &[
            Step::Meet,
            Step::Receive(CONNECT),
            Step::Send(b"HTTP/1.1 200 Connection established\r\nVia: us\r\n\r\nearly\n"),
            Step::Feed(b"data\n"),
            Step::Receive(5),
            Step::Shown(6),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "CONNECT to an IPv6 address",
        "-X connect -x 127.0.0.1:{port} 2001:db8::1 8080",
        &[
            Step::Meet,
            Step::Receive(39),
            Step::Send(b"HTTP/1.0 200 OK\r\n\r\n"),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "CONNECT with a service name",
        "-v -X connect -x 127.0.0.1:{port} host.example http-alt",
        &[
            Step::Meet,
            Step::Receive(CONNECT),
            Step::Send(b"HTTP/1.0 200 OK\r\n\r\n"),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "CONNECT -z",
        "-zv -X connect -x 127.0.0.1:{port} host.example 8080",
        &[Step::Meet, Step::Receive(CONNECT), Step::Send(b"HTTP/1.0 200 OK\r\n\r\n"), Step::Ends, Step::ReceiveAll],
    ),
    connect_answers!("CONNECT forbidden", b"HTTP/1.0 403 Forbidden\r\n\r\n"),
    connect_answers!("CONNECT needs a password", b"HTTP/1.0 407 Who are you\r\n\r\n"),
    connect_answers!("CONNECT: HTTP of another version", b"HTTP/2.0 200 OK\r\n\r\n"),
    reworded(
        "CONNECT: no HTTP",
        "-X connect -x 127.0.0.1:{port} host.example 8080",
        "prints the first line of an answer that is not HTTP",
        "says that it is not HTTP, at its first byte, without waiting for a line",
        NOT_HTTP,
        &[
            Step::Meet,
            Step::Receive(CONNECT),
            Step::Send(b"220 ftp.example ready\r\n"),
            Step::HalfClose,
            Step::Ends,
        ],
    ),
    reworded(
        "CONNECT: an empty line",
        "-X connect -x 127.0.0.1:{port} host.example 8080",
        "an empty line in place of a status: `Proxy error: \"\"`",
        "says that it is not HTTP",
        NOT_HTTP,
        &[Step::Meet, Step::Receive(CONNECT), Step::Send(b"\r\n"), Step::HalfClose, Step::Ends],
    ),
    connect_answers!("CONNECT: nothing", b""),
    connect_answers!("CONNECT: half a header", b"HTTP/1.0 200 OK\r\nVia"),
    Scenario {
        input: In::NoTerminal,
        ..by(
            "CONNECT -P without a terminal",
            "-P joe -X connect -x 127.0.0.1:{port} host.example 8080",
            &[Step::Meet, Step::Receive(CONNECT), Step::Send(b"HTTP/1.0 407 Who are you\r\n\r\n"), Step::Ends],
        )
    },
    fails("a proxy that refuses", "-x 127.0.0.1:{closed} host.example 8080"),
    fails("a proxy that refuses, -v", "-v -x 127.0.0.1:{closed} host.example 8080"),
    fails("a proxy that refuses, in brackets", "-v -x [127.0.0.1]:{closed} host.example 8080"),
    fails("an unknown proxy", "-x no-such-host.invalid host.example 8080"),
    fails("an unknown proxy, CONNECT", "-X connect -x no-such-host.invalid host.example 8080"),
    fails("a proxy port that is no number", "-x 127.0.0.1:abc host.example 8080"),
    fails("a proxy with half a bracket", "-x [::1 host.example 8080"),
    fails("a proxy with a bracket and more", "-x [::1]x:1 host.example 8080"),
    fails("a proxy by name with -n", "-n -x localhost:{closed} host.example 8080"),
    strict(
        "CONNECT: `200` as the start of another number",
        "-X connect -x 127.0.0.1:{port} host.example 8080",
        "takes every status that begins with 200",
        &[
            Step::Meet,
            Step::Receive(CONNECT),
            Step::Send(b"HTTP/1.0 2000 OK\r\n\r\n"),
            Step::HalfClose,
            Step::EndInput,
            Step::Ends,
        ],
    ),
    Scenario {
        differs: Some(Differs {
            original: "prints the proxy's line raw, control characters and all",
            ours: "escapes it",
            because: "a terminal is not the proxy's to command",
            must: &[Must::Fail, Must::Say("403"), Must::NotSay("\x1b")],
        }),
        ..by(
            "CONNECT: an answer with control characters",
            "-X connect -x 127.0.0.1:{port} host.example 8080",
            &[
                Step::Meet,
                Step::Receive(CONNECT),
                Step::Send(b"HTTP/1.0 403 \x1b[2Jgone\r\n\r\n"),
                Step::HalfClose,
                Step::Ends,
            ],
        )
    },
];
