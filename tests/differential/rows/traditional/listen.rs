//! Listening: the forms of the command line, the banner, the peer filter, the end.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Calls(Family::Tcp);

const HELLO: &[Step] = &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends];

const fn greeted(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, steps: HELLO, ..PLAIN }
}

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn signalled(name: &'static str, args: &'static str, signal: i32) -> Scenario {
    let steps: &[Step] = match signal {
        2 => &[Step::Says("listening on"), Step::Stays(200), Step::Signal(2), Step::Ends],
        _ => &[Step::Says("listening on"), Step::Stays(200), Step::Signal(15), Step::Ends],
    };
    Scenario { name, args, steps, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    greeted("-l -p PORT", "-l -p {free}"),
    greeted("-l -p PORT, -v", "-lv -p {free}"),
    greeted("-lnvp PORT", "-lnvp {free}"),
    greeted("-lvvp PORT", "-lvvp {free}"),
    greeted("-l: a port that is free", "-lnv"),
    greeted("-l -s ADDRESS -p PORT", "-lnv -s 127.0.0.1 -p {free}"),
    fails("-l -s ADDRESS, which has no name", "-lv -w 1 -s 127.0.0.77 -p {free}"),
    fails("-l -p PORT HOST, which has no name", "-lv -w 1 -p {free} 127.0.0.77"),
    greeted("-l -p PORT HOST: the peer that may", "-lnv -p {free} 127.0.0.1"),
    greeted("-l PORT: a port that is free, the operand is a peer", "-lnv -w 5 127.0.0.1"),
    greeted("-l -p PORT HOST, another peer", "-lnv -p {free} 127.0.0.9"),
    greeted("-l -p PORT HOST, another peer, not verbose", "-ln -p {free} 127.0.0.9"),
    greeted("-l -p PORT HOST PORT, another port", "-lnv -p {free} 127.0.0.1 {closed}"),
    greeted("-l -w: a client comes in time", "-ln -w 1 -p {free}"),
    Scenario {
        input: In::Pipe,
        steps: &[
            Step::Meet,
            Step::Send(b"question\n"),
            Step::Shown(9),
            Step::Feed(b"answer\n"),
            Step::Receive(7),
            Step::Close,
            Step::Ends,
        ],
        ..greeted("a listener answers", "-lnvp {free}")
    },
    Scenario {
        steps: &[Step::Meet, Step::Quiet, Step::Send(b"still there\n"), Step::Close, Step::Ends],
        ..greeted("a listener's end of input is not passed on", "-lnp {free}")
    },
    Scenario {
        input: In::Pipe,
        steps: &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Refused,
            Step::Close,
            Step::Ends,
        ],
        ..greeted("a second client is refused", "-lnp {free}")
    },
    Scenario { lasts: Some(1.0), ..fails("-w 1: nobody comes", "-ln -w 1 -p {free}") },
    Scenario { lasts: Some(1.0), ..fails("-v -w 1: nobody comes", "-lnv -w 1 -p {free}") },
    signalled("SIGINT", "-lnv", 2),
    signalled("SIGTERM", "-lnv", 15),
    signalled("SIGINT, -vv", "-lnvv", 2),
    fails("address not ours", "-ln -s 192.0.2.1 -p {free}"),
    Scenario {
        name: "a second listener on the same port",
        args: "-ln -w 1 -s 127.0.0.1 -p {shared}",
        differs: Some(Differs {
            original: "sets SO_REUSEPORT: both listen, and the kernel deals the clients out",
            ours: "`Can't grab 127.0.0.1:PORT with bind`, as the original of a port that it cannot have, status 1",
            because: "half of the clients would be lost to the other listener",
            must: &[Must::Fail, Must::Say("can't grab 127.0.0.1:")],
        }),
        ..PLAIN
    },
    Scenario {
        name: "a second line of input while nobody is there",
        args: "-lnp {free}",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Feed(b"one\n"),
            Step::Meet,
            Step::Receive(4),
            Step::Feed(b"two\n"),
            Step::Receive(4),
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
];
