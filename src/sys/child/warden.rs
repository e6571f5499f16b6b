//! What ends programs where we are killed and can do nothing about it ourselves.
//!
//! The kernel kills each program then, but nobody whom the program has started. So before the first
//! program is started, a process is forked that waits for our end and kills what is left of all
//! programs: the warden. Which those are stands on a roll in memory that we share with it, so that
//! a program costs it nothing. It has no descriptor of ours, and no signal but SIGKILL ends it
//! before us.
//!
//! There is none where the kernel cannot close descriptors at once (before Linux 5.9), and one that
//! was killed together with us (`pkill -f`) does nothing any more. Then programs are killed alone.

use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, chdir, getpid, getppid, pidfd_open, setsid};

use super::group::{Extent, Group};
use super::process::Process;

/// How many programs it knows at most.
const PLACES: usize = 1 << 16;

/// What it is called in lists of processes: not as we are, so that who is ended by our name is not
/// the warden as well.
const NAME: &std::ffi::CStr = c"program-watch";

/// The one of this process, if it could be had.
static WARDEN: OnceLock<Option<Warden>> = OnceLock::new();

/// Our side of it.
struct Warden {
    roll: &'static [AtomicI32],
    free: Mutex<Free>,
}

/// Places of the roll that nobody has.
struct Free {
    returned: Vec<usize>,
    /// This one and all behind it were never taken.
    rest: usize,
}

/// A program's place on the roll, until this is dropped. That is to be before the program is
/// collected: its number may be somebody else's after that.
#[derive(Debug)]
pub(super) struct Place(Option<usize>);

/// Starts the warden, unless there is one already.
pub(super) fn appoint() {
    WARDEN.get_or_init(|| start().ok());
}

/// Puts a program on the roll.
pub(super) fn enter(group: Group) -> Place {
    let Some(warden) = WARDEN.get().and_then(Option::as_ref) else {
        return Place(None);
    };
    let mut free = warden.free.lock().unwrap_or_else(PoisonError::into_inner);
    let place = free.returned.pop().or_else(|| {
        free.rest += 1;
        Some(free.rest - 1).filter(|place| *place < PLACES)
    });
    if let Some(line) = place.and_then(|place| warden.roll.get(place)) {
        line.store(written(group), Ordering::Release);
    }
    Place(place)
}

impl Drop for Place {
    fn drop(&mut self) {
        let warden = WARDEN.get().and_then(Option::as_ref);
        if let (Some(place), Some(warden)) = (self.0, warden) {
            if let Some(line) = warden.roll.get(place) {
                line.store(0, Ordering::Release);
            }
            warden.free.lock().unwrap_or_else(PoisonError::into_inner).returned.push(place);
        }
    }
}

/// A group as it stands on the roll: a session's number is negative.
fn written(group: Group) -> i32 {
    let number = group.leader().as_raw_nonzero().get();
    if group.extent() == Extent::Session { -number } else { number }
}

/// What stands on the roll; nothing where a place is free.
fn read(line: &AtomicI32) -> Option<Group> {
    let number = line.load(Ordering::Acquire);
    let extent = if number < 0 { Extent::Session } else { Extent::Group };
    Pid::from_raw(number.checked_abs()?).map(|leader| Group::of(leader, extent))
}

fn start() -> io::Result<Warden> {
    let roll = shared()?;
    let parent = getpid();
    let mut before = MaybeUninit::uninit();
    // SAFETY: the sets are filled before they are used. What runs in the new process is `wait`,
    // which makes system calls alone, allocates nothing and never comes back. All signals are
    // blocked meanwhile, so that no handler of ours runs there.
    let forked = unsafe {
        let mut all = MaybeUninit::uninit();
        libc::sigfillset(all.as_mut_ptr());
        match libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) {
            0 => {}
            error => return Err(io::Error::from_raw_os_error(error)),
        }
        let forked = libc::fork();
        if forked == 0 {
            wait(parent, roll);
        }
        let error = io::Error::last_os_error();
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut());
        if forked < 0 { Err(error) } else { Ok(()) }
    };
    forked.map(|()| Warden { roll, free: Mutex::new(Free { returned: Vec::new(), rest: 0 }) })
}

/// Memory that is the same in a forked process. Pages of it are taken as they are written to.
fn shared() -> io::Result<&'static [AtomicI32]> {
    let size = PLACES * size_of::<AtomicI32>();
    let (access, kind) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: new memory of that size, aligned to a page, all zeroes, and never given back.
    unsafe {
        let memory = libc::mmap(std::ptr::null_mut(), size, access, kind, -1, 0);
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(std::slice::from_raw_parts(memory.cast(), PLACES))
    }
}

/// All that the warden does.
fn wait(parent: Pid, roll: &[AtomicI32]) -> ! {
    if leave_everything().is_ok() && has_ended(parent) {
        let end = now();
        // those that need no search first
        for extent in [Extent::Group, Extent::Session] {
            let programs = roll.iter().filter_map(read);
            for group in programs.filter(|group| group.extent() == extent) {
                // the leader may have been collected since, and its number be somebody else's
                let is_new = |leader: Process| leader.started > end;
                if !Process::of(group.leader()).is_some_and(is_new) {
                    group.kill();
                }
            }
        }
    }
    // SAFETY: ends the process without a word to anything of ours in it.
    unsafe { libc::_exit(0) }
}

/// Nobody is to wait for a descriptor, a terminal or a directory because the warden has it.
fn leave_everything() -> rustix::io::Result<()> {
    // SAFETY: nothing in this process uses a descriptor any more; the name ends with a NUL.
    let closed = unsafe {
        libc::prctl(libc::PR_SET_NAME, NAME.as_ptr());
        libc::syscall(libc::SYS_close_range, 0, libc::c_uint::MAX, 0)
    };
    if closed != 0 {
        return Err(Errno::NOSYS);
    }
    setsid()?;
    chdir(c"/")
}

/// Waits for the end of the process that forked us; false where that cannot be done.
fn has_ended(parent: Pid) -> bool {
    let descriptor = pidfd_open(parent, PidfdFlags::empty());
    if getppid() != Some(parent) {
        // it has ended already
        return true;
    }
    let Ok(descriptor) = descriptor else {
        return false;
    };
    loop {
        match rustix::event::poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], None) {
            Ok(1..) => return true,
            Ok(0) | Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// The time since the system was started, in hundredths of a second.
fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills `time`.
    unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time) };
    let (seconds, nanoseconds) = (time.tv_sec.cast_unsigned(), time.tv_nsec.cast_unsigned());
    #[allow(clippy::useless_conversion, reason = "they are as wide as the machine's words")]
    let (seconds, nanoseconds) = (u64::from(seconds), u64::from(nanoseconds));
    seconds * 100 + nanoseconds / 10_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roll_tells_groups_from_sessions() {
        let leader = Pid::from_raw(4711).unwrap();
        for extent in [Extent::Group, Extent::Session] {
            let line = AtomicI32::new(written(Group::of(leader, extent)));
            let group = read(&line).unwrap();
            assert_eq!((group.leader(), group.extent()), (leader, extent));
        }
        assert!(read(&AtomicI32::new(0)).is_none());
        assert!(read(&AtomicI32::new(i32::MIN)).is_none());
    }

    #[test]
    fn a_process_that_runs_was_not_started_after_now() {
        let ourselves = Process::of(getpid()).unwrap();
        assert!((1..=now()).contains(&ourselves.started), "{ourselves:?} {}", now());
    }

    #[test]
    fn what_is_shared_is_shared() {
        let roll = shared().unwrap();
        assert_eq!(roll.len(), PLACES);
        roll[PLACES - 1].store(7, Ordering::Release);
        assert_eq!(roll[PLACES - 1].load(Ordering::Acquire), 7);
    }
}
