//! The library's errors as ours.

use openssl::ssl::Error;

use crate::event::TlsError;
use crate::layer::tls::lent;

/// A reason of this much and more is the peer's alert, with its number added
/// (`SSL_AD_REASON_OFFSET` of `<openssl/sslerr.h>`).
const ALERTS: i32 = 1000;

/// The library's library of its TLS (`ERR_LIB_SSL` of `<openssl/err.h>`).
const OF_TLS: i32 = 20;

/// Reasons that say what is missing, by their numbers in `<openssl/sslerr.h>`.
const NOTHING_IN_COMMON: &[(i32, &str)] = &[
    (193, "cipher suite"),
    (185, "cipher suite"),
    (101, "key exchange"),
    (118, "kind of signature"),
    (376, "kind of signature"),
    (235, "protocol inside (ALPN)"),
    (258, "version of DTLS"),
    (267, "version of DTLS"),
    (396, "version of DTLS"),
    (166, "version of DTLS"),
];

/// The peer did not return a certificate.
const NO_CERTIFICATE: i32 = 199;

/// What an error of the library is.
pub fn of(error: &Error) -> TlsError {
    let stack = error.ssl_error().map(openssl::error::ErrorStack::errors).unwrap_or_default();
    let Some(first) = stack.iter().find(|error| error.library_code() == OF_TLS) else {
        return TlsError::Broken(match stack.first().and_then(openssl::error::Error::reason) {
            Some(reason) => reason.to_owned(),
            None => error.to_string(),
        });
    };
    let reason = first.reason_code();
    if let Some(code) = reason.checked_sub(ALERTS).and_then(|code| u8::try_from(code).ok()) {
        return lent::alert(code);
    }
    if reason == NO_CERTIFICATE {
        return TlsError::Refused("a certificate");
    }
    match NOTHING_IN_COMMON.iter().find(|(number, _)| *number == reason) {
        Some((_, what)) => TlsError::NothingInCommon(what),
        None => TlsError::Broken(first.reason().unwrap_or("an error without a name").to_owned()),
    }
}
