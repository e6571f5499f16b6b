//! The loop that holds both directions of a conversation together, with its deadlines.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::conversation::{Action, Conversation};
use super::delivery;
use super::flow::{FlowEnd, Meter};
use super::mover::Mover;
use crate::endpoint::Link;
use crate::endpoint::stdio::{Input, Output};
use crate::event::{Error, Event, Observer, Side, Summary};
use crate::layer::{Answers, Stages};
use crate::plan::{AfterInput, Session};
use crate::sys::fd::Kind;

/// A timeout of nothing (`-w 0`) must not look all the time whether something is still queued.
const SHORTEST_LOOK: Duration = Duration::from_millis(10);

/// Leaving by `-q` waits at least so long for the peer's kernel to take what is on its way.
const LEAST_STALL: Duration = Duration::from_secs(1);

/// Reports the close of a conversation exactly once, also when a signal cuts it short.
struct Closing<'a> {
    link: &'a Link,
    up: &'a Meter,
    down: &'a Meter,
    started: Instant,
    observer: &'a dyn Observer,
    summary: Option<Summary>,
}

impl Closing<'_> {
    fn fill(&self, summary: &mut Summary) {
        summary.sent = self.up.moved();
        summary.received = self.down.moved();
        summary.duration = self.started.elapsed();
        summary.tcp = self.link.tcp_info();
    }

    fn report(mut self, mut summary: Summary) {
        self.summary = None;
        self.fill(&mut summary);
        self.observer.observe(&Event::Closed(summary));
    }
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        if let Some(mut summary) = self.summary.take() {
            self.fill(&mut summary);
            summary.interrupted = true;
            summary.undelivered = self.up.in_hand() + self.down.in_hand();
            self.observer.observe(&Event::Closed(summary));
        }
    }
}

/// Holds a conversation until it is over by the session's rules.
pub async fn converse(
    link: &Link,
    input: &Input,
    output: &Output,
    session: &Session,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let started = Instant::now();
    let (up_meter, down_meter) = (Meter::default(), Meter::default());
    let closing = Closing {
        link,
        up: &up_meter,
        down: &down_meter,
        started,
        observer,
        summary: Some(Summary::default()),
    };
    let answers = Rc::new(Answers::default());
    let after_peer =
        if input.is_terminal() { session.after_peer_at_terminal } else { session.after_peer };
    let mut talk = Conversation::new(session.after_input, after_peer);
    if input.fd().is_none() {
        talk = talk.without_input();
    }

    let up_stages = Stages::outgoing(session);
    let down_stages = Stages::incoming(session, &answers);
    let net = link.fd();
    let Some(out) = output.fd() else {
        return Err(Error::Output { error: std::io::ErrorKind::BrokenPipe.into(), undelivered: 0 });
    };
    let up_mover = input.fd().map(|from| Mover::pick(from, net, &up_stages, None));
    let down_mover = Mover::pick(net, &out, &down_stages, link.heard_address());
    observer.observe(&Event::Moving {
        up: up_mover.map_or("nothing", Mover::name),
        down: down_mover.name(),
    });

    let mut up: Pin<&mut dyn Future<Output = FlowEnd>> = pin!(async {
        match (input.fd(), up_mover) {
            _ if input.has_ended() => FlowEnd::EndOfInput,
            (Some(from), Some(mover)) => {
                let (from, to) = (Rc::clone(from), Rc::clone(net));
                mover.run(from, to, up_stages, &up_meter, session.datagram_size).await
            }
            _ => pending().await,
        }
    });
    let mut down: Pin<&mut dyn Future<Output = FlowEnd>> = pin!(async {
        let to = out;
        down_mover.run(Rc::clone(net), to, down_stages, &down_meter, session.datagram_size).await
    });
    let mut first_up = pin!(up_meter.has_begun());
    let mut first_down = pin!(down_meter.has_begun());
    let (mut seen_up, mut seen_down) = (false, false);
    let mut answering = pin!(answers.send_to(net));
    let mut answers_work = session.telnet.is_some();

    let mut up_end = None;
    let mut down_end = None;
    let mut leave_at: Option<Instant> = None;
    let mut leave_when_quiet = false;
    let mut gone = false;
    let mut idle_at = session.idle_timeout.map(|idle| started + idle);
    let mut by_timeout = false;

    loop {
        let actions = tokio::select! {
            biased;
            end = &mut up, if talk.up_is_open() => {
                let actions = talk.up_ended(end.how());
                input.set_ended(matches!(end, FlowEnd::EndOfInput));
                // nothing else will tell that the peer of a datagram socket is gone
                gone = matches!(end, FlowEnd::Write(_)) && net.kind() == Kind::DatagramSocket;
                up_end = Some(end);
                actions
            }
            end = &mut down, if talk.down_is_open() => {
                let actions = talk.down_ended(end.how());
                down_end = Some(end);
                actions
            }
            // a peer that is gone altogether says so only when we send; nobody is reading then
            error = net.failure(), if talk.up_is_open() && !talk.down_is_open() => {
                let end = FlowEnd::Write(error);
                let actions = talk.up_ended(end.how());
                up_end = Some(end);
                actions
            }
            () = &mut first_up, if !seen_up => Vec::new(),
            () = &mut first_down, if !seen_down => Vec::new(),
            _ = &mut answering, if answers_work => {
                // the connection fails; the directions say how
                answers_work = false;
                continue;
            }
            () = up_meter.quiet(), if leave_when_quiet && talk.up_is_open() => {
                if input.is_readable_now() {
                    tokio::task::yield_now().await;
                    continue;
                }
                vec![Action::Leave]
            }
            () = down_meter.quiet(), if gone && talk.down_is_open() => {
                // what it sent before is still to be read
                if net.is_readable_now() {
                    tokio::task::yield_now().await;
                    continue;
                }
                vec![Action::Leave]
            }
            () = until(leave_at) => {
                by_timeout = true;
                vec![Action::Leave]
            }
            () = until(idle_at) => {
                idle_at = session.idle_timeout.and_then(|idle| {
                    still_busy(idle, link, &up_meter, &down_meter)
                });
                if idle_at.is_some() {
                    continue;
                }
                by_timeout = true;
                vec![Action::Leave]
            }
        };
        // also of a direction that has ended as soon as it began
        for (meter, from, seen) in
            [(&up_meter, Side::Us, &mut seen_up), (&down_meter, Side::Peer, &mut seen_down)]
        {
            if let Some(first) = meter.first_byte().filter(|_| !*seen) {
                *seen = true;
                let took = first.duration_since(started.into_std());
                observer.observe(&Event::FirstByte { from, took });
            }
        }
        let mut leave = false;
        for action in actions {
            match action {
                Action::HalfClose => {
                    // a connection that fails now says so to the reading side
                    let _ = link.half_close();
                    let bytes = up_meter.moved();
                    observer.observe(&Event::HalfClosed { by: Side::Us, bytes });
                }
                Action::CloseOutput => {
                    let bytes = down_meter.moved();
                    observer.observe(&Event::HalfClosed { by: Side::Peer, bytes });
                    output.pass_end_on();
                }
                Action::LeaveAfter(after) => leave_at = Some(Instant::now() + after),
                Action::LeaveWhenQuiet => leave_when_quiet = true,
                Action::Leave => leave = true,
            }
        }
        if leave {
            break;
        }
    }

    let stall = match session.after_input {
        AfterInput::Quit(after) => Some(after.max(LEAST_STALL)),
        _ => session.idle_timeout,
    };
    let result = match failure(up_end, down_end, &up_meter, &down_meter, link) {
        Some(error) => Err(error),
        None => delivery::acknowledged(link, stall).await,
    };
    let undelivered = match &result {
        Ok(()) => 0,
        Err(error) => error.undelivered(),
    };
    closing.report(Summary {
        first_to_finish: talk.first_to_finish(),
        undelivered,
        by_timeout,
        ..Summary::default()
    });
    result
}

/// Sleeps until a deadline, for ever without one.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

/// When to look again whether the conversation is idle; `None` where it is.
///
/// It is not idle while something waits to be moved in either direction, or while the peer has
/// yet to acknowledge what it was sent.
fn still_busy(idle: Duration, link: &Link, up: &Meter, down: &Meter) -> Option<Instant> {
    let now = Instant::now();
    if up.is_moving() || down.is_moving() {
        return Some(now + idle.max(SHORTEST_LOOK));
    }
    if link.unacknowledged() > 0 {
        // nothing tells when it is acknowledged, so look often enough to be in time
        return Some(now + (idle / 8).max(SHORTEST_LOOK));
    }
    let last = up.last_moved().max(down.last_moved());
    let next = Instant::from_std(last) + idle;
    (next > now).then_some(next)
}

/// The failure that a conversation ended with, if it did.
fn failure(
    up_end: Option<FlowEnd>,
    down_end: Option<FlowEnd>,
    up: &Meter,
    down: &Meter,
    link: &Link,
) -> Option<Error> {
    let unsent = up.in_hand();
    match (up_end, down_end) {
        (_, Some(FlowEnd::Write(error))) => {
            Some(Error::Output { error, undelivered: down.in_hand() })
        }
        (Some(FlowEnd::Write(error)), _) | (_, Some(FlowEnd::Read(error))) => {
            Some(Error::Connection { error, undelivered: unsent + link.unacknowledged() })
        }
        (Some(FlowEnd::Read(error)), _) => Some(Error::Input(error)),
        _ if unsent > 0 => Some(Error::Unacknowledged { bytes: unsent }),
        _ => None,
    }
}
