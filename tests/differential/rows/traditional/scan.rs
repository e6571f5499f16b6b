//! Scans: `-z`, ranges, several ports.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const UDP: Other = Other::Listens(Family::Udp);

const fn closed(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn open(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, other: TCP, steps: &[Step::Meet, Step::ReceiveAll, Step::Ends], ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    open("-z", "-z 127.0.0.1 {port}"),
    open("-zv", "-zv 127.0.0.1 {port}"),
    open("-nzv", "-nzv 127.0.0.1 {port}"),
    open("-nzvv", "-nzvv 127.0.0.1 {port}"),
    Scenario { input: In::Pipe, ..open("-z with an input", "-nz 127.0.0.1 {port}") },
    closed("-z, closed", "-nz 127.0.0.1 {closed}"),
    closed("-zv, closed", "-nzv 127.0.0.1 {closed}"),
    closed("-zvv, closed", "-nzvv 127.0.0.1 {closed}"),
    open("-zv of a range", "-nzv 127.0.0.1 {below}-{above}"),
    open("-zvv of a range: downwards", "-nzvv 127.0.0.1 {below}-{above}"),
    open("-z of a range", "-nz 127.0.0.1 {below}-{above}"),
    open("-zv of several ports", "-nzv 127.0.0.1 {closed} {port} {closed2}"),
    closed("-zv of several ports, all closed", "-nzv 127.0.0.1 {closed} {closed2}"),
    Scenario {
        differs: Some(Differs {
            original: "pauses behind each port, also behind the last one: three ports with `-i 1` take three seconds",
            ours: "pauses between ports: two seconds",
            because: "behind the last port there is nothing to pause for",
            must: &[Must::Succeed, Must::Reach(b""), Must::Say("open"), Must::Within(2_800)],
        }),
        ..open("-zvv -i 1 of a range", "-nzvv -i 1 127.0.0.1 {below}-{above}")
    },
    Scenario {
        lasts: Some(1.0),
        ..closed("-z -w 1, nobody answers", "-nzv -w 1 127.0.0.1 {full}")
    },
    Scenario {
        name: "-zu",
        args: "-nzu -w 1 127.0.0.1 {port}",
        other: UDP,
        steps: &[Step::Meet, Step::Receive(1), Step::Receive(1), Step::Ends],
        ..PLAIN
    },
    Scenario {
        name: "-zuv",
        args: "-nzuv -w 1 127.0.0.1 {port}",
        other: UDP,
        steps: &[Step::Meet, Step::Receive(1), Step::Receive(1), Step::Ends],
        ..PLAIN
    },
    Scenario { other: UDP, ..closed("-zu, closed", "-nzu -w 1 127.0.0.1 {udp-closed}") },
    Scenario { other: UDP, ..closed("-zuv, closed", "-nzuv -w 1 127.0.0.1 {udp-closed}") },
    Scenario {
        steps: &[Step::Ends],
        differs: Some(Differs {
            original: "tests the first number alone",
            ours: "tests the whole range",
            because: "nobody writes a range for one port",
            must: &[Must::Succeed, Must::Say("{port} (?) open")],
        }),
        ..open("a range that is upside down", "-nzv 127.0.0.1 {above}-{below}")
    },
];
