//! The program that talks to the peer: `-e`, `-c`, `--lua-exec`, `--pty`, `-E`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use crate::cli::option::{Id, Spelling};
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Attached, Command, Program, ProgramErrors};

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
        let argv = split(line);
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
    Ok(settings.word(Id::LuaExec).map(|file| Command::Lua(PathBuf::from(file))))
}

/// Ncat's splitting: at blanks; a backslash keeps the character behind it.
fn split(line: &OsStr) -> Vec<OsString> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut bytes = line.as_bytes().iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' => words.extend(word.take()),
            b'\\' => word.get_or_insert_default().extend(bytes.next()),
            _ => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    words.into_iter().map(OsString::from_vec).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_at_blanks_that_no_backslash_keeps() {
        for (line, words) in [
            ("cat", &["cat"][..]),
            (" /bin/ls  -l\t/x ", &["/bin/ls", "-l", "/x"]),
            ("a\\ b c", &["a b", "c"]),
            ("a\\\\b", &["a\\b"]),
            ("\"a b\"", &["\"a", "b\""]),
            ("a\\", &["a"]),
            ("", &[]),
        ] {
            assert_eq!(split(OsStr::new(line)), words, "{line:?}");
        }
    }
}
