//! Each probe is taken apart by the framing of its own specification.

use super::*;

fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn bytes_for(port: u16, name: &str) -> &'static [u8] {
    let probe = for_port(port);
    assert_eq!(probe.name, name);
    probe.bytes
}

#[test]
fn a_port_has_one_probe_and_the_others_an_empty_datagram() {
    let ports: Vec<u16> = PROBES.iter().flat_map(|probe| probe.ports).copied().collect();
    for probe in PROBES {
        assert!(!probe.name.is_empty() && !probe.bytes.is_empty() && !probe.ports.is_empty());
        // what goes over any path in one piece
        assert!(probe.bytes.len() <= 1200, "{}", probe.name);
    }
    for port in 0..=u16::MAX {
        let rows = ports.iter().filter(|listed| **listed == port).count();
        assert!(rows <= 1, "{port} is in {rows} rows");
        assert_eq!(for_port(port) == &EMPTY, rows == 0, "{port}");
    }
    assert_eq!(EMPTY.bytes, b"");
}

/// RFC 1035, section 4.1: the header's counts, then one question; gives labels, type and class.
fn dns_question(bytes: &[u8]) -> (Vec<&[u8]>, u16, u16) {
    assert_eq!(be16(bytes, 2), 0, "a standard query without flags");
    let counts = [4, 6, 8, 10].map(|at| be16(bytes, at));
    assert_eq!(counts, [1, 0, 0, 0]);
    let mut labels = Vec::new();
    let mut at = 12;
    while bytes[at] != 0 {
        let length = usize::from(bytes[at]);
        assert!(length < 64);
        labels.push(&bytes[at + 1..=at + length]);
        at += 1 + length;
    }
    assert_eq!(bytes.len(), at + 5, "nothing behind the question");
    (labels, be16(bytes, at + 1), be16(bytes, at + 3))
}

#[test]
fn dns_asks_for_the_servers_of_the_root() {
    assert_eq!(dns_question(bytes_for(53, "DNS")), (vec![], 2, 1));
}

#[test]
fn mdns_asks_for_the_services_by_unicast() {
    let bytes = bytes_for(5353, "mDNS");
    assert_eq!(be16(bytes, 0), 0, "RFC 6762, section 18.1: the id is zero");
    let labels: Vec<&[u8]> = vec![b"_services", b"_dns-sd", b"_udp", b"local"];
    assert_eq!(dns_question(bytes), (labels, 12, 0x8001));
}

#[test]
fn netbios_asks_for_the_status_of_the_wildcard() {
    let (labels, kind, class) = dns_question(bytes_for(137, "NetBIOS"));
    assert_eq!((kind, class), (0x21, 1));
    let [encoded] = labels[..] else { panic!("one label, not {labels:?}") };
    let name: Vec<u8> =
        encoded.chunks(2).map(|pair| (pair[0] - b'A') << 4 | (pair[1] - b'A')).collect();
    assert_eq!(name, b"*\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
}

#[test]
fn tftp_asks_to_read_and_listens_to_every_port() {
    let bytes = bytes_for(69, "TFTP");
    assert_eq!(be16(bytes, 0), 1, "read request");
    let strings: Vec<&[u8]> = bytes[2..].split(|byte| *byte == 0).collect();
    assert!(matches!(strings[..], [[_, ..], b"octet", []]), "{strings:?}");
    assert!(for_port(69).answered_elsewhere);
    assert_eq!(PROBES.iter().filter(|probe| probe.answered_elsewhere).count(), 1);
}

#[test]
fn portmapper_and_nfs_are_calls_of_the_null_procedure() {
    for (port, name, program, version) in
        [(111, "portmapper", 100_000, 2), (2049, "NFS", 100_003, 3)]
    {
        let bytes = bytes_for(port, name);
        assert_eq!(bytes.len(), 40);
        let words: Vec<u32> = (4..40).step_by(4).map(|at| be32(bytes, at)).collect();
        assert_eq!(words, [0, 2, program, version, 0, 0, 0, 0, 0], "{name}");
    }
}

#[test]
fn ntp_is_a_client_of_version_4() {
    let bytes = bytes_for(123, "NTP");
    assert_eq!(bytes.len(), 48);
    let (leap, version, mode) = (bytes[0] >> 6, bytes[0] >> 3 & 7, bytes[0] & 7);
    assert_eq!((leap, version, mode), (0, 4, 3));
    assert!(bytes[1..].iter().all(|byte| *byte == 0));
}

/// BER (X.690) with lengths under 128: the tag, the contents, and what follows.
fn element(bytes: &[u8]) -> (u8, &[u8], &[u8]) {
    let length = usize::from(bytes[1]);
    assert!(length < 128);
    (bytes[0], &bytes[2..2 + length], &bytes[2 + length..])
}

fn elements(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, contents, rest) = element(bytes);
        found.push((tag, contents));
        bytes = rest;
    }
    found
}

#[test]
fn snmp_is_the_discovery_of_an_engine() {
    let (tag, message, rest) = element(bytes_for(161, "SNMP"));
    assert_eq!((tag, rest.len()), (0x30, 0));
    let message = elements(message);
    let [(2, version), (0x30, global), (4, security), (0x30, scoped)] = message[..] else {
        panic!("{message:?}");
    };
    assert_eq!(version, [3]);
    let global = elements(global);
    let [(2, _), (2, largest), (4, flags), (2, model)] = global[..] else { panic!("{global:?}") };
    // 65507 bytes; reportable, neither authenticated nor private; the user-based model
    assert_eq!((largest, flags, model), (&[0, 0xff, 0xe3][..], &[4][..], &[3][..]));
    let (tag, security, rest) = element(security);
    assert_eq!((tag, rest.len()), (0x30, 0));
    let nothing: &[u8] = &[];
    let (zero, absent) = ((2, &[0][..]), (4, nothing));
    assert_eq!(elements(security), [absent, zero, zero, absent, absent, absent]);
    let scoped = elements(scoped);
    let [(4, []), (4, []), (0xa0, get)] = scoped[..] else { panic!("{scoped:?}") };
    let get = elements(get);
    assert!(matches!(get[..], [(2, _), (2, [0]), (2, [0]), (0x30, [])]), "{get:?}");
}

#[test]
fn quic_is_a_long_header_of_a_reserved_version_in_a_full_datagram() {
    for port in [443, 784, 853, 8443] {
        let bytes = bytes_for(port, "QUIC");
        assert_eq!(bytes.len(), 1200);
        assert_eq!(bytes[0] & 0xc0, 0xc0, "long header, fixed bit");
        assert_eq!(be32(bytes, 1) & 0x0f0f_0f0f, 0x0a0a_0a0a);
        let destination = usize::from(bytes[5]);
        assert!((8..=20).contains(&destination), "RFC 9000, section 7.2");
        assert!(bytes[6 + destination] <= 20);
    }
}

#[test]
fn ike_is_a_header_of_a_version_to_come() {
    let bytes = bytes_for(500, "IKE");
    assert_eq!(bytes.len(), 28);
    assert_ne!(&bytes[..8], [0; 8], "the initiator's SPI is not zero");
    assert_eq!(&bytes[8..16], [0; 8]);
    let (version, exchange, flags) = (bytes[17], bytes[18], bytes[19]);
    assert_eq!((version >> 4, exchange, flags), (3, 34, 0x08));
    assert_eq!((be32(bytes, 20), be32(bytes, 24)), (0, 28));
    let behind_nat = bytes_for(4500, "IKE");
    assert_eq!(behind_nat.split_at(4), (&[0; 4][..], bytes));
}

#[test]
fn stun_is_a_binding_request() {
    let bytes = bytes_for(3478, "STUN");
    assert_eq!(bytes.len(), 20);
    assert_eq!((be16(bytes, 0), be16(bytes, 2), be32(bytes, 4)), (1, 0, 0x2112_a442));
}

#[test]
fn coap_is_a_ping() {
    let bytes = bytes_for(5683, "CoAP");
    let (version, kind, token) = (bytes[0] >> 6, bytes[0] >> 4 & 3, bytes[0] & 15);
    assert_eq!((bytes.len(), version, kind, token, bytes[1]), (4, 1, 0, 0, 0));
}

#[test]
fn memcached_is_asked_for_its_version_in_one_datagram() {
    let (frame, command) = bytes_for(11211, "memcached").split_at(8);
    assert_eq!((be16(frame, 2), be16(frame, 4), be16(frame, 6)), (0, 1, 0));
    assert_eq!(command, b"version\r\n");
}

/// A head of text lines: the first, and the fields by name.
fn head(bytes: &'static [u8]) -> (&'static str, Vec<(&'static str, &'static str)>) {
    let text = std::str::from_utf8(bytes).unwrap();
    let lines = text.strip_suffix("\r\n\r\n").expect("an empty line at the end");
    assert!(!lines.replace("\r\n", "").contains(['\r', '\n']));
    let (first, fields) = lines.split_once("\r\n").unwrap();
    (first, fields.split("\r\n").map(|line| line.split_once(": ").unwrap()).collect())
}

#[test]
fn ssdp_is_a_search() {
    let (first, fields) = head(bytes_for(1900, "SSDP"));
    assert_eq!(first, "M-SEARCH * HTTP/1.1");
    assert!(fields.contains(&("MAN", "\"ssdp:discover\"")), "quotes belong to it");
    assert!(fields.contains(&("ST", "ssdp:all")) && fields.iter().any(|field| field.0 == "HOST"));
}

#[test]
fn sip_has_what_every_request_must_have() {
    let (first, fields) = head(bytes_for(5060, "SIP"));
    assert!(first.starts_with("OPTIONS sip:") && first.ends_with(" SIP/2.0"));
    for name in ["Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq"] {
        assert_eq!(fields.iter().filter(|field| field.0 == name).count(), 1, "{name}");
    }
    let value = |name| fields.iter().find(|field| field.0 == name).unwrap().1;
    assert!(value("Via").starts_with("SIP/2.0/UDP "));
    assert!(value("Via").contains(";branch=z9hG4bK") && value("Via").ends_with(";rport"));
    assert!(value("From").contains(";tag=") && !value("To").contains(";tag="));
    assert_eq!(value("CSeq"), "1 OPTIONS");
}
