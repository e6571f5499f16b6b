//! Ncat 7.93, as Debian ships it; ours is the newest Ncat, and the rows that know of a change say so.

pub mod access;
pub mod arguments;
pub mod chat;
pub mod connect;
pub mod datagrams;
pub mod dumps;
pub mod end_of_input;
pub mod exec;
pub mod keep_open;
pub mod listen;
pub mod lost_data;
pub mod peer_first;
pub mod proxy_client;
pub mod proxy_server;
pub mod socks;
pub mod tls;
pub mod unix;
