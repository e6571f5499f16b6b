//! Streams between a virtual machine and its host (`AF_VSOCK`): connecting and listening.
//!
//! Nothing is looked up: machines and ports are numbers. A socket without names of IP has none of
//! IP's options either.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::SocketFlags;
use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use super::Link;
use crate::event::{Error, Peer};
use crate::net::socket::BACKLOG;
use crate::sys::fd::Fd;

/// `VMADDR_CID_ANY` and `VMADDR_PORT_ANY`.
const ANY: u32 = u32::MAX;

fn socket() -> Result<Socket, Error> {
    Socket::new(Domain::VSOCK, Type::STREAM.nonblocking().cloexec(), None).map_err(|error| {
        match error.raw_os_error() {
            Some(libc::EAFNOSUPPORT | libc::EPROTONOSUPPORT | libc::ESOCKTNOSUPPORT) => {
                Error::Unsupported { what: "vsock", error }
            }
            _ => Error::Socket(error),
        }
    })
}

/// Connects to a port of a machine, in this time. A port without a listener refuses, as it does
/// over IP; the kernel says reset.
pub async fn connect(cid: u32, port: u32, timeout: Option<Duration>) -> Result<Link, Error> {
    let socket = socket()?;
    let connecting = async {
        match socket.connect(&SockAddr::vsock(cid, port)) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let fd = Fd::owned(OwnedFd::from(socket))?;
        fd.writable().await?;
        fd.take_error().map_or(Ok(fd), Err)
    };
    let connected = match timeout {
        None => connecting.await,
        Some(timeout) => tokio::time::timeout(timeout, connecting)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
    };
    match connected {
        Ok(fd) => Ok(Link::new(fd, Peer::Vsock { cid, port }, None)),
        Err(error) => Err(Error::Connection { error: refused(error), undelivered: 0 }),
    }
}

fn refused(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(libc::ECONNRESET) => io::ErrorKind::ConnectionRefused.into(),
        _ => error,
    }
}

/// A socket that waits for connections.
#[derive(Debug)]
pub struct Listener {
    fd: Fd,
    cid: u32,
    port: u32,
}

/// Listens on a port, on one of our context ids or on any; port 0 lets the kernel choose.
pub fn listen(cid: Option<u32>, port: u32) -> Result<Listener, Error> {
    let socket = socket()?;
    let cid = cid.unwrap_or(ANY);
    let wanted = SockAddr::vsock(cid, if port == 0 { ANY } else { port });
    let bound = || -> io::Result<u32> {
        socket.bind(&wanted)?;
        socket.listen(BACKLOG)?;
        Ok(socket.local_addr()?.as_vsock_address().map_or(port, |(_, port)| port))
    };
    let local = Peer::Vsock { cid, port };
    let port = bound().map_err(|error| Error::Bind { local, error })?;
    let fd = Fd::owned(OwnedFd::from(socket)).map_err(Error::Accept)?;
    Ok(Listener { fd, cid, port })
}

impl Listener {
    /// What it is bound to, with the true port.
    pub fn peer(&self) -> Peer {
        Peer::Vsock { cid: self.cid, port: self.port }
    }

    /// The socket.
    pub fn fd(&self) -> &Fd {
        &self.fd
    }

    /// Waits for the next connection. May be dropped while it waits.
    pub async fn accept(&self) -> io::Result<Link> {
        loop {
            self.fd.readable().await?;
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            match rustix::net::accept_with(&self.fd, flags) {
                Ok(socket) => {
                    let fd = Fd::owned(socket)?;
                    let address = SockRef::from(&fd).peer_addr().ok();
                    let (cid, port) = address
                        .and_then(|address| address.as_vsock_address())
                        .unwrap_or((ANY, ANY));
                    return Ok(Link::new(fd, Peer::Vsock { cid, port }, None));
                }
                Err(Errno::AGAIN) => self.fd.not_readable().await,
                Err(Errno::INTR | Errno::CONNABORTED | Errno::CONNRESET) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
mod tests {
    use super::*;
    use crate::event::Failure;

    /// `VMADDR_CID_LOCAL`: this very machine.
    const LOCAL: u32 = 1;

    fn listener(port: u32) -> Option<Listener> {
        match listen(None, port) {
            Err(Error::Unsupported { error, .. }) => {
                println!("skipped: this kernel has no vsock: {error}");
                None
            }
            other => Some(other.expect("a port")),
        }
    }

    #[tokio::test]
    async fn a_port_is_chosen_and_taken_once() {
        let Some(first) = listener(0) else { return };
        let Peer::Vsock { cid: ANY, port } = first.peer() else { panic!("{first:?}") };
        assert_ne!(port, 0);
        let second = listen(None, port);
        let Err(Error::Bind { local, error }) = second else { panic!("{second:?}") };
        assert_eq!(error.raw_os_error(), Some(libc::EADDRINUSE));
        assert_eq!(local, Peer::Vsock { cid: ANY, port });
    }

    #[tokio::test]
    async fn bytes_go_both_ways_and_a_port_without_listener_refuses() {
        // without it, a connection to ourselves leaves for the host
        if !std::path::Path::new("/sys/module/vsock_loopback").exists() {
            println!("skipped: this kernel has no vsock loopback");
            return;
        }
        let Some(listener) = listener(0) else { return };
        let Peer::Vsock { port, .. } = listener.peer() else { panic!("{listener:?}") };
        let patience = Some(Duration::from_secs(20));
        let (client, server) = tokio::join!(connect(LOCAL, port, patience), listener.accept());
        let (client, server) = (client.expect("a connection"), server.expect("a client"));
        assert_eq!(*client.peer(), Peer::Vsock { cid: LOCAL, port });
        client.fd().write_all(b"a question").await.expect("sent");
        client.half_close().expect("an end");
        let mut buffer = [0; 64];
        assert_eq!(server.fd().read(&mut buffer).await.expect("read"), 10);
        assert_eq!(server.fd().read(&mut buffer).await.expect("an end"), 0);
        server.fd().write_all(b"an answer").await.expect("sent");
        assert_eq!(client.fd().read(&mut buffer).await.expect("read"), 9);
        drop(listener);
        let error = connect(LOCAL, port, patience).await.expect_err("nobody listens");
        assert_eq!(error.failure(), Failure::Refused);
    }
}
