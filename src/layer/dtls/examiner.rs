//! Looks at the certificate of one session's peer, and keeps what it found.

use std::sync::{Arc, Mutex, PoisonError};

use openssl::ssl::{SslRef, SslVerifyMode};
use openssl::x509::{X509StoreContextRef, X509VerifyResult};

use crate::event::{Distrust, TlsError, Verified};
use crate::layer::tls::lent::Judge;
use crate::plan::Host;

/// What was found about one peer.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The chain in DER, the peer's own certificate first.
    pub chain: Vec<Vec<u8>>,
    /// Whether it is believed; nothing where it shows none.
    pub judged: Option<Result<Verified, TlsError>>,
}

/// Where it is found.
#[derive(Debug, Clone, Default)]
pub struct Examiner(Arc<Mutex<Findings>>);

impl Examiner {
    /// Has the library ask us about the peer of a session, and nobody else: its own store is empty.
    pub fn watch(
        ssl: &mut SslRef,
        mode: SslVerifyMode,
        judge: &Arc<Judge>,
        wanted: Option<Host>,
    ) -> Self {
        let examiner = Self::default();
        let (findings, judge) = (Arc::clone(&examiner.0), Arc::clone(judge));
        ssl.set_verify_callback(mode, move |_, context| {
            let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
            // it asks for each thing that it has against a chain, whose end it may not know yet
            let chain = shown(context);
            if findings.judged.is_none() || chain != findings.chain {
                findings.judged = Some(judge.judge(&chain, wanted.as_ref()));
                findings.chain = chain;
            }
            match &findings.judged {
                Some(Err(error)) => {
                    let own = context.error() == X509VerifyResult::OK;
                    if own || !is_about_issuer(error) {
                        context.set_error(X509VerifyResult::APPLICATION_VERIFICATION);
                    }
                    false
                }
                _ => true,
            }
        });
        examiner
    }

    /// What was found.
    pub fn findings(&self) -> Findings {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn shown(context: &X509StoreContextRef) -> Vec<Vec<u8>> {
    let chain = context.chain().into_iter().flatten();
    chain.filter_map(|certificate| certificate.to_der().ok()).collect()
}

/// Whether the peer may be told what the library has against every chain: that it knows no issuer.
fn is_about_issuer(error: &TlsError) -> bool {
    let TlsError::Untrusted { why, .. } = error else { return false };
    matches!(why, Distrust::SelfSigned | Distrust::UnknownIssuer { .. })
}
