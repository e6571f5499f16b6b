//! The accept loop and what is done with each connection.

#[cfg(feature = "json")]
pub mod lab;
