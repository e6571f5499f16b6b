//! Connecting: success, refusal, names, addresses, timeouts, -z.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);

/// The server says hello and goes; our input has ended before.
const HELLO: &[Step] =
    &[Step::Meet, Step::ReceiveAll, Step::Send(b"hello\n"), Step::Close, Step::Ends];

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn greeted(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, steps: HELLO, ..PLAIN }
}

const fn scanned(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, steps: &[Step::Meet, Step::ReceiveAll, Step::Ends], ..PLAIN }
}

const fn elsewhere(name: &'static str, args: &'static str, must: &'static [Must]) -> Scenario {
    Scenario {
        differs: Some(Differs {
            original: "complains, and connects from another address or port all the same",
            ours: "fails, status 1, nothing is sent",
            because: "the source was asked for because it matters: to a filter, a route, a log",
            must,
        }),
        steps: &[Step::Ends],
        ..greeted(name, args)
    }
}

pub const ROWS: &[Scenario] = &[
    greeted("connects silently", "127.0.0.1 {port}"),
    greeted("connects, -v", "-v 127.0.0.1 {port}"),
    greeted("connects, --verbose", "--verbose 127.0.0.1 {port}"),
    greeted("connects, -n", "-nv 127.0.0.1 {port}"),
    greeted("connects by name, -4", "-v -4 localhost {port}"),
    greeted("connects, --4", "--4 -v localhost {port}"),
    greeted("connects with a limit", "-v -w 5 127.0.0.1 {port}"),
    greeted("connects from an address", "-v -s 127.0.0.1 127.0.0.1 {port}"),
    greeted("connects from another address", "-v --source 127.0.0.2 127.0.0.1 {port}"),
    greeted("connects from a port", "-v -p {free} 127.0.0.1 {port}"),
    greeted("connects from a port, long", "-v --source-port {free} 127.0.0.1 {port}"),
    greeted("an abbreviated long name connects", "--verb 127.0.0.1 {port}"),
    Scenario {
        name: "connects to ::1",
        args: "-v ::1 {port}",
        other: Other::Listens(Family::Tcp6),
        steps: HELLO,
        ..PLAIN
    },
    Scenario {
        name: "connects to ::1, -6",
        args: "-6v ::1 {port}",
        other: Other::Listens(Family::Tcp6),
        steps: HELLO,
        ..PLAIN
    },
    Scenario {
        name: "talks",
        args: "-v 127.0.0.1 {port}",
        input: In::Pipe,
        other: TCP,
        steps: &[
            Step::Meet,
            Step::Feed(b"question\n"),
            Step::Receive(9),
            Step::Send(b"answer\n"),
            Step::Shown(7),
            Step::EndInput,
            Step::ReceiveAll,
            Step::Close,
            Step::Ends,
        ],
        ..PLAIN
    },
    fails("refused", "127.0.0.1 {closed}"),
    fails("refused, -v", "-v 127.0.0.1 {closed}"),
    fails("refused, -4 by name", "-4v localhost {closed}"),
    fails("refused, ::1", "-v ::1 {closed}"),
    fails("port 0", "127.0.0.1 0"),
    fails("an unknown host", "no-such-host.invalid {closed}"),
    fails("an unknown host, -v", "-v no-such-host.invalid {closed}"),
    fails("a name with -n", "-n localhost {closed}"),
    fails("an IPv6 address with -4", "-4 ::1 {closed}"),
    fails("an IPv4 address with -6", "-6 127.0.0.1 {closed}"),
    Scenario { lasts: Some(1.0), ..fails("nobody answers, -w 1", "-w 1 127.0.0.1 {full}") },
    Scenario { lasts: Some(1.0), ..fails("nobody answers, -v -w 1", "-v -w 1 127.0.0.1 {full}") },
    Scenario { lasts: Some(0.7), ..fails("nobody answers, -w 700ms", "-w 700ms 127.0.0.1 {full}") },
    Scenario { lasts: Some(1.0), ..fails("nobody answers, -z -w 1", "-z -w 1 127.0.0.1 {full}") },
    scanned("-z open", "-z 127.0.0.1 {port}"),
    scanned("-zv open", "-zv 127.0.0.1 {port}"),
    fails("-z closed", "-z 127.0.0.1 {closed}"),
    fails("-zv closed", "-zv 127.0.0.1 {closed}"),
    fails("-z, an unknown host", "-z no-such-host.invalid {closed}"),
    fails("-z, a range", "-z 127.0.0.1 {below}-{above}"),
    Scenario { input: In::Pipe, ..scanned("-z with an input", "-z 127.0.0.1 {port}") },
    elsewhere(
        "a source address that is not ours",
        "-s 192.0.2.1 127.0.0.1 {port}",
        &[Must::Fail, Must::Say("Cannot assign requested address")],
    ),
    elsewhere(
        "a source port in use",
        "-s 127.0.0.1 -p {shared} 127.0.0.1 {port}",
        &[Must::Fail, Must::Say("Address already in use")],
    ),
    elsewhere("a source address of the other family", "-s ::1 127.0.0.1 {port}", &[Must::Fail]),
    Scenario {
        differs: Some(Differs {
            original: "refuses `-k` without `-l`",
            ours: "as Ncat 7.96: stays when the peer has closed",
            because: "it was an error",
            must: &[Must::Stay, Must::Stdout(b"hello\n")],
        }),
        before: Some((7, 96)),
        input: In::Pipe,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Close, Step::Shown(6), Step::Stays(300)],
        ..greeted("`-k` without `-l`", "-k 127.0.0.1 {port}")
    },
    Scenario {
        differs: Some(Differs {
            original: "an IPv6 address and its port run together: `::1:8080`",
            ours: "as Ncat 7.94: `[::1]:8080`",
            because: "the words are for people",
            must: &[Must::Succeed, Must::Say("Ncat: Connected to [::1]:")],
        }),
        before: Some((7, 94)),
        name: "the line of a connection over IPv6",
        args: "-v ::1 {port}",
        other: Other::Listens(Family::Tcp6),
        steps: HELLO,
        ..PLAIN
    },
];
