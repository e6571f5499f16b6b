//! One client, or one after the other.

use super::access::{Guard, Verdict};
use super::attendance::Attendance;
use super::door;
use super::entrance::{self, Entrance, Patience};
use super::refusals::Refusals;
use super::report_accepted;
use crate::endpoint::{Link, udp, unix};
use crate::event::{Error, Event, Observer, Peer};
use crate::plan::{Clients, Listen, Local, Transport, UnixKind};
use crate::proto::direction::Direction;
use crate::relay::Terms;

/// Serves streams. With one client wanted, the door is shut behind it: a second one is refused
/// rather than left waiting for nobody.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let attendance = Attendance::open(listen, md5_key)?;
    Terms::kept(&listen.session, observer, async |terms| {
        let attendance = attendance.recorded(terms.recorder.clone());
        let entrance = Entrance::open(listen, md5_key, terms.recorder.clone(), observer).await?;
        if listen.clients == Clients::One {
            let link = entrance.only().await?;
            return attendance.serve(&link, &terms).await;
        }
        loop {
            let link = entrance.next().await?;
            let result = attendance.serve(&link, &terms).await;
            attendance.judge(result, link.peer(), observer)?;
        }
    })
    .await
}

/// Serves datagrams: the first sender that may come in is the peer, and nobody else is heard.
pub async fn lock_on(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let attendance = Attendance::open(listen, md5_key)?;
    Terms::kept(&listen.session, observer, async |terms| {
        let attendance = attendance.recorded(terms.recorder.clone());
        let guard = Guard::open(&listen.access, listen.numeric).await?;
        let link = first_peer(listen, md5_key, &guard, observer).await?;
        terms.watch(&link, Direction::Received);
        report_accepted(&link, None, listen.numeric, observer).await;
        attendance.serve(&link, &terms).await
    })
    .await
}

async fn first_peer(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    guard: &Guard,
    observer: &dyn Observer,
) -> Result<Link, Error> {
    let refusals = Refusals::new(observer);
    let candidates = Candidates { guard, numeric: listen.numeric, refusals, observer };
    match &listen.local {
        Local::Inet { transport, .. } => {
            let mut sockets = door::bind(listen, *transport, md5_key, observer).await?;
            let patience = Patience::new(listen.accept_timeout);
            let each = sockets.iter().enumerate().map(|(index, socket)| {
                let candidates = &candidates;
                async move { (index, candidates.first_at(socket, *transport).await) }
            });
            let (index, peer) = tokio::select! {
                biased;
                first = door::first(each) => first,
                error = patience.end() => return Err(error),
            };
            sockets.swap_remove(index).lock_on(peer?).map_err(Error::Accept)
        }
        Local::Vsock { .. } => Err(Error::Unsupported {
            what: "vsock",
            error: std::io::Error::from_raw_os_error(libc::EAFNOSUPPORT),
        }),
        Local::Unix { kind, name } => {
            let listener = unix::listen(*kind, name)?;
            observer.observe(&Event::Bound(listener.peer()));
            let patience = Patience::new(listen.accept_timeout);
            let sender = tokio::select! {
                biased;
                sender = candidates.first_over_unix(&listener) => sender?,
                error = patience.end() => return Err(error),
            };
            listener.lock_on(sender.as_ref())
        }
    }
}

/// Those who may become the peer.
struct Candidates<'a> {
    guard: &'a Guard,
    numeric: bool,
    refusals: Refusals<&'a dyn Observer>,
    observer: &'a dyn Observer,
}

impl Candidates<'_> {
    async fn first_at(
        &self,
        socket: &udp::Bound,
        transport: Transport,
    ) -> Result<std::net::SocketAddr, Error> {
        loop {
            let address = socket.first_peer().await.map_err(Error::Accept)?;
            let peer = Peer::Inet { transport, host: None, address };
            if self.admits(peer, Some(socket.address)).await? {
                return Ok(address);
            }
            socket.fd.receive_from(&mut [0; 1]).await.map_err(Error::Accept)?;
        }
    }

    async fn first_over_unix(
        &self,
        listener: &unix::Listener,
    ) -> Result<Option<crate::plan::UnixName>, Error> {
        loop {
            let name = listener.first_peer().await.map_err(Error::Accept)?;
            let peer = Peer::Unix { kind: UnixKind::Datagram, name: name.clone() };
            if self.admits(peer, None).await? {
                return Ok(name);
            }
            listener.fd().receive_from(&mut [0; 1]).await.map_err(Error::Accept)?;
        }
    }

    async fn admits(&self, peer: Peer, local: Option<std::net::SocketAddr>) -> Result<bool, Error> {
        match self.guard.judge(&peer) {
            Verdict::Admitted => Ok(true),
            Verdict::Refused(reason) => {
                self.refusals.note(peer, reason);
                Ok(false)
            }
            Verdict::Wrong => Err(entrance::wrong(peer, local, self.numeric, self.observer).await),
        }
    }
}
