//! The program that talks to the peer: `-e`, `-c`, `--lua-exec`, `--pty`, `-E`.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use super::service;
use crate::cli::number::digits;
use crate::cli::option::{Id, Spelling};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Attached, Command, Program, ProgramErrors};
use crate::proto::command_line;

/// The program asked for, if one is. It is always relayed, so that layers and records see it, and
/// how it ends says nothing about the connection: both as Ncat does.
pub fn program(settings: &Settings) -> Result<Option<Program>, UsageError> {
    let Some(command) = command(settings)? else { return Ok(None) };
    let terminal = settings.has(Id::Pty);
    let to_peer = terminal || settings.has(Id::ProgramErrors);
    Ok(Some(Program {
        command,
        attached: if terminal { Attached::Terminal } else { Attached::Pipes },
        errors: if to_peer { ProgramErrors::Peer } else { ProgramErrors::Ours },
        ncat_environment: true,
        gives_status: false,
    }))
}

fn command(settings: &Settings) -> Result<Option<Command>, UsageError> {
    let empty = |id: Id| UsageError::EmptyCommand {
        option: settings.spelling(id).unwrap_or(Spelling::Long("exec")),
    };
    if let Some(line) = settings.word(Id::Exec) {
        let words = command_line::exec(line.as_bytes());
        let argv: Vec<OsString> = words.into_iter().map(OsString::from_vec).collect();
        if argv.first().is_none_or(|file| file.is_empty()) {
            return Err(empty(Id::Exec));
        }
        return Ok(Some(Command::Argv { argv, search: true }));
    }
    if let Some(line) = settings.word(Id::ShellExec) {
        let option = settings.spelling(Id::ShellExec);
        return match (line.as_bytes(), option) {
            ([], _) => Err(empty(Id::ShellExec)),
            // OpenBSD's, GNU's and macOS's -c are switches: what follows was another option
            ([b'-', ..], Some(option @ Spelling::Short(_))) => {
                Err(UsageError::OptionAsValue { option, value: line.clone() })
            }
            _ => Ok(Some(Command::Shell(line.clone()))),
        };
    }
    match (settings.spelling(Id::LuaExec), settings.word(Id::LuaExec)) {
        (Some(option), _) if !cfg!(feature = "lua") => {
            Err(UsageError::NotBuilt { option, what: "Lua" })
        }
        (_, file) => Ok(file.map(|file| Command::Lua(PathBuf::from(file)))),
    }
}

/// An error for want of a host or port, where `-c` has taken what was to be the host.
pub fn swallowed(settings: &Settings, error: UsageError) -> UsageError {
    let nothing_left = matches!(
        error,
        UsageError::NoHost | UsageError::MissingPort { .. } | UsageError::MissingPath { .. }
    );
    match (settings.spelling(Id::ShellExec), settings.word(Id::ShellExec)) {
        (Some(option @ Spelling::Short(_)), Some(value)) if nothing_left => {
            UsageError::CommandLeavesNoHost { option, value: value.clone() }
        }
        _ => error,
    }
}

/// `-c host 80 81` is for GNU netcat a host and two ports. Here the first port would be the host.
pub fn refuse_numbered_host(settings: &Settings, operands: &[OsString]) -> Result<(), UsageError> {
    let client = !service::listens(settings) && !settings.has(Id::Vsock);
    let numbered = operands.first().is_some_and(|host| digits(host.as_bytes(), 10).is_ok());
    match (settings.spelling(Id::ShellExec), settings.word(Id::ShellExec)) {
        (Some(option @ Spelling::Short(_)), Some(value)) if client && numbered => {
            Err(UsageError::CommandLeavesNoHost { option, value: value.clone() })
        }
        _ => Ok(()),
    }
}
