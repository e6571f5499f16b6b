//! Where the words of a run go.

use crate::sys::stderr::ErrorOutput;
use crate::sys::stdio;

/// What is known of where the words go.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// Standard error is a terminal.
    pub terminal: bool,
    /// Standard output is the same one.
    pub shares_output: bool,
    /// Standard input or output is a regular file.
    pub moves_a_file: bool,
    /// How many columns the terminal has.
    pub columns: fn() -> Option<usize>,
}

impl Surroundings {
    /// Of this process.
    pub fn look() -> Self {
        Self {
            terminal: ErrorOutput::is_terminal(),
            shares_output: ErrorOutput::shares_output(),
            moves_a_file: stdio::moves_a_file(),
            columns: ErrorOutput::columns,
        }
    }

    /// A pipe, and nothing that is a file.
    pub fn plain() -> Self {
        Self { terminal: false, shares_output: false, moves_a_file: false, columns: || None }
    }
}
