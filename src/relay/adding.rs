//! Adds up the bytes that a direction has on the net.

use std::cell::RefCell;

use sha2::{Digest, Sha256};

use crate::event::{Extent, Sha256Sum, Sum};

/// The SHA-256 of what went one way so far.
#[derive(Debug, Default)]
pub struct Adding {
    added: RefCell<(Sha256, u64)>,
}

impl Adding {
    /// Adds the next bytes.
    pub fn add(&self, bytes: &[u8]) {
        let (digest, count) = &mut *self.added.borrow_mut();
        digest.update(bytes);
        *count += bytes.len() as u64;
    }

    /// The sum so far, which is said to be of that much.
    pub fn sum(&self, extent: Extent) -> Sum {
        let (digest, bytes) = &*self.added.borrow();
        Sum { sha256: Sha256Sum(digest.clone().finalize().into()), bytes: *bytes, extent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_blocks_is_added_up_as_a_whole() {
        let adding = Adding::default();
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let sum = adding.sum(Extent::Cut);
        assert_eq!((sum.sha256.to_string().as_str(), sum.bytes), (nothing, 0));
        for block in [&b"a"[..], b"", b"bc"] {
            adding.add(block);
        }
        let sum = adding.sum(Extent::Whole);
        // of "abc", FIPS 180-2, appendix B.1
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((sum.sha256.to_string().as_str(), sum.bytes), (abc, 3));
        assert_eq!(sum.extent, Extent::Whole);
    }
}
