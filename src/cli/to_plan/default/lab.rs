//! `nc serve --lab http`: the practice server.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::cli::option::Id;
use crate::cli::port;
use crate::cli::settings::Settings;
use crate::cli::to_plan::listen::unbracketed;
use crate::cli::usage_error::UsageError;
use crate::plan::{Host, Lab};

use super::word::SERVE;

/// `serve --lab http [ADDR:]PORT`
pub fn lab(settings: &Settings, operands: &[OsString]) -> Result<Lab, UsageError> {
    SERVE.refuse_others(settings)?;
    match operands {
        [] => Err(UsageError::BadLabAddress { value: None }),
        [address] => place(address)
            .map(|lab| Lab { explain: settings.has(Id::LabExplain), ..lab })
            .ok_or_else(|| UsageError::BadLabAddress { value: Some(address.clone()) }),
        [_, extra, ..] => Err(UsageError::ExtraOperand { value: extra.clone() }),
    }
}

fn place(value: &OsStr) -> Option<Lab> {
    let bytes = value.as_bytes();
    let (host, port) = match bytes.iter().rposition(|&byte| byte == b':') {
        Some(colon) => {
            let (host, port) = bytes.split_at(colon);
            let bare = !host.contains(&b':') || host.starts_with(b"[");
            if host.is_empty() || !bare {
                return None;
            }
            (Some(Host(unbracketed(OsStr::from_bytes(host)))), port.get(1..)?)
        }
        None => (None, bytes),
    };
    Some(Lab { host, port: port::number(port, 0).ok()?, explain: false })
}
