//! What happens in the new process before the program takes it over: everything that is to be as
//! if it had been started from a fresh login, and not by us.
//!
//! The program gets descriptors 0, 1 and 2 and no other, neither ours nor what we inherited; the
//! default action of every signal, none of them blocked; the limit on descriptors that we were
//! started with; and the kernel's promise to kill it when we die. All of this runs between `fork`
//! and `exec`: it makes system calls and nothing else, no allocation above all.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;

use rustix::fs::{Mode, OFlags, RawDir};
use rustix::io::{Errno, FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getpid, getppid, ioctl_tiocsctty,
    set_parent_process_death_signal, setrlimit, setsid,
};
use rustix::stdio::{dup2_stderr, stdin, stdout};

use crate::sys::limit;

/// Where the kernel lists the descriptors of whoever looks.
const DESCRIPTORS: &CStr = c"/proc/self/fd";

/// Signals are numbered from 1 to here.
const LAST_SIGNAL: libc::c_int = 64;

/// What is to be done in the new process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inside {
    parent: Pid,
    descriptors: Option<Rlimit>,
    errors_with_output: bool,
    at_terminal: bool,
    on_socket: bool,
}

impl Inside {
    /// For a program that we are about to start.
    pub(super) fn new(errors_with_output: bool) -> Self {
        Self {
            parent: getpid(),
            descriptors: limit::before_raising(),
            errors_with_output,
            at_terminal: false,
            on_socket: false,
        }
    }

    /// The same, with a terminal at descriptors 0 and 1, which becomes its controlling one.
    pub(super) fn at_terminal(self) -> Self {
        Self { at_terminal: true, errors_with_output: true, ..self }
    }

    /// Whether the program gets a session of its own.
    pub(super) fn leads_session(self) -> bool {
        self.at_terminal
    }

    /// The same, with a socket at descriptors 0 and 1, which becomes a blocking one.
    pub(super) fn on_socket(self) -> Self {
        Self { on_socket: true, ..self }
    }

    /// Does it.
    pub(super) fn prepare(self) -> io::Result<()> {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        if getppid() != Some(self.parent) {
            // the parent died before it was asked for
            return Err(Errno::SRCH.into());
        }
        reset_signals()?;
        if self.at_terminal {
            setsid()?;
            ioctl_tiocsctty(stdin())?;
        }
        if self.on_socket {
            ioctl_fionbio(stdin(), false)?;
        }
        if self.errors_with_output {
            dup2_stderr(stdout())?;
        }
        close_others_at_exec()?;
        if let Some(limit) = self.descriptors {
            setrlimit(Resource::Nofile, limit)?;
        }
        Ok(())
    }
}

/// The default action for all signals, none of which is blocked.
fn reset_signals() -> io::Result<()> {
    // SAFETY: default actions call no code of ours. The kernel's form of one is all zeroes and
    // shorter than `default`, and that of what was before may be null, as it may for the mask; the
    // set is filled by `sigemptyset` before it is used.
    unsafe {
        for number in 1..=LAST_SIGNAL {
            if libc::signal(number, libc::SIG_DFL) == libc::SIG_ERR {
                // the C library keeps some for itself, which may have been ignored before it came;
                // it fails as well for those that have no other action
                let (default, size) = ([0_u64; 8], size_of::<u64>());
                let before = std::ptr::null::<u64>();
                libc::syscall(libc::SYS_rt_sigaction, number, default.as_ptr(), before, size);
            }
        }
        let mut none = MaybeUninit::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        match libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut()) {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }
}

/// Has every descriptor above 2 closed when the program is executed. Not before: the standard
/// library reports over one of them where that fails.
fn close_others_at_exec() -> io::Result<()> {
    let flags = libc::CLOSE_RANGE_CLOEXEC;
    // SAFETY: sets a flag of descriptors and touches no memory.
    if unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, flags) } == 0 {
        return Ok(());
    }
    // Linux before 5.11
    close_listed_at_exec()
}

fn close_listed_at_exec() -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open(DESCRIPTORS, flags, Mode::empty())?;
    let mut space = [MaybeUninit::uninit(); 2048];
    let mut entries = RawDir::new(&folder, &mut space);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let name = str::from_utf8(entry.file_name().to_bytes());
        if let Some(number @ 3..) = name.ok().and_then(|name| name.parse().ok()) {
            // SAFETY: it is open, as the kernel has just said, and nobody else is here to close it.
            fcntl_setfd(unsafe { BorrowedFd::borrow_raw(number) }, FdFlags::CLOEXEC)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;

    #[test]
    fn the_kernel_s_list_tells_what_to_close() {
        let inherited: Vec<_> =
            (0..100).map(|_| File::open("/dev/null").expect("a file")).collect();
        let mut command = Command::new("sh");
        command.args(["-c", "ls /proc/$$/fd; true"]);
        let open = move || {
            inherited.iter().try_for_each(|file| fcntl_setfd(file, FdFlags::empty()))?;
            close_listed_at_exec()
        };
        // SAFETY: makes system calls alone.
        unsafe { command.pre_exec(open) };
        let listed = command.output().expect("a shell").stdout;
        assert_eq!(String::from_utf8_lossy(&listed), "0\n1\n2\n");
    }
}
