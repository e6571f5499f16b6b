//! The proxy server, run by its plan inside the test: HTTP and SOCKS, what is passed on byte for
//! byte, and every way to be refused.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod credentials;
mod forwarding;
mod refusals;
mod server;
mod socks;
mod tunnels;
