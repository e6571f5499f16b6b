//! How many descriptors the process may have.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit on open descriptors to what the system allows, and says how many that is.
pub fn raise_descriptors() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            return limit.maximum.unwrap_or(u64::MAX);
        }
    }
    limit.current.unwrap_or(u64::MAX)
}

/// Whether so many descriptors more can be opened now; the system's error where they cannot.
pub fn has_spare_descriptors(count: usize) -> io::Result<()> {
    let held: Result<Vec<_>, _> =
        (0..count).map(|_| rustix::io::dup(rustix::stdio::stderr())).collect();
    Ok(held.map(drop)?)
}
