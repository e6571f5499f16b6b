//! A program in the place of our standard streams.

use std::ffi::{OsStr, OsString};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;

use super::{Link, environment};
use crate::event::{Error, ProgramEnd};
use crate::plan::{Attached, Command, Program, ProgramErrors};
use crate::sys::child::{self, Exit, Standard, Started};

/// The name that a program goes by in messages: its file, or its words for the shell.
pub fn name(command: &Command) -> &OsStr {
    match command {
        Command::Argv { argv, .. } => argv.first().map_or(OsStr::new(""), OsString::as_os_str),
        Command::Shell(words) => words,
        Command::Lua(script) => script.as_os_str(),
    }
}

/// Starts a program for a connection. On the connection's socket, nothing of ours reads or writes
/// it any more.
pub fn start(program: &Program, link: &Link) -> Result<Started, Error> {
    let fail =
        |error| Error::Program { program: name(&program.command).as_bytes().to_vec(), error };
    let mut plain = command(&program.command)?;
    if program.ncat_environment {
        plain = plain.with_environment(environment::of(link));
    }
    if program.errors == ProgramErrors::Peer {
        plain = plain.with_errors_on_output();
    }
    let standard = match program.attached {
        Attached::Pipes => Standard::Pipes,
        Attached::Terminal => Standard::Terminal,
        // under a layer, the socket's bytes are nothing that a program could read, and where
        // somebody is shown them, they have to pass through us
        Attached::Socket => match link.stream().bare() {
            Some(fd) => Standard::Socket(fd.as_fd().try_clone_to_owned().map_err(fail)?),
            None => Standard::Pipes,
        },
    };
    plain.start(standard).map_err(fail)
}

fn command(command: &Command) -> Result<child::Program, Error> {
    match command {
        Command::Argv { argv, search } => {
            let mut words = argv.iter().cloned();
            let file = words.next().unwrap_or_default();
            let program = child::Program::new(file, words.collect());
            Ok(if *search { program.searched() } else { program })
        }
        Command::Shell(words) => Ok(child::Program::shell(words.clone())),
        Command::Lua(script) => lua(script),
    }
}

/// A process of ours that runs the script.
#[cfg(feature = "lua")]
fn lua(script: &std::path::Path) -> Result<child::Program, Error> {
    let ourselves = child::ourselves().map_err(|error| Error::Program {
        program: script.as_os_str().as_bytes().to_vec(),
        error,
    })?;
    let arguments = vec![crate::lua::OPTION.into(), script.as_os_str().to_owned()];
    Ok(child::Program::new(ourselves, arguments))
}

#[cfg(not(feature = "lua"))]
fn lua(_script: &std::path::Path) -> Result<child::Program, Error> {
    Err(Error::NotBuilt { what: "Lua" })
}

impl From<Exit> for ProgramEnd {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Status(status) => Self::Status(status),
            Exit::Signal(number) => Self::Signal(number),
        }
    }
}
