//! One file for each kind of end: how to open, accept and half-close it.
//!
//! Whatever it is, an open end is a [`Link`]: a descriptor with a name. The relay knows no more.

pub mod callers;
pub mod composed;
pub mod desk;
mod environment;
pub mod file;
pub mod inet;
pub mod introduction;
mod link;
pub mod program;
pub mod stdio;
mod stream;
pub mod udp;
pub mod unix;
pub mod vsock;

pub use callers::Caller;
pub use link::Link;
pub use stream::{Bare, Layer, Stream};
