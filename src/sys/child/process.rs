//! What the system tells of processes: to which group and session they belong, and since when.
//!
//! Nothing here allocates, so that it may be asked between `fork` and the end of a process as well.

use std::ffi::CStr;
use std::io::Write;
use std::mem::MaybeUninit;
use std::ops::ControlFlow;

use rustix::fs::{Mode, OFlags, RawDir};
use rustix::process::Pid;

/// Where the kernel lists the processes.
const PROCESSES: &CStr = c"/proc";

/// Enough for the beginning of a process's line, whatever its name.
const LINE: usize = 1024;

/// A process, as it was a moment ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: Pid,
    pub(super) group: i32,
    pub(super) session: i32,
    /// When it was started, in hundredths of a second since the system was.
    pub(super) started: u64,
    /// It has not ended, and is no zombie.
    pub(super) lives: bool,
}

impl Process {
    /// Of this number, if there is one and the system tells.
    pub(super) fn of(pid: Pid) -> Option<Self> {
        let mut path = [0; 32];
        write!(&mut path[..], "/proc/{pid}/stat\0").ok()?;
        let path = CStr::from_bytes_until_nul(&path).ok()?;
        let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let mut line = [0; LINE];
        let length = rustix::io::read(&file, &mut line).ok()?;
        Self::told_by(pid, &line[..length])
    }

    /// A line of `/proc/PID/stat`: the name stands in brackets and may hold anything, then come its
    /// state, its parent, its group, its session and, as the 22nd field, its start.
    fn told_by(pid: Pid, line: &[u8]) -> Option<Self> {
        let end = line.iter().rposition(|byte| *byte == b')')?;
        // what follows is plain, but the line may be cut off within the last field
        let mut fields = str::from_utf8(&line[end + 1..]).ok()?.split_ascii_whitespace();
        let state = fields.next()?;
        let group = fields.nth(1)?.parse().ok()?;
        let session = fields.next()?.parse().ok()?;
        let started = fields.nth(15)?.parse().ok()?;
        Some(Self { pid, group, session, started, lives: !matches!(state, "Z" | "X") })
    }
}

/// Shows every process, in the order of their numbers: one that is started meanwhile is shown too,
/// unless the numbers have begun anew. Where they are not listed, there are none.
pub(super) fn each(mut show: impl FnMut(Process) -> ControlFlow<()>) {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let Ok(folder) = rustix::fs::open(PROCESSES, flags, Mode::empty()) else {
        return;
    };
    let mut space = [MaybeUninit::uninit(); 2048];
    let mut entries = RawDir::new(&folder, &mut space);
    while let Some(Ok(entry)) = entries.next() {
        let name = str::from_utf8(entry.file_name().to_bytes()).unwrap_or_default();
        let process = name.parse().ok().and_then(Pid::from_raw).and_then(Process::of);
        if process.is_some_and(|process| show(process).is_break()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_line_whatever_its_name() {
        let pid = Pid::from_raw(80).unwrap();
        let rest = "34816 80 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 5 6 7";
        let told = |lives| Some(Process { pid, group: 77, session: 70, started: 4711, lives });
        let rows: [(Vec<u8>, Option<Process>); 6] = [
            (format!("80 (cat) S 1 77 70 {rest}").into(), told(true)),
            (format!("80 (a) Z 1 1 (b) S 1 77 70 {rest}").into(), told(true)),
            ([b"80 (\xff\n) R 1 77 70 ", rest.as_bytes()].concat(), told(true)),
            (format!("80 (cat) Z 1 77 70 {rest}").into(), told(false)),
            (b"80 (cat) S 1 77 70 0".into(), None),
            (b"".into(), None),
        ];
        for (line, expected) in rows {
            let text = String::from_utf8_lossy(&line);
            assert_eq!(Process::told_by(pid, &line), expected, "{text}");
        }
    }

    #[test]
    fn we_are_among_the_processes() {
        let ourselves = rustix::process::getpid();
        let mut seen = None;
        each(|process| {
            seen = Some(process).filter(|process| process.pid == ourselves).or(seen);
            ControlFlow::Continue(())
        });
        let group = rustix::process::getpgrp().as_raw_nonzero().get();
        assert!(seen.is_some_and(|process| process.group == group && process.lives), "{seen:?}");
        assert_eq!(seen, Process::of(ourselves));
    }
}
