//! One line of the plain part of a conversation, for who wants to see it.

use crate::proto::direction::Direction;

/// A line, or what a binary message is in words. What the server sent is in it as it came: escape
/// it before it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Who said it.
    pub direction: Direction,
    /// Without its line end; at most [`super::MESSAGE_MAX`] bytes.
    pub text: Vec<u8>,
}
