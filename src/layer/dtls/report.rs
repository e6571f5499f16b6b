//! What a session that is secured says of itself.

use std::time::{Duration, SystemTime};

use openssl::nid::Nid;
use openssl::pkey::Id;
use openssl::ssl::{NameType, SslRef};

use crate::event::{Secured, Verified};
use crate::layer::tls::lent;
use crate::plan::Host;
use crate::proto::certificate::{Certificate, Timestamp};

/// How this session is secured.
pub fn secured(
    ssl: &SslRef,
    chain: &[Vec<u8>],
    verified: Verified,
    server_name: Option<&Host>,
    took: Duration,
) -> Secured {
    let asked_for = match server_name {
        Some(name) => Some(name.as_bytes()),
        None => ssl.servername_raw(NameType::HOST_NAME),
    };
    Secured {
        version: "DTLSv1.2",
        cipher: ssl.current_cipher().map_or("", |cipher| lent::registry_name(cipher.name())),
        exchange: exchange(ssl),
        alpn: ssl.selected_alpn_protocol().map(<[u8]>::to_vec),
        server_name: asked_for.map(<[u8]>::to_vec),
        chain: chain.iter().map(|der| Certificate::read(der)).collect(),
        verified,
        now: Timestamp::from(SystemTime::now()),
        took,
    }
}

fn exchange(ssl: &SslRef) -> Option<&'static str> {
    let key = ssl.peer_tmp_key().ok()?;
    Some(match key.id() {
        Id::X25519 => "X25519",
        Id::X448 => "X448",
        Id::EC => match key.ec_key().ok()?.group().curve_name()? {
            Nid::X9_62_PRIME256V1 => "P-256",
            Nid::SECP384R1 => "P-384",
            Nid::SECP521R1 => "P-521",
            other => other.short_name().ok()?,
        },
        _ => return None,
    })
}
