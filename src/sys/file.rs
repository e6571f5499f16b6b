//! Files that are written to beside a conversation: records, captures, secrets.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use super::private;

/// A file that is to be written to.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// What is written is the user's business alone.
    pub is_secret: bool,
    /// What stands in it stays.
    pub keeps: bool,
}

impl Written<'_> {
    /// Opens it, or makes it with what the umask leaves of 0666. Each write goes to the end,
    /// wherever that is by then: two that are one file by whatever names do not write over each
    /// other. Nothing that is written makes us wait.
    ///
    /// A regular file for secrets is the user's alone, also where it stood before; somebody else's
    /// is refused, with what stands in it. Anything else (a FIFO, a device, an output of ours by
    /// its name) is taken as it is: whoever set it up decides who reads it. A FIFO that nobody
    /// reads is an error rather than waited for, and so is a regular file that is our input: it would
    /// be emptied before it is read, or grow for ever.
    pub fn open(self) -> io::Result<OwnedFd> {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
        let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY;
        let mode = Mode::from_raw_mode(if self.is_secret { 0o600 } else { 0o666 });
        let file = rustix::fs::open(self.path, flags, mode).map_err(|error| self.why(error))?;
        let is_regular = if self.is_secret {
            private::make_private(&file)?
        } else {
            is(&file, FileType::RegularFile)?
        };
        if is_regular && is_input(&file) {
            let why = "it is the input itself, which writing to it would change";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        if is_regular && !self.keeps {
            rustix::fs::ftruncate(&file, 0)?;
        }
        Ok(file)
    }

    fn why(self, error: Errno) -> io::Error {
        let kind = || rustix::fs::stat(self.path).map(|found| found.st_mode);
        let is_fifo = || kind().is_ok_and(|mode| FileType::from_raw_mode(mode) == FileType::Fifo);
        if error == Errno::NXIO && is_fifo() {
            return io::Error::new(
                io::ErrorKind::NotFound,
                "nobody reads this FIFO: start its reader first",
            );
        }
        error.into()
    }
}

/// Whether it is what standard input reads from, by whatever name.
fn is_input(file: impl AsFd) -> bool {
    let place = |stat: rustix::fs::Stat| (stat.st_dev, stat.st_ino);
    let ours = rustix::fs::fstat(rustix::stdio::stdin()).map(place);
    ours.is_ok() && ours == rustix::fs::fstat(file).map(place)
}

fn is(file: impl AsFd, kind: FileType) -> io::Result<bool> {
    Ok(FileType::from_raw_mode(rustix::fs::fstat(file)?.st_mode) == kind)
}
