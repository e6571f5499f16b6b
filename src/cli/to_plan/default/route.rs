//! Source routes: `-g` and `-G`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::cli::number::decimal;
use crate::cli::option::Id;
use crate::cli::settings::Settings;
use crate::cli::usage_error::UsageError;
use crate::plan::{Host, SourceRoute, SourceRouteLayout};
use crate::proto::source_route::HOPS_MAX;

/// The route asked for, if one is.
pub fn route(settings: &Settings) -> Result<Option<SourceRoute>, UsageError> {
    let mut hops = Vec::new();
    for value in settings.words(Id::SourceRoute) {
        for hop in value.as_bytes().split(|&byte| byte == b',') {
            if hop.is_empty() {
                return Err(UsageError::RefusedValue {
                    before: "source route: \"",
                    value: value.clone(),
                    after: "\" has a hop without a name",
                });
            }
            hops.push(Host(OsStr::from_bytes(hop).to_owned()));
        }
    }
    if hops.is_empty() {
        return Ok(None);
    }
    if hops.len() > HOPS_MAX {
        return Err(UsageError::Refused("source route: more than 8 hops"));
    }
    let pointer = match settings.word(Id::SourceRoutePointer) {
        None => 4,
        Some(value) => decimal(value, 4, 28)
            .ok()
            .filter(|pointer| pointer % 4 == 0)
            .and_then(|pointer| u8::try_from(pointer).ok())
            .ok_or_else(|| UsageError::RefusedValue {
                before: "source route: \"",
                value: value.clone(),
                after: "\" is no pointer (4, 8, 12, 16, 20, 24 or 28)",
            })?,
    };
    Ok(Some(SourceRoute { hops, pointer, layout: SourceRouteLayout::Ncat }))
}
