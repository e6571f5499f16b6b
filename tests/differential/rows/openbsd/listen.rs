//! Listening: the forms of the command line, the banner, the end.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Calls(Family::Tcp);

/// A client says hello and goes.
const HELLO: &[Step] = &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Ends];

const fn greeted(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, steps: HELLO, ..PLAIN }
}

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn signalled(name: &'static str, signal: i32) -> Scenario {
    let steps: &[Step] = match signal {
        2 => &[Step::Says("Listening on"), Step::Signal(2), Step::Ends],
        15 => &[Step::Says("Listening on"), Step::Signal(15), Step::Ends],
        _ => &[Step::Says("Listening on"), Step::Signal(1), Step::Ends],
    };
    Scenario { name, args: "-lv 127.0.0.1 0", steps, ..PLAIN }
}

/// Refused before anything is opened.
const fn too_large(name: &'static str, args: &'static str, number: &'static [Must]) -> Scenario {
    Scenario {
        name,
        args,
        differs: Some(Differs {
            original: "the port wraps modulo 65536 and nc listens there",
            ours: "a one-line error that names the number, status 1",
            because: "nobody calls a port that nobody knows",
            must: number,
        }),
        ..PLAIN
    }
}

pub const ROWS: &[Scenario] = &[
    greeted("listens silently", "-l 127.0.0.1 {free}"),
    greeted("listens on an address", "-lv 127.0.0.1 0"),
    greeted("listens on an address, -n", "-lvn 127.0.0.1 0"),
    greeted("listens on a name", "-lv4 localhost 0"),
    greeted("listens on every IPv4 address", "-lv 0"),
    greeted("listens with -4", "-lv4 0"),
    greeted("listens on -p", "-lv -p 0"),
    greeted("listens on -s and -p", "-lv -s 127.0.0.1 -p 0"),
    Scenario {
        name: "listens on ::1",
        args: "-lv ::1 0",
        other: Other::Calls(Family::Tcp6),
        steps: HELLO,
        ..PLAIN
    },
    Scenario {
        name: "listens with -6",
        args: "-lv6 0",
        other: Other::Calls(Family::Tcp6),
        steps: HELLO,
        ..PLAIN
    },
    Scenario {
        name: "a listener answers",
        args: "-lv 127.0.0.1 0",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Send(b"question\n"),
            Step::Shown(9),
            Step::Feed(b"answer\n"),
            Step::Receive(7),
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
    Scenario {
        name: "a listener's end of input is not passed on",
        args: "-lv 127.0.0.1 0",
        other: TCP,
        steps: &[Step::Meet, Step::Quiet, Step::Send(b"still there\n"), Step::Close, Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "-w does not end the waiting",
        args: "-lv -w 1 127.0.0.1 0",
        steps: &[Step::Says("Listening on"), Step::Stays(1500)],
        ..PLAIN
    },
    Scenario {
        name: "-w ends an idle client",
        args: "-lv -w 1 127.0.0.1 0",
        input: In::Pipe,
        other: TCP,
        steps: &[Step::Meet, Step::Ends, Step::ReceiveAll],
        lasts: Some(1.0),
        ..PLAIN
    },
    Scenario {
        name: "-l -S without a terminal",
        args: "-l -S 127.0.0.1 0",
        input: In::NoTerminal,
        ..PLAIN
    },
    fails("port in use", "-lv 127.0.0.1 {closed}"),
    fails("port in use, silent", "-l 127.0.0.1 {closed}"),
    fails("address not ours", "-lv 192.0.2.1 0"),
    fails("listen on an unknown host", "-l no-such-host.invalid 0"),
    fails("listen on a name with -n", "-ln localhost 0"),
    fails("listen on a port that is no number", "-l 127.0.0.1 22x"),
    signalled("SIGINT ends the waiting", 2),
    signalled("SIGTERM ends the waiting", 15),
    signalled("SIGHUP ends the waiting", 1),
    too_large("`-l 131071`", "-l 127.0.0.1 131071", &[Must::Fail, Must::Say("131071")]),
    too_large("`-l -p 131071`", "-l -p 131071", &[Must::Fail, Must::Say("131071")]),
    Scenario {
        name: "a second listener on the same port",
        args: "-l 127.0.0.1 {shared}",
        differs: Some(Differs {
            original: "sets SO_REUSEPORT: both listen, and the kernel deals the clients out",
            ours: "`Address already in use`, status 1",
            because: "half of the clients would be lost to the other listener",
            must: &[Must::Fail, Must::Say("Address already in use")],
        }),
        ..PLAIN
    },
];
