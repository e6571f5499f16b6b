//! Connecting and listening over IP: TCP streams, and DCCP, which is set up the same way.

mod attempt;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::SocketFlags;
use socket2::Socket;
use tokio::time::{Instant, timeout_at};

pub use attempt::bind_source;
use attempt::{From, attempt};

use super::Link;
use super::introduction::introduce;
use crate::event::{Attempt, Detail, Error, Event, Failure, Observer, Peer, Target};
use crate::net::route::{self, Route};
use crate::net::socket::Request;
use crate::net::{address, lookup, race};
use crate::plan::{Dial, Family, Host, Transport};
use crate::sys::fd::Fd;
use crate::sys::resolver;

/// What a connection is made with, beside the plan.
#[derive(Debug, Clone, Copy)]
pub struct Means<'a> {
    /// The plan's way to dial.
    pub dial: &'a Dial,
    /// The key for TCP MD5 signatures.
    pub md5_key: Option<&'a [u8]>,
    /// When everything has to stand.
    pub deadline: Option<Instant>,
    /// The target is a proxy, not what was asked for.
    pub to_proxy: bool,
}

/// Looks the target up, tries its addresses by RFC 8305, and gives the first that connects.
/// Each failed attempt is an event; the caller reports the connection, once it is of use.
pub async fn connect(
    target: &Target,
    means: Means<'_>,
    observer: &dyn Observer,
) -> Result<Link, Error> {
    let addresses = resolve(target, means, observer).await?;
    let looking_up = async {
        let route = route(target.port, means.dial).await?;
        Ok((sources(&addresses, means).await?, route))
    };
    let (sources, route) = match means.deadline {
        None => looking_up.await?,
        Some(deadline) => {
            timeout_at(deadline, looking_up).await.unwrap_or_else(|_| Err(late(target)))?
        }
    };
    let mut best = None;
    let attempt = |address: SocketAddr| {
        observer.observe(&Event::Attempting { target: target.clone(), address });
        let source = sources.iter().copied().find(|source| same_family(source, &address));
        let from = From { source, needed: !sources.is_empty(), route: route.as_ref() };
        attempt(target.transport, address, from, means)
    };
    let mut broken = None;
    let failed = |address: &SocketAddr, error: Option<Error>, took| {
        let error = match error {
            None => io::ErrorKind::TimedOut.into(),
            Some(Error::Connection { error, .. }) => error,
            // the attempt could not even be made; it is the same for every address
            Some(other) => {
                broken.get_or_insert(other);
                return;
            }
        };
        let failure = Failure::of_network(&error);
        best = Some(tells_more(best, failure));
        let (target, address, to_proxy) = (target.clone(), *address, means.to_proxy);
        let attempt = Attempt { target, address, error, took, to_proxy };
        observer.observe(&Event::AttemptFailed(attempt));
    };
    match race::run(&addresses, means.deadline, attempt, failed).await {
        Some((address, fd)) => {
            let local = local_address(&fd);
            let peer = Peer::Inet {
                transport: target.transport,
                host: Some(target.host.clone()),
                address,
            };
            Ok(Link::new(fd, peer, local))
        }
        None => Err(broken.unwrap_or(Error::NotConnected {
            target: target.clone(),
            failure: best.unwrap_or(Failure::TimedOut),
        })),
    }
}

/// Of two failures the one that says more about the peer.
pub fn tells_more(before: Option<Failure>, now: Failure) -> Failure {
    let rank = |failure: Failure| match failure {
        Failure::Refused => 0,
        Failure::CutShort => 1,
        Failure::TimedOut => 2,
        Failure::Unreachable => 3,
        _ => 4,
    };
    match before {
        Some(before) if rank(before) <= rank(now) => before,
        _ => now,
    }
}

/// The target's addresses, within the deadline.
pub async fn resolve(
    target: &Target,
    means: Means<'_>,
    observer: &dyn Observer,
) -> Result<Vec<SocketAddr>, Error> {
    let (family, numeric) = (route::family(means.dial), means.dial.numeric);
    if let Some(own) = &means.dial.source_address {
        let introducing = introduce(own, family, numeric, observer);
        match means.deadline {
            None => introducing.await,
            // what is only for show may be left out
            Some(deadline) => timeout_at(deadline, introducing).await.unwrap_or(()),
        }
    }
    let started = Instant::now();
    let asking = lookup::lookup(&target.host, target.port, family, numeric);
    if let Some(route) = &means.dial.socket.source_route {
        for hop in &route.hops {
            let introducing = introduce(hop, Family::V4, numeric, observer);
            match means.deadline {
                None => introducing.await,
                Some(deadline) => timeout_at(deadline, introducing).await.unwrap_or(()),
            }
        }
    }
    let addresses = match means.deadline {
        None => asking.await?,
        Some(deadline) => timeout_at(deadline, asking).await.map_err(|_| late(target))??,
    };
    let took = started.elapsed();
    let mut names = Vec::new();
    if !numeric && observer.wants(Detail::PeerNames) {
        for address in &addresses {
            names.push(lookup::shown_name_of(*address).await);
        }
    }
    let (host, addresses_found) = (target.host.clone(), addresses.clone());
    observer.observe(&Event::Resolved { host, addresses: addresses_found, names, took });
    Ok(addresses)
}

/// The addresses to connect from, of the families that are to be tried; none where the kernel
/// chooses.
pub async fn sources(addresses: &[SocketAddr], means: Means<'_>) -> Result<Vec<SocketAddr>, Error> {
    let port = means.dial.source_port.unwrap_or(0);
    match &means.dial.source_address {
        Some(host) => {
            let (family, numeric) = (means.dial.family, means.dial.numeric);
            let ours = local(host, port, family, numeric, false).await?;
            let usable =
                |source: &SocketAddr| addresses.iter().any(|address| same_family(source, address));
            if !ours.iter().any(usable) {
                let reason = resolver::wrong_family();
                let (host, numeric) = (host.clone(), means.dial.numeric);
                return Err(Error::LocalLookup { host, numeric, listening: false, reason });
            }
            Ok(ours)
        }
        None if port == 0 && !means.dial.random_source_port => Ok(Vec::new()),
        None => Ok([false, true]
            .into_iter()
            .filter(|ipv6| addresses.iter().any(|address| address.is_ipv6() == *ipv6))
            .map(|ipv6| address::any(ipv6, port))
            .collect()),
    }
}

/// The addresses of a host of our own.
async fn local(
    host: &Host,
    port: u16,
    family: Family,
    numeric: bool,
    listening: bool,
) -> Result<Vec<SocketAddr>, Error> {
    lookup::lookup(host, port, family, numeric).await.map_err(|error| match error {
        Error::Lookup { host: Some(host), reason, .. } => {
            Error::LocalLookup { host, numeric, listening, reason }
        }
        other => other,
    })
}

/// The deadline passed while a name was looked up.
fn late(target: &Target) -> Error {
    Error::TimedOut { target: target.clone(), during: "name lookup" }
}

fn same_family(one: &SocketAddr, other: &SocketAddr) -> bool {
    one.is_ipv6() == other.is_ipv6()
}

/// The source route asked for, if one is.
pub async fn route(port: u16, dial: &Dial) -> Result<Option<Route>, Error> {
    match &dial.socket.source_route {
        None => Ok(None),
        Some(route) => Route::look_up(route, port, dial.numeric).await.map(Some),
    }
}

/// The address of our end.
pub fn local_address(fd: &Fd) -> Option<SocketAddr> {
    socket2::SockRef::from(fd).local_addr().ok()?.as_socket()
}

/// A socket that waits for connections.
#[derive(Debug)]
pub struct Listener {
    fd: Fd,
    /// Its address, with the true port.
    pub address: SocketAddr,
    transport: Transport,
}

impl Listener {
    /// The socket.
    pub fn fd(&self) -> &Fd {
        &self.fd
    }

    /// Waits for the next connection. May be dropped while it waits.
    pub async fn accept(&self) -> io::Result<Link> {
        loop {
            self.fd.readable().await?;
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            match rustix::net::acceptfrom_with(&self.fd, flags) {
                Ok((socket, peer)) => {
                    let fd = Fd::accepted(socket, false)?;
                    let address = peer
                        .and_then(|peer| SocketAddr::try_from(peer).ok())
                        .unwrap_or_else(|| address::any(self.address.is_ipv6(), 0));
                    let peer = Peer::Inet { transport: self.transport, host: None, address };
                    return Ok(Link::accepted(fd, peer));
                }
                Err(Errno::AGAIN) => self.fd.not_readable().await,
                Err(error) if is_of_the_client(error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether accepting failed for reasons of that one connection: Linux hands out its pending network
/// errors here, and it may be gone again before we came to it.
fn is_of_the_client(error: Errno) -> bool {
    matches!(
        error,
        Errno::INTR
            | Errno::CONNABORTED
            | Errno::PERM
            | Errno::PROTO
            | Errno::NETDOWN
            | Errno::NETUNREACH
            | Errno::HOSTDOWN
            | Errno::HOSTUNREACH
            | Errno::NOPROTOOPT
            | Errno::NONET
            | Errno::TIMEDOUT
    )
}

/// The addresses that a listener takes: the one asked for, or every one of both families.
pub async fn bind_addresses(
    host: Option<&Host>,
    port: u16,
    family: Family,
    numeric: bool,
) -> Result<Vec<SocketAddr>, Error> {
    match host {
        Some(host) => local(host, port, family, numeric, true).await,
        None => Ok([(false, Family::V6), (true, Family::V4)]
            .into_iter()
            .filter(|(_, excluded_by)| family != *excluded_by)
            .map(|(ipv6, _)| address::any(ipv6, port))
            .collect()),
    }
}

/// Binds every address, all to one port. A system without IPv6 is served over IPv4 alone.
pub fn bind_all(request: Request<'_>, addresses: &[SocketAddr]) -> Result<Vec<Socket>, Error> {
    let chosen_by_kernel = addresses.len() > 1 && addresses[0].port() == 0;
    // the kernel's choice for one family may be taken in the other
    let tries = if chosen_by_kernel { 16 } else { 1 };
    let mut last = None;
    for _ in 0..tries {
        match bind_once(request, addresses) {
            Ok(sockets) => return Ok(sockets),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| Error::Start(io::ErrorKind::AddrNotAvailable.into())))
}

fn bind_once(request: Request<'_>, addresses: &[SocketAddr]) -> Result<Vec<Socket>, Error> {
    let mut sockets: Vec<Socket> = Vec::new();
    let mut port = None;
    for address in addresses {
        let mut address = *address;
        if let Some(port) = port.filter(|_| address.port() == 0) {
            address.set_port(port);
        }
        match request.bind(address) {
            Ok(socket) => {
                let bound = socket.local_addr().map_err(Error::Accept)?;
                port = port.or(bound.as_socket().map(|bound| bound.port()));
                sockets.push(socket);
            }
            Err(error) if address.is_ipv6() && !sockets.is_empty() && no_ipv6(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sockets)
}

fn no_ipv6(error: &Error) -> bool {
    let (Error::Socket(error) | Error::Option { error, .. } | Error::Bind { error, .. }) = error
    else {
        return false;
    };
    matches!(error.raw_os_error(), Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL))
}

/// Listens on every address.
pub fn listen(request: Request<'_>, addresses: &[SocketAddr]) -> Result<Vec<Listener>, Error> {
    bind_all(request, addresses)?
        .into_iter()
        .map(|socket| {
            let fd = Fd::owned(OwnedFd::from(socket)).map_err(Error::Accept)?;
            let address = local_address(&fd)
                .ok_or_else(|| Error::Accept(io::ErrorKind::AddrNotAvailable.into()))?;
            Ok(Listener { fd, address, transport: request.transport })
        })
        .collect()
}
