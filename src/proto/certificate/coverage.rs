//! Whether a certificate is good for a name or an address (RFC 9525 section 6), and what is amiss
//! if it is not.
//!
//! To explain a refusal, not to decide it: the TLS layer's verifier does that, by the same rules.
//! As with it, a common name counts for nothing, and `*` stands for one whole first label, with two
//! labels behind it at least.

use std::net::IpAddr;

use super::{AlternativeName, Certificate};

/// What the certificate must be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// A host name, in ASCII; a dot at its end does not count.
    Name(&'a [u8]),
    /// An address; a name does not do for it.
    Ip(IpAddr),
}

/// Why a certificate is not good for what was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// It has a common name that would do, and no alternative name of that kind.
    OnlyCommonName,
    /// The address stands in it, but as the text of a host name.
    AddressAsName,
    /// It has no alternative names at all.
    NoNames,
    /// Its alternative names are others.
    OtherNames,
}

impl Certificate {
    /// Whether one of its alternative names is the wanted one.
    pub fn covers(&self, wanted: Wanted<'_>) -> bool {
        self.names.iter().any(|name| match (name, wanted) {
            (AlternativeName::Dns(pattern), Wanted::Name(name)) => is_match(pattern, name),
            (AlternativeName::Ip(address), Wanted::Ip(wanted)) => *address == wanted,
            _ => false,
        })
    }

    /// What is amiss, unless it [covers](Self::covers) what is wanted.
    pub fn mismatch(&self, wanted: Wanted<'_>) -> Option<Mismatch> {
        if self.covers(wanted) {
            return None;
        }
        let text = |text: &[u8]| match wanted {
            Wanted::Name(name) => is_match(text, name),
            Wanted::Ip(wanted) => is_address(text, wanted),
        };
        let as_name = self.names.iter().any(|name| match (name, wanted) {
            (AlternativeName::Dns(pattern), Wanted::Ip(wanted)) => is_address(pattern, wanted),
            _ => false,
        });
        let same_kind = self.names.iter().any(|name| match wanted {
            Wanted::Name(_) => matches!(name, AlternativeName::Dns(_)),
            Wanted::Ip(_) => matches!(name, AlternativeName::Ip(_)),
        });
        Some(if as_name {
            Mismatch::AddressAsName
        } else if !same_kind && self.subject.common_names().any(text) {
            Mismatch::OnlyCommonName
        } else if self.names.is_empty() {
            Mismatch::NoNames
        } else {
            Mismatch::OtherNames
        })
    }
}

fn is_address(text: &[u8], wanted: IpAddr) -> bool {
    str::from_utf8(text).is_ok_and(|text| text.parse() == Ok(wanted))
}

/// Whether a name, which has no `*`, is the pattern or one of those that it stands for.
fn is_match(pattern: &[u8], name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    if name.is_empty() || name.contains(&b'*') {
        return false;
    }
    let Some(behind) = pattern.strip_prefix(b"*.") else {
        return pattern.eq_ignore_ascii_case(name);
    };
    let dot = name.iter().position(|byte| *byte == b'.').filter(|dot| *dot > 0);
    let parent = dot.and_then(|dot| name.get(dot + 1..));
    behind.contains(&b'.') && parent.is_some_and(|parent| behind.eq_ignore_ascii_case(parent))
}

#[cfg(test)]
mod tests {
    use super::is_match;

    #[test]
    fn names_and_patterns() {
        let cases = [
            ("host.example", "host.example", true),
            ("Host.Example", "hOST.eXAMPLE", true),
            ("host.example", "host.example.", true),
            ("host.example.", "host.example", false),
            ("host.example", "a.host.example", false),
            ("*.host.example", "a.host.example", true),
            ("*.host.example", "A.HOST.example.", true),
            ("*.host.example", "a.b.host.example", false),
            ("*.host.example", "host.example", false),
            ("*.host.example", ".host.example", false),
            ("*.example", "host.example", false),
            ("*", "host", false),
            ("a*.host.example", "ab.host.example", false),
            ("*.host.example", "*.host.example", false),
            ("a.*.example", "a.b.example", false),
            ("", "", false),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", true),
        ];
        for (pattern, name, good) in cases {
            assert_eq!(is_match(pattern.as_bytes(), name.as_bytes()), good, "{pattern} {name}");
        }
    }
}
