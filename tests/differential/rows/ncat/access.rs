//! Who may connect: `--allow`, `--deny`, and their files.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const CLIENT: Other = Other::Calls(Family::Tcp);

/// The client is heard and leaves.
const LET_IN: &[Step] =
    &[Step::Meet, Step::Send(b"in\n"), Step::Shown(3), Step::Close, Step::Stays(100)];

/// The client is told nothing but the end.
const TURNED_AWAY: &[Step] = &[Step::Meet, Step::ReceiveAll, Step::Close, Step::Stays(100)];

const fn lets_in(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps: LET_IN, ..PLAIN }
}

const fn turns_away(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, input: In::Pipe, other: CLIENT, steps: TURNED_AWAY, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    lets_in("--allow an address", "-lk --allow 127.0.0.1 127.0.0.1 {free}"),
    lets_in("--allow, -v", "-lkv --allow 127.0.0.1 127.0.0.1 {free}"),
    lets_in("--allow a name, -4", "-4 -lk --allow localhost 127.0.0.1 {free}"),
    lets_in("--allow a network", "-lk --allow 127.0.0.0/8 127.0.0.1 {free}"),
    lets_in("--allow everything", "-lk --allow 0.0.0.0/0 127.0.0.1 {free}"),
    lets_in("--allow a range", "-lk --allow 127.0.0.0-9 127.0.0.1 {free}"),
    lets_in(
        "--allow a range and single numbers",
        "-lk --allow 127.0.0.5-9,192.0.2.1,127.0-3.0.1 127.0.0.1 {free}",
    ),
    lets_in("--allow with wildcards", "-lk --allow 127.*.*.1 127.0.0.1 {free}"),
    lets_in("--allow with an open range", "-lk --allow 127.0.0.-9 127.0.0.1 {free}"),
    lets_in(
        "--allow, the second of two",
        "-lk --allow 192.0.2.1 --allow 127.0.0.1 127.0.0.1 {free}",
    ),
    lets_in("--allow a list", "-lk --allow 192.0.2.1,127.0.0.1 127.0.0.1 {free}"),
    lets_in("--deny another", "-lk --deny 192.0.2.1 127.0.0.1 {free}"),
    lets_in("--deny another network", "-lk --deny 10.0.0.0/8,192.0.2.0/24 127.0.0.1 {free}"),
    turns_away("--allow another", "-lk --allow 192.0.2.1 127.0.0.1 {free}"),
    turns_away("--allow another, -v", "-lkv --allow 192.0.2.1 127.0.0.1 {free}"),
    turns_away("--allow another network", "-lk --allow 127.1.0.0/16 127.0.0.1 {free}"),
    turns_away("--deny an address", "-lk --deny 127.0.0.1 127.0.0.1 {free}"),
    turns_away("--deny, -v", "-lkv --deny 127.0.0.1 127.0.0.1 {free}"),
    turns_away("--deny a network", "-lk --deny 127.0.0.0/8 127.0.0.1 {free}"),
    turns_away("--deny a range", "-lk --deny 127.0.0.0-9 127.0.0.1 {free}"),
    turns_away("--deny before --allow", "-lk --allow 127.0.0.1 --deny 127.0.0.1 127.0.0.1 {free}"),
    turns_away("--deny with -e", "-lk --deny 127.0.0.1 -e /bin/cat 127.0.0.1 {free}"),
    turns_away("--deny with --broker", "-l --broker --deny 127.0.0.1 127.0.0.1 {free}"),
    turns_away("--deny with --chat", "-l --chat --deny 127.0.0.1 127.0.0.1 {free}"),
    Scenario {
        given: "192.0.2.1\n\n127.0.0.1\n",
        ..lets_in("--allowfile", "-lk --allowfile {given} 127.0.0.1 {free}")
    },
    Scenario {
        given: "192.0.2.1 127.0.0.0/8\n",
        ..lets_in("--allowfile, two in a line", "-lk --allowfile {given} 127.0.0.1 {free}")
    },
    Scenario {
        given: "127.0.0.1\n",
        ..turns_away("--denyfile", "-lk --denyfile {given} 127.0.0.1 {free}")
    },
    Scenario {
        given: "",
        ..turns_away("--allowfile that is empty", "-lk --allowfile {given} 127.0.0.1 {free}")
    },
    Scenario {
        given: "127.0.0.1/99\n",
        ..Scenario {
            name: "--allowfile with nonsense",
            args: "-lk --allowfile {given} 127.0.0.1 {free}",
            ..PLAIN
        }
    },
    Scenario {
        other: Other::Calls(Family::Tcp6),
        ..lets_in("--allow an IPv6 address", "-lk --allow ::1 ::1 {free}")
    },
    Scenario {
        other: Other::Calls(Family::Tcp6),
        ..lets_in("--allow an IPv6 network", "-lk --allow ::/64 ::1 {free}")
    },
    Scenario {
        other: Other::Calls(Family::Tcp6),
        ..turns_away("--allow another IPv6 network", "-lk --allow 2001:db8::/32 ::1 {free}")
    },
    Scenario {
        differs: Some(Differs {
            original: "stays without listening any more",
            ours: "goes on listening for somebody who may",
            because: "nobody waits for a program that can do nothing any more",
            must: &[Must::Stay, Must::Note("not refused")],
        }),
        steps: &[Step::Meet, Step::ReceiveAll, Step::Close, Step::Stays(200), Step::Refused],
        ..turns_away("a refused client without `-k`", "-l --deny 127.0.0.1 127.0.0.1 {free}")
    },
];
