//! The way in: a door, who may pass it, how many, and how long the first one is waited for.
//!
//! Where descriptors run out, accepting rests, and those who come wait at the door. Who is served by
//! a program needs more of them than a connection: so many are put by before a client is accepted,
//! and come in with it.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use super::access::{Guard, Verdict};
use super::door::{self, Door};
use super::hub::chat;
use super::reception::Reception;
use super::refusals::Refusals;
use super::shown_name;
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, Peer, RefusalReason};
use crate::layer::Recorder;
use crate::plan::{Listen, Service};
use crate::proto::access::Rules;
use crate::proto::direction::Direction;
use crate::sys::child;
use crate::sys::limit::Reserve;

/// How long a seat is waited for that is about to be left.
const LEAVING: Duration = Duration::from_millis(200);

/// How many clients shake hands at once where one alone is served; more wait at the door.
const HANDSHAKES: usize = 64;

/// The way in for streams.
pub struct Entrance<'a> {
    door: Door,
    guard: Guard,
    most: Option<NonZeroUsize>,
    seats: Rc<Seats>,
    /// How many descriptors a client needs beside its connection.
    needs: usize,
    /// Those of the next client.
    reserve: RefCell<Reserve>,
    patience: Patience,
    numeric: bool,
    /// Clients go by a number.
    chat: bool,
    observer: &'a dyn Observer,
    reception: Rc<Reception>,
    /// Who writes down their packets.
    recorder: Option<Rc<Recorder>>,
    /// Where clients are told of by their datagrams, each of which knocks again.
    refusals: Option<Refusals<&'a dyn Observer>>,
}

/// A client that came in.
#[derive(Debug)]
pub struct Guest {
    /// Its connection.
    pub link: Link,
    /// Descriptors that are put by for what it needs.
    pub reserve: Reserve,
    seat: Seat,
}

impl Guest {
    /// One more is inside, until this is dropped.
    pub fn new(link: Link, seats: &Rc<Seats>) -> Self {
        seats.taken.set(seats.taken.get() + 1);
        Self { link, reserve: Reserve::default(), seat: Seat(Rc::clone(seats)) }
    }

    /// The same client once it is told of and its connection is secured; it has its seat meanwhile.
    pub async fn received(self, reception: &Reception, observer: &dyn Observer) -> Option<Self> {
        reception.announce(&self.link, observer).await;
        if reception.secures() {
            Box::pin(self.secured(reception, observer)).await
        } else {
            Some(self)
        }
    }

    /// The same client once its connection is secured.
    pub async fn secured(self, reception: &Reception, observer: &dyn Observer) -> Option<Self> {
        let Self { link, reserve, seat } = self;
        let link = reception.secure_one_of_many(link, observer).await?;
        Some(Self { link, reserve, seat })
    }
}

/// Who is inside.
#[derive(Debug, Default)]
pub struct Seats {
    taken: Cell<usize>,
    freed: Notify,
}

impl Seats {
    /// How many are inside.
    pub fn taken(&self) -> usize {
        self.taken.get()
    }
}

/// Counts a client among those inside.
#[derive(Debug)]
struct Seat(Rc<Seats>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.taken.set(self.0.taken.get() - 1);
        self.0.freed.notify_waiters();
    }
}

/// What there is not enough of for a newcomer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortage {
    /// Descriptors of the system.
    Descriptors,
    /// Seats, by the plan.
    Seats,
}

impl<'a> Entrance<'a> {
    /// Reads the rules, then opens the door. What comes in is written down, where packets are.
    pub async fn open(
        listen: &Listen,
        md5_key: Option<&[u8]>,
        recorder: Option<Rc<Recorder>>,
        observer: &'a dyn Observer,
    ) -> Result<Self, Error> {
        let guard = Guard::open(&listen.access, listen.numeric).await?;
        let reception = Rc::new(Reception::open(listen, observer)?);
        let door = door::open(listen, md5_key, observer).await?;
        Ok(Self {
            door,
            guard,
            most: listen.most_clients,
            seats: Rc::default(),
            needs: match listen.service {
                Service::Program(_) => child::DESCRIPTORS,
                _ => 0,
            },
            reserve: RefCell::default(),
            patience: Patience::new(listen.accept_timeout),
            numeric: listen.numeric,
            chat: matches!(listen.service, Service::Chat),
            observer,
            reception,
            recorder,
            refusals: super::datagrams(&listen.local).then(|| Refusals::new(observer)),
        })
    }

    /// Who receives those who come in.
    pub fn reception(&self) -> Rc<Reception> {
        Rc::clone(&self.reception)
    }

    /// Who is let in, by address.
    pub fn rules(&self) -> &Rules {
        self.guard.rules()
    }

    /// The addresses of the internet that are listened on.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.door.addresses()
    }

    /// The next client that may come in, for who serves one at a time. Where descriptors run out,
    /// accepting rests and goes on when some are free again.
    pub async fn next(&self) -> Result<Link, Error> {
        // who shakes hands with another would be let go when the first is served; those who wait
        // at the door are not
        self.ready(1, async |error| self.pause(error, &|_| false).await).await
    }

    /// The one client that is served; whoever comes after it finds the door shut. Where descriptors
    /// are exhausted and nobody shakes hands, nothing of ours makes room for it, so it is not waited
    /// for.
    pub async fn only(self) -> Result<Link, Error> {
        self.ready(HANDSHAKES, async |error| Err(Error::Accept(error))).await
    }

    async fn wait(
        &self,
        failed: &impl AsyncFn(io::Error) -> Result<(), Error>,
    ) -> Result<Link, Error> {
        let admitted = async {
            loop {
                match self.door.accept().await {
                    Ok(link) => {
                        if let Some(link) = self.admit(link).await? {
                            return Ok(link);
                        }
                    }
                    Err(error) => failed(error).await?,
                }
            }
        };
        tokio::select! {
            biased;
            link = admitted => link,
            error = self.patience.end() => Err(error),
        }
    }

    /// The first client that is ready to be served: up to so many shake hands at once, so that one
    /// that does not keeps nobody waiting. The others are let go then. Where they have taken all
    /// descriptors, the next one waits until one of them is done.
    async fn ready(
        &self,
        most: usize,
        failed: impl AsyncFn(io::Error) -> Result<(), Error>,
    ) -> Result<Link, Error> {
        if !self.reception.secures() {
            let link = self.wait(&failed).await?;
            self.reception.announce(&link, self.observer).await;
            return Ok(link);
        }
        let mut shaking: Vec<Pin<Box<dyn Future<Output = _> + '_>>> = Vec::new();
        let mut is_exhausted = false;
        loop {
            let received = if shaking.is_empty() {
                Err(self.wait(&failed).await?)
            } else {
                let full = is_exhausted || shaking.len() >= most;
                tokio::select! {
                    biased;
                    (index, received) = first_of(&mut shaking) => {
                        drop(shaking.swap_remove(index));
                        is_exhausted = false;
                        Ok(received)
                    }
                    link = self.wait(&failed), if !full => match link {
                        Err(Error::Accept(error)) if door::is_exhaustion(&error) => {
                            is_exhausted = true;
                            continue;
                        }
                        link => Err(link?),
                    },
                }
            };
            match received {
                Err(link) => {
                    let peer = link.peer().clone();
                    shaking.push(Box::pin(async move {
                        self.reception.announce(&link, self.observer).await;
                        (peer, self.reception.secure(link, self.observer).await)
                    }));
                }
                Ok((_, Ok(link))) => return Ok(link),
                Ok((_, Err(error))) if self.reception.failure_ends() => return Err(error),
                Ok((peer, Err(error))) => {
                    self.observer.observe(&Event::ClientFailed { peer, error });
                }
            }
        }
    }

    /// Lets clients in as they come, as many at once as there may be. Comes back only with an
    /// error. `make_room` is called where a newcomer finds no room, and says whether somebody leaves now.
    pub async fn welcome(
        &self,
        serve: impl Fn(Guest),
        make_room: impl Fn(Shortage) -> bool,
    ) -> Error {
        let each = (0..self.door.count()).map(|index| self.welcome_at(index, &serve, &make_room));
        tokio::select! {
            biased;
            error = door::first(each) => error,
            error = self.patience.end() => error,
        }
    }

    /// At one listener: those who are waiting come in one behind the other, and only when nobody is
    /// left does the runtime ask the system again.
    async fn welcome_at(
        &self,
        index: usize,
        serve: &impl Fn(Guest),
        make_room: &impl Fn(Shortage) -> bool,
    ) -> Error {
        loop {
            let accepted = self.accept_at(index).await;
            let admitted = match accepted {
                Ok(link) => self.admit(link).await,
                Err(error) if door::is_exhaustion(&error) && !self.door.is_knocked_at(index) => {
                    // nobody has to wait, so nothing is wrong
                    self.door.knock_at(index).await.map(|()| None).map_err(Error::Accept)
                }
                Err(error) => self.pause(error, make_room).await.map(|()| None),
            };
            match admitted {
                Ok(Some(link)) => match self.most.map(NonZeroUsize::get) {
                    Some(most) if !self.has_seat(most, make_room).await => {
                        self.refuse(&link, RefusalReason::TooMany(most));
                    }
                    _ => {
                        let reserve = self.reserve.take();
                        serve(Guest { reserve, ..Guest::new(link, &self.seats) });
                    }
                },
                Ok(None) => {}
                Err(error) => return error,
            }
        }
    }

    /// The next client at one listener, for whom the reserve is full then. All listeners have the
    /// same one: whoever finds it taken by another's client fills it before it accepts.
    async fn accept_at(&self, index: usize) -> io::Result<Link> {
        let mut accepting = pin!(self.door.accept_at(index));
        poll_fn(|context| {
            if self.reserve.borrow().len() < self.needs {
                match Reserve::of(self.needs) {
                    Ok(filled) => drop(self.reserve.replace(filled)),
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
            accepting.as_mut().poll(context)
        })
        .await
    }

    /// Whether one of so many seats is free, or becomes so because who had it is gone.
    async fn has_seat(&self, most: usize, make_room: &impl Fn(Shortage) -> bool) -> bool {
        let is_full = || self.seats.taken.get() >= most;
        if is_full() && make_room(Shortage::Seats) {
            let freed = async {
                while is_full() {
                    self.seats.freed.notified().await;
                }
            };
            let _ = timeout(LEAVING, freed).await;
        }
        !is_full()
    }

    async fn admit(&self, link: Link) -> Result<Option<Link>, Error> {
        self.door.went_well(self.needs);
        match self.guard.judge(link.peer()) {
            Verdict::Admitted => {
                self.patience.is_over();
                // who is turned away is nobody's conversation
                if let Some(recorder) = &self.recorder {
                    recorder.settled().await;
                    recorder.watch(&link, Direction::Received);
                }
                Ok(Some(link))
            }
            Verdict::Refused(reason) => {
                self.refuse(&link, reason);
                Ok(None)
            }
            Verdict::Wrong => {
                let (peer, local) = (link.peer().clone(), link.local());
                Err(wrong(peer, local, self.numeric, self.observer).await)
            }
        }
    }

    /// A client that is not let in is not looked up either: its name server could hold up the
    /// others.
    fn refuse(&self, link: &Link, reason: RefusalReason) {
        let user = self.chat.then(|| chat::number(link));
        let peer = link.peer().clone();
        match &self.refusals {
            Some(refusals) => refusals.note(peer, reason),
            None => {
                self.observer.observe(&Event::ClientRefused { peer, name: None, user, reason });
            }
        }
    }

    /// Rests where the system has no descriptor left, until somebody leaves or for a moment; any
    /// other error is for good.
    async fn pause(
        &self,
        error: io::Error,
        make_room: &impl Fn(Shortage) -> bool,
    ) -> Result<(), Error> {
        if !door::is_exhaustion(&error) {
            return Err(Error::Accept(error));
        }
        if self.door.went_wrong() {
            self.observer.observe(&Event::AcceptPaused(error));
        }
        make_room(Shortage::Descriptors);
        // somebody else may have descriptors to give back as well
        let _ = timeout(door::PAUSE, self.seats.freed.notified()).await;
        Ok(())
    }
}

/// The first of several to be ready, and its place.
async fn first_of<F: Future + Unpin>(futures: &mut [F]) -> (usize, F::Output) {
    poll_fn(|context| {
        for (index, future) in futures.iter_mut().enumerate() {
            if let Poll::Ready(output) = Pin::new(future).poll(context) {
                return Poll::Ready((index, output));
            }
        }
        Poll::Pending
    })
    .await
}

/// The error of somebody else having come than the one who was waited for.
pub async fn wrong(
    peer: Peer,
    local: Option<SocketAddr>,
    numeric: bool,
    observer: &dyn Observer,
) -> Error {
    let name = shown_name(&peer, numeric, observer).await;
    Error::WrongPeer { peer, name, local }
}

/// How long the first client is waited for.
#[derive(Debug)]
pub struct Patience {
    after: Option<Duration>,
    end: Option<Instant>,
    somebody_came: Cell<bool>,
}

impl Patience {
    /// It begins now.
    pub fn new(after: Option<Duration>) -> Self {
        let end = after.and_then(|after| Instant::now().checked_add(after));
        Self { after, end, somebody_came: Cell::new(false) }
    }

    /// Somebody came, so it has no end any more.
    pub fn is_over(&self) {
        self.somebody_came.set(true);
    }

    /// Comes back where nobody came in time.
    pub async fn end(&self) -> Error {
        match (self.after, self.end) {
            (Some(after), Some(end)) if !self.somebody_came.get() => {
                sleep_until(end).await;
                if self.somebody_came.get() { pending().await } else { Error::NobodyCame { after } }
            }
            _ => pending().await,
        }
    }
}
