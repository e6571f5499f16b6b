//! What is read from whole certificates, made here; how OpenSSL reads the same is in
//! `tests/certificates.rs`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ED25519, SanType,
    SerialNumber, date_time_ymd,
};

use super::*;
use crate::proto::fuzz;

/// 2026-11-22 17:03:05 UTC.
const NOW: Timestamp = Timestamp(1_795_366_985);

fn parameters(names: &[&str], common_name: &str) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut parameters = CertificateParams::new(names).unwrap();
    parameters.distinguished_name = DistinguishedName::new();
    if !common_name.is_empty() {
        parameters.distinguished_name.push(DnType::CommonName, common_name);
    }
    parameters.not_before = date_time_ymd(2026, 11, 1);
    parameters.not_after = date_time_ymd(2027, 2, 1);
    parameters
}

fn der(parameters: &CertificateParams) -> Vec<u8> {
    parameters.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

fn read(parameters: &CertificateParams) -> Certificate {
    Certificate::read(&der(parameters)).unwrap()
}

/// A certificate with a CA above it.
fn signed() -> Certificate {
    let mut authority = parameters(&[], "Example, CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    let issuer = Issuer::new(authority, KeyPair::generate().unwrap());
    let mut leaf = parameters(&["host.example", "*.host.example", "192.0.2.1", "2001:db8::1"], "");
    leaf.distinguished_name.push(DnType::OrganizationName, "Some");
    leaf.distinguished_name.push(DnType::CommonName, "host.example");
    leaf.subject_alt_names.push(SanType::Rfc822Name("joe@host.example".try_into().unwrap()));
    leaf.subject_alt_names.push(SanType::URI("https://host.example/".try_into().unwrap()));
    leaf.serial_number = Some(SerialNumber::from_slice(&[0x01, 0xab]));
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    Certificate::read(leaf.signed_by(&key, &issuer).unwrap().der()).unwrap()
}

#[test]
fn every_field_of_a_leaf() {
    let leaf = signed();
    assert_eq!((leaf.version, leaf.serial_text().as_str()), (3, "01AB"));
    assert_eq!(leaf.subject.rfc4514(), b"CN=host.example,O=Some");
    assert_eq!(leaf.issuer.rfc4514(), br"CN=Example\, CA");
    assert_eq!(leaf.subject.common_names().collect::<Vec<_>>(), [b"host.example"]);
    assert_eq!(leaf.not_before.to_string(), "2026-11-01 00:00:00 UTC");
    assert_eq!(leaf.key, PublicKey::Other("Ed25519".to_owned()));
    assert_eq!(leaf.signature, "ECDSA with SHA-256");
    assert_eq!(leaf.key_usages.as_deref(), Some(&["digital signature"][..]));
    assert!(leaf.permits(Purpose::SERVER) && !leaf.permits(Purpose::CLIENT));
    assert!(!leaf.is_authority() && !leaf.is_self_issued() && !leaf.claims_self_signed());
    assert_eq!(leaf.unreadable, []);
    let expected = [
        AlternativeName::Dns(b"host.example".to_vec()),
        AlternativeName::Dns(b"*.host.example".to_vec()),
        AlternativeName::Ip(Ipv4Addr::new(192, 0, 2, 1).into()),
        AlternativeName::Ip(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
        AlternativeName::Email(b"joe@host.example".to_vec()),
        AlternativeName::Uri(b"https://host.example/".to_vec()),
    ];
    assert_eq!(leaf.names, expected);
}

#[test]
fn a_ca_that_signed_itself() {
    let mut authority = parameters(&[], "Example CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    let read = read(&authority);
    let constraints = super::BasicConstraints { authority: true, path_length: Some(1) };
    assert_eq!(read.constraints, Some(constraints));
    assert!(read.is_authority() && read.is_self_issued() && read.claims_self_signed());
    assert!(read.permits(Purpose::CLIENT) && read.purposes.is_none());
    assert_eq!(read.key.to_string(), "ECDSA P-256");
}

#[test]
fn the_same_name_with_another_key_is_no_claim_to_have_signed_itself() {
    let mut old = parameters(&[], "Example CA");
    old.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let mut renewed = old.clone();
    renewed.use_authority_key_identifier_extension = true;
    let issuer = Issuer::new(old, KeyPair::generate().unwrap());
    let key = KeyPair::generate().unwrap();
    let read = Certificate::read(renewed.signed_by(&key, &issuer).unwrap().der()).unwrap();
    assert!(read.is_self_issued() && !read.claims_self_signed());
}

#[test]
fn why_a_name_is_not_covered() {
    const NAME: Wanted<'_> = Wanted::Name(b"host.example");
    const ADDRESS: Wanted<'_> = Wanted::Ip(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
    let of = |names: &[&str], common_name: &str, wanted| {
        read(&parameters(names, common_name)).mismatch(wanted)
    };
    assert_eq!(of(&["host.example"], "", NAME), None);
    assert_eq!(of(&["192.0.2.1"], "", ADDRESS), None);
    assert_eq!(of(&[], "host.example", NAME), Some(Mismatch::OnlyCommonName));
    assert_eq!(of(&["192.0.2.1"], "host.example", NAME), Some(Mismatch::OnlyCommonName));
    assert_eq!(of(&["other.example"], "host.example", NAME), Some(Mismatch::OtherNames));
    assert_eq!(of(&[], "192.0.2.1", ADDRESS), Some(Mismatch::OnlyCommonName));
    assert_eq!(of(&[], "", NAME), Some(Mismatch::NoNames));
    assert_eq!(of(&["192.0.2.2"], "", ADDRESS), Some(Mismatch::OtherNames));
    let mut as_name = parameters(&[], "");
    as_name.subject_alt_names.push(SanType::DnsName("192.0.2.1".try_into().unwrap()));
    assert_eq!(read(&as_name).mismatch(ADDRESS), Some(Mismatch::AddressAsName));
    let leaf = signed();
    assert!(
        leaf.covers(Wanted::Name(b"A.host.example.")) && !leaf.covers(Wanted::Name(b"example"))
    );
}

#[test]
fn pins_of_the_key_and_of_the_certificate() {
    let (ours, other) = (signed(), signed());
    let texts = [ours.fingerprint.to_string(), ours.key_fingerprint.pin()];
    for text in &texts {
        let pin = Pin::parse(text.as_bytes()).unwrap();
        assert!(pin.matches(&ours) && !pin.matches(&other), "{text}");
    }
    let both = format!("{};{}", other.key_fingerprint.pin(), texts[0]);
    let both = Pins::parse(both.as_bytes()).unwrap();
    assert!(both.matches(&ours) && both.matches(&other) && !both.matches(&signed()));
}

#[test]
fn one_line() {
    let leaf = signed();
    let line = |seconds| Report::new(&leaf, Timestamp(NOW.0 + seconds)).to_string();
    let start = "CN=host.example,O=Some; by CN=Example\\, CA; for host.example, *.host.example, \
                 192.0.2.1, 2001:db8::1, email:joe@host.example, uri:https://host.example/; from \
                 2026-11-01 00:00:00 UTC until 2027-02-01 00:00:00 UTC, ";
    let end = format!("; Ed25519; SHA-256 {}", leaf.fingerprint);
    assert_eq!(line(0), format!("{start}70 days left{end}"));
    assert_eq!(line(86_400 * 71), format!("{start}expired 17 hours ago{end}"));
    assert_eq!(line(86_400 * 72), format!("{start}expired 1 day ago{end}"));
    assert_eq!(line(86_400 * -40), format!("{start}not valid for another 18 days{end}"));
    let report = Report::new(&leaf, NOW);
    assert!(report.expires_within(71 * 86_400) && !report.expires_within(70 * 86_400));
}

#[test]
fn foreign_bytes_are_escaped_and_long_lists_cut() {
    let names: Vec<_> = (0..23).map(|number| format!("h{number}.example")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut odd = parameters(&names, "");
    odd.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    odd.distinguished_name.push(DnType::CommonName, DnValue::Utf8String("\u{1b}[31m\n".into()));
    let line = Report::new(&read(&odd), NOW).to_string();
    assert!(line.starts_with(r"CN=\x1b[31m\x0a; by itself; a CA; for h0.example, "), "{line}");
    assert!(line.contains(", h19.example and 3 more; from "), "{line}");
    let nameless = Report::new(&read(&parameters(&[], "")), NOW).to_string();
    assert!(nameless.starts_with("(no name); by itself; from "), "{nameless}");
}

#[test]
fn an_extension_that_cannot_be_read_is_named_and_the_rest_is_read() {
    let mut odd = parameters(&[], "host.example");
    odd.custom_extensions = vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 9])];
    let read = read(&odd);
    assert_eq!(read.unreadable.iter().map(Oid::as_str).collect::<Vec<_>>(), ["2.5.29.17"]);
    assert_eq!(read.subject.rfc4514(), b"CN=host.example");
}

#[test]
fn too_much_of_anything() {
    let many = |count: usize| {
        let mut many = parameters(&[], "");
        let name = SanType::IpAddress(Ipv4Addr::LOCALHOST.into());
        many.subject_alt_names = vec![name; count];
        Certificate::read(&der(&many)).map(|read| read.names.len())
    };
    assert_eq!(many(4096), Ok(4096));
    assert_eq!(many(4097), Err(CertificateError::TooMany("alternative names")));
    let mut many = parameters(&[], "");
    let extension = |number| CustomExtension::from_oid_content(&[2, 999, number], vec![5, 0]);
    many.custom_extensions = (0..129).map(extension).collect();
    assert_eq!(Certificate::read(&der(&many)), Err(CertificateError::TooMany("extensions")));
    let long = vec![0x30; LENGTH_MAX + 1];
    assert_eq!(Certificate::read(&long), Err(CertificateError::TooLong(LENGTH_MAX + 1)));
}

#[test]
fn what_is_no_certificate() {
    let good = der(&parameters(&["host.example"], ""));
    let behind = [&good[..], b"xy"].concat();
    assert_eq!(Certificate::read(&behind), Err(CertificateError::Trailing(2)));
    for wrong in [&b""[..], b"\x30\x00", b"-----BEGIN CERTIFICATE-----", &good[..good.len() - 1]] {
        assert!(matches!(Certificate::read(wrong), Err(CertificateError::Malformed(_))));
    }
}

#[test]
fn serial_numbers() {
    let mut read = signed();
    for (bytes, text) in [
        (&b"\x00"[..], "00"),
        (b"\x00\xff", "FF"),
        (b"\xff", "-01"),
        (b"\xff\x00", "-0100"),
        (b"\x80", "-80"),
        (b"", ""),
    ] {
        read.serial = bytes.to_vec();
        assert_eq!(read.serial_text(), text);
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzz::certificate(&bytes);
        fuzz::pem(&bytes);
        fuzz::pin(&bytes);
    }

    #[test]
    fn any_damage(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = include_bytes!("../../../fuzz/corpus/certificate/names").to_vec();
        for (place, byte) in places {
            *place.get_mut(&mut bytes) = byte;
        }
        fuzz::certificate(&bytes);
    }

    #[test]
    fn any_text_around_blocks(
        pieces in prop::collection::vec(
            prop_oneof![
                Just("-----BEGIN CERTIFICATE-----\n"), Just("-----END CERTIFICATE-----\n"),
                Just("-----BEGIN PRIVATE KEY-----\n"), Just("-----END PRIVATE KEY-----\r\n"),
                Just("MAMCAQU=\n"), Just("Proc-Type: 4,ENCRYPTED\n"), Just("-----"), Just("x\n"),
            ],
            0..12,
        ),
    ) {
        fuzz::pem(pieces.concat().as_bytes());
    }

    #[test]
    fn any_pin(text in "(sha256//|sha256:|SHA256:)?[0-9A-Fa-f:]{0,96}=?;?") {
        fuzz::pin(text.as_bytes());
    }
}
