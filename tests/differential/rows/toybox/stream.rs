//! Connections: both ends of input, `-q`, `-W`, commands, UDP, Unix, and where the original loses data.

use crate::scenario::{Differs, Family, In, Must, Other, Out, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);
const MUCH: usize = 16_000_000;

const HELLO: &[Step] =
    &[Step::Meet, Step::Send(b"hello\n"), Step::Shown(6), Step::Close, Step::Ends];

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
    Scenario {
        output: Out::Gone,
        ..asks(
            "the reader of stdout has gone",
            "127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"hello\n"), Step::Ends],
        )
    },
    asks("connects", "127.0.0.1 {port}", HELLO),
    asks("connects by name, -4", "-4 localhost {port}", HELLO),
    asks("connects from a port", "-p {free} 127.0.0.1 {port}", HELLO),
    asks("connects from an address", "-s 127.0.0.2 127.0.0.1 {port}", HELLO),
    Scenario {
        other: Other::Listens(Family::Tcp6),
        ..asks("connects to ::1", "::1 {port}", HELLO)
    },
    asks("end of input: passed on", "127.0.0.1 {port}", PASSED_ON),
    answers("end of input: -l", "-s 127.0.0.1 -p {free} -l", PASSED_ON),
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "-q 1 leaves a second behind the end of input",
            "-q 1 127.0.0.1 {port}",
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
    Scenario {
        lasts: Some(1.0),
        ..asks("-W 1 ends an idle connection", "-W 1 127.0.0.1 {port}", &[Step::Meet, Step::Ends])
    },
    asks(
        "the peer closes, our input is open",
        "127.0.0.1 {port}",
        &[Step::Meet, Step::Send(b"bye\n"), Step::Close, Step::Ends],
    ),
    Scenario {
        name: "end of input: a regular file",
        args: "127.0.0.1 {port}",
        input: In::File(3_000_000),
        other: TCP,
        steps: &[Step::Meet, Step::ReceiveAll, Step::Send(b"got it\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    answers("-l -p PORT", "-s 127.0.0.1 -p {free} -l", HELLO),
    answers("-l -p PORT, every address", "-p {free} -l", HELLO),
    answers(
        "a listener answers",
        "-s 127.0.0.1 -p {free} -l",
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
    answers("-l COMMAND", "-s 127.0.0.1 -p {free} -l cat", ECHO),
    answers("-l COMMAND ARGUMENTS", "-s 127.0.0.1 -p {free} -l echo one two", TOLD),
    answers(
        "-l COMMAND, its stderr is ours",
        "-s 127.0.0.1 -p {free} -l sh -c 'echo aside >&2; echo said'",
        TOLD,
    ),
    answers("-l COMMAND, no such program", "-s 127.0.0.1 -p {free} -l /no/such", TOLD),
    answers("-E: stderr too", "-E -s 127.0.0.1 -p {free} -l sh -c 'echo aside >&2'", TOLD),
    answers(
        "-L COMMAND: one for each client",
        "-s 127.0.0.1 -p {free} -L cat",
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
            Step::Stays(100),
        ],
    ),
    Scenario {
        name: "-f FILE",
        args: "-f {given}",
        given: "from a file\n",
        input: In::Pipe,
        differs: Some(Differs {
            original: "`-f FILE`: opens the file and leaves",
            ours: "shows the file and writes the input to it",
            because: "that is what its own help says",
            must: &[Must::Succeed, Must::Stdout(b"from a file\n")],
        }),
        ..PLAIN
    },
    Scenario {
        name: "UDP: question and answer",
        args: "-u 127.0.0.1 {port}",
        input: In::Pipe,
        other: Other::Listens(Family::Udp),
        steps: &[
            Step::Feed(b"question\n"),
            Step::Meet,
            Step::Receive(9),
            Step::Send(b"answer\n"),
            Step::Shown(7),
            Step::Stays(100),
        ],
        ..PLAIN
    },
    Scenario {
        name: "-U",
        args: "-U {path}",
        input: In::Pipe,
        other: Other::Listens(Family::Unix),
        steps: HELLO,
        ..PLAIN
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
            because: "`nc -l < page` is meant to deliver the page",
            must: &[Must::Succeed, Must::ReachMany(MUCH)],
        }),
        ..answers(
            "a listener's client half-closes before it reads",
            "-s 127.0.0.1 -p {free} -l",
            &[Step::Meet, Step::HalfClose, Step::Stays(500), Step::ReceiveAll, Step::Ends],
        )
    },
    Scenario {
        name: "-l: the port that is free is told on stdout",
        args: "-s 127.0.0.1 -l",
        input: In::Pipe,
        steps: &[Step::Shown(6), Step::Stays(200)],
        ..PLAIN
    },
    // the original goes on in the background here, and keeps its streams open
    Scenario {
        name: "-l COMMAND: the port that is free is told on stdout",
        args: "-s 127.0.0.1 -l cat",
        other: CLIENT,
        steps: &[
            Step::Shown(6),
            Step::Stays(200),
            Step::Meet,
            Step::Send(b"to and fro\n"),
            Step::Receive(11),
            Step::HalfClose,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
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
            "127.0.0.1 {port}",
            &[Step::Meet, Step::Send(b"before\n"), Step::Shown(7), Step::Reset, Step::Ends],
        )
    },
];
