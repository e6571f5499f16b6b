//! Datagrams that make a port's usual service answer, for a scan that has to tell silence from a
//! service that only speaks when it is spoken to.
//!
//! Each asks for what anybody may have without credentials, changes nothing at the other end, and
//! is no larger than its protocol demands. Not responsible for sending or for reading answers:
//! any datagram back means that the port is open.

/// What to send to a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The protocol's name; empty for [`EMPTY`].
    pub name: &'static str,
    /// Ports where the protocol usually is.
    pub ports: &'static [u16],
    /// The datagram.
    pub bytes: &'static [u8],
    /// The answer comes from another port than the one that was asked.
    pub answered_elsewhere: bool,
}

impl Probe {
    const fn new(name: &'static str, ports: &'static [u16], bytes: &'static [u8]) -> Self {
        Self { name, ports, bytes, answered_elsewhere: false }
    }
}

/// For a port without a probe of its own. Echo, daytime, quote of the day and time (RFC 862, 867,
/// 865, 868) answer it.
pub const EMPTY: Probe = Probe::new("", &[], b"");

/// The probe for a port.
pub fn for_port(port: u16) -> &'static Probe {
    PROBES.iter().find(|probe| probe.ports.contains(&port)).unwrap_or(&EMPTY)
}

/// Every probe there is.
pub const PROBES: &[Probe] = &[
    Probe::new("DNS", &[53], DNS),
    Probe { answered_elsewhere: true, ..Probe::new("TFTP", &[69], TFTP) },
    Probe::new("portmapper", &[111], PORTMAPPER),
    Probe::new("NTP", &[123], &NTP),
    Probe::new("NetBIOS", &[137], NETBIOS),
    Probe::new("SNMP", &[161], SNMP),
    Probe::new("QUIC", &[443, 784, 853, 8443], &QUIC),
    Probe::new("IKE", &[500], &IKE),
    Probe::new("SSDP", &[1900], SSDP),
    Probe::new("NFS", &[2049], NFS),
    Probe::new("STUN", &[3478, 19302], STUN),
    Probe::new("IKE", &[4500], &IKE_NAT),
    Probe::new("SIP", &[5060], SIP),
    Probe::new("mDNS", &[5353], MDNS),
    Probe::new("CoAP", &[5683], COAP),
    Probe::new("memcached", &[11211], MEMCACHED),
];

/// RFC 1035, section 4.1: one question, the name servers of the root. A server that does not
/// answer strangers still refuses it, which is an answer.
const DNS: &[u8] = b"\x6e\x63\
    \x00\x00\
    \x00\x01\x00\x00\x00\x00\x00\x00\
    \x00\x00\x02\x00\x01";

/// RFC 6762, section 5.4: which services there are (RFC 6763, section 9), to be answered to us
/// alone.
const MDNS: &[u8] = b"\x00\x00\
    \x00\x00\
    \x00\x01\x00\x00\x00\x00\x00\x00\
    \x09_services\x07_dns-sd\x04_udp\x05local\x00\x00\x0c\x80\x01";

/// RFC 1350, section 5: a request to read a file that is not likely to be there. The server
/// answers from a port of its own (section 4).
const TFTP: &[u8] = b"\x00\x01nc-is-it-open\x00octet\x00";

/// RFC 5531, section 9: a call of procedure 0, which does nothing and answers, of program 100000
/// version 2 (RFC 1833), without credentials.
const PORTMAPPER: &[u8] = b"\x6e\x63\x00\x01\
    \x00\x00\x00\x00\x00\x00\x00\x02\
    \x00\x01\x86\xa0\x00\x00\x00\x02\x00\x00\x00\x00\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

/// The same of program 100003 version 3 (RFC 1813).
const NFS: &[u8] = b"\x6e\x63\x00\x02\
    \x00\x00\x00\x00\x00\x00\x00\x02\
    \x00\x01\x86\xa3\x00\x00\x00\x03\x00\x00\x00\x00\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

/// RFC 5905, section 7.3: version 4, mode 3 (client); the rest is for the server to fill in.
const NTP: [u8; 48] = {
    let mut packet = [0; 48];
    packet[0] = 0b00_100_011;
    packet
};

/// RFC 1002, section 4.2.17: node status of the wildcard name, `*` and fifteen NULs in the
/// half-byte letters of RFC 1001, section 14.1.
const NETBIOS: &[u8] = b"\x6e\x63\
    \x00\x00\
    \x00\x01\x00\x00\x00\x00\x00\x00\
    \x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\x00\x00\x21\x00\x01";

/// RFC 3414, section 4: discovery of an SNMPv3 engine, which needs no community and no user.
const SNMP: &[u8] = b"\x30\x3a\
    \x02\x01\x03\
    \x30\x0f\x02\x02\x6e\x63\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03\
    \x04\x10\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00\
    \x30\x12\x04\x00\x04\x00\
    \xa0\x0c\x02\x02\x6e\x63\x02\x01\x00\x02\x01\x00\x30\x00";

/// RFC 9000, section 15: a long header (RFC 8999, section 5.1) of a version that is reserved to
/// make a server name its own; under 1200 bytes it would say nothing (section 6.1).
const QUIC: [u8; 1200] = {
    let head = b"\xc0\x1a\x2a\x3a\x4a\x08nc probe\x08nc reply";
    let mut packet = [0; 1200];
    let mut at = 0;
    while at < head.len() {
        packet[at] = head[at];
        at += 1;
    }
    packet
};

/// RFC 7296, section 3.1: a header alone, of major version 3, which is answered with the version
/// that the responder speaks (section 2.5). It makes no state at the other end.
const IKE: [u8; 28] = *b"nc probe\x00\x00\x00\x00\x00\x00\x00\x00\
    \x00\x30\x22\x08\
    \x00\x00\x00\x00\x00\x00\x00\x1c";

/// The same behind the four zero bytes that tell it from ESP (RFC 3948, section 2.2).
const IKE_NAT: [u8; 32] = {
    let mut packet = [0; 32];
    let mut at = 0;
    while at < IKE.len() {
        packet[4 + at] = IKE[at];
        at += 1;
    }
    packet
};

/// UPnP Device Architecture 2.0, section 1.3.2: a search that is sent to one device.
const SSDP: &[u8] = b"M-SEARCH * HTTP/1.1\r\n\
    HOST: 239.255.255.250:1900\r\n\
    MAN: \"ssdp:discover\"\r\n\
    MX: 1\r\n\
    ST: ssdp:all\r\n\
    \r\n";

/// RFC 8489, section 5: a binding request without attributes.
const STUN: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42nc-probe-udp";

/// RFC 3261, section 11.1, with the answer to the port that we sent from (RFC 3581).
const SIP: &[u8] = b"OPTIONS sip:probe@nc.invalid SIP/2.0\r\n\
    Via: SIP/2.0/UDP nc.invalid;branch=z9hG4bK6e63;rport\r\n\
    Max-Forwards: 0\r\n\
    From: <sip:nc@nc.invalid>;tag=6e63\r\n\
    To: <sip:probe@nc.invalid>\r\n\
    Call-ID: 6e63@nc.invalid\r\n\
    CSeq: 1 OPTIONS\r\n\
    Content-Length: 0\r\n\
    \r\n";

/// RFC 7252, section 4.3: an empty confirmable message, which is answered with a reset.
const COAP: &[u8] = b"\x40\x00\x6e\x63";

/// memcached's protocol.txt, "UDP protocol": request id, datagram 0 of 1, reserved; a command.
const MEMCACHED: &[u8] = b"\x6e\x63\x00\x00\x00\x01\x00\x00version\r\n";

#[cfg(test)]
mod tests;
