//! A certificate as one line: who, by whom, for what, from when until when, with which key.
//!
//! The one place that words it; the fields are there for JSON. Foreign bytes are raw in the fields
//! and escaped in the text.

use std::fmt::{self, Display, Formatter};

use super::{AlternativeName, Certificate, Fingerprint, PublicKey, Timestamp};
use crate::proto::escape::escape_at_most;

/// The most bytes of a distinguished name in the text.
const NAME_SHOWN: usize = 300;
/// The most bytes of an alternative name in the text.
const ALTERNATIVE_SHOWN: usize = 260;
/// The most alternative names in the text.
const ALTERNATIVES_SHOWN: usize = 20;

/// What is told of one certificate at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who it is for, as RFC 4514 writes it; foreign.
    pub subject: Vec<u8>,
    /// Who signed it, as RFC 4514 writes it; foreign.
    pub issuer: Vec<u8>,
    /// The names that it is good for; foreign.
    pub names: Vec<AlternativeName>,
    /// The number that its issuer gave it, in hexadecimal digits.
    pub serial: String,
    /// The first second in which it is valid.
    pub not_before: Timestamp,
    /// The last second in which it is valid.
    pub not_after: Timestamp,
    /// The moment of the report.
    pub now: Timestamp,
    /// Kind and size of its key.
    pub key: PublicKey,
    /// How it was signed.
    pub signature: String,
    /// Whether it may sign others.
    pub authority: bool,
    /// Whether it says that it signed itself.
    pub self_signed: bool,
    /// SHA-256 of the certificate.
    pub fingerprint: Fingerprint,
    /// SHA-256 of its key, for a pin.
    pub key_fingerprint: Fingerprint,
}

impl Report {
    /// Reports `certificate` as it is `now`.
    pub fn new(certificate: &Certificate, now: Timestamp) -> Self {
        Self {
            subject: certificate.subject.rfc4514(),
            issuer: certificate.issuer.rfc4514(),
            names: certificate.names.clone(),
            serial: certificate.serial_text(),
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            now,
            key: certificate.key.clone(),
            signature: certificate.signature.clone(),
            authority: certificate.is_authority(),
            self_signed: certificate.claims_self_signed(),
            fingerprint: certificate.fingerprint,
            key_fingerprint: certificate.key_fingerprint,
        }
    }

    /// Whole days until it expires, rounded down; negative once it has.
    pub fn days_left(&self) -> i64 {
        self.now.days_until(self.not_after)
    }

    /// Whether it is valid at the moment of the report.
    pub fn is_current(&self) -> bool {
        (self.not_before..=self.not_after).contains(&self.now)
    }

    /// Whether it expires within so many seconds of the moment of the report, or has expired.
    pub fn expires_within(&self, seconds: u64) -> bool {
        self.now.0.saturating_add_unsigned(seconds) > self.not_after.0
    }
}

impl Display for Report {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}; ", shown(&self.subject))?;
        match (self.self_signed, self.authority) {
            (true, _) => out.write_str("by itself; ")?,
            (false, _) => write!(out, "by {}; ", shown(&self.issuer))?,
        }
        if self.authority {
            out.write_str("a CA; ")?;
        }
        for (index, name) in self.names.iter().take(ALTERNATIVES_SHOWN).enumerate() {
            let before = if index == 0 { "for " } else { ", " };
            // a host name and an address are plain to see; the others say what they are
            let kind = match name {
                AlternativeName::Dns(_) | AlternativeName::Ip(_) => "",
                _ => name.kind(),
            };
            let colon = if kind.is_empty() { "" } else { ":" };
            let text = name.text();
            write!(out, "{before}{kind}{colon}{}", escape_at_most(&text, ALTERNATIVE_SHOWN))?;
        }
        match self.names.len().saturating_sub(ALTERNATIVES_SHOWN) {
            0 if self.names.is_empty() => (),
            0 => out.write_str("; ")?,
            more => write!(out, " and {more} more; ")?,
        }
        write!(out, "from {} until {}, ", self.not_before, self.not_after)?;
        if self.now < self.not_before {
            write!(out, "not valid for another {}", self.now.distance(self.not_before))?;
        } else if self.now > self.not_after {
            write!(out, "expired {} ago", self.now.distance(self.not_after))?;
        } else {
            write!(out, "{} left", self.now.distance(self.not_after))?;
        }
        write!(out, "; {}; SHA-256 {}", self.key, self.fingerprint)
    }
}

fn shown(name: &[u8]) -> impl Display {
    escape_at_most(if name.is_empty() { b"(no name)" } else { name }, NAME_SHOWN)
}
