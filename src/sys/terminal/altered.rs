//! A terminal that is set differently, and set back however that ends: when it is over, where a
//! signal that is waited for ends the run and drops what it was doing, at a panic, and where the
//! process dies at once.

use std::io;
use std::os::fd::OwnedFd;
use std::panic;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::termios::{OptionalActions, Termios, tcsetattr};

use super::is_foreground;
use crate::sys::signal::deadly;

/// What a terminal was set to.
#[derive(Debug)]
pub struct Before {
    /// The terminal.
    pub terminal: OwnedFd,
    /// What it was set to.
    pub settings: Termios,
    /// How that is set back.
    pub action: OptionalActions,
    /// The same terminal, to write to.
    pub screen: OwnedFd,
    /// What it gets there, where there is no time for more.
    pub farewell: &'static [u8],
}

impl Before {
    /// Makes system calls alone, as it is for a signal handler too.
    fn set_back(&self) {
        // in the background it is somebody else's by now, and setting it would stop us
        if is_foreground(&self.terminal) {
            let _ = tcsetattr(&self.terminal, self.action, &self.settings);
        }
    }

    /// The same, in the last moment of this process.
    fn set_back_at_last(&self) {
        self.set_back();
        let mut polled = [PollFd::new(&self.screen, PollFlags::OUT)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        if rustix::event::poll(&mut polled, Some(&at_once)).is_ok_and(|count| count > 0) {
            let _ = rustix::io::write(&self.screen, self.farewell);
        }
    }
}

/// A terminal that is set differently, until this goes away. A second one meanwhile is only set back
/// when it goes away.
#[derive(Debug)]
pub struct Altered(*mut Before);

/// The one that is set differently now.
static ALTERED: AtomicPtr<Before> = AtomicPtr::new(ptr::null_mut());

/// Somebody uses that at this moment, to whom it belongs from now on.
static IN_USE: AtomicBool = AtomicBool::new(false);

static PREPARED: Once = Once::new();

impl Altered {
    /// From now on.
    pub fn begin(before: Before, now: &Termios) -> io::Result<Self> {
        PREPARED.call_once(|| {
            let usual = panic::take_hook();
            panic::set_hook(Box::new(move |what| {
                set_back_at_last();
                usual(what);
            }));
            deadly::before_death(set_back_at_last);
        });
        let altered = Self(Box::into_raw(Box::new(before)));
        let free = ptr::null_mut();
        let (set, other) = (Ordering::SeqCst, Ordering::SeqCst);
        // who comes second goes without
        let _ = ALTERED.compare_exchange(free, altered.0, set, other);
        // SAFETY: it is ours, and nobody changes it.
        let terminal = unsafe { &(*altered.0).terminal };
        tcsetattr(terminal, OptionalActions::Now, now)?;
        Ok(altered)
    }
}

impl Drop for Altered {
    fn drop(&mut self) {
        // SAFETY: as in `begin`.
        unsafe { (*self.0).set_back() };
        let (set, other) = (Ordering::SeqCst, Ordering::SeqCst);
        let _ = ALTERED.compare_exchange(self.0, ptr::null_mut(), set, other);
        if !IN_USE.load(Ordering::SeqCst) {
            // SAFETY: it came from a box, and nobody has found it who has not said so before: whoever
            // says so from now on finds none.
            drop(unsafe { Box::from_raw(self.0) });
        }
    }
}

fn set_back_at_last() {
    IN_USE.store(true, Ordering::SeqCst);
    let altered = ALTERED.load(Ordering::SeqCst);
    // SAFETY: it is not freed any more since `IN_USE` was set before it was found.
    if let Some(before) = unsafe { altered.as_ref() } {
        before.set_back_at_last();
    }
}
