//! Ncat's TLS: nothing is checked unless it is asked for.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::values::refused;
use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Host, Identity, Tls, TlsClient, TlsServer, Trust};

/// Each of these asks for TLS.
pub const ASK_FOR_TLS: &[Id] = &[
    Id::Tls,
    Id::TlsCert,
    Id::TlsKey,
    Id::TlsVerify,
    Id::TlsTrust,
    Id::TlsCiphers,
    Id::TlsServerName,
    Id::TlsAlpn,
];

/// The longest name of a protocol (RFC 7301, section 3.1), in bytes.
const PROTOCOL_MAX: usize = 255;

/// A client's TLS, where it is asked for.
pub fn client(settings: &Settings) -> Result<Option<Box<TlsClient>>, UsageError> {
    let Some(common) = common(settings)? else { return Ok(None) };
    let trust = match settings.word(Id::TlsTrust) {
        Some(path) => Trust::File(PathBuf::from(path)),
        None if settings.has(Id::TlsVerify) => Trust::System,
        None => Trust::Anybody,
    };
    let server_name = settings.word(Id::TlsServerName).cloned().map(Host);
    Ok(Some(Box::new(TlsClient {
        common,
        any_name: trust == Trust::Anybody,
        trust,
        name: server_name.clone(),
        server_name,
        ..TlsClient::default()
    })))
}

/// A server's TLS, where it is asked for. It asks no client for a certificate, `--ssl-verify` or
/// not.
pub fn server(settings: &Settings) -> Result<Option<Box<TlsServer>>, UsageError> {
    let server = |common| TlsServer { common, failure_ends: true, ..TlsServer::default() };
    Ok(common(settings)?.map(server).map(Box::new))
}

fn common(settings: &Settings) -> Result<Option<Tls>, UsageError> {
    if !ASK_FOR_TLS.iter().any(|id| settings.has(*id)) {
        return Ok(None);
    }
    let path = |id| settings.word(id).map(PathBuf::from);
    let identity = match (path(Id::TlsCert), path(Id::TlsKey)) {
        (Some(certificate), Some(key)) => {
            Some(Identity { certificate, key: Some(key), staple: None })
        }
        (None, None) => None,
        _ => {
            return Err(UsageError::Refused(
                "The --ssl-key and --ssl-cert options must be used together.",
            ));
        }
    };
    let ciphers = settings.word(Id::TlsCiphers).map(|list| list.to_string_lossy());
    let ciphers = ciphers.iter().flat_map(|list| list.split([':', ',', ' ']));
    Ok(Some(Tls {
        ciphers: ciphers.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        alpn: protocols(settings)?,
        identity,
        ..Tls::default()
    }))
}

fn protocols(settings: &Settings) -> Result<Vec<Vec<u8>>, UsageError> {
    let Some(list) = settings.word(Id::TlsAlpn) else { return Ok(Vec::new()) };
    let names: Vec<_> = list.as_bytes().split(|&byte| byte == b',').map(<[u8]>::to_vec).collect();
    if names.iter().any(|name| name.is_empty() || name.len() > PROTOCOL_MAX) {
        return Err(refused("Invalid list of protocols \"", list, "\"."));
    }
    Ok(names)
}
