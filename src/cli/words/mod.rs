//! The words of usage errors, one file a voice.

mod default;
mod ncat;
mod openbsd;
mod traditional;

use std::ffi::OsStr;

use crate::proto::escape::{Escaped, escape};

pub use default::words as default;
pub use ncat::words as ncat;
pub use openbsd::words as openbsd;
pub use traditional::words as traditional;

/// A value as it may be shown.
fn shown(value: &OsStr) -> Escaped<'_> {
    escape(value.as_encoded_bytes())
}

/// The last part of the name the program was called by.
pub fn base_name(program: &[u8]) -> &[u8] {
    program.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}
