//! Unix sockets: streams and datagrams, paths and abstract names.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const SERVER: Other = Other::Listens(Family::Unix);
const CLIENT: Other = Other::Calls(Family::Unix);

const TALK: &[Step] = &[
    Step::Meet,
    Step::Send(b"question\n"),
    Step::Shown(9),
    Step::Feed(b"answer\n"),
    Step::Receive(7),
    Step::EndInput,
    Step::Quiet,
    Step::Close,
    Step::Ends,
];

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn replaces(name: &'static str, args: &'static str, because: &'static str) -> Scenario {
    Scenario {
        name,
        args,
        steps: &[Step::Stays(300)],
        differs: Some(Differs {
            original: "removes whatever stands at the path and listens there",
            ours: "refuses, status 1; only a dead socket is replaced",
            because,
            must: &[Must::Fail, Must::Keep],
        }),
        ..PLAIN
    }
}

pub const ROWS: &[Scenario] = &[
    Scenario {
        name: "-U",
        args: "-U {path}",
        input: In::Pipe,
        other: SERVER,
        steps: TALK,
        ..PLAIN
    },
    Scenario {
        name: "-Uv",
        args: "-Uv {path}",
        input: In::Pipe,
        other: SERVER,
        steps: TALK,
        ..PLAIN
    },
    Scenario { name: "-zUv", args: "-zUv {path}", other: SERVER, ..PLAIN },
    Scenario {
        name: "-U -N",
        args: "-U -N {path}",
        input: In::Pipe,
        other: SERVER,
        steps: &[
            Step::Meet,
            Step::Feed(b"question\n"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Send(b"answer\n"),
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "-lUv, abstract",
        args: "-lUv {abstract}",
        input: In::Pipe,
        other: CLIENT,
        steps: TALK,
        ..PLAIN
    },
    Scenario {
        name: "-lkUv, abstract",
        args: "-lkUv {abstract}",
        other: CLIENT,
        steps: &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Close,
            Step::Meet,
            Step::Send(b"two\n"),
            Step::Shown(8),
            Step::Close,
            Step::Stays(200),
        ],
        ..PLAIN
    },
    Scenario {
        name: "-luUv, abstract",
        args: "-luUv {abstract}",
        input: In::Pipe,
        other: Other::Calls(Family::UnixDatagram),
        steps: &[
            Step::Meet,
            Step::Send(b"question\n"),
            Step::Shown(9),
            Step::Feed(b"answer\n"),
            Step::Receive(7),
            Step::Stays(200),
        ],
        ..PLAIN
    },
    Scenario {
        name: "-uUv: a socket of its own, made and removed",
        args: "-uUv -q 0 {path}",
        input: In::Pipe,
        other: Other::Listens(Family::UnixDatagram),
        steps: &[
            Step::Feed(b"question\n"),
            Step::Meet,
            Step::Receive(9),
            Step::Send(b"answer\n"),
            Step::Shown(7),
            Step::EndInput,
            Step::Ends,
        ],
        ..PLAIN
    },
    fails("no such path", "-U {path}"),
    fails("no such path, -v", "-Uv {path}"),
    fails("no such path, -z", "-zU {path}"),
    fails("no such path, datagrams", "-uUv {path}"),
    fails("a path too long", "-U {long}"),
    fails("a path too long, -l", "-lU {long}"),
    fails("a path that is a directory", "-U {dir}"),
    fails("a path in no directory, -l", "-lU {dir}none/socket"),
    fails("a dead socket", "-Uv {stale}"),
    fails("an abstract name that nobody has", "-U {abstract}"),
    Scenario {
        name: "-lU replaces a dead socket",
        args: "-lUv {stale}",
        other: CLIENT,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    replaces("`-lU` on a file", "-lU {file}", "a file was lost"),
    replaces(
        "`-lU` on a socket with a listener",
        "-lU {live}",
        "the other listener never hears of it",
    ),
    Scenario {
        name: "the path of `-lU` at the end",
        args: "-lUv {path}",
        input: In::Pipe,
        other: CLIENT,
        steps: TALK,
        differs: Some(Differs {
            original: "leaves the socket's file behind",
            ours: "removes what it made",
            because: "the file is dead, and the next listener removes it",
            must: &[
                Must::Succeed,
                Must::Stdout(b"question\n"),
                Must::Reach(b"answer\n"),
                Must::CleanUp,
            ],
        }),
        ..PLAIN
    },
    Scenario {
        name: "the path of `-uU -s` at the end",
        args: "-uU -q 0 -s {own} {live}",
        other: Other::Nobody,
        steps: &[Step::Ends],
        differs: Some(Differs {
            original: "leaves the socket's file behind",
            ours: "removes what it made",
            because: "the next start with that path fails",
            must: &[Must::CleanUp],
        }),
        ..PLAIN
    },
];
