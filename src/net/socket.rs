//! Opens sockets with the options of the plan, each at its moment: before bind, before connect.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

use crate::event::Error;
use crate::plan::{SocketOptions, Transport};
use crate::sys::sockopt;

/// How many connections may wait to be accepted: a burst must not turn into SYN retries.
pub const BACKLOG: i32 = 4096;

/// `SOCK_DCCP` and `IPPROTO_DCCP` of Linux.
const DCCP: (i32, i32) = (6, 33);

/// In messages.
const MPTCP: &str = "MPTCP";

/// What the kernel is asked for.
struct Make {
    kind: Type,
    protocol: Protocol,
    /// The name of what not every kernel has.
    name: Option<&'static str>,
}

/// What a socket is to be.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// TCP, UDP, …
    pub transport: Transport,
    /// Options of the plan.
    pub options: &'a SocketOptions,
    /// The key for TCP MD5 signatures, where they are asked for.
    pub md5_key: Option<&'a [u8]>,
}

impl Request<'_> {
    /// A non-blocking socket of the family of `peer`, with everything set that is to be set
    /// before it is bound or connected.
    pub fn open(&self, peer: SocketAddr) -> Result<Socket, Error> {
        let Make { kind, protocol, name } = self.make()?;
        let domain = Domain::for_address(peer);
        let socket =
            Socket::new(domain, kind.nonblocking().cloexec(), Some(protocol)).map_err(|error| {
                match name {
                    Some(what) if is_unknown(&error) => Error::Unsupported { what, error },
                    _ => Error::Socket(error),
                }
            })?;
        self.set_options(&socket, peer)?;
        Ok(socket)
    }

    /// What the kernel is asked for.
    fn make(&self) -> Result<Make, Error> {
        let (kind, protocol, name) = match self.transport {
            Transport::Tcp if self.options.mptcp => {
                (Type::STREAM, Protocol::from(libc::IPPROTO_MPTCP), Some(MPTCP))
            }
            Transport::Tcp => (Type::STREAM, Protocol::TCP, None),
            Transport::Udp => (Type::DGRAM, Protocol::UDP, None),
            Transport::Sctp => (Type::STREAM, Protocol::from(libc::IPPROTO_SCTP), Some("SCTP")),
            Transport::UdpLite => {
                (Type::DGRAM, Protocol::from(libc::IPPROTO_UDPLITE), Some("UDP-Lite"))
            }
            Transport::Dccp => (Type::from(DCCP.0), Protocol::from(DCCP.1), Some("DCCP")),
        };
        if self.options.mptcp && self.transport != Transport::Tcp {
            let error = io::Error::from_raw_os_error(libc::EPROTONOSUPPORT);
            return Err(Error::Unsupported { what: MPTCP, error });
        }
        Ok(Make { kind, protocol, name })
    }

    fn set_options(&self, socket: &Socket, peer: SocketAddr) -> Result<(), Error> {
        let options = self.options;
        let ipv6 = peer.is_ipv6();
        let set = |option, result: io::Result<()>| {
            result.map_err(|error| Error::Option { option, error })
        };
        if let Some(bytes) = options.receive_buffer {
            set("SO_RCVBUF", socket.set_recv_buffer_size(bytes.get() as usize))?;
        }
        if let Some(bytes) = options.send_buffer {
            set("SO_SNDBUF", socket.set_send_buffer_size(bytes.get() as usize))?;
        }
        if options.debug {
            set("SO_DEBUG", sockopt::set_debug(socket))?;
        }
        if options.broadcast {
            set("SO_BROADCAST", socket.set_broadcast(true))?;
        }
        if options.keep_alive {
            set("SO_KEEPALIVE", socket.set_keepalive(true))?;
        }
        let named = |ipv4, of_ipv6| if ipv6 { of_ipv6 } else { ipv4 };
        if let Some(tos) = options.tos {
            set(named("IP_TOS", "IPV6_TCLASS"), sockopt::set_tos(socket, ipv6, tos))?;
        }
        if let Some(ttl) = options.ttl {
            set(named("IP_TTL", "IPV6_UNICAST_HOPS"), sockopt::set_ttl(socket, ipv6, ttl))?;
        }
        if let Some(least) = options.min_ttl {
            set(named("IP_MINTTL", "IPV6_MINHOPCOUNT"), sockopt::set_min_ttl(socket, ipv6, least))?;
        }
        if let Some(key) = self.md5_key {
            set("TCP_MD5SIG", sockopt::set_md5_key(socket, peer, key))?;
        }
        Ok(())
    }

    /// A socket bound for listening. Its address is free again as soon as the listener ends, and
    /// two listeners never share one: `SO_REUSEADDR` lets two datagram sockets do that, so only
    /// what accepts connections gets it.
    pub fn bind(&self, address: SocketAddr) -> Result<Socket, Error> {
        let socket = self.open(address)?;
        let accepts = !matches!(self.transport, Transport::Udp | Transport::UdpLite);
        let bound = || -> io::Result<()> {
            if accepts {
                socket.set_reuse_address(true)?;
            }
            if address.is_ipv6() {
                socket.set_only_v6(true)?;
            }
            if !accepts && self.options.receive_buffer.is_none() {
                // a burst is lost where the buffer is full; what the system allows is taken
                let _ = socket.set_recv_buffer_size(DATAGRAM_BUFFER);
            }
            socket.bind(&address.into())?;
            if accepts {
                socket.listen(BACKLOG)?;
            }
            Ok(())
        };
        let peer = || crate::event::Peer::Inet { transport: self.transport, host: None, address };
        bound().map_err(|error| Error::Bind { local: peer(), error })?;
        Ok(socket)
    }
}

/// What a datagram listener asks for as receive buffer, in bytes.
const DATAGRAM_BUFFER: usize = 4 << 20;

/// Whether the kernel does not know this kind of socket, or was told to refuse it.
fn is_unknown(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::EPROTONOSUPPORT
                | libc::ESOCKTNOSUPPORT
                | libc::ENOPROTOOPT
                | libc::EOPNOTSUPP
                | libc::EINVAL
                | libc::EACCES
                | libc::EPERM
        )
    )
}
