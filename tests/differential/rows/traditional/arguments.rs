//! Command lines that say what they are before anything is opened, or whose only answer is a refusal.

use crate::scenario::{Differs, In, Must, PLAIN, Scenario, Step};

const fn says(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

const fn strict(
    name: &'static str,
    args: &'static str,
    original: &'static str,
    must: &'static [Must],
) -> Scenario {
    Scenario {
        differs: Some(Differs {
            original,
            ours: "refuses it before anything is opened, status 1",
            because: "a number is digits alone, and nobody writes it otherwise",
            must,
        }),
        ..says(name, args)
    }
}

pub const ROWS: &[Scenario] = &[
    says("no arguments, no input", ""),
    Scenario {
        input: In::Pipe,
        steps: &[Step::Feed(b"-h\n"), Step::EndInput, Step::Ends],
        ..says("no arguments: the command line is read", "")
    },
    says("-h", "-h"),
    says("an unknown letter", "-Y"),
    says("a letter of other netcats: -U", "-U {path}"),
    says("a letter of other netcats: -N", "-N 127.0.0.1 {closed}"),
    says("a long option", "--frob"),
    says("a missing value: -w", "-w"),
    says("a missing value in a bundle", "-lw"),
    says("a host and no port", "127.0.0.1"),
    says("nothing but a flag", "-v"),
    says("nothing but -z", "-z"),
    says("port 0", "127.0.0.1 0"),
    says("port 65536", "127.0.0.1 65536"),
    says("port abc", "127.0.0.1 abc"),
    says("an open range", "127.0.0.1 3-"),
    says("-p abc", "-p abc 127.0.0.1 {closed}"),
    says("-p 0", "-p 0 127.0.0.1 {closed}"),
    says("-w 0", "-w 0 127.0.0.1 {closed}"),
    says("-w abc", "-w abc 127.0.0.1 {closed}"),
    says("-i 0", "-i 0 127.0.0.1 {closed}"),
    says("-i abc", "-i abc 127.0.0.1 {closed}"),
    says("-i 65536", "-i 65536 127.0.0.1 {closed}"),
    says("-G 5", "-G 5 127.0.0.1 {closed}"),
    says("-G 32", "-G 32 127.0.0.1 {closed}"),
    says("-g of an unknown host", "-g no-such-host.invalid 127.0.0.1 {closed}"),
    says("-s of an unknown host", "-s no-such-host.invalid 127.0.0.1 {closed}"),
    says("-a is not there", "-a 127.0.0.1 {closed}"),
    says("options behind the operands", "127.0.0.1 {closed} -nv"),
    says("options between the operands", "127.0.0.1 -nv {closed}"),
    says("the end of options", "-nv -- 127.0.0.1 {closed}"),
    says("a bundle with a value", "-nzvw1 127.0.0.1 {closed}"),
    says("-l with -z", "-lzv -w 1 -p {free}"),
    strict(
        "port 22x",
        "127.0.0.1 22x",
        "takes `22x` for 22",
        &[Must::Status(1), Must::Say("22x"), Must::Say("invalid port")],
    ),
    Scenario {
        differs: Some(Differs {
            original: "a number of eleven digits overflows a buffer, and it is aborted",
            ours: "`invalid port 99999999999`, status 1",
            because: "nobody waits for a crash",
            must: &[Must::Status(1), Must::Say("invalid port 99999999999")],
        }),
        ..says("port 99999999999", "127.0.0.1 99999999999")
    },
    strict(
        "`-p 70000`",
        "-p 70000 127.0.0.1 {closed}",
        "the source port wraps: 4464 is taken",
        &[Must::Status(1), Must::Say("70000")],
    ),
    strict(
        "`-l -p 131071`",
        "-l -w 1 -p 131071",
        "the port wraps modulo 65536",
        &[Must::Status(1), Must::Say("131071")],
    ),
    strict(
        "`-w -1`",
        "-w -1 127.0.0.1 {closed}",
        "takes it for the longest time there is",
        &[Must::Status(1), Must::Say("-1")],
    ),
    strict(
        "`-w 1x`",
        "-w 1x 127.0.0.1 {closed}",
        "takes `1x` for 1",
        &[Must::Status(1), Must::Say("1x")],
    ),
    strict(
        "`-q abc`",
        "-q abc 127.0.0.1 {closed}",
        "takes what is no number for 0",
        &[Must::Status(1), Must::Say("abc")],
    ),
    strict(
        "`-T foo`",
        "-T foo 127.0.0.1 {closed}",
        "takes an unknown type of service for 0",
        &[Must::Status(1), Must::Say("foo")],
    ),
];
