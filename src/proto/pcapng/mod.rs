//! Packet captures of what passes, in the form that Wireshark reads (`--pcap FILE`).
//!
//! The file is pcapng ([draft-ietf-opsawg-pcapng]): [`block`] writes its blocks. A program sees no
//! packets, only what it gives to the kernel and gets from it, so the headers of IP, TCP and UDP are
//! synthesised: [`Conversation`] decides which packets there are, [`packet`] writes them. The file
//! says so in its comment.
//!
//! Not responsible for the file, the clock, and what belongs to which conversation.
//!
//! [draft-ietf-opsawg-pcapng]: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/

pub mod block;
mod conversation;
mod datagrams;
pub mod packet;
#[cfg(test)]
mod reading;

pub use conversation::{Conversation, LARGEST_SEGMENT};
pub use datagrams::Datagrams;
