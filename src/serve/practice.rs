//! The practice server as a plan: where it is bound, and what is reported of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

use super::lab::{self, LabEvent};
use crate::endpoint::inet;
use crate::event::{Error, Event, Observer, Peer};
use crate::net::socket::Request;
use crate::plan::{Family, Lab, SocketOptions, Transport};

/// Serves the lesson until a signal comes.
pub async fn practice(plan: &Lab, observer: Rc<dyn Observer>) -> Result<(), Error> {
    let addresses = match &plan.host {
        // a lesson is for this machine alone, unless told otherwise
        None => vec![(Ipv4Addr::LOCALHOST, plan.port).into()],
        Some(host) => inet::bind_addresses(Some(host), plan.port, Family::Any, false).await?,
    };
    let options = SocketOptions::default();
    let request = Request { transport: Transport::Tcp, options: &options, md5_key: None };
    let Some(socket) = inet::bind_all(request, &addresses[..addresses.len().min(1)])?.pop() else {
        return Ok(());
    };
    let listener = std::net::TcpListener::from(socket);
    let address = listener.local_addr().map_err(Error::Accept)?;
    observer.observe(&Event::Listening(peer(address)));
    match lab::serve(listener, plan.explain, |event| report(event, &*observer)).await {
        Ok(never) => match never {},
        Err(error) => Err(Error::Accept(error)),
    }
}

fn peer(address: SocketAddr) -> Peer {
    Peer::Inet { transport: Transport::Tcp, host: None, address }
}

fn report(event: LabEvent, observer: &dyn Observer) {
    let event = match event {
        LabEvent::Accepted { peer: address } => {
            Event::Accepted { peer: peer(address), name: None, local: None, user: None }
        }
        LabEvent::Explained { peer, sentences } => Event::LabExplained { peer, sentences },
        LabEvent::Answered { peer, method, target, status } => {
            Event::LabAnswered { peer, method, target, status: status.code() }
        }
        LabEvent::Refused { peer, refusal } => {
            Event::LabRefused { peer, status: refusal.status().code(), reason: refusal.to_string() }
        }
        LabEvent::AcceptFailed { error } => Event::AcceptPaused(error),
        // how a connection ended is for the log of a server, not for a lesson
        _ => return,
    };
    observer.observe(&event);
}
