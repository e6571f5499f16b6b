//! A server's side: what it shows its clients, whom it believes, and how each is secured.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::ssl::{AlpnError, Ssl, SslContext, SslVerifyMode};
use tokio::time::{Instant, timeout};

use super::context::KeyLog;
use super::cookie::{self, Asker, Place};
use super::engine::Engine;
use super::examiner::{Examiner, Findings};
use super::session::Session;
use super::{context, failure, report};
use crate::endpoint::{Caller, Link};
use crate::event::{Error, Event, Observer, Secured, TlsError, TlsSettingError, Verified};
use crate::layer::tls::lent::{self, Judge};
use crate::plan::{HANDSHAKE, Host, TlsServer};
use crate::proto::certificate::Certificate;

/// A server's DTLS, with all files read.
pub struct Server {
    context: SslContext,
    secrets: KeyLog,
    place: Place,
    /// Who judges clients, and whether they may come without a certificate.
    clients: Option<(Arc<Judge>, bool)>,
    patience: Duration,
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
        let clients = match &plan.clients {
            Some(trust) => Some((Arc::new(Judge::of_clients(trust)?), trust.optional)),
            None => None,
        };
        let (mut context, secrets) = context::builder(&plan.common)?;
        if let Some(identity) = &plan.common.identity {
            context::show(&mut context, identity)?;
        } else {
            let made = lent::make(hosts)?;
            if let Ok(certificate) = Certificate::read(&made.certificate) {
                observer.observe(&Event::CertificateMade(Box::new(certificate)));
            }
            context::show_made(&mut context, &made)?;
        }
        if !plan.common.alpn.is_empty() {
            let ours = plan.common.alpn.clone();
            context.set_alpn_select_callback(move |_, theirs| {
                context::chosen(&ours, theirs).ok_or(AlpnError::ALERT_FATAL)
            });
        }
        let broken = |error: ErrorStack| context::setting(&error);
        if clients.is_some() {
            // without it, who shows a certificate is refused (SSL_CTX_set_session_id_context)
            context.set_session_id_context(b"nc").map_err(broken)?;
        }
        let place = cookie::ask(&mut context).map_err(broken)?;
        let patience = plan.patience.unwrap_or(HANDSHAKE);
        Ok(Self { context: context.build(), secrets, place, clients, patience })
    }

    /// Secures a client's connection, in time.
    pub async fn secure(&self, link: Link, observer: &dyn Observer) -> Result<Link, Error> {
        let peer = link.peer().clone();
        let caller = link.caller().map(Rc::clone);
        let started = Instant::now();
        let shaking = timeout(self.patience, self.shake(&link, caller.as_ref(), started));
        let shaken = tokio::select! {
            biased;
            shaken = shaking => shaken.ok(),
            () = given_up(caller.as_deref()) => None,
        };
        self.secrets.written()?;
        match shaken {
            None => Err(Error::HandshakeTimedOut { after: started.elapsed() }),
            Some(Ok((session, secured))) => {
                if let Some(caller) = &caller {
                    caller.is_known();
                }
                let secured = Rc::new(secured);
                observer.observe(&Event::Secured { peer, secured: Rc::clone(&secured) });
                Ok(link.through(Rc::new(session), secured))
            }
            Some(Err(error)) => Err(Error::Tls { error, host: None, undelivered: 0 }),
        }
    }

    async fn shake(
        &self,
        link: &Link,
        caller: Option<&Rc<Caller>>,
        started: Instant,
    ) -> Result<(Session, Secured), TlsError> {
        let broken = |_: ErrorStack| failure::ours();
        let mut ssl = context::session(&self.context).map_err(broken)?;
        ssl.set_accept_state();
        let has_answered = Arc::new(AtomicBool::new(false));
        let address = format!("{:?}", link.peer()).into_bytes();
        let asker = Asker { address, has_answered: Arc::clone(&has_answered) };
        ssl.set_ex_data(self.place, asker);
        let examiner = self.watch(&mut ssl);
        let engine = Engine::new(ssl).map_err(broken)?;
        let session = Session::new(Rc::clone(link.fd()), caller.map(Rc::clone), engine);
        let progress = || {
            if let Some(caller) = caller
                && has_answered.load(Ordering::Relaxed)
            {
                caller.has_answered();
            }
        };
        let shaken = session.handshake(progress).await;
        let Findings { chain, judged } = examiner.map(|found| found.findings()).unwrap_or_default();
        let verified = match (shaken, judged) {
            (_, Some(Err(error))) | (Err(error), _) => return Err(error),
            (Ok(()), Some(Ok(verified))) => verified,
            (Ok(()), None) => Verified::Nobody,
        };
        let took = started.elapsed();
        let secured =
            session.ask(|engine| report::secured(engine.ssl(), &chain, verified, None, took));
        Ok((session, secured))
    }

    fn watch(&self, ssl: &mut Ssl) -> Option<Examiner> {
        let (judge, optional) = self.clients.as_ref()?;
        let mode = if *optional {
            SslVerifyMode::PEER
        } else {
            SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT
        };
        Some(Examiner::watch(ssl, mode, judge, None))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("clients", &self.clients).finish_non_exhaustive()
    }
}

/// Comes back where a client has to make room for others.
async fn given_up(caller: Option<&Caller>) {
    match caller {
        Some(caller) => caller.given_up().await,
        None => std::future::pending().await,
    }
}
