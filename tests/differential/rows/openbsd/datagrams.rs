//! UDP: boundaries, locking on, refusals, and the timers.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const SERVER: Other = Other::Listens(Family::Udp);
const CLIENT: Other = Other::Calls(Family::Udp);

const fn asks(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: SERVER, steps, ..PLAIN }
}

const fn hears(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps, ..PLAIN }
}

const ONE: &[Step] = &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::Stays(200)];

pub const ROWS: &[Scenario] = &[
    asks(
        "UDP: question and answer",
        "-u 127.0.0.1 {port}",
        &[
            Step::Feed(b"question\n"),
            Step::Meet,
            Step::Receive(9),
            Step::Send(b"answer\n"),
            Step::Shown(7),
            Step::EndInput,
            Step::Stays(300),
        ],
    ),
    asks(
        "UDP: -q 0 leaves at the end of input",
        "-u -q 0 127.0.0.1 {port}",
        &[Step::Feed(b"question\n"), Step::EndInput, Step::Meet, Step::Receive(9), Step::Ends],
    ),
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "UDP: -q 1",
            "-u -q 1 127.0.0.1 {port}",
            &[Step::Feed(b"question\n"), Step::EndInput, Step::Meet, Step::Receive(9), Step::Ends],
        )
    },
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "UDP: -w 1",
            "-u -w 1 127.0.0.1 {port}",
            &[Step::Feed(b"question\n"), Step::Meet, Step::Receive(9), Step::Ends],
        )
    },
    asks(
        "UDP: -N changes nothing",
        "-u -N 127.0.0.1 {port}",
        &[
            Step::Feed(b"question\n"),
            Step::EndInput,
            Step::Meet,
            Step::Receive(9),
            Step::Stays(300),
        ],
    ),
    asks(
        "UDP: -W 1",
        "-u -W 1 127.0.0.1 {port}",
        &[
            Step::Feed(b"question\n"),
            Step::Meet,
            Step::Receive(9),
            Step::Send(b"answer\n"),
            Step::Ends,
        ],
    ),
    Scenario {
        name: "UDP: a long input goes in datagrams of 16384 bytes",
        args: "-u -q 0 127.0.0.1 {port}",
        input: In::File(20_000),
        other: SERVER,
        steps: &[Step::Meet, Step::Receive(0), Step::Receive(0), Step::Ends],
        ..PLAIN
    },
    hears(
        "UDP -l: locks on to the first sender",
        "-luv 127.0.0.1 0",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Stranger(b"stranger\n"),
            Step::Feed(b"answer\n"),
            Step::Receive(7),
            Step::Send(b"two\n"),
            Step::Shown(8),
            Step::Stays(200),
        ],
    ),
    hears("UDP -l: all addresses", "-luv 0", ONE),
    hears("UDP -l: -n", "-luvn 127.0.0.1 0", ONE),
    hears("UDP -l: a name", "-luv4 localhost 0", ONE),
    Scenario { input: In::Nothing, ..hears("UDP -l: no input", "-luv 127.0.0.1 0", ONE) },
    hears("UDP -l: -W 1", "-luv -W 1 127.0.0.1 0", &[Step::Meet, Step::Send(b"one\n"), Step::Ends]),
    Scenario {
        lasts: Some(1.0),
        ..hears(
            "UDP -l: -w 1",
            "-luv -w 1 127.0.0.1 0",
            &[Step::Meet, Step::Send(b"one\n"), Step::Ends],
        )
    },
    hears(
        "UDP -lk: an empty datagram is passed over",
        "-lkuv 127.0.0.1 0",
        &[Step::Meet, Step::Send(b""), Step::Send(b"one\n"), Step::Shown(4), Step::Stays(200)],
    ),
    Scenario {
        differs: Some(Differs {
            original: "sends `X` up to five times, and the data three seconds later",
            ours: "sends the data, and nothing else",
            because: "the probes spoil the protocol of whoever listens",
            must: &[Must::Stay, Must::Reach(b"question\n"), Must::Say("succeeded!")],
        }),
        ..asks(
            "`-uv` with data to send",
            "-uv 127.0.0.1 {port}",
            &[
                Step::Feed(b"question\n"),
                Step::Meet,
                Step::Receive(9),
                Step::Says("Connection to"),
                Step::Stays(200),
            ],
        )
    },
    Scenario {
        name: "a UDP port that refuses",
        args: "-u 127.0.0.1 {udp-closed}",
        input: In::Pipe,
        other: SERVER,
        steps: &[Step::Feed(b"question\n"), Step::Ends],
        differs: Some(Differs {
            original: "ends silently, status 0",
            ours: "says `Connection refused`, status 1",
            because: "the data went nowhere",
            must: &[Must::Fail, Must::Say("refused")],
        }),
        ..PLAIN
    },
    Scenario {
        differs: Some(Differs {
            original: "takes an empty datagram for the end and leaves",
            ours: "an empty datagram is a datagram",
            because: "anybody could end the program with one packet",
            must: &[Must::Stay, Must::Stdout(b"one\ntwo\n")],
        }),
        ..hears(
            "an empty datagram",
            "-luv 127.0.0.1 0",
            &[
                Step::Meet,
                Step::Send(b"one\n"),
                Step::Shown(4),
                Step::Send(b""),
                Step::Send(b"two\n"),
                Step::Shown(8),
            ],
        )
    },
    Scenario {
        differs: Some(Differs {
            original: "takes an empty answer for the end and leaves",
            ours: "an empty datagram is a datagram",
            because: "the answers behind it were lost",
            must: &[Must::Stay, Must::Stdout(b"answer\n")],
        }),
        ..asks(
            "an empty datagram as an answer",
            "-u 127.0.0.1 {port}",
            &[
                Step::Feed(b"question\n"),
                Step::Meet,
                Step::Receive(9),
                Step::Send(b""),
                Step::Send(b"answer\n"),
                Step::Shown(7),
            ],
        )
    },
    Scenario {
        differs: Some(Differs {
            original: "cuts it at 16384 bytes, without a word",
            ours: "is shown whole, up to 65507 bytes",
            because: "the rest was lost",
            must: &[Must::Stay, Must::StdoutMany(60_000)],
        }),
        ..hears(
            "a long datagram",
            "-luv 127.0.0.1 0",
            &[Step::Meet, Step::SendMany(60_000), Step::Shown(60_000)],
        )
    },
];
