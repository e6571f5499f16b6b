//! From a target to a connected end: straight or through a proxy, and secured where the plan says so.

use std::cell::Cell;
use std::rc::Rc;

use tokio::time::{Instant, timeout_at};

use super::security::{Client, HANDSHAKE};
use super::{Recorder, proxy};
use crate::endpoint::Link;
use crate::endpoint::inet::{self, Means};
use crate::event::{Error, Event, Observer, Target};
use crate::plan::{Dial, Inet, Protocol};
use crate::proto::direction::Direction;

/// The target of one port.
pub fn target(inet: &Inet, port: u16, dial: &Dial) -> Target {
    Target { host: inet.host.clone(), port, transport: inet.transport, numeric: dial.numeric }
}

/// A plan's way to dial, with its files read.
#[derive(Debug, Clone)]
pub struct Way<'a> {
    dial: &'a Dial,
    md5_key: Option<&'a [u8]>,
    tls: Option<Rc<Client>>,
    recorder: Option<Rc<Recorder>>,
}

impl<'a> Way<'a> {
    /// Reads the files that the plan names, for what is dialled over this.
    pub fn open(dial: &'a Dial, over: Protocol, md5_key: Option<&'a [u8]>) -> Result<Self, Error> {
        let open = |plan| Client::open(plan, over);
        let tls = dial.tls.as_deref().map(open).transpose()?.map(Rc::new);
        Ok(Self { dial, md5_key, tls, recorder: None })
    }

    /// A way that is not secured, whatever the plan says: there is nothing to read.
    pub fn plain(dial: &'a Dial, md5_key: Option<&'a [u8]>) -> Self {
        Self { dial, md5_key, tls: None, recorder: None }
    }

    /// The same, with its connections written down from their beginning on.
    #[must_use]
    pub fn recorded(self, recorder: Option<Rc<Recorder>>) -> Self {
        Self { recorder, ..self }
    }

    /// Connects, through the proxy if there is one, and secures the connection, within the plan's
    /// deadline.
    pub async fn dial(&self, target: &Target, observer: &dyn Observer) -> Result<Link, Error> {
        let Self { dial, md5_key, tls, recorder } = self;
        let recorder = recorder.as_deref();
        let started = Instant::now();
        let means = Means {
            dial,
            md5_key: *md5_key,
            deadline: dial.timeout.map(|timeout| started + timeout),
            to_proxy: dial.proxy.is_some(),
        };
        let link = match &dial.proxy {
            None => {
                let link = inet::connect(target, means, observer).await?;
                if let Some(recorder) = recorder {
                    recorder.watch(&link, Direction::Sent);
                }
                link
            }
            Some(way) => proxy::connect(target, way, means, recorder, observer).await?,
        };
        observer.observe(&Event::Connected {
            target: target.clone(),
            peer: link.peer().clone(),
            local: link.local(),
            proxied: dial.proxy.is_some(),
            took: started.elapsed(),
        });
        let Some(tls) = tls else {
            return Ok(link);
        };
        let waits_for = Cell::new(HANDSHAKE);
        let securing = tls.secure(link, Some(&target.host), &waits_for, observer);
        within(means.deadline.or_else(|| self.patience()), securing, || Error::TimedOut {
            target: target.clone(),
            during: waits_for.get(),
        })
        .await
    }

    /// Secures a connection to what has no host, where the plan says so.
    pub async fn secure(&self, link: Link, observer: &dyn Observer) -> Result<Link, Error> {
        let Some(tls) = &self.tls else {
            return Ok(link);
        };
        let begun = Instant::now();
        let deadline = self.dial.timeout.map_or_else(|| self.patience(), |time| Some(begun + time));
        let waits_for = Cell::new(HANDSHAKE);
        let securing = tls.secure(link, None, &waits_for, observer);
        within(deadline, securing, || Error::HandshakeTimedOut { after: begun.elapsed() }).await
    }

    /// The deadline of a handshake that begins now, where dialling has none.
    fn patience(&self) -> Option<Instant> {
        let patience = self.dial.tls.as_ref()?.patience?;
        Some(Instant::now() + patience)
    }
}

async fn within(
    deadline: Option<Instant>,
    securing: impl Future<Output = Result<Link, Error>>,
    late: impl FnOnce() -> Error,
) -> Result<Link, Error> {
    match deadline {
        None => securing.await,
        Some(deadline) => timeout_at(deadline, securing).await.unwrap_or_else(|_| Err(late())),
    }
}
