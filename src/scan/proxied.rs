//! A scan through a proxy: each port is asked of it on a connection of its own.
//!
//! The proxy has the last word on a port, not on the scan; only where the proxy itself cannot be
//! used at all, nothing can be learned and the scan ends.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio::time::{Instant, sleep_until};

use super::allowance::{Allowance, PAUSE, is_shortage};
use super::report::{Finding, Report, Ticket};
use crate::event::{Error, Event, Observer, PortState};
use crate::layer::dial::Way;
use crate::layer::proxy::looks_up_here;
use crate::net::lookup;
use crate::plan::{Host, Scan};

/// What a proxy is burdened with at once.
pub const AT_ONCE: usize = 16;

/// Passes on what concerns the proxy itself; the targets are the report's.
struct OnlyTheProxy<'a>(&'a dyn Observer);

impl Observer for OnlyTheProxy<'_> {
    fn observe(&self, event: &Event) {
        if matches!(event, Event::AttemptFailed(_)) {
            self.0.observe(event);
        }
    }
}

type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

#[derive(Clone, Copy)]
struct Job {
    ticket: Ticket,
    port: u16,
    started: Instant,
}

/// Tries every port.
pub async fn sweep(
    scan: &Scan,
    md5_key: Option<&[u8]>,
    ports: &mut dyn Iterator<Item = u16>,
    mut allowance: Allowance,
    report: &mut Report<'_>,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let quiet = &OnlyTheProxy(observer);
    let way = &Way::plain(&scan.dial, md5_key);
    let host = &asked_host(scan).await?;
    let ask = |report: &Report<'_>, port| -> Asked<'_> {
        let mut target = report.target(port);
        target.host = host.clone();
        Box::pin(async move { way.dial(&target, quiet).await.map(drop) })
    };
    let mut ports = ports.peekable();
    let mut running: Vec<(Job, Asked<'_>)> = Vec::new();
    let mut again: Vec<Job> = Vec::new();
    let mut opens: Option<Instant> = None;
    loop {
        while allowance.admits(running.len()) && opens.is_none_or(|at| at <= Instant::now()) {
            let started = Instant::now();
            let job = match again.pop() {
                Some(job) => Job { started, ..job },
                None => match ports.next() {
                    Some(port) => {
                        opens = scan.interval.map(|interval| started + interval);
                        Job { ticket: report.begin(port), port, started }
                    }
                    None => break,
                },
            };
            running.push((job, ask(report, job.port)));
        }
        let more = !again.is_empty() || ports.peek().is_some();
        if running.is_empty() && !more {
            return Ok(());
        }
        // with all that may run under way, only an end counts
        let resumes = opens.filter(|_| more && allowance.admits(running.len()));
        let Some((job, result)) = next(&mut running, resumes).await else {
            opens = None;
            continue;
        };
        let state = match result {
            Ok(()) => PortState::Open { answer: None },
            Err(error) if is_short(&error) => {
                if allowance.starved(running.len()) {
                    again.push(job);
                    opens = Some(Instant::now() + PAUSE);
                    continue;
                }
                return Err(error);
            }
            Err(Error::TimedOut { during, .. }) if during != "name lookup" => {
                PortState::NoAnswer(None)
            }
            // one that only leads to the next proxy has no word on a port
            Err(Error::Proxy { proxy, kind, reason }) if is_last(&proxy, scan) => {
                PortState::ProxyRefused(Box::new(Error::Proxy { proxy, kind, reason }))
            }
            Err(error) => return Err(error),
        };
        allowance.fed();
        allowance.freed();
        let took = job.started.elapsed();
        report.found(job.ticket, Finding { address: None, state, probe: None, took });
        report.end(job.ticket);
    }
}

/// Whether it is the proxy that knows the target, and not one on the way to it.
fn is_last(proxy: &Host, scan: &Scan) -> bool {
    scan.dial.proxy.as_ref().is_some_and(|last| last.host == *proxy)
}

/// The host as the proxy is told it. A name that is looked up here is so once.
async fn asked_host(scan: &Scan) -> Result<Host, Error> {
    let host = &scan.target.host;
    let proxy = scan.dial.proxy.as_ref();
    let Some(family) = proxy.and_then(|proxy| looks_up_here(proxy, &scan.dial)) else {
        return Ok(host.clone());
    };
    let first = scan.target.ports.iter().next().unwrap_or(0);
    let asking = lookup::lookup(host, first, family, scan.dial.numeric);
    let found = match scan.dial.timeout {
        None => asking.await?,
        Some(timeout) => tokio::time::timeout(timeout, asking).await.map_err(|_| {
            let target = crate::layer::dial::target(&scan.target, first, &scan.dial);
            Error::TimedOut { target, during: "name lookup" }
        })??,
    };
    Ok(found.first().map_or_else(|| host.clone(), |found| found.ip().to_string().as_str().into()))
}

fn is_short(error: &Error) -> bool {
    matches!(error, Error::Socket(error) if is_shortage(error))
}

/// The next one to end; `None` at `until`.
async fn next(
    running: &mut Vec<(Job, Asked<'_>)>,
    until: Option<Instant>,
) -> Option<(Job, Result<(), Error>)> {
    let end = poll_fn(|context| {
        for (index, (job, asked)) in running.iter_mut().enumerate() {
            if let Poll::Ready(result) = asked.as_mut().poll(context) {
                return Poll::Ready((index, *job, result));
            }
        }
        Poll::Pending
    });
    let ended = match until {
        None => Some(end.await),
        Some(until) => tokio::select! {
            biased;
            ended = end => Some(ended),
            () = sleep_until(until) => None,
        },
    };
    let (index, job, result) = ended?;
    drop(running.swap_remove(index));
    Some((job, result))
}
