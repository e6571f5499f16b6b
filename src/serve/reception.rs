//! What happens to a client between the door and its place: it is told of, and its connection is
//! secured where the plan says so.
//!
//! A handshake is never waited for by anybody but its own client: those who serve several do it in
//! the client's own task, and those who serve one shake hands with many and take the first who is
//! done.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::hub::chat;
use super::report_accepted;
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer};
use crate::layer::security::Server;
use crate::plan::{Clients, Host, Listen, Local, Protocol, Service};

/// Names of this machine for who is on it.
const OWN: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// Who receives clients.
#[derive(Debug)]
pub struct Reception {
    tls: Option<Server>,
    numeric: bool,
    /// Clients go by a number.
    chat: bool,
    /// A client that cannot be secured is a failure of the run.
    failure_ends: bool,
}

impl Reception {
    /// Reads the files that the plan names.
    pub fn open(listen: &Listen, observer: &dyn Observer) -> Result<Self, Error> {
        let over =
            if super::datagrams(&listen.local) { Protocol::Datagram } else { Protocol::Stream };
        let open = |plan| Server::open(plan, over, &hosts(listen), observer);
        let plan = listen.tls.as_deref();
        Ok(Self {
            tls: plan.map(open).transpose()?,
            numeric: listen.numeric,
            chat: matches!(listen.service, Service::Chat),
            // one of several does not end it for the others
            failure_ends: listen.clients == Clients::One
                && plan.is_some_and(|plan| plan.failure_ends),
        })
    }

    /// Who secures nobody.
    pub fn plain(numeric: bool) -> Self {
        Self { tls: None, numeric, chat: false, failure_ends: false }
    }

    /// Whether clients shake hands before they are served.
    pub fn secures(&self) -> bool {
        self.tls.is_some()
    }

    /// Whether a client that cannot be secured is a failure of the run.
    pub fn failure_ends(&self) -> bool {
        self.failure_ends
    }

    /// Tells of a client.
    pub async fn announce(&self, link: &Link, observer: &dyn Observer) {
        let user = self.chat.then(|| chat::number(link));
        report_accepted(link, user, self.numeric, observer).await;
    }

    /// Secures a client that was told of, where the plan says so.
    pub async fn secure(&self, link: Link, observer: &dyn Observer) -> Result<Link, Error> {
        match &self.tls {
            None => Ok(link),
            Some(tls) => tls.secure(link, observer).await,
        }
    }

    /// The same, for who serves others as well: one that cannot be secured is told of, and gone.
    pub async fn secure_one_of_many(&self, link: Link, observer: &dyn Observer) -> Option<Link> {
        let peer = link.peer().clone();
        match self.secure(link, observer).await {
            Ok(link) => Some(link),
            Err(error) => {
                observer.observe(&Event::ClientFailed { peer, error });
                None
            }
        }
    }
}

/// The names that clients may know the listener by.
fn hosts(listen: &Listen) -> Vec<Host> {
    let own = || OWN.iter().map(|name| Host::from(*name));
    match &listen.local {
        Local::Inet { host: Some(host), .. } => {
            let address = host.as_os_str().to_str().and_then(|text| text.parse().ok());
            let is_own = address.is_some_and(|address: std::net::IpAddr| address.is_loopback())
                || host.as_bytes() == b"localhost";
            let everywhere =
                address.is_some_and(|address: std::net::IpAddr| address.is_unspecified());
            if everywhere {
                own().chain(machine()).collect()
            } else if is_own {
                own().collect()
            } else {
                vec![host.clone()]
            }
        }
        Local::Inet { host: None, .. } => own().chain(machine()).collect(),
        Local::Unix { .. } | Local::Vsock { .. } => own().collect(),
    }
}

/// What the machine is called.
fn machine() -> Option<Host> {
    let name = rustix::system::uname().nodename().to_bytes().to_vec();
    Some(Host(OsString::from_vec(name))).filter(|name| name.as_bytes() != b"localhost")
}
