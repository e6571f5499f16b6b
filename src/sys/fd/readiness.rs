//! Waiting for a descriptor, and what is known of it without waiting.

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::rc::Rc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::OFlags;
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, Ready};

use super::{Fd, Handle};

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

impl Fd {
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
        // what is always ready must not keep the other direction, or a signal, from its turn
        tokio::task::coop::consume_budget().await;
        let polled = self.polled.borrow().clone();
        match polled {
            Some(polled) => Ok(polled.ready(any(interests)).await?.ready()),
            None => Ok(Ready::ALL),
        }
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
        let polled = self.polled.borrow().clone();
        let Some(polled) = polled else {
            // epoll tells nothing of it, and it is not always ready after all
            tokio::time::sleep(RETRY).await;
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
            // reading what came before may have taken note of the event
            if let Some(error) = self.take_error() {
                return error;
            }
            match polled.ready(Interest::ERROR).await {
                Ok(mut guard) => guard.clear_ready(),
                Err(error) => return error,
            }
        }
    }

    /// Waits until nobody reads any more what is written to a pipe, or nobody is at a
    /// pseudo-terminal.
    pub async fn unread(&self) {
        while !self.is_unread_now() {
            let polled = self.polled.borrow().clone();
            let Some(polled) = polled else {
                return std::future::pending().await;
            };
            match polled.ready(Interest::ERROR).await {
                Ok(mut guard) => guard.clear_ready(),
                Err(_) => return,
            }
        }
    }

    /// Whether nobody reads what is written to a pipe or a Unix socket, or nobody is at a
    /// pseudo-terminal.
    pub fn is_unread_now(&self) -> bool {
        self.is_ready_now(PollFlags::empty()).unwrap_or(true)
    }

    pub(super) fn forget_readable(&self) {
        if let Some(polled) = &*self.polled.borrow() {
            forget(polled, READABLE);
        }
    }

    /// `AGAIN` unless one of `flags` or an error stands now.
    pub(super) fn poll_now(&self, flags: PollFlags) -> Result<(), Errno> {
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
}

/// Has epoll watch a descriptor for what it is open for.
pub(super) fn poll(handle: &Rc<Handle>) -> io::Result<AsyncFd<Rc<Handle>>> {
    let flags = rustix::fs::fcntl_getfl(handle.as_fd())?;
    let interest = match flags & OFlags::RWMODE {
        OFlags::RDONLY => any(READABLE),
        OFlags::WRONLY => any(WRITABLE),
        _ => any(READABLE).add(any(WRITABLE)),
    };
    poll_for(handle, interest)
}

/// Has epoll watch a socket, which is open for both.
pub(super) fn poll_socket(handle: &Rc<Handle>) -> io::Result<AsyncFd<Rc<Handle>>> {
    poll_for(handle, any(READABLE).add(any(WRITABLE)))
}

fn poll_for(handle: &Rc<Handle>, interest: Interest) -> io::Result<AsyncFd<Rc<Handle>>> {
    // SAFETY: the handle owns its descriptor, or borrows a standard one whose number is never given
    // to another open file while a handle to it lives; it always gives the same number.
    let registered = unsafe { AsyncFd::register_with_interest(Rc::clone(handle), interest) };
    registered.map_err(|refused| refused.into_parts().1)
}
