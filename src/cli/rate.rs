//! Rates: bytes a second, a whole number with `k` (or `K`), `M`, `G` behind it (thousands) or `Ki`, `Mi`, `Gi`
//! (1024).

use std::ffi::OsStr;
use std::num::NonZeroU64;
use std::os::unix::ffi::OsStrExt;

use super::number::{Problem, digits};

/// The longer ones come first: each of them ends in no other.
const UNITS: &[(&[u8], u64)] = &[
    (b"Ki", 1 << 10),
    (b"Mi", 1 << 20),
    (b"Gi", 1 << 30),
    (b"k", 1_000),
    (b"K", 1_000),
    (b"M", 1_000_000),
    (b"G", 1_000_000_000),
];

/// Reads a rate; it is at least one byte a second.
pub fn parse(value: &OsStr) -> Result<NonZeroU64, Problem> {
    let text = value.as_bytes();
    let scaled = UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(*name)?, *unit)));
    let (number, unit) = scaled.unwrap_or((text, 1));
    let bytes = digits(number, 10)?.checked_mul(unit).ok_or(Problem::TooLarge)?;
    NonZeroU64::new(bytes).ok_or(Problem::TooSmall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_whole_number_and_at_most_one_unit() {
        use Problem::{Invalid, TooLarge, TooSmall};
        for (text, read) in [
            ("1", Ok(1)),
            ("2000", Ok(2_000)),
            ("500k", Ok(500_000)),
            ("500K", Ok(500_000)),
            ("2M", Ok(2_000_000)),
            ("1G", Ok(1_000_000_000)),
            ("1Ki", Ok(1024)),
            ("2Mi", Ok(2 << 20)),
            ("1Gi", Ok(1 << 30)),
            ("18446744073709551615", Ok(u64::MAX)),
            ("18446744073709551616", Err(TooLarge)),
            ("18446744073709551615k", Err(TooLarge)),
            ("0", Err(TooSmall)),
            ("0M", Err(TooSmall)),
            ("", Err(Invalid)),
            ("M", Err(Invalid)),
            ("Ki", Err(Invalid)),
            ("1.5M", Err(Invalid)),
            ("2m", Err(Invalid)),
            ("2MB", Err(Invalid)),
            ("2ki", Err(Invalid)),
            ("2 M", Err(Invalid)),
            ("2kk", Err(Invalid)),
            ("-1", Err(Invalid)),
            ("+1", Err(Invalid)),
            ("0x10", Err(Invalid)),
        ] {
            assert_eq!(parse(OsStr::new(text)).map(NonZeroU64::get), read, "{text:?}");
        }
    }
}
