//! The signals by which somebody asks how it goes: nobody who asks ends a run that answers.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::is_ignored;

/// The terminal sends SIGINFO for Ctrl-T where the system has it.
pub(super) const ASKING: &[i32] = &[
    libc::SIGUSR1,
    #[cfg(any(
        target_os = "macos",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd",
        target_os = "dragonfly"
    ))]
    libc::SIGINFO,
];

/// These signals wait, as long as it is not known whether they are answered.
#[derive(Debug)]
#[must_use = "what waits is delivered when this goes away"]
pub struct Unheard {
    /// What was blocked before, where this has blocked anything.
    before: Option<libc::sigset_t>,
}

impl Unheard {
    /// From now on. Before any other thread is started.
    pub fn begin() -> Self {
        Self { before: mask(libc::SIG_BLOCK, &set()).ok() }
    }

    /// From now on they are waited for in place of killing the process, those too that have come
    /// meanwhile, or that whoever started us had blocked. One that was ignored stays ignored.
    pub fn listen(self) -> io::Result<Asking> {
        let heard = ASKING.iter().filter(|number| !is_ignored(**number));
        let heard = heard.map(|number| signal(SignalKind::from_raw(*number)));
        let asking = heard.collect::<io::Result<_>>().map(Asking)?;
        mask(libc::SIG_UNBLOCK, &set())?;
        Ok(asking)
    }
}

impl Drop for Unheard {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = mask(libc::SIG_SETMASK, before);
        }
    }
}

fn set() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigemptyset` fills the whole of it before anything else looks at it; a number that
    // is none is refused.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for number in ASKING {
            libc::sigaddset(set.as_mut_ptr(), *number);
        }
        set.assume_init()
    }
}

/// Changes which signals this thread has blocked, and gives those that were before.
fn mask(how: i32, set: &libc::sigset_t) -> io::Result<libc::sigset_t> {
    let mut before = MaybeUninit::uninit();
    // SAFETY: `set` is filled, and so is `before` where the call succeeds.
    unsafe {
        match libc::pthread_sigmask(how, set, before.as_mut_ptr()) {
            0 => Ok(before.assume_init()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }
}

/// Waits for the signals by which somebody asks how it goes.
#[derive(Debug)]
pub struct Asking(Vec<Signal>);

impl Asking {
    /// For none of them.
    pub fn deaf() -> Self {
        Self(Vec::new())
    }

    /// Comes back each time that one comes; never where none is waited for.
    pub async fn wait(&mut self) {
        poll_fn(|context| {
            let asked = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if asked { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
