//! Programs on the connection: `-e`, `-c`, their environment, their end.

use crate::scenario::{Differs, Family, In, Must, Other, PLAIN, Scenario, Step};

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

const NO_PROGRAM: Option<Differs> = Some(Differs {
    original: "says that the program cannot be run, status 0",
    ours: "says so, status 1",
    because: "a status of 0 says that it was run",
    must: &[Must::Fail, Must::Say("No such file or directory"), Must::Reach(b"")],
});

pub const ROWS: &[Scenario] = &[
    serves("-l -e", "-l -e /bin/cat 127.0.0.1 {free}", ECHO),
    serves("-l --exec", "-l --exec /bin/cat 127.0.0.1 {free}", ECHO),
    serves("-l -c", "-l -c cat 127.0.0.1 {free}", ECHO),
    serves("-l --sh-exec", "-l --sh-exec 'echo one; echo two' 127.0.0.1 {free}", TOLD),
    serves("-l -e -v", "-lv -e /bin/cat 127.0.0.1 {free}", ECHO),
    serves("-l -e with arguments", "-l -e '/bin/echo one two' 127.0.0.1 {free}", TOLD),
    serves(
        "-l -e, a blank behind a backslash",
        "-l -e '/bin/echo one\\ two three' 127.0.0.1 {free}",
        TOLD,
    ),
    serves("-l -e, quotes are letters", "-l -e '/bin/echo \"one two\"' 127.0.0.1 {free}", TOLD),
    Scenario {
        differs: NO_PROGRAM,
        ..serves("-l -e looks in no PATH", "-l -e cat 127.0.0.1 {free}", TOLD)
    },
    Scenario {
        differs: NO_PROGRAM,
        ..serves("-l -e, no such program", "-l -e /no/such 127.0.0.1 {free}", TOLD)
    },
    serves("-l -c, no such program", "-l -c '/no/such 2>/dev/null' 127.0.0.1 {free}", TOLD),
    serves("-l -c, its stderr is ours", "-l -c 'echo aside >&2; echo said' 127.0.0.1 {free}", TOLD),
    serves("-l -c, its status is not ours", "-l -c 'echo said; exit 7' 127.0.0.1 {free}", TOLD),
    serves(
        "-l -c, the environment of a server",
        "-l -c 'echo $NCAT_REMOTE_ADDR $NCAT_REMOTE_PORT $NCAT_LOCAL_ADDR $NCAT_LOCAL_PORT $NCAT_PROTO' 127.0.0.1 {free}",
        TOLD,
    ),
    Scenario {
        other: Other::Calls(Family::Tcp6),
        ..serves(
            "-l -c, the environment of a server, IPv6",
            "-l -c 'echo $NCAT_REMOTE_ADDR $NCAT_REMOTE_PORT $NCAT_LOCAL_ADDR $NCAT_LOCAL_PORT $NCAT_PROTO' ::1 {free}",
            TOLD,
        )
    },
    calls(
        "-c, the environment of a client",
        "-p {free} -c 'echo $NCAT_REMOTE_ADDR $NCAT_REMOTE_PORT $NCAT_LOCAL_ADDR $NCAT_LOCAL_PORT $NCAT_PROTO' 127.0.0.1 {port}",
        TOLD,
    ),
    calls("-e of a client", "-e /bin/cat 127.0.0.1 {port}", ECHO),
    calls("-c of a client", "-c 'echo said' 127.0.0.1 {port}", TOLD),
    calls(
        "-c of a client, its status is not ours",
        "-c 'echo said; exit 7' 127.0.0.1 {port}",
        TOLD,
    ),
    Scenario {
        differs: NO_PROGRAM,
        ..calls("-e of a client, no such program", "-e /no/such 127.0.0.1 {port}", TOLD)
    },
    calls("-e of a client that is refused", "-e /bin/cat 127.0.0.1 {closed}", &[Step::Ends]),
    calls("-c of a client, -v", "-v -c 'echo said' 127.0.0.1 {port}", TOLD),
    Scenario {
        input: In::Pipe,
        ..serves(
            "-e does not read our input",
            "-l -c 'echo said' 127.0.0.1 {free}",
            &[Step::Feed(b"unread\n"), Step::Meet, Step::ReceiveAll, Step::Close, Step::Ends],
        )
    },
    serves(
        "-lk -e: one program for each client",
        "-lk -e /bin/cat 127.0.0.1 {free}",
        &[
            Step::Meet,
            Step::Send(b"one\n"),
            Step::Receive(4),
            Step::Join,
            Step::Send(b"two\n"),
            Step::Receive(4),
            Step::As(0),
            Step::Send(b"three\n"),
            Step::Receive(6),
            Step::HalfClose,
            Step::ReceiveAll,
            Step::As(1),
            Step::HalfClose,
            Step::ReceiveAll,
            Step::Stays(100),
        ],
    ),
    serves(
        "-lk -c: one client after another",
        "-lk -c 'echo said' 127.0.0.1 {free}",
        &[Step::Meet, Step::ReceiveAll, Step::Meet, Step::ReceiveAll, Step::Stays(100)],
    ),
    serves("-l -c -C", "-l -C -c 'echo said' 127.0.0.1 {free}", TOLD),
    serves(
        "-l -c -o",
        "-l -o {log} -c 'read line; echo said' 127.0.0.1 {free}",
        &[Step::Meet, Step::Send(b"asked\n"), Step::ReceiveAll, Step::Close, Step::Ends],
    ),
    serves(
        "-l -c, much",
        "-l -c 'head -c 3000000 /dev/zero' 127.0.0.1 {free}",
        &[Step::Meet, Step::ReceiveAll, Step::Close, Step::Ends],
    ),
    Scenario {
        differs: Some(Differs {
            original: "the program finds descriptors of Ncat's besides 0, 1 and 2: the listening socket among them",
            ours: "the program finds 0, 1 and 2",
            because: "no program knows what stands there",
            must: &[Must::Succeed, Must::Reach(b"done\n")],
        }),
        ..serves(
            "the descriptors of a program",
            "-l -c 'exec 2>/dev/null; for n in 3 4 5 6 7 8 9; do (eval \": <&$n\") && echo $n; done; echo done' 127.0.0.1 {free}",
            TOLD,
        )
    },
    serves(
        "-l -c, the program dies of SIGPIPE as usual",
        "-l -c 'yes | head -n 1' 127.0.0.1 {free}",
        TOLD,
    ),
];
