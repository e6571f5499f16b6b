//! Many clients at once: `-k`, `-m`.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const CLIENT: Other = Other::Calls(Family::Tcp);

const fn serves(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps, ..PLAIN }
}

/// Two clients at once: both are heard, both hear.
const TWO: &[Step] = &[
    Step::Meet,
    Step::Send(b"one\n"),
    Step::Shown(4),
    Step::Join,
    Step::Send(b"two\n"),
    Step::Shown(8),
    Step::Feed(b"all\n"),
    Step::Receive(4),
    Step::As(0),
    Step::Receive(4),
    Step::Close,
    Step::As(1),
    Step::Send(b"three\n"),
    Step::Shown(14),
    Step::Stays(100),
];

const ONE_AFTER_ANOTHER: &[Step] = &[
    Step::Meet,
    Step::Send(b"one\n"),
    Step::Shown(4),
    Step::Close,
    Step::Meet,
    Step::Send(b"two\n"),
    Step::Shown(8),
    Step::Close,
    Step::Stays(100),
];

pub const ROWS: &[Scenario] = &[
    serves("-lk: two clients at once", "-lk 127.0.0.1 {free}", TWO),
    serves("-lkv: two clients at once", "-lkv 127.0.0.1 {free}", TWO),
    serves("--listen --keep-open", "--listen --keep-open 127.0.0.1 {free}", TWO),
    serves("-lk: one after another", "-lkv 127.0.0.1 {free}", ONE_AFTER_ANOTHER),
    serves("-lk on every address", "-lkv {free}", ONE_AFTER_ANOTHER),
    serves("-lk --recv-only", "-lk --recv-only 127.0.0.1 {free}", ONE_AFTER_ANOTHER),
    Scenario {
        input: In::Nothing,
        ..serves("-lk without input", "-lk 127.0.0.1 {free}", ONE_AFTER_ANOTHER)
    },
    Scenario {
        differs: Some(Differs {
            original: "a client that comes behind the end of input is not told that nothing comes",
            ours: "half-closes to it at once, and hears it all the same",
            because: "a client that reads to the end would wait for ever",
            must: &[Must::Stay, Must::Note("not quiet"), Must::Stdout(b"two\n")],
        }),
        ..serves(
            "-lk: a client behind the end of input stays open",
            "-lk 127.0.0.1 {free}",
            &[
                Step::Meet,
                Step::Feed(b"page\n"),
                Step::EndInput,
                Step::ReceiveAll,
                Step::Close,
                Step::Meet,
                Step::Quiet,
                Step::Send(b"two\n"),
                Step::Shown(4),
                Step::Close,
                Step::Stays(100),
            ],
        )
    },
    serves(
        "-lk --send-only",
        "-lk --send-only 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"unseen\n"),
            Step::Feed(b"page\n"),
            Step::Receive(5),
            Step::Stays(200),
        ],
    ),
    serves(
        "-lk -C",
        "-lk -C 127.0.0.1 {free}",
        &[Step::Meet, Step::Feed(b"a\nb\r\n"), Step::Receive(6), Step::Stays(100)],
    ),
    serves(
        "-lk -m 1: a second client is turned away",
        "-lkv -m 1 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Join,
            Step::ReceiveAll,
            Step::As(0),
            Step::Send(b"two\n"),
            Step::Shown(8),
            Step::Close,
            Step::Stays(100),
        ],
    ),
    serves(
        "-lk -m 1: silently",
        "-lk --max-conns 1 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Join,
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    serves(
        "-lk -m 1: there is room again",
        "-lk -m 1 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::HalfClose,
            Step::ReceiveAll,
            Step::Close,
            Step::Meet,
            Step::Send(b"two\n"),
            Step::Shown(8),
            Step::Stays(100),
        ],
    ),
    serves(
        "-l -m without -k",
        "-l -m 3 127.0.0.1 {free}",
        &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::Close, Step::Ends],
    ),
    Scenario {
        differs: Some(Differs {
            original: "leaves altogether when one client is idle",
            ours: "parts with that client, says so, and serves the others",
            because: "one silent client would stop all others",
            must: &[
                Must::Stay,
                Must::Stdout(b"one\n"),
                Must::Say("Idle timeout expired (500 ms)."),
            ],
        }),
        ..serves(
            "-lk -i 500ms",
            "-lk -i 500ms 127.0.0.1 {free}",
            &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::ReceiveAll, Step::Stays(100)],
        )
    },
    serves(
        "-lk: a client's reset is only the client's",
        "-lk 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Reset,
            Step::Meet,
            Step::Send(b"two\n"),
            Step::Shown(8),
            Step::Stays(100),
        ],
    ),
    Scenario {
        before: Some((7, 94)),
        differs: Some(Differs {
            original: "dies of the signal",
            ours: "as later Ncats: exits with 128 and the number of the signal",
            because: "a shell sees the same status",
            must: &[Must::Status(143), Must::Stdout(b"one\n")],
        }),
        ..serves(
            "-lk: SIGTERM",
            "-lk 127.0.0.1 {free}",
            &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::Signal(15), Step::Ends],
        )
    },
];
