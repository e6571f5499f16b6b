//! Where the original drops bytes or hangs, and ours must not.

use crate::scenario::{Differs, Family, In, Must, Other, Out, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);
const MUCH: usize = 16_000_000;

pub const ROWS: &[Scenario] = &[
    Scenario {
        name: "descriptor 0 closed at the start",
        args: "127.0.0.1 {port}",
        input: In::Closed,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::HalfClose, Step::ReceiveAll, Step::Ends],
        differs: Some(Differs {
            original: "the socket becomes descriptor 0: what the peer sends is echoed to it, stdout stays empty",
            ours: "a closed input is an input that has ended",
            because: "nobody asks for an echo by closing descriptor 0",
            must: &[Must::Succeed, Must::Stdout(b"hello\n"), Must::Reach(b"")],
        }),
        ..PLAIN
    },
    Scenario {
        name: "stdout is full",
        args: "127.0.0.1 {port}",
        output: Out::Full,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends],
        differs: Some(Differs {
            original: "what cannot be written is dropped, status 0",
            ours: "stops with `No space left on device`, status 1",
            because: "a status of 0 says that the file is whole",
            must: &[Must::Fail, Must::Say("No space left on device")],
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
        differs: Some(Differs {
            original: "stays and discards what comes",
            ours: "ends at once, status not 0",
            because: "`nc host port | head -1` is meant to end",
            must: &[Must::Fail],
        }),
        ..PLAIN
    },
    Scenario {
        name: "`-w` and a peer that pauses before it reads",
        args: "-N -w 1 127.0.0.1 {port}",
        input: In::File(MUCH),
        other: TCP,
        steps: &[Step::Meet, Step::Stays(1600), Step::ReceiveAll, Step::Close, Step::Ends],
        differs: Some(Differs {
            original: "leaves after a second with data in its hands, status 0",
            ours: "the idle timer rests while anything is queued",
            because: "the rest of the data was lost without a word",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..PLAIN
    },
    Scenario {
        name: "`-w` and a reader of stdout that pauses",
        args: "-d -w 1 127.0.0.1 {port}",
        output: Out::Held,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::SendMany(400_000),
            Step::Stays(1600),
            Step::ReadOutput,
            Step::Close,
            Step::Ends,
        ],
        differs: Some(Differs {
            original: "leaves after a second, what the pipe could not take is lost, status 0",
            ours: "the idle timer rests while anything is queued",
            because: "the rest of the data was lost without a word",
            must: &[Must::Succeed, Must::StdoutMany(400_000)],
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
            because: "`nc -l < page` is meant to deliver the page",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..PLAIN
    },
];
