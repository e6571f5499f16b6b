//! Bytes of our own as a descriptor, for what moves bytes between descriptors.

use std::fs::File;
use std::io::{self, Seek, Write};

use rustix::fs::MemfdFlags;

use super::fd::Fd;

/// A file without a name that holds these bytes and stands at its beginning (`memfd_create`).
pub fn file(bytes: &[u8]) -> io::Result<Fd> {
    let mut file = File::from(rustix::fs::memfd_create("request", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Fd::owned(file.into())
}
