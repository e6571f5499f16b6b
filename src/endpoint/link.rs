//! A connected end, whatever kind it is.

use std::cell::{Cell, OnceCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use super::callers::Caller;
use super::inet;
use super::stream::{Layer, Stream};
use super::unix::OwnPath;
use crate::event::{Detail, Observer, Peer, Secured, TcpInfo};
use crate::plan::Transport;
use crate::sys::fd::{Fd, Kind};
use crate::sys::sockopt;

/// After how long a silence a peer is asked whether it is alive, and how often then.
const ALIVE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(5));

/// A connected end.
#[derive(Debug)]
pub struct Link {
    stream: Stream,
    peer: Peer,
    /// Not known before it is asked for, where the kernel can tell.
    local: OnceCell<Option<SocketAddr>>,
    half_closed: Cell<bool>,
    only_from: Option<SocketAddr>,
    /// Who is answered, at a socket that others are answered by as well.
    caller: Option<Rc<Caller>>,
    /// Removes our own socket's path when the end goes away.
    own_path: Option<OwnPath>,
    secured: Option<Rc<Secured>>,
}

impl Link {
    /// An end that is open.
    pub fn new(fd: Fd, peer: Peer, local: Option<SocketAddr>) -> Self {
        Self {
            stream: Stream::Plain(Rc::new(fd)),
            peer,
            local: OnceCell::from(local),
            half_closed: Cell::new(false),
            only_from: None,
            caller: None,
            own_path: None,
            secured: None,
        }
    }

    /// An end over IP that came to us. A listener makes one for every client, and few are asked
    /// where they came to.
    pub fn accepted(fd: Fd, peer: Peer) -> Self {
        Self { local: OnceCell::new(), ..Self::new(fd, peer, None) }
    }

    /// The same, with a path of our own that goes away with it.
    #[must_use]
    pub fn with_path(mut self, own_path: OwnPath) -> Self {
        self.own_path = Some(own_path);
        self
    }

    /// The same, hearing datagrams from this address alone: some from others may be queued from
    /// before the socket was connected.
    #[must_use]
    pub fn only_from(mut self, address: SocketAddr) -> Self {
        self.only_from = Some(address);
        self
    }

    /// The one address whose datagrams count, where the socket may hold others.
    pub fn heard_address(&self) -> Option<SocketAddr> {
        self.only_from
    }

    /// The same, of a client at a socket that it shares with others. What it sends comes through
    /// the descriptor; what it is sent goes through the caller, which a layer sees to.
    #[must_use]
    pub fn with_caller(mut self, caller: Rc<Caller>) -> Self {
        self.caller = Some(caller);
        self
    }

    /// Who is answered, at a socket that others are answered by as well.
    pub fn caller(&self) -> Option<&Rc<Caller>> {
        self.caller.as_ref()
    }

    /// The same end with its bytes through a layer.
    #[must_use]
    pub fn through(self, layer: Rc<dyn Layer>, secured: Rc<Secured>) -> Self {
        Self { stream: Stream::Layered(layer), secured: Some(secured), ..self }
    }

    /// How it is secured, if it is.
    pub fn secured(&self) -> Option<&Secured> {
        self.secured.as_deref()
    }

    /// Where its bytes go through.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The descriptor at the bottom, whose bytes may be a layer's.
    pub fn fd(&self) -> &Rc<Fd> {
        self.stream.fd()
    }

    /// Who is at the other end.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Our own address.
    pub fn local(&self) -> Option<SocketAddr> {
        *self.local.get_or_init(|| inet::local_address(self.fd()))
    }

    fn is_tcp(&self) -> bool {
        matches!(self.peer, Peer::Inet { transport: Transport::Tcp, .. })
    }

    /// Tells the peer that we finished sending. Of no effect on ends without an end of stream. SCTP
    /// has no half of a connection to close: the peer can send what it has queued, and no more.
    pub fn half_close(&self) -> io::Result<()> {
        // who says the end of datagrams ends both directions: that is for when we leave
        if self.fd().kind() == Kind::DatagramSocket || self.half_closed.replace(true) {
            return Ok(());
        }
        self.stream.end()
    }

    /// Tells the peer that nothing follows, where a layer has a word for it and it was not said yet:
    /// closing a connection says so by itself.
    pub fn say_end(&self) {
        if self.stream.plain().is_none() && !self.half_closed.replace(true) {
            // a connection that fails now says so to who waits for what it was sent
            let _ = self.stream.end();
        }
    }

    /// Whether a layer has told the peer that nothing follows.
    pub fn has_said_end(&self) -> bool {
        self.stream.has_said_end()
    }

    /// Sends what a layer has taken and not yet sent, as far as that goes at once.
    pub fn try_flush(&self) -> io::Result<()> {
        self.stream.try_flush()
    }

    /// Bytes that the peer's kernel has not acknowledged, over however many paths; 0 where nothing
    /// tells: the kernel counts them for TCP alone. The end of an SCTP stream comes only when the
    /// peer has it all.
    pub fn unacknowledged(&self) -> u64 {
        let unflushed = self.stream.unflushed();
        let queued = if self.is_tcp() {
            // our FIN counts as one byte of the queue, and carries none
            let fin = u32::from(self.half_closed.get() && unflushed == 0);
            sockopt::unacknowledged(&**self.fd()).unwrap_or(0).saturating_sub(fin)
        } else {
            0
        };
        unflushed as u64 + u64::from(queued)
    }

    /// How many of the bytes written the peer's kernel has not acknowledged, as far as known: what
    /// a layer adds is not among them.
    pub fn undelivered(&self) -> u64 {
        self.stream.carried(self.unacknowledged())
    }

    /// Whether the connection will be reset when it is closed, with all that is still on its way,
    /// so that nobody takes it for an end.
    pub fn set_abort(&self, abort: bool) {
        // without it, it just ends
        let _ = SockRef::from(&**self.fd()).set_linger(abort.then_some(Duration::ZERO));
        if let Some(tap) = self.fd().tap() {
            tap.set_abort(abort);
        }
    }

    /// Has the kernel ask a silent TCP peer now and then whether it is still there: one that is gone
    /// answers with a reset.
    pub fn ask_whether_alive(&self) {
        if self.is_tcp() {
            let every = TcpKeepalive::new().with_time(ALIVE.0).with_interval(ALIVE.1);
            // without it, the peer is found gone when something is sent to it
            let _ = SockRef::from(&**self.fd()).set_tcp_keepalive(&every);
        }
    }

    /// The options of IPv4 that the peer's packets carry; empty where there are none.
    pub fn ip_options(&self) -> Vec<u8> {
        match self.peer {
            Peer::Inet { address: SocketAddr::V4(_), .. } => sockopt::ip_options(&**self.fd()),
            _ => Vec::new(),
        }
    }

    /// What the kernel knows of a TCP connection, where this observer wants it.
    pub fn tcp_info_for(&self, observer: &dyn Observer) -> Option<TcpInfo> {
        if !self.is_tcp() || !observer.wants(Detail::TcpInfo) {
            return None;
        }
        // of several paths it is the first one's, and zeros once that is gone
        sockopt::tcp_info(&**self.fd()).filter(|info| !info.rtt.is_zero())
    }

    /// The error that stands on the socket, which is thereby taken off. None where both sides have
    /// said in a layer's words that they finished: a peer need not wait for ours before it goes.
    pub fn take_error(&self) -> Option<io::Error> {
        self.fd().take_error().filter(|_| !(self.stream.is_done() && self.undelivered() == 0))
    }
}
