//! What waits for clients, back to a command line.

use std::ffi::OsString;
use std::time::Duration;

use crate::cli::explain::line::Line;
use crate::cli::explain::spelled::{credentials, host_port, rebracketed, unix_name};
use crate::plan::{
    Access, AccessSource, Clients, Lab, Listen, Local, ProxySpeech, Service, Tunnel,
};

impl Line {
    pub(super) fn listen(&mut self, listen: &Listen) {
        self.switch("listen");
        let program = matches!(listen.service, Service::Program(_));
        self.switch_if(
            listen.clients != Clients::One
                && (program || matches!(listen.service, Service::Streams)),
            "keep-open",
        );
        self.family(listen.family);
        self.switch_if(listen.numeric, "nodns");
        self.socket(&listen.socket);
        self.local(&listen.local);
        let timeout = self.service(&listen.service, listen.numeric);
        let tunnel = match &listen.service {
            Service::Tunnel(tunnel) => {
                self.endless_handshake(&tunnel.dial);
                tunnel.dial.tls.as_deref()
            }
            _ => None,
        };
        let patience = listen.tls.as_ref().and_then(|tls| tls.patience);
        self.tls_server(listen.tls.as_deref(), tunnel);
        self.access(&listen.access);
        self.number("max-conns", listen.most_clients);
        self.session(&listen.session, timeout.or(patience), program);
    }

    pub(super) fn lab(&mut self, lab: &Lab) {
        self.value("lab", "http");
        self.switch_if(lab.explain, "explain");
        self.operand("serve");
        self.operand(match &lab.host {
            Some(host) => host_port(host, lab.port),
            None => lab.port.to_string().into(),
        });
    }

    pub(super) fn local(&mut self, local: &Local) {
        match local {
            Local::Inet { transport, host, port } => {
                self.transport(*transport);
                if let Some(host) = host {
                    // two numbers would be two ports
                    if host.as_bytes().iter().all(u8::is_ascii_digit) {
                        self.value("source", host.as_os_str());
                    } else {
                        self.operand(rebracketed(host));
                    }
                }
                self.operand(port.to_string());
            }
            Local::Unix { kind, name } => {
                self.unix(*kind);
                self.operand(unix_name(name));
            }
            Local::Vsock { cid, port } => {
                self.switch("vsock");
                if let Some(cid) = cid {
                    self.operand(cid.to_string());
                }
                self.operand(port.to_string());
            }
        }
    }

    /// What is done with the clients; gives the time within which they are connected elsewhere.
    pub(super) fn service(&mut self, service: &Service, numeric: bool) -> Option<Duration> {
        match service {
            Service::Streams => None,
            Service::Program(program) => {
                self.program(program);
                None
            }
            Service::Broker => {
                self.switch("broker");
                None
            }
            Service::Chat => {
                self.switch("chat");
                None
            }
            Service::Proxy(server) => {
                let speaks = match server.speaks {
                    ProxySpeech::Http => "http",
                    ProxySpeech::Socks => "socks5",
                };
                self.value("proxy-type", speaks);
                if let Some((user, password)) = &server.credentials {
                    self.value("proxy-auth", credentials(user, Some(password)));
                }
                server.dial.timeout
            }
            Service::Tunnel(tunnel) => {
                self.tunnel(tunnel, tunnel.dial.numeric && !numeric);
                tunnel.dial.timeout
            }
        }
    }

    /// `numeric_beyond`: beyond the proxy there are no names, though there are on our side of it.
    pub(super) fn tunnel(&mut self, tunnel: &Tunnel, numeric_beyond: bool) {
        let port = tunnel.target.ports.single().unwrap_or_default();
        let place = host_port(&tunnel.target.host, port);
        let mut target = OsString::from(match &tunnel.dial.tls {
            None => String::new(),
            Some(tls) => match tls.upgrade {
                Some(kind) => format!("starttls+{}://", kind.name()),
                None => "tls://".to_owned(),
            },
        });
        target.push(place);
        self.value("tunnel", target);
        self.number("tunnel-port", tunnel.dial.source_port);
        if let Some(address) = &tunnel.dial.source_address {
            self.value("tunnel-source", address.as_os_str());
        }
        self.proxies(tunnel.dial.proxy.as_ref());
        if numeric_beyond && tunnel.dial.proxy.is_some() {
            self.value("proxy-dns", "none");
        }
    }

    pub(super) fn access(&mut self, access: &Access) {
        let rules = [("allow", "allowfile", &access.allow), ("deny", "denyfile", &access.deny)];
        for (list, file, sources) in rules {
            for source in sources {
                match source {
                    AccessSource::List(rules) => self.value(list, rules),
                    AccessSource::File(path) => self.value(file, path),
                }
            }
        }
        if let Some(only) = &access.only {
            self.value("allow", only.host.as_os_str());
        }
    }
}
