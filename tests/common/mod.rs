//! What every test over real processes needs: programs that are started, fed, watched and killed
//! ([`process`]), and in-process peers on loopback with a deadline on every wait ([`peer`]).
//!
//! Nothing here sleeps: each wait blocks on a channel or a socket and gives up at its deadline.
//! Not here: what a dialect is expected to say; that is in the tests.
#![allow(dead_code, reason = "each test crate uses its own part of this")]

pub mod authority;
pub mod descriptors;
pub mod engine;
pub mod peer;
pub mod postman;
pub mod process;
pub mod proxy;
pub mod running;
pub mod screen;
#[cfg(feature = "tls")]
pub mod secured;
pub mod terminal;

use std::path::PathBuf;
use std::time::Duration;

/// How long a test waits for something that must happen, on a loaded machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How long nothing has to move before a test takes it for a standstill.
pub const STANDSTILL: Duration = Duration::from_millis(300);

/// More bytes than all buffers on the way, the kernel's included, can hold.
pub const MORE_THAN_FITS: usize = 64 << 20;

/// The program under test: `NC_UNDER_TEST` if set, else the path given (`env!("CARGO_BIN_EXE_nc")`,
/// which only the test crate itself can name).
pub fn under_test(built: &str) -> PathBuf {
    std::env::var_os("NC_UNDER_TEST").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// Whether tests that need another program may be skipped: not where `CI` says that all must run.
pub fn may_skip() -> bool {
    std::env::var_os("CI").is_none_or(|value| value != "true")
}

/// Bytes that differ at every place, so that a lost, doubled or moved piece shows.
pub fn pattern(length: usize) -> Vec<u8> {
    // A multiplicative walk through u32: the period is far longer than any test's data.
    let mut state: u32 = 0x9e37_79b9;
    let mut bytes = Vec::with_capacity(length + 4);
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend_from_slice(&state.to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Bytes for a failure message: text where it is text, short where it is long.
pub fn show(bytes: &[u8]) -> String {
    const SHOWN: usize = 600;
    let head = &bytes[..bytes.len().min(SHOWN)];
    let text = head.escape_ascii().to_string().replace("\\n", "\\n\n    ");
    if bytes.len() > SHOWN { format!("{text}… ({} bytes)", bytes.len()) } else { text }
}
