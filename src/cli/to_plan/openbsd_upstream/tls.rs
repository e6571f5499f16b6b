//! TLS of OpenBSD's own nc: `-c` and its kin, and the words of `-T`.
//!
//! Different on purpose: `-T noverify` does not look at the name either, for whoever may be at the
//! other end can have any; versions before TLS 1.2 are passed over in `-T protocols=`; a listener
//! without `-C` makes a certificate, where the original cannot shake hands.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::cli::dialect::openbsd_upstream::tls_word;
use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{ClientTrust, Host, Identity, Tls, TlsClient, TlsServer, TlsVersion, Trust};
use crate::proto::certificate::Pins;

/// Sets of cipher suites, which are all that there are here: what is weaker is left out anyway.
const ALL_CIPHERS: &[&str] = &["secure", "default", "compat", "legacy", "insecure", "all"];

/// Versions, and whether they are spoken here: 1.2, 1.3. What is older is not spoken.
const PROTOCOLS: &[(&str, [bool; 2])] = &[
    ("all", [true, true]),
    ("legacy", [true, true]),
    ("secure", [true, true]),
    ("default", [true, true]),
    ("tlsv1", [true, true]),
    ("tlsv1.0", [false, false]),
    ("tlsv1.1", [false, false]),
    ("tlsv1.2", [true, false]),
    ("tlsv1.3", [false, true]),
];

/// The longest name of a protocol (RFC 7301, section 3.1), in bytes.
const PROTOCOL_MAX: usize = 255;

/// Whether `-T` has this word about TLS.
pub fn has_word(settings: &Settings, word: &str) -> bool {
    value(settings, word).is_some()
}

/// What stands behind this word of `-T`; the last one counts.
fn value<'a>(settings: &'a Settings, word: &str) -> Option<&'a str> {
    let words = settings.words(Id::TosOrTls).filter_map(|value| tls_word(value)?.ok());
    words.filter(|(of, _)| *of == word).last().map(|(_, value)| value)
}

/// A client's TLS, where it is asked for.
pub fn client(settings: &Settings) -> Result<Option<Box<TlsClient>>, UsageError> {
    if !settings.has(Id::Tls) {
        return Ok(None);
    }
    let trust = match settings.word(Id::TlsTrust) {
        _ if has_word(settings, "noverify") => Trust::Anybody,
        Some(path) => Trust::File(PathBuf::from(path)),
        None => Trust::System,
    };
    Ok(Some(Box::new(TlsClient {
        common: common(settings)?,
        any_name: has_word(settings, "noname") || trust == Trust::Anybody,
        trust,
        name: name(settings),
        pins: pins(settings)?,
        needs_staple: has_word(settings, "muststaple"),
        keep_chain: settings.word(Id::TlsKeepChain).map(PathBuf::from),
        ..TlsClient::default()
    })))
}

/// A server's TLS, where it is asked for. Every client is asked for a certificate, and need not
/// have one but with `-T clientcert`.
pub fn server(settings: &Settings) -> Result<Option<Box<TlsServer>>, UsageError> {
    if !settings.has(Id::Tls) {
        return Ok(None);
    }
    let clients = ClientTrust {
        authorities: settings.word(Id::TlsTrust).map(PathBuf::from),
        optional: !has_word(settings, "clientcert"),
        name: name(settings),
        pins: pins(settings)?,
    };
    Ok(Some(Box::new(TlsServer {
        common: common(settings)?,
        clients: Some(clients),
        patience: settings.wait,
        failure_ends: true,
    })))
}

fn name(settings: &Settings) -> Option<Host> {
    settings.word(Id::TlsName).cloned().map(Host)
}

fn common(settings: &Settings) -> Result<Tls, UsageError> {
    let path = |id| settings.word(id).map(PathBuf::from);
    let identity = match (path(Id::TlsCert), path(Id::TlsKey)) {
        (Some(certificate), key) => {
            Some(Identity { certificate, key, staple: path(Id::TlsStaple) })
        }
        (None, Some(_)) => return Err(UsageError::Refused("you must specify -C to use -K")),
        (None, None) => None,
    };
    let (min, max) = protocols(value(settings, "protocols"))?;
    Ok(Tls {
        min,
        max,
        ciphers: ciphers(value(settings, "ciphers")),
        alpn: alpn(value(settings, "alpn"))?,
        identity,
        keylog: None,
    })
}

fn ciphers(list: Option<&str>) -> Vec<String> {
    let Some(list) = list else { return Vec::new() };
    if ALL_CIPHERS.iter().any(|all| list.eq_ignore_ascii_case(all)) {
        return Vec::new();
    }
    let names = list.split([':', ',', ' ']).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn alpn(list: Option<&str>) -> Result<Vec<Vec<u8>>, UsageError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let names: Vec<_> = list.split(',').map(|name| name.as_bytes().to_vec()).collect();
    if names.iter().any(|name| name.is_empty() || name.len() > PROTOCOL_MAX) {
        return Err(invalid("invalid alpn protocol list `", list));
    }
    Ok(names)
}

/// The oldest and the newest version of a list; a `!` takes one away.
fn protocols(list: Option<&str>) -> Result<(Option<TlsVersion>, Option<TlsVersion>), UsageError> {
    let Some(list) = list else { return Ok((None, None)) };
    let mut spoken: Option<[bool; 2]> = None;
    for word in list.split([':', ',']).map(str::trim) {
        let (takes_away, word) = match word.strip_prefix('!') {
            Some(word) => (true, word),
            None => (false, word),
        };
        let row = PROTOCOLS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        let (_, these) = row.ok_or_else(|| invalid("invalid TLS protocols `", list))?;
        // what begins with taking away begins with all
        let before = spoken.unwrap_or([takes_away; 2]);
        let after = |index: usize| {
            if takes_away { before[index] && !these[index] } else { before[index] || these[index] }
        };
        spoken = Some([after(0), after(1)]);
    }
    match spoken {
        Some([true, true]) => Ok((None, None)),
        Some([true, false]) => Ok((None, Some(TlsVersion::Tls12))),
        Some([false, true]) => Ok((Some(TlsVersion::Tls13), None)),
        _ => Err(invalid("no version of TLS that is spoken here in `", list)),
    }
}

fn pins(settings: &Settings) -> Result<Option<Pins>, UsageError> {
    let Some(hash) = settings.word(Id::TlsPin) else { return Ok(None) };
    let wrong = || UsageError::RefusedValue {
        before: "-H takes SHA256: and 64 hexadecimal digits, not `",
        value: hash.clone(),
        after: "'",
    };
    let one = hash.as_bytes().strip_prefix(b"SHA256:").filter(|digits| digits.len() == 64);
    Pins::parse(one.ok_or_else(wrong)?).map(Some).map_err(|_| wrong())
}

fn invalid(before: &'static str, value: &str) -> UsageError {
    UsageError::RefusedValue { before, value: OsString::from(value), after: "'" }
}
