//! DTLS 1.2 (RFC 6347): TLS for datagrams, on either side; the one place that names its library,
//! which is the system's OpenSSL. Each message is a record, and each record a datagram of its own.
//!
//! [`Client`] and [`Server`] are a plan's settings with all files read; what either secures is a
//! [`Link`](crate::endpoint::Link) whose messages go through a [`session::Session`]. The library
//! sees no socket: an [`engine::Engine`] takes datagrams in and gives datagrams out. Whom to believe
//! is what TLS says ([`lent`](super::tls::lent)), with the same words.
//!
//! What is lost stays lost, as with plain UDP; only the handshake is repeated until it is heard. An
//! end that is not said (`close_notify`) is no error: many say none, and it may be lost as well.

mod client;
mod context;
mod cookie;
mod engine;
mod examiner;
mod failure;
mod record;
mod report;
mod server;
mod session;
mod wire;

pub use client::Client;
pub use server::Server;
