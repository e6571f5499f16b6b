//! Loose source routes (RFC 791): from the hosts on the way, as the user gave them, to the option
//! that is set on a socket before it connects. IPv4 alone has it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use socket2::Socket;

use super::lookup;
use crate::event::Error;
use crate::plan::{Dial, Family, SourceRoute, SourceRouteLayout};
use crate::proto::source_route::{self, Layout, Pointer};
use crate::sys::sockopt;

/// A source route whose hosts are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    hops: Vec<Ipv4Addr>,
    pointer: u8,
    layout: SourceRouteLayout,
}

/// The families that targets may be of: a source route leaves IPv4.
pub fn family(dial: &Dial) -> Family {
    match (&dial.socket.source_route, dial.family) {
        (Some(_), Family::Any) => Family::V4,
        (_, family) => family,
    }
}

impl Route {
    /// Looks up the hosts on the way, of which the first address counts. `port` is what a failure
    /// is reported with.
    pub async fn look_up(route: &SourceRoute, port: u16, numeric: bool) -> Result<Self, Error> {
        let mut hops = Vec::with_capacity(route.hops.len());
        for host in &route.hops {
            let found = lookup::lookup(host, port, Family::V4, numeric).await?;
            hops.extend(found.iter().find_map(|address| match address.ip() {
                IpAddr::V4(address) => Some(address),
                IpAddr::V6(_) => None,
            }));
        }
        Ok(Self { hops, pointer: route.pointer, layout: route.layout })
    }

    /// Has what is sent on a socket go this way to `destination`.
    pub fn set(&self, socket: &Socket, destination: SocketAddr) -> Result<(), Error> {
        self.options(destination)
            .and_then(|options| sockopt::set_ip_options(socket, &options))
            .map_err(|error| Error::Option { option: "IP_OPTIONS", error })
    }

    fn options(&self, destination: SocketAddr) -> io::Result<Vec<u8>> {
        let IpAddr::V4(destination) = destination.ip() else {
            return Err(io::Error::from_raw_os_error(libc::EAFNOSUPPORT));
        };
        let layout = match self.layout {
            SourceRouteLayout::Traditional => Layout::Traditional,
            SourceRouteLayout::Ncat => Layout::Ncat,
        };
        Pointer::new(self.pointer.into())
            .and_then(|pointer| source_route::options(layout, &self.hops, destination, pointer))
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(hops: &[&str], pointer: u8) -> SourceRoute {
        let hops = hops.iter().map(|hop| (*hop).into()).collect();
        SourceRoute { hops, pointer, layout: SourceRouteLayout::Traditional }
    }

    #[tokio::test]
    async fn hosts_are_looked_up_as_ipv4() {
        let found =
            Route::look_up(&route(&["localhost", "127.0.0.5"], 4), 80, false).await.unwrap();
        assert_eq!(found.hops, [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 5)]);
        for host in ["::1", "name.invalid"] {
            let refused = Route::look_up(&route(&["127.0.0.5", host], 4), 80, false).await;
            let Err(Error::Lookup { host: Some(named), .. }) = refused else {
                panic!("{refused:?}");
            };
            assert_eq!(named, host.into());
        }
    }

    #[tokio::test]
    async fn what_cannot_be_a_route_is_an_error_of_the_option() {
        let socket = Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        let (v4, v6) = ("127.0.0.1:80".parse().unwrap(), "[::1]:80".parse().unwrap());
        let nine = ["127.0.0.5"; 9];
        for (hops, pointer, destination) in [
            (&nine[..1], 4, v6),
            (&nine[..1], 5, v4),
            (&nine[..0], 4, v4),
            (&nine[..], 4, v4),
            // the kernel's own word: it begins at the first hop
            (&nine[..1], 8, v4),
        ] {
            let route = Route::look_up(&route(hops, pointer), 80, true).await.unwrap();
            let refused = route.set(&socket, destination);
            assert!(
                matches!(refused, Err(Error::Option { option: "IP_OPTIONS", .. })),
                "{refused:?}"
            );
        }
        let route = Route::look_up(&route(&nine[..8], 4), 80, true).await.unwrap();
        route.set(&socket, v4).expect("eight hops");
    }
}
