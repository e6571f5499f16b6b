//! UDP: boundaries, refusals, locking on, the end.

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
    Step::Ends,
];

const ONE: &[Step] = &[Step::Meet, Step::Send(b"one\n"), Step::Shown(4), Step::Stays(200)];

pub const ROWS: &[Scenario] = &[
    asks("UDP: question and answer", "-u 127.0.0.1 {port}", TALK),
    asks("UDP: -v", "-uv 127.0.0.1 {port}", TALK),
    asks("UDP: --udp", "--udp 127.0.0.1 {port}", TALK),
    asks("UDP: from a port", "-u -p {free} 127.0.0.1 {port}", TALK),
    asks(
        "UDP: leaves at the end of input",
        "-u 127.0.0.1 {port}",
        &[Step::Feed(b"question\n"), Step::Meet, Step::Receive(9), Step::EndInput, Step::Ends],
    ),
    asks(
        "UDP: --send-only",
        "-u --send-only 127.0.0.1 {port}",
        &[Step::Feed(b"question\n"), Step::Meet, Step::Receive(9), Step::EndInput, Step::Ends],
    ),
    asks(
        "UDP: --no-shutdown leaves too",
        "-u --no-shutdown 127.0.0.1 {port}",
        &[Step::Feed(b"question\n"), Step::Meet, Step::Receive(9), Step::EndInput, Step::Ends],
    ),
    asks(
        "UDP: -C",
        "-u -C 127.0.0.1 {port}",
        &[Step::Feed(b"a\nb\n"), Step::Meet, Step::Receive(6), Step::EndInput, Step::Ends],
    ),
    Scenario {
        lasts: Some(1.0),
        ..asks(
            "UDP: -i",
            "-u -i 1 127.0.0.1 {port}",
            &[Step::Feed(b"question\n"), Step::Meet, Step::Receive(9), Step::Ends],
        )
    },
    Scenario {
        name: "UDP: a long input goes in datagrams of 8192 bytes",
        args: "-u 127.0.0.1 {port}",
        input: In::File(20_000),
        other: SERVER,
        steps: &[Step::Meet, Step::Receive(0), Step::Receive(0), Step::Receive(0), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "UDP: a port that refuses",
        args: "-u 127.0.0.1 {udp-closed}",
        input: In::Pipe,
        other: SERVER,
        steps: &[Step::Feed(b"question\n"), Step::Ends],
        ..PLAIN
    },
    Scenario {
        lasts: Some(2.0),
        ..asks("UDP: -z", "-uz 127.0.0.1 {port}", &[Step::Meet, Step::Receive(1), Step::Ends])
    },
    Scenario {
        lasts: Some(2.0),
        ..asks("UDP: -zv", "-uzv 127.0.0.1 {port}", &[Step::Meet, Step::Receive(1), Step::Ends])
    },
    Scenario {
        lasts: Some(0.7),
        ..asks(
            "UDP: -z -i",
            "-uz -i 700ms 127.0.0.1 {port}",
            &[Step::Meet, Step::Receive(1), Step::Ends],
        )
    },
    Scenario {
        other: SERVER,
        ..Scenario { name: "UDP: -z closed", args: "-uz 127.0.0.1 {udp-closed}", ..PLAIN }
    },
    Scenario {
        other: SERVER,
        ..Scenario { name: "UDP: -zv closed", args: "-uzv 127.0.0.1 {udp-closed}", ..PLAIN }
    },
    hears("UDP -l", "-lu 127.0.0.1 {free}", ONE),
    hears("UDP -l: -v", "-luv 127.0.0.1 {free}", ONE),
    hears("UDP -l: all addresses", "-luv {free}", ONE),
    Scenario { input: In::Nothing, ..hears("UDP -l: no input", "-lu 127.0.0.1 {free}", ONE) },
    hears(
        "UDP -l: locks on to the first sender",
        "-lu 127.0.0.1 {free}",
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
    hears(
        "UDP -l: an empty datagram is no end",
        "-lu 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Shown(4),
            Step::Send(b""),
            Step::Send(b"two\n"),
            Step::Shown(8),
            Step::Stays(200),
        ],
    ),
    hears(
        "UDP -l: a long datagram",
        "-lu 127.0.0.1 {free}",
        &[Step::Meet, Step::SendMany(60_000), Step::Shown(60_000), Step::Stays(200)],
    ),
    hears(
        "UDP -l: -e",
        "-lu -e /bin/cat 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Receive(4),
            Step::Send(b"two\n"),
            Step::Receive(4),
            Step::Stays(200),
        ],
    ),
    hears(
        "UDP -lk -e",
        "-luk -e /bin/cat 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Receive(4),
            Step::Meet,
            Step::Send(b"two\n"),
            Step::Receive(4),
            Step::Stays(200),
        ],
    ),
    hears("UDP -l --broker", "-lu --broker 127.0.0.1 {free}", &[Step::Ends]),
    Scenario {
        before: Some((7, 94)),
        differs: Some(Differs {
            original: "refuses `-k` with `-u` unless a program is run",
            ours: "as Ncat 7.94: serves every sender",
            because: "it was an error",
            must: &[Must::Stay, Must::Stdout(b"one\ntwo\n")],
        }),
        ..hears(
            "`-luk`",
            "-luk 127.0.0.1 {free}",
            &[
                Step::Meet,
                Step::Send(b"one\n"),
                Step::Shown(4),
                Step::Stranger(b"two\n"),
                Step::Shown(8),
                Step::Stays(200),
            ],
        )
    },
    Scenario {
        before: Some((7, 94)),
        differs: Some(Differs {
            original: "names the sender without its port",
            ours: "as Ncat 7.94: address and port",
            because: "the words are for people",
            must: &[Must::Stay, Must::Say("Ncat: Connection from 127.0.0.1:{peer}.\n")],
        }),
        ..hears("the line of a UDP sender", "-luv 127.0.0.1 {free}", ONE)
    },
];
