//! The process group of a program: what it starts belongs to it, unless it leaves on purpose.

use std::fs;

use rustix::process::{Pid, Signal, kill_process_group};

/// A process group whose leader is a child of ours that has not been collected, so that the number
/// belongs to no other group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group(Pid);

impl Group {
    /// Of its leader.
    pub(super) fn of(leader: Pid) -> Self {
        Self(leader)
    }

    /// The program itself.
    pub(super) fn leader(self) -> Pid {
        self.0
    }

    /// Sends a signal to all of it. It may not be ours to signal any more (a program of another
    /// user): then there is nothing else to be done.
    pub(super) fn signal(self, signal: Signal) {
        let _ = kill_process_group(self.0, signal);
    }

    /// Kills all of it.
    pub(super) fn kill(self) {
        self.signal(Signal::KILL);
    }

    /// Somebody in it besides its leader who is alive, as far as `/proc` tells.
    pub(super) fn other(self) -> Option<Pid> {
        let processes = fs::read_dir("/proc").ok()?;
        processes.flatten().find_map(|process| {
            let number = process.file_name().to_str()?.parse().ok()?;
            let pid = Pid::from_raw(number).filter(|pid| *pid != self.0)?;
            self.has(pid).then_some(pid)
        })
    }

    /// Whether this process is in it and alive.
    pub(super) fn has(self, pid: Pid) -> bool {
        let stat = fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
        is_alive_in(&stat, self.0)
    }
}

/// Whether a line of `/proc/PID/stat` tells of a living process in this group: its name stands in
/// brackets and may hold anything, then come its state, its parent and its group.
fn is_alive_in(stat: &[u8], group: Pid) -> bool {
    let Some(end) = stat.iter().rposition(|byte| *byte == b')') else {
        return false;
    };
    let text = str::from_utf8(&stat[end + 1..]).unwrap_or_default();
    let mut fields = text.split_ascii_whitespace();
    let state = fields.next();
    let number = fields.nth(1).and_then(|number| number.parse().ok());
    number.and_then(Pid::from_raw) == Some(group) && !matches!(state, Some("Z" | "X"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_group_whatever_its_name() {
        let group = Pid::from_raw(77).expect("a number");
        let rows: [(&[u8], bool); 7] = [
            (b"80 (cat) S 77 77 77 0 -1", true),
            (b"80 (a) Z 1 1 (b) S 77 77 77 0 -1", true),
            (b"80 (\xff\n) R 1 77 1", true),
            (b"80 (cat) Z 77 77 77 0 -1", false),
            (b"80 (cat) S 77 78 77 0 -1", false),
            (b"80 (cat) S", false),
            (b"", false),
        ];
        for (stat, expected) in rows {
            assert_eq!(is_alive_in(stat, group), expected, "{}", String::from_utf8_lossy(stat));
        }
    }
}
