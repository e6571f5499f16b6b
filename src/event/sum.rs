//! The sum of what went one way in a conversation, and how much of it that was.

use std::fmt::{self, Display, Formatter};

/// A sum of one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// SHA-256 of all the bytes in their order.
    pub sha256: Sha256Sum,
    /// How many bytes.
    pub bytes: u64,
    /// Of what they are all.
    pub extent: Extent,
}

/// Of what a sum is the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The whole stream, to its end, and all of it was taken at the other side.
    Whole,
    /// A part of it: the conversation was over before its end, or some of it may be lost.
    Cut,
    /// Datagrams, which have no end.
    Endless,
}

/// A value of SHA-256, shown as hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sha256Sum(pub [u8; 32]);

impl Display for Sha256Sum {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}
