//! The name that a client asks for (SNI, RFC 6066 section 3), which the library tells nobody but who
//! chooses the certificate.

use std::sync::{Arc, OnceLock};

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// Leaves the choice to another, and keeps the name of one client.
#[derive(Debug)]
pub struct Asked {
    chooser: Arc<dyn ResolvesServerCert>,
    name: OnceLock<Vec<u8>>,
}

impl Asked {
    /// Of a client that has not spoken yet.
    pub fn before(chooser: &Arc<dyn ResolvesServerCert>) -> Arc<Self> {
        Arc::new(Self { chooser: Arc::clone(chooser), name: OnceLock::new() })
    }

    /// What was asked for, where something was.
    pub fn name(&self) -> Option<Vec<u8>> {
        self.name.get().cloned()
    }
}

impl ResolvesServerCert for Asked {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if let Some(name) = hello.server_name() {
            self.name.get_or_init(|| name.as_bytes().to_vec());
        }
        self.chooser.resolve(hello)
    }

    fn only_raw_public_keys(&self) -> bool {
        self.chooser.only_raw_public_keys()
    }
}
