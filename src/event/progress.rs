//! How a conversation goes while it is held, and who wants to know.

use std::cell::Cell;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::{Peer, Reporting, TcpInfo};

/// How a conversation goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Why it is told now.
    pub occasion: Occasion,
    /// The peer.
    pub peer: Peer,
    /// Bytes of our input that the net took.
    pub sent: u64,
    /// Bytes of the peer that our output took.
    pub received: u64,
    /// Bytes a second that were sent lately: since it was told last, if that is a second ago, or since
    /// the beginning. At the end, in all.
    pub sent_rate: u64,
    /// The same of what was received.
    pub received_rate: u64,
    /// Since the connection stands.
    pub duration: Duration,
    /// Bytes that are to be sent in all, where our input is a file and is sent as it is.
    pub expected: Option<u64>,
    /// What the kernel knows of a TCP connection.
    pub tcp: Option<TcpInfo>,
    /// A tenth of what is expected, or ten seconds, have passed since this was last so.
    pub is_landmark: bool,
    /// No other conversation is held.
    pub is_alone: bool,
}

/// Why it is told how a conversation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody asked (SIGUSR1).
    Asked,
    /// Some time has passed (`--progress`).
    Passing,
    /// It is over.
    Over,
}

/// How often it is told without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// For the first time after so long.
    pub first: Duration,
    /// Then every so often.
    pub every: Duration,
}

impl Watch {
    /// How often it is told where it was asked for; and where it was not, that for the first time.
    pub(super) const TICK: Duration = Duration::from_secs(1);
    pub(super) const UNASKED: Duration = Duration::from_secs(2);

    /// That of a run, if there is one; `by_itself` says whether it is told unasked.
    pub(super) fn of(reporting: &Reporting, by_itself: bool) -> Option<Self> {
        if reporting.progress {
            return Some(Self { first: Self::TICK, every: Self::TICK });
        }
        let unasked = Self { first: Self::UNASKED, every: Self::TICK };
        (by_itself && !reporting.json).then_some(unasked)
    }
}

/// Who wants to know how the conversations of a run go.
#[derive(Debug, Default)]
pub struct Asker {
    asks: Notify,
    held: Cell<usize>,
    scan: Cell<Option<ScanProgress>>,
    watch: Option<Watch>,
}

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanProgress {
    /// Ports of which all is known.
    pub tried: usize,
    /// Ports that are to be tried in all.
    pub of: usize,
}

impl Asker {
    /// Asks when [`Asker::ask`] is called, and by itself where there is a watch.
    pub fn new(watch: Option<Watch>) -> Self {
        Self { watch, ..Self::default() }
    }

    /// Asks all conversations that are held.
    pub fn ask(&self) {
        self.asks.notify_waiters();
    }

    /// How many conversations are held.
    pub fn held(&self) -> usize {
        self.held.get()
    }

    /// A conversation is held for as long as what this gives lives.
    pub fn hold(&self) -> Held<'_> {
        self.held.set(self.held.get() + 1);
        Held(self)
    }

    /// A scan has come so far.
    pub fn scanned(&self, progress: ScanProgress) {
        self.scan.set(Some(progress));
    }

    /// How far a scan has come, where there is one.
    pub fn scan(&self) -> Option<ScanProgress> {
        self.scan.get()
    }

    /// How often it is told without being asked, if it is.
    pub fn watch(&self) -> Option<Watch> {
        self.watch
    }

    /// Waits until it is to be told; `at` is when that is so in any case.
    pub async fn question(&self, at: Option<Instant>) -> Occasion {
        let Some(at) = at else {
            self.asks.notified().await;
            return Occasion::Asked;
        };
        // most have no watch, and keep no room for it
        let passing = Box::pin(sleep_until(at));
        tokio::select! {
            biased;
            () = self.asks.notified() => Occasion::Asked,
            () = passing => Occasion::Passing,
        }
    }
}

/// A conversation that is held.
#[derive(Debug)]
pub struct Held<'a>(&'a Asker);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.held.set(self.0.held.get().saturating_sub(1));
    }
}
