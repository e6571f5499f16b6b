//! Types of service: words, numbers and hexadecimal numbers.

use std::ffi::OsStr;

use super::number::{Problem, digits};

/// A word and the value of the TOS byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TosWord {
    /// As written.
    pub word: &'static str,
    /// All eight bits.
    pub value: u8,
    /// Whether upper and lower case are the same.
    pub any_case: bool,
}

const fn word(word: &'static str, value: u8) -> TosWord {
    TosWord { word, value, any_case: false }
}

const fn any_case(word: &'static str, value: u8) -> TosWord {
    TosWord { word, value, any_case: true }
}

/// netcat-openbsd's words, lower case only. Values: RFC 2474, 2597, 3246, and RFC 1349 for the
/// last four; measured at the original's setsockopt.
pub const OPENBSD_TOS: &[TosWord] = &[
    word("af11", 0x28),
    word("af12", 0x30),
    word("af13", 0x38),
    word("af21", 0x48),
    word("af22", 0x50),
    word("af23", 0x58),
    word("af31", 0x68),
    word("af32", 0x70),
    word("af33", 0x78),
    word("af41", 0x88),
    word("af42", 0x90),
    word("af43", 0x98),
    word("critical", 0xa0),
    word("cs0", 0x00),
    word("cs1", 0x20),
    word("cs2", 0x40),
    word("cs3", 0x60),
    word("cs4", 0x80),
    word("cs5", 0xa0),
    word("cs6", 0xc0),
    word("cs7", 0xe0),
    word("ef", 0xb8),
    word("inetcontrol", 0xc0),
    word("netcontrol", 0xe0),
    word("lowcost", 0x02),
    word("lowdelay", 0x10),
    word("reliability", 0x04),
    word("throughput", 0x08),
];

/// What OpenBSD's own nc knows beside [`OPENBSD_TOS`]: RFC 5865.
pub const UPSTREAM_TOS: &[TosWord] = &[word("va", 0xb0)];

/// netcat-traditional's words (RFC 1349), in any case.
pub const TRADITIONAL_TOS: &[TosWord] = &[
    any_case("Minimize-Delay", 0x10),
    any_case("Maximize-Throughput", 0x08),
    any_case("Maximize-Reliability", 0x04),
    any_case("Minimize-Cost", 0x02),
];

/// Reads a type of service: a word of one of the tables, 0 to 255, or `0x` and digits.
pub fn parse(value: &OsStr, tables: &[&[TosWord]]) -> Option<u8> {
    let text = value.to_str()?;
    let named = tables.iter().copied().flatten().find(|row| {
        if row.any_case { row.word.eq_ignore_ascii_case(text) } else { row.word == text }
    });
    if let Some(row) = named {
        return Some(row.value);
    }
    let number = match text.strip_prefix("0x") {
        Some(hex) => digits(hex.as_bytes(), 16),
        None => digits(text.as_bytes(), 10),
    };
    match number {
        Ok(number) => u8::try_from(number).ok(),
        Err(Problem::Invalid | Problem::TooSmall | Problem::TooLarge) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> Option<u8> {
        parse(OsStr::new(text), &[OPENBSD_TOS, TRADITIONAL_TOS])
    }

    #[test]
    fn words_and_numbers_are_read_and_nothing_else() {
        for (text, value) in [
            ("ef", Some(184)),
            ("lowcost", Some(2)),
            ("0x10", Some(16)),
            ("0xFF", Some(255)),
            ("010", Some(10)),
            ("255", Some(255)),
            ("256", None),
            ("0x100", None),
            ("0X10", None),
            ("0x", None),
            ("-1", None),
            ("+1", None),
            (" 1", None),
            ("", None),
            ("AF11", None),
            ("va", None),
            ("12a", None),
            ("minimize-delay", Some(16)),
        ] {
            assert_eq!(both(text), value, "{text:?}");
        }
        assert_eq!(parse(OsStr::new("Minimize-Cost"), &[OPENBSD_TOS]), None);
    }
}
