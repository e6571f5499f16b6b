//! The words of usage errors, one file a voice.

mod default;
mod ncat;
mod openbsd;

pub use default::words as default;
pub use ncat::words as ncat;
pub use openbsd::words as openbsd;

/// The last part of the name the program was called by.
pub fn base_name(program: &[u8]) -> &[u8] {
    program.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}
