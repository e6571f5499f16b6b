//! Why our own input cannot be sent.

use std::io;

use crate::proto::escapes::EscapeError;
use crate::proto::fill::FillError;

/// What is wrong with a text that was to be changed before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub enum InputTextError {
    /// An escape that is none (`--escapes`).
    Escape(#[from] EscapeError),
    /// A placeholder that cannot be filled (`--fill`).
    Fill(#[from] FillError),
}

/// Why a file cannot be part of a request.
#[derive(Debug)]
pub enum RequestFileReason {
    /// It could not be read.
    Read(io::Error),
    /// All files together are more than a request may have.
    TooLarge {
        /// How many bytes that is.
        most: u64,
    },
}
