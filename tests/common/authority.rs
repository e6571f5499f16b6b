//! Certificates made in the test: authorities, those between, and leaves with any fault.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use netcat::proto::certificate::{Certificate, pem};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SignatureAlgorithm,
};
use tempfile::TempDir;

const DAY: u64 = 24 * 3600;

/// Who signs certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate and those above it, the root's left out.
    above: Vec<Vec<u8>>,
    /// Its own certificate, in DER.
    pub der: Vec<u8>,
}

impl Authority {
    /// A root, by this common name.
    pub fn root(name: &str) -> Self {
        let (params, key) = (authority(name), KeyPair::generate().expect("a key"));
        let der = params.self_signed(&key).expect("a root").der().to_vec();
        Self { issuer: Issuer::new(params, key), above: Vec::new(), der }
    }

    /// One that this one vouches for.
    pub fn between(&self, name: &str) -> Self {
        self.signer(authority(name))
    }

    /// A certificate for servers alone whose owner signs others all the same.
    pub fn leaf_as_authority(&self, name: &str) -> Self {
        let mut params = Leaf::of(&[name]).common_name(name).params;
        params.is_ca = IsCa::ExplicitNoCa;
        self.signer(params)
    }

    fn signer(&self, params: CertificateParams) -> Self {
        let key = KeyPair::generate().expect("a key");
        let der = params.signed_by(&key, &self.issuer).expect("a certificate").der().to_vec();
        let above = [vec![der.clone()], self.above.clone()].concat();
        Self { issuer: Issuer::new(params, key), above, der }
    }

    /// Signs a certificate; with it come those between.
    pub fn sign(&self, leaf: &Leaf) -> Identity {
        let key = KeyPair::generate_for(leaf.algorithm).expect("a key");
        let own = leaf.params.signed_by(&key, &self.issuer).expect("a certificate");
        let chain = [vec![own.der().to_vec()], self.above.clone()].concat();
        Identity { chain, key: key.serialize_der() }
    }

    /// Itself, shown as somebody's.
    pub fn as_identity(&self) -> Identity {
        Identity {
            chain: if self.above.is_empty() { vec![self.der.clone()] } else { self.above.clone() },
            key: self.issuer.key().serialize_der(),
        }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = called(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let now = SystemTime::now();
    params.not_before = (now - Duration::from_secs(100 * DAY)).into();
    params.not_after = (now + Duration::from_secs(100 * DAY)).into();
    params
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

/// What stands in a certificate that is to be made.
pub struct Leaf {
    params: CertificateParams,
    algorithm: &'static SignatureAlgorithm,
}

impl Leaf {
    /// A server's and client's, with these names and addresses, valid from yesterday for 90 days.
    pub fn of(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.distinguished_name = called("a leaf");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        Self { params, algorithm: &rcgen::PKCS_ECDSA_P256_SHA256 }.days(-1, 90)
    }

    /// By this common name.
    #[must_use]
    pub fn common_name(mut self, name: &str) -> Self {
        self.params.distinguished_name = called(name);
        self
    }

    /// For this alone.
    #[must_use]
    pub fn purpose(mut self, purpose: ExtendedKeyUsagePurpose) -> Self {
        self.params.extended_key_usages = vec![purpose];
        self
    }

    /// Valid between these, in days from now; half an hour more, so that no count is at its edge.
    #[must_use]
    pub fn days(mut self, from: i64, until: i64) -> Self {
        let at = |days: i64| {
            let (now, away) = (SystemTime::now(), Duration::from_secs(days.unsigned_abs() * DAY));
            let day = if days < 0 { now - away } else { now + away };
            if days < 0 { day - Duration::from_secs(1800) } else { day + Duration::from_secs(1800) }
        };
        self.params.not_before = at(from).into();
        self.params.not_after = at(until).into();
        self
    }

    /// With a key of this kind.
    #[must_use]
    pub fn key(mut self, algorithm: &'static SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Signed by itself.
    pub fn self_signed(&self) -> Identity {
        let key = KeyPair::generate_for(self.algorithm).expect("a key");
        let own = self.params.self_signed(&key).expect("a certificate");
        Identity { chain: vec![own.der().to_vec()], key: key.serialize_der() }
    }
}

/// A certificate with its key, and those between it and its root.
#[derive(Clone)]
pub struct Identity {
    /// In DER, its own first.
    pub chain: Vec<Vec<u8>>,
    /// In PKCS#8.
    pub key: Vec<u8>,
}

impl Identity {
    /// The same, without those between.
    pub fn alone(&self) -> Self {
        Self { chain: vec![self.chain[0].clone()], key: self.key.clone() }
    }

    /// The same, by one who has another key.
    pub fn with_key_of(&self, other: &Self) -> Self {
        Self { chain: self.chain.clone(), key: other.key.clone() }
    }

    /// Its own certificate, as we read it.
    pub fn certificate(&self) -> Certificate {
        Certificate::read(&self.chain[0]).expect("a certificate that can be read")
    }

    /// The chain, in PEM.
    pub fn certificates_pem(&self) -> String {
        certificates(&self.chain)
    }

    /// The key, in PEM.
    pub fn key_pem(&self) -> String {
        pem::write("PRIVATE KEY", &self.key)
    }
}

/// Certificates in PEM.
pub fn certificates(chain: &[Vec<u8>]) -> String {
    chain.iter().map(|der| pem::write("CERTIFICATE", der)).collect()
}

/// Files that go with the test.
pub struct Files(TempDir);

impl Files {
    /// None yet.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    /// Where a file by this name is, or would be.
    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    /// Writes a file and says where it is.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(Path::new(&path), text).expect("a file");
        path
    }

    /// Writes `NAME.pem` and `NAME.key`, and gives them as `--cert` and `--key` take them.
    pub fn identity(&self, name: &str, identity: &Identity) -> [String; 4] {
        let chain = self.write(&format!("{name}.pem"), identity.certificates_pem());
        let key = self.write(&format!("{name}.key"), identity.key_pem());
        ["--cert".into(), chain, "--key".into(), key]
    }

    /// Writes the certificate of an authority.
    pub fn authority(&self, name: &str, authority: &Authority) -> String {
        self.write(&format!("{name}.pem"), pem::write("CERTIFICATE", &authority.der))
    }
}
