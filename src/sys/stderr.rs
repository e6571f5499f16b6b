//! Standard error, which must never hold up the run: what nobody reads is dropped.

use std::cell::RefCell;
use std::io::{self, IoSlice, Write};
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::{Errno, ReadWriteFlags};
use rustix::net::SendFlags;

use super::terminal;

/// How long a message may wait for whoever reads, unless the one before was dropped: 200 ms.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// A pipe that polls as writable takes so many bytes without waiting.
const PIPE_ATOM: usize = 4096;

/// Takes a message in place of standard error, or says that it does not.
pub type Instead = Box<dyn Fn(&[u8]) -> bool>;

thread_local! {
    static INSTEAD: RefCell<Option<Instead>> = const { RefCell::new(None) };
}

/// From now on messages of this thread go to somebody else first, who draws on the same terminal;
/// or to nobody else any more.
pub fn set_instead(instead: Option<Instead>) {
    INSTEAD.set(instead);
}

fn is_taken(bytes: &[u8]) -> bool {
    INSTEAD.with_borrow(|instead| instead.as_ref().is_some_and(|instead| instead(bytes)))
}

/// How standard error is written to without waiting.
#[derive(Debug)]
enum Way {
    /// `RWF_NOWAIT`.
    Pipe,
    /// `MSG_DONTWAIT`.
    Socket,
    /// A terminal, opened anew so that O_NONBLOCK is ours.
    Terminal(OwnedFd),
    /// A file or device, which never makes us wait, or a terminal that cannot be opened anew.
    Plain,
}

/// Standard error.
#[derive(Debug)]
pub struct ErrorOutput {
    way: Way,
    is_stuck: bool,
}

impl ErrorOutput {
    /// Looks what standard error is.
    pub fn open() -> Self {
        let stderr = rustix::stdio::stderr();
        let kind = rustix::fs::fstat(stderr).map(|stat| FileType::from_raw_mode(stat.st_mode));
        let way = match kind {
            Ok(FileType::Fifo) => Way::Pipe,
            Ok(FileType::Socket) => Way::Socket,
            _ if rustix::termios::isatty(stderr) => reopen().map_or(Way::Plain, Way::Terminal),
            _ => Way::Plain,
        };
        Self { way, is_stuck: false }
    }

    /// Whether it is a terminal.
    pub fn is_terminal() -> bool {
        rustix::termios::isatty(rustix::stdio::stderr())
    }

    /// Whether it is a terminal, and standard output is the same one.
    pub fn shares_output() -> bool {
        terminal::is_error_output(rustix::stdio::stdout())
    }

    /// How many columns the terminal has, where it is one and knows.
    pub fn columns() -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    }

    fn try_write(&self, bytes: &[u8]) -> rustix::io::Result<usize> {
        let stderr = rustix::stdio::stderr();
        match &self.way {
            Way::Plain => rustix::io::write(stderr, bytes),
            Way::Terminal(own) => rustix::io::write(own, bytes),
            Way::Socket => {
                rustix::net::send(stderr, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL)
            }
            Way::Pipe => {
                let slices = &[IoSlice::new(bytes)];
                match rustix::io::pwritev2(stderr, slices, u64::MAX, ReadWriteFlags::NOWAIT) {
                    // an older kernel
                    Err(Errno::OPNOTSUPP | Errno::NOSYS) if is_writable(stderr, None) => {
                        rustix::io::write(stderr, &bytes[..bytes.len().min(PIPE_ATOM)])
                    }
                    Err(Errno::OPNOTSUPP | Errno::NOSYS) => Err(Errno::AGAIN),
                    other => other,
                }
            }
        }
    }
}

fn reopen() -> Option<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::fs::open("/proc/self/fd/2", flags, Mode::empty()).ok()
}

fn is_writable(stderr: BorrowedFd<'_>, patience: Option<&Timespec>) -> bool {
    let mut polled = [PollFd::new(&stderr, PollFlags::OUT)];
    let patience = patience.copied().unwrap_or_default();
    rustix::event::poll(&mut polled, Some(&patience)).is_ok_and(|count| count > 0)
}

impl Write for ErrorOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if is_taken(bytes) {
            return Ok(bytes.len());
        }
        loop {
            match self.try_write(bytes) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if self.is_stuck => return Ok(bytes.len()),
                Err(Errno::AGAIN) => {
                    self.is_stuck = true;
                    is_writable(rustix::stdio::stderr(), Some(&PATIENCE));
                }
                Ok(count) => {
                    self.is_stuck = false;
                    return Ok(count);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
