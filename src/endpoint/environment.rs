//! What a program finds in its environment about the connection that it talks on: who talks to
//! whom, as Ncat tells it (`NCAT_*`), and how the connection is secured (`NC_TLS_*`).
//!
//! What a certificate says is foreign, and escaped as it is in messages.

use std::ffi::OsString;

use super::Link;
use crate::event::{Peer, Secured, Verified};
use crate::plan::Transport;
use crate::proto::escape::escape;

/// The variables for a program on this connection.
pub fn of(link: &Link) -> Vec<(OsString, OsString)> {
    let mut variables = of_ncat(link).to_vec();
    if let Some(secured) = link.secured() {
        variables.extend(of_tls(secured));
    }
    variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
}

/// Who talks to whom, as Ncat tells it.
fn of_ncat(link: &Link) -> [(&'static str, String); 5] {
    let protocol = match link.peer() {
        Peer::Inet { transport: Transport::Sctp, .. } => "SCTP",
        Peer::Inet { transport: Transport::Udp | Transport::UdpLite, .. } => "UDP",
        _ => "TCP",
    };
    let (remote, local) = match link.peer() {
        Peer::Inet { address, .. } => {
            let local = link.local();
            let place = |address: std::net::SocketAddr| {
                (address.ip().to_canonical().to_string(), address.port().to_string())
            };
            (place(*address), local.map_or_else(Default::default, place))
        }
        Peer::Vsock { cid, port } => ((cid.to_string(), port.to_string()), <_>::default()),
        Peer::Unix { .. } | Peer::File(_) => {
            let nowhere = || ("localhost".to_owned(), String::new());
            (nowhere(), nowhere())
        }
    };
    [
        ("NCAT_REMOTE_ADDR", remote.0),
        ("NCAT_REMOTE_PORT", remote.1),
        ("NCAT_LOCAL_ADDR", local.0),
        ("NCAT_LOCAL_PORT", local.1),
        ("NCAT_PROTO", protocol.to_owned()),
    ]
}

/// How the connection is secured, and who the peer's certificate says that it is. All of them are
/// set, so that none is left of a connection around this one; what there is none of is empty.
fn of_tls(secured: &Secured) -> [(&'static str, String); 9] {
    let shown = |bytes: &[u8]| escape(bytes).to_string();
    let peer = secured.chain.first().and_then(|peer| peer.as_ref().ok());
    let names = peer.map_or(&[][..], |peer| &peer.names);
    let names = names.iter().map(|name| format!("{}:{}", name.kind(), shown(&name.text())));
    let verified = match secured.verified {
        Verified::Chain { .. } => "chain",
        Verified::Pin => "pin",
        Verified::Nothing(_) => "nothing",
        Verified::Nobody => "nobody",
    };
    [
        ("NC_TLS_VERSION", secured.version.to_owned()),
        ("NC_TLS_CIPHER", secured.cipher.to_owned()),
        ("NC_TLS_ALPN", secured.alpn.as_deref().map(shown).unwrap_or_default()),
        ("NC_TLS_SERVER_NAME", secured.server_name.as_deref().map(shown).unwrap_or_default()),
        ("NC_TLS_VERIFIED", verified.to_owned()),
        (
            "NC_TLS_PEER_SUBJECT",
            peer.map(|peer| shown(&peer.subject.rfc4514())).unwrap_or_default(),
        ),
        ("NC_TLS_PEER_ISSUER", peer.map(|peer| shown(&peer.issuer.rfc4514())).unwrap_or_default()),
        ("NC_TLS_PEER_NAMES", names.collect::<Vec<_>>().join("\n")),
        ("NC_TLS_PEER_SHA256", peer.map(|peer| peer.fingerprint.to_string()).unwrap_or_default()),
    ]
}
