//! Connecting: success, refusal, names, several ports, timeouts.

use crate::scenario::{Family, In, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);

/// The server says hello and goes.
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
    greeted("connects, -nv", "-nv 127.0.0.1 {port}"),
    greeted("connects, -vv", "-vv 127.0.0.1 {port}"),
    greeted("connects, -nvv", "-nvv 127.0.0.1 {port}"),
    greeted("connects by name, -v", "-v localhost {port}"),
    greeted("connects with a limit", "-nv -w 3 127.0.0.1 {port}"),
    greeted("connects from an address", "-nv -s 127.0.0.1 127.0.0.1 {port}"),
    greeted("connects from another address", "-nv -s 127.0.0.2 127.0.0.1 {port}"),
    fails("from and to addresses without names", "-v -s 127.0.0.78 127.0.0.77 {closed}"),
    fails("several ports of an address without a name", "-v 127.0.0.77 {closed} {closed2}"),
    greeted("connects from a port", "-nv -p {free} 127.0.0.1 {port}"),
    greeted("connects from a random port", "-nv -r 127.0.0.1 {port}"),
    greeted("connects with -k, -b and -T", "-nv -k -T Minimize-Delay 127.0.0.1 {port}"),
    Scenario {
        name: "talks",
        args: "-nvv 127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Feed(b"question\n"),
            Step::Receive(9),
            Step::Send(b"answer\n"),
            Step::Shown(7),
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
    fails("refused", "127.0.0.1 {closed}"),
    fails("refused, -v", "-v 127.0.0.1 {closed}"),
    fails("refused, -nv", "-nv 127.0.0.1 {closed}"),
    fails("refused, -vv", "-vv 127.0.0.1 {closed}"),
    fails("refused by name", "localhost {closed}"),
    fails("an unknown host", "no-such-host.invalid {closed}"),
    fails("an unknown host, -v", "-v no-such-host.invalid {closed}"),
    fails("an IPv6 address", "::1 {closed}"),
    fails("a name with -n", "-n localhost {closed}"),
    fails("a name of a service with -n", "-n 127.0.0.1 ssh"),
    fails("an address that is not ours", "-n -s 192.0.2.1 127.0.0.1 {closed}"),
    fails("two ports that refuse", "-n 127.0.0.1 {closed} {closed2}"),
    fails("two ports that refuse, -v", "-nv 127.0.0.1 {closed} {closed2}"),
    fails("two ports that refuse, -vv", "-nvv 127.0.0.1 {closed} {closed2}"),
    Scenario { lasts: Some(1.0), ..fails("nobody answers, -w 1", "-n -w 1 127.0.0.1 {full}") },
    Scenario { lasts: Some(1.0), ..fails("nobody answers, -v -w 1", "-nv -w 1 127.0.0.1 {full}") },
    Scenario {
        name: "a port that refuses and one that does not",
        args: "-nv 127.0.0.1 {closed} {port}",
        other: TCP,
        steps: HELLO,
        ..PLAIN
    },
    Scenario {
        name: "-t refuses every option",
        args: "-n -t 127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            // DO 24, WILL 1, DONT 3, WONT 5
            Step::Send(b"\xff\xfd\x18\xff\xfb\x01\xff\xfe\x03\xff\xfc\x05login: "),
            Step::Shown(19),
            Step::Receive(12),
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "-g: nobody takes source routes",
        args: "-n -w 1 -g 127.0.0.5 127.0.0.1 {closed}",
        ..PLAIN
    },
    Scenario {
        name: "-g: a hop without a name, -v",
        args: "-v -w 1 -g 192.0.2.1 127.0.0.1 {closed}",
        ..PLAIN
    },
];
