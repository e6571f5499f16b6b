//! Ncat's words for usage errors, as measured at 7.93.
//!
//! getopt's own messages begin with the whole argv\[0\] and are followed by a hint; every other
//! one begins with `Ncat:` and ends in `QUITTING.`. Foreign bytes are escaped, which the original
//! does not do.

use std::ffi::OsStr;
use std::time::Duration;

use crate::cli::time::{self, TimeStyle};
use crate::cli::unknown::UnknownName;
use crate::cli::usage_error::{Quantity, UsageError};
use crate::cli::version;
use crate::proto::escape::escape;

const HINT: &str =
    "Ncat: Try `--help' or man(1) ncat for more information, usage options and help. QUITTING.\n";

/// What is written on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    if let UsageError::AfterVersion(error) = error {
        return format!("Ncat: Version {}\n{}", version::ncat(), words(error, program));
    }
    if let Some(getopt) = getopt(error) {
        return format!("{}: {getopt}\n{HINT}", escape(program));
    }
    match sentence(error) {
        Some(sentence) => format!("Ncat: {sentence} QUITTING.\n"),
        // What this dialect cannot be told; the default face's words are understood as well.
        None => super::default(error, program),
    }
}

/// The C library's words.
fn getopt(error: &UsageError) -> Option<String> {
    use crate::cli::option::Spelling::{Long, Short};
    Some(match error {
        UsageError::UnknownOption(unknown) => match &unknown.name {
            UnknownName::Letter(letter) => {
                format!("invalid option -- '{}'", escape(letter.to_string().as_bytes()))
            }
            UnknownName::Name(name) => {
                format!("unrecognized option '--{}'", escape(name.as_bytes()))
            }
        },
        // `--dialect` is ours, and said in our words
        UsageError::MissingValue { option: Long("dialect"), .. } => return None,
        UsageError::MissingValue { option: Short(letter), .. } => {
            format!("option requires an argument -- '{letter}'")
        }
        UsageError::MissingValue { option, .. } => {
            format!("option '{option}' requires an argument")
        }
        UsageError::UnexpectedValue { option, .. } => {
            format!("option '{option}' doesn't allow an argument")
        }
        UsageError::AmbiguousOption { name, candidates } => {
            let names: Vec<String> = candidates.iter().map(|name| format!("'--{name}'")).collect();
            let names = names.join(" ");
            let name = escape(name.as_bytes());
            format!("option '--{name}' is ambiguous; possibilities: {names}")
        }
        _ => return None,
    })
}

fn sentence(error: &UsageError) -> Option<String> {
    Some(match error {
        UsageError::NoArguments | UsageError::NoHost => {
            "You must specify a host to connect to.".to_owned()
        }
        UsageError::MissingPath { listen: false } => {
            "You have to specify path to a socket to connect to.".to_owned()
        }
        UsageError::MissingPath { listen: true } => {
            "You have to specify path to a socket to listen on.".to_owned()
        }
        UsageError::BadTime { quantity, value, .. } => bad_time(*quantity, value),
        UsageError::Refused(sentence) => (*sentence).to_owned(),
        UsageError::RefusedValue { before, value, after } => {
            format!("{before}{}{after}", escape(value.as_encoded_bytes()))
        }
        _ => return None,
    })
}

fn bad_time(quantity: Quantity, value: &OsStr) -> String {
    let shown = escape(value.as_encoded_bytes());
    let what = match quantity {
        Quantity::Wait => "-w timeout",
        Quantity::IdleTimeout => "-i timeout",
        Quantity::Quit => return format!("Invalid -q timeout \"{shown}\"."),
        _ => "-d delay",
    };
    match meant_milliseconds(value) {
        Some(time) => {
            let minutes = time.as_secs_f64() / 60.0;
            format!(
                "Since April 2010, the default unit for {what} is seconds, so your time of \
                 \"{shown}\" is {minutes:.1} minutes. Use \"{shown}ms\" for {shown} milliseconds."
            )
        }
        None => format!(
            "Invalid {what} \"{shown}\" (must be greater than 0 and less than {}s).",
            time::MOST_SECONDS
        ),
    }
}

/// A time that is refused only because somebody may have meant milliseconds.
fn meant_milliseconds(value: &OsStr) -> Option<Duration> {
    let plain = time::without_habits(value);
    (!time::has_unit(&plain))
        .then(|| time::parse(&plain, TimeStyle::Units).ok())
        .flatten()
        .filter(|time| *time >= time::SUSPICIOUS)
}
