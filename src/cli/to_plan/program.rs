//! A program in netcat's place, as all netcats but Ncat have it: on the socket itself, and the run
//! ends with its status.

use crate::plan::{Attached, Command, Program, ProgramErrors};

/// The program that takes netcat's place.
pub fn in_our_place(command: Command) -> Program {
    Program {
        command,
        attached: Attached::Socket,
        errors: ProgramErrors::Ours,
        ncat_environment: false,
        gives_status: true,
    }
}
