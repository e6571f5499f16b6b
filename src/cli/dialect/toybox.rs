//! toybox's netcat, 0.8.9 and what later ones added (`-o`, `-O`, `-v`, `-z`).
//!
//! Options end at the first operand. Different on purpose: `-t` goes with `-l` and `-L`, as the
//! original's own help has it and its parser does not.

use std::ffi::OsStr;

use super::super::option::{Group as G, Id, Opt, Spelling};
use super::super::to_plan;
use super::Dialect;
use crate::cli::number::{Problem, decimal};
use crate::cli::settings::Settings;
use crate::cli::time::{MOST_SECONDS, TimeStyle};
use crate::cli::usage_error::UsageError;
use crate::cli::{help, words};
use crate::event::VoiceName;

/// toybox.
pub static TOYBOX: Dialect = Dialect {
    name: "toybox",
    summary: "toybox (Android)",
    argv0: &["toybox-nc"],
    opts: OPTS,
    runs_without_arguments: false,
    permute: false,
    long_options: true,
    refuses_option_as_value: false,
    classic_status: true,
    abbreviates: false,
    voice: VoiceName::Toybox,
    words: words::toybox,
    usage_status: 1,
    help: help::toybox,
    times: TimeStyle::WholeSeconds,
    tos: &[],
    proxies: &[],
    to_plan: to_plan::toybox,
};

const OPTS: &[Opt] = &[
    Opt::switch(Id::Ipv4, G::Ends)
        .short('4')
        .refuses(|before, _| clash(before, '4', &[Id::Ipv6, Id::Unix]))
        .says("Force IPv4", "IPv4 only."),
    Opt::switch(Id::Ipv6, G::Ends)
        .short('6')
        .refuses(|before, _| clash(before, '6', &[Id::Ipv4, Id::Unix]))
        .says("Force IPv6", "IPv6 only."),
    Opt::switch(Id::ProgramErrors, G::Programs)
        .short('E')
        .says("Forward stderr", "The program's errors go to the peer as well."),
    Opt::value(Id::File, "FILENAME", G::Ends).short('f').says(
        "Use FILENAME (ala /dev/ttyS0) instead of network",
        "Open this file or device, a serial line for instance, in place of the network.",
    ),
    Opt::switch(Id::ListenForever, G::Mode)
        .short('L')
        .refuses(|before, _| clash(before, 'L', &[Id::Listen, Id::Wait, Id::Udp]))
        .says(
            "Listen and background each incoming connection (server mode)",
            "Listen again and again; each connection gets a program of its own, or without one \
             standard input and output in turn.",
        ),
    Opt::switch(Id::Listen, G::Mode)
        .short('l')
        .refuses(|before, _| clash(before, 'l', &[Id::ListenForever]))
        .says(
            "Listen for one incoming connection, then exit",
            "Listen for one connection. The operands are a program and its arguments that talk to \
             it; without them standard input and output do.",
        ),
    Opt::switch(Id::Numeric, G::Ends)
        .short('n')
        .says("No DNS lookup", "The host is a numeric address; no name is looked up."),
    Opt::value(Id::HexStream, "FILENAME", G::Data)
        .short('O')
        .refuses(|before, _| clash(before, 'O', &[Id::Output]))
        .says(
            "Hex dump in full lines to FILENAME",
            "Write what passes to this file in hex, in lines that go across packets. `-` is \
             standard output, in place of what the peer sends.",
        ),
    Opt::value(Id::Output, "FILENAME", G::Data)
        .short('o')
        .refuses(|before, _| clash(before, 'o', &[Id::HexStream]))
        .says(
            "Hex dump of each packet to FILENAME",
            "Write what passes to this file in hex, packet by packet. `-` is standard output, in \
             place of what the peer sends.",
        ),
    Opt::value(Id::SourcePort, "PORT", G::Ends).short('p').refuses(port).says(
        "Local port number",
        "Own port, a number; with `-l` and `-L` the port to listen on. Without it any that is free.",
    ),
    Opt::value(Id::QuitAfter, "SECONDS", G::Leaving)
        .short('q')
        .refuses(|_, value| seconds(value, "-q < 1"))
        .says(
            "Quit SECONDS after EOF on stdin, even if stdout hasn't closed yet",
            "At the end of input half-close, and leave that many seconds later at the latest.",
        ),
    Opt::value(Id::SourceAddress, "ADDR", G::Ends)
        .short('s')
        .says("Local source address", "Own address; with `-U` and `-l` the path to listen on."),
    Opt::switch(Id::Tty, G::Programs)
        .short('t')
        .says("Allocate tty", "Run the program in a pseudo-terminal."),
    Opt::switch(Id::Unix, G::Ends)
        .short('U')
        .refuses(|before, _| clash(before, 'U', &[Id::Ipv4, Id::Ipv6]))
        .says("Use a UNIX domain socket", "Unix-domain sockets; the operand is a path."),
    Opt::switch(Id::Udp, G::Ends)
        .short('u')
        .refuses(|before, _| clash(before, 'u', &[Id::ListenForever]))
        .says("Use UDP", "UDP, or with `-U` datagrams."),
    Opt::switch(Id::Verbose, G::Report)
        .short('v')
        .says("Verbose", "Say what happens on standard error."),
    Opt::value(Id::IdleTimeout, "SECONDS", G::Leaving)
        .short('W')
        .refuses(|_, value| seconds(value, "-W < 1"))
        .says(
            "SECONDS timeout for more data on an idle connection",
            "Leave when nothing moved for so long.",
        ),
    Opt::value(Id::Wait, "SECONDS", G::Leaving)
        .short('w')
        .refuses(|before, value| {
            clash(before, 'w', &[Id::ListenForever]).and_then(|()| seconds(value, "-w < 1"))
        })
        .says(
            "SECONDS timeout to establish connection",
            "Limit in whole seconds for connecting, or for the first client.",
        ),
    Opt::switch(Id::Scan, G::Mode)
        .short('z')
        .says("Connect, then exit", "Look whether the port answers; send no data."),
    Opt::switch(Id::Help, G::Report)
        .long("help")
        .says("This text", "Print the help text on standard output and leave with status 0."),
    Opt::switch(Id::Version, G::Report)
        .long("version")
        .says("Version", "Print version, dialects and features."),
];

/// The first of `others` that was given excludes this one.
fn clash(before: &Settings, this: char, others: &[Id]) -> Result<(), UsageError> {
    match others.iter().find_map(|id| before.spelling(*id)) {
        Some(first) => {
            let why = "toybox takes one of them";
            Err(UsageError::Exclusive { first, second: Spelling::Short(this), why })
        }
        None => Ok(()),
    }
}

fn seconds(value: &OsStr, too_small: &'static str) -> Result<(), UsageError> {
    let most = i64::try_from(MOST_SECONDS).unwrap_or(i64::MAX);
    number(value, most, too_small, None)
}

fn port(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    number(value, i64::from(u16::MAX), "-p < 1", Some("-p > 65535"))
}

fn number(
    value: &OsStr,
    most: i64,
    too_small: &'static str,
    too_large: Option<&'static str>,
) -> Result<(), UsageError> {
    match (decimal(value, 1, most), too_large) {
        (Ok(_), _) => Ok(()),
        (Err(Problem::TooSmall), _) => Err(UsageError::Refused(too_small)),
        (Err(Problem::TooLarge), Some(too_large)) => Err(UsageError::Refused(too_large)),
        (Err(Problem::TooLarge), None) => Err(UsageError::RefusedValue {
            before: "",
            value: value.to_owned(),
            after: ": Numerical result out of range",
        }),
        (Err(Problem::Invalid), _) => Err(UsageError::RefusedValue {
            before: "not integer: ",
            value: value.to_owned(),
            after: "",
        }),
    }
}
