//! A client's side: from a connection to one that is secured, or to the reason why it is not.

use std::cell::Cell;
use std::fs;
use std::net::Ipv6Addr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::client::{Resumption, UnbufferedClientConnection};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::Instant;

use super::captured::Captured;
use super::engine::Engine;
use super::examiner::{Examiner, Findings};
use super::session::Session;
use super::trust::{self, Belief};
use super::{material, provider, report, upgrade};
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, Secured, TlsError, TlsSettingError, Verified};
use crate::layer::security::HANDSHAKE;
use crate::plan::{Host, TlsClient, Trust};
use crate::proto::certificate::{Certificate, Timestamp, pem};

/// A client's TLS, with all files read.
#[derive(Debug)]
pub struct Client {
    plan: TlsClient,
    config: ClientConfig,
    belief: Arc<Belief>,
    secrets: Option<Arc<material::Secrets>>,
}

/// What came of a handshake.
#[derive(Debug)]
pub struct Examined {
    /// How it is secured, or why not.
    pub result: Result<Secured, TlsError>,
    /// What the peer showed, in DER, its own certificate first.
    pub chain: Vec<Vec<u8>>,
    /// The connection, once a handshake was begun.
    pub session: Option<Rc<Session>>,
}

impl Client {
    /// Reads what the plan names.
    pub fn open(plan: &TlsClient) -> Result<Self, Error> {
        Self::read(plan).map_err(Error::TlsSetting)
    }

    fn read(plan: &TlsClient) -> Result<Self, TlsSettingError> {
        let provider = provider::provider(&plan.common)?;
        let belief = Arc::new(belief(plan, &provider)?);
        let versions = provider::versions(&plan.common);
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions)
            .map_err(|_| TlsSettingError::NothingLeft)?
            .with_root_certificates(RootCertStore::empty());
        let mut config = match &plan.common.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let certified = Arc::new(material::identity(identity, &provider)?);
                builder.with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(
                    certified,
                )))
            }
        };
        config.alpn_protocols.clone_from(&plan.common.alpn);
        config.resumption = Resumption::disabled();
        let secrets = material::Secrets::for_plan(&plan.common)?;
        if let Some(secrets) = &secrets {
            config.key_log = Arc::clone(secrets) as _;
        }
        Ok(Self { plan: plan.clone(), config, belief, secrets })
    }

    /// Secures a connection to a host. Bytes of the user's go out only behind this. What is waited
    /// for meanwhile stands in `waits_for`.
    pub async fn secure(
        &self,
        link: Link,
        host: Option<&Host>,
        waits_for: &Cell<&'static str>,
        observer: &dyn Observer,
    ) -> Result<Link, Error> {
        let examined = self.examine(&link, host, waits_for, observer).await?;
        let Examined { result, session, chain } = examined;
        let tls = |error| Error::Tls { error, host: host.cloned(), undelivered: 0 };
        if let (Err(TlsError::Untrusted { why, .. }), Some(own)) = (&result, chain.first())
            && let Ok(certificate) = Certificate::read(own)
        {
            let (certificate, why) = (Box::new(certificate), why.clone());
            let now = Timestamp::from(SystemTime::now());
            observer.observe(&Event::Distrusted { certificate, why, now });
        }
        let secured = Rc::new(result.map_err(tls)?);
        let peer = link.peer().clone();
        observer.observe(&Event::Secured { peer, secured: Rc::clone(&secured) });
        match session {
            Some(session) => Ok(link.through(session, secured)),
            None => Err(tls(TlsError::EndedInHandshake)),
        }
    }

    /// Shakes hands, and tells what was found whatever came of it.
    pub async fn examine(
        &self,
        link: &Link,
        host: Option<&Host>,
        waits_for: &Cell<&'static str>,
        observer: &dyn Observer,
    ) -> Result<Examined, Error> {
        let local = Host::local();
        let host = host.unwrap_or(&local);
        let name = self.plan.name.as_ref().unwrap_or(host);
        let wanted = if self.plan.any_name { None } else { Some(server_name(name)) };
        let wanted = match wanted {
            Some(Err(error)) if self.belief.roots.is_some() => {
                return Err(Error::TlsSetting(error));
            }
            Some(named) => named.ok(),
            None => None,
        };
        let asked = match &self.plan.server_name {
            Some(name) => server_name(name).map_err(Error::TlsSetting)?,
            None => match server_name(name) {
                Ok(name) => name,
                // a host that cannot be asked for by name is asked for by none
                Err(_) => ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into()),
            },
        };
        // an address is not asked for (RFC 6066, section 3)
        let asked_for = match &asked {
            ServerName::DnsName(name) => Some(name.as_ref().as_bytes().to_vec()),
            _ => None,
        };
        if let Some(kind) = self.plan.upgrade
            && let Err(error) = upgrade::upgrade(kind, link, name, waits_for, observer).await
        {
            return Ok(Examined { result: Err(error), chain: Vec::new(), session: None });
        }
        waits_for.set(HANDSHAKE);
        let examiner = Arc::new(Examiner::new(Arc::clone(&self.belief), wanted));
        let mut config = self.config.clone();
        config.dangerous().set_certificate_verifier(Arc::clone(&examiner) as _);
        let captured = Captured::begin(link.fd(), self.secrets.as_ref());
        if let Some(captured) = &captured {
            config.key_log = captured.key_log();
        }
        let started = Instant::now();
        let connection = UnbufferedClientConnection::new(Arc::new(config), asked)
            .map_err(|error| Error::TlsSetting(TlsSettingError::NotMade(error.to_string())))?;
        let session =
            Rc::new(Session::new(Rc::clone(link.fd()), Engine::Client(Box::new(connection))));
        let shaken = session.handshake().await;
        drop(captured);
        if let Some(secrets) = &self.secrets {
            secrets.written().map_err(Error::TlsSetting)?;
        }
        let Findings { chain, refusal, doubt } = examiner.findings();
        let result = match shaken {
            Err(TlsError::Untrusted { why, .. }) => Err(TlsError::Untrusted {
                wanted: Some(name.clone()),
                // the library's reason is the one that it was given for the peer's ears
                why: refusal.unwrap_or(why),
            }),
            Err(error) => Err(error),
            Ok(()) => {
                let verified = match (&self.belief.roots, &self.belief.pins) {
                    (Some(_), _) => {
                        Verified::Chain { name: (!self.plan.any_name).then(|| name.clone()) }
                    }
                    (None, Some(_)) => Verified::Pin,
                    (None, None) => Verified::Nothing(doubt),
                };
                Ok(report::secured(&session, verified, asked_for, started.elapsed()))
            }
        };
        let chain: Vec<Vec<u8>> = chain.iter().map(|der| der.to_vec()).collect();
        if let Some(path) = self.plan.keep_chain.as_ref().filter(|_| result.is_ok()) {
            fs::write(path, pem::write_chain(&chain)).map_err(|error| {
                Error::TlsSetting(TlsSettingError::Write { path: path.clone(), error })
            })?;
        }
        Ok(Examined { result, chain, session: Some(session) })
    }
}

/// Whom the plan has us believe.
pub fn belief(plan: &TlsClient, provider: &CryptoProvider) -> Result<Belief, TlsSettingError> {
    let (roots, known) = match &plan.trust {
        Trust::System => {
            let (roots, known) = material::system_roots()?;
            (Some(roots), known)
        }
        Trust::File(path) => {
            let known = material::believed(path)?;
            (Some(material::roots(&known)), known)
        }
        Trust::Anybody => (None, Vec::new()),
    };
    Ok(Belief {
        roots,
        known,
        pins: plan.pins.clone(),
        needs_staple: plan.needs_staple,
        algorithms: trust::algorithms(provider),
    })
}

/// The host as a certificate can have it.
pub fn server_name(host: &Host) -> Result<ServerName<'static>, TlsSettingError> {
    let text = host.as_os_str().to_str().unwrap_or_default();
    // a zone is of this machine, and no part of what a certificate says
    let address = text.split_once('%').map(|(address, _)| address);
    let text = address.filter(|address| address.parse::<Ipv6Addr>().is_ok()).unwrap_or(text);
    ServerName::try_from(text.to_owned()).map_err(|_| TlsSettingError::Name(host.clone()))
}
