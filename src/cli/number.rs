//! Whole numbers, read strictly: digits only, no blanks, no plus sign, nothing wraps.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Why a number was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It is no number.
    Invalid,
    /// It is less than the least.
    TooSmall,
    /// It is more than the most.
    TooLarge,
}

/// Digits of a base, as many as there are; more than a `u64` holds is [`Problem::TooLarge`].
pub fn digits(text: &[u8], base: u32) -> Result<u64, Problem> {
    if text.is_empty() || !text.iter().all(|&byte| char::from(byte).is_digit(base)) {
        return Err(Problem::Invalid);
    }
    text.iter()
        .try_fold(0_u64, |sum, &byte| {
            let digit = char::from(byte).to_digit(base)?;
            sum.checked_mul(u64::from(base))?.checked_add(u64::from(digit))
        })
        .ok_or(Problem::TooLarge)
}

/// A decimal number between `least` and `most`. A minus sign is read, so that a negative number
/// can be called too small; where `least` is negative it is taken.
pub fn decimal(value: &OsStr, least: i64, most: i64) -> Result<i64, Problem> {
    let bytes = value.as_bytes();
    let number = match bytes.strip_prefix(b"-") {
        Some(rest) => match digits(rest, 10) {
            Ok(number) => {
                i64::try_from(number).map_or(Err(Problem::TooSmall), |number| Ok(-number))
            }
            Err(Problem::TooLarge) => Err(Problem::TooSmall),
            Err(problem) => Err(problem),
        },
        None => digits(bytes, 10)
            .and_then(|number| i64::try_from(number).map_err(|_| Problem::TooLarge)),
    }?;
    match number {
        number if number < least => Err(Problem::TooSmall),
        number if number > most => Err(Problem::TooLarge),
        number => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_within_bounds_are_numbers() {
        use Problem::{Invalid, TooLarge, TooSmall};
        for (text, read) in [
            ("0", Ok(0)),
            ("0042", Ok(42)),
            ("100", Ok(100)),
            ("101", Err(TooLarge)),
            ("99999999999999999999999", Err(TooLarge)),
            ("9223372036854775808", Err(TooLarge)),
            ("-1", Ok(-1)),
            ("-2", Err(TooSmall)),
            ("-99999999999999999999999", Err(TooSmall)),
            ("-9223372036854775809", Err(TooSmall)),
            ("", Err(Invalid)),
            ("-", Err(Invalid)),
            ("--1", Err(Invalid)),
            ("+1", Err(Invalid)),
            (" 1", Err(Invalid)),
            ("1 ", Err(Invalid)),
            ("1.5", Err(Invalid)),
            ("0x10", Err(Invalid)),
            ("22x", Err(Invalid)),
            ("٣", Err(Invalid)),
        ] {
            assert_eq!(decimal(OsStr::new(text), -1, 100), read, "{text:?}");
        }
    }
}
