//! The ground floor: the only `unsafe` code and the only `cfg(target_os)`.
//!
//! What stands above sees descriptors as async byte streams ([`fd::Fd`]), the kernel's ways of
//! moving bytes ([`splice`]), odd socket options ([`sockopt`]) and the process's surroundings
//! ([`stdio`], [`signal`], [`terminal`], [`limit`], [`random`], [`file`], [`private`]), and the programs it starts ([`child`], [`pty`]).

pub mod blocking;
pub mod child;
pub mod fd;
pub mod fdpass;
pub mod file;
pub mod limit;
pub mod memory;
pub mod private;
pub mod pty;
pub mod random;
pub mod resolver;
pub mod signal;
pub mod sockopt;
pub mod splice;
pub mod stderr;
pub mod stdio;
pub mod terminal;
