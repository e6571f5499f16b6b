//! Connecting: names, addresses, the words of success and of failure.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);

/// The server says hello and goes; our input has ended.
const HELLO: &[Step] = &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends];

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn greeted(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, steps: HELLO, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    greeted("connects silently", "127.0.0.1 {port}"),
    greeted("connects, -v", "-v 127.0.0.1 {port}"),
    greeted("connects, -vn", "-vn 127.0.0.1 {port}"),
    greeted("connects, -vv", "-vv 127.0.0.1 {port}"),
    greeted("connects to a name", "-v4 localhost {port}"),
    greeted("connects from an address", "-v -s 127.0.0.2 127.0.0.1 {port}"),
    greeted("connects from a name", "-v -s localhost 127.0.0.1 {port}"),
    greeted("connects from a port", "-v -p {free} 127.0.0.1 {port}"),
    greeted(
        "connects with socket options",
        "-v -D -b -I 4096 -O 4096 -M 5 -m 5 -T lowcost 127.0.0.1 {port}",
    ),
    Scenario {
        name: "connects to ::1",
        args: "-v ::1 {port}",
        other: Other::Listens(Family::Tcp6),
        steps: HELLO,
        ..PLAIN
    },
    Scenario {
        name: "-M works on IPv6",
        args: "-v -M 5 -T ef ::1 {port}",
        other: Other::Listens(Family::Tcp6),
        steps: HELLO,
        ..PLAIN
    },
    fails("refused silently", "127.0.0.1 {closed}"),
    fails("refused, -v", "-v 127.0.0.1 {closed}"),
    fails("refused, -vn", "-vn 127.0.0.1 {closed}"),
    fails("refused by name", "-v4 localhost {closed}"),
    fails("refused on ::1", "-v ::1 {closed}"),
    fails("unknown host", "no-such-host.invalid {closed}"),
    fails("unknown host, port by name", "-v no-such-host.invalid domain"),
    fails("unknown host, UDP", "-vu no-such-host.invalid {closed}"),
    fails("-n takes no name", "-n localhost {closed}"),
    fails("-4 takes no IPv6 address", "-4 ::1 {closed}"),
    fails("-6 takes no IPv4 address", "-6 127.0.0.1 {closed}"),
    fails("source address unknown", "-s no-such-host.invalid 127.0.0.1 {closed}"),
    fails("source address of the other family", "-s ::1 127.0.0.1 {closed}"),
    fails("source address not ours", "-s 192.0.2.1 127.0.0.1 {closed}"),
    fails("source port in use", "-p {closed} 127.0.0.1 {closed2}"),
    Scenario {
        name: "connect times out silently",
        args: "-w 1 127.0.0.1 {full}",
        lasts: Some(1.0),
        ..PLAIN
    },
    Scenario {
        name: "connect times out, -v",
        args: "-v -w 1 127.0.0.1 {full}",
        lasts: Some(1.0),
        ..PLAIN
    },
    Scenario {
        name: "scan times out, -v",
        args: "-zvw1 localhost {full}",
        lasts: Some(1.0),
        ..PLAIN
    },
    Scenario {
        name: "several ports: the first gets all, the next connects too",
        args: "-v 127.0.0.1 {closed} {port} {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Feed(b"for the first\n"),
            Step::Receive(14),
            Step::EndInput,
            Step::Close,
            Step::Meet,
            Step::Send(b"second\n"),
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "-w 0 leaves at once",
        args: "-v -w 0 127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[Step::Meet, Step::Ends, Step::ReceiveAll],
        ..PLAIN
    },
    Scenario {
        name: "-S without a terminal",
        args: "-S 127.0.0.1 {port}",
        input: In::NoTerminal,
        other: TCP,
        ..PLAIN
    },
    Scenario {
        name: "-F and a stdout that is no socket",
        args: "-v -F 127.0.0.1 {port}",
        other: TCP,
        ..PLAIN
    },
    Scenario {
        name: "`-p 70000`",
        args: "-p 70000 127.0.0.1 {port}",
        steps: &[Step::Meet, Step::Close, Step::Ends],
        other: TCP,
        differs: Some(Differs {
            original: "the source port wraps: 4464 is taken",
            ours: "`port number too large: 70000`, status 1, nothing is opened",
            because: "whoever writes 70000 does not mean 4464",
            must: &[Must::Fail, Must::Say("70000")],
        }),
        ..PLAIN
    },
];
