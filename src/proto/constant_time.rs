//! Comparing secrets without telling, by the time it takes, how much of a guess was right.

use std::hint::black_box;

/// Whether both are the same. The time depends on the lengths alone.
pub(super) fn eq(known: &[u8], given: &[u8]) -> bool {
    let differing = known
        .iter()
        .zip(given)
        .fold(0, |differing, (known, given)| black_box(differing | (known ^ given)));
    known.len() == given.len() && black_box(differing) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::eq;

    #[test]
    fn every_byte_counts() {
        assert!(eq(b"", b"") && eq(b"secret", b"secret"));
        for other in [&b""[..], b"Secret", b"secreT", b"secre", b"secrets", b"seCret"] {
            assert!(!eq(b"secret", other) && !eq(other, b"secret"));
        }
    }

    proptest! {
        #[test]
        fn it_is_equality(known in "[ab]{0,4}", given in "[ab]{0,4}") {
            prop_assert_eq!(eq(known.as_bytes(), given.as_bytes()), known == given);
        }
    }
}
