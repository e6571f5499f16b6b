//! netcat-traditional 1.10-47, as Debian ships it.

pub mod arguments;
pub mod connect;
pub mod datagrams;
pub mod end_of_input;
pub mod exec;
pub mod listen;
pub mod lost_data;
pub mod scan;
