//! A file or device in the place of the network.

use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::Link;
use crate::event::{Error, Peer};
use crate::sys::fd::Fd;

/// Opens an existing file or device for reading and writing.
pub fn open(path: &Path) -> Result<Link, Error> {
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fail = |error| Error::File { path: path.to_owned(), error };
    let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| fail(error.into()))?;
    let fd = Fd::owned(fd).map_err(fail)?;
    Ok(Link::new(fd, Peer::File(path.to_owned()), None))
}
