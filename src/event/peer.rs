//! The ends of a connection, by name: what was asked for, and who is there.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::plan::{Host, Transport, UnixKind, UnixName};

/// A host and port that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Host as given.
    pub host: Host,
    /// Port.
    pub port: u16,
    /// TCP, UDP, …
    pub transport: Transport,
    /// Whether names are out of bounds in messages too (`-n`).
    pub numeric: bool,
}

/// One end of a connection, as far as it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// An address on the net.
    Inet {
        /// TCP, UDP, …
        transport: Transport,
        /// The host as given, where there was one.
        host: Option<Host>,
        /// Address and port.
        address: SocketAddr,
    },
    /// A Unix-domain socket; `None` for a client without a name.
    Unix {
        /// Stream or datagram.
        kind: UnixKind,
        /// Name.
        name: Option<UnixName>,
    },
    /// A file or device.
    File(PathBuf),
    /// A port of a virtual machine.
    Vsock {
        /// The machine's context id.
        cid: u32,
        /// The port.
        port: u32,
    },
}
