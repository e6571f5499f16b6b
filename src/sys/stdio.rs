//! Standard streams, as the process got them.
//!
//! A descriptor 0, 1 or 2 that is closed at start is noted before anything can take its number,
//! and opened on the null device, so that no socket ever becomes a standard stream.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};

use rustix::fs::{FileType, Mode, OFlags};

use super::fd::{Fd, Kind};

/// One bit for each of descriptors 0 to 2 that was closed at start.
static CLOSED_AT_START: AtomicU8 = AtomicU8::new(0);

/// Runs before `main`, and before the standard library fills closed descriptors by itself.
extern "C" fn note_closed() {
    for number in 0..3 {
        // SAFETY: F_GETFD reads a flag of the descriptor table and touches no memory.
        if unsafe { libc::fcntl(number, libc::F_GETFD) } == -1 {
            CLOSED_AT_START.fetch_or(1 << number, Ordering::Relaxed);
        }
    }
}

// SAFETY: the section holds pointers to functions that the loader calls without arguments that
// matter; `note_closed` is one, uses nothing that has to be initialised, and cannot unwind.
#[used]
#[unsafe(link_section = ".init_array")]
static NOTE_CLOSED: extern "C" fn() = note_closed;

/// Whether standard output was closed at start, so that what is written to it goes nowhere.
pub fn output_was_closed() -> bool {
    was_closed(1)
}

fn was_closed(number: u8) -> bool {
    CLOSED_AT_START.load(Ordering::Relaxed) & (1 << number) != 0
}

/// Whether standard input or output is a regular file.
pub fn moves_a_file() -> bool {
    [rustix::stdio::stdin(), rustix::stdio::stdout()].into_iter().any(|standard| {
        let stat = rustix::fs::fstat(standard);
        stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
    })
}

/// Standard input. One that was closed at start is at its end.
pub fn input() -> io::Result<Fd> {
    open(0, OFlags::RDONLY)
}

/// Standard output; `BadFileDescriptor`-like error where it was closed at start.
pub fn output() -> io::Result<Fd> {
    if was_closed(1) {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    open(1, OFlags::WRONLY)
}

/// Standard output, for somebody else who writes to it: it can be waited for apart from the first,
/// and stays open where that is closed.
pub fn output_again() -> io::Result<Fd> {
    // a terminal is opened anew
    if was_closed(1) || rustix::termios::isatty(rustix::stdio::stdout()) {
        return output();
    }
    Fd::shared(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?)
}

/// A place where what is written goes nowhere.
pub fn nowhere() -> io::Result<Fd> {
    Fd::owned(rustix::fs::open("/dev/null", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?)
}

/// Standard error.
pub fn error_output() -> io::Result<Fd> {
    if was_closed(2) {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    open(2, OFlags::WRONLY)
}

/// A terminal is opened anew, so that its O_NONBLOCK flag is ours; everything else is taken as it is.
fn open(number: i32, mode: OFlags) -> io::Result<Fd> {
    let shared = Fd::standard(number)?;
    let has = rustix::fs::fcntl_getfl(&shared)? & OFlags::RWMODE;
    if has != mode && has != OFlags::RDWR {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    if shared.kind() != Kind::Terminal {
        return Ok(shared);
    }
    let path = format!("/proc/self/fd/{number}");
    let flags = mode | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(own) => Fd::owned(own),
        Err(_) => Ok(shared),
    }
}

/// Tells whoever reads our standard output that nothing more comes. The descriptor stays taken,
/// by the null device.
pub fn close_output() -> io::Result<()> {
    let null = rustix::fs::open("/dev/null", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdout(null)?;
    Ok(())
}
