//! The end of our input, what `--send-only`, `--recv-only`, `--no-shutdown` make of it, and what `-C`,
//! `-t`, `-i`, `-d`, `-w` do to the bytes and to the time.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

/// The other side sees the end; a late answer is shown all the same.
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

/// The other side must not see the end.
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
    asks("end of input: passed on", "127.0.0.1 {port}", PASSED_ON),
    asks("end of input: --no-shutdown", "--no-shutdown 127.0.0.1 {port}", NO_END),
    asks("end of input: --no-sh", "--no-sh 127.0.0.1 {port}", NO_END),
    answers("end of input: -l", "-l 127.0.0.1 {free}", PASSED_ON),
    answers("end of input: -l --no-shutdown", "-l --no-shutdown 127.0.0.1 {free}", NO_END),
    Scenario {
        name: "end of input: a regular file",
        args: "127.0.0.1 {port}",
        input: In::File(3_000_000),
        other: TCP,
        steps: &[Step::Meet, Step::ReceiveAll, Step::Send(b"got it\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "end of input: /dev/null",
        args: "127.0.0.1 {port}",
        other: TCP,
        steps: &[Step::Meet, Step::ReceiveAll, Step::Send(b"late\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    asks(
        "--send-only leaves at the end of input",
        "--send-only 127.0.0.1 {port}",
        &[Step::Meet, Step::Feed(b"question\n"), Step::EndInput, Step::ReceiveAll, Step::Ends],
    ),
    asks(
        "--send-only -v",
        "-v --send-only 127.0.0.1 {port}",
        &[Step::Meet, Step::Feed(b"question\n"), Step::EndInput, Step::ReceiveAll, Step::Ends],
    ),
    asks(
        "--send-only shows nothing",
        "--send-only 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Send(b"unseen\n"),
            Step::Feed(b"question\n"),
            Step::Receive(9),
            Step::EndInput,
            Step::Ends,
        ],
    ),
    asks(
        "--recv-only reads no input",
        "--recv-only 127.0.0.1 {port}",
        &[
            Step::Feed(b"unread\n"),
            Step::Meet,
            Step::Quiet,
            Step::Send(b"shown\n"),
            Step::Close,
            Step::Ends,
        ],
    ),
    Scenario {
        name: "--recv-only without input",
        args: "--recv-only -v 127.0.0.1 {port}",
        other: TCP,
        steps: &[Step::Meet, Step::Quiet, Step::Send(b"shown\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    answers(
        "-l --send-only",
        "-l --send-only 127.0.0.1 {free}",
        &[Step::Meet, Step::Feed(b"page\n"), Step::EndInput, Step::ReceiveAll, Step::Ends],
    ),
    answers(
        "-l --recv-only",
        "-l --recv-only 127.0.0.1 {free}",
        &[
            Step::Feed(b"unread\n"),
            Step::Meet,
            Step::Quiet,
            Step::Send(b"shown\n"),
            Step::Close,
            Step::Ends,
        ],
    ),
    asks(
        "-C",
        "-C 127.0.0.1 {port}",
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
        "--crlf across two writes",
        "--crlf 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Feed(b"a\r"),
            Step::Receive(2),
            Step::Feed(b"\nb\n"),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    answers(
        "-l -C",
        "-l -C 127.0.0.1 {free}",
        &[Step::Meet, Step::Feed(b"a\nb\r\n"), Step::Receive(6), Step::Close, Step::Ends],
    ),
    asks(
        "-C changes nothing that is received",
        "-C 127.0.0.1 {port}",
        &[
            Step::Meet,
            Step::Send(b"a\nb\r\n"),
            Step::Shown(5),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
    ),
    Scenario {
        differs: Some(Differs {
            original: "refuses every option, and shows the negotiation with the text",
            ours: "as Ncat 7.96: refuses every option, and shows the text alone",
            because: "the bytes of the negotiation are noise on a terminal",
            must: &[
                Must::Succeed,
                Must::Stdout(b"login: "),
                Must::Reach(b"\xff\xfc\x18\xff\xfe\x01\xff\xfc\x03\xff\xfe\x05"),
            ],
        }),
        ..asks(
            "-t",
            "-t 127.0.0.1 {port}",
            &[
                Step::Meet,
                // DO 24, WILL 1, DONT 3, WONT 5
                Step::Send(b"\xff\xfd\x18\xff\xfb\x01\xff\xfe\x03\xff\xfc\x05login: "),
                Step::Receive(12),
                Step::EndInput,
                Step::ReceiveAll,
                Step::Close,
                Step::Ends,
            ],
        )
    },
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "-i ends an idle connection",
            "-i 1 127.0.0.1 {port}",
            &[Step::Meet, Step::Ends, Step::ReceiveAll],
        )
    },
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "-i ends an idle connection, -v",
            "-v --idle-timeout 1000ms 127.0.0.1 {port}",
            &[Step::Meet, Step::Ends, Step::ReceiveAll],
        )
    },
    Scenario {
        lasts: Some(0.5),
        ..answers(
            "-l -i ends an idle client",
            "-l -i 500ms 127.0.0.1 {free}",
            &[Step::Meet, Step::Ends, Step::ReceiveAll],
        )
    },
    Scenario {
        name: "-l -i does not end the waiting",
        args: "-lv -i 500ms 127.0.0.1 {free}",
        steps: &[Step::Says("Ncat: Listening"), Step::Stays(1000)],
        ..PLAIN
    },
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "-d delays what is sent",
            "-d 1 127.0.0.1 {port}",
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
        "-w does not end a connection",
        "-w 500ms 127.0.0.1 {port}",
        &[Step::Meet, Step::Stays(1000), Step::EndInput, Step::ReceiveAll, Step::Close, Step::Ends],
    ),
    Scenario {
        lasts: Some(1.0),
        before: Some((7, 96)),
        differs: Some(Differs {
            original: "has no `-q`",
            ours: "as Ncat 7.96: leaves so long after the end of its input",
            because: "it was an error",
            must: &[Must::Succeed, Must::Reach(b"question\n"), Must::Stdout(b"answer\n")],
        }),
        ..asks(
            "`-q 1`",
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
];
