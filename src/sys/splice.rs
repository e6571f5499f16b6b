//! Moving bytes inside the kernel: `splice` and `sendfile`.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags};

/// The most bytes asked for in one call.
pub const CHUNK: usize = 1 << 20;

/// Moves up to `length` bytes from one descriptor to the other, one of which is a pipe; 0 is the
/// end of the input. Never waits: `WouldBlock` where either side is not ready.
pub fn splice(from: impl AsFd, to: impl AsFd, length: usize) -> io::Result<usize> {
    let flags = SpliceFlags::NONBLOCK | SpliceFlags::MOVE;
    retry(|| rustix::pipe::splice(&from, None, &to, None, length, flags))
}

/// Moves up to `length` bytes from a regular file, at its own offset, to another descriptor; 0 is
/// the end of the file.
pub fn sendfile(from: impl AsFd, to: impl AsFd, length: usize) -> io::Result<usize> {
    retry(|| rustix::fs::sendfile(&to, &from, None, length))
}

/// Whether reading a disk failed.
pub fn is_disk_error(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::IO)
}

/// Whether the kernel says that these two descriptors cannot be moved between in this way.
pub fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM)
    )
}

fn retry(mut call: impl FnMut() -> rustix::io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other.map_err(io::Error::from),
        }
    }
}

/// A pipe of our own between two descriptors neither of which is one.
#[derive(Debug)]
pub struct Pipe {
    /// Where bytes come out.
    pub out: OwnedFd,
    /// Where bytes go in.
    pub into: OwnedFd,
    /// Bytes in it now.
    pub held: usize,
}

impl Pipe {
    /// Opens a pipe as large as the system lets us, 1 MiB at most.
    pub fn open() -> io::Result<Self> {
        let (out, into) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        widen(&into, CHUNK);
        Ok(Self { out, into, held: 0 })
    }

    /// What is in it, taken out by reading.
    pub fn take_out(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; self.held];
        let mut filled = 0;
        while filled < bytes.len() {
            match rustix::io::read(&self.out, &mut bytes[filled..]) {
                Ok(count) if count > 0 => filled += count,
                Err(Errno::INTR) => {}
                // it holds what was counted into it, so neither an end nor an error can come
                _ => break,
            }
        }
        bytes.truncate(filled);
        self.held = 0;
        bytes
    }
}

/// Asks for a pipe that holds so many bytes; a smaller one only costs speed.
pub fn widen(pipe: impl AsFd, size: usize) {
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, size);
}
