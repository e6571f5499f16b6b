//! The accept loop and what is done with each connection.
//!
//! [`door`] is where clients come in; they are served one and then no more or one after the other
//! ([`in_turn`]), or all at once ([`hub`]). A datagram socket that locks on to nobody is
//! [`everybody`]'s.

pub mod door;
mod everybody;
mod hub;
mod in_turn;
#[cfg(feature = "json")]
pub mod lab;
#[cfg(feature = "json")]
pub mod practice;

use std::rc::Rc;

use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, Peer};
use crate::net::lookup;
use crate::plan::{Clients, Listen, Local, Protocol, Transport, UnixKind};

/// Listens and serves by the plan. Ends with the last client, or never.
pub async fn serve(
    listen: &Listen,
    md5_key: Option<&[u8]>,
    observer: Rc<dyn Observer>,
) -> Result<(), Error> {
    let datagrams = match &listen.local {
        // DCCP has datagrams, and connections that are accepted
        Local::Inet { transport: Transport::Dccp, .. } | Local::Vsock { .. } => false,
        Local::Inet { transport, .. } => transport.protocol() == Protocol::Datagram,
        Local::Unix { kind, .. } => *kind == UnixKind::Datagram,
    };
    match (listen.clients, datagrams) {
        (Clients::One, true) => in_turn::lock_on(listen, md5_key, &*observer).await,
        (Clients::InTurn | Clients::AtOnce, true) => {
            everybody::hear(listen, md5_key, &*observer).await
        }
        (Clients::One | Clients::InTurn, false) => {
            in_turn::serve(listen, md5_key, &*observer).await
        }
        (Clients::AtOnce, false) => hub::serve(listen, md5_key, observer).await,
    }
}

/// Reports that a client came, with its name where names are shown.
async fn report_accepted(link: &Link, numeric: bool, observer: &dyn Observer) {
    let address = match link.peer() {
        Peer::Inet { address, .. } => Some(*address),
        _ => None,
    };
    let name = match address {
        Some(address) if !numeric && observer.wants_client_names() => {
            lookup::shown_name_of(address).await
        }
        _ => None,
    };
    if observer.wants_ip_options() {
        let options = link.ip_options();
        if !options.is_empty() {
            observer.observe(&Event::IpOptions { peer: link.peer().clone(), options });
        }
    }
    let (peer, local) = (link.peer().clone(), link.local());
    observer.observe(&Event::Accepted { peer, name, local });
}
