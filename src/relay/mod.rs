//! Moves bytes between our standard streams and one connected end: two directions, two states.
//!
//! Each direction is a [`flow::Flow`] that a mover runs to its end; [`conversation::Conversation`]
//! is the pure rule for what an end of either direction means; [`Call::hold`] is the one loop that
//! holds both together, with the deadlines of its [`departure::Departure`]; [`converse`] makes the
//! two directions between our streams and a link, [`bridge`] between two links. Which mover runs is decided in [`mover`], and nowhere
//! else; states, accounting and tests are the same over all of them.
//!
//! Not here: how an end came to be connected (`endpoint`), who is served next (`serve`), words.

mod account;
mod adding;
mod bridge;
mod call;
mod closing;
pub mod conversation;
mod converse;
mod copy;
pub mod datagram;
mod delivery;
mod departure;
mod ends;
mod first_bytes;
mod flow;
mod home;
mod kernel;
mod mover;
mod outlet;
mod program;
mod terms;
#[cfg(test)]
mod tests;

pub use account::Account;
pub use bridge::bridge;
pub use call::Call;
pub use converse::converse;
pub use delivery::acknowledged;
pub use flow::{FlowEnd, Meter};
pub use home::Home;
pub use outlet::Outlet;
pub use program::with_program;
pub use terms::Terms;
