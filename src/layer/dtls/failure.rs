//! The library's errors as ours.

use std::io;

use openssl::ssl::Error;

use crate::event::{Breach, Distrust, TlsError};
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

/// Reasons that say how the peer does not keep to the protocol.
const BREACHES: &[(i32, Breach)] = &[
    (110, Breach::Malformed),
    (115, Breach::Malformed),
    (159, Breach::Malformed),
    (160, Breach::Malformed),
    (298, Breach::Malformed),
    (306, Breach::Malformed),
    (146, Breach::TooLarge),
    (150, Breach::TooLarge),
    (152, Breach::TooLarge),
    (198, Breach::TooLarge),
    (334, Breach::TooLarge),
    (147, Breach::Undecryptable),
    (281, Breach::Undecryptable),
    (133, Breach::OutOfTurn),
    (244, Breach::OutOfTurn),
    (245, Breach::OutOfTurn),
    (217, Breach::NotOffered),
    (248, Breach::NotOffered),
    (261, Breach::NotOffered),
    (370, Breach::NotOffered),
    (378, Breach::NotOffered),
    (409, Breach::Flood),
];

/// The peer did not return a certificate.
const NO_CERTIFICATE: i32 = 199;

/// What the peer signed in the handshake does not go with its certificate.
const BAD_SIGNATURE: i32 = 123;

/// What was repeated several times was not answered.
const TIMED_OUT: i32 = 312;

/// What an error of the library is.
pub fn of(error: &Error) -> TlsError {
    let stack = error.ssl_error().map(openssl::error::ErrorStack::errors).unwrap_or_default();
    let Some(first) = stack.iter().find(|error| error.library_code() == OF_TLS) else {
        return ours();
    };
    let reason = first.reason_code();
    if let Some(code) = reason.checked_sub(ALERTS).and_then(|code| u8::try_from(code).ok()) {
        return lent::alert(code);
    }
    if let Some((_, what)) = NOTHING_IN_COMMON.iter().find(|(number, _)| *number == reason) {
        return TlsError::NothingInCommon(what);
    }
    match reason {
        NO_CERTIFICATE => TlsError::Refused("a certificate"),
        BAD_SIGNATURE => TlsError::Untrusted { wanted: None, why: Distrust::KeyNotHeld },
        TIMED_OUT => TlsError::Io(io::ErrorKind::TimedOut, None),
        _ => {
            let row = BREACHES.iter().find(|(number, _)| *number == reason);
            TlsError::Broken(row.map_or(Breach::Rule, |(_, breach)| *breach))
        }
    }
}

/// What the library cannot do by itself.
pub fn ours() -> TlsError {
    TlsError::Ours("a fault in the library, or in how it is used")
}
