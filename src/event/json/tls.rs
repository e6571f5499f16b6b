//! TLS in JSON: how a connection is secured, and certificates.

use serde::Serialize;

use super::value::{seconds, text};
use crate::event::{Secured, TlsError, Verdict, Verified};
use crate::plan::Host;
use crate::proto::certificate::{AlternativeName, Certificate as Read, Report, Timestamp};

/// How a connection is secured; in `docs/json.md`.
#[derive(Serialize)]
pub struct Tls {
    version: &'static str,
    cipher: &'static str,
    key_exchange: Option<&'static str>,
    alpn: Option<String>,
    server_name: Option<String>,
    verified: &'static str,
    verified_name: Option<String>,
    distrust: Option<String>,
    chain: Vec<Certificate>,
    took: f64,
}

impl From<&Secured> for Tls {
    fn from(secured: &Secured) -> Self {
        let (verified, name, distrust) = match &secured.verified {
            Verified::Chain { name } => ("chain", name.as_ref(), None),
            Verified::Pin => ("pin", None, None),
            Verified::Nothing(why) => ("nothing", None, why.as_ref()),
            Verified::Nobody => ("nobody", None, None),
        };
        let bytes = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(text);
        Self {
            version: secured.version,
            cipher: secured.cipher,
            key_exchange: secured.exchange,
            alpn: bytes(&secured.alpn),
            server_name: bytes(&secured.server_name),
            verified,
            verified_name: name.map(|name: &Host| text(name.as_bytes())),
            distrust: distrust.map(|why| crate::event::voice::tls::reason(why, None)),
            // one that cannot be read has nothing to be told of
            chain: secured
                .chain
                .iter()
                .flatten()
                .map(|read| Certificate::new(read, secured.now))
                .collect(),
            took: seconds(secured.took),
        }
    }
}

/// What came of looking at certificates; in `docs/json.md`.
#[derive(Serialize)]
pub struct Judged {
    verdict: &'static str,
    verified_by: Option<&'static str>,
    name: Option<String>,
    why: Option<String>,
    expires_first: Option<usize>,
    until: Option<String>,
    days_left: Option<i64>,
    expires_soon: Option<bool>,
}

impl From<&Verdict> for Judged {
    fn from(judged: &Verdict) -> Self {
        let reason = crate::event::voice::tls::reason;
        let (verdict, verified_by, name, why) = match &judged.result {
            Ok(secured) => match &secured.verified {
                Verified::Chain { name } => ("trusted", Some("chain"), name.as_ref(), None),
                Verified::Pin => ("trusted", Some("pin"), None, None),
                Verified::Nothing(why) => {
                    ("unverified", None, None, why.as_ref().map(|why| reason(why, None)))
                }
                Verified::Nobody => ("unverified", None, None, None),
            },
            Err(TlsError::Untrusted { wanted, why }) => {
                let wanted = wanted.as_ref();
                ("untrusted", None, wanted, Some(reason(why, wanted)))
            }
            Err(error) => ("failed", None, None, Some(error.to_string())),
        };
        let expiry = judged.expiry;
        Self {
            verdict,
            verified_by,
            name: name.map(|name: &Host| text(name.as_bytes())),
            why,
            expires_first: expiry.map(|expiry| expiry.index),
            until: expiry.map(|expiry| expiry.until.to_string()),
            days_left: expiry.map(|expiry| judged.now.days_until(expiry.until)),
            expires_soon: expiry.and_then(|expiry| expiry.soon),
        }
    }
}

/// A certificate; in `docs/json.md`.
#[derive(Serialize)]
pub struct Certificate {
    subject: String,
    issuer: String,
    names: Vec<Name>,
    serial: String,
    not_before: String,
    not_after: String,
    days_left: i64,
    key: String,
    signature: String,
    authority: bool,
    self_signed: bool,
    sha256: String,
    pin: String,
}

/// A name of a certificate.
#[derive(Serialize)]
pub struct Name {
    kind: &'static str,
    name: String,
}

impl From<&AlternativeName> for Name {
    fn from(name: &AlternativeName) -> Self {
        Self { kind: name.kind(), name: text(&name.text()) }
    }
}

impl Certificate {
    /// As it is at this moment.
    pub fn new(certificate: &Read, now: Timestamp) -> Self {
        let report = Report::new(certificate, now);
        Self {
            subject: text(&report.subject),
            issuer: text(&report.issuer),
            days_left: report.days_left(),
            names: report.names.iter().map(Name::from).collect(),
            serial: report.serial,
            not_before: report.not_before.to_string(),
            not_after: report.not_after.to_string(),
            key: report.key.to_string(),
            signature: report.signature,
            authority: report.authority,
            self_signed: report.self_signed,
            sha256: report.fingerprint.to_string(),
            pin: report.key_fingerprint.pin(),
        }
    }
}
