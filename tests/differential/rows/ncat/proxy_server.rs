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
    serves(
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
    ),
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
    answers!("another word", PLAINLY, b"FROB / HTTP/1.0\r\n\r\n"),
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
            original: "connects to itself, again and again if asked to",
            ours: "answers 403 as to a GET of its own address",
            because: "there is nothing behind it but the proxy again",
            must: &[Must::Stay, Must::ReachAlso("HTTP/1.0 403 Forbidden\r\n")],
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
            original: "sends a 407 and closes, without a word of that in the answer",
            ours: "says `Connection: close` in it",
            because: "clients that would ask again on the same connection, such as curl, open another",
            must: &[
                Must::Stay,
                Must::ReachAlso("HTTP/1.0 407 Proxy Authentication Required\r\n"),
                Must::ReachAlso("Proxy-Authenticate: Basic realm=\"Ncat\"\r\n"),
                Must::ReachAlso("Connection: close\r\n"),
            ],
        }),
        ..answers!("no credentials", GUARDED, b"CONNECT 127.0.0.1:80 HTTP/1.0\r\n\r\n")
    },
    Scenario {
        differs: Some(Differs {
            original: "sends a 407 and closes, without a word of that in the answer",
            ours: "says `Connection: close` in it",
            because: "clients that would ask again on the same connection, such as curl, open another",
            must: &[
                Must::Stay,
                Must::ReachAlso("HTTP/1.0 407 Proxy Authentication Required\r\n"),
                Must::ReachAlso("Proxy-Authenticate: Basic realm=\"Ncat\"\r\n"),
                Must::ReachAlso("Connection: close\r\n"),
            ],
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
    passes_on!(
        "GET",
        PLAINLY,
        "GET http://127.0.0.1:{port}/path?q HTTP/1.0\r\nHost: other\r\nAccept: x\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\nX: y\r\n\r\nbody"
    ),
    passes_on!(
        "GET with hop-by-hop fields",
        PLAINLY,
        "GET http://127.0.0.1:{port}/ HTTP/1.1\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 3\r\nTE: trailers\r\nX-End: 2\r\n\r\n",
        b"HTTP/1.1 200 Fine\r\nConnection: X-Back\r\nX-Back: 1\r\nX-Stay: 2\r\n\r\nbody up to the end"
    ),
    passes_on!(
        "GET, credentials are not passed on",
        GUARDED,
        "GET http://127.0.0.1:{port}/ HTTP/1.0\r\nProxy-Authorization: Basic am9lOnB3\r\n\r\n",
        b"HTTP/1.0 404 Not Found\r\n\r\n"
    ),
    passes_on!(
        "HEAD",
        PLAINLY,
        "HEAD http://127.0.0.1:{port}/ HTTP/1.0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n"
    ),
    serves(
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
    Scenario {
        differs: Some(Differs {
            original: "listens on every address whatever one is asked for, and says nothing of its clients",
            ours: "listens on the address alone, and tells of each client",
            because: "who names an address wants that one; the words are for people",
            must: &[
                Must::Stay,
                Must::Say("Listening on 127.0.0.1:"),
                Must::Say("Connection from 127.0.0.1:"),
                Must::NotSay("[::]"),
                Must::ReachAlso("HTTP/1.0 400 Bad Request\r\n"),
            ],
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
