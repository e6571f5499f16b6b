//! Where the original drops bytes or hangs, and ours must not.

use crate::scenario::{Differs, Family, In, Must, Other, Out, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);
const MUCH: usize = 16_000_000;

pub const ROWS: &[Scenario] = &[
    Scenario {
        name: "stdout is full",
        args: "-n 127.0.0.1 {port}",
        output: Out::Full,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends],
        differs: Some(Differs {
            original: "ends with status 1, silently",
            ours: "stops with `No space left on device`, status 1",
            because: "the status is the same; the words are for people",
            must: &[Must::Fail, Must::Say("No space left on device")],
        }),
        ..PLAIN
    },
    Scenario {
        name: "the reader of stdout has gone",
        args: "-n 127.0.0.1 {port}",
        input: In::Pipe,
        output: Out::Gone,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "the reader of stdout has gone, -v",
        args: "-nv 127.0.0.1 {port}",
        input: In::Pipe,
        output: Out::Gone,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "the reader of a listener's stdout has gone",
        args: "-ln -p {free}",
        input: In::Pipe,
        output: Out::Gone,
        other: CLIENT,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "a peer that half-closes before it reads",
        args: "-n 127.0.0.1 {port}",
        input: In::File(MUCH),
        other: TCP,
        steps: &[Step::Meet, Step::HalfClose, Step::Stays(500), Step::ReceiveAll, Step::Ends],
        differs: Some(Differs {
            original: "leaves at the peer's end of input, most of its own input unsent, status 0",
            ours: "sends its input whole",
            because: "the rest was lost without a word",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..PLAIN
    },
    Scenario {
        name: "a listener's client half-closes before it reads",
        args: "-ln -p {free}",
        input: In::File(MUCH),
        other: CLIENT,
        steps: &[Step::Meet, Step::HalfClose, Step::Stays(500), Step::ReceiveAll, Step::Ends],
        differs: Some(Differs {
            original: "leaves at the client's end of input, most of its own input unsent, status 0",
            ours: "sends its input whole",
            because: "`nc -l -p port < page` is meant to deliver the page",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..PLAIN
    },
    Scenario {
        name: "a peer that pauses before it reads",
        args: "-n -w 1 -q 5 127.0.0.1 {port}",
        input: In::File(MUCH),
        other: TCP,
        steps: &[Step::Meet, Step::Stays(1500), Step::ReceiveAll, Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "a reader of stdout that pauses",
        args: "-n 127.0.0.1 {port}",
        output: Out::Held,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::SendMany(400_000),
            Step::Stays(500),
            Step::ReadOutput,
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "a listener receives much",
        args: "-ln -p {free}",
        other: CLIENT,
        steps: &[Step::Meet, Step::SendMany(MUCH), Step::Close, Step::Ends],
        ..PLAIN
    },
];
