//! From a host, as the user gave it, to the addresses to try.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use dns_lookup::{AddrInfoHints, getaddrinfo};

use super::address;
use crate::event::Error;
use crate::plan::{Family, Host};
use crate::sys::{blocking, resolver};

/// How long the lookup of a name may take that is only for show.
const PATIENCE: Duration = Duration::from_secs(2);

/// `AF_INET` and `AF_INET6`, which the standard library does not name.
fn address_family(family: Family) -> i32 {
    match family {
        Family::Any => libc::AF_UNSPEC,
        Family::V4 => libc::AF_INET,
        Family::V6 => libc::AF_INET6,
    }
}

/// The addresses of a host, without doubles, in the order in which they are to be tried: the
/// resolver's (RFC 6724), with the families taking turns (RFC 8305, section 4).
///
/// A name is looked up on a thread of its own, which cannot be stopped: who has a deadline leaves
/// it behind.
pub async fn lookup(
    host: &Host,
    port: u16,
    family: Family,
    numeric: bool,
) -> Result<Vec<SocketAddr>, Error> {
    let fail =
        |reason| Error::Lookup { host: Some(host.clone()), port, to_proxy: false, numeric, reason };
    if let Some(address) = address::numeric(host.as_bytes(), port) {
        return match (family, address) {
            (Family::V4, SocketAddr::V6(_)) | (Family::V6, SocketAddr::V4(_)) => {
                Err(fail(resolver::wrong_family()))
            }
            _ => Ok(vec![address]),
        };
    }
    let Some(name) = host.as_os_str().to_str().map(ToOwned::to_owned) else {
        return Err(fail(resolver::unknown_name()));
    };
    let hints = AddrInfoHints {
        flags: if numeric { libc::AI_NUMERICHOST } else { 0 },
        address: address_family(family),
        socktype: libc::SOCK_STREAM,
        protocol: 0,
    };
    let asked = blocking::run(move || ask(&name, hints)).await;
    let found = asked.map_err(Error::Start)?.map_err(fail)?;
    Ok(take_turns(found.into_iter().map(|mut address| {
        address.set_port(port);
        address
    })))
}

fn ask(name: &str, hints: AddrInfoHints) -> Result<Vec<SocketAddr>, String> {
    match getaddrinfo(Some(name), None, Some(hints)) {
        Ok(found) => Ok(found.flatten().map(|info| info.sockaddr).collect()),
        Err(error) if error.error_num() == 0 => Err(resolver::unknown_name()),
        Err(error) => Err(resolver::reason(error.error_num())),
    }
}

/// Addresses without doubles, the families by turns, the first one's family first.
fn take_turns(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut unique = Vec::new();
    for address in addresses {
        if !unique.contains(&address) {
            unique.push(address);
        }
    }
    let Some(first) = unique.first().map(SocketAddr::is_ipv6) else {
        return unique;
    };
    let (mut ours, mut others) =
        unique.into_iter().partition::<Vec<_>, _>(|address| address.is_ipv6() == first);
    let mut turns = Vec::with_capacity(ours.len() + others.len());
    let (mut ours, mut others) = (ours.drain(..), others.drain(..));
    loop {
        let pair = (ours.next(), others.next());
        if pair == (None, None) {
            return turns;
        }
        turns.extend(pair.0.into_iter().chain(pair.1));
    }
}

/// The name of an address, where it has one. Without one, or where looking it up is out of
/// bounds, there is none.
pub async fn name_of(address: SocketAddr) -> Option<Vec<u8>> {
    let flags = libc::NI_NUMERICSERV | libc::NI_NAMEREQD;
    let asked = blocking::run(move || dns_lookup::getnameinfo(&address, flags)).await;
    asked.ok()?.ok().map(|(host, _)| host.into_bytes())
}

/// The same for a name that is only for show, and not worth a long wait.
pub async fn shown_name_of(address: SocketAddr) -> Option<Vec<u8>> {
    tokio::time::timeout(PATIENCE, name_of(address)).await.ok().flatten()
}

/// The port of a service by its name.
pub fn service_port(name: &str, datagrams: bool) -> Option<u16> {
    let hints = AddrInfoHints {
        flags: 0,
        address: libc::AF_INET,
        socktype: if datagrams { libc::SOCK_DGRAM } else { libc::SOCK_STREAM },
        protocol: 0,
    };
    getaddrinfo(None, Some(name), Some(hints))
        .ok()?
        .flatten()
        .next()
        .map(|info| info.sockaddr.port())
}

/// The name of the service on a port, where it has one.
pub fn service_name(port: u16, datagrams: bool) -> Option<String> {
    let flags = libc::NI_NUMERICHOST | if datagrams { libc::NI_DGRAM } else { 0 };
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
    let (_, service) = dns_lookup::getnameinfo(&address, flags).ok()?;
    (service != port.to_string()).then_some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns_and_doubles_go() {
        let parse = |text: &str| text.parse::<SocketAddr>().unwrap();
        let given = ["[::1]:1", "[::2]:1", "[::1]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"];
        let wanted = ["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"];
        let turns = take_turns(given.into_iter().map(parse));
        assert_eq!(turns, wanted.map(parse));
        assert_eq!(take_turns(std::iter::empty()), []);
    }

    #[tokio::test]
    async fn the_wrong_family_is_refused_without_asking() {
        let refused = lookup(&"::1".into(), 80, Family::V4, false).await;
        assert!(matches!(refused, Err(Error::Lookup { .. })), "{refused:?}");
        let refused = lookup(&"localhost".into(), 80, Family::Any, true).await;
        assert!(matches!(refused, Err(Error::Lookup { .. })), "{refused:?}");
    }
}
