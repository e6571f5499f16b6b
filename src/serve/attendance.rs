//! What is done with a client that is served by itself: it talks to our standard streams, to a
//! program of its own, or to a target.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use super::proxy::ourselves::{Ourselves, destination};
use crate::endpoint::Link;
use crate::endpoint::stdio::{self, Input, Output};
use crate::event::{Error, Event, Observer, Peer};
use crate::layer::Recorder;
use crate::layer::dial::{Way, target};
use crate::net::lookup::lookup;
use crate::plan::{Clients, Listen, Program, Service, Tunnel};
use crate::relay::{Terms, bridge, converse, with_program};

/// How long a name may take to be looked up where the plan names no limit.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whom the clients talk to.
pub enum Attendance<'a> {
    /// Our standard streams.
    Streams(Input, Output),
    /// A program that is started for each.
    Program(&'a Program),
    /// A target that is connected for each.
    Tunnel(&'a Tunnel, Way<'a>),
}

impl<'a> Attendance<'a> {
    /// What the plan has clients talk to. Standard streams are opened now.
    pub fn open(listen: &'a Listen, md5_key: Option<&'a [u8]>) -> Result<Self, Error> {
        Ok(match &listen.service {
            Service::Program(program) => Self::Program(program),
            Service::Tunnel(tunnel) => {
                let key = md5_key.filter(|_| tunnel.dial.socket.md5_signature);
                let over = tunnel.target.transport.protocol();
                Self::Tunnel(tunnel, Way::open(&tunnel.dial, over, key)?)
            }
            Service::Streams | Service::Broker | Service::Chat | Service::Proxy(_) => {
                let output = stdio::output(listen.clients == Clients::One)?;
                Self::Streams(stdio::input(&listen.session)?, output)
            }
        })
    }

    /// The same, with the packets of the connections that it makes written down, where packets are.
    #[must_use]
    pub fn recorded(self, recorder: Option<Rc<Recorder>>) -> Self {
        match self {
            Self::Tunnel(tunnel, way) => Self::Tunnel(tunnel, way.recorded(recorder)),
            other => other,
        }
    }

    /// Serves one client to its end.
    pub async fn serve(&self, link: &Link, terms: &Terms<'_>) -> Result<(), Error> {
        match self {
            Self::Streams(input, output) => converse(link, input, output, terms).await,
            Self::Program(program) => with_program(link, program, terms).await,
            Self::Tunnel(tunnel, way) => through(tunnel, way, link, terms).await,
        }
    }

    /// What the end of one client of many means for the others: an error of its own is reported,
    /// and only one of ours ends the run.
    pub fn judge(
        &self,
        result: Result<(), Error>,
        peer: &Peer,
        observer: &dyn Observer,
    ) -> Result<(), Error> {
        let Err(error) = result else {
            return Ok(());
        };
        let ours = match error {
            // whom a tunnel leads to is the same for all
            Error::Record { .. } | Error::Start(_) => true,
            // without our own streams nobody can be served
            Error::Output { .. } | Error::Input(_) => matches!(self, Self::Streams(..)),
            _ => false,
        };
        if ours {
            return Err(error);
        }
        observer.observe(&Event::ClientFailed { peer: peer.clone(), error });
        Ok(())
    }
}

/// Connects a client to the target of a tunnel.
async fn through(
    tunnel: &Tunnel,
    way: &Way<'_>,
    link: &Link,
    terms: &Terms<'_>,
) -> Result<(), Error> {
    // a target that is not reached, or only for a while, is no end
    link.set_abort(true);
    let port = tunnel.target.ports.iter().next().unwrap_or(0);
    let target = target(&tunnel.target, port, &tunnel.dial);
    if leads_back(tunnel, port, link).await {
        // each connection to ourselves would make us open another one, without an end
        let error = io::Error::new(io::ErrorKind::InvalidInput, "the tunnel leads back to itself");
        return Err(Error::Start(error));
    }
    let far = way.dial(&target, terms.observer).await?;
    bridge(link, Vec::new(), &far, terms).await
}

/// Whether the target, or the proxy in front of it, is the very address that the client came to.
async fn leads_back(tunnel: &Tunnel, port: u16, link: &Link) -> bool {
    let way = &tunnel.dial;
    let mut hop = (&tunnel.target.host, port);
    let mut proxy = way.proxy.as_ref();
    while let Some(nearer) = proxy {
        hop = (&nearer.host, nearer.port);
        proxy = nearer.via.as_deref();
    }
    let (host, port) = hop;
    let Some(own) = link.local().filter(|own| own.port() == port) else {
        return false;
    };
    // who has no address is no matter of ours: the attempt to connect says so
    let addresses = lookup(host, port, way.family, way.numeric);
    let addresses = timeout(way.timeout.unwrap_or(PATIENCE), addresses).await;
    let ourselves = Ourselves::at(std::iter::once(own));
    addresses.is_ok_and(|found| {
        found.is_ok_and(|found| found.into_iter().any(|to| ourselves.are_at(destination(to))))
    })
}
