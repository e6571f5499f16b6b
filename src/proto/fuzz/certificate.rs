//! The bodies of the readers of certificates, PEM and pins.

use super::super::certificate::ocsp::Answer;
use super::super::certificate::signed::Parts;
use super::super::certificate::{Certificate, Pin, Pins, Report, Timestamp, Wanted, pem};

/// What is read is shown without a control character and not at any length, and has the pins that
/// it says; a certificate that is cut short is none.
pub fn certificate(data: &[u8]) {
    if let Ok(answer) = Answer::read(data) {
        for parts in answer.certificates.iter().filter_map(|der| Parts::read(der).ok()) {
            let _ = answer.about(&parts, parts.key);
        }
    }
    let Ok(read) = Certificate::read(data) else {
        return;
    };
    for now in [i64::MIN, 0, i64::MAX].map(Timestamp) {
        let report = Report::new(&read, now);
        let text = report.to_string();
        assert!(!text.chars().any(char::is_control) && text.len() < 8000);
        assert!(!report.is_current() || (report.days_left() >= 0 && !report.expires_within(0)));
    }
    for text in [read.fingerprint.to_string(), read.key_fingerprint.pin()] {
        assert!(Pin::parse(text.as_bytes()).is_ok_and(|pin| pin.matches(&read)));
    }
    for wanted in [Wanted::Name(b"a.host.example"), Wanted::Ip([127, 0, 0, 1].into())] {
        assert_eq!(read.covers(wanted), read.mismatch(wanted).is_none());
    }
    // of what is checked, more has to be well made
    assert!(Parts::read(data).map_or(true, |parts| parts.serial == read.serial));
    assert!(read.is_self_issued() || !read.claims_self_signed());
    let serial = read.serial_text();
    assert!(serial.bytes().all(|digit| digit.is_ascii_hexdigit() || digit == b'-'));
    assert!(Certificate::read(&data[..data.len() - 1]).is_err());
}

/// Certificates that were read are the same when they are written and read again; so is a key.
pub fn pem(data: &[u8]) {
    if let Ok(certificates) = pem::certificates(data) {
        assert!((1..=pem::BLOCKS_MAX).contains(&certificates.len()));
        let text = pem::write_chain(&certificates);
        assert_eq!(pem::certificates(text.as_bytes()), Ok(certificates));
    }
    match pem::key(data) {
        Ok(key) => {
            let text = pem::write("PRIVATE KEY", &key.der);
            assert_eq!(pem::key(text.as_bytes()).map(|again| again.der), Ok(key.der));
        }
        Err(error) => assert!(!error.to_string().chars().any(char::is_control)),
    }
    if !data.is_empty() {
        let text = pem::write("CERTIFICATE", data);
        assert_eq!(pem::certificates(text.as_bytes()), Ok(vec![data.to_vec()]));
    }
}

/// A pin has one hash, whatever its spelling, and a list is its items.
pub fn pin(data: &[u8]) {
    match Pin::parse(data) {
        Ok(pin @ Pin::Key(hash)) => assert_eq!(Pin::parse(hash.pin().as_bytes()), Ok(pin)),
        Ok(pin @ Pin::Certificate(hash)) => {
            assert_eq!(Pin::parse(hash.to_string().as_bytes()), Ok(pin));
            assert_eq!(Pin::parse(format!("sha256:{hash}").as_bytes()), Ok(pin));
        }
        Err(_) => (),
    }
    let items = data.split(|byte| *byte == b';').map(Pin::parse).collect::<Result<Vec<_>, _>>();
    if let Ok(pins) = Pins::parse(data) {
        assert_eq!(Ok(pins.as_slice()), items.as_deref());
    }
}
