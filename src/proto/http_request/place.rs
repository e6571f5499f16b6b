//! The address of a request: `[SCHEME://]HOST[:PORT][/PATH][?QUERY]`, as it stands in a browser.

use super::{Problem, form};

/// How the connection is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `http://`: plain.
    Http,
    /// `https://`, `tls://`.
    Tls,
}

impl Scheme {
    /// The port where none is given (RFC 9110, section 4.2).
    pub const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Tls => 443,
        }
    }
}

const SCHEMES: &[(&[u8], Scheme)] =
    &[(b"http", Scheme::Http), (b"https", Scheme::Tls), (b"tls", Scheme::Tls)];

/// An address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its scheme, if it has one.
    pub scheme: Option<Scheme>,
    /// The host, an IPv6 address in its brackets; may be empty.
    pub host: Vec<u8>,
    /// The port as it was given, if it was.
    pub port: Option<Vec<u8>>,
    /// Path and query as they are sent.
    pub target: Vec<u8>,
}

impl Place {
    /// Reads an address. What can stand in no path or query is percent-encoded in them, and
    /// nothing else is changed. A fragment is for whoever reads the answer, and is never sent
    /// (RFC 9110, section 7.1; RFC 9112, section 3.2): it is left out.
    pub fn parse(word: &[u8]) -> Result<Self, Problem> {
        let (scheme, rest) = scheme(word)?;
        let end = rest.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(rest.len());
        let (authority, local) = rest.split_at(end);
        if authority.contains(&b'@') {
            return Err(Problem::Credentials);
        }
        let colon = authority.iter().rposition(|&byte| byte == b':');
        let (host, port) = match colon {
            Some(colon) if !authority.ends_with(b"]") => {
                (&authority[..colon], Some(&authority[colon + 1..]))
            }
            _ => (authority, None),
        };
        let bracketed = host.starts_with(b"[") && host.ends_with(b"]");
        if host.contains(&b':') && !bracketed {
            return Err(Problem::Brackets);
        }
        if host.iter().any(|byte| byte.is_ascii_control() || *byte == b' ') {
            return Err(Problem::Host);
        }
        if local.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(Problem::Target);
        }
        let (local, _fragment) = before(b'#', local);
        let (path, query) = before(b'?', local);
        let mut target = if path.is_empty() { b"/".to_vec() } else { form::path(path) };
        if let Some(query) = query {
            target.push(b'?');
            target.extend(form::query(query));
        }
        Ok(Self {
            scheme,
            host: host.to_vec(),
            port: port.filter(|port| !port.is_empty()).map(<[u8]>::to_vec),
            target,
        })
    }

    /// What `Host` says of it (RFC 9110, section 7.2): the port only where it is not the scheme's; no
    /// zone, which means nothing elsewhere (RFC 6874, section 3).
    pub fn authority(&self, port: Option<u32>, scheme: Scheme) -> Vec<u8> {
        let mut authority = match self.host.iter().position(|&byte| byte == b'%') {
            Some(zone) if self.host.starts_with(b"[") => [&self.host[..zone], b"]"].concat(),
            _ => self.host.clone(),
        };
        if let Some(port) = port.filter(|&port| port != u32::from(scheme.port())) {
            authority.extend(format!(":{port}").into_bytes());
        }
        authority
    }
}

/// What is before the first mark, and behind it if there is one.
fn before(mark: u8, bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    match bytes.iter().position(|&byte| byte == mark) {
        Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
        None => (bytes, None),
    }
}

fn scheme(word: &[u8]) -> Result<(Option<Scheme>, &[u8]), Problem> {
    let end = word.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(word.len());
    let (before, rest) = word.split_at(end);
    let (Some(name), Some(rest)) = (before.strip_suffix(b":"), rest.strip_prefix(b"//")) else {
        return Ok((None, word));
    };
    match SCHEMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, scheme)) => Ok((Some(*scheme), rest)),
        None => Err(Problem::Scheme),
    }
}
