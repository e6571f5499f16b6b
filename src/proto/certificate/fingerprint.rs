//! SHA-256 of a certificate or its key, in the two ways people write it, and the SHA-1 that Ncat
//! shows.
//!
//! The `sha2` crate, not the TLS provider: a codec must not depend on which provider is built in.

use std::fmt::{self, Display, Formatter};

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::proto::base64;

/// A SHA-256. Shown as `AA:BB:…`, as `openssl x509 -fingerprint -sha256` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// As curl's `--pinnedpubkey` takes it: `sha256//BASE64`.
    pub fn pin(&self) -> String {
        format!("sha256//{}", base64::encode(&self.0))
    }
}

/// SHA-1 of these bytes.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

impl Display for Fingerprint {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(out, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}
