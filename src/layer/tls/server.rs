//! A server's side: what it shows its clients, whom it believes, and how each is secured.

use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, UnbufferedServerConnection, WebPkiClientVerifier};
use tokio::time::{Instant, timeout};

use super::asked::Asked;
use super::engine::Engine;
use super::session::Session;
use super::{farewell, made, material, provider, report};
use crate::endpoint::Link;
use crate::event::{
    Distrust, Error, Event, Observer, Peer, Secured, TlsError, TlsSettingError, Verified,
};
use crate::plan::{ClientTrust, HANDSHAKE, Host, TlsServer};
use crate::proto::certificate::{AlternativeName, Certificate, CertificateError, Mismatch, Wanted};

/// A server's TLS, with all files read.
#[derive(Debug)]
pub struct Server {
    config: Arc<ServerConfig>,
    clients: Option<ClientTrust>,
    patience: Duration,
    secrets: Option<Arc<material::Secrets>>,
}

impl Server {
    /// Reads what the plan names. Where it names no certificate, one is made for these hosts, and
    /// told of.
    pub fn open(plan: &TlsServer, hosts: &[Host], observer: &dyn Observer) -> Result<Self, Error> {
        Self::read(plan, hosts, observer).map_err(Error::TlsSetting)
    }

    fn read(
        plan: &TlsServer,
        hosts: &[Host],
        observer: &dyn Observer,
    ) -> Result<Self, TlsSettingError> {
        let provider = provider::provider(&plan.common)?;
        let versions = provider::versions(&plan.common);
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions)
            .map_err(|_| TlsSettingError::NothingLeft)?;
        let builder = match &plan.clients {
            None => builder.with_no_client_auth(),
            Some(clients) => builder.with_client_cert_verifier(verifier(clients, &provider)?),
        };
        let certified = if let Some(identity) = &plan.common.identity {
            material::identity(identity, &provider)?
        } else {
            let made = made::certificate(hosts, &provider)?;
            if let Some(Ok(certificate)) = made.cert.first().map(|der| Certificate::read(der)) {
                observer.observe(&Event::CertificateMade(Box::new(certificate)));
            }
            made
        };
        let resolver = rustls::sign::SingleCertAndKey::from(Arc::new(certified));
        let mut config = builder.with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols.clone_from(&plan.common.alpn);
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        let secrets = material::Secrets::for_plan(&plan.common)?;
        if let Some(secrets) = &secrets {
            config.key_log = Arc::clone(secrets) as _;
        }
        Ok(Self {
            config: Arc::new(config),
            clients: plan.clients.clone(),
            patience: plan.patience.unwrap_or(HANDSHAKE),
            secrets,
        })
    }

    /// Secures a client's connection, in time.
    pub async fn secure(&self, link: Link, observer: &dyn Observer) -> Result<Link, Error> {
        let peer = link.peer().clone();
        let failed = |error| Error::Tls { error, host: address(&peer), undelivered: 0 };
        let mut config = (*self.config).clone();
        let asked = Asked::before(&self.config.cert_resolver);
        config.cert_resolver = Arc::clone(&asked) as _;
        let connection = UnbufferedServerConnection::new(Arc::new(config))
            .map_err(|error| failed(TlsError::Broken(error.to_string())))?;
        let session =
            Rc::new(Session::new(Rc::clone(link.fd()), Engine::Server(Box::new(connection))));
        let shaken = timeout(self.patience, self.shake(&session, &asked)).await;
        if let Some(secrets) = &self.secrets {
            secrets.written().map_err(Error::TlsSetting)?;
        }
        match shaken {
            Ok(Ok(secured)) => {
                let secured = Rc::new(secured);
                observer
                    .observe(&Event::Secured { peer: peer.clone(), secured: Rc::clone(&secured) });
                Ok(link.through(session, secured))
            }
            Ok(Err(error)) => {
                farewell::turn_away(&session).await;
                Err(failed(error))
            }
            Err(_) => Err(Error::HandshakeTimedOut { after: self.patience }),
        }
    }

    async fn shake(&self, session: &Session, asked: &Asked) -> Result<Secured, TlsError> {
        let started = Instant::now();
        session.handshake().await?;
        let mut secured =
            report::secured(session, Verified::Nobody, asked.name(), started.elapsed());
        if let Some(clients) = &self.clients {
            secured.verified = believe(clients, secured.chain.first())?;
        }
        Ok(secured)
    }
}

/// A client's address, where it has one.
fn address(peer: &Peer) -> Option<Host> {
    match peer {
        Peer::Inet { address, .. } => Some(Host::from(&*address.ip().to_canonical().to_string())),
        _ => None,
    }
}

/// Who verifies the chains of clients.
pub fn verifier(
    clients: &ClientTrust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsSettingError> {
    let roots = match &clients.authorities {
        Some(path) => material::roots(&material::believed(path)?),
        None => material::system_roots()?,
    };
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    let verifier = if clients.optional { verifier.allow_unauthenticated() } else { verifier };
    verifier.build().map_err(|error| match &clients.authorities {
        Some(path) => TlsSettingError::Material { path: path.clone(), words: error.to_string() },
        None => TlsSettingError::NoRoots(error.to_string()),
    })
}

/// What is asked of a client's certificate beyond its chain, which was verified.
pub fn believe(
    clients: &ClientTrust,
    peer: Option<&Result<Certificate, CertificateError>>,
) -> Result<Verified, TlsError> {
    let untrusted = |why| Err(TlsError::Untrusted { wanted: clients.name.clone(), why });
    let certificate = match peer {
        None => return Ok(Verified::Nobody),
        Some(Err(error)) => return untrusted(Distrust::Unreadable(error.to_string())),
        Some(Ok(certificate)) => certificate,
    };
    if let Some(pins) = &clients.pins
        && !pins.matches(certificate)
    {
        return untrusted(Distrust::NotPinned(certificate.key_fingerprint.pin()));
    }
    if let Some(name) = &clients.name {
        let text = name.as_os_str().to_str();
        let wanted = match text.and_then(|text| text.parse().ok()) {
            Some(address) => Wanted::Ip(address),
            None => Wanted::Name(name.as_os_str().as_bytes()),
        };
        if let Some(mismatch) = certificate.mismatch(wanted) {
            let only = mismatch == Mismatch::OnlyCommonName;
            let has = certificate.names.iter().map(AlternativeName::text).collect();
            return untrusted(Distrust::WrongName { has, only_common_name: only });
        }
    }
    Ok(Verified::Chain { name: clients.name.clone() })
}
