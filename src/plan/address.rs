//! Hosts, transports and names of Unix sockets, as the user gave them: nothing is looked up here.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::PortList;

/// A host name or a numeric address with an optional `%zone`, in the user's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(pub OsString);

impl Host {
    /// What a peer on this machine goes by where it has no other name.
    pub fn local() -> Self {
        Self("localhost".into())
    }

    /// The bytes as given.
    pub fn as_os_str(&self) -> &OsStr {
        &self.0
    }

    /// The bytes as given.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<&str> for Host {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// A host with the ports wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inet {
    /// TCP, UDP, …
    pub transport: Transport,
    /// Host.
    pub host: Host,
    /// Ports, in the order given.
    pub ports: PortList,
}

/// What carries the bytes over IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    /// A byte stream.
    #[default]
    Tcp,
    /// Datagrams.
    Udp,
    /// DCCP: datagrams in a connection (RFC 4340).
    Dccp,
    /// SCTP, one stream of it, as a byte stream (RFC 9260).
    Sctp,
    /// Datagrams that may arrive damaged (RFC 3828).
    UdpLite,
}

/// Whether boundaries between messages are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A byte stream with an end.
    Stream,
    /// Messages without an end.
    Datagram,
}

impl Transport {
    /// Stream or datagram.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Tcp | Self::Sctp => Protocol::Stream,
            Self::Udp | Self::Dccp | Self::UdpLite => Protocol::Datagram,
        }
    }

    /// The name in messages: `tcp`, `udp`, ….
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Dccp => "dccp",
            Self::Sctp => "sctp",
            Self::UdpLite => "udplite",
        }
    }
}

/// Address families wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// Stream or datagram socket of the Unix domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnixKind {
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Datagram,
}

/// The name of a Unix-domain socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnixName {
    /// In the file system.
    Path(PathBuf),
    /// In the kernel's abstract name space, without the leading `@`.
    Abstract(Vec<u8>),
}

impl UnixName {
    /// A leading `@` names an abstract socket, as in netcat-openbsd.
    pub fn parse(argument: &OsStr) -> Self {
        match argument.as_bytes().strip_prefix(b"@") {
            Some(name) => Self::Abstract(name.to_vec()),
            None => Self::Path(PathBuf::from(argument)),
        }
    }

    /// As the user writes it.
    pub fn display(&self) -> Vec<u8> {
        match self {
            Self::Path(path) => path.as_os_str().as_bytes().to_vec(),
            Self::Abstract(name) => [b"@", name.as_slice()].concat(),
        }
    }

    /// The path, if it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Abstract(_) => None,
        }
    }
}
