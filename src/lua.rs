//! Lua scripts that talk to a peer (`--lua-exec`): the child side.
//!
//! A script runs in a process of its own, which is `nc` started anew with [`OPTION`]; its standard
//! streams are the connection, as any program's. Lua 5.4 with its standard libraries.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::proto::escape::escape;

/// What tells a process that it is there for a script; the script's path follows. Not for people.
pub const OPTION: &str = "--lua-exec-internal";

/// Runs a script to its end. The error is in words, foreign bytes escaped.
pub fn run(script: &Path) -> Result<(), String> {
    let name = escape(script.as_os_str().as_bytes()).to_string();
    let source = fs::read(script).map_err(|error| format!("{name}: {error}"))?;
    let lua = mlua::Lua::new();
    let chunk = lua.load(source).set_name(format!("@{name}"));
    chunk.exec().map_err(|error| escape(error.to_string().as_bytes()).to_string())
}

/// The script that the arguments behind the program's name ask to run in this process.
pub fn asked<'a>(mut args: impl Iterator<Item = &'a OsStr>) -> Option<&'a Path> {
    let first = args.next()?;
    if first == OPTION { args.next().map(Path::new) } else { None }
}
