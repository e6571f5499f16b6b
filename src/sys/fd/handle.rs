//! What owns a descriptor.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

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

impl Handle {
    /// Of a descriptor that is ours.
    pub(super) fn owned(fd: OwnedFd) -> Self {
        Self(Owner::Us(fd))
    }

    /// Of standard descriptor 0, 1 or 2.
    pub(super) fn standard(number: RawFd) -> Self {
        Self(Owner::Process(number))
    }
}
