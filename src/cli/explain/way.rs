//! How a connection is made, in plain sentences: addresses, proxies, socket options.

use super::sentences::{shown, time};
use super::spelled::{host_port, kind};
use crate::plan::{Dial, Family, Proxy, ProxyNames, SocketOptions, SourceRouteLayout};

/// How the other end is reached.
pub fn dial(said: &mut Vec<String>, dial: &Dial) {
    match dial.family {
        Family::Any => {}
        Family::V4 => said.push("Uses IPv4 only.".to_owned()),
        Family::V6 => said.push("Uses IPv6 only.".to_owned()),
    }
    if dial.numeric {
        said.push("Looks up no names: a host must be an address.".to_owned());
    }
    if let Some(limit) = dial.timeout {
        said.push(format!("Gives up if it is not connected within {}.", time(limit)));
    }
    if let Some(address) = &dial.source_address {
        said.push(format!("Connects from the address {}.", shown(address.as_os_str())));
    }
    if let Some(port) = dial.source_port {
        said.push(format!("Connects from port {port}."));
    }
    if dial.random_source_port {
        said.push("Connects from a random port.".to_owned());
    }
    let mut next = dial.proxy.as_ref();
    while let Some(proxy) = next {
        said.push(self::proxy(proxy));
        next = proxy.via.as_deref();
    }
    socket(said, &dial.socket);
    if let Some(tls) = &dial.tls {
        super::tls::client(said, tls);
    }
}

fn proxy(proxy: &Proxy) -> String {
    let address = shown(&host_port(&proxy.host, proxy.port));
    let nearer = if proxy.via.is_some() { ", reached through the next" } else { "" };
    let user = match &proxy.user {
        Some((user, Some(_))) => format!(", as {}", shown(user)),
        Some((user, None)) => format!(", as {} with a password that it asks for", shown(user)),
        None => String::new(),
    };
    let names = match proxy.names {
        ProxyNames::There => "",
        ProxyNames::Here => ", with names looked up here",
        ProxyNames::HereOrThere => ", with names looked up here, or else by it",
    };
    format!("Goes through the {} proxy {address}{user}{names}{nearer}.", kind(proxy.kind))
}

/// Socket options.
pub fn socket(said: &mut Vec<String>, socket: &SocketOptions) {
    let mut number = |what: &str, value: Option<u32>| {
        said.extend(value.map(|value| format!("{what} {value}.")));
    };
    number("Sets the type of service to", socket.tos.map(u32::from));
    number("Sets the TTL to", socket.ttl.map(u32::from));
    number("Drops packets with a TTL below", socket.min_ttl.map(u32::from));
    number("Sets the receive buffer in bytes to", socket.receive_buffer.map(u32::from));
    number("Sets the send buffer in bytes to", socket.send_buffer.map(u32::from));
    let switches = [
        (socket.md5_signature, "Signs TCP segments with MD5."),
        (socket.debug, "Sets SO_DEBUG."),
        (socket.broadcast, "Allows broadcast addresses."),
        (socket.keep_alive, "Has the kernel probe an idle connection."),
        (socket.mptcp, "Uses several paths where the peer can."),
    ];
    said.extend(switches.iter().filter(|(set, _)| *set).map(|(_, words)| (*words).to_owned()));
    if let Some(route) = &socket.source_route {
        let hops: Vec<String> = route.hops.iter().map(|hop| shown(hop.as_os_str())).collect();
        let layout = match route.layout {
            SourceRouteLayout::Ncat => "",
            SourceRouteLayout::Traditional => ", padded behind",
        };
        let (hops, pointer) = (hops.join(", "), route.pointer);
        said.push(format!("Routes packets over {hops} from pointer {pointer}{layout}."));
    }
}
