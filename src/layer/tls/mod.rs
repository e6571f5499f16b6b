//! TLS over a connection (RFC 8446, RFC 5246), on either side; the one place that names the library.
//!
//! [`Client`] and [`Server`] are a plan's settings with all files read; what either secures is a
//! [`Link`](crate::endpoint::Link) whose bytes go through a [`session::Session`]. [`trust`] says
//! whether a peer is believed, [`failure`] what went wrong.
//!
//! What DTLS, which is another library's, has of this one is in [`lent`].
//!
//! Session tickets are off: each connection stands for itself.

mod asked;
mod buffer;
mod client;
mod engine;
mod failure;
mod farewell;
mod ledger;
#[cfg(feature = "dtls")]
pub mod lent;
mod made;
mod material;
mod provider;
mod report;
mod server;
mod session;
mod trust;
mod upgrade;

pub use client::{Client, Examined};
pub use server::Server;
