//! Signals: waiting for those that end us, and dying of one so that the parent sees it.

mod asking;
pub(super) mod deadly;

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use tokio::signal::unix::{Signal, SignalKind, signal};

use asking::ASKING;
pub use asking::{Asking, Unheard};
use deadly::{DEADLY, Death};

/// Waits for the signals that end a run.
#[derive(Debug)]
pub struct Ending(Vec<(i32, Signal)>);

impl Ending {
    /// From now on these signals are waited for in place of killing the process. One that was
    /// ignored by whoever started us (`nohup`) stays ignored.
    ///
    /// `leaves_something` says that the run makes paths or programs that are to go away with it;
    /// `answers`, that it listens to those by which somebody asks how it goes.
    pub fn listen(leaves_something: bool, answers: bool) -> io::Result<Self> {
        let is_waited_for = |death: &Death| match death {
            Death::InOrder => true,
            Death::WithCare => leaves_something,
            Death::AtOnce => false,
        };
        DEADLY
            .iter()
            .filter(|(_, death)| is_waited_for(death))
            .map(|(number, _)| *number)
            .filter(|number| !(is_ignored(*number) || answers && ASKING.contains(number)))
            .map(|number| Ok((number, signal(SignalKind::from_raw(number))?)))
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// The number of the first one that comes.
    pub async fn wait(&mut self) -> i32 {
        poll_fn(|context| {
            for (number, signal) in &mut self.0 {
                if signal.poll_recv(context).is_ready() {
                    return Poll::Ready(*number);
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// Dies of a signal, as if it had never been caught. Where that cannot kill us (process 1 of a
/// container, a blocked signal), the status is the one a shell shows for it.
pub fn die_of(number: i32) -> ! {
    // SAFETY: restoring a signal's default action, raising it, and leaving touch no memory of ours.
    unsafe {
        libc::signal(number, libc::SIG_DFL);
        libc::raise(number);
        libc::_exit(128 + number)
    }
}

/// Dies of SIGPIPE, as a program does whose reader is gone.
pub fn die_of_broken_pipe() -> ! {
    die_of(libc::SIGPIPE)
}

/// Signals about the terminal: it is to be left alone, it is ours again, its size has changed.
#[derive(Debug)]
pub struct TerminalSignals {
    stop: Option<Signal>,
    again: Signal,
    resize: Signal,
}

/// What happened to the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalSignal {
    /// We are to stop (Ctrl-Z).
    Stop,
    /// We go on.
    Again,
    /// Its size has changed.
    Resize,
}

impl TerminalSignals {
    /// From now on these signals are waited for. From then on [`stop`] is what stops us.
    pub fn listen() -> io::Result<Self> {
        let listen = |number| signal(SignalKind::from_raw(number));
        let stop = if is_ignored(libc::SIGTSTP) { None } else { Some(listen(libc::SIGTSTP)?) };
        Ok(Self { stop, again: listen(libc::SIGCONT)?, resize: listen(libc::SIGWINCH)? })
    }

    /// The first one that comes.
    pub async fn next(&mut self) -> TerminalSignal {
        let stop = async {
            match &mut self.stop {
                Some(stop) => stop.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = stop => TerminalSignal::Stop,
            _ = self.again.recv() => TerminalSignal::Again,
            _ = self.resize.recv() => TerminalSignal::Resize,
        }
    }
}

/// Why we stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The user wants it (`SIGTSTP`).
    Asked,
    /// We are to read a terminal that is not ours just now (`SIGTTIN`).
    Reading,
}

/// Stops, as if the signal for it had never been caught, and comes back when we go on; at once
/// where nobody is there who could have us go on.
pub fn stop(why: Stop) {
    let number = match why {
        Stop::Asked => libc::SIGTSTP,
        Stop::Reading => libc::SIGTTIN,
    };
    // SAFETY: all zeroes is a valid `sigaction` with the default action, which calls no code of
    // ours; the one before is put back as it was, and both are large enough for what is read and
    // written.
    unsafe {
        let default: libc::sigaction = std::mem::zeroed();
        let mut before: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(number, &raw const default, &raw mut before) == 0 {
            libc::raise(number);
            libc::sigaction(number, &raw const before, std::ptr::null_mut());
        }
    }
}

/// Has children that end wait to be collected. Whoever started us may have had SIGCHLD ignored,
/// which is inherited: then the kernel would throw away how they ended.
pub(super) fn keep_ended_children() -> io::Result<()> {
    if !is_ignored(libc::SIGCHLD) {
        return Ok(());
    }
    // SAFETY: a default action calls no code of ours.
    match unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) } {
        libc::SIG_ERR => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Whether the signal is ignored.
fn is_ignored(number: i32) -> bool {
    // SAFETY: `sigaction` with a null new action only fills `current`, which is large enough; all
    // zeroes is a valid value of it.
    unsafe {
        let mut current: libc::sigaction = std::mem::zeroed();
        libc::sigaction(number, std::ptr::null(), &raw mut current) == 0
            && current.sa_sigaction == libc::SIG_IGN
    }
}
