//! What all sessions of one side have in common, with its files read.

use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{
    Ssl, SslContext, SslContextBuilder, SslMethod, SslOptions, SslSessionCacheMode, SslVersion,
};
use openssl::x509::X509;

use crate::event::{Error, TlsSettingError, Unusable};
use crate::layer::tls::lent;
use crate::plan::{Identity, Tls};
use crate::proto::certificate::pem;

/// The largest datagram of a handshake, in bytes: one that fits through nearly every net, in or out
/// of a tunnel.
const LARGEST_IN_HANDSHAKE: u32 = 1200;

/// Reads what the plan names, beside who we are.
pub fn builder(tls: &Tls) -> Result<(SslContextBuilder, KeyLog), TlsSettingError> {
    let ciphers = lent::openssl_names(tls)?.join(":");
    let mut context = prepare(&ciphers).map_err(|error| setting(&error))?;
    let secrets = lent::Secrets::for_plan(tls)?;
    if let Some(secrets) = secrets.clone() {
        context.set_keylog_callback(move |_, line| secrets.write(line));
    }
    Ok((context, KeyLog(secrets)))
}

/// Where the secrets of each session are written, if anywhere.
#[derive(Debug)]
pub struct KeyLog(Option<Arc<lent::Secrets>>);

impl KeyLog {
    /// Fails where what was asked for is not written.
    pub fn written(&self) -> Result<(), Error> {
        let written = self.0.as_ref().map_or(Ok(()), |secrets| secrets.written());
        written.map_err(Error::TlsSetting)
    }
}

fn prepare(ciphers: &str) -> Result<SslContextBuilder, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::dtls())?;
    context.set_min_proto_version(Some(SslVersion::DTLS1_2))?;
    context.set_max_proto_version(Some(SslVersion::DTLS1_2))?;
    context.set_options(
        SslOptions::NO_QUERY_MTU | SslOptions::NO_TICKET | SslOptions::NO_RENEGOTIATION,
    );
    context.set_session_cache_mode(SslSessionCacheMode::OFF);
    context.set_cipher_list(ciphers)?;
    Ok(context)
}

/// Shows a certificate from files.
pub fn show(context: &mut SslContextBuilder, identity: &Identity) -> Result<(), TlsSettingError> {
    let chain = lent::certificates(&identity.certificate)?;
    let path = identity.key.as_ref().unwrap_or(&identity.certificate);
    let key = pem::key(&lent::read(path)?)
        .map_err(|error| TlsSettingError::Pem { path: path.clone(), error })?;
    let refused = |path: &std::path::Path, error: &ErrorStack| TlsSettingError::Material {
        path: path.to_owned(),
        why: Unusable::Dtls(words(error)),
    };
    let key = PKey::private_key_from_der(&key.der).map_err(|error| refused(path, &error))?;
    let own = chain.first().map(|der| X509::from_der(der)).transpose();
    let own = own.map_err(|error| refused(&identity.certificate, &error))?;
    let fits = own.and_then(|own| own.public_key().ok()).is_some_and(|own| own.public_eq(&key));
    if !fits {
        return Err(TlsSettingError::KeyMismatch { certificate: identity.certificate.clone() });
    }
    take(context, &chain, &key).map_err(|error| refused(&identity.certificate, &error))
}

/// Shows a certificate that was made for the run.
pub fn show_made(
    context: &mut SslContextBuilder,
    made: &lent::Made,
) -> Result<(), TlsSettingError> {
    let key = PKey::private_key_from_pkcs8(&made.key).map_err(|error| setting(&error))?;
    take(context, std::slice::from_ref(&made.certificate), &key).map_err(|error| setting(&error))
}

fn take(
    context: &mut SslContextBuilder,
    chain: &[Vec<u8>],
    key: &PKey<Private>,
) -> Result<(), ErrorStack> {
    for (index, der) in chain.iter().enumerate() {
        let certificate = X509::from_der(der)?;
        if index == 0 {
            context.set_certificate(&certificate)?;
        } else {
            context.add_extra_chain_cert(certificate)?;
        }
    }
    context.set_private_key(key)
}

/// A session of this side.
pub fn session(context: &SslContext) -> Result<Ssl, ErrorStack> {
    let mut ssl = Ssl::new(context)?;
    ssl.set_mtu(LARGEST_IN_HANDSHAKE)?;
    Ok(ssl)
}

/// The protocols as the extension has them (RFC 7301, section 3.1).
pub fn alpn(protocols: &[Vec<u8>]) -> Vec<u8> {
    let mut wire = Vec::new();
    for protocol in protocols {
        wire.push(u8::try_from(protocol.len()).unwrap_or(u8::MAX));
        wire.extend_from_slice(protocol);
    }
    wire
}

/// The first of our protocols that is among theirs, which are as the extension has them.
pub fn chosen<'a>(ours: &[Vec<u8>], theirs: &'a [u8]) -> Option<&'a [u8]> {
    let mut rest = theirs;
    let mut found: Option<(usize, &[u8])> = None;
    while let Some((&length, after)) = rest.split_first() {
        let (protocol, next) = after.split_at_checked(length.into())?;
        let place = ours.iter().position(|own| own == protocol);
        if let Some(place) = place
            && found.is_none_or(|(best, _)| place < best)
        {
            found = Some((place, protocol));
        }
        rest = next;
    }
    found.map(|(_, protocol)| protocol)
}

/// An error of the library that has no place of its own.
pub fn setting(error: &ErrorStack) -> TlsSettingError {
    TlsSettingError::NotMade(words(error))
}

fn words(error: &ErrorStack) -> String {
    let first = error.errors().first().and_then(openssl::error::Error::reason);
    first.map_or_else(|| error.to_string(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_protocols_ours_come_first() {
        let ours = [b"coap".to_vec(), b"h2".to_vec()];
        assert_eq!(alpn(&ours), b"\x04coap\x02h2");
        assert_eq!(chosen(&ours, b"\x02h2\x04coap"), Some(&b"coap"[..]));
        assert_eq!(chosen(&ours, b"\x02h2\x03foo"), Some(&b"h2"[..]));
        assert_eq!(chosen(&ours, b"\x03foo"), None);
        assert_eq!(chosen(&ours, b"\x09h2"), None, "it is cut short");
        assert_eq!(chosen(&ours, b""), None);
    }
}
