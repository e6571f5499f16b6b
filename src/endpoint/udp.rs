//! A datagram listener over IP: it hears everybody until it locks on to its first peer.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use crate::endpoint::{Link, inet};
use crate::event::{Error, Peer};
use crate::net::socket::Request;
use crate::plan::Transport;
use crate::sys::fd::Fd;

/// A bound datagram socket.
#[derive(Debug)]
pub struct Bound {
    /// The descriptor.
    pub fd: Fd,
    /// Its address, with the true port.
    pub address: SocketAddr,
    transport: Transport,
}

/// Binds every address.
pub fn bind(request: Request<'_>, addresses: &[SocketAddr]) -> Result<Vec<Bound>, Error> {
    inet::bind_all(request, addresses)?
        .into_iter()
        .map(|socket| {
            let fd = Fd::owned(OwnedFd::from(socket)).map_err(Error::Accept)?;
            let address = inet::local_address(&fd)
                .ok_or_else(|| Error::Accept(io::ErrorKind::AddrNotAvailable.into()))?;
            Ok(Bound { fd, address, transport: request.transport })
        })
        .collect()
}

impl Bound {
    /// Waits for a datagram, which stays unread, and says who sent it.
    pub async fn first_peer(&self) -> io::Result<SocketAddr> {
        loop {
            let sender = self.fd.peek_sender().await?;
            if let Some(address) = sender.and_then(|sender| SocketAddr::try_from(sender).ok()) {
                return Ok(address);
            }
            // without a sender there is nobody to lock on to
            let mut nothing = [0; 1];
            self.fd.receive_from(&mut nothing).await?;
        }
    }

    /// Locks on to a peer: nobody else is heard from now on.
    pub fn lock_on(self, peer: SocketAddr) -> io::Result<Link> {
        socket2::SockRef::from(&self.fd).connect(&peer.into())?;
        let local = inet::local_address(&self.fd);
        let name = Peer::Inet { transport: self.transport, host: None, address: peer };
        Ok(Link::new(self.fd, name, local).only_from(peer))
    }
}
