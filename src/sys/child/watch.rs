//! Waiting for a child process to end, and collecting it.

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, WaitIdStatus, pidfd_open, waitid};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Exit;
use super::group::Group;

/// What tells that a child may have ended.
#[derive(Debug)]
pub(super) enum Watch {
    /// A descriptor of the process, readable at its end (Linux 5.3).
    Descriptor(AsyncFd<OwnedFd>),
    /// SIGCHLD, which tells of all children.
    Signal(Signal),
}

impl Watch {
    /// Of a child that has not been collected.
    pub(super) fn of(child: Pid) -> io::Result<Self> {
        match descriptor(child) {
            Ok(descriptor) => Ok(Self::Descriptor(descriptor)),
            // an older kernel, a sandbox that does not know the call, or no descriptor to spare
            Err(_) => Self::by_signal(),
        }
    }

    fn by_signal() -> io::Result<Self> {
        signal(SignalKind::child()).map(Self::Signal)
    }

    /// Waits until the child has ended, and leaves it to be collected.
    pub(super) async fn ended(&mut self, child: Pid) -> io::Result<Exit> {
        loop {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            if let Some(status) = waitid(WaitId::Pid(child), options)? {
                return Ok(exit_of(&status));
            }
            match self {
                Self::Descriptor(descriptor) => descriptor.readable().await?.clear_ready(),
                Self::Signal(signal) => {
                    signal.recv().await;
                }
            }
        }
    }
}

fn descriptor(child: Pid) -> io::Result<AsyncFd<OwnedFd>> {
    let descriptor = pidfd_open(child, PidfdFlags::empty())?;
    // SAFETY: an owned descriptor keeps its number until it is dropped.
    let registered = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) };
    registered.map_err(|refused| refused.into_parts().1)
}

/// Waits until nobody of a group is left but its leader, which has ended.
pub(super) async fn others_ended(group: Group) -> io::Result<()> {
    while let Some(other) = group.other() {
        // one that is gone meanwhile has no descriptor, and its number may be somebody else's
        match descriptor(other) {
            Ok(descriptor) if group.has(other) => descriptor.readable().await?.retain_ready(),
            Err(error) if group.has(other) => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn exit_of(status: &WaitIdStatus) -> Exit {
    match (status.exit_status(), status.terminating_signal()) {
        (_, Some(number)) => Exit::Signal(number),
        (code, None) => Exit::Status(u8::try_from(code.unwrap_or(0)).unwrap_or(u8::MAX)),
    }
}

/// Collects a child that has ended; says whether nothing of it is left.
pub(super) fn collect(child: Pid) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
    !matches!(waitid(WaitId::Pid(child), options), Ok(None))
}

/// Collects a child that was killed as soon as it is dead.
pub(super) async fn collect_later(child: Pid) {
    if let Ok(mut watch) = Watch::of(child) {
        // where it cannot be waited for, it was collected already
        let _ = watch.ended(child).await;
        collect(child);
    }
}

/// Waits for a child that was killed.
pub(super) fn collect_now(child: Pid) {
    while matches!(waitid(WaitId::Pid(child), WaitIdOptions::EXITED), Err(Errno::INTR)) {}
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn without_a_descriptor_the_signal_tells() {
        let mut command = Command::new("sh");
        command.args(["-c", "read line; exit 3"]).stdin(Stdio::piped());
        let mut process = command.spawn().expect("a shell");
        let child = Pid::from_child(&process);
        let mut watch = Watch::by_signal().expect("a signal");
        let early = timeout(Duration::from_millis(1), watch.ended(child)).await;
        assert!(early.is_err(), "{early:?}");
        process.stdin.take().expect("its input").write_all(b"\n").expect("a shell");
        let ended = timeout(Duration::from_secs(20), watch.ended(child)).await;
        assert_eq!(ended.expect("before the deadline").expect("an end"), Exit::Status(3));
        assert!(collect(child));
        assert!(watch.ended(child).await.is_err(), "it was collected");
        assert!(process.wait().is_err(), "it was collected");
    }
}
