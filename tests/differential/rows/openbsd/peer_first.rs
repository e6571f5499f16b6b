//! The other side ends first, in good order or not.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

const RESET: Differs = Differs {
    original: "what came before is shown, then silence and status 0",
    ours: "what came before is shown, then the reset is named, status 1",
    because: "a transfer that was cut short is not a transfer",
    must: &[Must::Fail, Must::Stdout(b"before\n"), Must::Say("reset")],
};

pub const ROWS: &[Scenario] = &[
    Scenario {
        name: "the peer closes, our input has ended",
        args: "127.0.0.1 {port}",
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "the peer closes, -d",
        args: "-d 127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "the peer closes, our input is open and quiet",
        args: "127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Send(b"bye\n"),
            Step::Close,
            Step::Shown(4),
            Step::Stays(300),
            Step::EndInput,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "the peer half-closes: we send on",
        args: "-N 127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Send(b"go\n"),
            Step::HalfClose,
            Step::Shown(3),
            Step::Feed(b"data\n"),
            Step::Receive(5),
            Step::Feed(b"more\n"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "the peer half-closes: a file goes out whole",
        args: "-N 127.0.0.1 {port}",
        input: In::File(8_000_000),
        other: TCP,
        steps: &[Step::Meet, Step::HalfClose, Step::Stays(300), Step::ReceiveAll, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "a listener ends with its client",
        args: "-l 127.0.0.1 {free}",
        input: In::Pipe,
        other: CLIENT,
        steps: &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "a reset",
        args: "127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"before\n"), Step::Shown(7), Step::Reset, Step::Ends],
        differs: Some(RESET),
        ..PLAIN
    },
    Scenario {
        name: "a reset of a listener's client",
        args: "-l 127.0.0.1 {free}",
        input: In::Pipe,
        other: CLIENT,
        steps: &[Step::Meet, Step::Send(b"before\n"), Step::Shown(7), Step::Reset, Step::Ends],
        differs: Some(RESET),
        ..PLAIN
    },
    Scenario {
        name: "input for a peer that has gone",
        args: "127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[Step::Meet, Step::Close, Step::Stays(200), Step::Feed(b"lost\n"), Step::Ends],
        differs: Some(Differs {
            original: "the line is lost, status 0",
            ours: "says that it could not be delivered, status 1",
            because: "the status is the only way to learn of the loss",
            must: &[Must::Fail],
        }),
        ..PLAIN
    },
];
