//! Connections: both ends of input, `-i`, `-e`, `-f`, and where the original loses data.

use crate::scenario::{Differs, Family, In, Must, Other, Out, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);
const MUCH: usize = 16_000_000;

const HELLO: &[Step] =
    &[Step::Meet, Step::Send(b"hello\n"), Step::Shown(6), Step::Close, Step::Ends];

/// The other side sees the end; a late answer is shown all the same.
const PASSED_ON: &[Step] = &[
    Step::Meet,
    Step::Feed(b"question\n"),
    Step::EndInput,
    Step::ReceiveAll,
    Step::Stays(500),
    Step::Send(b"late answer\n"),
    Step::Shown(12),
    Step::Close,
    Step::Ends,
];

const ECHO: &[Step] = &[
    Step::Meet,
    Step::Send(b"to and fro\n"),
    Step::Receive(11),
    Step::HalfClose,
    Step::ReceiveAll,
    Step::Close,
    Step::Ends,
];

const TOLD: &[Step] = &[Step::Meet, Step::ReceiveAll, Step::Close, Step::Ends];

const fn asks(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: TCP, steps, ..PLAIN }
}

const fn answers(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    asks("connects", "127.0.0.1 {port}", HELLO),
    asks("connects by name", "localhost {port}", HELLO),
    asks("connects with a limit", "-w 3 127.0.0.1 {port}", HELLO),
    asks("connects from a port", "-p {free} 127.0.0.1 {port}", HELLO),
    asks("host and port in one word", "127.0.0.1:{port}", HELLO),
    Scenario {
        other: Other::Listens(Family::Tcp6),
        ..asks("connects to ::1", "::1 {port}", HELLO)
    },
    asks("end of input: passed on", "127.0.0.1 {port}", PASSED_ON),
    answers("end of input: -l", "-l -p {free}", PASSED_ON),
    Scenario {
        name: "end of input: a regular file",
        args: "127.0.0.1 {port}",
        input: In::File(3_000_000),
        other: TCP,
        steps: &[Step::Meet, Step::ReceiveAll, Step::Send(b"got it\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    asks(
        "the peer closes, our input is open",
        "127.0.0.1 {port}",
        &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    answers("-l -p PORT", "-l -p {free}", HELLO),
    answers("-l -p PORT ADDRESS", "-l -p {free} 127.0.0.1", HELLO),
    Scenario {
        other: Other::Calls(Family::Tcp6),
        ..answers("-l -p PORT, IPv6", "-l -p {free}", HELLO)
    },
    answers(
        "a listener answers",
        "-l -p {free}",
        &[
            Step::Meet,
            Step::Send(b"question\n"),
            Step::Shown(9),
            Step::Feed(b"answer\n"),
            Step::Receive(7),
            Step::Close,
            Step::Ends,
        ],
    ),
    answers(
        "a second client is refused",
        "-l -p {free}",
        &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::Refused, Step::Close, Step::Ends],
    ),
    answers(
        "-l -w does not end a connection",
        "-l -w 1 -p {free}",
        &[Step::Meet, Step::Stays(1500), Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    answers(
        "SIGTERM",
        "-l -p {free}",
        &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::Signal(15), Step::Ends],
    ),
    asks(
        "-i: a pause behind each block",
        "-i 1 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Feed(b"a\nb\n"),
            Step::Receive(4),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    answers("-l -e", "-l -p {free} -e cat", ECHO),
    answers("-l -e PROGRAM ARGUMENTS", "-l -p {free} -e echo one -n two", TOLD),
    answers(
        "-l -e, the status is the program's",
        "-l -p {free} -e sh -c 'echo said; exit 7'",
        TOLD,
    ),
    answers("-l -e, its stderr is ours", "-l -p {free} -e sh -c 'echo aside >&2; echo said'", TOLD),
    answers("-l -e, no such program", "-l -p {free} -e /no/such", TOLD),
    asks("-e of a client", "127.0.0.1 {port} -e cat", ECHO),
    asks(
        "-e of a client, the status is the program's",
        "127.0.0.1 {port} -e sh -c 'echo said; exit 3'",
        TOLD,
    ),
    answers(
        "-ll -e: one program for each client",
        "-ll -p {free} -e cat",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Receive(4),
            Step::Join,
            Step::Send(b"two\n"),
            Step::Receive(4),
            Step::As(0),
            Step::Send(b"three\n"),
            Step::Receive(6),
            Step::HalfClose,
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    Scenario {
        given: "from a file\n",
        ..Scenario {
            name: "-f FILE instead of a connection",
            args: "-f {given}",
            input: In::Pipe,
            ..PLAIN
        }
    },
    Scenario {
        output: Out::Full,
        input: In::Nothing,
        ..asks(
            "stdout is full",
            "127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends],
        )
    },
    Scenario {
        output: Out::Gone,
        ..asks(
            "the reader of stdout has gone",
            "127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        )
    },
    Scenario {
        input: In::Closed,
        differs: Some(Differs {
            original: "the socket becomes descriptor 0: what the peer sends is echoed to it, stdout stays empty",
            ours: "a closed input is an input that has ended",
            because: "nobody asks for an echo by closing descriptor 0",
            must: &[Must::Succeed, Must::Stdout(b"hello\n"), Must::Reach(b"")],
        }),
        ..asks(
            "descriptor 0 closed at the start",
            "127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"hello\n"), Step::HalfClose, Step::ReceiveAll, Step::Ends],
        )
    },
    Scenario {
        input: In::File(MUCH),
        differs: Some(Differs {
            original: "leaves at the peer's end of input, most of its own input unsent, status 0",
            ours: "sends its input whole",
            because: "the rest was lost without a word",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..asks(
            "a peer that half-closes before it reads",
            "127.0.0.1 {port}",
            &[Step::Meet, Step::HalfClose, Step::Stays(500), Step::ReceiveAll, Step::Ends],
        )
    },
    Scenario {
        input: In::File(MUCH),
        differs: Some(Differs {
            original: "leaves at the client's end of input, most of its own input unsent, status 0",
            ours: "sends its input whole",
            because: "`nc -l -p port < page` is meant to deliver the page",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..answers(
            "a listener's client half-closes before it reads",
            "-l -p {free}",
            &[Step::Meet, Step::HalfClose, Step::Stays(500), Step::ReceiveAll, Step::Ends],
        )
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
            "127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"before\n"), Step::Shown(7), Step::Reset, Step::Ends],
        )
    },
    Scenario {
        input: In::Nothing,
        ..answers(
            "a listener receives much",
            "-l -p {free}",
            &[Step::Meet, Step::SendMany(MUCH), Step::Close, Step::Ends],
        )
    },
    Scenario {
        output: Out::Held,
        input: In::Nothing,
        ..asks(
            "a reader of stdout that pauses",
            "127.0.0.1 {port}",
            &[
                Step::Meet,
                Step::SendMany(400_000),
                Step::Stays(500),
                Step::ReadOutput,
                Step::Close,
                Step::Ends,
            ],
        )
    },
];
