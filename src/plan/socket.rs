//! Socket options that the letters name; `net::socket` knows when each applies.

use std::num::NonZeroU32;

use super::Host;

/// Socket options asked for; `None` and `false` leave the kernel's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SocketOptions {
    /// Type of service or traffic class, 0..=255 (`-T`; `IP_TOS`, `IPV6_TCLASS`).
    pub tos: Option<u8>,
    /// Outgoing TTL or hop limit (`-M`).
    pub ttl: Option<u8>,
    /// Least incoming TTL or hop limit that is let through (`-m`; RFC 5082).
    pub min_ttl: Option<u8>,
    /// Receive buffer in bytes (`-I`).
    pub receive_buffer: Option<NonZeroU32>,
    /// Send buffer in bytes (`-O`).
    pub send_buffer: Option<NonZeroU32>,
    /// Sign segments with TCP MD5 (`-S`; RFC 2385); the key is asked for at the terminal.
    pub md5_signature: bool,
    /// `SO_DEBUG` (`-D`).
    pub debug: bool,
    /// `SO_BROADCAST` (`-b`).
    pub broadcast: bool,
    /// `SO_KEEPALIVE` (the default face's `-k` without `-l`).
    pub keep_alive: bool,
    /// Have the connection use several paths where the peer can too (`--mptcp`; RFC 8684).
    pub mptcp: bool,
    /// The hosts that packets are to pass (`-g`, `-G`; RFC 791, loose source and record route).
    pub source_route: Option<SourceRoute>,
}

/// A loose source route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRoute {
    /// The hosts on the way, one to eight.
    pub hops: Vec<Host>,
    /// The pointer: a multiple of 4 from 4 to 28.
    pub pointer: u8,
    /// How the option is laid out.
    pub layout: SourceRouteLayout,
}

/// Where the padding of a source route stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceRouteLayout {
    /// Behind it (traditional).
    Traditional,
    /// Before it (Ncat).
    Ncat,
}
