//! Opens the sockets of a scan, and says what a failure means for the port.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;

use rustix::io::Errno;
use socket2::{SockRef, Socket};

use super::allowance::is_shortage;
use super::sweep::Started;
use crate::endpoint::inet::bind_source;
use crate::event::{Error, PortState};
use crate::net::route::Route;
use crate::net::socket::Request;
use crate::plan::Dial;

/// What every socket of a scan is made of.
#[derive(Debug, Clone, Copy)]
pub struct Sockets<'a> {
    /// Kind and options.
    pub request: Request<'a>,
    /// Addresses to connect from; none where the kernel chooses.
    pub sources: &'a [SocketAddr],
    /// The plan's way to dial.
    pub dial: &'a Dial,
    /// The source route, where there is one.
    pub route: Option<&'a Route>,
}

impl Sockets<'_> {
    /// A non-blocking socket, bound where a source was asked for. Where there is none, what that
    /// means for the attempt.
    pub fn open(&self, address: SocketAddr) -> Result<Socket, Started> {
        let socket = self.request.open(address).map_err(|error| match error {
            Error::Socket(error) if is_shortage(&error) => Started::Short(error),
            // names stand for addresses of families that this kernel does not have, too
            Error::Socket(error) if error.raw_os_error() == Some(libc::EAFNOSUPPORT) => {
                Started::Settled(PortState::Failed(error))
            }
            other => Started::Broken(other),
        })?;
        if let Some(route) = self.route {
            route.set(&socket, address).map_err(Started::Broken)?;
        }
        match source(self.sources, address).map(|source| bind_source(&socket, source, self.dial)) {
            Some(Err(error)) => {
                let address = source(self.sources, address);
                Err(Started::Broken(Error::Source { address, error }))
            }
            Some(Ok(())) | None => Ok(socket),
        }
    }
}

/// The address to connect from for one to connect to.
pub fn source(sources: &[SocketAddr], address: SocketAddr) -> Option<SocketAddr> {
    sources.iter().copied().find(|source| source.is_ipv6() == address.is_ipv6())
}

/// What an error of the network says of a port.
pub fn state(error: io::Error) -> PortState {
    match error.raw_os_error() {
        Some(libc::ECONNREFUSED) => PortState::Closed(error),
        Some(libc::ETIMEDOUT) => PortState::NoAnswer(Some(error)),
        _ => PortState::Failed(error),
    }
}

/// What a port is where nobody listens, as the kernel would say it.
pub fn closed() -> PortState {
    PortState::Closed(Errno::CONNREFUSED.into())
}

/// Whether a socket is connected to itself: the kernel may give out the very port that is tried
/// as our own, which nobody then listens on.
pub fn is_own(socket: &impl AsFd, address: SocketAddr) -> bool {
    let own = SockRef::from(socket).local_addr().ok().and_then(|own| own.as_socket());
    own.is_some_and(|own| own.port() == address.port() && own.ip() == address.ip())
}
