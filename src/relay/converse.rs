//! The loop that holds both directions of a conversation together, with its deadlines.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::account::Account;
use super::conversation::{Action, Conversation};
use super::copy;
use super::delivery;
use super::flow::{FlowEnd, Meter};
use super::mover::Mover;
use super::terms::Terms;
use crate::endpoint::stdio::{Input, Output};
use crate::endpoint::{Link, Stream};
use crate::event::{Detail, Error, Event, Extent, Observer, Side, Summary};
use crate::layer::{Answers, Lint, Screen, Stages, Witnesses};
use crate::plan::AfterInput;
use crate::proto::direction::Direction;
use crate::proto::lint::{LintKind, Note};
use crate::sys::fd::Kind;
use crate::sys::pty;

/// A timeout of nothing (`-w 0`) must not look all the time whether something is still queued.
const SHORTEST_LOOK: Duration = Duration::from_millis(10);

/// Leaving by `-q` waits at least so long for the peer's kernel to take what is on its way.
const LEAST_STALL: Duration = Duration::from_secs(1);

/// Holds a conversation between our streams and a link until it is over by the session's rules.
pub async fn converse(
    link: &Link,
    input: &Input,
    output: &Output,
    terms: &Terms<'_>,
) -> Result<(), Error> {
    let session = terms.session;
    let Some(out) = output.stream() else {
        return Err(Error::Output { error: std::io::ErrorKind::BrokenPipe.into(), undelivered: 0 });
    };
    let call = Call::new(link, terms.clone());
    // what is changed on its way may be more
    let changed = session.crlf || session.escapes || session.fill;
    let file = input.fd().filter(|_| !changed && !input.has_ended());
    call.expected.set(file.and_then(|file| file.left()));
    if output.is_edited() {
        // the last line of the terminal is the one that is typed
        terms.observer.peer_speaks();
    }
    if let Some(kind) = lint_of(link, input, terms) {
        call.witnesses.read_along(Lint::new(kind, input.is_terminal()));
    }
    // a program's terminal is the program's own
    let screen = match output.fd() {
        _ if output.may_be_refused() => None,
        Some(terminal) if output.is_edited() => Screen::at(session, &terminal),
        Some(terminal) => Screen::of(session, &terminal),
        None => None,
    };
    // who edits lines knows where they begin
    let typed = screen.as_ref().filter(|_| input.is_terminal() && !output.is_edited());
    let keyboard = input.is_terminal() || output.is_edited();
    let up_stages = Stages::outgoing(session, &call.witnesses);
    let up_stages = up_stages.typed(typed.map(Screen::typed)).at_keyboard(keyboard);
    let down_stages = Stages::incoming(session, &call.witnesses, &call.answers).at(screen);
    let net = link.stream();
    let from = input.fd().map(|from| Stream::Plain(Rc::clone(from)));
    let up_mover = from.as_ref().map(|from| Mover::pick(from, net, &up_stages, None));
    let down_mover = if session.show_peer {
        Mover::pick(net, &out, &down_stages, link.heard_address())
    } else {
        Mover::Discard
    };
    terms.observer.observe(&Event::Moving {
        up: up_mover.map_or("nothing", Mover::name),
        down: down_mover.name(),
    });
    let peer_is_done = Notify::new();
    let up = async {
        match (from, up_mover) {
            _ if input.has_ended() => FlowEnd::EndOfInput,
            (Some(from), Some(mover)) => {
                let end =
                    mover.run(from, net.clone(), up_stages, &call.up, session.datagram_size).await;
                if output.may_be_refused() && matches!(end, FlowEnd::EndOfInput) {
                    // a program that says no more may still read, for as long as it likes
                    let _ = link.half_close();
                    tokio::select! {
                        () = unread(output) => {}
                        () = peer_is_done.notified() => {}
                    }
                }
                end
            }
            _ => pending().await,
        }
    };
    let terminal = output.terminal();
    let is_shown = out.kind() == Kind::Terminal && terminal.is_none();
    let down = async {
        let size = session.datagram_size;
        if is_shown && terms.observer.asker().is_some() {
            // an error is found again where it is read
            let _ = net.readable().await;
            terms.observer.peer_speaks();
        }
        let end = match down_mover.run(net.clone(), out, down_stages, &call.down, size).await {
            FlowEnd::Write(error) if output.may_be_refused() && is_refusal(&error) => {
                call.down.set_in_hand(0);
                let mut unread = Stages::watched(&call.witnesses, Direction::Received);
                copy::discard(net, &mut unread, &call.down).await
            }
            end @ FlowEnd::EndOfInput => {
                if let Some(terminal) = terminal {
                    // one that takes nothing more has nobody who waits for an end
                    let _ = pty::type_end(&terminal).await;
                }
                end
            }
            end => end,
        };
        peer_is_done.notify_one();
        end
    };
    let after_peer =
        if input.is_terminal() { session.after_peer_at_terminal } else { session.after_peer };
    let mut talk = Conversation::new(session.after_input, after_peer);
    if input.fd().is_none() {
        talk = talk.without_input();
    }
    if net.kind() == Kind::DatagramSocket {
        talk = talk.of_datagrams();
    }
    let _held = input.hold();
    call.hold(up, down, talk, &Streams { input, output, link }).await
}

/// Who reads along in this conversation: who was asked to, and by itself where somebody types and
/// sees the notes.
fn lint_of(link: &Link, input: &Input, terms: &Terms<'_>) -> Option<LintKind> {
    let by_itself = || input.is_terminal() && terms.observer.wants(Detail::Notes);
    let kind = terms.session.lint.or_else(|| by_itself().then_some(LintKind::Auto))?;
    let is_stream = link.stream().kind() != Kind::DatagramSocket;
    (kind != LintKind::Nothing && is_stream).then_some(kind)
}

/// Waits until nobody reads our output.
async fn unread(output: &Output) {
    if let Some(fd) = output.fd() {
        fd.unread().await;
    }
}

/// Whoever reads our output takes no more.
fn is_refusal(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::BrokenPipe | std::io::ErrorKind::ConnectionReset)
}

/// Our side of a conversation, as far as the loop has to do with it.
pub trait Home {
    /// Whether the input has something to give, or its end, at once.
    fn input_is_ready(&self) -> bool;

    /// Whether somebody types the input at a terminal.
    fn input_is_typed(&self) -> bool {
        false
    }

    /// The input came to its end.
    fn input_ended(&self);

    /// The peer has finished: whoever reads the output is told.
    fn peer_ended(&self);
}

struct Streams<'a> {
    input: &'a Input,
    output: &'a Output,
    link: &'a Link,
}

impl Home for Streams<'_> {
    fn input_is_ready(&self) -> bool {
        self.input.is_readable_now()
    }

    fn input_is_typed(&self) -> bool {
        self.input.is_terminal() && !self.output.may_be_refused()
    }

    fn input_ended(&self) {
        self.input.set_ended();
    }

    fn peer_ended(&self) {
        self.output.pass_end_on();
        if self.output.may_be_refused() {
            // it may be gone altogether, and a program that says nothing would never find out
            self.link.ask_whether_alive();
        }
    }
}

/// A conversation about to be held: who with, by which rules, and its accounting.
pub struct Call<'a> {
    link: &'a Link,
    terms: Terms<'a>,
    started: Instant,
    /// The accounting of our input to the peer, which others may write to as well.
    pub up: Rc<Meter>,
    /// The accounting of the peer to our output.
    pub down: Meter,
    /// Answers to telnet negotiation.
    pub answers: Rc<Answers>,
    /// Who looks at its bytes.
    pub witnesses: Rc<Witnesses>,
    /// What is known of how each direction ended.
    ends: Ends,
    /// Bytes that are to be sent in all, where that is known.
    expected: Cell<Option<u64>>,
}

/// What is known of how each direction ended.
#[derive(Debug, Default)]
struct Ends {
    /// There is nothing to be sent, and never was.
    no_input: Cell<bool>,
    /// Our input came to its end.
    input: Cell<bool>,
    /// All that was sent has arrived.
    delivered: Cell<bool>,
    /// The peer's stream came to its end, and all of it was written.
    peer: Cell<bool>,
}

impl<'a> Call<'a> {
    /// It begins now.
    pub fn new(link: &'a Link, terms: Terms<'a>) -> Self {
        let witnesses = terms.witnesses();
        Self {
            link,
            terms,
            started: Instant::now(),
            up: Rc::default(),
            down: Meter::default(),
            answers: Rc::new(Answers::default()),
            witnesses,
            ends: Ends::default(),
            expected: Cell::new(None),
        }
    }

    /// What it tells of itself.
    fn account(&self) -> Account<'_> {
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
        let link = self.link;
        let Terms { session, observer, .. } = self.terms;
        let net = link.stream();
        let closing = Closing { call: self, reported: false };
        let first_bytes = FirstBytes::new(self.started, observer);
        self.ends.no_input.set(!talk.up_is_open());
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

        let mut up_end = None;
        let mut down_end = None;
        let mut leave_at: Option<Instant> = None;
        let mut leave_when_quiet: Option<Side> = None;
        let mut idle = session.idle_timeout;
        let mut idle_at = idle.map(|idle| self.started + idle);
        let mut by_timeout = false;
        let mut idled = false;
        let mut witness_failure = None;

        loop {
            let actions = tokio::select! {
                biased;
                // a conversation that is never quiet must not leave a question unanswered
                never = &mut telling => match never {},
                end = &mut up, if talk.up_is_open() => {
                    let actions = talk.up_ended(end.how());
                    if matches!(end, FlowEnd::EndOfInput) {
                        self.ends.input.set(true);
                        home.input_ended();
                        self.witnesses.ended(Direction::Sent);
                    }
                    up_end = Some(end);
                    actions
                }
                end = &mut down, if talk.down_is_open() => {
                    let actions = talk.down_ended(end.how());
                    // where writing was told of a reset, reading is told of an end
                    let reset = matches!(up_end, Some(FlowEnd::Write(_)));
                    self.ends.peer.set(matches!(end, FlowEnd::EndOfInput) && !reset);
                    self.witnesses.ended(Direction::Received);
                    down_end = Some(end);
                    actions
                }
                // a peer that is gone altogether says so only when we send; nobody is reading then
                error = rarely(|| net.fd().failure()), if talk.up_is_open() && !talk.down_is_open() => {
                    let end = FlowEnd::Write(error);
                    let actions = talk.up_ended(end.how());
                    up_end = Some(end);
                    actions
                }
                () = &mut first_up, if !first_bytes.up.get() => {
                    first_bytes.report(&self.up, &self.down);
                    continue;
                }
                () = &mut first_down, if !first_bytes.down.get() => {
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
                () = rarely(|| self.up.quiet()),
                    if leave_when_quiet == Some(Side::Us) && talk.up_is_open() =>
                {
                    if home.input_is_ready() {
                        tokio::task::yield_now().await;
                        continue;
                    }
                    vec![Action::Leave]
                }
                () = rarely(|| self.down.quiet()), if leave_when_quiet == Some(Side::Peer) => {
                    if net.is_readable_now() {
                        tokio::task::yield_now().await;
                        continue;
                    }
                    vec![Action::Leave]
                }
                () = rarely(|| until(leave_at)), if leave_at.is_some() => {
                    by_timeout = true;
                    vec![Action::Leave]
                }
                () = rarely(|| until(idle_at)), if idle_at.is_some() => {
                    idle_at = idle.and_then(|idle| self.still_busy(idle));
                    if idle_at.is_some() {
                        continue;
                    }
                    idled = idle == session.idle_timeout;
                    // a peer that has finished ended it, though we waited for our input a while
                    by_timeout = idled || talk.down_is_open();
                    vec![Action::Leave]
                }
                error = rarely(|| self.witnesses.failure()), if !self.witnesses.is_empty() => {
                    witness_failure = Some(error);
                    vec![Action::Leave]
                }
            };
            // a direction may have come to its end within the turn of its first byte
            first_bytes.report(&self.up, &self.down);
            let mut leave = false;
            let at_once = Action::LeaveAfter(Duration::ZERO);
            let stays = !actions.iter().any(|next| *next == Action::Leave || *next == at_once);
            for action in actions {
                match action {
                    Action::HalfClose => {
                        // a connection that fails now says so to the reading side
                        let _ = link.half_close();
                        let bytes = self.up.moved();
                        let typed = stays && home.input_is_typed();
                        observer.observe(&Event::HalfClosed { by: Side::Us, bytes, typed });
                    }
                    Action::CloseOutput => {
                        let bytes = self.down.moved();
                        let typed = false;
                        observer.observe(&Event::HalfClosed { by: Side::Peer, bytes, typed });
                        home.peer_ended();
                    }
                    Action::LeaveAfter(after) => leave_at = Some(Instant::now() + after),
                    Action::LeaveWhenIdle(after) => {
                        idle = Some(idle.map_or(after, |idle| idle.min(after)));
                        idle_at = Some(Instant::now() + after);
                    }
                    Action::LeaveWhenQuiet(side) => leave_when_quiet = Some(side),
                    Action::Leave => leave = true,
                }
            }
            if leave {
                break;
            }
        }

        self.tell(self.witnesses.last_notes());
        // the last bytes may have come to their end with it
        let witness_failure = witness_failure.or_else(|| self.witnesses.failed());
        let failure = witness_failure.or_else(|| self.failure(up_end, down_end)).or_else(|| {
            let after = session.idle_timeout.filter(|_| idled && session.idle_is_failure)?;
            Some(Error::Idle { after })
        });
        let failure = failure.or_else(|| self.witnesses.answer_fault().map(Error::Answer));
        let result = if let Some(error) = failure {
            // whoever is cut off must not take it for an end
            Err(error)
        } else {
            link.say_end();
            tokio::select! {
                biased;
                never = &mut telling => match never {},
                result = delivery::acknowledged(link, self.stall()) => result,
            }
        };
        self.ends.delivered.set(result.is_ok());
        closing.report(Summary {
            first_to_finish: talk.first_to_finish(),
            undelivered: result.as_ref().map_or_else(Error::undelivered, |()| 0),
            by_timeout,
            failed: result.is_err(),
            ..Summary::default()
        });
        result
    }

    fn tell(&self, notes: Vec<Note>) {
        for note in notes {
            self.terms.observer.observe(&Event::Note(note));
        }
    }

    /// How long the peer may acknowledge nothing at the end.
    fn stall(&self) -> Option<Duration> {
        match self.terms.session.after_input {
            AfterInput::Quit(after)
            | AfterInput::Settle(after)
            | AfterInput::StayUntilIdle(after) => Some(after.max(LEAST_STALL)),
            _ => self.terms.session.idle_timeout,
        }
    }

    /// When to look again whether the conversation is idle; `None` where it is.
    ///
    /// It is not idle while something waits to be moved in either direction, or while the peer has
    /// yet to acknowledge what it was sent.
    fn still_busy(&self, idle: Duration) -> Option<Instant> {
        let now = Instant::now();
        if self.up.is_moving() || self.down.is_moving() {
            return Some(now + idle.max(SHORTEST_LOOK));
        }
        if self.link.unacknowledged() > 0 {
            // nothing tells when it is acknowledged, so look often enough to be in time
            return Some(now + (idle / 8).max(SHORTEST_LOOK));
        }
        let last = self.up.last_moved().max(self.down.last_moved());
        let next = Instant::from_std(last) + idle;
        (next > now).then_some(next)
    }

    /// The failure that the conversation ended with, if it did.
    fn failure(&self, up_end: Option<FlowEnd>, down_end: Option<FlowEnd>) -> Option<Error> {
        let (unsent, unshown) = (self.up.in_hand(), self.down.in_hand());
        match (up_end, down_end) {
            (_, Some(FlowEnd::Write(error))) => Some(Error::Output { error, undelivered: unshown }),
            (Some(FlowEnd::Write(error)), _) | (_, Some(FlowEnd::Read(error))) => {
                let undelivered = unsent + self.link.undelivered();
                Some(Error::of_link(error, undelivered))
            }
            (Some(FlowEnd::Read(error)), _) => Some(Error::of_input(error)),
            // left in the middle of a write, by a deadline
            _ if unshown > 0 => {
                let error = std::io::ErrorKind::TimedOut.into();
                Some(Error::Output { error, undelivered: unshown })
            }
            _ if unsent > 0 => Some(Error::Unacknowledged { bytes: unsent }),
            _ => None,
        }
    }

    /// What was added up, where it was.
    fn report_sums(&self) {
        let Some(sums) = self.witnesses.sums() else {
            return;
        };
        let datagrams = self.link.fd().kind() == Kind::DatagramSocket;
        let extent = |has_ended: bool| match has_ended {
            // nobody says of them whether they arrived
            _ if datagrams => Extent::Endless,
            true => Extent::Whole,
            false => Extent::Cut,
        };
        let ends = &self.ends;
        let sent = extent(ends.input.get() && ends.delivered.get());
        let sent = (!ends.no_input.get()).then(|| sums.sum(Direction::Sent, sent));
        let received = sums.sum(Direction::Received, extent(ends.peer.get()));
        let peer = self.link.peer().clone();
        self.terms.observer.observe(&Event::Sums { peer, sent, received });
    }

    fn fill(&self, summary: &mut Summary) {
        summary.sent = self.up.moved();
        summary.received = self.down.moved();
        summary.duration = self.started.elapsed();
        summary.tcp = self.link.tcp_info_for(self.terms.observer);
    }
}

/// Reports the close of a conversation exactly once, also when a signal cuts it short.
struct Closing<'a> {
    call: &'a Call<'a>,
    reported: bool,
}

impl Closing<'_> {
    fn report(mut self, mut summary: Summary) {
        self.reported = true;
        self.call.account().close(self.call.terms.observer);
        self.call.report_sums();
        self.call.fill(&mut summary);
        self.call.terms.observer.observe(&Event::Closed(summary));
    }
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        if !self.reported {
            self.call.account().close(self.call.terms.observer);
            self.call.report_sums();
            let undelivered = self.call.up.in_hand() + self.call.down.in_hand();
            let mut summary = Summary { interrupted: true, undelivered, ..Summary::default() };
            self.call.fill(&mut summary);
            self.call.terms.observer.observe(&Event::Closed(summary));
        }
    }
}

/// Reports the first byte of each direction, once.
struct FirstBytes<'a> {
    started: Instant,
    observer: &'a dyn Observer,
    up: Cell<bool>,
    down: Cell<bool>,
}

impl<'a> FirstBytes<'a> {
    fn new(started: Instant, observer: &'a dyn Observer) -> Self {
        let minds = observer.minds_first_bytes();
        Self { started, observer, up: Cell::new(!minds), down: Cell::new(!minds) }
    }

    /// Waits for one of them, where it is to be reported.
    fn wait<'b>(&self, meter: &'b Meter) -> Pin<Box<dyn Future<Output = ()> + 'b>> {
        if self.observer.minds_first_bytes() {
            Box::pin(meter.first_byte())
        } else {
            Box::pin(pending())
        }
    }

    fn report(&self, up: &Meter, down: &Meter) {
        for (reported, meter, from) in [(&self.up, up, Side::Us), (&self.down, down, Side::Peer)] {
            if let Some(first) = meter.first().filter(|_| !reported.get()) {
                reported.set(true);
                let took = first.duration_since(self.started.into_std());
                self.observer.observe(&Event::FirstByte { from, took });
            }
        }
    }
}

/// Waits for something that most conversations never wait for, and keeps no room for it until then:
/// thousands may be held at once.
async fn rarely<F: Future>(what: impl FnOnce() -> F) -> F::Output {
    Box::pin(what()).await
}

/// Sleeps until a deadline, for ever without one.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}
