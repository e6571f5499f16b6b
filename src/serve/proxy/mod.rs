//! A proxy server: each client is connected to where it asks to be, over HTTP or SOCKS.
//!
//! Requests and replies are `proto::proxy_server`'s and `proto::socks_server`'s; here they are
//! heard within deadlines ([`patience`]), the target is looked up, judged by the rules and
//! connected ([`reach`]), and the two are held together ([`tunnel`]) or a request is passed on and
//! its answer back ([`forward`]). A client that is refused gets to read why ([`visit`]).
//!
//! Not here: who is let in.

mod forward;
mod hear;
mod http;
mod ourselves;
pub mod patience;
mod reach;
pub mod rules;
mod socks;
#[cfg(test)]
mod tests;
mod tunnel;
mod visit;

use std::cell::{Cell, RefCell};
use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, Semaphore};
use tokio::task::LocalSet;

use super::door::{self, Door};
use super::report_accepted;
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, Peer, RefusalReason};
use crate::layer::Recorder;
use crate::plan::{
    AfterInput, AfterPeer, Dial, LintError, Listen, ProxyServer, ProxySpeech, Session,
};
use crate::proto::access::Rules;
use crate::proto::proxy_server::{Authenticator, Pseudonym};
use crate::proto::socks5::Credentials;
use crate::sys::{limit, random};

use ourselves::Ourselves;
use patience::Patience;
use visit::Visit;

/// How many names are looked up at once; each takes a thread.
const LOOKUPS: usize = 32;

/// What all clients of a proxy server share.
pub struct Proxy {
    speaks: ProxySpeech,
    /// Who may use it, over SOCKS.
    credentials: Option<Credentials>,
    /// Who may use it, over HTTP.
    authenticator: Option<RefCell<Authenticator>>,
    pseudonym: Pseudonym,
    dial: Dial,
    md5_key: Option<Vec<u8>>,
    /// Of targets.
    rules: Rules,
    ourselves: Ourselves,
    session: Session,
    recorder: Option<Rc<Recorder>>,
    observer: Rc<dyn Observer>,
    patience: Patience,
    lookups: Semaphore,
    started: Instant,
    /// Microseconds of the epoch when it started.
    epoch: u64,
    /// Why no client can be served any more.
    broken: RefCell<Option<Error>>,
    breaking: Notify,
}

/// Serves for ever, each client by itself. The rules are for clients and for targets.
pub async fn serve(
    listen: &Listen,
    server: &ProxyServer,
    rules: Rules,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    serve_with(Patience::default(), listen, server, rules, md5_key, observer).await
}

/// The same with deadlines of one's own.
pub(crate) async fn serve_with(
    patience: Patience,
    listen: &Listen,
    server: &ProxyServer,
    rules: Rules,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    limit::raise_descriptors();
    let door = door::open(listen, md5_key, &*observer).await?;
    let proxy = Proxy::new(&door, listen, server, rules, md5_key, observer)?;
    let proxy = Rc::new(Proxy { patience, ..proxy });
    LocalSet::new()
        .run_until(async {
            tokio::select! {
                error = proxy.accept(&door, listen) => Err(error),
                error = proxy.failure() => Err(error),
                error = proxy.record_failure() => Err(error),
            }
        })
        .await
}

impl Proxy {
    /// A proxy behind this door.
    pub fn new(
        door: &Door,
        listen: &Listen,
        server: &ProxyServer,
        rules: Rules,
        md5_key: Option<&[u8]>,
        observer: Rc<dyn Observer>,
    ) -> Result<Self, Error> {
        let mut secret = [0; 16];
        let mut name = [0; 8];
        random::fill(&mut secret).and_then(|()| random::fill(&mut name)).map_err(Error::Start)?;
        let given = server.credentials.as_ref();
        let given = given.map(|(user, password)| (user.as_bytes(), password.as_bytes()));
        let (credentials, authenticator) = match (server.speaks, given) {
            (_, None) => (None, None),
            (ProxySpeech::Http, Some((user, password))) => {
                (None, Some(RefCell::new(Authenticator::new(user, password, &secret))))
            }
            (ProxySpeech::Socks, Some((user, password))) => {
                let credentials = Credentials::new(user, password).map_err(|_| {
                    let (first, second) = ("SOCKS", "a user or password not of 1 to 255 bytes");
                    Error::Lint(LintError { first, second })
                })?;
                (Some(credentials), None)
            }
        };
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Self {
            speaks: server.speaks,
            credentials,
            authenticator,
            pseudonym: Pseudonym::new(u64::from_ne_bytes(name)),
            dial: server.dial.clone(),
            md5_key: md5_key.filter(|_| server.dial.socket.md5_signature).map(<[u8]>::to_vec),
            rules,
            ourselves: Ourselves::at(door),
            session: session(&listen.session),
            recorder: Recorder::open(&listen.session.recordings)?,
            observer,
            patience: Patience::default(),
            lookups: Semaphore::new(LOOKUPS),
            started: Instant::now(),
            epoch: u64::try_from(epoch.as_micros()).unwrap_or(0),
            broken: RefCell::new(None),
            breaking: Notify::new(),
        })
    }

    /// Serves one client to its end, which is told.
    pub async fn serve(&self, link: &Link) {
        let visit = Visit::new(self, link);
        let served = match self.speaks {
            ProxySpeech::Http => http::serve(&visit).await,
            ProxySpeech::Socks => socks::serve(&visit).await,
        };
        match served {
            Ok(()) => {}
            Err(error @ Error::Record { .. }) => {
                self.broken.replace(Some(error));
                self.breaking.notify_one();
            }
            Err(error) => visit.fail(error).await,
        }
    }

    /// Comes back where no client can be served any more: what passes cannot be written down.
    pub async fn failure(&self) -> Error {
        loop {
            if let Some(error) = self.broken.take() {
                return error;
            }
            self.breaking.notified().await;
        }
    }

    async fn record_failure(&self) -> Error {
        match &self.recorder {
            Some(recorder) => recorder.failure().await,
            None => std::future::pending().await,
        }
    }

    /// Microseconds since the epoch, which never go back.
    fn now(&self) -> u64 {
        let since = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.epoch.saturating_add(since)
    }

    async fn accept(self: &Rc<Self>, door: &Door, listen: &Listen) -> Error {
        let present = Rc::new(Cell::new(0_usize));
        loop {
            let link = match door.accept(&*self.observer).await {
                Ok(link) => link,
                Err(error) => return error,
            };
            let most = listen.most_clients.map_or(usize::MAX, usize::from);
            let reason = if !self.lets_in(&link) {
                Some(RefusalReason::NotAllowed)
            } else if present.get() >= most {
                Some(RefusalReason::TooMany(most))
            } else {
                None
            };
            if let Some(reason) = reason {
                let peer = link.peer().clone();
                self.observer.observe(&Event::ClientRefused { peer, name: None, reason });
                continue;
            }
            let here = Here::new(&present);
            let (proxy, numeric) = (Rc::clone(self), listen.numeric);
            tokio::task::spawn_local(async move {
                let _here = here;
                report_accepted(&link, numeric, &*proxy.observer).await;
                proxy.serve(&link).await;
            });
        }
    }

    fn lets_in(&self, link: &Link) -> bool {
        match link.peer() {
            Peer::Inet { address, .. } => self.rules.admits(address.ip()),
            _ => true,
        }
    }
}

/// A proxy passes bytes on as they are, and the end of either side.
fn session(session: &Session) -> Session {
    Session {
        after_input: AfterInput::HalfClose,
        after_peer: AfterPeer::FinishInput,
        crlf: false,
        telnet: None,
        pace: None,
        receive_limit: None,
        ..session.clone()
    }
}

/// Counts a client for as long as it is there.
struct Here(Rc<Cell<usize>>);

impl Here {
    fn new(present: &Rc<Cell<usize>>) -> Self {
        present.set(present.get() + 1);
        Self(Rc::clone(present))
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
