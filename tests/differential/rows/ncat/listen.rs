//! Listening: the forms of the command line, the banner, the end, and what is in the way.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Calls(Family::Tcp);
const TCP6: Other = Other::Calls(Family::Tcp6);

const HELLO: &[Step] =
    &[Step::Meet, Step::Send(b"hello\n"), Step::ReceiveAll, Step::Close, Step::Ends];

const fn greeted(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, steps: HELLO, ..PLAIN }
}

const fn fails(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

/// A later Ncat passes the signal on to its programs and then exits.
const fn dies_of(status: u8) -> Differs {
    let must: &[Must] = if status == 130 { &[Must::Status(130)] } else { &[Must::Status(143)] };
    Differs {
        original: "dies of the signal",
        ours: "as later Ncats: exits with 128 and the number of the signal",
        because: "a shell sees the same status",
        must,
    }
}

pub const ROWS: &[Scenario] = &[
    greeted("-l PORT", "-l {free}"),
    greeted("-l PORT, -v", "-lv {free}"),
    greeted("--listen PORT", "--listen --verbose {free}"),
    greeted("-l ADDRESS PORT", "-lv 127.0.0.1 {free}"),
    greeted("-l NAME PORT, -4", "-4lv localhost {free}"),
    greeted("-l -p PORT", "-lv -p {free}"),
    greeted("-l --source-port PORT", "-lv --source-port {free}"),
    greeted("-l -n", "-lnv 127.0.0.1 {free}"),
    greeted("-l -4", "-l4v {free}"),
    greeted("-w does not end the waiting", "-lv -w 1 127.0.0.1 {free}"),
    Scenario { other: TCP6, ..greeted("-l on every address, IPv6 client", "-lv {free}") },
    Scenario { other: TCP6, ..greeted("-l ::1", "-lv ::1 {free}") },
    Scenario { other: TCP6, ..greeted("-l -6", "-l6v {free}") },
    Scenario {
        input: In::Pipe,
        steps: &[
            Step::Meet,
            Step::Send(b"question\n"),
            Step::Shown(9),
            Step::Feed(b"answer\n"),
            Step::Receive(7),
            Step::Close,
            Step::Ends,
        ],
        ..greeted("a listener answers", "-lv 127.0.0.1 {free}")
    },
    Scenario {
        input: In::Pipe,
        steps: &[
            Step::Meet,
            Step::Send(
                b"one
",
            ),
            Step::Shown(4),
            Step::Refused,
            Step::Close,
            Step::Ends,
        ],
        ..greeted("a second client is refused", "-l 127.0.0.1 {free}")
    },
    Scenario {
        name: "SIGINT ends the waiting",
        args: "-lv 127.0.0.1 {free}",
        steps: &[Step::Says("Ncat: Listening"), Step::Signal(2), Step::Ends],
        before: Some((7, 94)),
        differs: Some(dies_of(130)),
        ..PLAIN
    },
    Scenario {
        name: "SIGTERM ends the waiting",
        args: "-lv 127.0.0.1 {free}",
        steps: &[Step::Says("Ncat: Listening"), Step::Signal(15), Step::Ends],
        before: Some((7, 94)),
        differs: Some(dies_of(143)),
        ..PLAIN
    },
    fails("port in use", "-l 127.0.0.1 {shared}"),
    fails("port in use, -v", "-lv 127.0.0.1 {shared}"),
    Scenario {
        differs: Some(Differs {
            original: "tells of each address that it has before it tries the next one",
            ours: "tells of addresses once it has them all",
            because: "the status is the same; nobody is served in either case",
            must: &[Must::Status(2), Must::Say("in use. QUITTING."), Must::NotSay("Listening on")],
        }),
        ..fails("port in use, every address", "-lv {shared}")
    },
    fails("address not ours", "-l 192.0.2.1 {free}"),
    fails("listens on a name with -n", "-ln localhost {free}"),
    Scenario { other: TCP6, ..greeted("-l -46: the last wins", "-46lv {free}") },
    greeted("-l -64: the last wins", "-64lv {free}"),
    Scenario {
        input: In::Pipe,
        steps: &[Step::Meet, Step::Send(b"hello\n"), Step::Shown(6), Step::Reset, Step::Ends],
        differs: Some(Differs {
            original: "leaves without a word, status 1",
            ours: "names the reset, status 1",
            because: "the status is the same; the words are for people",
            must: &[Must::Fail, Must::Stdout(b"hello\n"), Must::Say("Connection reset by peer")],
        }),
        ..greeted("a client's reset", "-l 127.0.0.1 {free}")
    },
    Scenario {
        differs: Some(Differs {
            original: "two lines for a connection, the first without the port",
            ours: "as Ncat 7.94: one line with address and port",
            because: "the words are for people",
            must: &[
                Must::Succeed,
                Must::Say("Ncat: Connection from 127.0.0.1:{peer}.\n"),
                Must::NotSay("Ncat: Connection from 127.0.0.1.\n"),
            ],
        }),
        before: Some((7, 94)),
        ..greeted("the lines of a connection", "-lv 127.0.0.1 {free}")
    },
    Scenario {
        differs: Some(Differs {
            original: "an IPv6 address and its port run together: `:::8080`",
            ours: "as Ncat 7.94: `[::]:8080`",
            because: "the words are for people",
            must: &[Must::Succeed, Must::Say("Ncat: Listening on [::]:")],
        }),
        before: Some((7, 94)),
        ..greeted("the line of a listener on every address", "-lv {free}")
    },
];
