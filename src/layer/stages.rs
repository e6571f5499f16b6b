//! What looks at the bytes of one direction on their way.

use std::io;
use std::num::NonZeroU64;
use std::rc::Rc;

use tokio::time::sleep;

use super::limiter::Limiter;
use super::text::Text;
use crate::event::Cursor;
use crate::layer::{Answers, Screen, Witnesses};
use crate::plan::{self, Pace, PaceUnit, Session};
use crate::proto::crlf::Crlf;
use crate::proto::direction::Direction;
use crate::proto::telnet::{Answer, Telnet};

/// What looks at the bytes of one direction on their way.
#[derive(Debug, Default)]
pub struct Stages {
    crlf: Option<Crlf>,
    /// Few conversations have it, and many are held at once.
    text: Option<Box<Text>>,
    telnet: Option<(Telnet, Rc<Answers>)>,
    /// The negotiation is taken out of what is passed on.
    removes_telnet: bool,
    pace: Option<Pace>,
    limiter: Option<Box<Limiter>>,
    witnesses: Option<(Rc<Witnesses>, Direction)>,
    /// They are added up where they are read and written.
    adds_up: bool,
    screen: Option<Screen>,
    /// Of the terminal where what is read was typed.
    typed: Option<Rc<Cursor>>,
    /// End after so many reads.
    pub reads: Option<NonZeroU64>,
}

impl Stages {
    /// From our input to the peer.
    pub fn outgoing(session: &Session, witnesses: &Rc<Witnesses>) -> Self {
        Self {
            witnesses: shown(witnesses, Direction::Sent),
            crlf: session.crlf.then(Crlf::default),
            text: Text::of(session).map(Box::new),
            pace: pace(session),
            limiter: session.rate.map(Limiter::new).map(Box::new),
            adds_up: session.sum,
            ..Self::default()
        }
    }

    /// From the peer to our output; telnet's answers go to `answers`.
    pub fn incoming(session: &Session, witnesses: &Rc<Witnesses>, answers: &Rc<Answers>) -> Self {
        Self {
            witnesses: shown(witnesses, Direction::Received),
            telnet: session.telnet.map(|which| {
                let answer = match which {
                    plan::Telnet::Requests => Answer::Requests,
                    plan::Telnet::Everything | plan::Telnet::Removed => Answer::Every,
                };
                (Telnet::new(answer), Rc::clone(answers))
            }),
            removes_telnet: session.telnet == Some(plan::Telnet::Removed),
            pace: pace(session).filter(|pace| pace.both_ways),
            limiter: session.rate.map(Limiter::new).map(Box::new),
            adds_up: session.sum,
            reads: session.receive_limit,
            ..Self::default()
        }
    }

    /// The same of a text that somebody types, or not: an empty line ends a body then.
    #[must_use]
    pub fn at_keyboard(mut self, typed: bool) -> Self {
        if let Some(text) = &mut self.text {
            text.set_typed(typed);
        }
        self
    }

    /// The same of a terminal, whose cursor is at the start of a line where a whole one was typed.
    #[must_use]
    pub fn typed(mut self, at: Option<Rc<Cursor>>) -> Self {
        self.typed = at;
        self
    }

    /// The same, to be shown at a terminal, which is for whoever writes it.
    #[must_use]
    pub fn at(mut self, screen: Option<Screen>) -> Self {
        self.screen = screen;
        self
    }

    /// Where it is to be shown.
    pub fn take_screen(&mut self) -> Option<Screen> {
        self.screen.take()
    }

    /// Of what is read and goes nowhere: only the witnesses see it.
    pub fn watched(witnesses: &Rc<Witnesses>, direction: Direction) -> Self {
        Self { witnesses: shown(witnesses, direction), ..Self::default() }
    }

    /// Whether nobody looks at the bytes.
    pub fn is_empty(&self) -> bool {
        self.crlf.is_none()
            && self.text.is_none()
            && self.telnet.is_none()
            && self.pace.is_none()
            && self.limiter.is_none()
            && self.witnesses.is_none()
            && !self.adds_up
            && self.screen.is_none()
            && self.typed.is_none()
            && self.reads.is_none()
    }

    /// What is to be written for what was read, which all witnesses see; `changed` holds it where
    /// it is not the same.
    pub async fn pass<'a>(&mut self, read: &'a [u8], changed: &'a mut Vec<u8>) -> &'a [u8] {
        if let Some(cursor) = self.typed.as_ref().filter(|_| read.ends_with(b"\n")) {
            cursor.line_ended();
        }
        if let Some((witnesses, direction)) = &self.witnesses {
            witnesses.read(*direction, read).await;
        }
        let differs = self.change(read, changed);
        let passed = if differs { changed.as_slice() } else { read };
        if let Some((witnesses, direction)) = &self.witnesses {
            witnesses.passed(*direction, passed).await;
        }
        passed
    }

    /// What was held back, now that the input has ended.
    pub async fn rest<'a>(&mut self, changed: &'a mut Vec<u8>) -> &'a [u8] {
        *changed = self.text.as_mut().map(|text| text.finish()).unwrap_or_default();
        if let Some((witnesses, direction)) = &self.witnesses
            && !changed.is_empty()
        {
            witnesses.passed(*direction, changed).await;
        }
        changed
    }

    /// Bytes that are held back.
    pub fn held(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.held())
    }

    /// What was wrong behind what was passed last, as an error of reading it.
    pub fn wrong(&mut self) -> Option<io::Error> {
        self.text.as_mut()?.wrong().map(io::Error::other)
    }

    /// Says whether what is passed on is in `changed`.
    fn change(&mut self, read: &[u8], changed: &mut Vec<u8>) -> bool {
        if let Some((telnet, answers)) = &mut self.telnet {
            if self.removes_telnet {
                changed.clear();
                answers.add(|bytes| telnet.filter(read, changed, bytes));
                return true;
            }
            answers.add(|bytes| telnet.push(read, bytes));
        }
        let mut differs = false;
        if let Some(crlf) = &mut self.crlf {
            changed.clear();
            crlf.push(read, changed);
            differs = true;
        }
        if let Some(text) = &mut self.text {
            // line ends as they are typed, then escapes, then placeholders: a body is counted as it
            // is sent
            *changed = text.push(if differs { changed } else { read });
            differs = true;
        }
        differs
    }

    /// What is written at once, with a pause before or after it.
    pub fn pieces<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let lines = self.cuts_lines();
        let most = self.limiter.as_ref().map_or(usize::MAX, |limiter| limiter.piece());
        bytes
            .split_inclusive(move |byte| lines && *byte == b'\n')
            .flat_map(move |piece| piece.chunks(most))
    }

    /// Whether each line is written by itself.
    pub fn cuts_lines(&self) -> bool {
        self.pace.is_some_and(|pace| pace.unit == PaceUnit::Line)
    }

    /// The pause before a piece of so many bytes.
    pub async fn pause_before(&self, bytes: usize) {
        if let Some(limiter) = &self.limiter {
            limiter.admit(bytes).await;
        }
        if let Some(pace) = self.pace.filter(|pace| pace.before) {
            sleep(pace.pause).await;
        }
    }

    /// The pause after each piece.
    pub async fn pause_after(&self) {
        if let Some(pace) = self.pace.filter(|pace| !pace.before) {
            sleep(pace.pause).await;
        }
    }

    /// Whether the read that was just made is the last one that the plan allows.
    pub fn was_last_read(&mut self) -> bool {
        match self.reads {
            None => false,
            Some(left) => {
                let next = NonZeroU64::new(left.get() - 1);
                if next.is_some() {
                    self.reads = next;
                }
                next.is_none()
            }
        }
    }
}

fn shown(witnesses: &Rc<Witnesses>, direction: Direction) -> Option<(Rc<Witnesses>, Direction)> {
    (!witnesses.is_empty()).then(|| (Rc::clone(witnesses), direction))
}

fn pace(session: &Session) -> Option<Pace> {
    session.pace.filter(|pace| !pace.pause.is_zero())
}
