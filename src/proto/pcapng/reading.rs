//! What a reader of the file makes of it, for the tests: every length and checksum is looked at.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::block::ENHANCED_PACKET;
use crate::proto::direction::Direction;

/// A block without its lengths.
#[derive(Debug)]
pub struct Block {
    pub kind: u32,
    pub body: Vec<u8>,
}

/// A packet of TCP or UDP.
#[derive(Debug)]
pub struct Packet<'a> {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub tcp: Option<Tcp<'a>>,
    pub payload: &'a [u8],
}

#[derive(Debug, Clone)]
pub struct Tcp<'a> {
    pub sequence: u32,
    pub acknowledgment: u32,
    pub flags: u8,
    pub options: &'a [u8],
}

fn le32(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

fn be16(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(bytes[at..at + 2].try_into().unwrap())
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The blocks of a file, all of them whole.
pub fn blocks(mut file: &[u8]) -> Vec<Block> {
    let mut blocks = Vec::new();
    while !file.is_empty() {
        let total = le32(file, 4);
        assert_eq!(total % 4, 0);
        assert_eq!(le32(file, total - 4), total);
        blocks.push(Block {
            kind: u32::try_from(le32(file, 0)).unwrap(),
            body: file[8..total - 4].to_vec(),
        });
        file = &file[total..];
    }
    blocks
}

impl Block {
    pub fn packet(&self) -> Packet<'_> {
        assert_eq!(self.kind, ENHANCED_PACKET);
        let length = le32(&self.body, 12);
        assert_eq!(le32(&self.body, 16), length);
        packet(&self.body[20..20 + length])
    }

    pub fn time(&self) -> Duration {
        let (high, low) = (le32(&self.body, 4) as u64, le32(&self.body, 8) as u64);
        Duration::from_nanos(high << 32 | low)
    }

    pub fn comment(&self) -> Option<String> {
        self.option(1).map(|comment| String::from_utf8(comment).unwrap())
    }

    pub fn direction(&self) -> Direction {
        match self.option(2).as_deref() {
            Some([1, 0, 0, 0]) => Direction::Received,
            Some([2, 0, 0, 0]) => Direction::Sent,
            other => panic!("no direction: {other:?}"),
        }
    }

    fn option(&self, code: u16) -> Option<Vec<u8>> {
        let mut rest = &self.body[20 + le32(&self.body, 12).next_multiple_of(4)..];
        loop {
            let found = u16::from_le_bytes([rest[0], rest[1]]);
            let length = usize::from(u16::from_le_bytes([rest[2], rest[3]]));
            if found == 0 {
                assert_eq!(rest, [0; 4]);
                return None;
            }
            if found == code {
                return Some(rest[4..4 + length].to_vec());
            }
            rest = &rest[4 + length.next_multiple_of(4)..];
        }
    }
}

/// Takes a packet apart. Its checksums have to be right.
pub fn packet(bytes: &[u8]) -> Packet<'_> {
    let (from, to, protocol, carried) = match bytes[0] >> 4 {
        4 => {
            assert_eq!(bytes[0], 0x45);
            assert_eq!(usize::from(be16(bytes, 2)), bytes.len());
            assert_eq!(ones(&bytes[..20]), 0xffff);
            let ip = |at: usize| {
                IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(&bytes[at..at + 4]).unwrap()))
            };
            (ip(12), ip(16), bytes[9], &bytes[20..])
        }
        6 => {
            assert_eq!(usize::from(be16(bytes, 4)), bytes.len() - 40);
            let ip = |at: usize| {
                IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(&bytes[at..at + 16]).unwrap()))
            };
            (ip(8), ip(24), bytes[6], &bytes[40..])
        }
        version => panic!("IP version {version}"),
    };
    let mut summed = Vec::new();
    for ip in [from, to] {
        match ip {
            IpAddr::V4(ip) => summed.extend(ip.octets()),
            IpAddr::V6(ip) => summed.extend(ip.octets()),
        }
    }
    summed.extend(u32::try_from(carried.len()).unwrap().to_be_bytes());
    summed.extend([0, 0, 0, protocol]);
    summed.extend_from_slice(carried);
    assert_eq!(ones(&summed), 0xffff, "checksum");
    let (tcp, payload) = match protocol {
        6 => {
            let header = usize::from(carried[12] >> 4) * 4;
            let tcp = Tcp {
                sequence: be32(carried, 4),
                acknowledgment: be32(carried, 8),
                flags: carried[13],
                options: &carried[20..header],
            };
            (Some(tcp), &carried[header..])
        }
        17 => {
            assert_eq!(usize::from(be16(carried, 4)), carried.len());
            assert_ne!(be16(carried, 6), 0, "a checksum that says there is none");
            (None, &carried[8..])
        }
        other => panic!("protocol {other}"),
    };
    let from = SocketAddr::new(from, be16(carried, 0));
    let to = SocketAddr::new(to, be16(carried, 2));
    Packet { from, to, tcp, payload }
}

/// The sum of 16-bit words with its carries, in 64 bits.
fn ones(bytes: &[u8]) -> u64 {
    let mut sum: u64 = 0;
    for word in bytes.chunks(2) {
        sum += u64::from(word[0]) << 8 | u64::from(*word.get(1).unwrap_or(&0));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}
