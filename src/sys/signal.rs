//! Signals: waiting for those that end us, and dying of one so that the parent sees it.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a run after what it made was cleaned up.
#[derive(Debug)]
pub struct Ending {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
}

impl Ending {
    /// From now on these signals are waited for in place of killing the process.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The number of the first one that comes.
    pub async fn wait(&mut self) -> i32 {
        tokio::select! {
            _ = self.hangup.recv() => libc::SIGHUP,
            _ = self.interrupt.recv() => libc::SIGINT,
            _ = self.terminate.recv() => libc::SIGTERM,
        }
    }
}

/// Dies of a signal, as if it had never been caught. Returns only where the signal is blocked.
pub fn die_of(number: i32) {
    // SAFETY: restoring a signal's default action and raising it touches no memory of ours.
    unsafe {
        libc::signal(number, libc::SIG_DFL);
        libc::raise(number);
    }
}

/// Dies of SIGPIPE, as a program does whose reader is gone.
pub fn die_of_broken_pipe() {
    die_of(libc::SIGPIPE);
}

/// Whether the signal was ignored by whoever started us (`nohup`), which is to stay so.
pub fn is_ignored(number: i32) -> bool {
    // SAFETY: `sigaction` with a null new action only fills `current`, which is large enough; all
    // zeroes is a valid value of it.
    unsafe {
        let mut current: libc::sigaction = std::mem::zeroed();
        libc::sigaction(number, std::ptr::null(), &raw mut current) == 0
            && current.sa_sigaction == libc::SIG_IGN
    }
}
