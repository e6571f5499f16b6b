//! Command lines whose only answer is a refusal, and refused connections.

use crate::scenario::{Differs, Must, PLAIN, Scenario};

const fn says(name: &'static str, args: &'static str) -> Scenario {
    Scenario { name, args, ..PLAIN }
}

pub const ROWS: &[Scenario] = &[
    says("no arguments", ""),
    says("a host and no port", "127.0.0.1"),
    says("three operands", "127.0.0.1 {closed} more"),
    says("an unknown letter", "-Y"),
    Scenario {
        differs: Some(Differs {
            original: "0.8.9 has no `-v`",
            ours: "takes `-v`, as later versions do",
            because: "it is refused there with status 1",
            must: &[Must::Say("Connection refused")],
        }),
        ..says("a letter of later versions: -v", "-v 127.0.0.1 {closed}")
    },
    says("a long option", "--frob"),
    says("a missing value: -w", "-w"),
    says("options behind the operands are operands", "127.0.0.1 {closed} -w 3"),
    says("-w abc", "-w abc 127.0.0.1 {closed}"),
    says("-w 0", "-w 0 127.0.0.1 {closed}"),
    says("-p abc", "-p abc -l"),
    says("-p 70000", "-p 70000 -l"),
    says("-p 0", "-l -p 0"),
    says("-q abc", "-q abc 127.0.0.1 {closed}"),
    says("-4 and -6", "-46 127.0.0.1 {closed}"),
    says("port abc", "127.0.0.1 abc"),
    says("a port by name", "127.0.0.1 discard"),
    says("--help", "--help"),
    says("port 22x", "127.0.0.1 22x"),
    says("port 0", "127.0.0.1 0"),
    says("refused", "127.0.0.1 {closed}"),
    says("refused, ::1", "::1 {closed}"),
    says("an unknown host", "no-such-host.invalid 80"),
    says("a name with -n", "-n localhost 80"),
    says("an IPv6 address with -4", "-4 ::1 80"),
    says("an IPv4 address with -6", "-6 127.0.0.1 80"),
    says("-f without a file", "-f {path}"),
    says("-U without a socket", "-U {path}"),
    says("port in use", "-s 127.0.0.1 -p {shared} -l"),
    says("address not ours", "-s 192.0.2.1 -p {free} -l"),
    Scenario { lasts: Some(1.0), ..says("nobody answers, -w 1", "-w 1 127.0.0.1 {full}") },
    Scenario { lasts: Some(1.0), ..says("-l -w 1: nobody comes", "-w 1 -p {free} -l") },
    Scenario {
        differs: Some(Differs {
            original: "the port wraps modulo 65536",
            ours: "refuses it before anything is opened, status 1",
            because: "nobody calls a port that nobody knows",
            must: &[Must::Status(1), Must::Say("65536")],
        }),
        ..says("port 65536", "127.0.0.1 65536")
    },
];
