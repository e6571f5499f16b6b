//! The way to a peer, back to a command line: families, sources, proxies, socket options.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroU32;

use crate::cli::explain::line::Line;
use crate::cli::explain::spelled::{credentials, host_port, kind, ports, rebracketed};
use crate::plan::{
    Dial, Family, Host, Inet, Proxy, ProxyNames, SocketOptions, TlsClient, Transport, UnixKind,
};

impl Line {
    pub fn target(&mut self, inet: &Inet) {
        self.transport(inet.transport);
        self.operand(rebracketed(&inet.host));
        self.operand(ports(&inet.ports));
    }

    pub fn transport(&mut self, transport: Transport) {
        match transport {
            Transport::Tcp => {}
            other => self.switch(other.name()),
        }
    }

    pub fn unix(&mut self, kind: UnixKind) {
        self.switch("unixsock");
        self.switch_if(kind == UnixKind::Datagram, "udp");
    }

    pub fn family(&mut self, family: Family) {
        self.switch_if(family == Family::V4, "ipv4");
        self.switch_if(family == Family::V6, "ipv6");
    }

    pub fn dial(&mut self, dial: &Dial) {
        self.family(dial.family);
        self.switch_if(dial.numeric, "nodns");
        if let Some(address) = &dial.source_address {
            self.value("source", address.as_os_str());
        }
        self.number("source-port", dial.source_port);
        self.proxies(dial.proxy.as_ref());
        self.socket(&dial.socket);
        if let Some(tls) = &dial.tls {
            self.tls_client(tls);
        }
    }

    /// A handshake has an end of its own where there is no other, unless that is told otherwise.
    pub fn endless_handshake(&mut self, dial: &Dial) {
        let is_endless = |tls: &TlsClient| tls.patience.or(dial.timeout).is_none();
        if dial.tls.as_deref().is_some_and(is_endless) {
            self.value("wait", "0");
        }
    }

    pub fn proxies(&mut self, last: Option<&Proxy>) {
        let mut chain = Vec::new();
        let mut next = last;
        while let Some(proxy) = next {
            chain.insert(0, proxy);
            next = proxy.via.as_deref();
        }
        self.switch_proxy_dns(&chain);
        if let [proxy] = chain.as_slice() {
            self.value("proxy-type", kind(proxy.kind));
            self.value("proxy", host_port(&proxy.host, proxy.port));
            match &proxy.user {
                Some((user, None)) => self.value("proxy-user", user),
                Some((user, password)) => {
                    self.value("proxy-auth", credentials(user, password.as_ref()));
                }
                None => {}
            }
            return;
        }
        for proxy in chain {
            let mut url = OsString::from(format!("{}://", kind(proxy.kind)));
            if let Some((user, password)) = &proxy.user {
                url.push(credentials(user, password.as_ref()));
                url.push("@");
            }
            url.push(host_port(&proxy.host, proxy.port));
            self.value("proxy", url);
        }
    }

    pub fn switch_proxy_dns(&mut self, chain: &[&Proxy]) {
        for (names, word) in [(ProxyNames::Here, "local"), (ProxyNames::HereOrThere, "both")] {
            if chain.iter().any(|proxy| proxy.names == names) {
                self.value("proxy-dns", word);
            }
        }
    }

    pub fn socket(&mut self, socket: &SocketOptions) {
        self.number("tos", socket.tos);
        self.number("ttl", socket.ttl);
        self.number("min-ttl", socket.min_ttl);
        self.number("receive-buffer", socket.receive_buffer.map(NonZeroU32::get));
        self.number("send-buffer", socket.send_buffer.map(NonZeroU32::get));
        self.switch_if(socket.md5_signature, "md5");
        self.switch_if(socket.debug, "debug-socket");
        self.switch_if(socket.broadcast, "broadcast");
        self.switch_if(socket.mptcp, "mptcp");
        if let Some(route) = &socket.source_route {
            let hops: Vec<&OsStr> = route.hops.iter().map(Host::as_os_str).collect();
            self.value("gateway", hops.join(OsStr::new(",")));
            self.number("pointer", Some(route.pointer).filter(|pointer| *pointer != 4));
        }
    }
}
