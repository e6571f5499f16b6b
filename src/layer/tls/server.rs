//! A server's side: what it shows its clients, whom it believes, and how each is secured.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::{NoServerSessionStorage, UnbufferedServerConnection};
use tokio::time::{Instant, timeout};

use super::admission::Admission;
use super::asked::Asked;
use super::captured::Captured;
use super::engine::Engine;
use super::session::Session;
use super::{failure, farewell, made, material, provider, report};
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, Peer, Secured, TlsError, TlsSettingError, Verified};
use crate::plan::{HANDSHAKE, Host, TlsServer};
use crate::proto::certificate::Certificate;

/// A server's TLS, with all files read.
#[derive(Debug)]
pub struct Server {
    config: Arc<ServerConfig>,
    clients: Option<Arc<Admission>>,
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
        let clients = match &plan.clients {
            None => None,
            Some(trust) => Some(Arc::new(Admission::open(trust, &provider)?)),
        };
        let builder = match &clients {
            None => builder.with_no_client_auth(),
            Some(clients) => builder.with_client_cert_verifier(Arc::clone(clients) as _),
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
            clients,
            patience: plan.patience.unwrap_or(HANDSHAKE),
            secrets,
        })
    }

    /// Secures a client's connection, in time.
    pub async fn secure(&self, link: Link, observer: &dyn Observer) -> Result<Link, Error> {
        let peer = link.peer().clone();
        let failed = |error| Error::Tls { error, host: address(&peer), undelivered: 0 };
        let mut config = ServerConfig::clone(&self.config);
        let asked = Asked::before(&self.config.cert_resolver);
        config.cert_resolver = Arc::clone(&asked) as _;
        let captured = Captured::begin(link.fd(), self.secrets.as_ref());
        if let Some(captured) = &captured {
            config.key_log = captured.key_log();
        }
        let connection = UnbufferedServerConnection::new(Arc::new(config))
            .map_err(|error| failed(failure::ours(&error)))?;
        let session =
            Rc::new(Session::new(Rc::clone(link.fd()), Engine::Server(Box::new(connection))));
        let shaken = timeout(self.patience, self.shake(&session, &asked)).await;
        drop(captured);
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
        let shaken = session.handshake().await;
        let clients = self.clients.as_ref();
        shaken.map_err(|error| clients.map_or(error.clone(), |clients| clients.named(error)))?;
        let mut secured =
            report::secured(session, Verified::Nobody, asked.name(), started.elapsed());
        if let (Some(clients), Some(_)) = (clients, secured.chain.first()) {
            secured.verified = clients.verified();
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
