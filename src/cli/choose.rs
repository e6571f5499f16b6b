//! Which dialect: `--dialect NAME` anywhere before `--`, else `NC_DIALECT`, else the name the
//! program is called by. It has to be known before the walk, for it decides how argv is read.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::dialect::{Dialect, called, named};
use super::option::Spelling;
use super::usage_error::UsageError;
use super::{Environment, base};

const OPTION: &str = "--dialect";

/// Chooses, and gives the arguments back without the choice.
pub fn dialect(
    argv0: &OsStr,
    args: Vec<OsString>,
    environment: &Environment,
) -> (Result<&'static Dialect, UsageError>, Vec<OsString>) {
    let mut rest = Vec::with_capacity(args.len());
    let mut chosen = None;
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            rest.push(arg);
            break;
        }
        if arg == OPTION {
            let Some(name) = args.next() else {
                let option = Spelling::Long("dialect");
                return (Err(UsageError::MissingValue { option, metavar: "NAME" }), rest);
            };
            chosen = Some((OPTION, name));
        } else if let Some(name) = arg.as_bytes().strip_prefix(b"--dialect=") {
            chosen = Some((OPTION, OsString::from_vec(name.to_vec())));
        } else {
            rest.push(arg);
        }
    }
    rest.extend(args);
    let from_environment = environment.nc_dialect.clone().filter(|name| !name.is_empty());
    let chosen = chosen.or(from_environment.map(|name| ("NC_DIALECT", name)));
    let dialect = match chosen {
        Some((source, name)) => named(&name).ok_or(UsageError::UnknownDialect { source, name }),
        None => Ok(called(base(argv0))),
    };
    (dialect, rest)
}

/// A multi-call binary: `busybox nc …` and `toybox nc …` are `busybox-nc …` and `toybox-nc …`. Gives
/// the name that chooses the dialect, the one that messages begin with, and the arguments.
pub fn applet(argv0: &OsStr, mut args: Vec<OsString>) -> (OsString, OsString, Vec<OsString>) {
    let multi = [(&b"busybox"[..], "busybox-nc"), (b"toybox", "toybox-nc")];
    let called = multi.iter().find(|(name, _)| base(argv0) == *name);
    match (called, args.first()) {
        (Some((_, applet)), Some(first)) if first == "nc" || first == "netcat" => {
            let name = args.remove(0);
            (OsString::from(applet), name, args)
        }
        _ => (argv0.to_owned(), argv0.to_owned(), args),
    }
}
