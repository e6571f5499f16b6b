//! TLS over a connection (RFC 8446, RFC 5246), on either side; the one place that names the library.
//!
//! [`Client`] and [`Server`] are a plan's settings with all files read; what either secures is a
//! [`Link`](crate::endpoint::Link) whose bytes go through a [`session::Session`]. [`trust`] says
//! whether a server is believed, [`admission`] whether a client is, [`failure`] what went wrong.
//!
//! What DTLS, which is another library's, has of this one is in [`lent`].
//!
//! Session tickets are off: each connection stands for itself.

mod admission;
mod asked;
mod buffer;
mod captured;
mod client;
mod engine;
mod examiner;
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
mod staple;
mod state;
mod trust;
mod upgrade;

pub use client::{Client, Examined};
pub use server::Server;
