//! The end of our input, `-q`, `-w`, `-i`, `-C`; the peer that ends first; the hex dump.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

const NO_END: &[Step] = &[
    Step::Meet,
    Step::Feed(b"question\n"),
    Step::Receive(9),
    Step::EndInput,
    Step::Quiet,
    Step::Send(b"late answer\n"),
    Step::Shown(12),
    Step::Close,
    Step::Ends,
];

const fn asks(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: TCP, steps, ..PLAIN }
}

const fn answers(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    asks("end of input: not passed on", "-n 127.0.0.1 {port}", NO_END),
    asks("end of input: -q -1", "-n -q -1 127.0.0.1 {port}", NO_END),
    answers("end of input: -l", "-lnp {free}", NO_END),
    asks(
        "end of input: -q 0 leaves at once",
        "-n -q 0 127.0.0.1 {port}",
        &[Step::Meet, Step::Feed(b"question\n"), Step::EndInput, Step::ReceiveAll, Step::Ends],
    ),
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "end of input: -q 1 leaves after a second",
            "-n -q 1 127.0.0.1 {port}",
            &[
                Step::Meet,
                Step::Feed(b"question\n"),
                Step::EndInput,
                Step::ReceiveAll,
                Step::Send(b"answer\n"),
                Step::Ends,
            ],
        )
    },
    asks(
        "end of input: -q 9 leaves when the peer closes",
        "-n -q 9 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Feed(b"question\n"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Send(b"answer\n"),
            Step::Close,
            Step::Ends,
        ],
    ),
    answers(
        "end of input: -l -q 0",
        "-ln -q 0 -p {free}",
        &[Step::Meet, Step::Feed(b"page\n"), Step::EndInput, Step::ReceiveAll, Step::Ends],
    ),
    Scenario {
        name: "end of input: a regular file",
        args: "-n -q 5 127.0.0.1 {port}",
        input: In::File(3_000_000),
        other: TCP,
        steps: &[Step::Meet, Step::ReceiveAll, Step::Send(b"got it\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "descriptor 0 closed at the start",
        args: "-n 127.0.0.1 {port}",
        input: In::Closed,
        other: TCP,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    asks(
        "the peer closes, our input is open",
        "-n 127.0.0.1 {port}",
        &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    answers(
        "a client closes, our input is open",
        "-lnp {free}",
        &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    asks(
        "-w behind the end of input",
        "-n -w 1 127.0.0.1 {port}",
        &[Step::Meet, Step::Feed(b"question\n"), Step::Receive(9), Step::EndInput, Step::Ends],
    ),
    asks(
        "-w does not end a connection",
        "-n -w 1 127.0.0.1 {port}",
        &[Step::Meet, Step::Stays(2500), Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    asks(
        "-i: a second before a line",
        "-n -i 1 127.0.0.1 {port}",
        &[Step::Meet, Step::Feed(b"a\n"), Step::Quiet, Step::Receive(2), Step::Close, Step::Ends],
    ),
    asks(
        "-C: a line in each write",
        "-n -C 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Feed(b"a\n"),
            Step::Receive(3),
            Step::Feed(b"b\n"),
            Step::Receive(3),
            Step::Close,
            Step::Ends,
        ],
    ),
    Scenario {
        differs: Some(Differs {
            original: "changes only the last LF of what it reads at once, and doubles the CR of CRLF",
            ours: "each LF alone becomes CRLF, what is CRLF stays",
            because: "how input is cut into reads is chance",
            must: &[Must::Succeed, Must::Reach(b"a\r\nb\r\nc\r\n")],
        }),
        ..asks(
            "`-C` and several lines at once",
            "-n -C -q 1 127.0.0.1 {port}",
            &[Step::Meet, Step::Feed(b"a\nb\r\nc\n"), Step::EndInput, Step::ReceiveAll, Step::Ends],
        )
    },
    asks(
        "-o",
        "-n -o {log} 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Feed(b"hello world, 20 b..\n"),
            Step::Receive(20),
            Step::Send(b"reply \0\x01\xff 012345\n"),
            Step::Shown(17),
            Step::Feed(b"more\n"),
            Step::Receive(5),
            Step::Close,
            Step::Ends,
        ],
    ),
    answers(
        "-l -o",
        "-ln -o {log} -p {free}",
        &[
            Step::Meet,
            Step::Send(b"hello world, 20 b..\n"),
            Step::Shown(20),
            Step::Feed(b"reply\n"),
            Step::Receive(6),
            Step::Close,
            Step::Ends,
        ],
    ),
    Scenario {
        name: "-o in no directory",
        args: "-n -o {dir}none/log 127.0.0.1 {closed}",
        ..PLAIN
    },
    Scenario {
        name: "-o and a refused connection",
        args: "-n -o {log} 127.0.0.1 {closed}",
        ..PLAIN
    },
    Scenario {
        differs: Some(Differs {
            original: "what came before is shown, then silence and status 0",
            ours: "what came before is shown, then the reset is named, status 1",
            because: "a transfer that was cut short is not a transfer",
            must: &[Must::Fail, Must::Stdout(b"before\n"), Must::Say("reset")],
        }),
        ..asks(
            "a reset",
            "-n 127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"before\n"), Step::Shown(7), Step::Reset, Step::Ends],
        )
    },
];
