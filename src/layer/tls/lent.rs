//! What TLS lends to DTLS, so that both believe the same peers for the same reasons, and say the same
//! words: the judgement of a chain, names of cipher suites, what a certificate is made of.

use std::path::Path;

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;

use super::admission::Admission;
use super::trust::{self, Belief, Chain};
use super::{client, failure, provider};
use crate::event::{TlsError, TlsSettingError, Verified};
use crate::plan::{ClientTrust, Host, Tls, TlsClient};

pub use super::failure::{alert, of_server};
pub use super::made::{Made, make};
pub use super::material::{Secrets, read};
pub use super::provider::{openssl_names, registry_name};

/// Who judges the chain that a peer shows.
#[derive(Debug)]
pub struct Judge(Peers);

#[derive(Debug)]
enum Peers {
    /// Servers that we went to.
    Servers(Box<Belief>),
    /// Clients that came.
    Clients(Box<Admission>),
}

impl Judge {
    /// Of servers.
    pub fn of_servers(plan: &TlsClient) -> Result<Self, TlsSettingError> {
        // which suites are spoken is no matter here
        let provider = provider::provider(&Tls::default())?;
        Ok(Self(Peers::Servers(Box::new(client::belief(plan, &provider)?))))
    }

    /// Of clients.
    pub fn of_clients(trust: &ClientTrust) -> Result<Self, TlsSettingError> {
        let provider = provider::provider(&Tls::default())?;
        Ok(Self(Peers::Clients(Box::new(Admission::open(trust, &provider)?))))
    }

    /// Refuses a name that no certificate can have, where one is looked for.
    pub fn check_name(&self, name: &Host) -> Result<(), TlsSettingError> {
        match &self.0 {
            Peers::Servers(belief) if belief.roots.is_some() => {
                client::server_name(name).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// What is known of who shows this chain, in DER, with its own certificate first; `wanted` is
    /// the name that a server's must have.
    pub fn judge(&self, chain: &[Vec<u8>], wanted: Option<&Host>) -> Result<Verified, TlsError> {
        let ders: Vec<_> = chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let Some((end_entity, between)) = ders.split_first() else {
            return Err(TlsError::Refused("a certificate"));
        };
        let now = UnixTime::now();
        match &self.0 {
            Peers::Servers(belief) => {
                let chain = Chain { end_entity, between };
                let name = wanted.and_then(|wanted| client::server_name(wanted).ok());
                let untrusted = |why| TlsError::Untrusted { wanted: wanted.cloned(), why };
                belief.judge(&chain, name.as_ref(), &[], now).map_err(untrusted)?;
                Ok(match (&belief.roots, &belief.pins) {
                    (Some(_), _) => Verified::Chain { name: wanted.cloned() },
                    (None, Some(_)) => Verified::Pin,
                    (None, None) => {
                        Verified::Nothing(chain.at_sight(name.as_ref(), trust::timestamp(now)))
                    }
                })
            }
            Peers::Clients(admission) => {
                let judged = admission.verify_client_cert(end_entity, between, now);
                judged.map_err(|error| admission.named(failure::of(error, &[], true)))?;
                Ok(admission.verified())
            }
        }
    }
}

/// The certificates of a file, in DER.
pub fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, TlsSettingError> {
    let found = super::material::certificates(path)?;
    Ok(found.iter().map(|der| der.to_vec()).collect())
}
