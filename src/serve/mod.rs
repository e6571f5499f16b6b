//! The accept loop and what is done with each connection.
//!
//! Clients come in through an [`entrance`], which is a [`door`] and the rules of [`access`]. Each
//! is served by itself, as [`attendance`] has it, one and then no more or one after the other
//! ([`in_turn`]) or all at once ([`each`]); or all share our streams or talk to each other ([`hub`]).
//! Over DTLS, each sender of datagrams is a client that is accepted like those of streams.
//! A datagram socket that locks on to nobody is [`everybody`]'s, and where every sender has a
//! program of its own, [`correspondents`]'. Whose datagrams are turned away is told by [`refusals`].

mod access;
mod attendance;
mod correspondents;
pub mod door;
mod each;
mod entrance;
mod everybody;
mod hub;
mod in_turn;
#[cfg(feature = "json")]
pub mod lab;
#[cfg(feature = "json")]
pub mod practice;
pub mod proxy;
mod reception;
mod refusals;

use std::rc::Rc;

use tokio::task::LocalSet;

use crate::endpoint::Link;
use crate::event::{Detail, Error, Event, Observer, Peer};
use crate::net::lookup;
use crate::plan::{Clients, LintError, Listen, Local, Protocol, Service, Transport, UnixKind};

/// Listens and serves by the plan. Ends with the last client, or never.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    let datagrams = datagrams(&listen.local);
    if datagrams && matches!(listen.service, Service::Broker | Service::Chat | Service::Proxy(_)) {
        let error = LintError { first: "clients among each other", second: "datagrams" };
        return Err(Error::Lint(error));
    }
    if datagrams && listen.tls.is_some() {
        // who shakes hands is a client like those of streams; who hears them all needs a place to run
        let serving = Box::pin(clients(listen, md5_key, observer));
        return LocalSet::new().run_until(serving).await;
    }
    match (&listen.service, listen.clients, datagrams) {
        (_, _, false) => clients(listen, md5_key, observer).await,
        (_, Clients::One, true) => in_turn::lock_on(listen, md5_key, &*observer).await,
        (Service::Program(_) | Service::Tunnel(_), _, true) => {
            correspondents::serve(listen, md5_key, observer).await
        }
        (_, Clients::InTurn | Clients::AtOnce, true) => {
            everybody::hear(listen, md5_key, &*observer).await
        }
    }
}

/// Serves clients that are accepted.
async fn clients(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    match (&listen.service, listen.clients) {
        (Service::Broker | Service::Chat, _) | (Service::Streams, Clients::AtOnce) => {
            hub::serve(listen, md5_key, observer).await
        }
        (Service::Proxy(server), _) => proxy::serve(listen, server, md5_key, observer).await,
        (_, Clients::One | Clients::InTurn) => in_turn::serve(listen, md5_key, &*observer).await,
        (Service::Program(_) | Service::Tunnel(_), Clients::AtOnce) => {
            each::serve(listen, md5_key, observer).await
        }
    }
}

fn datagrams(local: &Local) -> bool {
    match local {
        // DCCP has datagrams, and connections that are accepted
        Local::Inet { transport: Transport::Dccp, .. } | Local::Vsock { .. } => false,
        Local::Inet { transport, .. } => transport.protocol() == Protocol::Datagram,
        Local::Unix { kind, .. } => *kind == UnixKind::Datagram,
    }
}

/// Reports that a client came, with its name where names are shown.
/// `user` is the number that it goes by in a chat.
async fn report_accepted(link: &Link, user: Option<u32>, numeric: bool, observer: &dyn Observer) {
    if observer.wants(Detail::IpOptions) {
        let options = link.ip_options();
        if !options.is_empty() {
            observer.observe(&Event::IpOptions { peer: link.peer().clone(), options });
        }
    }
    let name = shown_name(link.peer(), numeric, observer).await;
    let local = if observer.wants(Detail::LocalAddress) { link.local() } else { None };
    let peer = link.peer().clone();
    observer.observe(&Event::Accepted { peer, name, local, user });
}

/// A peer's name, where names are shown.
async fn shown_name(peer: &Peer, numeric: bool, observer: &dyn Observer) -> Option<Vec<u8>> {
    match peer {
        Peer::Inet { address, .. } if !numeric && observer.wants(Detail::ClientNames) => {
            lookup::shown_name_of(*address).await
        }
        _ => None,
    }
}
