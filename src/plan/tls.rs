//! TLS over a connection: what is asked of it, on either side. Data only; files are read when the
//! plan is carried out, before anything is connected or bound.

use std::path::PathBuf;
use std::time::Duration;

use super::Host;
use crate::proto::certificate::Pins;
use crate::proto::starttls;

/// What both sides have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// The oldest version spoken; `None` is the library's oldest.
    pub min: Option<TlsVersion>,
    /// The newest version spoken; `None` is the library's newest.
    pub max: Option<TlsVersion>,
    /// The cipher suites spoken, by name, the first one preferred; none is the library's choice.
    pub ciphers: Vec<String>,
    /// The protocols spoken inside, the first one preferred (ALPN, RFC 7301).
    pub alpn: Vec<Vec<u8>>,
    /// Who we are.
    pub identity: Option<Identity>,
    /// Where the secrets of each connection are written, for Wireshark and its like.
    pub keylog: Option<PathBuf>,
}

/// Who we are: files in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Our certificate, and those between it and its root.
    pub certificate: PathBuf,
    /// Its key; `None` where it stands in the same file.
    pub key: Option<PathBuf>,
    /// The word of its issuer that it is not revoked (OCSP, in DER), which a server shows.
    pub staple: Option<PathBuf>,
}

/// A version of TLS that is spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

/// A client's TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsClient {
    /// What both sides have.
    pub common: Tls,
    /// Whom it believes.
    pub trust: Trust,
    /// The name that the certificate must have; `None` is the host that was asked for.
    pub name: Option<Host>,
    /// Any name will do.
    pub any_name: bool,
    /// The name that is asked for (SNI, RFC 6066 section 3); `None` is the one that it must have.
    pub server_name: Option<Host>,
    /// Certificates or keys that are known beforehand, of which the peer must have one.
    pub pins: Option<Pins>,
    /// The peer must show its issuer's word that it is not revoked.
    pub needs_staple: bool,
    /// Where the peer's chain is kept, in PEM.
    pub keep_chain: Option<PathBuf>,
    /// What is said in plain text before, in which protocol.
    pub upgrade: Option<starttls::Kind>,
    /// How long the handshake may take, with what is said before it, where there is no deadline for
    /// dialling; `None` is as long as it takes.
    pub patience: Option<Duration>,
}

/// Whom a client believes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trust {
    /// Those that the system does.
    #[default]
    System,
    /// Those whose certificates stand in this file, in PEM.
    File(PathBuf),
    /// Nobody is asked; pins still hold. Without them, what is said is safe only from those who
    /// just listen.
    Anybody,
}

/// A server's TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsServer {
    /// What both sides have. Without an identity, one is made for the run.
    pub common: Tls,
    /// Clients must show a certificate that one of these vouches for.
    pub clients: Option<ClientTrust>,
    /// How long a handshake may take; `None` is [`HANDSHAKE`].
    pub patience: Option<Duration>,
    /// Where one client is served, one that cannot be secured ends the run (Ncat).
    pub failure_ends: bool,
}

/// Who vouches for clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientTrust {
    /// Their certificates, in PEM; `None` are those that the system believes.
    pub authorities: Option<PathBuf>,
    /// A client without a certificate is let in too.
    pub optional: bool,
    /// The name that a client's certificate must have, where one is wanted.
    pub name: Option<Host>,
    /// Certificates or keys of which a client must have one.
    pub pins: Option<Pins>,
}

/// How long a handshake of a client may take.
pub const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long the default face lets a handshake with a server take, where nothing is said: mail
/// servers may hold back their greeting for half a minute.
pub const HANDSHAKE_WITH_SERVER: Duration = Duration::from_secs(60);
