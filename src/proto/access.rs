//! Who may connect: the rules of Ncat's `--allow`, `--deny`, `--allowfile` and `--denyfile`.
//!
//! A rule is an address, an address and `/bits`, an IPv4 address whose octets are ranges
//! (`10.0.0-255.1,3,7-`, `192.168.*.*`), or a name with or without `/bits`. Responsible for
//! reading rules and for the verdict; not for looking names up, nor for reading files.
//!
//! The verdict does not depend on how an address is spelled: an IPv4-mapped IPv6 address is the
//! IPv4 address, in rules and in what is asked. Zones never matter. As with Ncat, an IPv6 rule
//! whose bits take in the mapped addresses, such as `::/0`, takes in IPv4.
//!
//! As with Ncat an item of a list ends at a comma, so a comma inside an octet is for files alone,
//! and `#` starts no comment. Unlike Ncat, which takes `127.0.0` and the 3 of `10.0.0.1,3` as the
//! addresses 127.0.0.0 and 0.0.0.3, passes over empty items and stops at a NUL: nothing is guessed
//! and nothing is passed over. What does not parse is an error, for the start to fail on.

mod file;
mod octets;
mod prefix;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use self::octets::Octets;
use self::prefix::Prefix;
use super::target::HostName;

pub use self::file::file;

/// One item of a list of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Octets(Box<Octets>),
    Prefix(Prefix),
    Name {
        name: HostName,
        bits: Option<u8>,
        /// `None` until the caller has looked the name up.
        found: Option<Vec<Prefix>>,
    },
}

/// Why an item is not a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Nothing at all, as between two commas.
    #[error("empty rule")]
    Empty,
    /// What stands behind the `/` is not a decimal number without sign and leading zeros.
    #[error("the bits behind / are not a number")]
    Bits,
    /// More bits than the addresses have; this many.
    #[error("more bits than an address of {0}")]
    TooManyBits(u8),
    /// Digits, dots, colons, ranges, but neither an address nor a range of addresses.
    #[error("neither an address nor a range of addresses")]
    Address,
    /// Neither an address nor fit to be a host name.
    #[error("neither an address nor a host name")]
    Name,
    /// A name whose addresses are asked for before it was looked up, or that has none.
    #[error("a name without an address")]
    NotFound,
}

impl Rule {
    /// Reads one item: no blank, no list.
    pub fn parse(item: &[u8]) -> Result<Self, RuleError> {
        if item.is_empty() {
            return Err(RuleError::Empty);
        }
        let text = std::str::from_utf8(item).map_err(|_| RuleError::Name)?;
        let (host, bits) = match text.split_once('/') {
            Some((host, bits)) => (host, Some(prefix::bits(bits)?)),
            None => (text, None),
        };
        if let Some(address) = address(host)? {
            return Prefix::new(address, bits).map(|prefix| Self(Kind::Prefix(prefix)));
        }
        // Ranges are told by their letters: a name made of these alone cannot be meant.
        if host.bytes().all(|byte| byte.is_ascii_digit() || b".,-*".contains(&byte)) {
            let octets = Octets::parse(host, bits)?;
            return Ok(Self(Kind::Octets(Box::new(octets))));
        }
        // `0x7f.1`: the C library takes it as an address, and no host is called so.
        let last = host.rsplit('.').find(|label| !label.is_empty()).unwrap_or_default();
        let hex = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
            || hex.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if is_number {
            return Err(RuleError::Address);
        }
        let name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let name = HostName::new(host.as_bytes()).map_err(|_| RuleError::Name)?;
        if !host.bytes().all(|byte| name_byte(byte) || !byte.is_ascii()) {
            return Err(RuleError::Name);
        }
        Ok(Self(Kind::Name { name, bits, found: None }))
    }

    /// The name to look up before the rule can be asked, if it is one that is not looked up yet.
    pub fn name(&self) -> Option<&HostName> {
        match &self.0 {
            Kind::Name { name, found: None, .. } => Some(name),
            _ => None,
        }
    }

    /// The rule with the addresses that its name has; `/bits` holds for each of them, and is an
    /// error if one has fewer. A name with no address is an error. Other rules stay as they are.
    pub fn resolved(self, addresses: &[IpAddr]) -> Result<Self, RuleError> {
        let Kind::Name { name, bits, .. } = self.0 else {
            return Ok(self);
        };
        if addresses.is_empty() {
            return Err(RuleError::NotFound);
        }
        let found = addresses.iter().map(|address| Prefix::new(*address, bits));
        let found = Some(found.collect::<Result<_, _>>()?);
        Ok(Self(Kind::Name { name, bits, found }))
    }

    /// Whether the address is one that the rule names. A name that is not looked up names none.
    pub fn matches(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match &self.0 {
            Kind::Octets(octets) => octets.contain(address),
            Kind::Prefix(prefix) => prefix.contains(address),
            Kind::Name { found, .. } => {
                found.iter().flatten().any(|prefix| prefix.contains(address))
            }
        }
    }
}

/// The address, if it is one. Brackets around IPv6 and a zone behind it are taken and dropped.
fn address(host: &str) -> Result<Option<IpAddr>, RuleError> {
    let inside = host.strip_prefix('[').map(|rest| rest.strip_suffix(']'));
    let text = match inside {
        Some(Some(inside)) if inside.contains(':') => inside,
        Some(_) => return Err(RuleError::Address),
        None => host,
    };
    if !text.contains(':') {
        return Ok(text.parse().ok());
    }
    let text = match text.split_once('%') {
        Some((_, "")) => return Err(RuleError::Address),
        Some((text, _)) => text,
        None => text,
    };
    text.parse().map(Some).map_err(|_| RuleError::Address)
}

/// Reads a list as it stands on a command line: items with commas between them. The error says
/// which item it is, counted from 0.
pub fn list(text: &[u8]) -> Result<Vec<Rule>, (usize, RuleError)> {
    let items = text.split(|byte| *byte == b',').enumerate();
    items.map(|(index, item)| Rule::parse(item).map_err(|error| (index, error))).collect()
}

/// All rules of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Nobody but these may come in. `None`: everybody may. An empty list, as from an empty file,
    /// lets nobody in.
    pub allow: Option<Vec<Rule>>,
    /// These may not come in, even if `allow` names them.
    pub deny: Vec<Rule>,
}

impl Rules {
    /// Whether the address may come in. While a rule to deny by is a name without an address,
    /// nobody may.
    pub fn admits(&self, address: IpAddr) -> bool {
        let named = |rules: &[Rule]| rules.iter().any(|rule| rule.matches(address));
        self.deny.iter().all(|rule| rule.name().is_none())
            && !named(&self.deny)
            && self.allow.as_deref().is_none_or(named)
    }
}
