//! A dialect: one table of options, and the few habits of reading them that differ.
//!
//! A new dialect is one file here, one function in `to_plan`, one voice. What a dialect does on
//! the net is not here but in the plan that it makes.

mod busybox;
mod default;
mod gnu;
mod ncat;
mod openbsd;
pub mod openbsd_upstream;
mod toybox;
mod traditional;

use crate::cli::time::TimeStyle;
pub use busybox::{BUSYBOX, BUSYBOX_SMALL};
pub use default::DEFAULT;
pub use gnu::GNU;
pub use ncat::NCAT;
pub use openbsd::OPENBSD;
pub use openbsd_upstream::OPENBSD_UPSTREAM;
pub use toybox::TOYBOX;
pub use traditional::TRADITIONAL;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::Invocation;
use super::option::{Id, Opt};
use super::to_plan::Translate;
use super::tos::TosWord;
use super::usage_error::UsageError;
use crate::event::VoiceName;
use crate::plan::ProxyKind;

/// One netcat's way to be asked.
#[derive(Debug)]
pub struct Dialect {
    /// The name that `--dialect` and `NC_DIALECT` take.
    pub name: &'static str,
    /// What it is, in a line.
    pub summary: &'static str,
    /// Names of the program that choose it.
    pub argv0: &'static [&'static str],
    /// Its options.
    pub opts: &'static [Opt],
    /// Without any argument there is something to do all the same (traditional asks for a line).
    pub runs_without_arguments: bool,
    /// Options are looked for behind operands too (unless `POSIXLY_CORRECT` is set).
    pub permute: bool,
    /// Whether `--name` is an option at all, or the letter `-`.
    pub long_options: bool,
    /// A separate value that looks like an option is refused, with a hint.
    pub refuses_option_as_value: bool,
    /// Statuses 0 and 1 only.
    pub classic_status: bool,
    /// A long name may be cut short where that is clear (Ncat, GNU).
    pub abbreviates: bool,
    /// Whose words and statuses.
    pub voice: VoiceName,
    /// What is said of a command line that is refused, line ends included; the bytes are argv\[0\]
    /// as it came.
    pub words: fn(&UsageError, &[u8]) -> String,
    /// The exit status of such a command line.
    pub usage_status: u8,
    /// The help that is printed; `true` asks for all of it.
    pub help: fn(&'static Dialect, bool) -> Invocation,
    /// How times are written.
    pub times: TimeStyle,
    /// Words for types of service, table by table.
    pub tos: &'static [&'static [TosWord]],
    /// Words for what a proxy speaks.
    pub proxies: &'static [(&'static str, ProxyKind)],
    /// What settings and operands mean together.
    pub to_plan: Translate,
}

/// Every dialect there is; the first is the default face.
pub static DIALECTS: &[&Dialect] = &[
    &DEFAULT,
    &OPENBSD,
    &OPENBSD_UPSTREAM,
    &TRADITIONAL,
    &NCAT,
    &BUSYBOX,
    &BUSYBOX_SMALL,
    &GNU,
    &TOYBOX,
];

impl Dialect {
    /// The row of a letter.
    pub fn short(&self, letter: char) -> Option<&'static Opt> {
        self.opts.iter().find(|opt| opt.short == Some(letter))
    }

    /// The row of a long name, without dashes.
    pub fn long(&self, name: &str) -> Option<&'static Opt> {
        self.opts.iter().find(|opt| opt.is_called(name))
    }

    /// The rows that a long name may mean: the one that is called so, or all that it is short for.
    pub fn long_matches(&self, name: &str) -> Vec<(&'static Opt, &'static str)> {
        let exact = self.long(name).and_then(|opt| Some((opt, opt.full_name(name)?)));
        if exact.is_some() || !self.abbreviates {
            return exact.into_iter().collect();
        }
        let mut found: Vec<(&'static Opt, &'static str)> = Vec::new();
        for opt in self.opts {
            for full in opt.names().filter(|full| full.starts_with(name)) {
                if !found.first().is_some_and(|(first, _)| same_to_getopt(first, opt)) {
                    found.push((opt, full));
                }
            }
        }
        found
    }

    /// The row of a setting.
    pub fn opt(&self, id: Id) -> Option<&'static Opt> {
        self.opts.iter().find(|opt| opt.id == id)
    }
}

/// Whether GNU's getopt tells two options apart: it knows a row by its letter and by whether it
/// takes a value, and an abbreviation of two that look the same to it means the first.
fn same_to_getopt(first: &Opt, other: &Opt) -> bool {
    std::ptr::eq(first, other)
        || (first.short.is_none() && other.short.is_none() && first.takes == other.takes)
}

/// The dialect of that name.
pub fn named(name: &OsStr) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.name.as_bytes() == name.as_bytes()).copied()
}

/// The dialect that a program of that name speaks; the default face for unknown names.
pub fn called(program: &[u8]) -> &'static Dialect {
    DIALECTS
        .iter()
        .find(|dialect| dialect.argv0.iter().any(|name| name.as_bytes() == program))
        .copied()
        .unwrap_or(&DEFAULT)
}
