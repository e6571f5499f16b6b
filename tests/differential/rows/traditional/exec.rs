//! Programs on the socket itself: `-e`, `-c`.

use crate::scenario::{Family, Other, PLAIN, Scenario, Step};

const TCP: Other = Other::Listens(Family::Tcp);
const CLIENT: Other = Other::Calls(Family::Tcp);

const ECHO: &[Step] = &[
    Step::Meet,
    Step::Send(b"to and fro\n"),
    Step::Receive(11),
    Step::HalfClose,
    Step::ReceiveAll,
    Step::Close,
    Step::Ends,
];

const TOLD: &[Step] = &[Step::Meet, Step::ReceiveAll, Step::Close, Step::Ends];

const fn serves(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, other: CLIENT, steps, ..PLAIN }
}

const fn calls(name: &'static str, args: &'static str, steps: &'static [Step]) -> Scenario {
    Scenario { name, args, other: TCP, steps, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    serves("-l -e", "-ln -e /bin/cat -p {free}", ECHO),
    serves("-l -e, -v", "-lnv -e /bin/cat -p {free}", ECHO),
    serves("-l -c", "-ln -c cat -p {free}", ECHO),
    serves("-l -c with blanks", "-ln -c 'echo one; echo two' -p {free}", TOLD),
    serves("-l -e takes one path", "-ln -e '/bin/echo one' -p {free}", TOLD),
    serves("-l -e looks in no PATH", "-ln -e cat -p {free}", TOLD),
    serves("-l -e, no such program", "-ln -e /no/such -p {free}", TOLD),
    serves("-l -c, the status is the program's", "-ln -c 'echo said; exit 7' -p {free}", TOLD),
    serves("-l -c, no such program", "-ln -c '/no/such 2>/dev/null' -p {free}", TOLD),
    serves("-l -c, its stderr is ours", "-ln -c 'echo aside >&2; echo said' -p {free}", TOLD),
    serves("-l -c with -o", "-ln -o {log} -c 'echo said' -p {free}", TOLD),
    calls("-e of a client", "-n -e /bin/cat 127.0.0.1 {port}", ECHO),
    calls("-c of a client", "-n -c 'echo said' 127.0.0.1 {port}", TOLD),
    calls("-c of a client, -v", "-nv -c 'echo said; exit 3' 127.0.0.1 {port}", TOLD),
    calls("-e of a client that is refused", "-n -e /bin/cat 127.0.0.1 {closed}", &[Step::Ends]),
    Scenario {
        other: Other::Calls(Family::Udp),
        ..serves(
            "UDP -l -e",
            "-lnu -e /bin/cat -p {free}",
            &[
                Step::Meet,
                Step::Send(b"one\n"),
                Step::Receive(4),
                Step::Send(b"two\n"),
                Step::Receive(4),
                Step::Stays(100),
            ],
        )
    },
];
