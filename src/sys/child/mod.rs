//! Programs on a connection: started with nothing but what they are given, and never left behind.
//!
//! A [`Program`] says what to run; [`Program::start`] gives a [`Child`], and our ends of its input
//! and output where it runs through us. What each child finds around itself is in `inside.rs`.
//!
//! A child ends with its [`Child`]: dropping that kills its whole process group, and its session
//! where it runs at a terminal. So all that main has to do when a signal ends the run is to drop the
//! run and its runtime before it calls [`super::signal::die_of`], which returns to nobody. Should we
//! die without a word (SIGKILL, an abort), the kernel kills each child, and `warden.rs` what that
//! one has started.

mod group;
mod inside;
mod process;
mod program;
mod warden;
mod watch;

use std::io;
use std::time::Duration;

use rustix::process::Pid;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until, timeout_at};

use group::{Extent, Group};
pub use program::{Ends, Program, Standard, Started, ourselves};
use warden::Place;
use watch::Watch;

/// So many descriptors are enough to start any program: it gets two pipes, and the standard library
/// a third one, over which it hears whether the program could be executed. They include the copy of
/// a socket that is given to [`Program::start`].
pub const DESCRIPTORS: usize = 6;

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

/// A running program, at the head of a process group of its own, or of a session at a terminal.
///
/// One that has ended stays a zombie until this is dropped, so that the number of its group is
/// given to nobody else as long as we may want to send signals to the group.
#[derive(Debug)]
pub struct Child {
    group: Group,
    watch: Watch,
    /// The program has ended and there is nobody else, so there will be nobody any more.
    is_over: bool,
    place: Option<Place>,
}

impl Child {
    /// Of a process that was just started at the head of its own group or session, and has not been
    /// waited for.
    fn new(leader: Pid, extent: Extent) -> io::Result<Self> {
        let group = Group::of(leader, extent);
        let place = Some(warden::enter(group));
        match Watch::of(leader) {
            Ok(watch) => Ok(Self { group, watch, is_over: false, place }),
            Err(error) => {
                group.kill();
                drop(place);
                watch::collect_now(leader);
                Err(error)
            }
        }
    }

    /// Its process number, which is that of its group as well.
    pub fn id(&self) -> i32 {
        self.group.leader().as_raw_nonzero().get()
    }

    /// Whether it leads a session: it runs at a terminal.
    pub fn leads_session(&self) -> bool {
        self.group.extent() == Extent::Session
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
        self.end_all(grace).await;
        self.wait().await
    }

    /// Waits until the program has ended. Where it runs at a terminal, which is gone with it, what
    /// is left of its session is then told to end, and killed after `grace`. May be dropped and
    /// called again at any time.
    pub async fn end_others_after(&mut self, grace: Duration) -> io::Result<Exit> {
        let ended = self.wait().await?;
        if self.leads_session() && !self.is_over {
            self.is_over = self.group.other().is_none();
            if !self.is_over {
                self.end_all(grace).await;
            }
        }
        Ok(ended)
    }

    async fn end_all(&mut self, grace: Duration) {
        if self.is_over {
            return;
        }
        let deadline = Instant::now() + grace;
        self.group.hang_up();
        let leave = async {
            self.wait().await?;
            watch::others_ended(self.group).await
        };
        match timeout_at(deadline, leave).await {
            Ok(Ok(())) => self.is_over = true,
            // who is left cannot be told, so all of the time is theirs
            Ok(Err(_)) => sleep_until(deadline).await,
            Err(_) => {}
        }
        if !self.is_over {
            self.group.kill();
        }
    }
}

impl Drop for Child {
    /// Kills what is left of the group. Never waits: a task of the runtime collects a program that
    /// is not dead at once; where no runtime is left, the process is about to end as well.
    fn drop(&mut self) {
        if !self.is_over {
            self.group.kill();
        }
        // from now on the number may be somebody else's
        drop(self.place.take());
        let leader = self.group.leader();
        if watch::collect(leader) {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(watch::collect_later(leader));
        }
    }
}
