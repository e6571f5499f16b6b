//! An address and how many of its first bits count.

use std::net::IpAddr;

use super::RuleError;

/// The addresses that begin as one does. IPv4 is its mapped part of IPv6, so `::/0` holds both
/// families, as with Ncat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    address: u128,
    bits: u32,
}

impl Prefix {
    /// `bits` counts in the family that `address` is written in; without it the whole address
    /// counts.
    pub(super) fn new(address: IpAddr, bits: Option<u8>) -> Result<Self, RuleError> {
        let (width, before) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err(RuleError::TooManyBits(width));
        }
        Ok(Self { address: mapped(address), bits: before + u32::from(bits) })
    }

    /// Whether an address begins with the prefix.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let unlike = (self.address ^ mapped(address)).checked_shr(u128::BITS - self.bits);
        unlike.unwrap_or(0) == 0
    }
}

fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The number behind `/`.
pub(super) fn bits(text: &str) -> Result<u8, RuleError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || text.is_empty() || text.len() > 1 && text.starts_with('0') {
        return Err(RuleError::Bits);
    }
    text.parse().map_err(|_| RuleError::TooManyBits(128))
}
