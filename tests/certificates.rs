//! Certificates as the `openssl` program makes and shows them, and as we read them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use netcat::proto::certificate::{
    Certificate, DistinguishedName, Fingerprint, Mismatch, Pin, PublicKey, Report, Timestamp,
    Wanted, pem,
};
use netcat::proto::escape::escape;
use rcgen::{CertificateParams, DnType, DnValue, KeyPair, SerialNumber, date_time_ymd};
use tempfile::TempDir;

/// Whether there is no `openssl` here, and none has to be.
fn without_openssl() -> bool {
    let found = Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok();
    assert!(found || common::may_skip(), "no openssl here");
    !found
}

/// What `openssl` writes, given `input`.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", common::show(&output.stderr));
    output.stdout
}

/// One line of what `openssl x509` shows of a certificate, behind its `NAME=`.
fn shown(der: &[u8], options: &[&str]) -> String {
    let all = openssl(&[&["x509", "-inform", "DER", "-noout"], options].concat(), der);
    let text = String::from_utf8(all).unwrap();
    let (_, value) = text.split_once('=').unwrap();
    value.trim_end_matches('\n').to_owned()
}

/// A directory with a request's configuration and a key in it.
struct Maker {
    directory: TempDir,
}

impl Maker {
    fn new(configuration: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config"), configuration).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// A new key, as `openssl genpkey` takes its kind, and its file.
    fn key(&self, kind: &[&str]) -> String {
        let file = self.path("key");
        openssl(&[&["genpkey", "-out", &file], kind].concat(), b"");
        file
    }

    /// A certificate in DER, signed by its own key.
    fn certificate(&self, kind: &[&str], options: &[&str]) -> Vec<u8> {
        let (key, config) = (self.key(kind), self.path("config"));
        let always = ["req", "-x509", "-utf8", "-config", &config, "-key", &key, "-outform", "DER"];
        openssl(&[&always, options].concat(), b"")
    }
}

const PLAIN: &str = "[req]\ndistinguished_name = name\n[name]\n";
const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const ED25519: &[&str] = &["-algorithm", "ED25519"];

/// Everything that `openssl` says in one line is what we read.
fn agree(der: &[u8]) -> Certificate {
    let read = Certificate::read(der).unwrap();
    assert_eq!(read.fingerprint.to_string(), shown(der, &["-fingerprint", "-sha256"]));
    assert_eq!(read.serial_text(), shown(der, &["-serial"]));
    let names: [(&str, &DistinguishedName); 2] =
        [("-subject", &read.subject), ("-issuer", &read.issuer)];
    for (option, name) in names {
        // bytes as they are, for what is escaped on top of RFC 2253 is a matter of taste
        let style = "esc_2253,utf8,dump_nostr,dump_unknown,dump_der,sep_comma_plus,dn_rev,sname";
        let theirs = shown(der, &[option, "-nameopt", style]);
        assert_eq!(escape(&name.rfc4514()).to_string(), escape(theirs.as_bytes()).to_string());
    }
    for (option, time) in [("-startdate", read.not_before), ("-enddate", read.not_after)] {
        let theirs = shown(der, &[option, "-dateopt", "iso_8601"]);
        assert_eq!(time.to_string().replace(" UTC", "Z"), theirs);
    }
    let key = openssl(&["x509", "-inform", "DER", "-noout", "-pubkey"], der);
    let key = openssl(&["pkey", "-pubin", "-outform", "DER"], &key);
    assert_eq!(read.key_fingerprint, Fingerprint::of(&key));
    assert!(Pin::parse(Fingerprint::of(&key).pin().as_bytes()).unwrap().matches(&read));
    read
}

#[test]
fn keys_and_signatures_of_every_kind() {
    if without_openssl() {
        return;
    }
    let rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    let odd = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1031"];
    let pss = ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"];
    let p384 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
    let bitcoin = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"];
    let spelt_out = [P256, &["-pkeyopt", "ec_param_enc:explicit"]].concat();
    let sign_pss = ["-sha384", "-sigopt", "rsa_padding_mode:pss"];
    let cases: &[(&[&str], &[&str], &str, &str)] = &[
        (&rsa, &["-sha256"], "RSA 2048", "RSA with SHA-256"),
        (&odd, &["-sha512"], "RSA 1031", "RSA with SHA-512"),
        (&rsa, &sign_pss, "RSA 2048", "RSA-PSS with SHA-384"),
        (&pss, &["-sha256"], "RSA-PSS 1024", "RSA-PSS with SHA-256"),
        (P256, &["-sha256"], "ECDSA P-256", "ECDSA with SHA-256"),
        (&p384, &["-sha384"], "ECDSA P-384", "ECDSA with SHA-384"),
        (&bitcoin, &["-sha256"], "ECDSA secp256k1", "ECDSA with SHA-256"),
        (&spelt_out, &["-sha256"], "ECDSA on a curve of its own", "ECDSA with SHA-256"),
        (ED25519, &[], "Ed25519", "Ed25519"),
        (&["-algorithm", "ED448"], &[], "Ed448", "Ed448"),
    ];
    let maker = Maker::new(PLAIN);
    for (kind, options, key, signature) in cases {
        let read = agree(&maker.certificate(kind, &[&["-subj", "/CN=a"], *options].concat()));
        assert_eq!((read.key.to_string().as_str(), read.signature.as_str()), (*key, *signature));
    }
}

#[test]
fn names_of_every_kind_of_string() {
    if without_openssl() {
        return;
    }
    let subject = [
        "/C=DE/DC=example/O=Some\\, \"Inc.\" \\+ <others>; \\\\/OU= padded /OU=#1",
        "/L=Bücher/ST=日本/street=1 Main St/emailAddress=joe@host.example/serialNumber=7",
        "/UID=joe/1.2.3.4=other/CN=host.example+CN=second/CN=\u{1b}[31m\r\n\u{202e}x",
    ];
    let subject = subject.concat();
    // a mask of one type, that type's tag, and the bytes of `Bücher` in it
    for (mask, tag, bytes) in [
        ("utf8only", 0x0c, 7),
        ("MASK:0x0800", 0x1e, 12), // BMPString
        ("MASK:0x0004", 0x14, 6),  // TeletexString, as Latin-1
    ] {
        let name = "distinguished_name = name\n[name]\n";
        let maker = Maker::new(&format!("[req]\nstring_mask = {mask}\n{name}"));
        let subject = if tag == 0x14 { "/O=plain/CN=Bücher/OU=a*b" } else { &subject[..] };
        let der = maker.certificate(ED25519, &["-subj", subject, "-multivalue-rdn"]);
        assert!(der.windows(2).any(|head| head == [tag, bytes]), "{mask}");
        let read = agree(&der);
        let shown = escape(&read.subject.rfc4514()).to_string();
        assert!(shown.contains("=Bücher,"), "{mask}: {shown}");
    }
    // openssl reads UniversalString, but makes none
    let mut parameters = CertificateParams::default();
    let name = DnValue::UniversalString("Bücher\u{1f980}".try_into().unwrap());
    parameters.distinguished_name.push(DnType::CommonName, name);
    let signed = parameters.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert!(signed.der().windows(2).any(|head| head == [0x1c, 28]));
    assert_eq!(agree(signed.der()).subject.rfc4514(), "CN=Bücher\u{1f980}".as_bytes());

    let empty = agree(&Maker::new(PLAIN).certificate(ED25519, &["-subj", "/"]));
    assert!(empty.subject.is_empty() && empty.names.is_empty());
    assert_eq!(empty.mismatch(Wanted::Name(b"host.example")), Some(Mismatch::NoNames));
}

#[test]
fn a_string_that_lies_about_its_type() {
    if without_openssl() {
        return;
    }
    // no certificate maker writes it: a UTF8String that is none, by another byte in the DER
    let maker = Maker::new(PLAIN);
    let mut der = maker.certificate(ED25519, &["-subj", "/CN=latin-X"]);
    let places: Vec<_> =
        der.windows(7).enumerate().filter(|(_, part)| part == b"latin-X").collect();
    let places: Vec<_> = places.iter().map(|(place, _)| place + 6).collect();
    assert_eq!(places.len(), 2, "subject and issuer");
    for place in places {
        der[place] = 0xfc;
    }
    let read = Certificate::read(&der).unwrap();
    assert_eq!(read.subject.rfc4514(), b"CN=latin-\xfc");
    assert!(Report::new(&read, read.not_before).to_string().starts_with(r"CN=latin-\xfc; "));
}

#[test]
fn alternative_names_and_usages() {
    if without_openssl() {
        return;
    }
    let maker = Maker::new(
        "[req]\ndistinguished_name = name\nx509_extensions = all\n[name]\n[all]\n\
         subjectAltName = DNS:host.example,DNS:*.host.example,IP:192.0.2.1,IP:2001:db8::1,\
         email:joe@host.example,URI:https://host.example/,dirName:who,otherName:1.2.3.4;UTF8:x,\
         RID:1.2.3\n\
         keyUsage = critical,digitalSignature,nonRepudiation,keyAgreement,keyCertSign,cRLSign,\
         decipherOnly\n\
         extendedKeyUsage = serverAuth,clientAuth,codeSigning,emailProtection,timeStamping,\
         OCSPSigning,anyExtendedKeyUsage,1.2.3.4\n\
         basicConstraints = critical,CA:true,pathlen:3\nsubjectKeyIdentifier = hash\n\
         authorityKeyIdentifier = keyid\n[who]\nO = Some\nCN = Directory\n",
    );
    let read = agree(&maker.certificate(P256, &["-subj", "/CN=host.example"]));
    assert_eq!(read.unreadable, []);
    let names: Vec<_> =
        read.names.iter().map(|name| format!("{}:{}", name.kind(), escape(&name.text()))).collect();
    assert_eq!(
        names,
        [
            "dns:host.example",
            "dns:*.host.example",
            "ip:192.0.2.1",
            "ip:2001:db8::1",
            "email:joe@host.example",
            "uri:https://host.example/",
            "directory:CN=Directory,O=Some",
            "other:#06032A0304A0030C0178",
            "id:#2A03",
        ]
    );
    let usages = [
        "digital signature",
        "non repudiation",
        "key agreement",
        "certificate sign",
        "CRL sign",
        "decipher only",
    ];
    assert_eq!(read.key_usages.as_deref(), Some(&usages[..]));
    let purposes: Vec<_> = read.purposes.iter().flatten().map(ToString::to_string).collect();
    assert_eq!(
        purposes,
        [
            "TLS server",
            "TLS client",
            "code signing",
            "e-mail protection",
            "time stamping",
            "OCSP signing",
            "any purpose",
            "1.2.3.4",
        ]
    );
    assert!(read.is_authority() && read.claims_self_signed());
    assert_eq!(read.constraints.and_then(|constraints| constraints.path_length), Some(3));
}

#[test]
fn version_1_and_dates_that_are_over_or_far_away() {
    if without_openssl() {
        return;
    }
    let maker = Maker::new(PLAIN);
    let (key, config) = (maker.key(P256), maker.path("config"));
    let request = ["req", "-new", "-config", &config, "-key", &key, "-subj", "/CN=old"];
    let request = openssl(&request, b"");
    let sign = |days: &str, serial: &str| {
        let sign = ["x509", "-req", "-signkey", &key, "-outform", "DER", "-set_serial", serial];
        agree(&openssl(&[&sign[..], &["-days", days]].concat(), &request))
    };
    let first = sign("1", "-255");
    let now = Timestamp::from(std::time::SystemTime::now());
    assert_eq!((first.version, first.serial_text().as_str()), (1, "-FF"));
    assert!(!first.is_authority() && first.claims_self_signed() && first.key_usages.is_none());
    assert_eq!(first.key, PublicKey::Ec(Some("P-256".to_owned())));
    assert!(Report::new(&first, now).is_current());
    assert!(Report::new(&first, now).expires_within(2 * 86_400));

    let made = |from: (i32, u8, u8), until: (i32, u8, u8), serial: &[u8]| {
        let mut parameters = CertificateParams::default();
        parameters.not_before = date_time_ymd(from.0, from.1, from.2);
        parameters.not_after = date_time_ymd(until.0, until.1, until.2);
        parameters.serial_number = Some(SerialNumber::from_slice(serial));
        let signed = parameters.self_signed(&KeyPair::generate().unwrap()).unwrap();
        agree(signed.der())
    };
    let over = made((1950, 1, 1), (1970, 1, 1), &[0x81; 20]);
    assert_eq!((over.not_before, over.not_after), (Timestamp(-631_152_000), Timestamp(0)));
    let report = Report::new(&over, Timestamp(3 * 86_400));
    assert!(!report.is_current() && report.expires_within(0) && report.days_left() == -3);
    assert!(report.to_string().contains(", expired 3 days ago; "), "{report}");
    let far = made((2049, 12, 31), (9999, 12, 31), &[0]); // UTCTime ends in between
    assert_eq!(far.not_after.to_string(), "9999-12-31 00:00:00 UTC");
    let report = Report::new(&far, now);
    assert!(!report.is_current() && report.to_string().contains(", not valid for another "));
}

#[test]
fn pem_that_openssl_writes() {
    if without_openssl() {
        return;
    }
    let maker = Maker::new(PLAIN);
    let der = maker.certificate(P256, &["-subj", "/CN=a"]);
    let theirs = openssl(&["x509", "-inform", "DER"], &der);
    assert_eq!(pem::write("CERTIFICATE", &der).as_bytes(), theirs);
    let with_text = openssl(&["x509", "-inform", "DER", "-text"], &der);
    assert_eq!(
        pem::certificates(&[with_text, theirs].concat()),
        Ok(vec![der.clone(), der.clone()])
    );
    assert_eq!(pem::certificates(&der), Err(pem::PemError::Der));

    let key = std::fs::read(maker.key(P256)).unwrap();
    let rsa = std::fs::read(maker.key(&["-algorithm", "RSA"])).unwrap();
    let password = ["-aes128", "-passout", "pass:secret"];
    for (arguments, input, format) in [
        (vec!["pkey"], &key, Ok(pem::KeyFormat::Pkcs8)),
        (vec!["pkey", "-traditional"], &key, Ok(pem::KeyFormat::Sec1)),
        (vec!["pkey", "-traditional"], &rsa, Ok(pem::KeyFormat::Pkcs1)),
        ([&["pkey"], &password[..]].concat(), &key, Err(pem::PemError::Encrypted)),
        ([&["pkey", "-traditional"], &password[..]].concat(), &rsa, Err(pem::PemError::Encrypted)),
        (vec!["pkey", "-outform", "DER"], &key, Err(pem::PemError::Der)),
        (vec!["pkey", "-traditional", "-outform", "DER"], &rsa, Err(pem::PemError::Der)),
    ] {
        let written = openssl(&arguments, input);
        let read = pem::key(&written);
        assert_eq!(
            read.as_ref().map(|key| key.format).map_err(Clone::clone),
            format,
            "{arguments:?}"
        );
        if let Ok(key) = read {
            let again = openssl(&["pkey", "-inform", "DER"], &key.der);
            assert_eq!(again, openssl(&["pkey"], input), "the same key");
        }
    }
}
