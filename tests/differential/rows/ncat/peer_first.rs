//! The other side ends first: by closing, by half-closing, by a reset.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

const fn asks(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: TCP, steps, ..PLAIN }
}

const fn answers(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    Scenario {
        before: Some((7, 96)),
        differs: Some(Differs {
            original: "stays until two more lines of input have failed",
            ours: "as Ncat 7.96: leaves at once, status 0",
            because: "nothing can come any more",
            must: &[Must::Succeed, Must::Stdout(b"bye\n")],
        }),
        ..asks(
            "the peer closes, our input is open",
            "127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
        )
    },
    Scenario {
        before: Some((7, 96)),
        differs: Some(Differs {
            original: "stays until two more lines of input have failed",
            ours: "as Ncat 7.96: leaves at once, status 0",
            because: "nothing can come any more",
            must: &[Must::Succeed, Must::Stdout(b"bye\n"), Must::Say("4 bytes received")],
        }),
        ..asks(
            "the peer closes, our input is open, -v",
            "-v 127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
        )
    },
    asks(
        "--recv-only: the peer closes",
        "--recv-only 127.0.0.1 {port}",
        &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    asks(
        "the peer closes behind the end of our input",
        "127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::EndInput,
            Step::ReceiveAll,
            Step::Send(b"bye\n"),
            Step::Close,
            Step::Ends,
        ],
    ),
    answers(
        "a client closes, our input is open",
        "-l 127.0.0.1 {free}",
        &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    asks(
        "a reset",
        "127.0.0.1 {port}",
        &[Step::Meet, Step::Send(b"before\n"), Step::Shown(7), Step::Reset, Step::Ends],
    ),
    asks(
        "a reset, -v",
        "-v 127.0.0.1 {port}",
        &[Step::Meet, Step::Send(b"before\n"), Step::Shown(7), Step::Reset, Step::Ends],
    ),
];
