//! GNU netcat 0.7.1.
//!
//! Letters, long names and arity are the original's; long names may be cut short. What it reads
//! with `atoi`, and so half, is read whole here or refused.

use std::ffi::OsStr;

use super::super::option::{Group as G, Id, Opt};
use super::super::to_plan;
use super::Dialect;
use crate::cli::number::decimal;
use crate::cli::settings::Settings;
use crate::cli::time::{MOST_SECONDS, TimeStyle};
use crate::cli::usage_error::UsageError;
use crate::cli::{help, words};
use crate::event::VoiceName;

/// GNU netcat 0.7.1.
pub static GNU: Dialect = Dialect {
    name: "gnu",
    summary: "GNU netcat 0.7.1",
    argv0: &[],
    opts: OPTS,
    runs_without_arguments: true,
    permute: true,
    long_options: true,
    refuses_option_as_value: false,
    classic_status: true,
    abbreviates: true,
    voice: VoiceName::Gnu,
    words: words::gnu,
    usage_status: 1,
    help: help::gnu,
    times: TimeStyle::WholeSeconds,
    tos: &[],
    proxies: &[],
    to_plan: to_plan::gnu,
};

const OPTS: &[Opt] = &[
    Opt::switch(Id::Close, G::Leaving).short('c').long("close").says(
        "leave at the end of input",
        "Close the connection at the end of input; what the peer still sends is not waited for.",
    ),
    Opt::switch(Id::Ignored, G::Report)
        .short('d')
        .long("debug")
        .says("nothing", "Accepted, and without effect."),
    Opt::value(Id::Exec, "PROGRAM", G::Programs).short('e').long("exec").refuses(exec).says(
        "run this once connected",
        "Run these words by `/bin/sh` once connected, on the connection itself; errors go to the \
         peer as well.",
    ),
    Opt::value(Id::SourceRoute, "LIST", G::Socket)
        .short('g')
        .long("gateway")
        .says("nothing", "Accepted, and without effect, as in the original."),
    Opt::value(Id::SourceRoutePointer, "NUM", G::Socket)
        .short('G')
        .long("pointer")
        .says("nothing", "Accepted, and without effect, as in the original."),
    Opt::switch(Id::Help, G::Report)
        .short('h')
        .long("help")
        .says("this text", "Print the help text on standard output and leave with status 0."),
    Opt::value(Id::Interval, "SECS", G::Data).short('i').long("interval").refuses(interval).says(
        "pause between lines sent",
        "Pause for whole seconds between lines sent and between ports.",
    ),
    Opt::switch(Id::Listen, G::Mode).short('l').long("listen").refuses(one_mode).says(
        "wait for a connection",
        "Listen on the port that `-p` names, or on any that is free. Operands are the peer that \
         may connect, and its port; others are dropped.",
    ),
    Opt::value(Id::Tunnel, "ADDRESS:PORT", G::Mode).short('L').long("tunnel").refuses(tunnel).says(
        "lead the port of -p to this one",
        "Listen on the port that `-p` names and connect whoever comes to this address.",
    ),
    Opt::switch(Id::Numeric, G::Ends)
        .short('n')
        .long("dont-resolve")
        .says("look up no names", "Hosts are numeric addresses; no name is looked up."),
    Opt::value(Id::Output, "FILE", G::Data)
        .short('o')
        .long("output")
        .says("write what passes to FILE, in hex", "Write what passes to this file, in hex."),
    Opt::value(Id::SourcePort, "NUM", G::Ends)
        .short('p')
        .long("local-port")
        .says("own port", "Own port; with `-l` and `-L` the port to listen on."),
    Opt::value(Id::TunnelPort, "NUM", G::Ends)
        .short('P')
        .long("tunnel-port")
        .says("own port at the far side of a tunnel", "Own port at the far side of a tunnel."),
    Opt::switch(Id::Randomize, G::Mode)
        .short('r')
        .long("randomize")
        .says("ports in random order", "Take the ports in random order."),
    Opt::value(Id::SourceAddress, "ADDRESS", G::Ends)
        .short('s')
        .long("source")
        .says("own address", "Own address; with `-l` and `-L` the address to listen on."),
    Opt::value(Id::TunnelSource, "ADDRESS", G::Ends).short('S').long("tunnel-source").says(
        "own address at the far side of a tunnel",
        "Own address at the far side of a tunnel.",
    ),
    Opt::switch(Id::Tcp, G::Ends)
        .short('t')
        .long("tcp")
        .says("TCP, which is so anyway", "TCP. Of `-t` and `-u` the last one counts."),
    Opt::switch(Id::Telnet, G::Data)
        .short('T')
        .long("telnet")
        .says("answer telnet negotiation", "Refuse what telnet negotiation asks for."),
    Opt::switch(Id::Udp, G::Ends).short('u').long("udp").says("UDP", "UDP in place of TCP."),
    Opt::switch(Id::Verbose, G::Report).short('v').long("verbose").says(
        "say what happens; twice, say more",
        "Say what happens on standard error; twice, say more.",
    ),
    Opt::switch(Id::Version, G::Report)
        .short('V')
        .long("version")
        .says("version", "Print version, dialects and features."),
    Opt::switch(Id::HexDump, G::Data).short('x').long("hexdump").says(
        "write what passes to stderr, in hex",
        "Write what passes to standard error, in hex; with `-o` to its file.",
    ),
    Opt::value(Id::Wait, "SECS", G::Leaving).short('w').long("wait").refuses(wait).says(
        "limit for connecting and for silence",
        "Limit in whole seconds for connecting, for the first client, and for a connection on \
         which nothing moves.",
    ),
    Opt::switch(Id::Scan, G::Mode).short('z').long("zero").refuses(zero).says(
        "only look which ports answer",
        "Look which ports answer; send no data. With `-l`: let nobody in.",
    ),
];

fn seconds(value: &OsStr, before: &'static str, after: &'static str) -> Result<(), UsageError> {
    let most = i64::try_from(MOST_SECONDS).unwrap_or(i64::MAX);
    match decimal(value, 1, most) {
        Ok(_) => Ok(()),
        Err(_) => Err(UsageError::RefusedValue { before, value: value.to_owned(), after }),
    }
}

fn interval(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    seconds(value, "Invalid interval time \"", "\"")
}

fn wait(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    seconds(value, "Invalid wait-time: ", "")
}

fn exec(before: &Settings, _: &OsStr) -> Result<(), UsageError> {
    if before.has(Id::Exec) {
        Err(UsageError::Refused("Cannot specify `-e' option double"))
    } else {
        Ok(())
    }
}

fn one_mode(before: &Settings, _: &OsStr) -> Result<(), UsageError> {
    if before.has(Id::Listen) || before.has(Id::Tunnel) {
        Err(UsageError::Refused("You can specify mode flags (`-l' and `-L') only once"))
    } else {
        Ok(())
    }
}

fn tunnel(before: &Settings, value: &OsStr) -> Result<(), UsageError> {
    one_mode(before, value)?;
    not_both(before.has(Id::Scan))
}

fn zero(before: &Settings, _: &OsStr) -> Result<(), UsageError> {
    not_both(before.has(Id::Tunnel))
}

fn not_both(both: bool) -> Result<(), UsageError> {
    if both { Err(UsageError::Refused("`-L' and `-z' options are incompatible")) } else { Ok(()) }
}
