//! Goes over the ports and keeps as many attempts under way as the machine allows.
//!
//! What a kind of attempt ([`Way`]) settles at once never becomes a task, so a scan of a machine
//! that answers at once holds one attempt in memory, not 65,535.

use std::collections::VecDeque;
use std::io;
use std::iter::Peekable;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet, yield_now};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::allowance::{Allowance, PAUSE};
use super::report::{Finding, Report, Ticket};
use crate::event::{Error, PortState};

/// After so many attempts without a wait, timers and everything else get their turn.
const BURST: usize = 64;

/// Which of the host's addresses is tried, with the port.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// Its place among the host's addresses.
    pub index: usize,
    /// The address.
    pub address: SocketAddr,
}

/// A kind of attempt.
pub trait Way {
    /// Starts an attempt.
    fn start(&mut self, turn: Turn) -> Started;

    /// The name of what is sent to a port, where something is.
    fn probe(&self, port: u16) -> Option<&'static str>;

    /// Whether the host's further addresses need not be tried.
    fn ends(&self, state: &PortState) -> bool;
}

/// The rest of an attempt.
pub type Wait = Pin<Box<dyn Future<Output = PortState> + Send>>;

/// How an attempt started.
pub enum Started {
    /// It is over.
    Settled(PortState),
    /// It takes its time.
    Waiting(Wait),
    /// The machine lacks something for it; later there may be enough.
    Short(io::Error),
    /// No attempt can be made.
    Broken(Error),
}

/// An attempt, wherever it is in its life.
#[derive(Debug, Clone, Copy)]
struct Job {
    ticket: Ticket,
    port: u16,
    /// Place among the host's addresses.
    index: usize,
    started: Instant,
}

/// Goes over the ports.
pub struct Sweep<'a, 'b> {
    /// The host's addresses, at least one; their ports do not count.
    pub addresses: &'a [SocketAddr],
    /// From one port's start to the next one's.
    pub interval: Option<Duration>,
    /// How many attempts at once.
    pub allowance: Allowance,
    /// Who takes the findings.
    pub report: &'a mut Report<'b>,
}

impl Sweep<'_, '_> {
    /// Tries every port.
    pub async fn run<'c>(
        self,
        way: &'c mut dyn Way,
        ports: &'c mut dyn Iterator<Item = u16>,
    ) -> Result<(), Error> {
        let course = Course {
            sweep: self,
            way,
            ports: ports.peekable(),
            again: VecDeque::new(),
            waits: JoinSet::new(),
            opens: None,
        };
        course.run().await
    }
}

struct Course<'a, 'b, 'c> {
    sweep: Sweep<'a, 'b>,
    way: &'c mut dyn Way,
    ports: Peekable<&'c mut dyn Iterator<Item = u16>>,
    /// Attempts that are due before any new port.
    again: VecDeque<Job>,
    waits: JoinSet<(Job, PortState)>,
    /// When the next port may start.
    opens: Option<Instant>,
}

impl Course<'_, '_, '_> {
    async fn run(mut self) -> Result<(), Error> {
        loop {
            let resumes = self.fill().await?;
            if self.waits.is_empty() {
                match resumes {
                    Some(at) => sleep_until(at).await,
                    None if self.again.is_empty() => return Ok(()),
                    None => {}
                }
                continue;
            }
            let done = match resumes {
                None => self.waits.join_next().await,
                Some(at) => timeout_at(at, self.waits.join_next()).await.unwrap_or(None),
            };
            self.take(done)?;
        }
    }

    /// Starts what may start. Gives the moment at which to go on where it is not the end of an
    /// attempt that allows more.
    async fn fill(&mut self) -> Result<Option<Instant>, Error> {
        let mut burst = 0;
        while self.sweep.allowance.admits(self.waits.len()) {
            let Some(job) = self.next() else {
                let more = self.ports.peek().is_some();
                return Ok(self.opens.filter(|_| more));
            };
            let address = self.address(job);
            match self.way.start(Turn { index: job.index, address }) {
                Started::Settled(state) => {
                    self.sweep.allowance.fed();
                    self.sweep.allowance.freed();
                    self.settle(job, state);
                }
                Started::Waiting(wait) => {
                    self.sweep.allowance.fed();
                    self.waits.spawn(async move { (job, wait.await) });
                }
                Started::Short(error) => {
                    let running = self.waits.len();
                    if !self.sweep.allowance.starved(running) {
                        self.settle(job, PortState::Failed(error));
                        continue;
                    }
                    self.again.push_front(job);
                    // with nothing of ours under way, nothing of ours will end
                    return Ok((running == 0).then(|| Instant::now() + PAUSE));
                }
                Started::Broken(error) => return Err(error),
            }
            burst += 1;
            if burst % BURST == 0 {
                yield_now().await;
                while let Some(done) = self.waits.try_join_next() {
                    self.take(Some(done))?;
                }
            }
        }
        Ok(None)
    }

    /// The next attempt that may start now.
    fn next(&mut self) -> Option<Job> {
        if let Some(job) = self.again.pop_front() {
            return Some(Job { started: Instant::now(), ..job });
        }
        let now = Instant::now();
        if self.opens.is_some_and(|opens| now < opens) {
            return None;
        }
        let port = self.ports.next()?;
        self.opens = self.sweep.interval.map(|interval| now + interval);
        Some(Job { ticket: self.sweep.report.begin(port), port, index: 0, started: now })
    }

    fn address(&self, job: Job) -> SocketAddr {
        let mut address = self.sweep.addresses[job.index];
        address.set_port(job.port);
        address
    }

    fn take(&mut self, done: Option<Result<(Job, PortState), JoinError>>) -> Result<(), Error> {
        let Some(done) = done else {
            return Ok(());
        };
        let (job, state) = done.map_err(|error| Error::Start(error.into()))?;
        self.sweep.allowance.freed();
        self.settle(job, state);
        Ok(())
    }

    /// Reports what was found; the next address is due unless that says enough.
    fn settle(&mut self, job: Job, state: PortState) {
        let last = job.index + 1 == self.sweep.addresses.len() || self.way.ends(&state);
        let finding = Finding {
            address: Some(self.address(job)),
            state,
            probe: self.way.probe(job.port),
            took: job.started.elapsed(),
        };
        self.sweep.report.found(job.ticket, finding);
        if last {
            self.sweep.report.end(job.ticket);
        } else {
            self.again.push_back(Job { index: job.index + 1, ..job });
        }
    }
}

#[cfg(test)]
mod tests;
