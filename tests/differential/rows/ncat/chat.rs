//! `--broker` and `--chat`.

use rustix::process::Signal;

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const SIGSTOP: i32 = Signal::STOP.as_raw();
const SIGCONT: i32 = Signal::CONT.as_raw();

const CLIENT: Other = Other::Calls(Family::Tcp);

const fn serves(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps, ..PLAIN }
}

/// Three clients; the first two speak, the server's own input speaks too.
const BROKEN: &[Step] = &[
    Step::Meet,
    Step::Feed(b"to one\n"),
    Step::Receive(7),
    Step::Join,
    Step::Quiet,
    Step::Feed(b"to two\n"),
    Step::Receive(7),
    Step::Send(b"from two\n"),
    Step::As(0),
    Step::Receive(16),
    Step::Join,
    Step::Quiet,
    Step::Feed(b"to all\n"),
    Step::Receive(7),
    Step::As(0),
    Step::Receive(7),
    Step::Send(b"from one\0\x7f\n"),
    Step::As(1),
    Step::Receive(18),
    Step::As(2),
    Step::Receive(11),
    Step::As(0),
    Step::Quiet,
    // It sees somebody leave and somebody speak at once: not when the first has been forgotten.
    Step::Signal(SIGSTOP),
    Step::Close,
    Step::As(1),
    Step::Send(b"still\n"),
    Step::Stays(50),
    Step::Signal(SIGCONT),
    Step::As(2),
    Step::Receive(6),
    Step::Stays(100),
];

const TALK: &[Step] =
    &[Step::Meet, Step::ReceiveUntil(b"connected: nobody.\n"), Step::Send(b"alone\n"), Step::Quiet];

/// What everybody gets in [`BROKEN`].
const ALL: &[Must] = &[
    Must::Stay,
    Must::Say("6 bytes not delivered"),
    Must::Reach(
        b"to one\nto two\nfrom two\nto all\nto two\nto all\nfrom one\0\x7f\nto all\nfrom one\0\x7f\nstill\n",
    ),
];

/// A row in which somebody leaves before the others are done.
const fn gone(row: &Scenario, must: &'static [Must]) -> Scenario {
    Scenario {
        differs: Some(Differs {
            original: "forgets in silence what was for a client that has gone",
            ours: "says how many bytes did not reach it",
            because: "the others get theirs in either case",
            must,
        }),
        ..*row
    }
}

pub const ROWS: &[Scenario] = &[
    gone(&serves("--broker", "-l --broker 127.0.0.1 {free}", BROKEN), ALL),
    gone(&serves("--broker implies -l", "--broker 127.0.0.1 {free}", BROKEN), ALL),
    serves(
        "--broker -v",
        "-l --broker -v 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Feed(b"a\n"),
            Step::Receive(2),
            Step::Join,
            Step::Quiet,
            Step::Feed(b"b\n"),
            Step::Receive(2),
            Step::Stays(100),
        ],
    ),
    serves(
        "--chat -v --deny",
        "-l --chat -v --deny 127.0.0.1 127.0.0.1 {free}",
        &[Step::Meet, Step::ReceiveAll, Step::Stays(300)],
    ),
    serves(
        "--broker without input",
        "-l --broker 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::EndInput,
            Step::Quiet,
            Step::Join,
            Step::Quiet,
            Step::Send(b"from two\n"),
            Step::As(0),
            Step::Receive(9),
            Step::Stays(100),
        ],
    ),
    serves(
        "--broker -m 1",
        "-l --broker -m 1 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Feed(b"a\n"),
            Step::Receive(2),
            Step::Join,
            Step::ReceiveAll,
            Step::As(0),
            Step::Feed(b"b\n"),
            Step::Receive(2),
            Step::Stays(100),
        ],
    ),
    serves(
        "--broker -C",
        "-l --broker -C 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Feed(b"a\n"),
            Step::Receive(3),
            Step::Join,
            Step::Quiet,
            Step::Feed(b"b\n"),
            Step::Receive(3),
            Step::Send(b"from two\n"),
            Step::As(0),
            Step::Receive(3 + 9),
            Step::Stays(100),
        ],
    ),
    Scenario {
        before: Some((7, 94)),
        differs: Some(Differs {
            original: "names clients by address alone",
            ours: "as Ncat 7.94: address and port",
            because: "the words are for people",
            must: &[
                Must::Stay,
                Must::ReachAlso("<announce> 127.0.0.1:{peer} is connected as <user{n}>.\n"),
                Must::ReachAlso("<announce> already connected: nobody.\n"),
                Must::ReachAlso("<announce> already connected: 127.0.0.1:{peer} as <user{n}>.\n"),
                Must::ReachAlso("<user{n}> hello\n"),
                Must::ReachAlso("<announce> <user{n}> is disconnected.\n"),
            ],
        }),
        ..serves(
            "the announcements of `--chat`",
            "-l --chat 127.0.0.1 {free}",
            &[
                Step::Meet,
                Step::ReceiveUntil(b"connected: nobody.\n"),
                Step::Join,
                Step::ReceiveUntil(b"already connected: "),
                Step::ReceiveUntil(b">.\n"),
                Step::Send(b"hello\n"),
                Step::As(0),
                Step::ReceiveUntil(b"hello\n"),
                Step::As(1),
                Step::Close,
                Step::As(0),
                Step::ReceiveUntil(b"is disconnected.\n"),
                Step::Stays(100),
            ],
        )
    },
    Scenario {
        ..serves("--chat: who speaks hears nothing of it", "-l --chat 127.0.0.1 {free}", TALK)
    },
    serves(
        "--chat: our input speaks as user 0",
        "-l --chat 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::ReceiveUntil(b"connected: nobody.\n"),
            Step::Feed(b"from here\n"),
            Step::ReceiveUntil(b"from here\n"),
            Step::Stays(100),
        ],
    ),
    serves(
        "--chat: what is not text is escaped",
        "-l --chat 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::ReceiveUntil(b"connected: nobody.\n"),
            Step::Feed(b"a\tb\x1b[1m\xc3\xa4\x00\x7f\r\n"),
            Step::ReceiveUntil(b"\n"),
            Step::Stays(100),
        ],
    ),
    serves(
        "--talk is --chat",
        "-l --talk 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::ReceiveUntil(b"connected: nobody.\n"),
            Step::Feed(b"from here\n"),
            Step::ReceiveUntil(b"from here\n"),
            Step::Stays(100),
        ],
    ),
    serves(
        "--chat -v",
        "-l --chat -v 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::ReceiveUntil(b"connected: nobody.\n"),
            Step::HalfClose,
            Step::ReceiveAll,
            Step::Meet,
            Step::ReceiveUntil(b"connected: nobody.\n"),
            Step::Stays(100),
        ],
    ),
];
