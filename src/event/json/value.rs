//! The values that the lines are made of: texts, times, addresses, ends.

use std::io;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use serde::Serialize;

use crate::event::strerror::strerror;
use crate::event::{self, voice};
use crate::plan::{self, UnixKind};
use crate::proto::escape::escape;

/// Foreign bytes: themselves if they are UTF-8, else escaped as in messages (`\xNN`).
pub fn text(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => escape(bytes).to_string(),
    }
}

/// Bytes as pairs of hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Seconds, to the microsecond.
pub fn seconds(duration: Duration) -> f64 {
    // exact: a whole number of microseconds below 2^53 is, for 285 years
    #[expect(clippy::cast_precision_loss)]
    let micros = duration.as_micros() as f64;
    micros / 1_000_000.0
}

/// A host and port that were asked for.
#[derive(Serialize)]
pub struct Target {
    host: String,
    port: u16,
    transport: &'static str,
}

impl From<&event::Target> for Target {
    fn from(target: &event::Target) -> Self {
        Self {
            host: text(target.host.as_bytes()),
            port: target.port,
            transport: target.transport.name(),
        }
    }
}

/// An IP address and a port.
#[derive(Serialize)]
pub struct Address {
    ip: String,
    port: u16,
}

impl From<&SocketAddr> for Address {
    fn from(address: &SocketAddr) -> Self {
        Self { ip: ip(address), port: address.port() }
    }
}

/// The address without its port; a zone as its number.
pub fn ip(address: &SocketAddr) -> String {
    voice::ip(address)
}

/// One end of a connection.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Peer {
    /// On the net.
    Inet { transport: &'static str, host: Option<String>, ip: String, port: u16 },
    /// In the Unix domain; the name as the user writes it.
    Unix { socket: &'static str, name: Option<String> },
    /// A file or device.
    File { path: String },
    /// In a virtual machine.
    Vsock { cid: u32, port: u32 },
}

impl From<&event::Peer> for Peer {
    fn from(peer: &event::Peer) -> Self {
        match peer {
            event::Peer::Inet { transport, host, address } => Self::Inet {
                transport: transport.name(),
                host: host.as_ref().map(|host| text(host.as_bytes())),
                ip: ip(address),
                port: address.port(),
            },
            event::Peer::Unix { kind, name } => Self::Unix {
                socket: match kind {
                    UnixKind::Stream => "stream",
                    UnixKind::Datagram => "datagram",
                },
                name: name.as_ref().map(|name| text(&name.display())),
            },
            event::Peer::Vsock { cid, port } => Self::Vsock { cid: *cid, port: *port },
            event::Peer::File(path) => Self::File { path: text(path.as_os_str().as_bytes()) },
        }
    }
}

/// What the system said.
#[derive(Serialize)]
pub struct Reason {
    message: String,
    errno: Option<i32>,
}

impl From<&io::Error> for Reason {
    fn from(error: &io::Error) -> Self {
        Self { message: strerror(error), errno: error.raw_os_error() }
    }
}

/// One of the two sides.
pub fn side(side: event::Side) -> &'static str {
    match side {
        event::Side::Us => "us",
        event::Side::Peer => "peer",
    }
}

/// What a proxy speaks, as `-X` names it.
pub fn proxy_kind(kind: plan::ProxyKind) -> &'static str {
    match kind {
        plan::ProxyKind::Socks4 => "4",
        plan::ProxyKind::Socks4a => "4a",
        plan::ProxyKind::Socks5 => "5",
        plan::ProxyKind::HttpConnect => "connect",
    }
}
