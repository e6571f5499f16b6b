//! What a connection that is secured says of itself.

use std::time::{Duration, SystemTime};

use super::provider::{exchange_name, suite_name, version_name};
use super::session::Session;
use crate::event::{Secured, Verified};
use crate::proto::certificate::{Certificate, Timestamp};

/// How this connection is secured.
pub fn secured(
    session: &Session,
    verified: Verified,
    server_name: Option<Vec<u8>>,
    took: Duration,
) -> Secured {
    session.ask(|facts| Secured {
        version: facts.protocol_version().map_or("TLS", version_name),
        cipher: facts.negotiated_cipher_suite().map_or("", |suite| suite_name(suite.suite())),
        exchange: facts.negotiated_key_exchange_group().map(|group| exchange_name(group.name())),
        alpn: facts.alpn_protocol().map(<[u8]>::to_vec),
        server_name,
        chain: facts
            .peer_certificates()
            .unwrap_or_default()
            .iter()
            .map(|der| Certificate::read(der))
            .collect(),
        verified,
        now: Timestamp::from(SystemTime::now()),
        took,
    })
}
