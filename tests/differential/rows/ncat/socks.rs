//! Through a SOCKS proxy, 4 and 5, and how it can fail. The test is the proxy.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const PROXY: Other = Other::Listens(Family::Tcp);

const fn by(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: PROXY, steps, ..PLAIN }
}

/// The greeting, a name of 12 letters, success with the first data behind it.
const SOCKS5: &[Step] = &[
    Step::Meet,
    Step::Receive(3),
    Step::Send(b"\x05\x00"),
    Step::Receive(19),
    Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
    Step::Feed(b"data\n"),
    Step::Receive(5),
    Step::Send(b"answer\n"),
    Step::Shown(7),
    Step::EndInput,
    Step::ReceiveAll,
    Step::Close,
    Step::Ends,
];

macro_rules! socks5_refuses {
    ($name:literal, $code:literal) => {
        by(
            $name,
            "--proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080",
            &[
                Step::Meet,
                Step::Receive(3),
                Step::Send(b"\x05\x00"),
                Step::Receive(19),
                Step::Send(&[5, $code, 0, 1, 0, 0, 0, 0, 0, 0]),
                Step::Ends,
            ],
        )
    };
}

macro_rules! socks4_answers {
    ($name:literal, $args:literal, $length:literal) => {
        by(
            $name,
            $args,
            &[
                Step::Meet,
                Step::Receive($length),
                Step::Send(b"\x00\x5a\x00\x00\x00\x00\x00\x00"),
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
    by("SOCKS5 by name", "--proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080", SOCKS5),
    by(
        "SOCKS5 by name, -v",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080",
        SOCKS5,
    ),
    by(
        "SOCKS5 --proxy-dns remote",
        "--proxy-dns remote --proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080",
        SOCKS5,
    ),
    by(
        "SOCKS5 by IPv4 address",
        "--proxy 127.0.0.1:{port} --proxy-type socks5 192.0.2.9 8080",
        &[
            Step::Meet,
            Step::Receive(3),
            Step::Send(b"\x05\x00"),
            Step::Receive(10),
            Step::Send(b"\x05\x00\x00\x03\x04name\x00\x00"),
            Step::Feed(b"data\n"),
            Step::Receive(5),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 by IPv6 address",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks5 2001:db8::1 8080",
        &[
            Step::Meet,
            Step::Receive(3),
            Step::Send(b"\x05\x00"),
            Step::Receive(22),
            Step::Send(b"\x05\x00\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x00\x00"),
            Step::Feed(b"data\n"),
            Step::Receive(5),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 --proxy-dns local",
        "-4v --proxy-dns local --proxy 127.0.0.1:{port} --proxy-type socks5 localhost 8080",
        &[
            Step::Meet,
            Step::Receive(3),
            Step::Send(b"\x05\x00"),
            Step::Receive(10),
            Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    Scenario {
        differs: Some(Differs {
            original: "greets the proxy, and then says that it has no address to ask for, status 1",
            ours: "says so before anything is opened, status 2",
            because: "no connection comes of it in either case",
            must: &[
                Must::Fail,
                Must::Reach(b""),
                Must::Say("Failed to resolve host localhost locally"),
            ],
        }),
        ..by(
            "SOCKS5 --proxy-dns none wants an address",
            "--proxy-dns none --proxy 127.0.0.1:{port} --proxy-type socks5 localhost 8080",
            &[Step::Ends],
        )
    },
    Scenario {
        differs: Some(Differs {
            original: "greets the proxy before it looks the host up",
            ours: "looks the host up first, and says the same",
            because: "no connection comes of it in either case",
            must: &[
                Must::Status(1),
                Must::Reach(b""),
                Must::Say("Failed to resolve host no-such-host.invalid locally"),
            ],
        }),
        ..by(
            "SOCKS5 --proxy-dns local, an unknown host",
            "--proxy-dns local --proxy 127.0.0.1:{port} --proxy-type socks5 no-such-host.invalid 8080",
            &[Step::Ends],
        )
    },
    by(
        "SOCKS5 with a password",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks5 --proxy-auth joe:pw host.example 8080",
        &[
            Step::Meet,
            Step::Receive(4),
            Step::Send(b"\x05\x02"),
            Step::Receive(8),
            Step::Send(b"\x01\x00"),
            Step::Receive(19),
            Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 refuses the way, -v",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080",
        &[
            Step::Meet,
            Step::Receive(3),
            Step::Send(b"\x05\x00"),
            Step::Receive(19),
            Step::Says("Ncat: Host host.example will be resolved by the proxy."),
            Step::Send(b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 accepts no method, -v",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080",
        &[Step::Meet, Step::Receive(3), Step::Send(b"\x05\xff"), Step::Ends],
    ),
    by(
        "SOCKS5 refuses the password, -v",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks5 --proxy-auth joe:pw host.example 8080",
        &[
            Step::Meet,
            Step::Receive(4),
            Step::Send(b"\x05\x02"),
            Step::Receive(8),
            Step::Says("Ncat: Doing username and password authentication."),
            Step::Send(b"\x01\x01"),
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 --proxy-dns both, a host that is found",
        "-4v --proxy-dns both --proxy 127.0.0.1:{port} --proxy-type socks5 localhost 8080",
        &[
            Step::Meet,
            Step::Receive(3),
            Step::Send(b"\x05\x00"),
            Step::Receive(10),
            Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 --proxy-dns both, a host that is not found",
        "-v --proxy-dns both --proxy 127.0.0.1:{port} --proxy-type socks5 none.invalid 8080",
        &[
            Step::Meet,
            Step::Receive(3),
            Step::Send(b"\x05\x00"),
            Step::Receive(19),
            Step::Send(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 refuses the password",
        "--proxy 127.0.0.1:{port} --proxy-type socks5 --proxy-auth joe:pw host.example 8080",
        &[
            Step::Meet,
            Step::Receive(4),
            Step::Send(b"\x05\x02"),
            Step::Receive(8),
            Step::Send(b"\x01\x01"),
            Step::Ends,
        ],
    ),
    by(
        "SOCKS5 accepts no method",
        "--proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080",
        &[Step::Meet, Step::Receive(3), Step::Send(b"\x05\xff"), Step::Ends],
    ),
    by(
        "SOCKS5 of another version",
        "--proxy 127.0.0.1:{port} --proxy-type socks5 host.example 8080",
        &[Step::Meet, Step::Receive(3), Step::Send(b"\x04\x00"), Step::Ends],
    ),
    socks5_refuses!("SOCKS5 answers 1", 1),
    socks5_refuses!("SOCKS5 answers 2", 2),
    socks5_refuses!("SOCKS5 answers 3", 3),
    socks5_refuses!("SOCKS5 answers 4", 4),
    socks5_refuses!("SOCKS5 answers 5", 5),
    socks5_refuses!("SOCKS5 answers 6", 6),
    socks5_refuses!("SOCKS5 answers 7", 7),
    socks5_refuses!("SOCKS5 answers 8", 8),
    socks5_refuses!("SOCKS5 answers 9", 9),
    socks4_answers!(
        "SOCKS4 by address",
        "--proxy 127.0.0.1:{port} --proxy-type socks4 192.0.2.9 8080",
        9
    ),
    socks4_answers!(
        "SOCKS4 by address, -v",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks4 192.0.2.9 8080",
        9
    ),
    socks4_answers!(
        "SOCKS4 with a user",
        "--proxy 127.0.0.1:{port} --proxy-type socks4 --proxy-auth joe 192.0.2.9 8080",
        12
    ),
    socks4_answers!(
        "SOCKS4A by name",
        "--proxy 127.0.0.1:{port} --proxy-type socks4 host.example 8080",
        22
    ),
    socks4_answers!(
        "SOCKS4 --proxy-dns both, a host that is found",
        "-4v --proxy-dns both --proxy 127.0.0.1:{port} --proxy-type socks4 localhost 8080",
        9
    ),
    socks4_answers!(
        "SOCKS4 --proxy-dns both, a host that is not found",
        "-v --proxy-dns both --proxy 127.0.0.1:{port} --proxy-type socks4 none.invalid 8080",
        22
    ),
    by(
        "SOCKS4 refuses, -v",
        "-v --proxy 127.0.0.1:{port} --proxy-type socks4 host.example 8080",
        &[Step::Meet, Step::Receive(22), Step::Send(&[0, 91, 0, 0, 0, 0, 0, 0]), Step::Ends],
    ),
    socks4_answers!(
        "SOCKS4 --proxy-dns local",
        "-4 --proxy-dns local --proxy 127.0.0.1:{port} --proxy-type socks4 localhost 8080",
        9
    ),
    by(
        "SOCKS4 refuses",
        "--proxy 127.0.0.1:{port} --proxy-type socks4 192.0.2.9 8080",
        &[Step::Meet, Step::Receive(9), Step::Send(&[0, 91, 0, 0, 0, 0, 0, 0]), Step::Ends],
    ),
    Scenario {
        name: "SOCKS4 to an IPv6 address",
        args: "--proxy 127.0.0.1:{port} --proxy-type socks4 2001:db8::1 8080",
        ..PLAIN
    },
];
