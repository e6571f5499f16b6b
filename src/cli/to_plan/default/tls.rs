//! TLS of the default face: `--tls` and its kin, and the schemes `tls://`, `dtls://` and
//! `starttls+KIND://`.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::option::{Id, Spelling};
use crate::cli::settings::Settings;
use crate::cli::to_plan::dial::limit;
use crate::cli::usage_error::UsageError;
use crate::plan::{
    ClientTrust, HANDSHAKE_WITH_SERVER, Host, Identity, Tls, TlsClient, TlsServer, TlsVersion,
    Trust,
};
use crate::proto::certificate::Pins;
use crate::proto::starttls::Kind;

/// The terms on which TLS is spoken, which mean nothing without it. A client has them all.
pub const TERMS: &[Id] = &[
    Id::TlsTrust,
    Id::TlsPin,
    Id::TlsInsecure,
    Id::TlsVerify,
    Id::TlsName,
    Id::TlsServerName,
    Id::TlsAlpn,
    Id::TlsCert,
    Id::TlsKey,
    Id::TlsMin,
    Id::TlsMax,
    Id::TlsCiphers,
    Id::TlsKeylog,
];

/// What only a client has.
const OF_CLIENTS: &[Id] = &[Id::TlsTrust, Id::TlsInsecure, Id::TlsServerName, Id::StartTls];

const VERSIONS: &[(&str, TlsVersion)] = &[("1.2", TlsVersion::Tls12), ("1.3", TlsVersion::Tls13)];

/// An operand with a scheme: what it asks for, and the operands that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schemed {
    /// What is spoken before TLS.
    pub upgrade: Option<Kind>,
    /// It is over UDP.
    pub datagrams: bool,
    /// Host and port, as two operands; a listener's host may be missing.
    pub operands: Vec<OsString>,
}

/// With `dtls://HOST:PORT` the settings of `-u`.
pub fn with_scheme<'a>(settings: &'a Settings, operands: &[OsString]) -> Cow<'a, Settings> {
    let names_datagrams =
        operands.first().is_some_and(|one| strip(one.as_bytes(), DATAGRAMS).is_some());
    if names_datagrams && !settings.has(Id::Udp) {
        let mut settings = settings.clone();
        settings.imply(Id::Udp, Spelling::Short('u'));
        return Cow::Owned(settings);
    }
    Cow::Borrowed(settings)
}

/// Reads `tls://HOST:PORT`, `tls://:PORT`, the same with `dtls://`, and
/// `starttls+KIND://HOST[:PORT]`; `None` where it has no such scheme.
pub fn schemed(operand: &OsStr) -> Result<Option<Schemed>, UsageError> {
    let bytes = operand.as_bytes();
    let bad = |after| UsageError::RefusedValue { before: "", value: operand.to_owned(), after };
    let datagrams = strip(bytes, DATAGRAMS);
    let (upgrade, place) = if let Some(place) = strip(bytes, b"tls://").or(datagrams) {
        (None, place)
    } else if let Some(rest) = strip(bytes, b"starttls+") {
        let Some(end) = rest.windows(3).position(|three| three == b"://") else {
            return Err(bad(": starttls+PROTOCOL:// wants //"));
        };
        let kind = Kind::parse(&rest[..end]);
        (Some(kind.ok_or_else(|| bad(": no such protocol before ://"))?), &rest[end + 3..])
    } else {
        return Ok(None);
    };
    let place = place.strip_suffix(b"/").unwrap_or(place);
    if place.contains(&b'/') {
        return Err(bad(": a path does not belong to a connection (nc sends what you type)"));
    }
    let (host, port) = match place.iter().rposition(|&byte| byte == b':') {
        // an IPv6 address without a port
        Some(_) if place.ends_with(b"]") => (place, None),
        Some(colon) => (&place[..colon], Some(&place[colon + 1..])),
        None => (place, None),
    };
    if host.contains(&b':') && !(host.starts_with(b"[") && host.ends_with(b"]")) {
        return Err(bad(": an IPv6 address stands in brackets"));
    }
    let port: OsString = match (port, upgrade) {
        (Some(port), _) if !port.is_empty() => OsStr::from_bytes(port).to_owned(),
        (_, Some(kind)) => kind.port().to_string().into(),
        (_, None) => return Err(bad(": it wants a port (tls://HOST:PORT)")),
    };
    let host = OsStr::from_bytes(host).to_owned();
    let operands = if host.is_empty() { vec![port] } else { vec![host, port] };
    Ok(Some(Schemed { upgrade, datagrams: datagrams.is_some(), operands }))
}

/// The scheme of DTLS.
const DATAGRAMS: &[u8] = b"dtls://";

fn strip<'a>(bytes: &'a [u8], scheme: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = bytes.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// A client's TLS, where it is asked for by an option or by the scheme of an operand.
pub fn client(
    settings: &Settings,
    scheme: Option<&Schemed>,
) -> Result<Option<Box<TlsClient>>, UsageError> {
    if !settings.has(Id::Tls) && !settings.has(Id::StartTls) && scheme.is_none() {
        return refuse_alone(settings).map(|()| None);
    }
    if let Some(option) = settings.spelling(Id::TlsClients) {
        return Err(UsageError::Needs { option, needed: "-l, for it is about clients" });
    }
    peer(settings, scheme, common(settings)?, patience(settings)).map(Some)
}

/// A client's TLS where there is nothing without it: a look at certificates, which has a deadline of
/// its own.
pub fn of_check(
    settings: &Settings,
    scheme: Option<&Schemed>,
) -> Result<Box<TlsClient>, UsageError> {
    peer(settings, scheme, common(settings)?, None)
}

/// The TLS of a tunnel to its target, which the scheme asks for. Our certificate is the listener's.
pub fn of_tunnel(settings: &Settings, scheme: &Schemed) -> Result<Box<TlsClient>, UsageError> {
    let common = Tls { identity: None, ..common(settings)? };
    peer(settings, Some(scheme), common, patience(settings))
}

/// How long a handshake with a server may take, where `-w` says nothing of it.
fn patience(settings: &Settings) -> Option<Duration> {
    settings.wait.is_none().then_some(HANDSHAKE_WITH_SERVER)
}

fn peer(
    settings: &Settings,
    scheme: Option<&Schemed>,
    common: Tls,
    patience: Option<Duration>,
) -> Result<Box<TlsClient>, UsageError> {
    let given = match settings.word(Id::StartTls) {
        None => None,
        Some(word) => Some(Kind::parse(word.as_bytes()).ok_or_else(|| UsageError::BadWord {
            option: settings.spelling(Id::StartTls).unwrap_or(Spelling::Long("starttls")),
            value: word.clone(),
            words: Kind::ALL.iter().map(|kind| kind.name()).collect(),
        })?),
    };
    let trust = match settings.word(Id::TlsTrust) {
        _ if settings.has(Id::TlsInsecure) => Trust::Anybody,
        Some(path) => Trust::File(PathBuf::from(path)),
        // a pin says more than all the authorities together
        None if settings.has(Id::TlsPin) => Trust::Anybody,
        None => Trust::System,
    };
    let server_name = settings.word(Id::TlsServerName).cloned().map(Host);
    Ok(Box::new(TlsClient {
        common,
        trust,
        name: settings.word(Id::TlsName).cloned().map(Host).or_else(|| server_name.clone()),
        server_name,
        pins: pins(settings)?,
        upgrade: given.or(scheme.and_then(|scheme| scheme.upgrade)),
        patience,
        ..TlsClient::default()
    }))
}

/// A server's TLS; with a tunnel that leads to TLS, what only a client has is for that.
pub fn server(
    settings: &Settings,
    scheme: Option<&Schemed>,
    tunnel_is_secured: bool,
) -> Result<Option<Box<TlsServer>>, UsageError> {
    if scheme.is_some_and(|scheme| scheme.upgrade.is_some()) {
        return Err(UsageError::Refused("a listener does not ask for STARTTLS: tls://"));
    }
    let of_client = OF_CLIENTS.iter().find_map(|id| settings.spelling(*id));
    if let Some(first) = of_client.filter(|_| !tunnel_is_secured) {
        return Err(UsageError::Exclusive {
            first,
            second: Spelling::Short('l'),
            why: "it is a client's",
        });
    }
    if !settings.has(Id::Tls) && scheme.is_none() {
        return if tunnel_is_secured { Ok(None) } else { refuse_alone(settings).map(|()| None) };
    }
    let clients = settings.word(Id::TlsClients).map(|file| ClientTrust {
        authorities: Some(PathBuf::from(file)),
        optional: false,
        name: settings.word(Id::TlsName).cloned().map(Host),
        pins: None,
    });
    let clients = match (clients, pins(settings)?) {
        (Some(clients), pins) => Some(ClientTrust { pins, ..clients }),
        (None, Some(_)) if tunnel_is_secured => None,
        (None, Some(_)) => {
            return Err(UsageError::Needs {
                option: Spelling::Long("pin"),
                needed: "--require-client-cert, at a listener",
            });
        }
        (None, None) => None,
    };
    let (common, patience) = (common(settings)?, limit(settings.wait));
    Ok(Some(Box::new(TlsServer { common, clients, patience, ..TlsServer::default() })))
}

/// Without TLS, an option of its makes no sense.
fn refuse_alone(settings: &Settings) -> Result<(), UsageError> {
    let mut kin = TERMS.iter().chain(&[Id::TlsClients]);
    match kin.find_map(|id| settings.spelling(*id)) {
        Some(option) => Err(UsageError::Needs { option, needed: "--tls or tls://" }),
        None => Ok(()),
    }
}

fn common(settings: &Settings) -> Result<Tls, UsageError> {
    let (min, max) = (version(settings, Id::TlsMin)?, version(settings, Id::TlsMax)?);
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return Err(UsageError::Refused("--tls-min is newer than --tls-max"));
    }
    let certificate = settings.word(Id::TlsCert).map(PathBuf::from);
    let key = settings.word(Id::TlsKey).map(PathBuf::from);
    let identity = match (certificate, key) {
        (Some(certificate), key) => Some(Identity { certificate, key, staple: None }),
        (None, Some(_)) => {
            let option = settings.spelling(Id::TlsKey).unwrap_or(Spelling::Long("key"));
            return Err(UsageError::Needs { option, needed: "--cert" });
        }
        (None, None) => None,
    };
    Ok(Tls {
        min,
        max,
        ciphers: list(settings.word(Id::TlsCiphers), b":,", "ciphers")?
            .into_iter()
            .map(|name| String::from_utf8_lossy(&name).into_owned())
            .collect(),
        alpn: list(settings.word(Id::TlsAlpn), b",", "alpn")?,
        identity,
        keylog: settings
            .word(Id::TlsKeylog)
            .or(settings.environment_keylog.as_ref())
            .map(PathBuf::from),
    })
}

fn version(settings: &Settings, id: Id) -> Result<Option<TlsVersion>, UsageError> {
    let Some(word) = settings.word(id) else { return Ok(None) };
    match VERSIONS.iter().find(|(known, _)| word == known) {
        Some((_, version)) => Ok(Some(*version)),
        None => Err(UsageError::BadWord {
            option: settings.spelling(id).unwrap_or(Spelling::Long("tls-min")),
            value: word.clone(),
            words: VERSIONS.iter().map(|(word, _)| *word).collect(),
        }),
    }
}

/// What stands between separators; an empty place is a mistake, and so is a protocol of more than
/// 255 bytes (RFC 7301, section 3.1).
fn list(
    value: Option<&OsString>,
    separators: &[u8],
    option: &'static str,
) -> Result<Vec<Vec<u8>>, UsageError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let items: Vec<Vec<u8>> =
        value.as_bytes().split(|byte| separators.contains(byte)).map(<[u8]>::to_vec).collect();
    if items.iter().any(|item| item.is_empty() || item.len() > 255) {
        return Err(UsageError::RefusedValue {
            before: if option == "alpn" { "option --alpn: \"" } else { "option --ciphers: \"" },
            value: value.clone(),
            after: "\" has an item that is empty or longer than 255 bytes",
        });
    }
    Ok(items)
}

fn pins(settings: &Settings) -> Result<Option<Pins>, UsageError> {
    let Some(value) = settings.word(Id::TlsPin) else { return Ok(None) };
    Pins::parse(value.as_bytes()).map(Some).map_err(|_| UsageError::RefusedValue {
        before: "option --pin: \"",
        value: value.clone(),
        after: "\" is no pin (sha256//BASE64, or 64 hexadecimal digits)",
    })
}
