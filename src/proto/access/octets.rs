//! An IPv4 address whose octets are ranges, lists and wildcards.

use std::net::IpAddr;

use super::RuleError;

/// For each octet the values it may have, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Octets([Values; 4]);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Values([u128; 2]);

impl Octets {
    /// Reads four octets, each `*` or a list, with commas, of numbers and of ranges open to
    /// either side (`-9`, `200-`, `-`). Bits that `/bits` does not count may have either value.
    pub(super) fn parse(text: &str, bits: Option<u8>) -> Result<Self, RuleError> {
        let bits = bits.unwrap_or(32);
        if bits > 32 {
            return Err(RuleError::TooManyBits(32));
        }
        let mut octets = [Values::default(); 4];
        let mut texts = text.split('.');
        for (values, counted) in octets.iter_mut().zip([0, 8, 16, 24]) {
            *values = Values::parse(texts.next().ok_or(RuleError::Address)?)?;
            values.count_only(bits.saturating_sub(counted).min(8));
        }
        match texts.next() {
            None => Ok(Self(octets)),
            Some(_) => Err(RuleError::Address),
        }
    }

    /// Whether a canonical address has such octets.
    pub(super) fn contain(&self, address: IpAddr) -> bool {
        let IpAddr::V4(address) = address else {
            return false;
        };
        self.0.iter().zip(address.octets()).all(|(values, octet)| values.contain(octet))
    }
}

impl Values {
    fn parse(text: &str) -> Result<Self, RuleError> {
        let mut values = Self::default();
        if text == "*" {
            return Ok(Self([u128::MAX; 2]));
        }
        for part in text.split(',') {
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (end(first, 0)?, end(last, u8::MAX)?),
                None => (number(part)?, number(part)?),
            };
            if first > last {
                return Err(RuleError::Address);
            }
            (first..=last).for_each(|octet| values.insert(octet));
        }
        Ok(values)
    }

    fn insert(&mut self, octet: u8) {
        let [low, high] = &mut self.0;
        let half = if octet < 128 { low } else { high };
        *half |= 1 << (octet % 128);
    }

    fn contain(&self, octet: u8) -> bool {
        let [low, high] = self.0;
        let half = if octet < 128 { low } else { high };
        half >> (octet % 128) & 1 == 1
    }

    /// Takes in every value that shares its first bits, this many, with one that is in.
    fn count_only(&mut self, bits: u8) {
        let mask = u8::MAX.checked_shl(8 - u32::from(bits)).unwrap_or(0);
        let mut wider = *self;
        for octet in (0..=u8::MAX).filter(|octet| self.contain(*octet)) {
            (octet & mask..=octet | !mask).for_each(|like| wider.insert(like));
        }
        *self = wider;
    }
}

/// One end of a range, which may be left out.
fn end(text: &str, open: u8) -> Result<u8, RuleError> {
    if text.is_empty() { Ok(open) } else { number(text) }
}

/// A decimal octet. No leading zeros: some read `010` as ten and some as eight.
fn number(text: &str) -> Result<u8, RuleError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || text.len() > 1 && text.starts_with('0') {
        return Err(RuleError::Address);
    }
    text.parse().map_err(|_| RuleError::Address)
}
