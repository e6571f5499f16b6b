//! TLS of both sides: in plain sentences, and in long options.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::line::Line;
use super::sentences::{shown, time};
use crate::plan::{Host, Tls, TlsClient, TlsServer, TlsVersion, Trust};
use crate::proto::certificate::{Pin, Pins};
use crate::proto::escape::escape;

/// How the other end is secured.
pub fn client(said: &mut Vec<String>, tls: &TlsClient) {
    if let Some(kind) = tls.upgrade {
        said.push(format!("Asks for TLS in the words of {} first.", kind.name()));
    }
    let name = |name: &Host| shown(name.as_os_str());
    said.push(match (&tls.trust, &tls.pins) {
        (Trust::Anybody, None) => "Speaks TLS, with anybody.".to_owned(),
        (Trust::File(path), _) => {
            format!("Speaks TLS, with whom {} vouches for.", shown(path.as_os_str()))
        }
        (Trust::System, _) => "Speaks TLS, with whom the system trusts.".to_owned(),
        (Trust::Anybody, Some(_)) => "Speaks TLS, with who is pinned.".to_owned(),
    });
    if let Some(pins) = &tls.pins {
        said.push(format!("Pinned is {}.", spelled(pins)));
    }
    if let Some(wanted) = &tls.name {
        said.push(format!("The certificate must be for {}.", name(wanted)));
    }
    if tls.any_name && tls.trust != Trust::Anybody {
        said.push("The certificate may be for any name.".to_owned());
    }
    if let Some(asked) = &tls.server_name {
        said.push(format!("Asks the server for {}.", name(asked)));
    }
    if tls.needs_staple {
        said.push("The server must show that its certificate is not revoked.".to_owned());
    }
    if let Some(patience) = tls.patience {
        said.push(format!("The server has {} for the handshake.", time(patience)));
    }
    if let Some(path) = &tls.keep_chain {
        said.push(format!("Writes the server's chain to {}.", shown(path.as_os_str())));
    }
    common(said, &tls.common);
}

/// How clients are secured; `ends` where one that cannot be ends it all.
pub fn server(said: &mut Vec<String>, tls: &TlsServer, ends: bool) {
    said.push(match tls.common.identity {
        Some(_) => "Speaks TLS with its clients.".to_owned(),
        None => "Speaks TLS with its clients, with a certificate that it makes.".to_owned(),
    });
    if let Some(clients) = &tls.clients {
        let by = match &clients.authorities {
            Some(path) => format!("{} vouches for", shown(path.as_os_str())),
            None => "the system trusts".to_owned(),
        };
        let without = if clients.optional { ", or without a certificate" } else { "" };
        said.push(format!("Lets in only clients whom {by}{without}."));
        if let Some(name) = &clients.name {
            let name = shown(name.as_os_str());
            said.push(format!("A client's certificate must be for {name}."));
        }
        if let Some(pins) = &clients.pins {
            said.push(format!("Pinned is {}.", spelled(pins)));
        }
    }
    if let Some(patience) = tls.patience {
        said.push(format!("A client has {} for the handshake.", time(patience)));
    }
    if ends && tls.failure_ends {
        said.push("A client that cannot be secured ends it.".to_owned());
    }
    common(said, &tls.common);
}

fn common(said: &mut Vec<String>, tls: &Tls) {
    if let Some(identity) = &tls.identity {
        let certificate = shown(identity.certificate.as_os_str());
        said.push(match &identity.key {
            Some(key) => {
                format!("Shows the certificate {certificate}, of {}.", shown(key.as_os_str()))
            }
            None => format!("Shows the certificate {certificate}."),
        });
    }
    let bounds = [("no TLS older than", tls.min), ("no TLS newer than", tls.max)];
    for (words, bound) in bounds {
        said.extend(bound.map(|bound| format!("Speaks {words} {}.", version(bound))));
    }
    if !tls.ciphers.is_empty() {
        let names = escape(tls.ciphers.join(", ").as_bytes()).to_string();
        said.push(format!("Takes the cipher suites {names}."));
    }
    if !tls.alpn.is_empty() {
        said.push(format!("Offers the protocols {}.", escape(&tls.alpn.join(&b", "[..]))));
    }
    if let Some(path) = &tls.keylog {
        said.push(format!("Writes the secrets to {}.", shown(path.as_os_str())));
    }
}

impl Line {
    /// The options that come nearest to a client's.
    pub fn tls_client(&mut self, tls: &TlsClient) {
        match tls.upgrade {
            Some(kind) => self.value("starttls", kind.name()),
            None => self.switch("tls"),
        }
        self.tls_peer(tls);
        self.tls_common(&tls.common);
    }

    /// The options that come nearest to a server's, and to those of a tunnel that it leads into,
    /// with which it shares them.
    pub fn tls_server(&mut self, server: Option<&TlsServer>, tunnel: Option<&TlsClient>) {
        self.switch_if(server.is_some(), "tls");
        if let Some(tunnel) = tunnel {
            self.tls_peer(tunnel);
        }
        let clients = server.and_then(|server| server.clients.as_ref());
        if let Some(clients) = clients.filter(|clients| !clients.optional) {
            if let Some(path) = &clients.authorities {
                self.value("require-client-cert", path);
            }
            if tunnel.is_none() {
                if let Some(name) = &clients.name {
                    self.value("tls-name", name.as_os_str());
                }
                if let Some(pins) = &clients.pins {
                    self.value("pin", spelled(pins));
                }
            }
        }
        match (server, tunnel) {
            (Some(server), _) => self.tls_common(&server.common),
            (None, Some(tunnel)) => self.tls_common(&tunnel.common),
            (None, None) => {}
        }
    }

    fn tls_peer(&mut self, tls: &TlsClient) {
        match &tls.trust {
            Trust::System => {}
            Trust::File(path) => self.value("cafile", path),
            Trust::Anybody => self.switch_if(tls.pins.is_none(), "insecure"),
        }
        if let Some(pins) = &tls.pins {
            self.value("pin", spelled(pins));
        }
        if let Some(name) = &tls.server_name {
            self.value("sni", name.as_os_str());
        }
        if let Some(name) = tls.name.as_ref().filter(|name| tls.server_name.as_ref() != Some(name))
        {
            self.value("tls-name", name.as_os_str());
        }
    }

    fn tls_common(&mut self, tls: &Tls) {
        if let Some(identity) = &tls.identity {
            self.value("cert", &identity.certificate);
            if let Some(key) = &identity.key {
                self.value("key", key);
            }
        }
        let bounds = [("tls-min", tls.min), ("tls-max", tls.max)];
        for (name, bound) in bounds {
            if let Some(bound) = bound {
                self.value(name, version(bound));
            }
        }
        if !tls.ciphers.is_empty() {
            self.value("ciphers", tls.ciphers.join(":"));
        }
        if !tls.alpn.is_empty() {
            self.value("alpn", OsString::from_vec(tls.alpn.join(&b","[..])));
        }
        if let Some(path) = &tls.keylog {
            self.value("keylog", path);
        }
    }
}

fn version(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Tls12 => "1.2",
        TlsVersion::Tls13 => "1.3",
    }
}

fn spelled(pins: &Pins) -> String {
    let each = pins.as_slice().iter().map(|pin| match pin {
        Pin::Key(hash) => hash.pin(),
        Pin::Certificate(hash) => hash.to_string(),
    });
    each.collect::<Vec<_>>().join(";")
}
