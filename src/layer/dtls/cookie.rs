//! Cookies (RFC 6347, section 4.2.1): a client must say again what only its address was told, before
//! it costs more than a datagram.
//!
//! A client may cut its first message in pieces, so the answer to it cannot be made without keeping
//! something: who asks has a session from its first datagram on, and it is seen to elsewhere that
//! those are few.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::{PKey, Private};
use openssl::rand::rand_bytes;
use openssl::sign::Signer;
use openssl::ssl::{Ssl, SslContextBuilder, SslOptions, SslRef};

/// Where a session keeps whom it is with.
pub type Place = Index<Ssl, Asker>;

/// Who asks.
#[derive(Debug)]
pub struct Asker {
    /// The address, in bytes that are no other's.
    pub address: Vec<u8>,
    /// It has shown that it hears what is sent there.
    pub has_answered: Arc<AtomicBool>,
}

/// Has a server ask for cookies, made with a secret of this run.
pub fn ask(context: &mut SslContextBuilder) -> Result<Place, ErrorStack> {
    let place = Ssl::new_ex_index::<Asker>()?;
    let mut secret = [0; 32];
    rand_bytes(&mut secret)?;
    let key = PKey::hmac(&secret)?;
    let same = key.clone();
    context.set_options(SslOptions::COOKIE_EXCHANGE);
    context.set_cookie_generate_cb(move |ssl, space| {
        let cookie = cookie(&key, ssl, place)?;
        let count = cookie.len().min(space.len());
        space[..count].copy_from_slice(&cookie[..count]);
        Ok(count)
    });
    context.set_cookie_verify_cb(move |ssl, given| {
        let own = cookie(&same, ssl, place);
        let fits = own.is_ok_and(|own| own.len() == given.len() && memcmp::eq(&own, given));
        if fits && let Some(asker) = ssl.ex_data(place) {
            asker.has_answered.store(true, Ordering::Relaxed);
        }
        fits
    });
    Ok(place)
}

fn cookie(key: &PKey<Private>, ssl: &SslRef, place: Place) -> Result<Vec<u8>, ErrorStack> {
    let mut signer = Signer::new(MessageDigest::sha256(), key)?;
    if let Some(asker) = ssl.ex_data(place) {
        signer.update(&asker.address)?;
    }
    signer.sign_to_vec()
}
