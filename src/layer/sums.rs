//! Adds up what passes, each direction by itself.

use std::cell::RefCell;

use sha2::{Digest, Sha256};

use crate::event::{Extent, Sha256Sum, Sum};
use crate::proto::direction::Direction;

/// The sums of one conversation: of what is sent as it goes to the net, of what is received as it
/// comes from there.
#[derive(Debug, Default)]
pub struct Sums {
    sent: RefCell<Adding>,
    received: RefCell<Adding>,
}

#[derive(Debug, Default)]
struct Adding {
    digest: Sha256,
    bytes: u64,
}

impl Sums {
    /// Adds a block of one direction.
    pub fn add(&self, direction: Direction, block: &[u8]) {
        let mut adding = self.of(direction).borrow_mut();
        adding.digest.update(block);
        adding.bytes += block.len() as u64;
    }

    /// The sum of one direction so far, which is said to be of that much.
    pub fn sum(&self, direction: Direction, extent: Extent) -> Sum {
        let adding = self.of(direction).borrow();
        let sha256 = Sha256Sum(adding.digest.clone().finalize().into());
        Sum { sha256, bytes: adding.bytes, extent }
    }

    fn of(&self, direction: Direction) -> &RefCell<Adding> {
        match direction {
            Direction::Sent => &self.sent,
            Direction::Received => &self.received,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_direction_is_added_up_by_itself() {
        let sums = Sums::default();
        for block in [&b"a"[..], b"", b"bc"] {
            sums.add(Direction::Sent, block);
        }
        let sent = sums.sum(Direction::Sent, Extent::Whole);
        // of "abc", FIPS 180-2, appendix B.1
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((sent.sha256.to_string().as_str(), sent.bytes), (abc, 3));
        let received = sums.sum(Direction::Received, Extent::Cut);
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!((received.sha256.to_string().as_str(), received.bytes), (nothing, 0));
        assert_eq!(received.extent, Extent::Cut);
    }
}
