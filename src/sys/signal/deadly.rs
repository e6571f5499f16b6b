//! The signals of which a process dies by default, and what is done at the last moment.
//!
//! Most that come by intent are waited for ([`super::Ending`]), and the run ends in order. Of the
//! others a process dies at once; what cannot be left as it is, a terminal, is set back by a handler,
//! which makes system calls and nothing else.

use std::mem;
use std::ptr;
use std::sync::{Once, OnceLock};

/// How a run dies of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// It says how it went.
    InOrder,
    /// The same, if it leaves something behind unless it cleans up; else at once.
    WithCare,
    /// At once.
    AtOnce,
}

/// All of them but SIGKILL, about which nothing can be done, and SIGPIPE, which is ignored; the
/// real-time signals are [`real_time`].
pub const DEADLY: &[(i32, Death)] = &[
    (libc::SIGHUP, Death::InOrder),
    (libc::SIGINT, Death::InOrder),
    (libc::SIGTERM, Death::InOrder),
    (libc::SIGQUIT, Death::WithCare),
    (libc::SIGUSR1, Death::WithCare),
    (libc::SIGUSR2, Death::WithCare),
    (libc::SIGALRM, Death::WithCare),
    (libc::SIGXCPU, Death::WithCare),
    (libc::SIGILL, Death::AtOnce),
    (libc::SIGTRAP, Death::AtOnce),
    (libc::SIGABRT, Death::AtOnce),
    (libc::SIGBUS, Death::AtOnce),
    (libc::SIGFPE, Death::AtOnce),
    (libc::SIGSEGV, Death::AtOnce),
    (libc::SIGXFSZ, Death::AtOnce),
    (libc::SIGVTALRM, Death::AtOnce),
    (libc::SIGPROF, Death::AtOnce),
    (libc::SIGSYS, Death::AtOnce),
    // elsewhere these two are ignored by default, or are not there
    #[cfg(target_os = "linux")]
    (libc::SIGIO, Death::AtOnce),
    #[cfg(target_os = "linux")]
    (libc::SIGPWR, Death::AtOnce),
    #[cfg(all(target_os = "linux", not(any(target_arch = "mips", target_arch = "mips64"))))]
    (libc::SIGSTKFLT, Death::AtOnce),
];

/// Those that mean nothing in particular, of which a process dies as well.
#[cfg(target_os = "linux")]
fn real_time() -> std::ops::RangeInclusive<i32> {
    libc::SIGRTMIN()..=libc::SIGRTMAX()
}

#[cfg(not(target_os = "linux"))]
fn real_time() -> std::ops::Range<i32> {
    0..0
}

/// The processor tells of these by them, and makes the same mistake again if nothing has changed.
const FAULTS: &[i32] = &[libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE];

static INSTALLED: Once = Once::new();

/// What is done at last: system calls that may be made in a signal handler, and nothing else.
static LAST_ACT: OnceLock<fn()> = OnceLock::new();

/// What was done about each fault before us: the standard library tells of a stack that is full.
static BEFORE: OnceLock<Vec<(i32, libc::sigaction)>> = OnceLock::new();

/// From now on `act` is carried out before this process dies at once of a signal. It may make
/// nothing but system calls: no allocation, no lock, no panic. Whoever is first has its way.
///
/// Signals that are waited for by now, or ignored, stay as they are.
pub fn before_death(act: fn()) {
    INSTALLED.call_once(|| {
        let _ = LAST_ACT.set(act);
        let numbers = DEADLY.iter().map(|(number, _)| *number).chain(real_time());
        let _ = BEFORE.set(numbers.filter_map(install).collect());
    });
}

/// Has a signal go to [`last_act`]; gives what was done about a fault before.
fn install(number: i32) -> Option<(i32, libc::sigaction)> {
    let is_fault = FAULTS.contains(&number);
    // SAFETY: all zeroes is a valid `sigaction`, with the default action; both are large enough for
    // what is read and written. `last_act` is what SA_SIGINFO says it is, and makes system calls
    // alone.
    unsafe {
        let mut before: libc::sigaction = mem::zeroed();
        if libc::sigaction(number, ptr::null(), &raw mut before) != 0
            || !(before.sa_sigaction == libc::SIG_DFL || is_fault)
        {
            return None;
        }
        let mut ours: libc::sigaction = mem::zeroed();
        ours.sa_sigaction = last_act as *const () as usize;
        ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(number, &raw const ours, ptr::null_mut());
        is_fault.then_some((number, before))
    }
}

/// Acts, and lets the process die of the signal.
extern "C" fn last_act(number: i32, about: *mut libc::siginfo_t, _: *mut libc::c_void) {
    if let Some(act) = LAST_ACT.get() {
        act();
    }
    // SAFETY: the kernel gives a handler that asks for it a valid `siginfo_t`. All zeroes is a valid
    // `sigaction`, with the default action; what was before is as the kernel gave it.
    unsafe {
        let will_come_again = (*about).si_code > 0 && FAULTS.contains(&number);
        let before = BEFORE.get().and_then(|before| before.iter().find(|one| one.0 == number));
        let next = match before {
            Some((_, before)) if will_come_again => *before,
            _ => mem::zeroed(),
        };
        libc::sigaction(number, &raw const next, ptr::null_mut());
        if !will_come_again {
            // it waits until this comes back
            libc::raise(number);
        }
    }
}
