//! How many descriptors the process may have.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::OnceLock;

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many descriptors the runtime and its signal handling take, and the first socket.
const NEEDED: usize = 7;

/// So much room above the lowest free number is taken for enough without counting it.
const PLENTY: u64 = 64;

/// The limit before it was first raised.
static BEFORE: OnceLock<Rlimit> = OnceLock::new();

/// An error where there are too few descriptors left to begin with: the runtime would panic.
pub fn check_descriptors() -> io::Result<()> {
    let first = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 0)?;
    let lowest = u64::try_from(first.as_raw_fd()).unwrap_or(0);
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if limit.saturating_sub(lowest) > PLENTY {
        return Ok(());
    }
    let more: Result<Vec<_>, _> =
        (1..NEEDED).map(|_| rustix::io::fcntl_dupfd_cloexec(&first, 0)).collect();
    more.map(drop).map_err(Into::into)
}

/// Raises the limit on open descriptors to what the system allows, and says how many that is.
pub fn raise_descriptors() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            BEFORE.get_or_init(|| limit);
            return limit.maximum.unwrap_or(u64::MAX);
        }
    }
    limit.current.unwrap_or(u64::MAX)
}

/// Whether it failed for want of descriptors, in this process or in the whole system.
pub fn is_reached(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}

/// Descriptors that are taken so that as many can be had at once later, when these are given back.
#[derive(Debug, Default)]
pub struct Reserve(Vec<OwnedFd>);

impl Reserve {
    /// Of so many, or of none where there are not so many.
    pub fn of(count: usize) -> io::Result<Self> {
        let taken: Result<Vec<_>, _> = (0..count)
            .map(|_| rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 0))
            .collect();
        Ok(Self(taken?))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The limit that the process was started with, if it has been raised since: what we start is to
/// have the same.
pub(super) fn before_raising() -> Option<Rlimit> {
    BEFORE.get().copied()
}
