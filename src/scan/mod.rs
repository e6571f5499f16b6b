//! Which ports answer: TCP and UDP, many at once, reported in the order in which they are tried.
//!
//! [`order`] says which port comes when; [`sweep`] keeps as many attempts under way as the
//! machine allows ([`allowance`]); [`stream`] and [`datagram`] are the two kinds of attempt, and
//! [`proxied`] the way through a proxy; [`report`] puts the findings in order. Nothing is ever
//! sent over a stream. Not responsible for words.

mod allowance;
mod datagram;
pub mod order;
mod proxied;
mod ration;
mod report;
mod socket;
mod stream;
mod sweep;

use std::net::SocketAddr;

use tokio::time::Instant;

use crate::endpoint::inet::{self, Means};
use crate::event::{Error, Event, Observer};
use crate::net::route::Route;
use crate::net::socket::Request;
use crate::plan::{Scan, Transport, UdpProbe};
use crate::sys::limit;
use allowance::Allowance;
use datagram::Asking;
use report::Report;
use socket::Sockets;
use stream::Connecting;
use sweep::Sweep;

/// Tries each port and reports it. A success if one is open.
///
/// The host is looked up once, within the plan's timeout; each attempt then has that timeout for
/// itself. An address that does not open a port is reported, then the next one is tried.
pub async fn scan(
    scan: &Scan,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let mut ports = order::ports(&scan.target.ports, scan.order);
    let mut report = Report::new(scan, observer);
    let descriptors = limit::raise_descriptors();
    if scan.dial.proxy.is_some() {
        let allowance = Allowance::new(descriptors, proxied::AT_ONCE);
        proxied::sweep(scan, md5_key, &mut *ports, allowance, &mut report, observer).await?;
        return report.finish();
    }
    let (addresses, sources) = addresses(scan, md5_key, observer).await?;
    let route = route(scan).await?;
    let options = &scan.dial.socket;
    let request = Request { transport: scan.target.transport, options, md5_key };
    let sockets = Sockets { request, sources: &sources, dial: &scan.dial, route: route.as_ref() };
    let sweep = Sweep {
        addresses: &addresses,
        interval: scan.interval,
        allowance: Allowance::new(descriptors, usize::MAX),
        report: &mut report,
    };
    match scan.target.transport {
        Transport::Tcp | Transport::Dccp | Transport::Sctp => {
            let mut way = Connecting::new(sockets, scan.dial.timeout, scan.dial.source_port);
            sweep.run(&mut way, &mut *ports).await?;
        }
        Transport::Udp | Transport::UdpLite => {
            if scan.udp_probe != UdpProbe::Nothing {
                observer.observe(&Event::Probing { probe: scan.udp_probe });
            }
            let mut way = Asking::new(sockets, scan.udp_probe, scan.dial.timeout);
            sweep.run(&mut way, &mut *ports).await?;
        }
    }
    report.finish()
}

/// The source route asked for, within the plan's timeout.
async fn route(scan: &Scan) -> Result<Option<Route>, Error> {
    let first = scan.target.ports.iter().next().unwrap_or(0);
    let asking = inet::route(first, &scan.dial);
    match scan.dial.timeout.filter(|_| scan.dial.socket.source_route.is_some()) {
        None => asking.await,
        Some(timeout) => tokio::time::timeout(timeout, asking).await.unwrap_or_else(|_| {
            let target = crate::layer::dial::target(&scan.target, first, &scan.dial);
            Err(Error::TimedOut { target, during: "name lookup" })
        }),
    }
}

/// The addresses to try, and those to try them from: none where the kernel chooses.
async fn addresses(
    scan: &Scan,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<(Vec<SocketAddr>, Vec<SocketAddr>), Error> {
    let deadline = scan.dial.timeout.map(|timeout| Instant::now() + timeout);
    let means = Means { dial: &scan.dial, md5_key, deadline, to_proxy: false };
    let first = scan.target.ports.iter().next().unwrap_or(0);
    let target = crate::layer::dial::target(&scan.target, first, &scan.dial);
    let mut addresses = inet::resolve(&target, means, observer).await?;
    let sources = inet::sources(&addresses, means).await?;
    if !sources.is_empty() {
        let has_source = |address: &SocketAddr| socket::source(&sources, *address).is_some();
        addresses.retain(has_source);
        if addresses.is_empty() {
            let error = std::io::ErrorKind::AddrNotAvailable.into();
            return Err(Error::Source { address: sources.first().copied(), error });
        }
    }
    Ok((addresses, sources))
}
