//! A bound datagram socket at which every sender is a client of its own, that can be accepted like
//! those of a stream.
//!
//! What a client sends waits in a pair of Unix datagram sockets, bounded by the kernel: what comes
//! while that is full is lost, as in any datagram socket. What it is answered goes out through the
//! bound socket itself. Anybody can send under any address, so those who are not known yet are few:
//! where there are as many as [`MOST_UNKNOWN`], one of them makes room, and rather one that has not
//! shown that it hears us.
//!
//! Not here: what it takes to be known (`layer::dtls`).

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::rc::{Rc, Weak};

use rustix::net::SocketAddrAny;
use tokio::sync::Notify;
use tokio::task::spawn_local;
use tokio::time::Instant;

use super::{Link, udp};
use crate::event::{Failure, Peer};
use crate::plan::Transport;
use crate::sys::fd::Fd;

/// So many clients that are not known yet there are at most.
pub const MOST_UNKNOWN: usize = 256;

/// Larger than any datagram over IP.
const LARGEST: usize = 64 * 1024;

/// How much is known of a client; who is less known makes room first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// It sent something.
    Unheard,
    /// It hears what is sent to its address.
    Answering,
    /// It is served.
    Known,
}

/// A socket that waits for clients.
#[derive(Debug)]
pub struct Listener {
    /// Its address, with the true port.
    pub address: SocketAddr,
    exchange: Rc<Exchange>,
}

/// One client, for who answers it.
#[derive(Debug)]
pub struct Caller {
    socket: Rc<Fd>,
    address: SocketAddrAny,
    line: Rc<Line>,
    exchange: Weak<Exchange>,
}

/// Where datagrams are handed out.
#[derive(Debug)]
struct Exchange {
    socket: Rc<Fd>,
    address: SocketAddr,
    lines: RefCell<HashMap<SocketAddrAny, Rc<Line>>>,
    waiting: RefCell<VecDeque<Link>>,
    failure: RefCell<Option<io::Error>>,
    arrived: Notify,
    /// Nobody new is let in.
    is_shut: Cell<bool>,
}

/// What is kept of a client.
#[derive(Debug)]
struct Line {
    /// The far end of its connection.
    far: Fd,
    standing: Cell<Standing>,
    since: Instant,
    given_up: Notify,
}

impl Listener {
    /// Listens at a bound socket, for as long as the `LocalSet` runs in which this is called: also
    /// when it is dropped, those who were accepted still hear their clients.
    pub fn new(bound: udp::Bound) -> Self {
        let address = bound.address;
        let exchange = Rc::new(Exchange {
            socket: Rc::new(bound.fd),
            address,
            lines: RefCell::default(),
            waiting: RefCell::default(),
            failure: RefCell::default(),
            arrived: Notify::new(),
            is_shut: Cell::new(false),
        });
        spawn_local(Rc::clone(&exchange).hand_out());
        Self { address, exchange }
    }

    /// The socket.
    pub fn fd(&self) -> &Fd {
        &self.exchange.socket
    }

    /// Waits for the next client. May be dropped while it waits.
    pub async fn accept(&self) -> io::Result<Link> {
        loop {
            let next = self.exchange.waiting.borrow_mut().pop_front();
            if let Some(link) = next {
                return Ok(link);
            }
            if let Some(error) = self.exchange.failure.take() {
                return Err(error);
            }
            self.exchange.arrived.notified().await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.exchange.is_shut.set(true);
        let waiting = self.exchange.waiting.take();
        drop(waiting);
    }
}

impl Exchange {
    async fn hand_out(self: Rc<Self>) {
        let mut buffer = vec![0; LARGEST];
        loop {
            let arrived = match self.socket.receive_whole(&mut buffer).await {
                Ok(arrived) => arrived,
                // somebody whom we answered is gone; the others are not
                Err(error) if Failure::of_network(&error) != Failure::Other => continue,
                Err(error) => return self.failed(error),
            };
            let Some(sender) = &arrived.sender else { continue };
            let known = self.lines.borrow().get(sender).map(Rc::clone);
            let line = match known {
                Some(line) => line,
                None if self.is_shut.get() => continue,
                None => match self.newcomer(sender) {
                    Ok(Some(line)) => line,
                    Ok(None) => continue,
                    Err(error) => {
                        self.failed(error);
                        continue;
                    }
                },
            };
            // where it is full, what comes is lost
            let _ = line.far.try_write(arrived.take());
        }
    }

    fn failed(&self, error: io::Error) {
        self.failure.replace(Some(error));
        self.arrived.notify_one();
    }

    fn newcomer(self: &Rc<Self>, sender: &SocketAddrAny) -> io::Result<Option<Rc<Line>>> {
        let Ok(address) = SocketAddr::try_from(sender.clone()) else {
            return Ok(None);
        };
        self.make_room();
        let (near, far) = UnixDatagram::pair()?;
        let near = Fd::owned(OwnedFd::from(near))?;
        let line = Rc::new(Line {
            far: Fd::owned(OwnedFd::from(far))?,
            standing: Cell::new(Standing::Unheard),
            since: Instant::now(),
            given_up: Notify::new(),
        });
        self.lines.borrow_mut().insert(sender.clone(), Rc::clone(&line));
        let caller = Caller {
            socket: Rc::clone(&self.socket),
            address: sender.clone(),
            line: Rc::clone(&line),
            exchange: Rc::downgrade(self),
        };
        let peer = Peer::Inet { transport: Transport::Udp, host: None, address };
        let client = Link::new(near, peer, Some(self.address)).with_caller(Rc::new(caller));
        self.waiting.borrow_mut().push_back(client);
        self.arrived.notify_one();
        Ok(Some(line))
    }

    /// Where too many are not known, gives one of them up.
    fn make_room(&self) {
        let mut lines = self.lines.borrow_mut();
        let unknown = || lines.iter().filter(|(_, line)| line.standing.get() < Standing::Known);
        if unknown().count() < MOST_UNKNOWN {
            return;
        }
        let least = unknown().min_by_key(|(_, line)| (line.standing.get(), line.since));
        let Some(sender) = least.map(|(sender, _)| sender.clone()) else { return };
        let line = lines.remove(&sender);
        drop(lines);
        let Some(line) = line else { return };
        line.given_up.notify_one();
        // one that still waits to be accepted is not served any more
        let mut waiting = self.waiting.borrow_mut();
        let is_given_up =
            |link: &Link| link.caller().is_some_and(|caller| Rc::ptr_eq(&caller.line, &line));
        let place = waiting.iter().position(is_given_up);
        let given_up = place.and_then(|place| waiting.remove(place));
        drop(waiting);
        drop(given_up);
    }
}

impl Caller {
    /// The bound socket.
    pub fn socket(&self) -> &Rc<Fd> {
        &self.socket
    }

    /// Answers, without waiting; `WouldBlock` where the socket takes nothing.
    pub fn try_send(&self, datagram: &[u8]) -> io::Result<()> {
        self.socket.try_send_to(datagram, &self.address)
    }

    /// It hears what is sent to its address.
    pub fn has_answered(&self) {
        self.line.standing.set(self.line.standing.get().max(Standing::Answering));
    }

    /// It has its place from now on.
    pub fn is_known(&self) {
        self.line.standing.set(Standing::Known);
    }

    /// Comes back where it was not known in time, and others need the room.
    pub async fn given_up(&self) {
        self.line.given_up.notified().await;
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let Some(exchange) = self.exchange.upgrade() else { return };
        let mut lines = exchange.lines.borrow_mut();
        // under its address somebody new may have come
        if lines.get(&self.address).is_some_and(|line| Rc::ptr_eq(line, &self.line)) {
            lines.remove(&self.address);
        }
    }
}
