//! Through an HTTP proxy: CONNECT, credentials, and how it can fail. The test is the proxy.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const PROXY: Other = Other::Listens(Family::Tcp);

const fn by(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: PROXY, steps, ..PLAIN }
}

const HTTP: &[Step] = &[
    Step::Meet,
    Step::ReceiveHead,
    Step::Send(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n"),
    Step::Feed(b"data\n"),
    Step::Receive(5),
    Step::Send(b"answer\n"),
    Step::Shown(7),
    Step::EndInput,
    Step::ReceiveAll,
    Step::Close,
    Step::Ends,
];

/// Data stands right behind the proxy's answer.
const EARLY: &[Step] = &[
    Step::Meet,
    Step::ReceiveHead,
    Step::Send(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nearly\n"),
    Step::Shown(6),
    Step::Feed(b"data\n"),
    Step::Receive(5),
    Step::EndInput,
    Step::ReceiveAll,
    Step::Close,
    Step::Ends,
];

macro_rules! http_answers {
    ($name:literal, $answer:expr) => {
        by(
            $name,
            "--proxy 127.0.0.1:{port} host.example 8080",
            &[Step::Meet, Step::ReceiveHead, Step::Send($answer), Step::HalfClose, Step::Ends],
        )
    };
}

/// A first answer asks for credentials; a second connection brings them.
macro_rules! http_asks {
    ($name:literal, $args:literal, $challenge:literal) => {
        by(
            $name,
            $args,
            &[
                Step::Meet,
                Step::ReceiveHead,
                Step::Send($challenge),
                Step::HalfClose,
                Step::Join,
                Step::ReceiveHead,
                Step::Send(b"HTTP/1.0 200 OK\r\n\r\n"),
                Step::Feed(b"data\n"),
                Step::Receive(5),
                Step::EndInput,
                Step::ReceiveAll,
                Step::Close,
                Step::Ends,
            ],
        )
    };
}

pub const ROWS: &[Scenario] = &[
    by("HTTP is the usual proxy", "--proxy 127.0.0.1:{port} host.example 8080", HTTP),
    by("HTTP, data right behind the answer", "--proxy 127.0.0.1:{port} host.example 8080", EARLY),
    by("HTTP, -v", "-v --proxy 127.0.0.1:{port} --proxy-type http host.example 8080", HTTP),
    by("HTTP to an IPv4 address", "--proxy 127.0.0.1:{port} 192.0.2.9 8080", HTTP),
    by("HTTP to an IPv6 address", "--proxy 127.0.0.1:{port} 2001:db8::1 8080", HTTP),
    by("HTTP, credentials are not sent unasked", "--proxy 127.0.0.1:{port} --proxy-auth joe:pw host.example 8080", HTTP),
    http_answers!("HTTP 403", b"HTTP/1.0 403 Forbidden\r\n\r\n"),
    http_answers!("HTTP 504", b"HTTP/1.1 504 Gateway Timeout\r\n\r\n"),
    http_answers!("HTTP 407 without credentials of ours", b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"),
    Scenario {
        differs: Some(Differs {
            original: "takes no status for a tunnel but 200",
            ours: "takes each status from 200 to 299, as RFC 9110 has it",
            because: "a proxy that means no says so by another status",
            must: &[Must::Succeed, Must::NotSay("204")],
        }),
        ..http_answers!("HTTP 204 is not 200", b"HTTP/1.0 204 No Content\r\n\r\n")
    },
    Scenario {
        differs: Some(Differs {
            original: "an answer that is not HTTP is a status of -1",
            ours: "says that it is not HTTP",
            because: "the status is the same; the words are for people",
            must: &[Must::Status(1), Must::NotSay("-1"), Must::Say("HTTP")],
        }),
        ..http_answers!("no HTTP", b"SSH-2.0-OpenSSH\r\n\r\n")
    },
    http_asks!(
        "HTTP asks for Basic",
        "--proxy 127.0.0.1:{port} --proxy-auth joe:pw host.example 8080",
        b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"
    ),
    http_asks!(
        "HTTP asks for Digest",
        "--proxy 127.0.0.1:{port} --proxy-auth joe:pw host.example 8080",
        b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"abc\", qop=\"auth\"\r\n\r\n"
    ),
    http_asks!(
        "HTTP asks for Digest without qop",
        "--proxy 127.0.0.1:{port} --proxy-auth joe:pw host.example 8080",
        b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"abc\", opaque=\"o\"\r\n\r\n"
    ),
    http_asks!(
        "HTTP asks for either",
        "--proxy 127.0.0.1:{port} --proxy-auth joe:pw host.example 8080",
        b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"abc\", qop=\"auth\"\r\n\r\n"
    ),
    Scenario {
        env: &[("NCAT_PROXY_AUTH", "joe:pw")],
        ..http_asks!(
            "credentials from the environment",
            "--proxy 127.0.0.1:{port} host.example 8080",
            b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"
        )
    },
    by(
        "HTTP refuses the credentials",
        "--proxy 127.0.0.1:{port} --proxy-auth joe:pw host.example 8080",
        &[
            Step::Meet,
            Step::ReceiveHead,
            Step::Send(b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"),
            Step::HalfClose,
            Step::Join,
            Step::ReceiveHead,
            Step::Send(b"HTTP/1.0 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n"),
            Step::HalfClose,
            Step::Ends,
        ],
    ),
    by(
        "the HTTP proxy closes at once",
        "--proxy 127.0.0.1:{port} host.example 8080",
        &[Step::Meet, Step::ReceiveHead, Step::Close, Step::Ends],
    ),
    Scenario {
        name: "the proxy refuses",
        args: "--proxy 127.0.0.1:{closed} host.example 8080",
        ..PLAIN
    },
    Scenario {
        name: "the proxy refuses, -v",
        args: "-v --proxy 127.0.0.1:{closed} host.example 8080",
        ..PLAIN
    },
    by(
        "-z through a proxy",
        "-zv --proxy 127.0.0.1:{port} host.example 8080",
        &[Step::Meet, Step::ReceiveHead, Step::Send(b"HTTP/1.0 200 OK\r\n\r\n"), Step::ReceiveAll, Step::Ends],
    ),
];
