//! Any descriptor as an async byte stream: socket, pipe, terminal, file, device.
//!
//! Standard streams share their open file description with the shell and with siblings, so their
//! O_NONBLOCK flag is never touched. What would block is asked of the kernel per call instead:
//! `MSG_DONTWAIT` on sockets, `RWF_NOWAIT` on pipes (Linux 6.5), and where the kernel has neither,
//! a poll before a read or a small write. Regular files and devices that epoll refuses are always
//! ready.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::rc::Rc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{FileType, OFlags};
use rustix::io::Errno;
use rustix::io::ReadWriteFlags;
use rustix::net::{RecvFlags, SendFlags, SocketAddrAny, SocketType};
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, Ready};

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

/// An owned descriptor, or a standard one that is only borrowed.
#[derive(Debug)]
pub struct Handle(Owner);

#[derive(Debug)]
enum Owner {
    Us(OwnedFd),
    Process(RawFd),
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.0 {
            Owner::Us(fd) => fd.as_fd(),
            // SAFETY: descriptors 0 to 2 are open for the whole run: the ones that were closed at
            // start are opened before `main`, and they are only ever replaced, never closed.
            Owner::Process(fd) => unsafe { BorrowedFd::borrow_raw(*fd) },
        }
    }
}

impl AsRawFd for Handle {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

/// Everything that ends a wait for reading: bytes or an end, urgent data, an error.
const READABLE: &[Interest] = &[Interest::READABLE, Interest::PRIORITY, Interest::ERROR];
/// Everything that ends a wait for writing.
const WRITABLE: &[Interest] = &[Interest::WRITABLE, Interest::ERROR];

/// Any of several; there is at least one.
fn any(interests: &[Interest]) -> Interest {
    interests.iter().copied().fold(interests[0], Interest::add)
}

/// Makes tokio forget that it saw any of these. It forgets one kind at a time.
fn forget<T: AsRawFd>(polled: &AsyncFd<T>, interests: &[Interest]) {
    let would_block = || Err::<(), _>(io::Error::from(io::ErrorKind::WouldBlock));
    for interest in interests {
        let _ = polled.try_io(*interest, |_| would_block());
    }
}

/// How long to wait before looking again at a descriptor that epoll cannot be asked about anew.
const RETRY: Duration = Duration::from_millis(10);

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
    /// A read that gives less than was asked for has taken all there was.
    reads_whole: Cell<bool>,
}

impl Fd {
    /// Takes a descriptor of our own and makes it non-blocking.
    pub fn owned(fd: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&fd, true)?;
        let kind = kind_of(fd.as_fd())?;
        Self::register(Handle(Owner::Us(fd)), kind, NoWait::Descriptor)
    }

    /// Borrows a descriptor that is shared with other processes: its flags stay as they are.
    pub fn shared(fd: OwnedFd) -> io::Result<Self> {
        Self::of_shared(Handle(Owner::Us(fd)))
    }

    /// Standard descriptor 0, 1 or 2.
    pub(in crate::sys) fn standard(number: RawFd) -> io::Result<Self> {
        Self::of_shared(Handle(Owner::Process(number)))
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
            reads_whole: Cell::new(reads_whole),
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

    /// Waits until there is something to read, an end, or an error.
    pub async fn readable(&self) -> io::Result<()> {
        if self.ready(READABLE).await?.is_priority() {
            // reads stop at urgent data, with more behind it
            self.reads_whole.set(false);
        }
        Ok(())
    }

    /// Waits until something can be written, or an error.
    pub async fn writable(&self) -> io::Result<()> {
        self.ready(WRITABLE).await.map(|_| ())
    }

    async fn ready(&self, interests: &[Interest]) -> io::Result<Ready> {
        let polled = self.polled.borrow().clone();
        if let Some(polled) = polled {
            return Ok(polled.ready(any(interests)).await?.ready());
        }
        // a file that is always ready must not keep the other direction from its turn
        tokio::task::coop::consume_budget().await;
        Ok(Ready::ALL)
    }

    /// There was nothing to read after all: the next wait is for a new event.
    pub async fn not_readable(&self) {
        self.not_ready(READABLE).await;
    }

    /// Nothing could be written after all: the next wait is for a new event.
    pub async fn not_writable(&self) {
        self.not_ready(WRITABLE).await;
    }

    async fn not_ready(&self, interests: &[Interest]) {
        let Some(polled) = self.polled.borrow().clone() else {
            return;
        };
        forget(&polled, interests);
        // tokio never forgets that a side was closed, but a FIFO may be opened again: then only a
        // new registration knows better
        if polled.try_io(interests[0], |_| Ok(())).is_ok() {
            drop(polled);
            self.register_anew().await;
        }
    }

    async fn register_anew(&self) {
        let before = self.polled.take();
        let alone = before.as_ref().is_some_and(|before| Rc::strong_count(before) == 1);
        if alone {
            drop(before);
            if let Ok(polled) = poll(&self.handle) {
                self.polled.replace(Some(Rc::new(polled)));
                return;
            }
        } else {
            // the other direction waits with it
            self.polled.replace(before);
        }
        tokio::time::sleep(RETRY).await;
    }

    /// Waits until a socket's connection has failed, and says how. Never comes back otherwise.
    pub async fn failure(&self) -> io::Error {
        loop {
            let polled = self.polled.borrow().clone();
            let Some(polled) = polled else {
                return std::future::pending().await;
            };
            match polled.ready(Interest::ERROR).await {
                Ok(mut guard) => match self.take_error() {
                    Some(error) => return error,
                    None => guard.clear_ready(),
                },
                Err(error) => return error,
            }
        }
    }

    /// The error that stands on a socket, which is thereby taken off.
    pub fn take_error(&self) -> Option<io::Error> {
        if !self.is_socket() {
            return None;
        }
        match rustix::net::sockopt::socket_error(self) {
            Ok(stands) => stands.err().map(Into::into),
            Err(error) => Some(error.into()),
        }
    }

    /// Reads what there is, at least one byte; 0 is the end.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.readable().await?;
            match self.try_read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.not_readable().await;
                }
                Ok(count) => {
                    // less than asked for empties a pipe or socket: the next event says when to
                    // look again, which saves a call (an end stays noted)
                    if count > 0 && count < buffer.len() && self.reads_whole.get() {
                        self.forget_readable();
                    }
                    return Ok(count);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn forget_readable(&self) {
        if let Some(polled) = &*self.polled.borrow() {
            forget(polled, READABLE);
        }
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

    /// Receives a datagram and, where it has an Internet address, its sender.
    pub async fn receive_from(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<SocketAddr>)> {
        self.receive(buffer, RecvFlags::DONTWAIT).await.map(|(count, sender)| {
            (count, sender.and_then(|sender| SocketAddr::try_from(sender).ok()))
        })
    }

    /// The sender of the next datagram, which stays where it is.
    pub async fn peek_sender(&self) -> io::Result<Option<SocketAddrAny>> {
        let mut nothing = [0; 1];
        let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK;
        self.receive(&mut nothing, flags).await.map(|(_, sender)| sender)
    }

    /// Receives a datagram and its sender, whatever kind of address that has. A datagram over a
    /// Unix socket may be larger than any over IP: the buffer grows to take it whole.
    pub async fn receive_whole(
        &self,
        buffer: &mut Vec<u8>,
    ) -> io::Result<(usize, Option<SocketAddrAny>)> {
        if self.is_unix {
            let flags = RecvFlags::DONTWAIT | RecvFlags::PEEK | RecvFlags::TRUNC;
            let (size, _) = self.receive(&mut [0; 1], flags).await?;
            if size > buffer.len() {
                buffer.resize(size, 0);
            }
        }
        self.receive(buffer, RecvFlags::DONTWAIT).await
    }

    /// Sends a datagram to somebody.
    pub async fn send_to(&self, bytes: &[u8], to: &SocketAddrAny) -> io::Result<()> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        loop {
            self.writable().await?;
            match rustix::net::sendto(self, bytes, flags, to) {
                Err(Errno::AGAIN) => self.not_writable().await,
                Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reads a regular file at an offset, which leaves the file's own offset as it is.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        retry(|| rustix::io::pread(self, &mut *buffer, offset))
    }

    async fn receive(
        &self,
        buffer: &mut [u8],
        flags: RecvFlags,
    ) -> io::Result<(usize, Option<SocketAddrAny>)> {
        loop {
            self.readable().await?;
            match rustix::net::recvfrom(self, &mut *buffer, flags) {
                Err(Errno::AGAIN) => self.not_readable().await,
                Err(Errno::INTR) => {}
                Ok((count, _, sender)) => return Ok((count, sender)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reads without waiting; `WouldBlock` where there is nothing.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        retry(|| match self.no_wait.get() {
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
        })
    }

    /// Writes without waiting; `WouldBlock` where nothing is taken.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        retry(|| match self.no_wait.get() {
            NoWait::Descriptor if self.is_socket() => {
                rustix::net::send(self, bytes, SendFlags::NOSIGNAL)
            }
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
        })
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

    /// `AGAIN` unless one of `flags` or an error stands now.
    fn poll_now(&self, flags: PollFlags) -> Result<(), Errno> {
        if self.is_ready_now(flags)? { Ok(()) } else { Err(Errno::AGAIN) }
    }

    fn is_ready_now(&self, flags: PollFlags) -> Result<bool, Errno> {
        let mut polled = [PollFd::new(self, flags)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        rustix::event::poll(&mut polled, Some(&now)).map(|count| count > 0)
    }

    /// Whether a read would give bytes, an end or an error at once.
    pub fn is_readable_now(&self) -> bool {
        // where even asking fails, a read will tell
        self.is_ready_now(PollFlags::IN).unwrap_or(true)
    }

    /// Whether a write would take bytes, or fail, at once.
    pub fn is_writable_now(&self) -> bool {
        self.is_ready_now(PollFlags::OUT).unwrap_or(true)
    }

    /// Ends a socket's connection in both directions.
    pub fn shutdown(&self) -> io::Result<()> {
        Ok(rustix::net::shutdown(self, rustix::net::Shutdown::Both)?)
    }

    /// Passes the end of our stream on. Of no effect on what is not a stream socket.
    pub fn shutdown_write(&self) -> io::Result<()> {
        if self.kind == Kind::StreamSocket {
            rustix::net::shutdown(self, rustix::net::Shutdown::Write)?;
        }
        Ok(())
    }
}

impl AsFd for Fd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

/// Has epoll watch a descriptor for what it is open for.
fn poll(handle: &Rc<Handle>) -> io::Result<AsyncFd<Rc<Handle>>> {
    let flags = rustix::fs::fcntl_getfl(handle.as_fd())?;
    let interest = match flags & OFlags::RWMODE {
        OFlags::RDONLY => any(READABLE),
        OFlags::WRONLY => any(WRITABLE),
        _ => any(READABLE).add(any(WRITABLE)),
    };
    // SAFETY: the handle owns its descriptor, or borrows a standard one whose number is never given
    // to another open file while a handle to it lives; it always gives the same number.
    let registered = unsafe { AsyncFd::register_with_interest(Rc::clone(handle), interest) };
    registered.map_err(|refused| refused.into_parts().1)
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
