//! A conversation while it is held: the one loop that runs both directions until it is over.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::account::Account;
use super::closing::Closing;
use super::conversation::{Action, Conversation};
use super::delivery;
use super::departure::{Deadline, Departure};
use super::first_bytes::FirstBytes;
use super::flow::{FlowEnd, Meter};
use super::home::Home;
use super::terms::Terms;
use crate::endpoint::Link;
use crate::event::{Error, Event, Side, Summary};
use crate::layer::{Answers, Witnesses};
use crate::proto::direction::Direction;
use crate::proto::lint::Note;

/// A conversation about to be held: who with, by which rules, and its accounting.
pub struct Call<'a> {
    /// Who with.
    pub link: &'a Link,
    /// By which rules.
    pub terms: Terms<'a>,
    /// When it began.
    pub started: Instant,
    /// The accounting of our input to the peer, which others may write to as well.
    pub up: Rc<Meter>,
    /// The accounting of the peer to our output.
    pub down: Meter,
    /// Answers to telnet negotiation.
    pub answers: Rc<Answers>,
    /// Who looks at its bytes.
    pub witnesses: Rc<Witnesses>,
    expected: Cell<Option<u64>>,
}

impl<'a> Call<'a> {
    /// It begins now.
    pub fn new(link: &'a Link, terms: Terms<'a>) -> Self {
        let witnesses = terms.witnesses();
        let adds_up = terms.session.sum;
        let meter = |direction| {
            if adds_up { Meter::adding_up(direction) } else { Meter::default() }
        };
        let (up, down) = (Rc::new(meter(Direction::Sent)), meter(Direction::Received));
        Self {
            link,
            terms,
            started: Instant::now(),
            up,
            down,
            answers: Rc::new(Answers::default()),
            witnesses,
            expected: Cell::new(None),
        }
    }

    /// So many bytes are to be sent in all, where that is known.
    pub fn expect(&self, bytes: Option<u64>) {
        self.expected.set(bytes);
    }

    /// What it tells of itself.
    pub fn account(&self) -> Account<'_> {
        Account {
            peer: self.link.peer(),
            link: Some(self.link),
            up: &self.up,
            down: &self.down,
            started: self.started,
            expected: self.expected.get(),
        }
    }

    /// Runs both directions, whatever moves them, until the conversation is over; whoever wants to
    /// know is told how it goes.
    pub async fn hold(
        &self,
        up: impl Future<Output = FlowEnd>,
        down: impl Future<Output = FlowEnd>,
        mut talk: Conversation,
        home: &dyn Home,
    ) -> Result<(), Error> {
        let Terms { session, observer, .. } = self.terms;
        let net = self.link.stream();
        let mut closing = Closing::new(self, talk.up_is_open());
        let first_bytes = FirstBytes::new(self.started, observer);
        let mut departure = Departure::new(session.idle_timeout, self.started);
        let mut deadline = None;
        let mut witness_failure = None;
        let mut up = pin!(up);
        let mut down = pin!(down);
        // many conversations are held at once, and nobody keeps room for what nobody wants to know
        let mut first_up = first_bytes.wait(&self.up);
        let mut first_down = first_bytes.wait(&self.down);
        let mut telling: Pin<Box<dyn Future<Output = Infallible> + '_>> = match observer.asker() {
            Some(asker) => Box::pin(self.account().tell(asker, observer)),
            None => Box::pin(pending()),
        };
        let mut answers_work = session.telnet.is_some();
        // few of them speak telnet
        let mut answering: Pin<Box<dyn Future<Output = _> + '_>> =
            if answers_work { Box::pin(self.answers.send_to(net)) } else { Box::pin(pending()) };

        loop {
            let actions = tokio::select! {
                biased;
                // a conversation that is never quiet must not leave a question unanswered
                never = &mut telling => match never {},
                end = &mut up, if talk.up_is_open() => {
                    if matches!(end, FlowEnd::EndOfInput) {
                        home.input_ended();
                        self.witnesses.ended(Direction::Sent);
                    }
                    let actions = talk.up_ended(end.how());
                    closing.ends.up_ended(end);
                    actions
                }
                end = &mut down, if talk.down_is_open() => {
                    self.witnesses.ended(Direction::Received);
                    let actions = talk.down_ended(end.how());
                    closing.ends.down_ended(end);
                    actions
                }
                // a peer that is gone altogether says so only when we send; nobody is reading then
                error = rarely(|| net.fd().failure()), if talk.up_is_open() && !talk.down_is_open() => {
                    let end = FlowEnd::Write(error);
                    let actions = talk.up_ended(end.how());
                    closing.ends.up_ended(end);
                    actions
                }
                () = &mut first_up, if first_bytes.lacks(Side::Us) => {
                    first_bytes.report(&self.up, &self.down);
                    continue;
                }
                () = &mut first_down, if first_bytes.lacks(Side::Peer) => {
                    first_bytes.report(&self.up, &self.down);
                    continue;
                }
                notes = rarely(|| self.witnesses.notes()), if self.witnesses.take_notes() => {
                    self.tell(notes);
                    continue;
                }
                _ = &mut answering, if answers_work => {
                    // the connection fails; the directions say how
                    answers_work = false;
                    continue;
                }
                () = rarely(|| self.heard_out(departure.hears_out(), home)),
                    if departure.hears_out().is_some_and(|side| talk.is_open(side)) =>
                {
                    vec![Action::Leave]
                }
                () = rarely(|| departure.due()), if departure.next_look().is_some() => {
                    let look = || self.link.unacknowledged();
                    deadline = departure.look([&self.up, &self.down], look);
                    if deadline.is_none() {
                        continue;
                    }
                    vec![Action::Leave]
                }
                error = rarely(|| self.witnesses.failure()), if !self.witnesses.is_empty() => {
                    witness_failure = Some(error);
                    vec![Action::Leave]
                }
            };
            // a direction may have come to its end within the turn of its first byte
            first_bytes.report(&self.up, &self.down);
            self.carry_out(&actions, &mut departure, home);
            if actions.contains(&Action::Leave) {
                break;
            }
        }

        self.tell(self.witnesses.last_notes());
        // the last bytes may have come to their end with it
        let failure = witness_failure
            .or_else(|| self.witnesses.failed())
            .or_else(|| closing.ends.failure(&self.up, &self.down, self.link))
            .or_else(|| self.left_wanting(deadline));
        let result = if let Some(error) = failure {
            // whoever is cut off must not take it for an end
            Err(error)
        } else {
            self.link.say_end();
            tokio::select! {
                biased;
                never = &mut telling => match never {},
                result = delivery::acknowledged(self.link, session.last_patience()) => result,
            }
        };
        let by_timeout = match deadline {
            // a peer that has finished ended it, though we waited for our input a while
            Some(Deadline::Settled) => talk.down_is_open(),
            other => other.is_some(),
        };
        if result.is_ok() && home.input_is_typed() && !home.input_is_ready() {
            closing.ends.typing_ended();
        }
        let first_to_finish = talk.first_to_finish();
        closing.report(&result, Summary { first_to_finish, by_timeout, ..Summary::default() });
        result
    }

    /// Does what follows from an end. Leaving is for whoever holds the conversation.
    fn carry_out(&self, actions: &[Action], departure: &mut Departure, home: &dyn Home) {
        let observer = self.terms.observer;
        let at_once = Action::LeaveAfter(Duration::ZERO);
        let stays = !actions.iter().any(|next| *next == Action::Leave || *next == at_once);
        for action in actions {
            match *action {
                Action::HalfClose => {
                    // a connection that fails now says so to the reading side
                    let _ = self.link.half_close();
                    let bytes = self.up.moved();
                    let typed = stays && home.input_is_typed();
                    observer.observe(&Event::HalfClosed { by: Side::Us, bytes, typed });
                }
                Action::CloseOutput => {
                    let bytes = self.down.moved();
                    observer.observe(&Event::HalfClosed { by: Side::Peer, bytes, typed: false });
                    home.peer_ended();
                }
                Action::LeaveAfter(after) => departure.after(after),
                Action::LeaveWhenIdle(after) => departure.when_idle(after),
                Action::LeaveWhenQuiet(side) => departure.when_quiet(side),
                Action::Leave => {}
            }
        }
    }

    /// Waits until this side has nothing more to give; without one, for ever.
    async fn heard_out(&self, side: Option<Side>, home: &dyn Home) {
        loop {
            let has_more = match side {
                Some(Side::Us) => {
                    self.up.quiet().await;
                    home.input_is_ready()
                }
                Some(Side::Peer) => {
                    self.down.quiet().await;
                    self.link.stream().is_readable_now()
                }
                None => pending().await,
            };
            if !has_more {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    fn tell(&self, notes: Vec<Note>) {
        for note in notes {
            self.terms.observer.observe(&Event::Note(note));
        }
    }

    /// What the session's rules take for a failure, though nothing failed.
    fn left_wanting(&self, deadline: Option<Deadline>) -> Option<Error> {
        let session = self.terms.session;
        let idled = deadline == Some(Deadline::Idle) && session.idle_is_failure;
        let idle = session.idle_timeout.filter(|_| idled).map(|after| Error::Idle { after });
        idle.or_else(|| self.witnesses.answer_fault().map(Error::Answer))
    }
}

/// Waits for something that most conversations never wait for, and keeps no room for it until then:
/// thousands may be held at once.
async fn rarely<F: Future>(what: impl FnOnce() -> F) -> F::Output {
    Box::pin(what()).await
}
