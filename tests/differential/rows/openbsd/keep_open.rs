//! `-k`: one client after another.

use crate::scenario::{Family, In, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Calls(Family::Tcp);

/// Three clients; the second is answered, before the third the input ends.
const THREE: &[Step] = &[
    Step::Meet,
    Step::Send(b"one\n"),
    Step::Shown(4),
    Step::Close,
    Step::Meet,
    Step::Send(b"two\n"),
    Step::Shown(8),
    Step::Feed(b"answer\n"),
    Step::Receive(7),
    Step::Close,
    Step::Meet,
    Step::Send(b"three\n"),
    Step::Shown(14),
    Step::EndInput,
    Step::Quiet,
    Step::Close,
    Step::Stays(200),
];

pub const ROWS: &[Scenario] = &[
    Scenario {
        name: "-lk",
        args: "-lk 127.0.0.1 {free}",
        input: In::Pipe,
        other: TCP,
        steps: THREE,
        ..PLAIN
    },
    Scenario {
        name: "-lkv",
        args: "-lkv 127.0.0.1 0",
        input: In::Pipe,
        other: TCP,
        steps: THREE,
        ..PLAIN
    },
    Scenario {
        name: "-lkvn",
        args: "-lkvn 127.0.0.1 0",
        input: In::Pipe,
        other: TCP,
        steps: THREE,
        ..PLAIN
    },
    Scenario {
        name: "-lk without input",
        args: "-lkv 127.0.0.1 0",
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Quiet,
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
        name: "-lkN passes the end of input on to each client",
        args: "-lkvN 127.0.0.1 0",
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::ReceiveAll,
            Step::Close,
            Step::Meet,
            Step::Send(b"two\n"),
            Step::ReceiveAll,
            Step::Close,
            Step::Shown(8),
            Step::Stays(200),
        ],
        ..PLAIN
    },
    Scenario {
        name: "-lk -w 1 leaves an idle client and listens on",
        args: "-lkv -w 1 127.0.0.1 0",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::ReceiveAll,
            Step::Meet,
            Step::Send(b"two\n"),
            Step::Shown(4),
            Step::Close,
            Step::Stays(200),
        ],
        ..PLAIN
    },
    Scenario {
        name: "-lku receives from everybody",
        args: "-lkuv 127.0.0.1 0",
        other: Other::Calls(Family::Udp),
        steps: &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Stranger(b"stranger\n"),
            Step::Shown(13),
            Step::Meet,
            Step::Send(b"two\n"),
            Step::Shown(17),
            Step::Stays(200),
        ],
        ..PLAIN
    },
];
