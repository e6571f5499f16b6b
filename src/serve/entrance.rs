//! The way in: a door, who may pass it, how many, and how long the first one is waited for.

use std::cell::Cell;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::access::{Guard, Verdict};
use super::door::{self, Door};
use super::hub::chat;
use super::shown_name;
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, Peer, RefusalReason};
use crate::plan::{Listen, Service};
use crate::proto::access::Rules;

/// The way in for streams.
pub struct Entrance<'a> {
    door: Door,
    guard: Guard,
    most: Option<NonZeroUsize>,
    inside: Rc<Cell<usize>>,
    patience: Patience,
    numeric: bool,
    /// Clients go by a number.
    chat: bool,
    observer: &'a dyn Observer,
}

/// A client that came in.
#[derive(Debug)]
pub struct Guest {
    /// Its connection.
    pub link: Link,
    _seat: Seat,
}

impl Guest {
    /// One more is inside, until this is dropped.
    pub fn new(link: Link, inside: &Rc<Cell<usize>>) -> Self {
        inside.set(inside.get() + 1);
        Self { link, _seat: Seat(Rc::clone(inside)) }
    }
}

/// Counts a client among those inside.
#[derive(Debug)]
struct Seat(Rc<Cell<usize>>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl<'a> Entrance<'a> {
    /// Reads the rules, then opens the door.
    pub async fn open(
        listen: &Listen,
        md5_key: Option<&[u8]>,
        observer: &'a dyn Observer,
    ) -> Result<Self, Error> {
        let guard = Guard::open(&listen.access, listen.numeric).await?;
        let door = door::open(listen, md5_key, observer).await?;
        Ok(Self {
            door,
            guard,
            most: listen.most_clients,
            inside: Rc::default(),
            patience: Patience::new(listen.accept_timeout),
            numeric: listen.numeric,
            chat: matches!(listen.service, Service::Chat),
            observer,
        })
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
        self.wait(|error| self.pause(error, &|| ())).await
    }

    /// The one client that is served; whoever comes after it finds the door shut. Nothing of ours
    /// makes room for it, so it is not waited for where descriptors are exhausted.
    pub async fn only(self) -> Result<Link, Error> {
        self.wait(async |error| Err(Error::Accept(error))).await
    }

    async fn wait(
        &self,
        failed: impl AsyncFn(io::Error) -> Result<(), Error>,
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

    /// Lets clients in as they come, as many at once as there may be. Comes back only with an
    /// error. `make_room` is called where no descriptor is left for a newcomer.
    pub async fn welcome(&self, serve: impl Fn(Guest), make_room: impl Fn()) -> Error {
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
        make_room: &impl Fn(),
    ) -> Error {
        loop {
            let accepted = self.door.accept_at(index).await;
            let admitted = match accepted {
                Ok(link) => self.admit(link).await,
                Err(error) => self.pause(error, make_room).await.map(|()| None),
            };
            match admitted {
                Ok(Some(link)) => match self.most.map(NonZeroUsize::get) {
                    Some(most) if self.inside.get() >= most => {
                        self.refuse(&link, RefusalReason::TooMany(most));
                    }
                    _ => serve(Guest::new(link, &self.inside)),
                },
                Ok(None) => {}
                Err(error) => return error,
            }
        }
    }

    async fn admit(&self, link: Link) -> Result<Option<Link>, Error> {
        self.door.went_well();
        match self.guard.judge(link.peer()) {
            Verdict::Admitted => {
                self.patience.is_over();
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
        self.observer.observe(&Event::ClientRefused { peer, name: None, user, reason });
    }

    /// Rests where the system has no descriptor left; any other error is for good.
    async fn pause(&self, error: io::Error, make_room: &impl Fn()) -> Result<(), Error> {
        if !door::is_exhaustion(&error) {
            return Err(Error::Accept(error));
        }
        if self.door.went_wrong() {
            self.observer.observe(&Event::AcceptPaused(error));
        }
        make_room();
        sleep(door::PAUSE).await;
        Ok(())
    }
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
