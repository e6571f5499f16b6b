//! Any descriptor as an async byte stream: socket, pipe, terminal, file, device.
//!
//! Standard streams share their open file description with the shell and with siblings, so their
//! O_NONBLOCK flag is never touched. What would block is asked of the kernel per call instead:
//! `MSG_DONTWAIT` on sockets, `RWF_NOWAIT` on pipes (Linux 6.5), and where the kernel has neither,
//! a poll before a read or a small write. Regular files and devices that epoll refuses are always
//! ready.

mod datagram;
mod handle;
mod readiness;
mod tap;

use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::rc::Rc;

use rustix::event::PollFlags;
use rustix::fs::{FileType, OFlags};
use rustix::io::{Errno, ReadWriteFlags};
use rustix::net::{RecvFlags, SendFlags, SocketType};
use tokio::io::unix::AsyncFd;

pub use datagram::Arrived;
pub use handle::Handle;
use readiness::{poll, poll_socket};
pub use tap::Tap;

/// What kind of thing a descriptor is, as far as moving bytes depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A pipe or FIFO.
    Pipe,
    /// A socket whose peer can end what it sends: a byte stream, or messages in a connection.
    StreamSocket,
    /// A socket of datagrams, which have no end.
    DatagramSocket,
    /// A terminal.
    Terminal,
    /// A character device that is no terminal, or anything else.
    Device,
}

/// A pipe takes a write of up to this many bytes whole once it polls as writable.
const PIPE_ATOM: usize = 4096;

/// How a call is kept from blocking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoWait {
    /// The description is ours and has O_NONBLOCK.
    Descriptor,
    /// `MSG_DONTWAIT`.
    Message,
    /// `RWF_NOWAIT`.
    Vectored,
    /// Poll first; write no more than [`PIPE_ATOM`].
    Poll,
    /// It never blocks for long: a regular file or a device that epoll refuses.
    Never,
}

/// An open descriptor as an async byte stream.
///
/// Readiness is kept by tokio and comes anew only with an event, so whoever finds that a call
/// would block says so with [`Fd::not_readable`] or [`Fd::not_writable`] before waiting again. The
/// runtime has one thread, which takes events in only while it waits: none can come between a call
/// that would block and the word that it did.
#[derive(Debug)]
pub struct Fd {
    handle: Rc<Handle>,
    /// `None` where epoll refuses the descriptor, because it is always ready.
    polled: RefCell<Option<Rc<AsyncFd<Rc<Handle>>>>>,
    kind: Kind,
    no_wait: Cell<NoWait>,
    /// A socket of the Unix domain.
    is_unix: bool,
    /// Our end of a pseudo-terminal: once nobody has the other one open, reading says `EIO`.
    is_master: bool,
    /// A read that gives less than was asked for has taken all there was.
    reads_whole: Cell<bool>,
    /// Who is shown what passes.
    tap: OnceCell<Rc<dyn Tap>>,
}

impl Fd {
    /// Takes a descriptor of our own and makes it non-blocking.
    pub fn owned(fd: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&fd, true)?;
        let kind = kind_of(fd.as_fd())?;
        Self::register(Handle::owned(fd), kind, NoWait::Descriptor)
    }

    /// Takes a stream socket that was just accepted, with `O_NONBLOCK`: what is known of it is not
    /// asked again, as a listener does this for every client.
    pub fn accepted(socket: OwnedFd, is_unix: bool) -> io::Result<Self> {
        let handle = Rc::new(Handle::owned(socket));
        let polled = poll_socket(&handle)?;
        Ok(Self {
            handle,
            polled: RefCell::new(Some(Rc::new(polled))),
            kind: Kind::StreamSocket,
            no_wait: Cell::new(NoWait::Descriptor),
            is_unix,
            is_master: false,
            // a Unix socket stops where a descriptor was passed with the bytes
            reads_whole: Cell::new(!is_unix),
            tap: OnceCell::new(),
        })
    }

    /// Borrows a descriptor that is shared with other processes: its flags stay as they are.
    pub fn shared(fd: OwnedFd) -> io::Result<Self> {
        Self::of_shared(Handle::owned(fd))
    }

    /// Standard descriptor 0, 1 or 2.
    pub(in crate::sys) fn standard(number: RawFd) -> io::Result<Self> {
        Self::of_shared(Handle::standard(number))
    }

    fn of_shared(handle: Handle) -> io::Result<Self> {
        let kind = kind_of(handle.as_fd())?;
        let no_wait = match kind {
            Kind::StreamSocket | Kind::DatagramSocket => NoWait::Message,
            Kind::Pipe => NoWait::Vectored,
            Kind::Terminal | Kind::Device => NoWait::Poll,
            Kind::File => NoWait::Never,
        };
        Self::register(handle, kind, no_wait)
    }

    fn register(handle: Handle, kind: Kind, no_wait: NoWait) -> io::Result<Self> {
        let handle = Rc::new(handle);
        let flags = rustix::fs::fcntl_getfl(handle.as_fd())?;
        let (polled, no_wait) = match poll(&handle) {
            Ok(polled) => (Some(Rc::new(polled)), no_wait),
            // epoll refuses regular files and some devices: they never make us wait
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => (None, NoWait::Never),
            Err(error) => return Err(error),
        };
        let is_unix = matches!(kind, Kind::StreamSocket | Kind::DatagramSocket)
            && rustix::net::sockopt::socket_domain(handle.as_fd())?
                == rustix::net::AddressFamily::UNIX;
        let is_master = kind == Kind::Terminal && is_master(handle.as_fd())?;
        let reads_whole = match kind {
            // a pipe in packet mode gives one packet a read
            Kind::Pipe => !flags.contains(OFlags::DIRECT),
            // a Unix socket stops where a descriptor was passed with the bytes
            Kind::StreamSocket => !is_unix,
            _ => false,
        };
        Ok(Self {
            handle,
            polled: RefCell::new(polled),
            kind,
            no_wait: Cell::new(no_wait),
            is_unix,
            is_master,
            reads_whole: Cell::new(reads_whole),
            tap: OnceCell::new(),
        })
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether its open file description is ours alone and non-blocking.
    pub fn is_ours(&self) -> bool {
        self.no_wait.get() == NoWait::Descriptor
    }

    /// The error that stands on a socket, which is thereby taken off.
    pub fn take_error(&self) -> Option<io::Error> {
        if !self.is_socket() {
            return None;
        }
        let error: io::Error = match rustix::net::sockopt::socket_error(self) {
            Ok(stands) => stands.err()?.into(),
            Err(error) => error.into(),
        };
        if let Some(tap) = self.tap() {
            tap.failed(&error);
        }
        Some(error)
    }

    /// Reads what there is, at least one byte; 0 is the end.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.readable().await?;
            match self.read_now(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.not_readable().await;
                }
                other => return other,
            }
        }
    }

    /// Reads after [`Self::readable`], for who has no buffer of its own to wait with; where it
    /// would block after all, [`Self::not_readable`] is to follow.
    pub fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.try_read(buffer)?;
        // less than asked for empties a pipe or socket: the next event says when to look again,
        // which saves a call (an end stays noted)
        if count > 0 && count < buffer.len() && self.reads_whole.get() {
            self.forget_readable();
        }
        Ok(count)
    }

    /// Writes what is taken, at least one byte.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.writable().await?;
            match self.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.not_writable().await;
                }
                Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
                other => return other,
            }
        }
    }

    /// Writes all of it.
    pub async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.write(bytes).await?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// How many bytes a regular file has from its own offset on; `None` of anything else.
    pub fn left(&self) -> Option<u64> {
        if self.kind != Kind::File {
            return None;
        }
        let size = u64::try_from(rustix::fs::fstat(self).ok()?.st_size).ok()?;
        Some(size.saturating_sub(rustix::fs::tell(self).ok()?))
    }

    /// Reads a regular file at an offset, which leaves the file's own offset as it is.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        retry(|| rustix::io::pread(self, &mut *buffer, offset))
    }

    /// Reads without waiting; `WouldBlock` where there is nothing.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = || match self.no_wait.get() {
            NoWait::Descriptor | NoWait::Never => rustix::io::read(self, &mut *buffer),
            NoWait::Message => {
                rustix::net::recv(self, &mut *buffer, RecvFlags::DONTWAIT).map(|(count, _)| count)
            }
            NoWait::Vectored => {
                let slices = &mut [IoSliceMut::new(buffer)];
                rustix::io::preadv2(self, slices, u64::MAX, ReadWriteFlags::NOWAIT)
                    .map_err(|error| self.without_nowait(error))
            }
            NoWait::Poll => {
                self.poll_now(PollFlags::IN)?;
                rustix::io::read(self, &mut *buffer)
            }
        };
        let read = match retry(read) {
            Err(error) if self.is_master && Errno::from_io_error(&error) == Some(Errno::IO) => {
                Ok(0)
            }
            other => other,
        };
        self.show_read(&read, buffer);
        read
    }

    /// Writes without waiting; `WouldBlock` where nothing is taken.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let written = retry(|| match self.no_wait.get() {
            NoWait::Descriptor if self.is_socket() => {
                rustix::net::send(self, bytes, SendFlags::NOSIGNAL)
            }
            // Linux takes what is typed for nobody
            _ if self.is_master && self.poll_now(PollFlags::HUP).is_ok() => Err(Errno::PIPE),
            NoWait::Message => {
                rustix::net::send(self, bytes, SendFlags::NOSIGNAL | SendFlags::DONTWAIT)
            }
            NoWait::Descriptor | NoWait::Never => rustix::io::write(self, bytes),
            NoWait::Vectored => {
                rustix::io::pwritev2(self, &[IoSlice::new(bytes)], u64::MAX, ReadWriteFlags::NOWAIT)
                    .map_err(|error| self.without_nowait(error))
            }
            NoWait::Poll => {
                self.poll_now(PollFlags::OUT)?;
                rustix::io::write(self, &bytes[..bytes.len().min(PIPE_ATOM)])
            }
        });
        self.show_written(&written, bytes);
        written
    }

    /// An older kernel knows no `RWF_NOWAIT` on pipes: poll from now on, and make the call again.
    fn without_nowait(&self, error: Errno) -> Errno {
        match error {
            Errno::OPNOTSUPP | Errno::NOSYS => {
                self.no_wait.set(NoWait::Poll);
                Errno::INTR
            }
            other => other,
        }
    }

    /// Whether bytes are waiting on a stream socket, whatever else stands in their way.
    pub fn has_bytes(&self) -> bool {
        let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK;
        self.kind == Kind::StreamSocket
            && rustix::net::recv(self, &mut [0; 1], flags).is_ok_and(|(count, _)| count > 0)
    }

    fn is_socket(&self) -> bool {
        matches!(self.kind, Kind::StreamSocket | Kind::DatagramSocket)
    }

    /// Ends a socket's connection in both directions.
    pub fn shutdown(&self) -> io::Result<()> {
        rustix::net::shutdown(self, rustix::net::Shutdown::Both)?;
        self.show_ended();
        Ok(())
    }

    /// Passes the end of our stream on. Of no effect on what is not a stream socket.
    pub fn shutdown_write(&self) -> io::Result<()> {
        if self.kind == Kind::StreamSocket {
            rustix::net::shutdown(self, rustix::net::Shutdown::Write)?;
            self.show_ended();
        }
        Ok(())
    }
}

impl AsFd for Fd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

/// Repeats a call that a signal interrupted, or that is to be made in another way.
fn retry(mut call: impl FnMut() -> rustix::io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other.map_err(io::Error::from),
        }
    }
}

fn kind_of(fd: BorrowedFd<'_>) -> io::Result<Kind> {
    let stat = rustix::fs::fstat(fd)?;
    Ok(match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Fifo => Kind::Pipe,
        FileType::Socket if rustix::net::sockopt::socket_type(fd)? == SocketType::DGRAM => {
            Kind::DatagramSocket
        }
        FileType::Socket => Kind::StreamSocket,
        _ if rustix::termios::isatty(fd) => Kind::Terminal,
        _ => Kind::Device,
    })
}

/// Whether it is the end of a pseudo-terminal at which no program runs: the kernel's
/// `Documentation/admin-guide/devices.txt` gives that device its number.
fn is_master(fd: BorrowedFd<'_>) -> io::Result<bool> {
    let device = rustix::fs::fstat(fd)?.st_rdev;
    Ok((rustix::fs::major(device), rustix::fs::minor(device)) == (5, 2))
}
