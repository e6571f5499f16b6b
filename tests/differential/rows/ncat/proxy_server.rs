//! `-l --proxy-type http`: a proxy server. The test is its client and the target.

use crate::scenario::{Differs, Family, Must, Other, PLAIN, Scenario, Step};

const CLIENT: Other = Other::Calls(Family::Tcp);

const fn serves(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, other: CLIENT, steps, ..PLAIN }
}

const PLAINLY: &str = "-l --proxy-type http 127.0.0.1 {free}";
const GUARDED: &str = "-l --proxy-type http --proxy-auth joe:pw 127.0.0.1 {free}";

/// A request that is answered by the proxy itself.
macro_rules! answers {
    ($name:literal, $args:expr, $request:literal) => {
        serves(
            $name,
            $args,
            &[Step::Meet, Step::Send($request), Step::ReceiveAll, Step::Stays(100)],
        )
    };
}

/// A request that goes on to the target, which answers.
macro_rules! passes_on {
    ($name:literal, $args:expr, $request:literal, $answer:literal) => {
        serves(
            $name,
            $args,
            &[
                Step::Meet,
                Step::SendNamed($request),
                Step::Called,
                Step::ReceiveHead,
                Step::Send($answer),
                Step::Close,
                Step::As(0),
                Step::ReceiveAll,
                Step::Stays(100),
            ],
        )
    };
}

const VIA: &str =
    "the target is told by a field that every proxy may add (RFC 9110, section 7.6.3)";

/// Says `Via:` and keeps the order of the fields. What comes back is not different.
const fn named(row: &Scenario, must: &'static [Must]) -> Scenario {
    Scenario {
        differs: Some(Differs {
            original: "passes a request on without `Via`, and moves `Host` behind the other fields",
            ours: "adds `Via`, by which it knows a loop, and leaves the fields in their order",
            because: VIA,
            must,
        }),
        ..*row
    }
}

pub const ROWS: &[Scenario] = &[
    serves(
        "CONNECT",
        PLAINLY,
        &[
            Step::Meet,
            Step::SendNamed("CONNECT 127.0.0.1:{port} HTTP/1.0\r\n\r\nearly\n"),
            Step::ReceiveHead,
            Step::Called,
            Step::Receive(6),
            Step::Send(b"answer\n"),
            Step::As(0),
            Step::Receive(7),
            Step::Send(b"more\n"),
            Step::As(1),
            Step::Receive(5),
            Step::Close,
            Step::As(0),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    serves(
        "CONNECT by HTTP/1.1",
        PLAINLY,
        &[
            Step::Meet,
            Step::SendNamed("CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
            Step::ReceiveHead,
            Step::Called,
            Step::Send(b"answer\n"),
            Step::Close,
            Step::As(0),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    Scenario {
        differs: Some(Differs {
            original: "answers 400 to a method that it does not know",
            ours: "answers 405 and names the methods that it knows",
            because: "both are refusals, and each of them closes",
            must: &[Must::Stay, Must::ReachAlso("HTTP/1.0 405 ")],
        }),
        ..serves(
        "one client after another, without -k",
        PLAINLY,
        &[
            Step::Meet,
            Step::Send(b"FROB / HTTP/1.0\r\n\r\n"),
            Step::ReceiveAll,
            Step::Meet,
            Step::Send(b"FROB / HTTP/1.0\r\n\r\n"),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    )
    },
    serves(
        "CONNECT to a port that refuses",
        PLAINLY,
        &[
            Step::Meet,
            Step::SendNamed("CONNECT 127.0.0.1:{closed} HTTP/1.0\r\n\r\n"),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    answers!("CONNECT to an unknown host", PLAINLY, b"CONNECT no-such-host.invalid:80 HTTP/1.0\r\n\r\n"),
    answers!("CONNECT without a port", PLAINLY, b"CONNECT 127.0.0.1 HTTP/1.0\r\n\r\n"),
    answers!("CONNECT to port 65536", PLAINLY, b"CONNECT 127.0.0.1:65536 HTTP/1.0\r\n\r\n"),
    answers!("GET of a path alone", PLAINLY, b"GET / HTTP/1.0\r\n\r\n"),
    answers!("GET of https", PLAINLY, b"GET https://127.0.0.1/ HTTP/1.0\r\n\r\n"),
    answers!("another method", PLAINLY, b"DELETE http://127.0.0.1/ HTTP/1.0\r\n\r\n"),
    Scenario {
        differs: Some(Differs {
            original: "answers 400 to a method that it does not know",
            ours: "answers 405 and names the methods that it knows",
            because: "both are refusals, and each of them closes",
            must: &[Must::Stay, Must::ReachAlso("HTTP/1.0 405 ")],
        }),
        ..answers!("another word", PLAINLY, b"FROB / HTTP/1.0\r\n\r\n")
    },
    serves(
        "POST without a length",
        PLAINLY,
        &[
            Step::Meet,
            Step::SendNamed("POST http://127.0.0.1:{port}/ HTTP/1.0\r\n\r\n"),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    serves(
        "GET of the proxy by its address",
        PLAINLY,
        &[
            Step::Meet,
            Step::SendNamed("GET http://127.0.0.1:{free}/ HTTP/1.0\r\n\r\n"),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    Scenario {
        differs: Some(Differs {
            original: "refuses to ask itself by GET, but opens a tunnel to itself by CONNECT",
            ours: "refuses both with 403",
            because: "a proxy behind itself is a loop, never a way",
            must: &[Must::Stay, Must::ReachAlso("HTTP/1.0 403 ")],
        }),
        ..serves(
            "CONNECT to the proxy by its address",
            PLAINLY,
            &[
                Step::Meet,
                Step::SendNamed("CONNECT 127.0.0.1:{free} HTTP/1.0\r\n\r\n"),
                Step::ReceiveHead,
                Step::Stays(100),
            ],
        )
    },
    serves(
        "HTTP/1.1 asks without a Host",
        PLAINLY,
        &[
            Step::Meet,
            Step::SendNamed("GET http://127.0.0.1:{closed}/ HTTP/1.1\r\n\r\n"),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    answers!("garbage", PLAINLY, b"garbage\r\n\r\n"),
    Scenario {
        differs: Some(Differs {
            original: "asks for credentials without `Connection`",
            ours: "says `Connection: close` as well, and closes too",
            because: "clients see the connection close either way",
            must: &[Must::Stay, Must::ReachAlso("HTTP/1.0 407 "), Must::ReachAlso("Basic realm=\"Ncat\""), Must::ReachAlso("Connection: close\r\n")],
        }),
        ..answers!("no credentials", GUARDED, b"CONNECT 127.0.0.1:80 HTTP/1.0\r\n\r\n")
    },
    Scenario {
        differs: Some(Differs {
            original: "asks for credentials without `Connection`",
            ours: "says `Connection: close` as well, and closes too",
            because: "clients see the connection close either way",
            must: &[Must::Stay, Must::ReachAlso("HTTP/1.0 407 "), Must::ReachAlso("Basic realm=\"Ncat\""), Must::ReachAlso("Connection: close\r\n")],
        }),
        ..answers!(
        "wrong credentials",
        GUARDED,
        b"CONNECT 127.0.0.1:80 HTTP/1.0\r\nProxy-Authorization: Basic am9lOnh4\r\n\r\n"
    )
    },
    serves(
        "right credentials",
        GUARDED,
        &[
            Step::Meet,
            Step::SendNamed(
                "CONNECT 127.0.0.1:{port} HTTP/1.0\r\nProxy-Authorization: Basic am9lOnB3\r\n\r\n",
            ),
            Step::ReceiveHead,
            Step::Called,
            Step::Send(b"answer\n"),
            Step::Close,
            Step::As(0),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    named(
    &passes_on!(
        "GET",
        PLAINLY,
        "GET http://127.0.0.1:{port}/path?q HTTP/1.0\r\nHost: other\r\nAccept: x\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\nX: y\r\n\r\nbody"
    ),
        &[Must::Stay, Must::ReachAlso("\r\n\r\nbody"), Must::ReachAlso("GET /path?q HTTP/1.0\r\n"), Must::ReachAlso("\r\nVia: 1.0 ")],
    ),
    named(
    &passes_on!(
        "GET with hop-by-hop fields",
        PLAINLY,
        "GET http://127.0.0.1:{port}/ HTTP/1.1\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 3\r\nTE: trailers\r\nX-End: 2\r\n\r\n",
        b"HTTP/1.1 200 Fine\r\nConnection: X-Back\r\nX-Back: 1\r\nX-Stay: 2\r\n\r\nbody up to the end"
    ),
        &[Must::Stay, Must::ReachAlso("body up to the end"), Must::ReachAlso("X-End: 2\r\n"), Must::ReachAlso("\r\nVia: 1.1 ")],
    ),
    named(
    &passes_on!(
        "GET, credentials are not passed on",
        GUARDED,
        "GET http://127.0.0.1:{port}/ HTTP/1.0\r\nProxy-Authorization: Basic am9lOnB3\r\n\r\n",
        b"HTTP/1.0 404 Not Found\r\n\r\n"
    ),
        &[Must::Stay, Must::ReachAlso("404 Not Found"), Must::ReachAlso("\r\nVia: 1.0 ")],
    ),
    named(
    &passes_on!(
        "HEAD",
        PLAINLY,
        "HEAD http://127.0.0.1:{port}/ HTTP/1.0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n"
    ),
        &[Must::Stay, Must::ReachAlso("X: y\r\n"), Must::ReachAlso("HEAD / HTTP/1.0\r\n"), Must::ReachAlso("\r\nVia: 1.0 ")],
    ),
    named(
    &serves(
        "POST",
        PLAINLY,
        &[
            Step::Meet,
            Step::SendNamed(
                "POST http://127.0.0.1:{port}/ HTTP/1.0\r\nContent-Length: 5\r\n\r\n12345",
            ),
            Step::Called,
            Step::ReceiveHead,
            Step::Receive(5),
            Step::Send(b"HTTP/1.0 200 OK\r\n\r\nanswer"),
            Step::Close,
            Step::As(0),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
        &[Must::Stay, Must::ReachAlso("answer"), Must::ReachAlso("12345"), Must::ReachAlso("\r\nVia: 1.0 ")],
    ),
    Scenario {
        differs: Some(Differs {
            original: "names every address that it takes, and no client",
            ours: "names the address that was asked for, and each client",
            because: "the lines are for people",
            must: &[Must::Stay, Must::Say("Listening on 127.0.0.1:"), Must::Say("Connection from 127.0.0.1:")],
        }),
        ..serves(
        "-v",
        "-lv --proxy-type http 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"FROB / HTTP/1.0\r\n\r\n"),
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    )
    },
    serves(
        "--deny",
        "-l --proxy-type http --deny 127.0.0.1 127.0.0.1 {free}",
        &[Step::Meet, Step::ReceiveAll, Step::Stays(100)],
    ),
    Scenario {
        differs: Some(Differs {
            original: "ends both directions at the first end of input",
            ours: "passes each end on by itself",
            because: "what the target still had to say was lost",
            must: &[Must::Stay, Must::ReachAlso("late answer\n")],
        }),
        ..serves(
            "CONNECT and a client that half-closes",
            PLAINLY,
            &[
                Step::Meet,
                Step::SendNamed("CONNECT 127.0.0.1:{port} HTTP/1.0\r\n\r\n"),
                Step::ReceiveHead,
                Step::Called,
                Step::As(0),
                Step::Send(b"question\n"),
                Step::HalfClose,
                Step::As(1),
                Step::ReceiveAll,
                Step::Send(b"late answer\n"),
                Step::Close,
                Step::As(0),
                Step::ReceiveAll,
                Step::Stays(100),
            ],
        )
    },
];
