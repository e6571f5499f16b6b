//! Whether an authority's word that a certificate is not revoked, which a server shows with it, is
//! true: it is about that certificate, not old, and signed by its issuer or by somebody whom the
//! issuer has put in charge (RFC 6960 section 4.2.2.2).

use rustls::RootCertStore;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::CertificateDer;

use super::trust::Chain;
use crate::event::{Distrust, StapleFault};
use crate::proto::certificate::ocsp::{Answer, Status, Word};
use crate::proto::certificate::signed::{Key, Parts, Signed};
use crate::proto::certificate::{Certificate, Purpose, Timestamp};

/// A clock may be wrong by so many seconds.
const LEEWAY: i64 = 5 * 60;

/// An answer that does not say until when it holds does for so many seconds: two weeks.
const HOLDS: i64 = 14 * 86_400;

/// Checks what was shown with a chain, with the roots that are believed.
pub fn judge(
    staple: &[u8],
    chain: &Chain<'_>,
    roots: Option<&RootCertStore>,
    algorithms: WebPkiSupportedAlgorithms,
    now: Timestamp,
) -> Result<(), Distrust> {
    if staple.is_empty() {
        return Err(Distrust::NoStaple);
    }
    let fault = |fault| Err(Distrust::BadStaple(fault));
    let (Ok(answer), Ok(own)) = (Answer::read(staple), Parts::read(chain.end_entity)) else {
        return fault(StapleFault::Malformed);
    };
    // whoever has the issuer's name is it by the key alone
    let mut issuers = named_issuers(&own, chain.between, roots).into_iter();
    let Some(issuer) = issuers.find(|key| is_signed(&own.signed, *key, algorithms)) else {
        return fault(StapleFault::Unsigned);
    };
    let deputies = answer.certificates.iter();
    let is_deputy = |der: &&&[u8]| is_deputy(der, issuer, algorithms, now);
    let deputies = deputies.filter(is_deputy).filter_map(|der| Parts::read(der).ok());
    let mut signers = std::iter::once(issuer).chain(deputies.map(|deputy| deputy.key));
    if !signers.any(|key| is_signed(&answer.signed, key, algorithms)) {
        return fault(StapleFault::Unsigned);
    }
    match answer.about(&own, issuer) {
        Err(_) => fault(StapleFault::Malformed),
        Ok(None) => fault(StapleFault::OfAnother),
        Ok(Some(word)) if !holds(word, now) => fault(StapleFault::OutOfTime),
        Ok(Some(Word { status: Status::Good, .. })) => Ok(()),
        Ok(Some(Word { status: Status::Revoked, .. })) => Err(Distrust::Revoked),
        Ok(Some(Word { status: Status::Unknown, .. })) => fault(StapleFault::Undecided),
    }
}

/// The keys of all who have the name of a certificate's issuer.
fn named_issuers<'a>(
    own: &Parts<'_>,
    between: &'a [CertificateDer<'_>],
    roots: Option<&'a RootCertStore>,
) -> Vec<Key<'a>> {
    let Ok(name) = own.issuer_inside() else { return Vec::new() };
    let between = between.iter().filter_map(|der| Parts::read(der).ok());
    let between = between.filter(|parts| parts.subject == name).map(|parts| parts.key);
    let roots = roots.map(|store| store.roots.as_slice()).unwrap_or_default().iter();
    let roots = roots.filter(|root| root.subject.as_ref() == name);
    let roots = roots.filter_map(|root| Key::read(root.subject_public_key_info.as_ref()).ok());
    between.chain(roots).collect()
}

/// Whether the issuer lets this one answer for it.
fn is_deputy(
    der: &[u8],
    issuer: Key<'_>,
    algorithms: WebPkiSupportedAlgorithms,
    now: Timestamp,
) -> bool {
    let (Ok(parts), Ok(read)) = (Parts::read(der), Certificate::read(der)) else { return false };
    let purposes = read.purposes.as_deref().unwrap_or_default();
    let is_named = purposes.iter().any(|purpose| purpose.numbers() == Purpose::OCSP_SIGNING);
    let is_valid = read.not_before <= now && now <= read.not_after;
    is_named && is_valid && is_signed(&parts.signed, issuer, algorithms)
}

fn is_signed(signed: &Signed<'_>, key: Key<'_>, algorithms: WebPkiSupportedAlgorithms) -> bool {
    algorithms.all.iter().any(|algorithm| {
        algorithm.signature_alg_id().as_ref() == signed.algorithm
            && algorithm.public_key_alg_id().as_ref() == key.algorithm
            && algorithm.verify_signature(key.bits, signed.message, signed.signature).is_ok()
    })
}

/// Whether it is neither of the future nor too old.
fn holds(word: Word, now: Timestamp) -> bool {
    let until = word.until.map_or(word.from.0.saturating_add(HOLDS), |until| until.0);
    word.from.0 <= now.0.saturating_add(LEEWAY) && now.0 <= until.saturating_add(LEEWAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_in_its_time() {
        let word = |from, until: Option<i64>| Word {
            status: Status::Good,
            from: Timestamp(from),
            until: until.map(Timestamp),
        };
        let now = Timestamp(10_000_000);
        for (from, until, expected) in [
            (now.0 - 60, Some(now.0 + 60), true),
            (now.0 + LEEWAY, Some(now.0 + HOLDS), true),
            (now.0 + LEEWAY + 1, Some(now.0 + HOLDS), false),
            (now.0 - 3600, Some(now.0 - LEEWAY), true),
            (now.0 - 3600, Some(now.0 - LEEWAY - 1), false),
            (now.0 - HOLDS, None, true),
            (now.0 - HOLDS - LEEWAY - 1, None, false),
            (i64::MAX, None, false),
        ] {
            assert_eq!(holds(word(from, until), now), expected, "{from} {until:?}");
        }
    }
}
