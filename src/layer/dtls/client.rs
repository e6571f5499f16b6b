//! A client's side: from a connected datagram socket to one that is secured, or to the reason why
//! it is not.

use std::cell::Cell;
use std::fs;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext, SslVerifyMode};
use tokio::time::Instant;

use super::context::KeyLog;
use super::engine::Engine;
use super::examiner::{Examiner, Findings};
use super::session::Session;
use super::{context, report};
use crate::endpoint::Link;
use crate::event::{Error, Event, Observer, TlsError, TlsSettingError};
use crate::layer::security::HANDSHAKE;
use crate::layer::tls::lent::Judge;
use crate::plan::{Host, TlsClient};
use crate::proto::certificate::pem;

/// A client's DTLS, with all files read.
#[derive(Debug)]
pub struct Client {
    plan: TlsClient,
    context: SslContext,
    secrets: KeyLog,
    judge: Arc<Judge>,
}

impl Client {
    /// Reads what the plan names.
    pub fn open(plan: &TlsClient) -> Result<Self, Error> {
        Self::read(plan).map_err(Error::TlsSetting)
    }

    fn read(plan: &TlsClient) -> Result<Self, TlsSettingError> {
        let judge = Arc::new(Judge::of_servers(plan)?);
        let (mut context, secrets) = context::builder(&plan.common)?;
        if let Some(identity) = &plan.common.identity {
            context::show(&mut context, identity)?;
        }
        if !plan.common.alpn.is_empty() {
            let protocols = context::alpn(&plan.common.alpn);
            context.set_alpn_protos(&protocols).map_err(|error| context::setting(&error))?;
        }
        Ok(Self { plan: plan.clone(), context: context.build(), secrets, judge })
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
        waits_for.set(HANDSHAKE);
        let local = Host::local();
        let host = host.unwrap_or(&local);
        let name = self.plan.name.as_ref().unwrap_or(host);
        let wanted = (!self.plan.any_name).then(|| name.clone());
        if let Some(wanted) = &wanted {
            self.judge.check_name(wanted).map_err(Error::TlsSetting)?;
        }
        let asked = self.plan.server_name.as_ref().unwrap_or(name);
        let started = Instant::now();
        let broken = |error: ErrorStack| Error::TlsSetting(context::setting(&error));
        let mut ssl = self.ask_for(asked).map_err(broken)?;
        let examiner = Examiner::watch(&mut ssl, SslVerifyMode::PEER, &self.judge, wanted);
        let engine = Engine::new(ssl).map_err(broken)?;
        let session = Session::new(Rc::clone(link.fd()), None, engine);
        let shaken = session.handshake(|| ()).await;
        self.secrets.written()?;
        let Findings { chain, judged } = examiner.findings();
        let tls = |error| Error::Tls { error, host: Some(host.clone()), undelivered: 0 };
        let verified = match (shaken, judged) {
            (_, Some(Err(TlsError::Untrusted { why, .. })))
            | (Err(TlsError::Untrusted { why, .. }), _) => {
                return Err(tls(TlsError::Untrusted { wanted: Some(name.clone()), why }));
            }
            (_, Some(Err(error))) | (Err(error), _) => return Err(tls(error)),
            (Ok(()), Some(Ok(verified))) => verified,
            (Ok(()), None) => return Err(tls(TlsError::Refused("a certificate"))),
        };
        if let Some(path) = &self.plan.keep_chain {
            fs::write(path, pem::write_chain(&chain)).map_err(|error| {
                Error::TlsSetting(TlsSettingError::Write { path: path.clone(), error })
            })?;
        }
        let took = started.elapsed();
        let is_address = |name: &str| name.parse::<IpAddr>().is_ok();
        let asked = Some(asked).filter(|name| !name.as_os_str().to_str().is_some_and(is_address));
        let secured =
            session.ask(|engine| report::secured(engine.ssl(), &chain, verified, asked, took));
        let (peer, secured) = (link.peer().clone(), Rc::new(secured));
        observer.observe(&Event::Secured { peer, secured: Rc::clone(&secured) });
        Ok(link.through(Rc::new(session), secured))
    }

    fn ask_for(&self, name: &Host) -> Result<Ssl, ErrorStack> {
        let mut ssl = context::session(&self.context)?;
        ssl.set_connect_state();
        let name = name.as_os_str().to_str().unwrap_or_default();
        // a zone is of this machine; an address is not asked for by name (RFC 6066, section 3)
        let name = name.split_once('%').map_or(name, |(address, _)| address);
        if !name.is_empty() && name.parse::<IpAddr>().is_err() {
            ssl.set_hostname(name.strip_suffix('.').unwrap_or(name))?;
        }
        Ok(ssl)
    }
}
