//! netcat-openbsd 1.219, as Debian ships it.

pub mod arguments;
pub mod connect;
pub mod datagrams;
pub mod end_of_input;
pub mod keep_open;
pub mod listen;
pub mod lost_data;
pub mod numbers;
pub mod peer_first;
pub mod proxy;
pub mod scan;
pub mod unix;
