//! Which of its names an option was written by.

use std::fmt::{self, Display, Formatter};

/// How an option was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `-w`
    Short(char),
    /// `--wait`
    Long(&'static str),
}

impl Display for Spelling {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short(letter) => write!(out, "-{letter}"),
            Self::Long(name) => write!(out, "--{name}"),
        }
    }
}
