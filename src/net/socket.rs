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
        let (kind, protocol) = match self.transport {
            Transport::Tcp => (Type::STREAM, Protocol::TCP),
            Transport::Udp => (Type::DGRAM, Protocol::UDP),
            Transport::Sctp => (Type::STREAM, Protocol::from(libc::IPPROTO_SCTP)),
            Transport::UdpLite => (Type::DGRAM, Protocol::from(libc::IPPROTO_UDPLITE)),
            Transport::Dccp => (Type::from(DCCP.0), Protocol::from(DCCP.1)),
        };
        let domain = Domain::for_address(peer);
        let socket = match Socket::new(domain, kind.nonblocking().cloexec(), Some(protocol)) {
            Ok(socket) => socket,
            Err(error) => match self.transport {
                Transport::Dccp => return Err(Error::Unsupported { what: "DCCP", error }),
                Transport::Sctp => return Err(Error::Unsupported { what: "SCTP", error }),
                Transport::UdpLite => return Err(Error::Unsupported { what: "UDP-Lite", error }),
                Transport::Tcp | Transport::Udp => {
                    return Err(Error::Option { option: "socket", error });
                }
            },
        };
        self.set_options(&socket, peer)?;
        Ok(socket)
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
    /// streams get it.
    pub fn bind(&self, address: SocketAddr) -> Result<Socket, Error> {
        let socket = self.open(address)?;
        let bound = || -> io::Result<()> {
            if self.transport != Transport::Udp {
                socket.set_reuse_address(true)?;
            }
            if address.is_ipv6() {
                socket.set_only_v6(true)?;
            }
            if self.transport == Transport::Udp && self.options.receive_buffer.is_none() {
                // a burst is lost where the buffer is full; what the system allows is taken
                let _ = socket.set_recv_buffer_size(DATAGRAM_BUFFER);
            }
            socket.bind(&address.into())?;
            if self.transport != Transport::Udp {
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
