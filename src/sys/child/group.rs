//! What belongs to a program: its process group, or where it runs at a terminal, its session.
//!
//! A shell at a terminal gives each of its jobs a group of its own, all of them in its session. A
//! process that leaves with `setsid`, as a daemon does, leaves on purpose and is none of it.

use std::ops::ControlFlow;

use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open, pidfd_send_signal,
};

use super::process::{self, Process};

/// How many times a session is looked through for somebody to kill. Once is enough, unless the
/// numbers of processes begin anew meanwhile: who has been killed starts nobody.
const ROUNDS: usize = 2;

/// A process group or a session whose leader is a child of ours that has not been collected, so
/// that the number belongs to no other one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    leader: Pid,
    extent: Extent,
}

/// How far it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The leader's process group.
    Group,
    /// All groups of the leader's session.
    Session,
}

impl Group {
    /// Of its leader.
    pub(super) fn of(leader: Pid, extent: Extent) -> Self {
        Self { leader, extent }
    }

    /// The program itself.
    pub(super) fn leader(self) -> Pid {
        self.leader
    }

    /// How far it goes.
    pub(super) fn extent(self) -> Extent {
        self.extent
    }

    /// Tells all of it that the terminal or the connection is gone, which wakes what is stopped.
    pub(super) fn hang_up(self) {
        self.signal(&[Signal::HUP, Signal::CONT]);
    }

    /// Kills all of it.
    pub(super) fn kill(self) {
        let rounds = if self.extent == Extent::Session { ROUNDS } else { 1 };
        for _ in 0..rounds {
            self.signal(&[Signal::KILL]);
        }
    }

    /// Sends signals to all of it. It may not be ours to signal any more (a program of another
    /// user): then there is nothing else to be done.
    fn signal(self, signals: &[Signal]) {
        for signal in signals {
            let _ = kill_process_group(self.leader, *signal);
        }
        if self.extent == Extent::Session {
            process::each(|process| {
                // its own group has heard of it already
                if self.holds(&process) && process.group != self.number() {
                    self.signal_one(process.pid, signals);
                }
                ControlFlow::Continue(())
            });
        }
    }

    /// Sends signals to one process that belonged to it a moment ago, and to no other one that has
    /// its number meanwhile.
    fn signal_one(self, pid: Pid, signals: &[Signal]) {
        let descriptor = pidfd_open(pid, PidfdFlags::empty());
        if matches!(descriptor, Err(Errno::SRCH)) || !self.has(pid) {
            return;
        }
        for signal in signals {
            let _ = match &descriptor {
                Ok(descriptor) => pidfd_send_signal(descriptor, *signal),
                // an older kernel, or no descriptor to spare
                Err(_) => kill_process(pid, *signal),
            };
        }
    }

    /// Somebody in it besides its leader who is alive, as far as `/proc` tells.
    pub(super) fn other(self) -> Option<Pid> {
        let mut other = None;
        process::each(|process| {
            if self.holds(&process) {
                other = Some(process.pid);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        other
    }

    /// Whether this process is in it and alive.
    pub(super) fn has(self, pid: Pid) -> bool {
        Process::of(pid).is_some_and(|process| self.holds(&process))
    }

    fn holds(self, process: &Process) -> bool {
        let belongs_to = match self.extent {
            Extent::Group => process.group,
            Extent::Session => process.session,
        };
        belongs_to == self.number() && process.lives && process.pid != self.leader
    }

    fn number(self) -> i32 {
        self.leader.as_raw_nonzero().get()
    }
}
