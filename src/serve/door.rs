//! Where clients come in: one or several listening sockets.

use std::cell::Cell;
use std::ffi::OsString;
use std::future::{Future, poll_fn};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStringExt;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use crate::endpoint::introduction::introduce;
use crate::endpoint::{Link, callers, inet, udp, unix, vsock};
use crate::event::{Detail, Error, Event, Observer, Peer};
use crate::net::lookup;
use crate::net::socket::Request;
use crate::plan::{Host, Listen, Local, Transport};
use crate::sys::blocking;
use crate::sys::fd::Fd;
use crate::sys::limit::Reserve;

/// How long accepting rests where the system has no descriptor left.
pub const PAUSE: Duration = Duration::from_millis(100);

/// Listening sockets of one plan.
#[derive(Debug)]
pub struct Door {
    sockets: Sockets,
    /// The last attempt to accept found no descriptor left.
    exhausted: Cell<bool>,
}

#[derive(Debug)]
enum Sockets {
    /// One for each address.
    Inet(Vec<inet::Listener>),
    /// One for each address, where every sender is a client.
    Callers(Vec<callers::Listener>),
    /// One path or name.
    Unix(unix::Listener),
    /// One port of a virtual machine.
    Vsock(vsock::Listener),
}

/// Opens the door for streams, or for datagrams whose senders are clients, and says where it is.
pub async fn open(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<Door, Error> {
    match &listen.local {
        Local::Unix { kind, name } => {
            let listener = unix::listen(*kind, name)?;
            observer.observe(&Event::Bound(listener.peer()));
            observer.observe(&Event::Listening(listener.peer()));
            Ok(Door { sockets: Sockets::Unix(listener), exhausted: Cell::new(false) })
        }
        Local::Vsock { cid, port } => {
            let listener = vsock::listen(*cid, *port)?;
            observer.observe(&Event::Listening(listener.peer()));
            Ok(Door { sockets: Sockets::Vsock(listener), exhausted: Cell::new(false) })
        }
        Local::Inet { transport, .. } if super::datagrams(&listen.local) => {
            let bound = bind(listen, *transport, md5_key, observer).await?;
            let listeners = bound.into_iter().map(callers::Listener::new).collect();
            Ok(Door { sockets: Sockets::Callers(listeners), exhausted: Cell::new(false) })
        }
        Local::Inet { transport, host, port } => {
            introduce_hosts(listen, host.as_ref(), observer).await;
            let addresses =
                inet::bind_addresses(host.as_ref(), *port, listen.family, listen.numeric).await?;
            let request = Request { transport: *transport, options: &listen.socket, md5_key };
            let mut listeners = inet::listen(request, &addresses)?;
            if listen.ipv6_first {
                listeners.sort_by_key(|listener| listener.address.is_ipv4());
            }
            for listener in &listeners {
                let address = listener.address;
                let host = shown_host(listen, address, observer).await;
                observer.observe(&Event::Listening(Peer::Inet {
                    transport: *transport,
                    host,
                    address,
                }));
            }
            tell_port(listen, listeners.first().map(|listener| listener.address)).await?;
            Ok(Door { sockets: Sockets::Inet(listeners), exhausted: Cell::new(false) })
        }
    }
}

/// Opens the door for datagrams and says where it is.
pub async fn bind(
    listen: &Listen,
    transport: Transport,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<Vec<udp::Bound>, Error> {
    let Local::Inet { host, port, .. } = &listen.local else {
        return Ok(Vec::new());
    };
    introduce_hosts(listen, host.as_ref(), observer).await;
    let addresses =
        inet::bind_addresses(host.as_ref(), *port, listen.family, listen.numeric).await?;
    let request = Request { transport, options: &listen.socket, md5_key };
    let mut sockets = udp::bind(request, &addresses)?;
    if listen.ipv6_first {
        sockets.sort_by_key(|socket| socket.address.is_ipv4());
    }
    for socket in &sockets {
        let address = socket.address;
        let host = shown_host(listen, address, observer).await;
        observer.observe(&Event::Bound(Peer::Inet { transport, host, address }));
    }
    tell_port(listen, sockets.first().map(|socket| socket.address)).await?;
    Ok(sockets)
}

/// Says what our own address is called, and the one peer that is waited for.
async fn introduce_hosts(listen: &Listen, own: Option<&Host>, observer: &dyn Observer) {
    let peer = listen.access.only.as_ref().map(|only| &only.host);
    for host in [own, peer].into_iter().flatten() {
        introduce(host, listen.family, listen.numeric, observer).await;
    }
}

/// Writes the port to standard output, where the plan says so. The conversations have that
/// descriptor among their own, so this is a plain write.
async fn tell_port(listen: &Listen, address: Option<SocketAddr>) -> Result<(), Error> {
    let Some(address) = address.filter(|_| listen.tells_port) else {
        return Ok(());
    };
    let line = format!("{}\n", address.port());
    blocking::run(move || {
        let mut output = io::stdout();
        output.write_all(line.as_bytes()).and_then(|()| output.flush())
    })
    .await
    .and_then(|written| written)
    .map_err(|error| Error::Output { error, undelivered: 0 })
}

/// The name that our own address goes by, where names are shown.
async fn shown_host(listen: &Listen, address: SocketAddr, observer: &dyn Observer) -> Option<Host> {
    if listen.numeric || address.ip().is_unspecified() || !observer.wants(Detail::ClientNames) {
        return None;
    }
    lookup::shown_name_of(address).await.map(|name| Host(OsString::from_vec(name)))
}

impl Door {
    /// The next client, or why there is none just now. May be dropped while it waits.
    pub async fn accept(&self) -> io::Result<Link> {
        match &self.sockets {
            Sockets::Unix(listener) => listener.accept().await,
            Sockets::Vsock(listener) => listener.accept().await,
            Sockets::Inet(listeners) => first(listeners.iter().map(inet::Listener::accept)).await,
            Sockets::Callers(listeners) => {
                first(listeners.iter().map(callers::Listener::accept)).await
            }
        }
    }

    /// The addresses of the internet that are listened on; other sockets have none.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let (streams, callers) = match &self.sockets {
            Sockets::Inet(listeners) => (listeners.as_slice(), &[][..]),
            Sockets::Callers(listeners) => (&[][..], listeners.as_slice()),
            Sockets::Unix(_) | Sockets::Vsock(_) => (&[][..], &[][..]),
        };
        let streams = streams.iter().map(|listener| listener.address);
        streams.chain(callers.iter().map(|listener| listener.address))
    }

    /// How many listening sockets there are.
    pub fn count(&self) -> usize {
        match &self.sockets {
            Sockets::Unix(_) | Sockets::Vsock(_) => 1,
            Sockets::Inet(listeners) => listeners.len(),
            Sockets::Callers(listeners) => listeners.len(),
        }
    }

    /// The next client at one of the listening sockets.
    pub async fn accept_at(&self, index: usize) -> io::Result<Link> {
        match &self.sockets {
            Sockets::Unix(listener) => listener.accept().await,
            Sockets::Vsock(listener) => listener.accept().await,
            Sockets::Inet(listeners) => listeners[index].accept().await,
            Sockets::Callers(listeners) => listeners[index].accept().await,
        }
    }

    /// Whether somebody waits at one of the listening sockets now.
    pub fn is_knocked_at(&self, index: usize) -> bool {
        self.socket(index).is_readable_now()
    }

    /// Waits until somebody comes to one of the listening sockets, where nobody waited just now.
    pub async fn knock_at(&self, index: usize) -> io::Result<()> {
        self.socket(index).not_readable().await;
        self.socket(index).readable().await
    }

    fn socket(&self, index: usize) -> &Fd {
        match &self.sockets {
            Sockets::Unix(listener) => listener.fd(),
            Sockets::Vsock(listener) => listener.fd(),
            Sockets::Inet(listeners) => listeners[index].fd(),
            Sockets::Callers(listeners) => listeners[index].fd(),
        }
    }

    /// A client was accepted. Accepting has resumed only where nobody waits any more, and there is
    /// room for another one, who needs so many descriptors beside its connection: else each who
    /// leaves would let one in, and be followed by the same word again.
    pub fn went_well(&self, needs: usize) {
        if self.exhausted.get()
            && !(0..self.count()).any(|index| self.is_knocked_at(index))
            && Reserve::of(1 + needs).is_ok()
        {
            self.exhausted.set(false);
        }
    }

    /// Descriptors are exhausted; whether they were not before.
    pub fn went_wrong(&self) -> bool {
        !self.exhausted.replace(true)
    }
}

/// Whether accepting failed for want of descriptors or memory, which passes.
pub fn is_exhaustion(error: &io::Error) -> bool {
    matches!(
        rustix::io::Errno::from_io_error(error),
        Some(
            rustix::io::Errno::MFILE
                | rustix::io::Errno::NFILE
                | rustix::io::Errno::NOBUFS
                | rustix::io::Errno::NOMEM
                | rustix::io::Errno::NOSPC
        )
    )
}

/// The first of several to be ready.
pub async fn first<F: Future>(futures: impl Iterator<Item = F>) -> F::Output {
    let mut futures: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    poll_fn(|context| {
        for future in &mut futures {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(output);
            }
        }
        Poll::Pending
    })
    .await
}
