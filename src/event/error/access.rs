//! Why rules about who is let in cannot be applied.

use std::{fmt, io};

use crate::event::strerror::strerror;
use crate::proto::access::RuleError;

/// Why a rule about who is let in cannot be applied.
#[derive(Debug)]
pub enum AccessReason {
    /// It was not understood.
    Rule {
        /// Why.
        error: RuleError,
        /// The line of its file, counted from 1.
        line: Option<usize>,
    },
    /// Its name could not be looked up; the resolver's words.
    Lookup(String),
    /// The file could not be read.
    File(io::Error),
}

impl fmt::Display for AccessReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { error, line: Some(line) } => write!(f, "line {line}: {error}"),
            Self::Rule { error, line: None } => error.fmt(f),
            Self::Lookup(reason) => f.write_str(reason),
            Self::File(error) => f.write_str(&strerror(error)),
        }
    }
}
