//! Programs on a connection: started with nothing but what they are given, and never left behind.
//!
//! A [`Program`] says what to run; [`Program::start`] gives a [`Child`], and our ends of its input
//! and output where it runs through us. What each child finds around itself is in `inside.rs`.
//!
//! A child ends with its [`Child`]: dropping that kills its whole process group. So all that main
//! has to do when a signal ends the run is to drop the run and its runtime before it calls
//! [`super::signal::die_of`], which returns to nobody. Should we die without a word (SIGKILL, an
//! abort), the kernel kills each child, though not what that one has started.

mod group;
mod inside;
mod program;
mod watch;

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until, timeout_at};

use group::Group;
pub use program::{Ends, Program, Standard, Started, ourselves};
use watch::Watch;

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this status: 0 to 255.
    Status(u8),
    /// By the signal of this number.
    Signal(i32),
}

impl Exit {
    /// The status a shell shows for it: that of a signal is 128 and its number.
    pub fn status(self) -> u8 {
        match self {
            Self::Status(status) => status,
            Self::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        }
    }
}

/// A running program, at the head of a process group of its own.
///
/// One that has ended stays a zombie until this is dropped, so that the number of its group is
/// given to nobody else as long as we may want to send signals to the group.
#[derive(Debug)]
pub struct Child {
    group: Group,
    watch: Watch,
}

impl Child {
    /// Of a process that was just started at the head of its own group, and has not been waited
    /// for.
    fn new(leader: Pid) -> io::Result<Self> {
        let group = Group::of(leader);
        match Watch::of(leader) {
            Ok(watch) => Ok(Self { group, watch }),
            Err(error) => {
                group.kill();
                watch::collect_now(leader);
                Err(error)
            }
        }
    }

    /// Its process number, which is that of its group as well.
    pub fn id(&self) -> i32 {
        self.group.leader().as_raw_nonzero().get()
    }

    /// Waits until the program has ended, and says how; processes that it started may live on.
    /// May be dropped and called again at any time, also after the end. A program that is stopped
    /// has not ended.
    pub async fn wait(&mut self) -> io::Result<Exit> {
        self.watch.ended(self.group.leader()).await
    }

    /// Tells the whole group to end (SIGHUP, and SIGCONT for what is stopped), and kills what is
    /// left of it after `grace`. Says how the program ended.
    ///
    /// Comes back as soon as nothing of the group is left; dropping the wait kills at once.
    pub async fn end(mut self, grace: Duration) -> io::Result<Exit> {
        let deadline = Instant::now() + grace;
        self.group.signal(Signal::HUP);
        self.group.signal(Signal::CONT);
        let leave = async {
            self.wait().await?;
            watch::others_ended(self.group).await
        };
        if let Ok(Err(_)) = timeout_at(deadline, leave).await {
            // who is left cannot be told, so all of the time is theirs
            sleep_until(deadline).await;
        }
        self.group.kill();
        self.wait().await
    }
}

impl Drop for Child {
    /// Kills what is left of the group. Never waits: a task of the runtime collects a program that
    /// is not dead at once; where no runtime is left, the process is about to end as well.
    fn drop(&mut self) {
        self.group.kill();
        let leader = self.group.leader();
        if watch::collect(leader) {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(watch::collect_later(leader));
        }
    }
}
