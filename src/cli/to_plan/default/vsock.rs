//! Operands with `--vsock`: `CID PORT`, and for a listener `[CID] PORT`, both plain numbers.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::cli::number::digits;
use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Local, Remote};

/// Where a client connects.
pub fn remote(settings: &Settings, operands: &[OsString]) -> Result<Remote, UsageError> {
    if let Some(option) = settings.spelling(Id::SourcePort) {
        let needed = "-l, for a client's port of a virtual machine is any";
        return Err(UsageError::Needs { option, needed });
    }
    match operands {
        [] => Err(UsageError::NoHost),
        [cid] => Err(UsageError::MissingPort { host: Some(cid.clone()), listen: false }),
        [cid, port] => Ok(Remote::Vsock { cid: machine(cid)?, port: port_number(port)? }),
        [_, _, extra, ..] => Err(UsageError::ExtraOperand { value: extra.clone() }),
    }
}

/// Where a listener is bound.
pub fn local(settings: &Settings, operands: &[OsString]) -> Result<Local, UsageError> {
    let (cid, port) = match (operands, &settings.source_port) {
        ([], None) => return Err(UsageError::MissingPort { host: None, listen: true }),
        ([], Some(port)) | ([port], None) => (None, port),
        ([cid], Some(port)) | ([cid, port], None) => (Some(cid), port),
        ([_, extra, ..], Some(_)) | ([_, _, extra, ..], None) => {
            return Err(UsageError::ExtraOperand { value: extra.clone() });
        }
    };
    let cid = cid.map(|cid| machine(cid)).transpose()?;
    Ok(Local::Vsock { cid, port: port_number(port)? })
}

fn machine(value: &OsStr) -> Result<u32, UsageError> {
    number(value, "\" is no number of a virtual machine (0 to 4294967295; 2 is the host)")
}

fn port_number(value: &OsStr) -> Result<u32, UsageError> {
    number(value, "\" is no port of a virtual machine (0 to 4294967295)")
}

fn number(value: &OsStr, after: &'static str) -> Result<u32, UsageError> {
    digits(value.as_bytes(), 10)
        .ok()
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| UsageError::RefusedValue { before: "\"", value: value.to_owned(), after })
}
