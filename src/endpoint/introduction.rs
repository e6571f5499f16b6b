//! What the hosts of a command line are called that are not connected to: an own address, the peer
//! that a listener waits for. For show only; looking them up for use is done where they are used.

use tokio::time::Instant;

use crate::event::{Detail, Event, Observer};
use crate::net::lookup;
use crate::plan::{Family, Host};

/// Reports such a host as [`Event::Resolved`], where the names of addresses are shown. One that
/// cannot be looked up is told of where it is needed.
pub async fn introduce(host: &Host, family: Family, numeric: bool, observer: &dyn Observer) {
    if numeric || !observer.wants(Detail::PeerNames) {
        return;
    }
    let started = Instant::now();
    let Ok(addresses) = lookup::lookup(host, 0, family, numeric).await else {
        return;
    };
    let took = started.elapsed();
    let mut names = Vec::new();
    for address in &addresses {
        names.push(lookup::shown_name_of(*address).await);
    }
    observer.observe(&Event::Resolved { host: host.clone(), addresses, names, took });
}
