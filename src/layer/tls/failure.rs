//! The library's errors as ours.

use rustls::{
    AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible, PeerMisbehaved,
};

use super::trust;
use crate::event::{Breach, Distrust, Speech, TlsError};

/// The first bytes of what is not TLS, and what it is then. The first that fits holds.
const SPEECHES: &[(&[u8], Speech)] = &[
    (b"HTTP/", Speech::Http),
    (b"<!DOCTYPE", Speech::Http),
    (b"<html", Speech::Http),
    (b"GET ", Speech::Http),
    (b"HEAD ", Speech::Http),
    (b"POST ", Speech::Http),
    (b"PUT ", Speech::Http),
    (b"DELETE ", Speech::Http),
    (b"OPTIONS ", Speech::Http),
    (b"PATCH ", Speech::Http),
    (b"CONNECT ", Speech::Http),
    (b"PRI * HTTP", Speech::Http),
    (b"SSH-", Speech::Ssh),
    (b"220 ", Speech::Greeting220),
    (b"220-", Speech::Greeting220),
    (b"* OK", Speech::Imap),
    (b"+OK", Speech::Pop3),
];

/// How much of it has to be text before it is called that.
const TEXT: usize = 4;

/// The error that these first bytes are, where they are no TLS.
pub fn speech(beginning: &[u8], from_client: bool) -> Option<TlsError> {
    let looks_like_tls = match beginning {
        [] => true,
        // a handshake or an alert, of any version since SSL 3
        [0x15 | 0x16, rest @ ..] => rest.first().is_none_or(|major| *major == 3),
        _ => false,
    };
    (!looks_like_tls).then(|| foreign(known(beginning), beginning, from_client))
}

/// The same, of a server's bytes that are known to be none.
#[cfg(feature = "dtls")]
pub fn of_server(beginning: &[u8]) -> TlsError {
    foreign(known(beginning), beginning, false)
}

fn foreign(speech: Option<Speech>, beginning: &[u8], from_client: bool) -> TlsError {
    TlsError::Foreign { from_client, speech, beginning: beginning.to_vec() }
}

/// The peer's alert of this number.
#[cfg(feature = "dtls")]
pub fn alert(code: u8) -> TlsError {
    TlsError::Alert { code, name: name(AlertDescription::from(code)) }
}

fn known(beginning: &[u8]) -> Option<Speech> {
    let starts = |start: &[u8]| {
        beginning.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start))
    };
    if let Some((_, speech)) = SPEECHES.iter().find(|(start, _)| starts(start)) {
        return Some(*speech);
    }
    match beginning {
        // a packet with number 0 and version 10 of its protocol
        [_, _, _, 0, 10, ..] => Some(Speech::Mysql),
        // an SSL 2 hello
        [length, _, 1, 0 | 2 | 3, ..] if length & 0x80 != 0 => Some(Speech::OldSsl),
        _ => {
            let text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
            let all = beginning.len() >= TEXT && beginning.iter().all(text);
            all.then_some(Speech::Text)
        }
    }
}

/// What an error of the library is, seen with the first bytes that came, and from whom.
pub fn of(error: Error, beginning: &[u8], from_client: bool) -> TlsError {
    let broken = TlsError::Broken;
    match error {
        // those who judge chains have another word for a signature in one (`trust::distrust`)
        Error::InvalidCertificate(CertificateError::BadSignature) => {
            TlsError::Untrusted { wanted: None, why: Distrust::KeyNotHeld }
        }
        Error::InvalidCertificate(error) => {
            TlsError::Untrusted { wanted: None, why: trust::distrust(error) }
        }
        Error::AlertReceived(alert) => TlsError::Alert { code: alert.into(), name: name(alert) },
        Error::InvalidMessage(message) => match speech(beginning, from_client) {
            Some(foreign) => foreign,
            None if message == InvalidMessage::UnknownProtocolVersion => {
                foreign(Some(Speech::OldSsl), beginning, from_client)
            }
            None => broken(unreadable(message)),
        },
        Error::PeerIncompatible(why) => match in_common(&why) {
            Some(what) => TlsError::NothingInCommon(what),
            None => broken(lacks(&why)),
        },
        Error::PeerMisbehaved(why) => broken(breach(&why)),
        Error::NoApplicationProtocol => TlsError::NothingInCommon("protocol inside (ALPN)"),
        Error::NoCertificatesPresented => TlsError::Refused("a certificate"),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            broken(Breach::OutOfTurn)
        }
        Error::PeerSentOversizedRecord => broken(Breach::TooLarge),
        Error::DecryptError => broken(Breach::Undecryptable),
        other => ours(&other),
    }
}

/// What the library cannot do by itself.
pub fn ours(error: &Error) -> TlsError {
    TlsError::Ours(match error {
        Error::EncryptError => "the keys of this connection are used up",
        Error::FailedToGetCurrentTime => "there is no clock",
        Error::FailedToGetRandomBytes => "there are no random numbers",
        _ => "a fault in the library, or in how it is used",
    })
}

fn unreadable(message: InvalidMessage) -> Breach {
    match message {
        InvalidMessage::MessageTooLarge
        | InvalidMessage::HandshakePayloadTooLarge
        | InvalidMessage::CertificatePayloadTooLarge => Breach::TooLarge,
        InvalidMessage::UnexpectedMessage(_) => Breach::OutOfTurn,
        _ => Breach::Malformed,
    }
}

fn breach(why: &PeerMisbehaved) -> Breach {
    match why {
        PeerMisbehaved::TooManyEmptyFragments
        | PeerMisbehaved::TooManyKeyUpdateRequests
        | PeerMisbehaved::TooManyRenegotiationRequests
        | PeerMisbehaved::TooManyWarningAlertsReceived
        | PeerMisbehaved::TooMuchEarlyDataReceived => Breach::Flood,
        PeerMisbehaved::MissingKeyShare => Breach::Lacks("a key share"),
        PeerMisbehaved::IllegalMiddleboxChangeCipherSpec
        | PeerMisbehaved::KeyEpochWithPendingFragment
        | PeerMisbehaved::MessageInterleavedWithHandshakeMessage => Breach::OutOfTurn,
        PeerMisbehaved::IllegalTlsInnerPlaintext | PeerMisbehaved::InvalidKeyShare => {
            Breach::Malformed
        }
        PeerMisbehaved::SelectedUnofferedApplicationProtocol
        | PeerMisbehaved::SelectedUnofferedCertCompression
        | PeerMisbehaved::SelectedUnofferedCipherSuite
        | PeerMisbehaved::SelectedUnofferedCompression
        | PeerMisbehaved::SelectedUnofferedKxGroup
        | PeerMisbehaved::SelectedUnofferedPsk
        | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion
        | PeerMisbehaved::IllegalHelloRetryRequestWithUnofferedCipherSuite
        | PeerMisbehaved::IllegalHelloRetryRequestWithUnofferedNamedGroup
        | PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme
        | PeerMisbehaved::UnsolicitedCertExtension
        | PeerMisbehaved::UnsolicitedEncryptedExtension
        | PeerMisbehaved::UnsolicitedServerHelloExtension
        | PeerMisbehaved::WrongGroupForKeyShare => Breach::NotOffered,
        _ => Breach::Rule,
    }
}

/// What is not a matter of taste: without it there is no such version.
fn lacks(why: &PeerIncompatible) -> Breach {
    match why {
        PeerIncompatible::KeyShareExtensionRequired => Breach::Lacks("a key share"),
        PeerIncompatible::NamedGroupsExtensionRequired => Breach::Lacks("kinds of key exchange"),
        PeerIncompatible::SignatureAlgorithmsExtensionRequired => {
            Breach::Lacks("kinds of signature")
        }
        PeerIncompatible::EcPointsExtensionRequired
        | PeerIncompatible::UncompressedEcPointsRequired => Breach::Lacks("uncompressed points"),
        PeerIncompatible::NullCompressionRequired => Breach::Lacks("the way to compress nothing"),
        PeerIncompatible::ExtendedMasterSecretExtensionRequired => {
            Breach::Lacks("the extended master secret")
        }
        PeerIncompatible::ServerSentHelloRetryRequestWithUnknownExtension => Breach::NotOffered,
        _ => Breach::Rule,
    }
}

fn in_common(why: &PeerIncompatible) -> Option<&'static str> {
    Some(match why {
        PeerIncompatible::NoCipherSuitesInCommon => "cipher suite",
        PeerIncompatible::NoKxGroupsInCommon | PeerIncompatible::NoEcPointFormatsInCommon => {
            "key exchange"
        }
        PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => "kind of signature",
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => "version of TLS",
        _ => return None,
    })
}

/// `HandshakeFailure` as the registry writes it: `handshake_failure`.
fn name(alert: AlertDescription) -> String {
    let mut name = String::new();
    let mut before = '_';
    for character in format!("{alert:?}").chars() {
        // `UnknownCA` has one word of two capitals
        if character.is_ascii_uppercase() && before.is_ascii_lowercase() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
        before = character;
    }
    // one that has no name there
    if name.contains('(') { format!("number {}", u8::from(alert)) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_no_tls_is_known_by_the_first_words() {
        for (bytes, known_as) in [
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], Speech::Http),
            (b"get / http/1.0\r\n", Speech::Http),
            (b"SSH-2.0-OpenSSH_9.2", Speech::Ssh),
            (b"220 mail ESMTP", Speech::Greeting220),
            (b"* OK IMAP4rev1", Speech::Imap),
            (b"+OK ready", Speech::Pop3),
            (b"\x4a\0\0\0\x0a8.0.1", Speech::Mysql),
            (b"\x80\x2e\x01\x00\x02", Speech::OldSsl),
            (b"hello there\n", Speech::Text),
        ] {
            assert_eq!(known(bytes), Some(known_as), "{}", bytes.escape_ascii());
            assert!(speech(bytes, false).is_some());
        }
        assert_eq!(known(b"\0\x01\x02"), None);
        assert_eq!(known(b"a"), None);
        for tls in [&b""[..], b"\x16", b"\x16\x03\x01\x02\0", b"\x15\x03\x03\0\x02"] {
            assert!(speech(tls, true).is_none(), "{}", tls.escape_ascii());
        }
    }

    #[test]
    fn alerts_have_the_names_of_the_registry() {
        assert_eq!(name(AlertDescription::HandshakeFailure), "handshake_failure");
        assert_eq!(name(AlertDescription::CertificateRequired), "certificate_required");
        assert_eq!(name(AlertDescription::UnknownCA), "unknown_ca");
        assert_eq!(name(AlertDescription::from(200)), "number 200");
    }
}
