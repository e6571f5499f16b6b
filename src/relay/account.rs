//! The account that a conversation gives of itself while it is held, to whoever wants to know.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::Instant;

use super::flow::Meter;
use crate::endpoint::Link;
use crate::event::{Asker, Event, Observer, Occasion, Peer, Progress};

/// What a rate is taken over at least.
const LATELY: Duration = Duration::from_secs(1);

/// After how long a line of its own is due, and after which part of what is expected.
const LANDMARK: (Duration, u64) = (Duration::from_secs(10), 10);

/// Where the numbers are.
pub struct Account<'a> {
    /// The peer.
    pub peer: &'a Peer,
    /// The connection, where there is one.
    pub link: Option<&'a Link>,
    /// What is sent.
    pub up: &'a Meter,
    /// What is received.
    pub down: &'a Meter,
    /// When it began.
    pub started: Instant,
    /// Bytes that are to be sent in all, where that is known.
    pub expected: Option<u64>,
}

/// Where things stood at a moment.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Instant,
    sent: u64,
    received: u64,
}

impl Account<'_> {
    /// Tells the observer whenever its asker wants to know; never comes back.
    pub async fn tell(self, asker: &Asker, observer: &dyn Observer) -> Infallible {
        let _held = asker.hold();
        let mut look = asker.watch().map(|watch| self.started + watch.first);
        let mut lately = self.beginning();
        let mut landmark = self.beginning();
        loop {
            let occasion = asker.question(look).await;
            let now = self.now();
            let mut progress = self.since(lately, now, occasion, asker);
            if now.at.duration_since(lately.at) >= LATELY {
                lately = now;
            }
            if occasion == Occasion::Passing {
                look = asker.watch().map(|watch| now.at + watch.every);
                progress.is_landmark = self.is_landmark(landmark, now);
                if progress.is_landmark {
                    landmark = now;
                }
            }
            observer.observe(&Event::Progress(Box::new(progress)));
        }
    }

    /// Tells the observer how far it came, where it is told without being asked.
    pub fn close(&self, observer: &dyn Observer) {
        if let Some(asker) = observer.asker().filter(|asker| asker.watch().is_some()) {
            let progress = self.since(self.beginning(), self.now(), Occasion::Over, asker);
            observer.observe(&Event::Progress(Box::new(progress)));
        }
    }

    fn beginning(&self) -> Mark {
        Mark { at: self.started, sent: 0, received: 0 }
    }

    fn now(&self) -> Mark {
        Mark { at: Instant::now(), sent: self.up.moved(), received: self.down.moved() }
    }

    fn since(&self, mark: Mark, now: Mark, occasion: Occasion, asker: &Asker) -> Progress {
        let took = now.at.duration_since(mark.at);
        Progress {
            occasion,
            peer: self.peer.clone(),
            sent: now.sent,
            received: now.received,
            sent_rate: rate(now.sent.saturating_sub(mark.sent), took),
            received_rate: rate(now.received.saturating_sub(mark.received), took),
            duration: now.at.duration_since(self.started),
            expected: self.expected,
            tcp: self.link.and_then(Link::tcp_info),
            is_landmark: false,
            is_alone: asker.held() < 2,
        }
    }

    fn is_landmark(&self, last: Mark, now: Mark) -> bool {
        let tenth = |mark: Mark| match self.expected {
            Some(expected @ 1..) => {
                u128::from(mark.sent) * u128::from(LANDMARK.1) / u128::from(expected)
            }
            _ => 0,
        };
        tenth(now) > tenth(last) || now.at.duration_since(last.at) >= LANDMARK.0
    }
}

/// Bytes a second; as many as there are where no time has passed.
fn rate(bytes: u64, took: Duration) -> u64 {
    let nanoseconds = took.as_nanos().max(1);
    u64::try_from(u128::from(bytes) * 1_000_000_000 / nanoseconds).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tokio::time::advance;

    use super::*;
    use crate::event::{Detail, Watch};
    use crate::plan::UnixKind;

    #[derive(Default)]
    struct Listener {
        asker: Asker,
        heard: RefCell<Vec<Progress>>,
    }

    impl Observer for Listener {
        fn observe(&self, event: &Event) {
            if let Event::Progress(progress) = event {
                self.heard.borrow_mut().push((**progress).clone());
            }
        }

        fn wants(&self, _: Detail) -> bool {
            false
        }

        fn asker(&self) -> Option<&Asker> {
            Some(&self.asker)
        }
    }

    const PEER: Peer = Peer::Unix { kind: UnixKind::Stream, name: None };

    /// Tells a listener while time passes and bytes move by these steps: milliseconds, bytes sent,
    /// and whether somebody asks then.
    async fn told(listener: &Listener, expected: Option<u64>, steps: &[(u64, usize, bool)]) {
        let (up, down) = (Meter::default(), Meter::default());
        let started = Instant::now();
        let account =
            || Account { peer: &PEER, link: None, up: &up, down: &down, started, expected };
        let steps = async {
            for (time, bytes, asks) in steps {
                tokio::task::yield_now().await;
                up.gave(*bytes);
                advance(Duration::from_millis(*time)).await;
                if *asks {
                    listener.asker.ask();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            never = account().tell(&listener.asker, listener) => match never {},
            () = steps => {}
        }
        account().close(listener);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_told_when_somebody_asks_and_not_otherwise() {
        let listener = Listener::default();
        let steps = [(2000, 100, false), (2000, 300, true), (500, 50, true), (60_000, 0, false)];
        told(&listener, None, &steps).await;
        let heard = listener.heard.take();
        let rates: Vec<_> = heard.iter().map(|told| (told.sent, told.sent_rate)).collect();
        assert_eq!(rates, [(400, 100), (450, 100)], "the second is lately");
        assert!(heard.iter().all(|told| told.occasion == Occasion::Asked));
        assert_eq!(listener.asker.held(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn with_a_watch_it_is_told_by_itself_and_at_the_end() {
        let every = Duration::from_secs(1);
        let watch = Watch { first: 2 * every, every };
        let listener = Listener { asker: Asker::new(Some(watch)), ..Listener::default() };
        let mut steps = vec![(1000, 4, false), (1000, 4, false), (1000, 4, false)];
        steps.resize(15, (1000, 0, false));
        told(&listener, Some(100), &steps).await;
        let heard = listener.heard.take();
        let seconds: Vec<_> = heard.iter().map(|told| told.duration.as_secs()).collect();
        assert_eq!(seconds, (2..=15).chain([15]).collect::<Vec<_>>());
        let landmarks = heard.iter().filter(|told| told.is_landmark);
        let landmarks: Vec<_> = landmarks.map(|told| told.duration.as_secs()).collect();
        assert_eq!(landmarks, [3, 13], "a tenth, and ten seconds later");
        let last = heard.last().unwrap();
        assert_eq!((last.occasion, last.sent, last.sent_rate), (Occasion::Over, 12, 0));
    }

    #[test]
    fn a_rate_has_no_bounds_that_break_it() {
        assert_eq!(rate(10, Duration::from_secs(4)), 2);
        assert_eq!(rate(10, Duration::ZERO), 10_000_000_000);
        assert_eq!(rate(u64::MAX, Duration::ZERO), u64::MAX);
    }
}
