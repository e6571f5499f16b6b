//! Work that cannot be waited for otherwise than by a thread: asking the resolver,
//! writing to whatever standard output is.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

use tokio::sync::oneshot;

/// So many at once; one that never comes back must not make the process grow without bounds.
const MOST: usize = 64;

/// The stack of such a thread, in bytes: the resolver's modules want some.
const STACK: usize = 256 * 1024;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Counts a thread for as long as it runs.
struct Place;

impl Place {
    fn take() -> io::Result<Self> {
        let place = Self;
        if RUNNING.fetch_add(1, Ordering::Relaxed) < MOST {
            Ok(place)
        } else {
            Err(io::ErrorKind::ResourceBusy.into())
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs `work` on a thread of its own and gives its result. It cannot be stopped: who does not
/// wait leaves it behind. An error where the system lets us have no thread.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let place = Place::take()?;
    let (sender, receiver) = oneshot::channel();
    let task = move || {
        let _place = place;
        // nobody may be waiting any more
        let _ = sender.send(work());
    };
    Builder::new().stack_size(STACK).spawn(task)?;
    receiver.await.map_err(io::Error::other)
}
