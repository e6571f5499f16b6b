//! A program at our end of a connection, in place of our standard streams.

use std::ffi::OsString;
use std::path::PathBuf;

/// A program that talks to the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// What is run.
    pub command: Command,
    /// What stands at its standard input and output.
    pub attached: Attached,
    /// Where its standard error goes.
    pub errors: ProgramErrors,
    /// Tell it who talks to whom in Ncat's `NCAT_*` variables.
    pub ncat_environment: bool,
    /// The run ends with its status, as where the program takes netcat's place (traditional,
    /// BusyBox); otherwise how the program ends says nothing about the run (Ncat).
    pub gives_status: bool,
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A file and its arguments; `search` looks for it in `PATH`.
    Argv {
        /// The file, then its arguments; at least one.
        argv: Vec<OsString>,
        /// Look in `PATH` where the file's name has no slash.
        search: bool,
    },
    /// Words for `/bin/sh -c`.
    Shell(OsString),
    /// A Lua script.
    Lua(PathBuf),
}

/// What stands at a program's standard input and output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// The connection's own socket: nothing of ours sees the bytes.
    Socket,
    /// Pipes that we relay, past whatever looks at the bytes.
    Pipes,
    /// A pseudo-terminal that we relay.
    Terminal,
}

/// Where a program's standard error goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgramErrors {
    /// Where ours goes.
    Ours,
    /// To the peer, among its output.
    Peer,
}
