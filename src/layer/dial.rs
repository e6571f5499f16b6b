//! From a target to a connected end: straight, or through a proxy.

use tokio::time::Instant;

use super::proxy;
use crate::endpoint::Link;
use crate::endpoint::inet::{self, Means};
use crate::event::{Error, Event, Observer, Target};
use crate::plan::{Dial, Inet};

/// The target of one port.
pub fn target(inet: &Inet, port: u16, dial: &Dial) -> Target {
    Target { host: inet.host.clone(), port, transport: inet.transport, numeric: dial.numeric }
}

/// Connects, through the proxy if there is one, within the plan's deadline.
pub async fn dial(
    target: &Target,
    dial: &Dial,
    md5_key: Option<&[u8]>,
    observer: &dyn Observer,
) -> Result<Link, Error> {
    let started = Instant::now();
    let means = Means {
        dial,
        md5_key,
        deadline: dial.timeout.map(|timeout| started + timeout),
        to_proxy: dial.proxy.is_some(),
    };
    let link = match &dial.proxy {
        None => inet::connect(target, means, observer).await?,
        Some(way) => proxy::connect(target, way, means, observer).await?,
    };
    observer.observe(&Event::Connected {
        target: target.clone(),
        peer: link.peer().clone(),
        local: link.local(),
        proxied: dial.proxy.is_some(),
        took: started.elapsed(),
    });
    Ok(link)
}
