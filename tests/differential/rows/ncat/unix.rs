//! Unix sockets: streams and datagrams.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const SERVER: Other = Other::Listens(Family::Unix);
const CLIENT: Other = Other::Calls(Family::Unix);

const TALK: &[Step] = &[
    Step::Meet,
    Step::Send(b"question\n"),
    Step::Shown(9),
    Step::Feed(b"answer\n"),
    Step::EndInput,
    Step::ReceiveAll,
    Step::Close,
    Step::Ends,
];

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn asks(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: SERVER, steps: TALK, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    asks("-U", "-U {path}"),
    asks("-Uv", "-Uv {path}"),
    asks("--unixsock", "--unixsock {path}"),
    Scenario { steps: &[Step::Meet, Step::ReceiveAll, Step::Ends], ..asks("-zUv", "-zUv {path}") },
    fails("no such path", "-U {path}"),
    fails("no such path, -v", "-Uv {path}"),
    fails("a path that is a directory", "-U {dir}"),
    fails("a path that is a file", "-U {file}"),
    fails("a dead socket", "-U {stale}"),
    fails("-lU on a file", "-lU {file}"),
    fails("-lU on a socket with a listener", "-lU {live}"),
    fails("-lU in no directory", "-lU {dir}none/socket"),
    Scenario {
        name: "-l --allow with -U",
        args: "-lU --allow 127.0.0.1 {path}",
        steps: &[Step::Stays(300)],
        ..PLAIN
    },
    Scenario {
        name: "-lU on a dead socket",
        args: "-lU {stale}",
        other: CLIENT,
        input: In::Pipe,
        steps: &[Step::Stays(2000)],
        differs: Some(Differs {
            original: "refuses, though nobody listens there",
            ours: "replaces a dead socket",
            because: "it was an error that a person had to mend with rm",
            must: &[Must::Stay],
        }),
        ..PLAIN
    },
    Scenario {
        name: "the path of `-lU` at the end",
        args: "-lUv {path}",
        input: In::Pipe,
        other: CLIENT,
        steps: TALK,
        differs: Some(Differs {
            original: "leaves the socket's file behind",
            ours: "removes what it made",
            because: "the file is dead, and the next start with that path fails",
            must: &[
                Must::Succeed,
                Must::Stdout(b"question\n"),
                Must::Reach(b"answer\n"),
                Must::Say("Ncat: Listening on {path}"),
                Must::CleanUp,
            ],
        }),
        ..PLAIN
    },
    Scenario {
        name: "-lUk",
        args: "-lUkv {path}",
        input: In::Pipe,
        other: CLIENT,
        steps: &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Join,
            Step::Send(b"two\n"),
            Step::Shown(8),
            Step::Feed(b"all\n"),
            Step::Receive(4),
            Step::As(0),
            Step::Receive(4),
            Step::Stays(100),
        ],
        ..PLAIN
    },
    Scenario {
        name: "-lU -e",
        args: "-lU -k -c 'echo $NCAT_REMOTE_ADDR,$NCAT_REMOTE_PORT,$NCAT_LOCAL_ADDR,$NCAT_LOCAL_PORT,$NCAT_PROTO' {path}",
        other: CLIENT,
        steps: &[Step::Meet, Step::ReceiveAll, Step::Close, Step::Stays(100)],
        ..PLAIN
    },
    Scenario {
        name: "-uU: a socket of its own, made and removed",
        args: "-uU {path}",
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
    Scenario {
        name: "-uU -s names its own socket",
        args: "-uU -s {own} {path}",
        input: In::Pipe,
        other: Other::Listens(Family::UnixDatagram),
        steps: &[
            Step::Feed(b"question\n"),
            Step::Meet,
            Step::Receive(9),
            Step::EndInput,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "-luU",
        args: "-luU {path}",
        input: In::Pipe,
        other: Other::Calls(Family::UnixDatagram),
        steps: &[Step::Meet, Step::Send(b"question\n"), Step::Shown(9), Step::Stays(200)],
        ..PLAIN
    },
    fails("no such path, datagrams", "-uU {path}"),
    Scenario {
        name: "a path too long",
        args: "-U {long}",
        differs: Some(Differs {
            original: "cuts the path at 107 bytes and looks there",
            ours: "refuses it, status not 0",
            because: "the file that was named is not the one that was tried",
            must: &[Must::Fail, Must::Say("too long")],
        }),
        ..PLAIN
    },
];
