//! UDP: boundaries, locking on, refusals, the end.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const SERVER: Other = Other::Listens(Family::Udp);
const CLIENT: Other = Other::Calls(Family::Udp);

const fn asks(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: SERVER, steps, ..PLAIN }
}

const fn hears(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps, ..PLAIN }
}

const TALK: &[Step] = &[
    Step::Feed(b"question\n"),
    Step::Meet,
    Step::Receive(9),
    Step::Send(b"answer\n"),
    Step::Shown(7),
    Step::EndInput,
    Step::Stays(300),
];

const ONE: &[Step] = &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::Stays(200)];

pub const ROWS: &[Scenario] = &[
    asks("UDP: question and answer", "-nu 127.0.0.1 {port}", TALK),
    asks("UDP: -v", "-nuv 127.0.0.1 {port}", TALK),
    asks("UDP: from a port", "-nu -p {free} 127.0.0.1 {port}", TALK),
    asks(
        "UDP: -q 0 leaves at the end of input",
        "-nu -q 0 127.0.0.1 {port}",
        &[Step::Feed(b"question\n"), Step::Meet, Step::Receive(9), Step::EndInput, Step::Ends],
    ),
    asks(
        "UDP: -w 1 behind the end of input",
        "-nu -w 1 127.0.0.1 {port}",
        &[Step::Feed(b"question\n"), Step::Meet, Step::Receive(9), Step::EndInput, Step::Ends],
    ),
    Scenario {
        name: "UDP: a long input goes in datagrams of 8192 bytes",
        args: "-nu -q 0 127.0.0.1 {port}",
        input: In::File(20_000),
        other: SERVER,
        steps: &[Step::Meet, Step::Receive(0), Step::Receive(0), Step::Receive(0), Step::Ends],
        ..PLAIN
    },
    hears("UDP -l", "-lnu -p {free}", ONE),
    hears("UDP -l: -v", "-lnuv -p {free}", ONE),
    hears("UDP -l: an address", "-lnuv -s 127.0.0.1 -p {free}", ONE),
    Scenario { input: In::Nothing, ..hears("UDP -l: no input", "-lnu -p {free}", ONE) },
    hears(
        "UDP -l: locks on to the first sender",
        "-lnuv -s 127.0.0.1 -p {free}",
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
    Scenario {
        name: "a UDP port that refuses",
        args: "-nu 127.0.0.1 {udp-closed}",
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
            "-lnu -p {free}",
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
            original: "cuts it at 8192 bytes, without a word",
            ours: "is shown whole, up to 65507 bytes",
            because: "the rest was lost",
            must: &[Must::Stay, Must::StdoutMany(60_000)],
        }),
        ..hears(
            "a long datagram",
            "-lnu -p {free}",
            &[Step::Meet, Step::SendMany(60_000), Step::Shown(60_000)],
        )
    },
];
