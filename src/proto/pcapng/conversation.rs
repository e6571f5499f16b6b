//! The packets of a TCP connection, from what a program sees of it.
//!
//! A connection that stands is shown with the three packets that made it. Each block of bytes is as
//! few segments as it goes into, as a capture on a machine shows them whose network card cuts and
//! joins segments: how they were cut on the wire nobody told us, and one write that is one packet
//! is read more easily than one in forty pieces. It is acknowledged at once, since who reads the
//! file would wonder about what was not; what the peer has not acknowledged yet is not known
//! packet by packet either.

use std::net::SocketAddr;
use std::time::Duration;

use super::block;
use super::packet::{self, Segment, flag};
use crate::proto::direction::Direction;

/// The most bytes of a segment: what an IPv4 packet holds less both headers.
pub const LARGEST_SEGMENT: usize = MOST as usize;

const MOST: u16 = u16::MAX - 20 - 20;

/// Windows count in units of this power of two: one GiB is open at any time, more than is ever
/// on its way here.
const WINDOW_SCALE: u8 = 14;

/// A segment's largest size, and the unit of windows (RFC 9293, section 3.2; RFC 7323, section 2).
const OPTIONS: [u8; 8] = {
    let [high, low] = MOST.to_be_bytes();
    [2, 4, high, low, 1, 3, 3, WINDOW_SCALE]
};

/// A TCP connection.
#[derive(Debug)]
pub struct Conversation {
    ours: Side,
    theirs: Side,
    /// It was given up.
    is_reset: bool,
}

#[derive(Debug)]
struct Side {
    address: SocketAddr,
    /// The number of its next byte.
    next: u32,
    ended: bool,
}

impl Conversation {
    /// Writes the packets that open it, which is when it stands. `opened_by` connected
    /// (`Sent` is us). `number` tells it from others between the same two addresses: the numbers of
    /// bytes begin with one made from it.
    pub fn open(
        (ours, theirs): (SocketAddr, SocketAddr),
        opened_by: Direction,
        number: u32,
        at: Duration,
        comment: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Self {
        // another number for each, and none near the one before
        let first = number.wrapping_mul(0x9e37_79b1);
        let side = |address, next| Side { address, next, ended: false };
        let mut new = Self {
            ours: side(ours, first),
            theirs: side(theirs, first.wrapping_add(0x4000_0000)),
            is_reset: false,
        };
        let answered_by = other(opened_by);
        let none = Segment { acknowledgment: 0, ..new.segment(opened_by, flag::SYN) };
        let syn = Segment { options: &OPTIONS, ..none };
        new.write(opened_by, &syn, &[], comment, at, out);
        new.side(opened_by).next = syn.sequence.wrapping_add(1);
        let answer = new.segment(answered_by, flag::SYN | flag::ACK);
        let answer = Segment { options: &OPTIONS, ..answer };
        new.write(answered_by, &answer, &[], None, at, out);
        new.side(answered_by).next = answer.sequence.wrapping_add(1);
        new.acknowledge(opened_by, at, out);
        new
    }

    /// Writes what one side said, and that the other has it.
    pub fn data(&mut self, by: Direction, bytes: &[u8], at: Duration, out: &mut Vec<u8>) {
        if bytes.is_empty() || self.is_reset || self.side(by).ended {
            return;
        }
        let last = (bytes.len() - 1) / LARGEST_SEGMENT;
        for (index, piece) in bytes.chunks(LARGEST_SEGMENT).enumerate() {
            let push = if index == last { flag::PSH } else { 0 };
            let segment = self.segment(by, flag::ACK | push);
            self.write(by, &segment, piece, None, at, out);
            self.side(by).next = segment.sequence.wrapping_add(block::length(piece.len()));
        }
        self.acknowledge(other(by), at, out);
    }

    /// One side finished. Only the first time counts.
    pub fn end(&mut self, by: Direction, at: Duration, out: &mut Vec<u8>) {
        if self.is_reset || std::mem::replace(&mut self.side(by).ended, true) {
            return;
        }
        let segment = self.segment(by, flag::FIN | flag::ACK);
        self.write(by, &segment, &[], None, at, out);
        self.side(by).next = segment.sequence.wrapping_add(1);
        self.acknowledge(other(by), at, out);
    }

    /// One side gave it up. Where both have finished, there is nothing to be given up.
    pub fn reset(&mut self, by: Direction, at: Duration, out: &mut Vec<u8>) {
        let is_over = self.ours.ended && self.theirs.ended;
        if !is_over && !std::mem::replace(&mut self.is_reset, true) {
            let segment = self.segment(by, flag::RST | flag::ACK);
            self.write(by, &segment, &[], None, at, out);
        }
    }

    fn acknowledge(&mut self, by: Direction, at: Duration, out: &mut Vec<u8>) {
        let segment = self.segment(by, flag::ACK);
        self.write(by, &segment, &[], None, at, out);
    }

    fn side(&mut self, of: Direction) -> &mut Side {
        match of {
            Direction::Sent => &mut self.ours,
            Direction::Received => &mut self.theirs,
        }
    }

    /// The next one of a side.
    fn segment(&self, by: Direction, flags: u8) -> Segment<'static> {
        let (from, to) = self.ends(by);
        Segment {
            sequence: from.next,
            acknowledgment: to.next,
            flags,
            window: u16::MAX,
            options: &[],
        }
    }

    fn ends(&self, by: Direction) -> (&Side, &Side) {
        match by {
            Direction::Sent => (&self.ours, &self.theirs),
            Direction::Received => (&self.theirs, &self.ours),
        }
    }

    fn write(
        &self,
        by: Direction,
        segment: &Segment<'_>,
        payload: &[u8],
        comment: Option<&str>,
        at: Duration,
        out: &mut Vec<u8>,
    ) {
        let (from, to) = self.ends(by);
        let mut bytes = Vec::with_capacity(68 + payload.len());
        packet::tcp(from.address, to.address, segment, payload, &mut bytes);
        block::packet(at, by, comment, &bytes, out);
    }
}

fn other(direction: Direction) -> Direction {
    match direction {
        Direction::Sent => Direction::Received,
        Direction::Received => Direction::Sent,
    }
}

#[cfg(test)]
mod tests {
    use Direction::{Received, Sent};
    use proptest::prelude::*;

    use super::super::reading::{self, Packet};
    use super::*;

    const AT: Duration = Duration::from_millis(1_700_000_000_123);

    fn ends() -> (SocketAddr, SocketAddr) {
        ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap())
    }

    fn open(number: u32, out: &mut Vec<u8>) -> Conversation {
        Conversation::open(ends(), Sent, number, AT, Some("how"), out)
    }

    /// `SA 10+0`: flags, our or their number and length, counted from the side's first number.
    fn told(file: &[u8]) -> Vec<String> {
        let blocks = reading::blocks(file);
        let packets: Vec<_> = blocks.iter().map(|block| (block, block.packet())).collect();
        let mut first = [None; 2];
        let line = |(block, packet): &(&reading::Block, Packet<'_>)| {
            let tcp = packet.tcp.clone().unwrap();
            let side = usize::from(block.direction() == Received);
            let from = *first[side].get_or_insert(tcp.sequence);
            let mut flags = String::new();
            for (bit, letter) in [
                (flag::SYN, 'S'),
                (flag::FIN, 'F'),
                (flag::RST, 'R'),
                (flag::PSH, 'P'),
                (flag::ACK, 'A'),
            ] {
                if tcp.flags & bit != 0 {
                    flags.push(letter);
                }
            }
            let acknowledged = match first[1 - side] {
                Some(other) if tcp.flags & flag::ACK != 0 => {
                    tcp.acknowledgment.wrapping_sub(other).to_string()
                }
                _ => "-".into(),
            };
            let mark = if side == 0 { '>' } else { '<' };
            let (number, length) = (tcp.sequence.wrapping_sub(from), packet.payload.len());
            format!("{mark} {flags} {number}+{length} {acknowledged}")
        };
        packets.iter().map(line).collect()
    }

    #[test]
    fn from_the_first_packet_to_the_last() {
        let mut file = Vec::new();
        let mut talk = open(0, &mut file);
        talk.data(Sent, b"hello", AT, &mut file);
        talk.data(Received, b"hi", AT, &mut file);
        talk.end(Sent, AT, &mut file);
        talk.end(Sent, AT, &mut file);
        talk.data(Received, b"more", AT, &mut file);
        talk.end(Received, AT, &mut file);
        talk.reset(Received, AT, &mut file);
        assert_eq!(
            told(&file),
            [
                "> S 0+0 -",
                "< SA 0+0 1",
                "> A 1+0 1",
                "> PA 1+5 1",
                "< A 1+0 6",
                "< PA 1+2 6",
                "> A 6+0 3",
                "> FA 6+0 3",
                "< A 3+0 7",
                "< PA 3+4 7",
                "> A 7+0 7",
                "< FA 7+0 7",
                "> A 7+0 8",
            ]
        );
        let blocks = reading::blocks(&file);
        assert_eq!(blocks[0].comment().as_deref(), Some("how"));
        assert!(blocks[1..].iter().all(|block| block.comment().is_none()));
        assert!(blocks.iter().all(|block| block.time() == AT));
    }

    #[test]
    fn one_that_came_to_us_begins_with_theirs() {
        let mut file = Vec::new();
        let mut talk = Conversation::open(ends(), Received, 3, AT, None, &mut file);
        talk.reset(Sent, AT, &mut file);
        talk.data(Sent, b"late", AT, &mut file);
        talk.end(Received, AT, &mut file);
        talk.reset(Received, AT, &mut file);
        assert_eq!(told(&file), ["< S 0+0 -", "> SA 0+0 1", "< A 1+0 1", "> RA 1+0 1"]);
    }

    #[test]
    fn a_long_block_is_as_few_segments_as_it_goes_into() {
        let mut file = Vec::new();
        let mut talk = open(0, &mut file);
        talk.data(Sent, &vec![7; LARGEST_SEGMENT * 2 + 1], AT, &mut file);
        assert_eq!(
            told(&file)[3..],
            ["> A 1+65495 1", "> A 65496+65495 1", "> PA 130991+1 1", "< A 1+0 130992"]
        );
    }

    #[test]
    fn two_between_the_same_addresses_are_told_apart() {
        let first = |number| {
            let mut file = Vec::new();
            open(number, &mut file);
            reading::blocks(&file)[0].packet().tcp.unwrap().sequence
        };
        assert_ne!(first(1), first(2));
    }

    proptest! {
        /// Whatever is said, and whatever number it begins with: each side's bytes are there
        /// once and in order, each packet follows the one before, and what is acknowledged was said.
        #[test]
        fn all_that_was_said_is_there(
            number: u32,
            says in proptest::collection::vec((any::<bool>(), 0..70_000usize), 0..6),
            last in 0..4usize,
        ) {
            let mut file = Vec::new();
            let mut talk = open(number, &mut file);
            // the next byte of each side is close to the end of all numbers
            talk.ours.next = 0u32.wrapping_sub(number % 100_000);
            talk.theirs.next = 0u32.wrapping_sub(number % 70_000);
            let begin = [talk.ours.next, talk.theirs.next];
            file.clear();
            let mut said = [Vec::new(), Vec::new()];
            for (index, (by_us, length)) in says.iter().enumerate() {
                let by = if *by_us { Sent } else { Received };
                let block: Vec<u8> = (0..*length).map(|at| (at * 7 + index).to_le_bytes()[0]).collect();
                said[usize::from(!by_us)].extend_from_slice(&block);
                talk.data(by, &block, AT, &mut file);
            }
            match last {
                0 => talk.end(Sent, AT, &mut file),
                1 => talk.end(Received, AT, &mut file),
                2 => talk.reset(Received, AT, &mut file),
                _ => {}
            }
            let mut next = begin;
            let mut heard = [Vec::new(), Vec::new()];
            for block in reading::blocks(&file) {
                let packet = block.packet();
                let tcp = packet.tcp.clone().unwrap();
                let side = usize::from(block.direction() == Received);
                prop_assert_eq!(tcp.sequence, next[side]);
                prop_assert_eq!(tcp.acknowledgment, next[1 - side]);
                heard[side].extend_from_slice(packet.payload);
                let more = u32::try_from(packet.payload.len()).unwrap() + u32::from(tcp.flags & flag::FIN);
                next[side] = next[side].wrapping_add(more);
            }
            prop_assert!(heard == said);
        }
    }
}
