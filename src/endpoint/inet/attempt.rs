//! One attempt to connect to one address: the socket, where it comes from, and whether it got there.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use socket2::Socket;

use super::{Means, local_address};
use crate::event::Error;
use crate::net::route::Route;
use crate::net::socket::Request;
use crate::plan::{Dial, Transport};
use crate::sys::{fd::Fd, random};

/// How many random ports may be taken by others.
const RANDOM_TRIES: u32 = 64;

/// Where an attempt comes from, and which way it goes.
#[derive(Clone, Copy)]
pub struct From<'a> {
    /// Our own address; `None` where the kernel chooses.
    pub source: Option<SocketAddr>,
    /// The kernel is not to choose.
    pub needed: bool,
    /// The source route, where one was asked for.
    pub route: Option<&'a Route>,
}

/// One attempt. A failure of the network is `Error::Connection`; anything else is ours. A random
/// port of ours may be one from which the peer was connected a moment ago: then another is drawn.
pub async fn attempt(
    transport: Transport,
    address: SocketAddr,
    from: From<'_>,
    means: Means<'_>,
) -> Result<Fd, Error> {
    let mut left = RANDOM_TRIES;
    loop {
        left -= 1;
        match attempt_once(transport, address, from, means).await {
            Err(Error::Connection { error, .. })
                if means.dial.random_source_port
                    && error.kind() == io::ErrorKind::AddrNotAvailable
                    && left > 0 => {}
            done => return done,
        }
    }
}

async fn attempt_once(
    transport: Transport,
    address: SocketAddr,
    from: From<'_>,
    means: Means<'_>,
) -> Result<Fd, Error> {
    let network = |error| Error::Connection { error, undelivered: 0 };
    let request = Request { transport, options: &means.dial.socket, md5_key: means.md5_key };
    let socket = request.open(address)?;
    if let Some(route) = from.route {
        route.set(&socket, address)?;
    }
    match from.source {
        Some(source) => bind_source(&socket, source, means.dial)
            .map_err(|error| Error::Source { address: Some(source), error })?,
        None if from.needed => {
            let error = io::ErrorKind::AddrNotAvailable.into();
            return Err(Error::Source { address: None, error });
        }
        None => {}
    }
    match socket.connect(&address.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) => return Err(network(error)),
    }
    let fd = Fd::owned(OwnedFd::from(socket)).map_err(network)?;
    fd.writable().await.map_err(network)?;
    if let Some(error) = fd.take_error() {
        return Err(network(error));
    }
    // a free port can be given out as source of a connection to itself: nobody listens there
    if means.dial.source_port.is_none() && local_address(&fd) == Some(address) {
        return Err(network(io::ErrorKind::ConnectionRefused.into()));
    }
    Ok(fd)
}

/// Binds a socket to the address that it will connect from; where no port was asked for but a
/// random one, to such a port that is free.
pub fn bind_source(socket: &Socket, mut source: SocketAddr, dial: &Dial) -> io::Result<()> {
    socket.set_reuse_address(true)?;
    if !dial.random_source_port || source.port() != 0 {
        return socket.bind(&source.into());
    }
    let mut left = RANDOM_TRIES;
    loop {
        source.set_port(random_port()?);
        left -= 1;
        match socket.bind(&source.into()) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && left > 0 => {}
            done => return done,
        }
    }
}

/// A port of 8192 and above, where traditional's begin. Each is equally likely.
fn random_port() -> io::Result<u16> {
    loop {
        let port = u16::from_ne_bytes(random::bytes()?);
        if port >= 8192 {
            return Ok(port);
        }
    }
}
