//! How many descriptors the process may have.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many descriptors the runtime and its signal handling take, and the first socket.
const NEEDED: usize = 7;

/// An error where there are too few descriptors left to begin with.
pub fn check_descriptors() -> std::io::Result<()> {
    let (one, other) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    let more: Result<Vec<_>, _> =
        (2..NEEDED).map(|_| rustix::io::fcntl_dupfd_cloexec(&one, 0)).collect();
    drop((one, other));
    more.map(drop).map_err(Into::into)
}

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
