//! A client's TLS: in plain sentences, and in long options.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::line::Line;
use super::sentences::shown;
use crate::plan::{Host, Tls, TlsClient, TlsVersion, Trust};
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
        (Trust::System, None) => "Speaks TLS, with whom the system trusts.".to_owned(),
        (_, Some(_)) => "Speaks TLS, with who is pinned.".to_owned(),
    });
    if let Some(pins) = &tls.pins {
        said.push(format!("Pinned is {}.", spelled(pins)));
    }
    if let Some(wanted) = &tls.name {
        said.push(format!("The certificate must be for {}.", name(wanted)));
    }
    if tls.any_name {
        said.push("The certificate may be for any name.".to_owned());
    }
    if let Some(asked) = &tls.server_name {
        said.push(format!("Asks the server for {}.", name(asked)));
    }
    if tls.needs_staple {
        said.push("The server must show that its certificate is not revoked.".to_owned());
    }
    if let Some(path) = &tls.keep_chain {
        said.push(format!("Writes the server's chain to {}.", shown(path.as_os_str())));
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
    /// The options that come nearest to it.
    pub fn tls_client(&mut self, tls: &TlsClient) {
        match tls.upgrade {
            Some(kind) => self.value("starttls", kind.name()),
            None => self.switch("tls"),
        }
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
        if let Some(identity) = &tls.common.identity {
            self.value("cert", &identity.certificate);
            if let Some(key) = &identity.key {
                self.value("key", key);
            }
        }
        let bounds = [("tls-min", tls.common.min), ("tls-max", tls.common.max)];
        for (name, bound) in bounds {
            if let Some(bound) = bound {
                self.value(name, version(bound));
            }
        }
        if !tls.common.ciphers.is_empty() {
            self.value("ciphers", tls.common.ciphers.join(":"));
        }
        if !tls.common.alpn.is_empty() {
            self.value("alpn", OsString::from_vec(tls.common.alpn.join(&b","[..])));
        }
        if let Some(path) = &tls.common.keylog {
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
