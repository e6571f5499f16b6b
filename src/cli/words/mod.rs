//! The words of usage errors, one file a voice.

mod busybox;
mod default;
mod gnu;
mod ncat;
mod openbsd;
mod openbsd_upstream;
mod toybox;
mod traditional;

use std::ffi::OsStr;

use crate::proto::escape::{Escaped, escape};

pub use busybox::{small as busybox_small, words as busybox};
pub use default::words as default;
pub use gnu::words as gnu;
pub use ncat::words as ncat;
pub use openbsd::words as openbsd;
pub use openbsd_upstream::words as openbsd_upstream;
pub use toybox::words as toybox;
pub use traditional::words as traditional;

/// A value as it may be shown.
fn shown(value: &OsStr) -> Escaped<'_> {
    escape(value.as_encoded_bytes())
}

/// The last part of the name the program was called by.
pub fn base_name(program: &[u8]) -> &[u8] {
    program.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}
