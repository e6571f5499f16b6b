//! IP, TCP and UDP headers with their checksums (RFC 791, RFC 8200, RFC 9293, RFC 768).

use std::net::{IpAddr, SocketAddr};

/// The number of TCP among what IP carries.
const TCP: u8 = 6;
/// The number of UDP.
const UDP: u8 = 17;
/// How many routers a packet may pass, at first.
const HOPS: u8 = 64;

/// The largest payload of a UDP datagram over IPv4: what an IP packet holds less both headers.
const MOST_OVER_IPV4: usize = 65_535 - 20 - 8;
/// The same over IPv6, where the packet's length is said without its header.
const MOST_OVER_IPV6: usize = 65_535 - 8;

/// Bits of a TCP header.
pub mod flag {
    /// The sender finished.
    pub const FIN: u8 = 0x01;
    /// The connection begins.
    pub const SYN: u8 = 0x02;
    /// The connection is given up.
    pub const RST: u8 = 0x04;
    /// Nothing more is about to follow.
    pub const PSH: u8 = 0x08;
    /// The number of the next byte expected is valid.
    pub const ACK: u8 = 0x10;
}

/// What stands in a TCP header beside the ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The number of its first byte.
    pub sequence: u32,
    /// The number of the next byte expected.
    pub acknowledgment: u32,
    /// Bits of [`flag`].
    pub flags: u8,
    /// How many bytes more are taken.
    pub window: u16,
    /// Options, up to 40 bytes, a multiple of four.
    pub options: &'a [u8],
}

/// Two addresses of one family, as they stand in a packet: one of IPv4 that a socket of IPv6 shows
/// is one of IPv4, and so is an address of ours that is not known, next to a peer of IPv4.
/// `None` where they cannot stand in one packet.
pub fn ends(ours: SocketAddr, theirs: SocketAddr) -> Option<(SocketAddr, SocketAddr)> {
    let theirs = SocketAddr::new(theirs.ip().to_canonical(), theirs.port());
    let ours_ip = match ours.ip().to_canonical() {
        ip if ip.is_unspecified() && theirs.is_ipv4() => IpAddr::V4([0; 4].into()),
        ip => ip,
    };
    let ours = SocketAddr::new(ours_ip, ours.port());
    (ours.is_ipv4() == theirs.is_ipv4()).then_some((ours, theirs))
}

/// Writes a TCP packet. Its payload may have as many bytes as go into an IP packet.
pub fn tcp(
    from: SocketAddr,
    to: SocketAddr,
    segment: &Segment<'_>,
    payload: &[u8],
    out: &mut Vec<u8>,
) {
    let header = 20 + segment.options.len();
    ip(from, to, TCP, header + payload.len(), out);
    let begin = out.len();
    out.extend(from.port().to_be_bytes());
    out.extend(to.port().to_be_bytes());
    out.extend(segment.sequence.to_be_bytes());
    out.extend(segment.acknowledgment.to_be_bytes());
    out.extend([u8::try_from(header / 4).unwrap_or(15) << 4, segment.flags]);
    out.extend(segment.window.to_be_bytes());
    out.extend([0; 4]); // checksum; nothing is urgent
    out.extend_from_slice(segment.options);
    out.extend_from_slice(payload);
    let sum = checksum(from, to, TCP, &out[begin..]);
    out[begin + 16..begin + 18].copy_from_slice(&sum.to_be_bytes());
}

/// How many bytes a UDP datagram between these holds.
pub fn largest_datagram(to: SocketAddr) -> usize {
    if to.is_ipv4() { MOST_OVER_IPV4 } else { MOST_OVER_IPV6 }
}

/// Writes a UDP packet. Its payload has [`largest_datagram`] bytes at most.
pub fn udp(from: SocketAddr, to: SocketAddr, payload: &[u8], out: &mut Vec<u8>) {
    let length = 8 + payload.len();
    ip(from, to, UDP, length, out);
    let begin = out.len();
    out.extend(from.port().to_be_bytes());
    out.extend(to.port().to_be_bytes());
    out.extend(short(length).to_be_bytes());
    out.extend([0; 2]); // checksum
    out.extend_from_slice(payload);
    // a sum of nothing would say that there is none (RFC 768)
    let sum = match checksum(from, to, UDP, &out[begin..]) {
        0 => u16::MAX,
        sum => sum,
    };
    out[begin + 6..begin + 8].copy_from_slice(&sum.to_be_bytes());
}

/// The header of an IP packet that carries so many bytes.
fn ip(from: SocketAddr, to: SocketAddr, protocol: u8, length: usize, out: &mut Vec<u8>) {
    match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let begin = out.len();
            out.extend([0x45, 0]);
            out.extend(short(20 + length).to_be_bytes());
            // a packet that may not be cut needs no number (RFC 6864)
            out.extend([0, 0, 0x40, 0, HOPS, protocol, 0, 0]);
            out.extend(from.octets());
            out.extend(to.octets());
            let sum = fold(sum(0, &out[begin..]));
            out[begin + 10..begin + 12].copy_from_slice(&sum.to_be_bytes());
        }
        (from, to) => {
            out.extend([0x60, 0, 0, 0]);
            out.extend(short(length).to_be_bytes());
            out.extend([protocol, HOPS]);
            for address in [from, to] {
                out.extend(six(address));
            }
        }
    }
}

/// Over the header that IP lends (RFC 9293, section 3.1; RFC 8200, section 8.1) and all that is
/// carried.
fn checksum(from: SocketAddr, to: SocketAddr, protocol: u8, carried: &[u8]) -> u16 {
    let lent = u32::from(protocol) + u32::from(short(carried.len()));
    let addresses = [from, to].iter().fold(lent, |total, end| match end.ip() {
        IpAddr::V4(ip) => sum(total, &ip.octets()),
        IpAddr::V6(ip) => sum(total, &ip.octets()),
    });
    fold(sum(addresses, carried))
}

/// Adds up 16-bit words (RFC 1071). A packet has too few of them to overflow.
fn sum(total: u32, bytes: &[u8]) -> u32 {
    bytes.chunks(2).fold(total, |total, word| {
        let low = word.get(1).copied().unwrap_or(0);
        total + u32::from(u16::from_be_bytes([word[0], low]))
    })
}

fn fold(mut total: u32) -> u16 {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    let [_, _, high, low] = total.to_be_bytes();
    !u16::from_be_bytes([high, low])
}

fn six(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

/// Who calls gives no more than fits.
fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::reading;
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// Its sums are worked out by hand: of the IP header 0xd933, whose complement is 0x26cc.
    #[test]
    fn a_datagram_byte_by_byte() {
        let mut bytes = Vec::new();
        udp(address("10.0.0.1:4660"), address("10.0.0.2:53"), b"hi!", &mut bytes);
        let lent = 0x0a00 + 1 + 0x0a00 + 2 + 0x11 + 0xb;
        let carried = 0x1234 + 0x35 + 0xb + 0x6869 + 0x2100;
        let expected = (0xffff_u32 - (lent + carried)).to_be_bytes();
        #[rustfmt::skip]
        assert_eq!(bytes, [
            0x45, 0, 0, 31,  0, 0, 0x40, 0,  64, 17, 0x26, 0xcc,  10, 0, 0, 1,  10, 0, 0, 2,
            0x12, 0x34, 0, 53,  0, 11, expected[2], expected[3],
            b'h', b'i', b'!',
        ]);
    }

    #[test]
    fn a_sum_of_nothing_is_not_said() {
        // the payload that makes the sum 0xffff, which is 0 when it is turned
        let (from, to) = (address("10.0.0.1:1"), address("10.0.0.2:2"));
        let mut bytes = Vec::new();
        udp(from, to, &[0, 0], &mut bytes);
        let sum = [bytes[26], bytes[27]];
        bytes.clear();
        udp(from, to, &sum, &mut bytes);
        assert_eq!(bytes[26..28], [0xff, 0xff]);
        assert_eq!(reading::packet(&bytes).payload, sum);
    }

    #[test]
    fn addresses_of_one_packet_are_of_one_family() {
        let ends = |ours, theirs| {
            ends(address(ours), address(theirs)).map(|(ours, theirs)| format!("{ours} {theirs}"))
        };
        let both = Some("10.0.0.1:1 10.0.0.2:2".to_owned());
        assert_eq!(ends("10.0.0.1:1", "10.0.0.2:2"), both);
        assert_eq!(ends("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.2]:2"), both);
        assert_eq!(ends("[::]:1", "10.0.0.2:2").as_deref(), Some("0.0.0.0:1 10.0.0.2:2"));
        assert_eq!(ends("[::]:1", "[fe80::1%3]:2").as_deref(), Some("[::]:1 [fe80::1]:2"));
        assert_eq!(ends("10.0.0.1:1", "[::1]:2"), None);
        assert_eq!(ends("[::1]:1", "10.0.0.2:2"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            six: bool, ports: (u16, u16), a: [u16; 8], b: [u16; 8], sequence: u32,
            acknowledgment: u32, window: u16, words in 0..10usize,
            payload in proptest::collection::vec(any::<u8>(), 0..200), large in 0..=65_495usize,
        ) {
            let at = |parts: [u16; 8], port| if six {
                SocketAddr::new(IpAddr::V6(parts.into()), port)
            } else {
                let [a, b] = parts[0].to_be_bytes();
                let [c, d] = parts[1].to_be_bytes();
                SocketAddr::from(([a, b, c, d], port))
            };
            let (from, to) = (at(a, ports.0), at(b, ports.1));
            let options = vec![1; words * 4];
            let flags = flag::ACK | flag::PSH;
            let segment = Segment { sequence, acknowledgment, flags, window, options: &options };
            let mut payload = payload;
            payload.resize(if words == 0 { large } else { payload.len() }, 7);

            let mut bytes = Vec::new();
            tcp(from, to, &segment, &payload, &mut bytes);
            let read = reading::packet(&bytes);
            prop_assert_eq!((read.from, read.to, read.payload), (from, to, &payload[..]));
            let told = read.tcp.unwrap();
            prop_assert_eq!((told.sequence, told.acknowledgment), (sequence, acknowledgment));
            prop_assert_eq!((told.flags, told.options), (flags, &options[..]));

            bytes.clear();
            udp(from, to, &payload, &mut bytes);
            let read = reading::packet(&bytes);
            prop_assert_eq!((read.from, read.to, read.payload), (from, to, &payload[..]));
        }
    }
}
