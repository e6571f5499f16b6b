//! Seeing what went by: `-o`, `-x`, `--append-output`.

use crate::scenario::{Family, In, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

const TALK: &[Step] = &[
    Step::Meet,
    Step::Feed(b"hello world, 20 b..\n"),
    Step::Receive(20),
    Step::Send(b"reply \0\x01\xff 012345\n"),
    Step::Shown(17),
    Step::EndInput,
    Step::ReceiveAll,
    Step::Close,
    Step::Ends,
];

const HEARD: &[Step] = &[
    Step::Meet,
    Step::Send(b"hello world, 20 b..\n"),
    Step::Shown(20),
    Step::Feed(b"reply\n"),
    Step::Receive(6),
    Step::Close,
    Step::Ends,
];

const fn asks(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: TCP, steps: TALK, ..PLAIN }
}

const fn hears(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps: HEARD, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    asks("-o: the bytes as they came", "-o {log} 127.0.0.1 {port}"),
    asks("--output", "--output {log} 127.0.0.1 {port}"),
    asks("-x: hexadecimal", "-x {log} 127.0.0.1 {port}"),
    asks("--hex-dump", "--hex-dump {log} 127.0.0.1 {port}"),
    asks("-o with -C: what was sent", "-C -o {log} 127.0.0.1 {port}"),
    asks("-o and -x", "-o {log} -x {own} 127.0.0.1 {port}"),
    hears("-l -o", "-l -o {log} 127.0.0.1 {free}"),
    hears("-l -x", "-l -x {log} 127.0.0.1 {free}"),
    Scenario { given: "before\n", ..asks("-o truncates", "-o {given} 127.0.0.1 {port}") },
    Scenario {
        given: "before\n",
        ..asks("--append-output", "-o {given} --append-output 127.0.0.1 {port}")
    },
    Scenario { name: "-o and a refused connection", args: "-o {log} 127.0.0.1 {closed}", ..PLAIN },
    Scenario {
        name: "-x and datagrams",
        args: "-u -x {log} 127.0.0.1 {port}",
        input: In::Pipe,
        other: Other::Listens(Family::Udp),
        steps: &[
            Step::Feed(b"question\n"),
            Step::Meet,
            Step::Receive(9),
            Step::Send(b"answer\n"),
            Step::Shown(7),
            Step::EndInput,
            Step::Ends,
        ],
        ..PLAIN
    },
];
