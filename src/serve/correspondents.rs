//! A datagram socket where every sender has a program or a target of its own.
//!
//! There is one bound socket, and who sent a datagram is told by its address. Each sender gets a
//! pair of Unix datagram sockets: one end is its connection, for whoever serves it, and the other
//! end is ours, between it and the bound socket. What waits in the pair is bounded by the kernel;
//! what comes while it is full is lost, as it would be in any datagram socket, and counted. A sender
//! is forgotten when its program ends; its next datagram makes it a new one.
//!
//! As many senders as [`MOST`] are served where the plan does not say otherwise. Where there are as
//! many, whoever was silent longest makes room if that was long enough.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::rc::Rc;
use std::time::Duration;

use rustix::net::SocketAddrAny;
use tokio::sync::Notify;
use tokio::task::LocalSet;
use tokio::time::Instant;

use super::access::{Guard, Verdict};
use super::each::Service;
use super::entrance::{self, Guest, Patience, Seats};
use super::everybody::{self, Ears};
use super::reception::Reception;
use super::refusals::Refusals;
use crate::endpoint::Link;
use crate::event::{DropReason, Error, Event, Failure, Observer, Peer, RefusalReason};
use crate::layer::Recorder;
use crate::plan::Listen;
use crate::relay::datagram;
use crate::sys::fd::Fd;
use crate::sys::limit;

/// So many senders at once, where the plan does not say.
const MOST: usize = 256;

/// The largest answer that is passed on whole, in bytes: no datagram over IP is larger, and one over
/// a Unix socket is by default no larger than this either.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Who has been silent for so long makes room for somebody new.
const SILENCE: Duration = Duration::from_secs(30);

/// Serves until the socket or a record fails.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    limit::raise_descriptors();
    let told = Rc::clone(&observer);
    Recorder::kept(&listen.session, &*told, async |recorder| {
        let service = Service::new(listen, md5_key, recorder, Rc::clone(&observer));
        serve_with(service, listen, md5_key, observer).await
    })
    .await
}

async fn serve_with(
    service: Rc<Service>,
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    let guard = Guard::open(&listen.access, listen.numeric).await?;
    let ears = Ears::open(listen, md5_key, &*observer).await?;
    if let Some(recorder) = &service.recorder {
        ears.show_to(recorder);
    }
    let post = Rc::new(Post {
        guard,
        most: listen.most_clients.map_or(MOST, NonZeroUsize::get),
        patience: Patience::new(listen.accept_timeout),
        numeric: listen.numeric,
        boxes: RefCell::default(),
        inside: Rc::default(),
        refusals: Refusals::new(Rc::clone(&observer)),
        scratch: RefCell::new(vec![0; LARGEST_ANSWER]),
        service,
        reception: Rc::new(Reception::plain(listen.numeric)),
        observer,
        ears,
    });
    LocalSet::new()
        .run_until(async {
            let each = (0..post.ears.sockets.len()).map(|index| post.receive(index));
            tokio::select! {
                biased;
                error = super::door::first(each) => Err(error),
                error = post.service.failure() => Err(error),
                error = post.patience.end() => Err(error),
            }
        })
        .await
}

/// Where datagrams are handed out.
struct Post {
    guard: Guard,
    most: usize,
    patience: Patience,
    numeric: bool,
    boxes: RefCell<HashMap<SocketAddrAny, Rc<Letterbox>>>,
    inside: Rc<Seats>,
    refusals: Refusals<Rc<dyn Observer>>,
    /// Where answers are read, one at a time.
    scratch: RefCell<Vec<u8>>,
    service: Rc<Service>,
    reception: Rc<Reception>,
    observer: Rc<dyn Observer>,
    ears: Ears,
}

/// One sender.
struct Letterbox {
    /// The far end of its connection.
    far: Fd,
    /// The bound socket that it speaks to.
    socket: usize,
    heard: Cell<Instant>,
    lost: Cell<u64>,
    /// It is to make room.
    closing: Notify,
}

impl Post {
    async fn receive(self: &Rc<Self>, index: usize) -> Error {
        let socket = &self.ears.sockets[index];
        let mut buffer = vec![0; datagram::LARGEST];
        loop {
            if let Some(recorder) = &self.service.recorder {
                recorder.settled().await;
            }
            let arrived = match socket.receive_whole(&mut buffer).await {
                Ok(arrived) => arrived,
                // somebody whom we answered is gone; the others are not
                Err(error) if Failure::of_network(&error) != Failure::Other => continue,
                Err(error) => return Error::Accept(error),
            };
            // who has no name cannot be told from others, and gets no answer
            let Some(sender) = &arrived.sender else { continue };
            let known = self.boxes.borrow().get(sender).cloned();
            let letterbox = match known {
                Some(letterbox) => letterbox,
                None => match self.newcomer(index, sender).await {
                    Ok(Some(letterbox)) => letterbox,
                    Ok(None) => continue,
                    Err(error) => return error,
                },
            };
            letterbox.heard.set(Instant::now());
            let bytes = arrived.take();
            if letterbox.far.try_write(bytes).is_err() {
                letterbox.lost.set(letterbox.lost.get() + bytes.len() as u64);
            }
        }
    }

    /// Begins to serve somebody new, if that one may come in and there is room.
    async fn newcomer(
        self: &Rc<Self>,
        index: usize,
        sender: &SocketAddrAny,
    ) -> Result<Option<Rc<Letterbox>>, Error> {
        let peer = everybody::peer(sender);
        let reason = match self.guard.judge(&peer) {
            Verdict::Admitted if self.inside.taken() < self.most || self.make_room() => None,
            Verdict::Admitted => Some(RefusalReason::TooMany(self.most)),
            Verdict::Refused(reason) => Some(reason),
            Verdict::Wrong => {
                let local = self.ears.address(index);
                return Err(entrance::wrong(peer, local, self.numeric, &*self.observer).await);
            }
        };
        if let Some(reason) = reason {
            self.refusals.note(peer, reason);
            return Ok(None);
        }
        self.patience.is_over();
        match pair(peer.clone(), self.ears.address(index)) {
            Ok((link, far)) => {
                let letterbox = Rc::new(Letterbox {
                    far,
                    socket: index,
                    heard: Cell::new(Instant::now()),
                    lost: Cell::new(0),
                    closing: Notify::new(),
                });
                self.boxes.borrow_mut().insert(sender.clone(), Rc::clone(&letterbox));
                let guest = Guest::new(link, &self.inside);
                let serving = Rc::clone(self).serve(guest, sender.clone(), Rc::clone(&letterbox));
                tokio::task::spawn_local(serving);
                Ok(Some(letterbox))
            }
            Err(error) => {
                let error = Error::Connection { error, undelivered: 0 };
                self.observer.observe(&Event::ClientFailed { peer, error });
                Ok(None)
            }
        }
    }

    /// Whether somebody was silent for long enough to make room, which it does now.
    fn make_room(&self) -> bool {
        let mut boxes = self.boxes.borrow_mut();
        let oldest = boxes.iter().min_by_key(|(_, letterbox)| letterbox.heard.get());
        let Some((sender, letterbox)) =
            oldest.filter(|(_, letterbox)| letterbox.heard.get().elapsed() >= SILENCE)
        else {
            return false;
        };
        let (sender, letterbox) = (sender.clone(), Rc::clone(letterbox));
        boxes.remove(&sender);
        letterbox.closing.notify_one();
        true
    }

    /// Serves one sender until its program ends, and passes on what that says.
    async fn serve(self: Rc<Self>, guest: Guest, sender: SocketAddrAny, letterbox: Rc<Letterbox>) {
        let peer = guest.link.peer().clone();
        tokio::select! {
            biased;
            () = Rc::clone(&self.service).receive(guest, Rc::clone(&self.reception)) => {
                // all that it said is in the pair by now
                while self.answer(&letterbox, &sender, &peer).await {}
            }
            () = self.pass_on(&letterbox, &sender, &peer) => {}
            () = letterbox.closing.notified() => {
                let reason = DropReason::NoDescriptors;
                let peer = peer.clone();
                self.observer.observe(&Event::ClientDropped { peer, undelivered: 0, reason });
            }
        }
        let mut boxes = self.boxes.borrow_mut();
        if boxes.get(&sender).is_some_and(|current| Rc::ptr_eq(current, &letterbox)) {
            boxes.remove(&sender);
        }
        drop(boxes);
        let undelivered = letterbox.lost.get();
        if undelivered > 0 {
            let error = io::Error::from_raw_os_error(libc::ENOBUFS);
            let error = Error::Connection { error, undelivered };
            self.observer.observe(&Event::ClientFailed { peer, error });
        }
    }

    /// Passes answers on for as long as there is somebody who gives them.
    async fn pass_on(&self, letterbox: &Letterbox, sender: &SocketAddrAny, peer: &Peer) {
        loop {
            if letterbox.far.readable().await.is_err() {
                return std::future::pending().await;
            }
            if !self.answer(letterbox, sender, peer).await {
                letterbox.far.not_readable().await;
            }
        }
    }

    /// Passes one answer on, if there is one.
    async fn answer(&self, letterbox: &Letterbox, sender: &SocketAddrAny, peer: &Peer) -> bool {
        let answer = {
            let mut scratch = self.scratch.borrow_mut();
            let Ok(count) = letterbox.far.try_read(&mut scratch) else {
                return false;
            };
            scratch[..count].to_vec()
        };
        let socket = &self.ears.sockets[letterbox.socket];
        if let Err(error) = socket.send_to(&answer, sender).await {
            let error = Error::Connection { error, undelivered: answer.len() as u64 };
            self.observer.observe(&Event::ClientFailed { peer: peer.clone(), error });
        }
        true
    }
}

/// A connection of its own for a sender, and its far end.
fn pair(peer: Peer, local: Option<SocketAddr>) -> io::Result<(Link, Fd)> {
    let (near, far) = UnixDatagram::pair()?;
    let near = Fd::owned(OwnedFd::from(near))?;
    let far = Fd::owned(OwnedFd::from(far))?;
    Ok((Link::new(near, peer, local), far))
}
