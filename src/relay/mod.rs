//! Moves bytes between our standard streams and one connected end: two directions, two states.
//!
//! Each direction is a [`flow::Flow`] that a mover runs to its end; [`conversation::Conversation`]
//! is the pure rule for what an end of either direction means; [`converse`] is the one loop that
//! holds both together with the deadlines. Which mover runs is decided in [`mover`], and nowhere
//! else; states, accounting and tests are the same over all of them.
//!
//! Not here: how an end came to be connected (`endpoint`), who is served next (`serve`), words.

mod account;
mod bridge;
pub mod conversation;
mod converse;
mod copy;
pub mod datagram;
mod delivery;
mod flow;
mod kernel;
mod mover;
mod program;
mod terms;
#[cfg(test)]
mod tests;

pub use account::Account;
pub use bridge::bridge;
pub use converse::{Call, Home, converse};
pub use delivery::acknowledged;
pub use flow::{FlowEnd, Meter};
pub use program::with_program;
pub use terms::Terms;
