//! The end of our input: `-N`, `-q`, `-d`, and what `-w`, `-W`, `-C`, `-i`, `-t` do to the bytes.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

/// The input ends; the other side must not see it; a late answer is shown.
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

/// The input ends; the other side sees it; an answer that is later than `-q` allows is shown all the same.
const PASSED_ON: &[Step] = &[
    Step::Meet,
    Step::Feed(b"question\n"),
    Step::EndInput,
    Step::ReceiveAll,
    Step::Stays(1300),
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
    asks("end of input: not passed on", "127.0.0.1 {port}", NO_END),
    asks("end of input: -q -1", "-q -1 127.0.0.1 {port}", NO_END),
    asks("end of input: -N", "-N 127.0.0.1 {port}", PASSED_ON),
    asks("end of input: -q 0", "-q 0 127.0.0.1 {port}", PASSED_ON),
    asks("end of input: -q 1", "-q 1 127.0.0.1 {port}", PASSED_ON),
    Scenario {
        name: "end of input: a regular file",
        args: "-N 127.0.0.1 {port}",
        input: In::File(3_000_000),
        other: TCP,
        steps: &[Step::Meet, Step::ReceiveAll, Step::Send(b"got it\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    asks(
        "-d reads no input",
        "-d 127.0.0.1 {port}",
        &[
            Step::Feed(b"unread\n"),
            Step::Meet,
            Step::Quiet,
            Step::Send(b"shown\n"),
            Step::Close,
            Step::Ends,
        ],
    ),
    answers("end of input: -l", "-l 127.0.0.1 {free}", NO_END),
    answers("end of input: -l -q -1", "-l -q -1 127.0.0.1 {free}", NO_END),
    answers("end of input: -l -N", "-l -N 127.0.0.1 {free}", PASSED_ON),
    answers(
        "end of input: -l -q 0 leaves at once",
        "-l -q 0 127.0.0.1 {free}",
        &[Step::Meet, Step::Feed(b"page\n"), Step::EndInput, Step::ReceiveAll, Step::Ends],
    ),
    answers(
        "end of input: -l -q 1 leaves after a second",
        "-l -q 1 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Feed(b"page\n"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Stays(500),
            Step::Ends,
        ],
    ),
    Scenario {
        differs: Some(Differs {
            original: "what arrives in the last second is thrown away",
            ours: "it is written out",
            because: "no script can wait for what is not there",
            must: &[Must::Succeed, Must::Stdout(b"late answer\n")],
        }),
        ..answers(
            "`-l -q 1`: data behind the end of input",
            "-l -q 1 127.0.0.1 {free}",
            &[
                Step::Meet,
                Step::Feed(b"page\n"),
                Step::EndInput,
                Step::ReceiveAll,
                Step::Send(b"late answer\n"),
                Step::Ends,
            ],
        )
    },
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "-w ends an idle connection",
            "-v -w 1 127.0.0.1 {port}",
            &[Step::Meet, Step::Ends, Step::ReceiveAll],
        )
    },
    asks(
        "-W counts what was received",
        "-W 2 127.0.0.1 {port}",
        &[Step::Meet, Step::Send(b"one"), Step::Shown(3), Step::Send(b"two"), Step::Ends],
    ),
    answers("-l -W 1", "-l -W 1 127.0.0.1 {free}", &[Step::Meet, Step::Send(b"one"), Step::Ends]),
    asks(
        "-C",
        "-C -N 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Feed(b"a\nb\r\n\n\rc"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    asks(
        "-C across two writes",
        "-C -N 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Feed(b"a\n"),
            Step::Receive(3),
            Step::Feed(b"b\n"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    answers(
        "-l -C",
        "-l -C 127.0.0.1 {free}",
        &[Step::Meet, Step::Feed(b"a\nb\n"), Step::Receive(6), Step::Close, Step::Ends],
    ),
    Scenario {
        lasts: Some(2.0),
        ..asks(
            "-i: a second behind each line",
            "-N -i 1 127.0.0.1 {port}",
            &[
                Step::Meet,
                Step::Feed(b"a\nb\n"),
                Step::EndInput,
                Step::ReceiveAll,
                Step::Close,
                Step::Ends,
            ],
        )
    },
    asks(
        "-t refuses every option",
        "-t 127.0.0.1 {port}",
        &[
            Step::Meet,
            // DO 24, WILL 1, DONT 3, WONT 5
            Step::Send(b"\xff\xfd\x18\xff\xfb\x01\xff\xfe\x03\xff\xfc\x05login: "),
            // Shown first: the original answers once more to what it has not yet written out.
            Step::Shown(19),
            Step::Receive(12),
            Step::EndInput,
            Step::Close,
            Step::Ends,
        ],
    ),
];
