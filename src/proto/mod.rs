//! Pure codecs: bytes in and bytes out, no sockets and no clock.
//!
//! Responsible for the wire formats: what is sent to a proxy and what its answer means, what is said
//! before TLS, telnet negotiation, requests that are composed, escapes and placeholders in what is
//! typed, line ends, dumps, logs and packet captures, notes on what is said, chat, access rules, the
//! words of a command, and how foreign bytes are shown in our own messages and at a terminal. Not for
//! reading, writing, waiting or wording: `layer` moves the bytes, the voices in `event` word the errors.
//!
//! Each decoder keeps its state from one read to the next, so that its result does not depend on
//! how the network cuts the bytes, and holds no more than a fixed amount of memory. `fuzz` states
//! these two properties once, for the property tests, the corpus and the fuzzer.

pub mod access;
pub mod base64;
pub mod basic;
pub mod certificate;
pub mod challenge;
pub mod chat;
pub mod command_line;
pub mod connect;
mod constant_time;
pub mod crlf;
pub mod digest;
pub mod direction;
pub mod escape;
pub mod escapes;
pub mod fill;
#[doc(hidden)]
pub mod fuzz;
pub mod head;
pub mod hex_dump;
pub mod http_header;
pub mod http_method;
pub mod http_request;
pub mod lint;
pub mod pcapng;
pub mod proxy_server;
pub mod received_lines;
pub mod session_log;
pub mod socks4;
pub mod socks5;
pub mod socks_server;
pub mod source_route;
pub mod starttls;
mod status_line;
pub mod step;
pub mod target;
pub mod telnet;
pub mod terminal_view;
pub mod timed_hex;
pub mod token_bucket;
pub mod udp_probe;
