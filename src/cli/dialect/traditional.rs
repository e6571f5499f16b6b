//! netcat-traditional 1.10-47 as Debian ships it.
//!
//! The letters and their arity are the original's. What it reads with `atoi`, and so half, is read
//! whole here or refused.

use std::ffi::OsStr;

use super::super::option::{Group as G, Id, Opt};
use super::super::to_plan;
use super::Dialect;
use crate::cli::number::decimal;
use crate::cli::settings::Settings;
use crate::cli::time::{MOST_SECONDS, TimeStyle};
use crate::cli::tos::TRADITIONAL_TOS;
use crate::cli::usage_error::UsageError;
use crate::cli::{help, words};
use crate::event::VoiceName;

/// netcat-traditional 1.10-47, Debian.
pub static TRADITIONAL: Dialect = Dialect {
    name: "traditional",
    summary: "netcat-traditional 1.10 (Debian, Kali)",
    argv0: &["nc.traditional"],
    opts: OPTS,
    runs_without_arguments: true,
    permute: true,
    long_options: false,
    refuses_option_as_value: false,
    classic_status: true,
    abbreviates: false,
    voice: VoiceName::Traditional,
    words: words::traditional,
    usage_status: 1,
    help: help::traditional,
    times: TimeStyle::WholeSeconds,
    tos: &[TRADITIONAL_TOS],
    proxies: &[],
    to_plan: to_plan::traditional,
};

const OPTS: &[Opt] = &[
    Opt::value(Id::ShellExec, "shell commands", G::Programs).short('c').says(
        "as `-e'; use /bin/sh to exec [dangerous!!]",
        "Run these words by `/bin/sh` once connected, on the connection itself.",
    ),
    Opt::value(Id::Exec, "filename", G::Programs).short('e').says(
        "program to exec after connect [dangerous!!]",
        "Run this file once connected, on the connection itself. The whole value is one path: it \
         has no arguments and is looked for nowhere else.",
    ),
    Opt::switch(Id::Broadcast, G::Socket)
        .short('b')
        .says("allow broadcasts", "Allow sending to broadcast addresses."),
    Opt::value(Id::SourceRoute, "gateway", G::Socket).short('g').refuses(hops).says(
        "source-routing hop point[s], up to 8",
        "A hop of a loose source route; repeated, up to eight.",
    ),
    Opt::value(Id::SourceRoutePointer, "num", G::Socket).short('G').refuses(pointer).says(
        "source-routing pointer: 4, 8, 12, ...",
        "The pointer of the source route, a multiple of 4 up to 28.",
    ),
    Opt::switch(Id::Help, G::Report)
        .short('h')
        .says("this cruft", "Print the help text on standard error and leave with status 0."),
    Opt::value(Id::Interval, "secs", G::Data).short('i').refuses(interval).says(
        "delay interval for lines sent, ports scanned",
        "Pause for whole seconds before each line sent and between ports.",
    ),
    Opt::switch(Id::KeepAlive, G::Socket).short('k').says(
        "set keepalive option on socket",
        "Ask the kernel to probe an idle connection (`SO_KEEPALIVE`).",
    ),
    Opt::switch(Id::Listen, G::Mode).short('l').says(
        "listen mode, for inbound connects",
        "Listen on the port that `-p` names, or on any that is free. Operands are the peer that \
         may connect, and its port.",
    ),
    Opt::switch(Id::Numeric, G::Ends).short('n').says(
        "numeric-only IP addresses, no DNS",
        "Look up no names, neither of hosts nor of services.",
    ),
    Opt::value(Id::Output, "file", G::Data).short('o').says(
        "hex dump of traffic",
        "Write what passes to this file, in hex. With `-e` or `-c` nothing is written.",
    ),
    Opt::value(Id::SourcePort, "port", G::Ends)
        .short('p')
        .says("local port number", "Own port; with `-l` the port to listen on."),
    Opt::switch(Id::Randomize, G::Mode).short('r').says(
        "randomize local and remote ports",
        "Take the ports of a range in random order, each from a random port of 8192 or above.",
    ),
    Opt::value(Id::QuitAfter, "secs", G::Leaving).short('q').says(
        "quit after EOF on stdin and delay of secs",
        "At the end of input half-close, and leave that many seconds later at the latest. \
         Negative: never.",
    ),
    Opt::value(Id::SourceAddress, "addr", G::Ends)
        .short('s')
        .says("local source address", "Own address; with `-l` the address to listen on."),
    Opt::value(Id::Tos, "tos", G::Socket).short('T').says(
        "set Type Of Service",
        "Type of service: `Minimize-Delay`, `Maximize-Throughput`, `Maximize-Reliability`, \
         `Minimize-Cost` or a number.",
    ),
    Opt::switch(Id::Telnet, G::Data)
        .short('t')
        .says("answer TELNET negotiation", "Refuse what telnet negotiation asks for."),
    Opt::switch(Id::Udp, G::Ends).short('u').says("UDP mode", "UDP in place of TCP."),
    Opt::switch(Id::Verbose, G::Report).short('v').says(
        "verbose [use twice to be more verbose]",
        "Say what happens on standard error; twice, refusals and counts as well.",
    ),
    Opt::value(Id::Wait, "secs", G::Leaving).short('w').refuses(wait).says(
        "timeout for connects and final net reads",
        "Limit in whole seconds for connecting, or for the first client; and after the end of \
         input leave when nothing came for twice as long.",
    ),
    Opt::switch(Id::Crlf, G::Data)
        .short('C')
        .says("Send CRLF as line-ending", "Send each line feed as carriage return and line feed."),
    Opt::switch(Id::Scan, G::Mode)
        .short('z')
        .says("zero-I/O mode [used for scanning]", "Look which ports answer; send no data."),
    Opt::switch(Id::NotYet, G::Ends)
        .short('a')
        .refuses(|_, _| Err(UsageError::Refused("all-A-records NIY")))
        .says("all addresses of a name", "Refused when it is met, as in the original."),
];

fn refused(before: &'static str, value: &OsStr, after: &'static str) -> UsageError {
    UsageError::RefusedValue { before, value: value.to_owned(), after }
}

fn wait(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    let most = i64::try_from(MOST_SECONDS).unwrap_or(i64::MAX);
    match decimal(value, 1, most) {
        Ok(_) => Ok(()),
        Err(_) => Err(refused("invalid wait-time ", value, "")),
    }
}

fn interval(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    match decimal(value, 1, i64::from(u16::MAX)) {
        Ok(_) => Ok(()),
        Err(_) => Err(refused("invalid interval time ", value, "")),
    }
}

fn pointer(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    match decimal(value, 4, 28) {
        Ok(pointer) if pointer % 4 == 0 => Ok(()),
        _ => Err(refused("invalid hop pointer ", value, ", must be multiple of 4 <= 28")),
    }
}

/// The original lets a ninth pass, for which an IP option has no room.
fn hops(before: &Settings, _: &OsStr) -> Result<(), UsageError> {
    match before.count(Id::SourceRoute) {
        0..8 => Ok(()),
        _ => Err(UsageError::Refused("too many -g hops")),
    }
}
