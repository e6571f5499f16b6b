//! Where the original drops bytes or hangs, and ours must not; and where it does not.

use crate::scenario::{Differs, Family, In, Must, Other, Out, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);
const MUCH: usize = 16_000_000;

pub const ROWS: &[Scenario] = &[
    Scenario {
        name: "stdout is full",
        args: "--recv-only 127.0.0.1 {port}",
        output: Out::Full,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        differs: Some(Differs {
            original: "says `write: No space left on device`, status 2",
            ours: "says the same, and how many bytes are lost",
            because: "it fails in both",
            must: &[
                Must::Status(2),
                Must::Say("write: No space left on device\n"),
                Must::Say("Ncat: 6 bytes not delivered.\n"),
            ],
        }),
        ..PLAIN
    },
    Scenario {
        name: "the reader of stdout has gone",
        args: "127.0.0.1 {port}",
        input: In::Pipe,
        output: Out::Gone,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "the reader of stdout has gone, -v",
        args: "-v 127.0.0.1 {port}",
        input: In::Pipe,
        output: Out::Gone,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "the reader of a listener's stdout has gone",
        args: "-l 127.0.0.1 {free}",
        input: In::Pipe,
        output: Out::Gone,
        other: CLIENT,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "the reader of stdout of -lk has gone",
        args: "-lk 127.0.0.1 {free}",
        input: In::Pipe,
        output: Out::Gone,
        other: CLIENT,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "a client that half-closes before it reads",
        args: "127.0.0.1 {port}",
        input: In::File(MUCH),
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Send(b"hello\n"),
            Step::HalfClose,
            Step::Shown(6),
            Step::Stays(500),
            Step::ReceiveAll,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "a peer that pauses before it reads",
        args: "-w 500ms 127.0.0.1 {port}",
        input: In::File(MUCH),
        other: TCP,
        steps: &[Step::Meet, Step::Stays(1000), Step::ReceiveAll, Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "`-i` and a peer that pauses before it reads",
        args: "-i 2500ms 127.0.0.1 {port}",
        input: In::File(MUCH),
        other: TCP,
        steps: &[Step::Meet, Step::Stays(3000), Step::ReceiveAll, Step::Close, Step::Ends],
        differs: Some(Differs {
            original: "leaves after the time with data in its hands, status 1",
            ours: "the idle timer rests while anything is queued",
            because: "a transfer that waits for its reader is not idle",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..PLAIN
    },
    Scenario {
        name: "a listener's client half-closes before it reads",
        args: "-l 127.0.0.1 {free}",
        input: In::File(MUCH),
        other: CLIENT,
        steps: &[Step::Meet, Step::HalfClose, Step::Stays(500), Step::ReceiveAll, Step::Ends],
        differs: Some(Differs {
            original: "leaves at the client's end of input, most of its own input unsent, status 0",
            ours: "sends its input whole",
            because: "`ncat -l < page` is meant to deliver the page",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..PLAIN
    },
    Scenario {
        name: "-l --send-only: a client half-closes before it reads",
        args: "-l --send-only 127.0.0.1 {free}",
        input: In::File(MUCH),
        other: CLIENT,
        steps: &[Step::Meet, Step::HalfClose, Step::Stays(500), Step::ReceiveAll, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "a listener receives much",
        args: "-l 127.0.0.1 {free}",
        other: CLIENT,
        steps: &[Step::Meet, Step::SendMany(MUCH), Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "a reader of stdout that pauses",
        args: "--recv-only 127.0.0.1 {port}",
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
];
