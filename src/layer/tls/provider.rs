//! Who does the arithmetic: the one file that names the library's provider, and what it has.

use std::sync::Arc;

use rustls::crypto::{self, CryptoProvider};
use rustls::{CipherSuite, NamedGroup, ProtocolVersion, SupportedCipherSuite};

use crate::event::TlsSettingError;
use crate::plan::{Tls, TlsVersion};

#[cfg(feature = "aws-lc")]
fn all() -> CryptoProvider {
    crypto::aws_lc_rs::default_provider()
}

#[cfg(not(feature = "aws-lc"))]
fn all() -> CryptoProvider {
    crypto::ring::default_provider()
}

/// A cipher suite's names: the library's, the registry's, and OpenSSL's.
struct Suite {
    id: CipherSuite,
    iana: &'static str,
    openssl: &'static str,
}

const SUITES: &[Suite] = &[
    Suite {
        id: CipherSuite::TLS13_AES_256_GCM_SHA384,
        iana: "TLS_AES_256_GCM_SHA384",
        openssl: "TLS_AES_256_GCM_SHA384",
    },
    Suite {
        id: CipherSuite::TLS13_AES_128_GCM_SHA256,
        iana: "TLS_AES_128_GCM_SHA256",
        openssl: "TLS_AES_128_GCM_SHA256",
    },
    Suite {
        id: CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
        iana: "TLS_CHACHA20_POLY1305_SHA256",
        openssl: "TLS_CHACHA20_POLY1305_SHA256",
    },
    Suite {
        id: CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        iana: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        openssl: "ECDHE-ECDSA-AES256-GCM-SHA384",
    },
    Suite {
        id: CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        iana: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        openssl: "ECDHE-ECDSA-AES128-GCM-SHA256",
    },
    Suite {
        id: CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        iana: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        openssl: "ECDHE-ECDSA-CHACHA20-POLY1305",
    },
    Suite {
        id: CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        iana: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        openssl: "ECDHE-RSA-AES256-GCM-SHA384",
    },
    Suite {
        id: CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        iana: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        openssl: "ECDHE-RSA-AES128-GCM-SHA256",
    },
    Suite {
        id: CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        iana: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        openssl: "ECDHE-RSA-CHACHA20-POLY1305",
    },
];

/// Words of OpenSSL's lists that take in all there is here: everything weaker is left out anyway.
const EVERYTHING: &[&str] =
    &["ALL", "DEFAULT", "HIGH", "SECURE", "COMPAT", "LEGACY", "INSECURE", "ECDHE", "AEAD"];

/// What the settings leave of what there is.
pub fn provider(tls: &Tls) -> Result<Arc<CryptoProvider>, TlsSettingError> {
    let all = all();
    let cipher_suites = suites(&all.cipher_suites, &tls.ciphers)?;
    let chosen = CryptoProvider { cipher_suites, ..all };
    let spoken =
        |version: ProtocolVersion| versions(tls).iter().any(|spoken| spoken.version == version);
    if !chosen.cipher_suites.iter().any(|suite| spoken(suite.version().version)) {
        return Err(TlsSettingError::NothingLeft);
    }
    Ok(Arc::new(chosen))
}

/// The versions that are spoken.
pub fn versions(tls: &Tls) -> Vec<&'static rustls::SupportedProtocolVersion> {
    let spoken = [
        (TlsVersion::Tls13, &rustls::version::TLS13),
        (TlsVersion::Tls12, &rustls::version::TLS12),
    ];
    let within = |version| {
        tls.min.is_none_or(|min| version >= min) && tls.max.is_none_or(|max| version <= max)
    };
    spoken.into_iter().filter(|(version, _)| within(*version)).map(|(_, row)| row).collect()
}

fn suites(
    all: &[SupportedCipherSuite],
    names: &[String],
) -> Result<Vec<SupportedCipherSuite>, TlsSettingError> {
    if names.is_empty() {
        return Ok(all.to_vec());
    }
    let mut chosen: Vec<SupportedCipherSuite> = Vec::new();
    for name in names {
        // what OpenSSL's lists leave out is not here, and their order is ours
        if name.starts_with(['!', '-', '@']) {
            continue;
        }
        let found: Vec<_> = if EVERYTHING.contains(&name.as_str()) {
            all.to_vec()
        } else {
            let row = SUITES.iter().find(|row| {
                row.iana.eq_ignore_ascii_case(name) || row.openssl.eq_ignore_ascii_case(name)
            });
            let row = row.ok_or_else(|| TlsSettingError::Cipher {
                name: name.clone(),
                known: SUITES.iter().map(|row| row.iana).collect(),
            })?;
            all.iter().copied().filter(|suite| suite.suite() == row.id).collect()
        };
        for suite in found {
            if !chosen.contains(&suite) {
                chosen.push(suite);
            }
        }
    }
    // OpenSSL's lists say nothing of TLS 1.3, which then keeps its own
    let only_12 = chosen.iter().all(|suite| suite.version().version == ProtocolVersion::TLSv1_2);
    if only_12 && names.iter().any(|name| !name.to_ascii_uppercase().starts_with("TLS_")) {
        let of_13 =
            |suite: &&SupportedCipherSuite| suite.version().version == ProtocolVersion::TLSv1_3;
        chosen.extend(all.iter().filter(of_13).copied());
    }
    Ok(chosen)
}

/// What the settings leave for datagrams, whose DTLS 1.2 has the suites of TLS 1.2: OpenSSL's
/// names, the preferred one first.
#[cfg(feature = "dtls")]
pub fn openssl_names(tls: &Tls) -> Result<Vec<&'static str>, TlsSettingError> {
    let is_12 = |version: ProtocolVersion| version == ProtocolVersion::TLSv1_2;
    if !versions(tls).iter().any(|spoken| is_12(spoken.version)) {
        return Err(TlsSettingError::NothingLeft);
    }
    let chosen = suites(&all().cipher_suites, &tls.ciphers)?;
    let rows = chosen
        .iter()
        .filter(|suite| is_12(suite.version().version))
        .filter_map(|suite| SUITES.iter().find(|row| row.id == suite.suite()));
    let names: Vec<_> = rows.map(|row| row.openssl).collect();
    if names.is_empty() { Err(TlsSettingError::NothingLeft) } else { Ok(names) }
}

/// The registry's name of a suite that OpenSSL calls so.
#[cfg(feature = "dtls")]
pub fn registry_name(openssl: &str) -> &'static str {
    let row = SUITES.iter().find(|row| row.openssl == openssl);
    row.map_or("an unknown cipher suite", |row| row.iana)
}

/// The registry's name of a suite.
pub fn suite_name(suite: CipherSuite) -> &'static str {
    match SUITES.iter().find(|row| row.id == suite) {
        Some(row) => row.iana,
        None => suite.as_str().unwrap_or("an unknown cipher suite"),
    }
}

/// The name of a version.
pub fn version_name(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        other => other.as_str().unwrap_or("an unknown version"),
    }
}

/// The name of a key exchange.
pub fn exchange_name(group: NamedGroup) -> &'static str {
    match group {
        NamedGroup::secp256r1 => "P-256",
        NamedGroup::secp384r1 => "P-384",
        NamedGroup::secp521r1 => "P-521",
        other => other.as_str().unwrap_or("an unknown key exchange"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Result<Vec<&'static str>, TlsSettingError> {
        let list: Vec<_> = list.iter().map(|name| (*name).to_owned()).collect();
        let chosen = suites(&all().cipher_suites, &list)?;
        Ok(chosen.iter().map(|suite| suite_name(suite.suite())).collect())
    }

    #[test]
    fn every_suite_of_the_provider_has_its_row() {
        for suite in all().cipher_suites {
            assert!(SUITES.iter().any(|row| row.id == suite.suite()), "{suite:?}");
        }
    }

    #[test]
    fn suites_are_chosen_by_either_name_in_the_order_given() {
        let both = names(&["TLS_CHACHA20_POLY1305_SHA256", "tls_aes_128_gcm_sha256"]).unwrap();
        assert_eq!(both, ["TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"]);
        let openssl = names(&["ECDHE-RSA-AES128-GCM-SHA256"]).unwrap();
        assert_eq!(openssl[0], "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert!(openssl[1..].iter().all(|name| !name.contains("WITH")), "{openssl:?}");
        let only = names(&["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]).unwrap();
        assert_eq!(only.len(), 1);
        let ncat = names(&["ALL", "!aNULL", "!eNULL", "!LOW", "@STRENGTH"]).unwrap();
        assert_eq!(ncat.len(), all().cipher_suites.len());
        assert!(matches!(names(&["RC4-MD5"]), Err(TlsSettingError::Cipher { .. })));
    }

    #[test]
    fn what_leaves_nothing_is_refused() {
        let tls = Tls {
            ciphers: vec!["TLS_AES_128_GCM_SHA256".to_owned()],
            max: Some(TlsVersion::Tls12),
            ..Tls::default()
        };
        assert!(matches!(provider(&tls), Err(TlsSettingError::NothingLeft)));
        let none =
            Tls { min: Some(TlsVersion::Tls13), max: Some(TlsVersion::Tls12), ..Tls::default() };
        assert!(matches!(provider(&none), Err(TlsSettingError::NothingLeft)));
    }
}
