//! BusyBox's two netcats: the one with 1.10 compatibility, which Alpine ships, and the small one
//! of initial RAM disks and routers.
//!
//! Letters and arity are the originals'. `-e` takes the rest of the command line.

use std::ffi::OsStr;

use super::super::option::{Group as G, Id, Opt};
use super::super::to_plan;
use super::Dialect;
use crate::cli::number::{Problem, decimal};
use crate::cli::settings::Settings;
use crate::cli::time::TimeStyle;
use crate::cli::usage_error::UsageError;
use crate::cli::{help, words};
use crate::event::VoiceName;

/// BusyBox built with 1.10 compatibility.
pub static BUSYBOX: Dialect = Dialect {
    name: "busybox",
    summary: "BusyBox with 1.10 compatibility (Alpine)",
    argv0: &["busybox-nc"],
    opts: OPTS,
    runs_without_arguments: false,
    permute: true,
    long_options: true,
    refuses_option_as_value: false,
    classic_status: true,
    abbreviates: false,
    voice: VoiceName::BusyBox,
    words: words::busybox,
    usage_status: 1,
    help: help::busybox,
    times: TimeStyle::WholeSeconds,
    tos: &[],
    proxies: &[],
    to_plan: to_plan::busybox,
};

/// BusyBox's small nc.
pub static BUSYBOX_SMALL: Dialect = Dialect {
    name: "busybox-small",
    summary: "BusyBox's small nc (initramfs, OpenWrt)",
    argv0: &[],
    opts: SMALL_OPTS,
    voice: VoiceName::BusyBoxSmall,
    words: words::busybox_small,
    to_plan: to_plan::busybox_small,
    ..BUSYBOX
};

const HELP: Opt = Opt::switch(Id::Help, G::Report)
    .long("help")
    .says("This text", "Print the help text on standard error and leave with status 0.");
const EXEC: Opt = Opt::rest(Id::Exec, "PROG", G::Programs).short('e').says(
    "Once connected, run PROG; all that follows is its",
    "Once connected, run this program on the connection itself, looked for in `PATH`. All that \
     follows on the command line are its arguments.",
);
const PORT: Opt = Opt::value(Id::SourcePort, "PORT", G::Ends)
    .short('p')
    .says("Own port", "Own port, a number or a service's name; with `-l` the port to listen on.");

const OPTS: &[Opt] = &[
    EXEC,
    Opt::switch(Id::Listen, G::Mode).short('l').says(
        "Wait for a connection",
        "Listen on the port that `-p` names, or on any that is free. Operands are the peer that \
         may connect, and its port; others are dropped. Twice, as with `-k`.",
    ),
    Opt::switch(Id::KeepOpen, G::Mode).short('k').says(
        "With -l and -e, serve clients for ever",
        "With `-l` and `-e`: run a program for each client, for ever.",
    ),
    PORT,
    Opt::value(Id::SourceAddress, "ADDR", G::Ends)
        .short('s')
        .says("Own address", "Own address; with `-l` the address to listen on."),
    Opt::value(Id::Wait, "SEC", G::Leaving).short('w').says(
        "Limit for connecting, and for a silent connection",
        "Limit in whole seconds for connecting, or for the first client; and leave when nothing \
         moved for twice as long. 0 is no limit.",
    ),
    Opt::value(Id::Interval, "SEC", G::Data)
        .short('i')
        .refuses(interval)
        .says("Pause before each line sent", "Pause for whole seconds before each line sent."),
    Opt::switch(Id::Numeric, G::Ends).short('n').says(
        "Look up no names for messages",
        "Name clients by their addresses. A host is looked up all the same.",
    ),
    Opt::switch(Id::Udp, G::Ends).short('u').says("UDP", "UDP in place of TCP."),
    Opt::switch(Id::Broadcast, G::Socket)
        .short('b')
        .says("Allow broadcasts", "Allow sending to broadcast addresses."),
    Opt::switch(Id::Verbose, G::Report).short('v').says(
        "Say what happens",
        "Say what happens on standard error; twice, refusals and counts as well.",
    ),
    Opt::value(Id::Output, "FILE", G::Data).short('o').says(
        "Write what passes in hex",
        "Write what passes to this file, in hex. With `-e` nothing is written.",
    ),
    Opt::switch(Id::Scan, G::Mode)
        .short('z')
        .says("Only look whether the port answers", "Look whether the port answers; send no data."),
    HELP,
];

const SMALL_OPTS: &[Opt] = &[
    Opt::switch(Id::Listen, G::Mode).short('l').says(
        "Wait for a connection; -ll with -e: for ever",
        "Listen on the port that `-p` names, or on any that is free. An operand is the address to \
         listen on. Twice, with `-e`: run a program for each client, for ever.",
    ),
    PORT,
    Opt::value(Id::Wait, "SEC", G::Leaving).short('w').says(
        "Limit for connecting",
        "Limit in whole seconds for connecting, or for the first client. 0 is no limit.",
    ),
    Opt::value(Id::Interval, "SEC", G::Data)
        .short('i')
        .says("Pause after each piece", "Pause for whole seconds after each read, either way."),
    Opt::value(Id::File, "FILE", G::Ends).short('f').says(
        "A file or terminal in place of the network",
        "Open this file or device, a serial line for instance, in place of the network.",
    ),
    EXEC,
    HELP,
];

fn interval(_: &Settings, value: &OsStr) -> Result<(), UsageError> {
    let refused =
        |before, after| Err(UsageError::RefusedValue { before, value: value.to_owned(), after });
    match decimal(value, 1, i64::from(u16::MAX)) {
        Ok(_) => Ok(()),
        Err(Problem::TooLarge) => refused("number ", " is not in 1..65535 range"),
        // no minus sign is read
        Err(Problem::TooSmall) if value.as_encoded_bytes().first() != Some(&b'-') => {
            refused("number ", " is not in 1..65535 range")
        }
        Err(Problem::Invalid | Problem::TooSmall) => refused("invalid number '", "'"),
    }
}
