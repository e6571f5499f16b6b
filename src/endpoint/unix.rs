//! Unix-domain sockets, stream and datagram, with paths or abstract names.
//!
//! A path that we make is ours to remove, and no other: [`OwnPath`] goes away on every exit, and
//! where a listener finds its path taken it replaces nothing but a dead socket.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketAddrAny, SocketAddrUnix, SocketFlags, SocketType};

use tokio::time::{Instant, sleep};

use super::Link;
use crate::event::{Error, Event, Observer, Peer};
use crate::net::socket::BACKLOG;
use crate::plan::{UnixKind, UnixName};
use crate::sys::fd::Fd;

/// A socket's path, and perhaps a directory made for it, which are removed with this value.
#[derive(Debug)]
pub struct OwnPath {
    path: PathBuf,
    /// Device and inode: another socket that came to stand there is not ours.
    identity: (u64, u64),
    directory: Option<PathBuf>,
}

impl OwnPath {
    fn new(path: &Path) -> io::Result<Self> {
        let metadata = fs::symlink_metadata(path)?;
        let identity = (metadata.dev(), metadata.ino());
        // an exit may come after the working directory changed
        Ok(Self { path: std::path::absolute(path)?, identity, directory: None })
    }
}

impl Drop for OwnPath {
    fn drop(&mut self) {
        let still_ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|metadata| (metadata.dev(), metadata.ino()) == self.identity);
        if still_ours {
            let _ = fs::remove_file(&self.path);
        }
        if let Some(directory) = &self.directory {
            let _ = fs::remove_dir(directory);
        }
    }
}

fn socket(kind: UnixKind) -> io::Result<OwnedFd> {
    let kind = match kind {
        UnixKind::Stream => SocketType::STREAM,
        UnixKind::Datagram => SocketType::DGRAM,
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(rustix::net::socket_with(AddressFamily::UNIX, kind, flags, None)?)
}

/// The kernel's form of a name. An empty path is an error: the kernel would choose a name.
fn address(name: &UnixName) -> io::Result<SocketAddrUnix> {
    Ok(match name {
        UnixName::Path(path) if path.as_os_str().is_empty() => {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        UnixName::Path(path) => SocketAddrUnix::new(path.as_path())?,
        UnixName::Abstract(name) => SocketAddrUnix::new_abstract_name(name)?,
    })
}

/// The name in an address of a Unix socket, where it has one.
pub fn name_of(address: &SocketAddrUnix) -> Option<UnixName> {
    if let Some(name) = address.abstract_name() {
        return Some(UnixName::Abstract(name.to_vec()));
    }
    let path = address.path()?;
    Some(UnixName::Path(Path::new(std::ffi::OsStr::from_bytes(path.to_bytes())).into()))
}

/// Connects to a stream socket, by the deadline. Where the listener's backlog is full, it waits for
/// its turn; nothing tells when that is, so it asks again and again, ever more slowly.
pub async fn connect_stream(name: &UnixName, timeout: Option<Duration>) -> Result<Link, Error> {
    let fail = |error| Error::Unix { name: name.clone(), error };
    let started = Instant::now();
    let address = address(name).map_err(fail)?;
    let fd = socket(UnixKind::Stream).map_err(fail)?;
    let mut pause = PAUSES.0;
    while let Err(error) = rustix::net::connect(&fd, &address) {
        if error != rustix::io::Errno::AGAIN {
            return Err(fail(error.into()));
        }
        if timeout.is_some_and(|timeout| started.elapsed() >= timeout) {
            return Err(fail(io::ErrorKind::TimedOut.into()));
        }
        sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
    let fd = Fd::owned(fd).map_err(fail)?;
    let peer = Peer::Unix { kind: UnixKind::Stream, name: Some(name.clone()) };
    Ok(Link::new(fd, peer, None))
}

/// The first and the longest pause between two attempts to get into a full backlog.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Connects a datagram socket that is itself bound, to `source` or in a fresh directory, so that
/// the peer can answer.
pub fn connect_datagram(
    name: &UnixName,
    source: Option<&UnixName>,
    observer: &dyn Observer,
) -> Result<Link, Error> {
    let fail = |error| Error::Unix { name: name.clone(), error };
    let fd = socket(UnixKind::Datagram).map_err(fail)?;
    let to = address(name).map_err(fail)?;
    let (own_name, own_path) = match source {
        Some(source) => (source.clone(), bind(&fd, UnixKind::Datagram, source)?),
        None => bind_temporary(&fd)?,
    };
    let own_peer = Peer::Unix { kind: UnixKind::Datagram, name: Some(own_name) };
    observer.observe(&Event::Bound(own_peer));
    rustix::net::connect(&fd, &to).map_err(|error| fail(error.into()))?;
    let fd = Fd::owned(fd).map_err(fail)?;
    let peer = Peer::Unix { kind: UnixKind::Datagram, name: Some(name.clone()) };
    let link = Link::new(fd, peer, None);
    Ok(match own_path {
        Some(own_path) => link.with_path(own_path),
        None => link,
    })
}

/// Binds in a fresh directory that only we can enter.
fn bind_temporary(fd: &OwnedFd) -> Result<(UnixName, Option<OwnPath>), Error> {
    let temporary = std::env::temp_dir();
    let fail = |error| Error::File { path: temporary.clone(), error };
    let directory = fresh_directory(&temporary).map_err(fail)?;
    let path = directory.join("recv.sock");
    let name = UnixName::Path(path.clone());
    let bound = address(&name)
        .and_then(|address| Ok(rustix::net::bind(fd, &address)?))
        .and_then(|()| OwnPath::new(&path));
    match bound {
        Ok(mut own_path) => {
            own_path.directory = Some(directory);
            Ok((name, Some(own_path)))
        }
        Err(error) => {
            let _ = fs::remove_dir(&directory);
            Err(Error::Unix { name, error })
        }
    }
}

fn fresh_directory(parent: &Path) -> io::Result<PathBuf> {
    let mut number = std::process::id();
    loop {
        let directory = parent.join(format!("nc-{:06x}", number & 0xff_ffff));
        match fs::DirBuilder::new().mode(0o700).create(&directory) {
            Ok(()) => return Ok(directory),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                number = number.wrapping_add(1);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Binds a name. A dead socket that stands at the path is replaced; anything else is left alone.
fn bind(fd: &OwnedFd, kind: UnixKind, name: &UnixName) -> Result<Option<OwnPath>, Error> {
    let local = || Peer::Unix { kind, name: Some(name.clone()) };
    let fail = |error| Error::Bind { local: local(), error };
    let to = address(name).map_err(fail)?;
    if let Some(path) = name.path() {
        remove_dead(path, &to, name)?;
    }
    rustix::net::bind(fd, &to).map_err(|error| match (error, name.path()) {
        // somebody was faster
        (rustix::io::Errno::ADDRINUSE, Some(_)) => {
            Error::PathTaken { name: name.clone(), by: "a socket in use" }
        }
        _ => fail(error.into()),
    })?;
    name.path().map(OwnPath::new).transpose().map_err(fail)
}

fn remove_dead(path: &Path, address: &SocketAddrUnix, name: &UnixName) -> Result<(), Error> {
    let taken = |by| Err(Error::PathTaken { name: name.clone(), by });
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    let kind = metadata.file_type();
    if !kind.is_socket() {
        return taken(match () {
            () if kind.is_file() => "a regular file",
            () if kind.is_dir() => "a directory",
            () if kind.is_symlink() => "a symbolic link",
            () => "something that is no socket",
        });
    }
    if is_alive(address) {
        return taken("a socket in use");
    }
    fs::remove_file(path).map_err(|error| Error::Unix { name: name.clone(), error })
}

/// Whether a process has the socket. Asked with a kind of socket that nobody here listens with, so
/// that a living one says that the kind is wrong, and no client is made of the question.
fn is_alive(address: &SocketAddrUnix) -> bool {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let probe = rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None);
    let answer = probe.and_then(|probe| rustix::net::connect(&probe, address));
    answer != Err(rustix::io::Errno::CONNREFUSED)
}

/// A bound Unix socket that waits for clients.
#[derive(Debug)]
pub struct Listener {
    fd: Fd,
    kind: UnixKind,
    /// The name it is bound to.
    pub name: UnixName,
    own_path: Option<OwnPath>,
}

/// Binds a socket and, for streams, listens.
pub fn listen(kind: UnixKind, name: &UnixName) -> Result<Listener, Error> {
    let fail = |error| Error::Unix { name: name.clone(), error };
    let fd = socket(kind).map_err(fail)?;
    let own_path = bind(&fd, kind, name)?;
    if kind == UnixKind::Stream {
        rustix::net::listen(&fd, BACKLOG).map_err(|error| fail(error.into()))?;
    }
    let fd = Fd::owned(fd).map_err(fail)?;
    Ok(Listener { fd, kind, name: name.clone(), own_path })
}

impl Listener {
    /// What it is bound to, for messages.
    pub fn peer(&self) -> Peer {
        Peer::Unix { kind: self.kind, name: Some(self.name.clone()) }
    }

    /// Waits for the next stream client. May be dropped while it waits.
    pub async fn accept(&self) -> io::Result<Link> {
        loop {
            self.fd.readable().await?;
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            match rustix::net::accept_with(&self.fd, flags) {
                Ok(socket) => {
                    let peer = Peer::Unix { kind: self.kind, name: Some(self.name.clone()) };
                    return Ok(Link::new(Fd::accepted(socket, true)?, peer, None));
                }
                Err(rustix::io::Errno::AGAIN) => self.fd.not_readable().await,
                Err(rustix::io::Errno::INTR | rustix::io::Errno::CONNABORTED) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits for a datagram, which stays unread, and says who sent it; `None` for a sender
    /// without a name.
    pub async fn first_peer(&self) -> io::Result<Option<UnixName>> {
        let sender = self.fd.peek_sender().await?;
        Ok(sender.and_then(unix_address).and_then(|sender| name_of(&sender)))
    }

    /// Locks on to a sender, if it has a name: nobody else is heard from now on.
    pub fn lock_on(self, sender: Option<&UnixName>) -> Result<Link, Error> {
        let peer = self.peer();
        if let Some(sender) = sender {
            let fail = |error| Error::Unix { name: sender.clone(), error };
            let to = address(sender).map_err(fail)?;
            rustix::net::connect(&self.fd, &to).map_err(|error| fail(error.into()))?;
        }
        let link = Link::new(self.fd, peer, None);
        Ok(match self.own_path {
            Some(own_path) => link.with_path(own_path),
            None => link,
        })
    }

    /// The socket.
    pub fn fd(&self) -> &Fd {
        &self.fd
    }

    /// The socket, and the path that goes away with its second part.
    pub fn into_parts(self) -> (Fd, Option<OwnPath>) {
        (self.fd, self.own_path)
    }
}

fn unix_address(address: SocketAddrAny) -> Option<SocketAddrUnix> {
    SocketAddrUnix::try_from(address).ok()
}
