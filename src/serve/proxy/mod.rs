//! A proxy server: each client is connected to where it asks to be, over HTTP or SOCKS.
//!
//! Requests and replies are `proto::proxy_server`'s and `proto::socks_server`'s; here they are
//! heard within deadlines ([`patience`]), the target is looked up, judged by the rules and
//! connected ([`reach`]), and the two are held together ([`tunnel`]) or a request is passed on and
//! its answer back ([`forward`]). A client that is refused gets to read why ([`visit`]).
//!
//! Who is let in is the [`entrance`](super::entrance)'s; its rules hold for targets too.

mod forward;
mod hear;
mod http;
pub mod ourselves;
pub mod patience;
mod reach;
mod sluice;
mod socks;
#[cfg(test)]
mod tests;
mod tunnel;
mod visit;

use std::cell::RefCell;
use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, Semaphore};
use tokio::task::LocalSet;

use super::entrance::{Entrance, Guest};
use super::reception::Reception;
use crate::endpoint::Link;
use crate::event::{Error, Observer};
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
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    serve_with(Patience::default(), listen, server, md5_key, observer).await
}

/// The same with deadlines of one's own.
pub(crate) async fn serve_with(
    patience: Patience,
    listen: &Listen,
    server: &ProxyServer,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    limit::raise_descriptors();
    Recorder::kept(&listen.session, &*observer, async |recorder| {
        let entrance = Entrance::open(listen, md5_key, recorder.clone(), &*observer).await?;
        let proxy = Proxy::new(&entrance, listen, server, md5_key, Rc::clone(&observer))?;
        let proxy = Rc::new(Proxy { recorder, patience, ..proxy });
        let serve = |guest| {
            tokio::task::spawn_local(Rc::clone(&proxy).attend(guest, entrance.reception()));
        };
        LocalSet::new()
            .run_until(async {
                tokio::select! {
                    error = entrance.welcome(serve, |_| false) => Err(error),
                    error = proxy.failure() => Err(error),
                    error = proxy.record_failure() => Err(error),
                }
            })
            .await
    })
    .await
}

impl Proxy {
    /// A proxy behind this door, of which nothing is written down.
    pub fn new(
        entrance: &Entrance<'_>,
        listen: &Listen,
        server: &ProxyServer,
        md5_key: Option<&[u8]>,
        observer: Rc<dyn Observer>,
    ) -> Result<Self, Error> {
        let secret: [u8; 16] = random::bytes().map_err(Error::Start)?;
        let name: [u8; 8] = random::bytes().map_err(Error::Start)?;
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
            rules: entrance.rules().clone(),
            ourselves: Ourselves::at(entrance.addresses()),
            session: session(&listen.session),
            recorder: None,
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

    async fn attend(self: Rc<Self>, guest: Guest, reception: Rc<Reception>) {
        if let Some(guest) = guest.received(&reception, &*self.observer).await {
            self.serve(&guest.link).await;
        }
    }
}

/// Either side's end is passed on.
fn session(session: &Session) -> Session {
    Session {
        after_input: AfterInput::HalfClose,
        after_peer: AfterPeer::FinishInput,
        ..session.clone().untouched()
    }
}
