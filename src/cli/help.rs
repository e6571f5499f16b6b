//! Help texts, made from the tables: the default face's short and long one, and openbsd's.

use std::fmt::Write;

use super::Invocation;
use super::dialect::{DIALECTS, Dialect, OPENBSD};
use super::option::{Group, Id, Opt, Takes};
use super::version::{self, VERSION};

/// netcat-openbsd 1.219's usage, to the letter. (It forgets `-b`.)
pub const OPENBSD_USAGE: &str = "\
usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [destination] [port]
";

/// The usage of OpenBSD's own nc, to the letter.
pub const OPENBSD_UPSTREAM_USAGE: &str = "\
usage: nc [-46cDdFhklNnrStUuvz] [-C certfile] [-e name] [-H hash] [-I length]
\t  [-i interval] [-K keyfile] [-M ttl] [-m minttl] [-O length]
\t  [-o staplefile] [-P proxy_username] [-p source_port] [-R CAfile]
\t  [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit] [-w timeout]
\t  [-X proxy_protocol] [-x proxy_address[:port]] [-Z peercertfile]
\t  [destination] [port]
";

/// What can be asked of the default face, and its purpose.
pub const FORMS: &[(&str, &str)] = &[
    ("nc [options] HOST PORT...", "connect"),
    ("nc -l [options] [ADDR] PORT", "listen"),
    ("nc -zv [options] HOST PORT...", "which ports answer: 22 80,443 1-1024"),
    ("nc -U [-l] PATH, nc -f FILE", "a Unix socket, a file or device"),
    ("nc [cert] tls://HOST:PORT", "TLS; with cert: the certificates alone"),
    ("nc http [METHOD] HOST:PORT/PATH", "send a request: name=value, Header:value"),
    ("nc serve --lab http [ADDR:]PORT", "a web server to practise with"),
];

/// Exit statuses of the default face.
pub const STATUSES: &[(u8, &str)] = &[
    (0, "complete"),
    (1, "the command line was wrong, or anything else"),
    (10, "name not found"),
    (11, "refused"),
    (12, "timed out"),
    (13, "unreachable"),
    (14, "reset or cut short"),
    (15, "not trusted (TLS)"),
    (16, "a certificate expires soon (nc cert --warn)"),
    (17, "our own input or output failed"),
];

/// The default face's help.
pub fn default(dialect: &'static Dialect, all: bool) -> Invocation {
    let text = if all { long(dialect) } else { short(dialect) };
    Invocation::Help { text, on_stderr: false }
}

/// netcat-openbsd's help.
pub fn openbsd(_dialect: &'static Dialect, _all: bool) -> Invocation {
    Invocation::Help { text: openbsd_help(), on_stderr: true }
}

/// Ncat's help: its options in its layout, in our words.
pub fn ncat(dialect: &'static Dialect, _all: bool) -> Invocation {
    let mut text = format!(
        "Ncat {}\nUsage: ncat [options] [hostname] [port]\n\nTimes are seconds, or have a unit: \
         500ms, 5s, 2m, 1h.\n",
        version::ncat()
    );
    // what is for its own developers the original does not show either
    let shown = |opt: &&Opt| !matches!(opt.id, Id::Ignored | Id::NotYet);
    for opt in dialect.opts.iter().filter(shown) {
        let _ = writeln!(text, "  {:<28} {}", spelled(opt), opt.help);
    }
    Invocation::Help { text, on_stderr: false }
}

/// `-w, --wait TIME`
pub fn spelled(opt: &Opt) -> String {
    let mut text = match opt.short {
        Some(letter) => format!("-{letter}"),
        None => "  ".to_owned(),
    };
    if let Some(long) = opt.long {
        text.push_str(if opt.short.is_some() { ", --" } else { "  --" });
        text.push_str(long);
    }
    match opt.takes {
        Takes::Nothing => {}
        Takes::Value => text.extend([" ", opt.metavar]),
        Takes::Rest => text.extend([" ", opt.metavar, " ..."]),
        Takes::Attached => text.extend(["[=", opt.metavar, "]"]),
    }
    text
}

fn openbsd_help() -> String {
    let mut text =
        format!("OpenBSD netcat (Debian patchlevel 1.219-1)\n{OPENBSD_USAGE}\tCommand Summary:\n");
    command_summary(&mut text, &OPENBSD);
    text
}

/// The help of OpenBSD's own nc, which the voice of errors gives.
pub fn openbsd_upstream(dialect: &'static Dialect, _all: bool) -> Invocation {
    Invocation::Help { text: openbsd_upstream_text(dialect), on_stderr: true }
}

/// Its text.
pub fn openbsd_upstream_text(dialect: &Dialect) -> String {
    let mut text = format!("{OPENBSD_UPSTREAM_USAGE}\tCommand Summary:\n");
    command_summary(&mut text, dialect);
    text
}

fn command_summary(text: &mut String, dialect: &Dialect) {
    for opt in dialect.opts {
        let letter = opt.short.unwrap_or_default();
        let name = format!("-{letter} {}", opt.metavar);
        let name = name.trim_end();
        // Help begins at the second tab stop behind the name's beginning.
        let tabs = if name.len() < 8 { "\t\t" } else { "\t" };
        // Writing to a string does not fail.
        let _ = writeln!(text, "\t\t{name}{tabs}{}", opt.help);
    }
    text.push_str("\tPort numbers can be individual or ranges: lo-hi [inclusive]\n");
}

/// Fits a screen of 80 columns and 24 lines: what most people need.
fn short(dialect: &Dialect) -> String {
    let mut text = forms();
    for group in Group::ALL {
        let mut word = group.word();
        for opt in dialect.opts.iter().filter(|opt| opt.group == group && opt.common) {
            let _ = writeln!(text, "{word:<7}{:<24} {}", spelled(opt), opt.help);
            word = "";
        }
    }
    text.push_str("Every option: nc --help=all. The manual: man nc\n");
    text
}

fn long(dialect: &Dialect) -> String {
    let mut text = forms();
    for group in Group::ALL {
        let _ = writeln!(text, "\n{}:", group.heading());
        for opt in dialect.opts.iter().filter(|opt| opt.group == group) {
            let _ = writeln!(text, "  {:<29} {}", spelled(opt), opt.help);
        }
    }
    text.push_str(
        "\nTimes: 5, 1.5, 500ms, 2m, 1h. Ports: numbers, ranges, service names, lists.\n",
    );
    text.push_str("\nDialects:\n");
    for dialect in DIALECTS {
        let _ = writeln!(text, "  {:<29} {}", dialect.name, dialect.summary);
    }
    text.push_str("\nExit status:\n");
    for (status, meaning) in STATUSES {
        let _ = writeln!(text, "  {status:<29} {meaning}");
    }
    text
}

fn forms() -> String {
    let mut text = String::new();
    let mut before = "usage: ";
    for (form, purpose) in FORMS {
        let _ = writeln!(text, "{before}{form:<32} {purpose}");
        before = "       ";
    }
    text
}

/// netcat-traditional's help.
pub fn traditional(dialect: &'static Dialect, _all: bool) -> Invocation {
    let mut text = String::from(
        "[v1.10-47]\n\
         connect to somewhere:\tnc [-options] hostname port[s] [ports] ... \n\
         listen for inbound:\tnc -l -p port [-options] [hostname] [port]\n\
         options:\n",
    );
    // `-a` is known to the original and not to its help.
    for opt in dialect.opts.iter().filter(|opt| opt.id != Id::NotYet) {
        let letter = opt.short.unwrap_or_default();
        if opt.id == Id::KeepAlive {
            let _ = writeln!(text, "        -{letter}{:22}{}", "", opt.help);
            continue;
        }
        let name = format!("-{letter} {}", opt.metavar);
        let name = name.trim_end();
        // Help begins at the third tab stop behind the name's beginning.
        let tabs = match name.len() {
            0..8 => "\t\t\t",
            8..16 => "\t\t",
            _ => "\t",
        };
        let _ = writeln!(text, "\t{name}{tabs}{}", opt.help);
    }
    text.push_str(
        "port numbers can be individual or ranges: lo-hi [inclusive];\n\
         hyphens in port names must be backslash escaped (e.g. 'ftp\\-data').\n",
    );
    Invocation::Help { text, on_stderr: true }
}

/// BusyBox's help: its usage.
pub fn busybox(dialect: &'static Dialect, _all: bool) -> Invocation {
    Invocation::Help { text: busybox_usage(dialect), on_stderr: true }
}

/// BusyBox's usage, which stands behind errors too.
pub fn busybox_usage(dialect: &Dialect) -> String {
    let small = dialect.opt(Id::File).is_some();
    let synopsis = if small {
        "[-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]\n"
    } else {
        "[OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen\n"
    };
    let mut text = format!("nc (netcat) {VERSION}, as BusyBox has it.\n\nUsage: nc {synopsis}\n");
    for opt in dialect.opts {
        if let Some(letter) = opt.short {
            let metavar = if opt.metavar.is_empty() { "" } else { " " };
            let _ = writeln!(text, "\t-{letter}{metavar}{}\t{}", opt.metavar, opt.help);
        }
    }
    text
}

/// toybox's help.
pub fn toybox(dialect: &'static Dialect, _all: bool) -> Invocation {
    let mut text = format!(
        "nc (netcat) {VERSION}, as toybox has it.\n\n\
         usage: netcat [-46ELlntUuvz] [-pqWw #] [-s addr] [-oO FILENAME] \
         {{IPADDR PORTNUM|-f FILENAME|COMMAND...}}\n\n"
    );
    for opt in dialect.opts {
        if let Some(letter) = opt.short {
            let _ = writeln!(text, "-{letter}\t{}", opt.help);
        }
    }
    text.push_str("\nWith -l and -L the COMMAND talks to whoever connects.\n");
    Invocation::Help { text, on_stderr: false }
}

/// GNU netcat's help.
pub fn gnu(dialect: &'static Dialect, _all: bool) -> Invocation {
    let mut text = format!(
        "nc (netcat) {VERSION}, as GNU netcat has it.\n\
         connect:  nc [options] hostname port [port] ...\n\
         listen:   nc -l -p port [options] [hostname] [port]\n\
         tunnel:   nc -L hostname:port -p port [options]\n\nOptions:\n"
    );
    for opt in dialect.opts {
        let (letter, long) = (opt.short.unwrap_or_default(), opt.long.unwrap_or_default());
        let equals = if opt.metavar.is_empty() { "" } else { "=" };
        let name = format!("--{long}{equals}{}", opt.metavar);
        let _ = writeln!(text, "  -{letter}, {name:<22} {}", opt.help);
    }
    text.push_str("\nPorts: 80, 1-1024, 1:1024, 1024-\n");
    Invocation::Help { text, on_stderr: false }
}
