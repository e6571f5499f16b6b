//! A conversation in HTTP/1 as its client sees it: requests, and the answer to each.

use std::collections::VecDeque;
use std::time::Duration;

use super::ending::Cause;
use super::http_answer::{Answers, Turn};
use super::http_request::Requests;
use super::note::{Met, Note};

/// The most requests that may wait for their answers and still be told apart.
const WAITING_MAX: usize = 256;

/// What an answer depends on in the request that it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) head: bool,
    pub(super) connect: bool,
    /// `Connection: close`.
    pub(super) close: bool,
    /// Of a version that ends the connection unless asked not to.
    pub(super) old: bool,
    /// Of the time before versions: what comes back has no head.
    pub(super) no_version: bool,
}

/// One conversation.
#[derive(Debug, Default)]
pub(super) struct Http {
    requests: Requests,
    answers: Answers,
    waiting: VecDeque<Asked>,
    /// More that wait, and were not kept.
    more_waiting: u64,
    /// Requests that were answered.
    answered: u64,
    /// The request that has begun was answered before it was complete.
    early: bool,
    /// How many were answered when it was said that there is no answer yet.
    silent: Option<u64>,
    we_ended: bool,
    ended: bool,
}

impl Http {
    pub(super) fn sent(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        self.answers.heard(self.asked_without_version(), notes);
        let mut asked = Vec::new();
        self.requests.read(bytes, &mut asked, notes);
        for asked in asked {
            if std::mem::take(&mut self.early) {
                continue;
            }
            if self.waiting.len() < WAITING_MAX && self.more_waiting == 0 {
                self.waiting.push_back(asked);
            } else {
                self.more_waiting += 1;
            }
        }
    }

    /// Whether a request has begun that is not complete.
    pub(super) fn is_asking(&self) -> bool {
        self.requests.is_midway()
    }

    /// The server begins to speak: what was sent so far is all that it knows.
    pub(super) fn heard(&mut self, notes: &mut Vec<Note>) {
        self.requests.settle(notes);
    }

    pub(super) fn received(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (used, turn) = self.answers.read(rest, self.asked_without_version(), notes);
            rest = &rest[used..];
            if let Turn::Head { interim } = turn {
                self.answer(interim, notes);
            }
        }
    }

    /// The head of an answer is complete.
    fn answer(&mut self, interim: bool, notes: &mut Vec<Note>) {
        let (asked, cause) = if interim { self.next() } else { self.take_next(notes) };
        let changes = self.answers.begin(asked, cause, notes);
        if changes {
            self.requests.stop();
        }
        self.requests.is_behind_the_last = self.answers.is_last;
        if interim {
            return;
        }
        self.requests.note_bare_lf(Met::Answer, notes);
    }

    /// What is answered next, as far as it matters.
    fn next(&self) -> (Asked, Cause) {
        let request = Cause::Request(self.answered + 1);
        match self.waiting.front() {
            Some(asked) => (*asked, request),
            None if self.more_waiting > 0 => (Asked::default(), request),
            None if self.is_beginning() => (self.requests.begun(), request),
            None if self.requests.is_beyond() => (Asked::default(), Cause::Beyond),
            None => (Asked::default(), Cause::Nothing),
        }
    }

    /// Whether the head of a request has begun that is neither complete nor answered.
    fn is_beginning(&self) -> bool {
        self.requests.is_in_head() && !self.early
    }

    fn take_next(&mut self, notes: &mut Vec<Note>) -> (Asked, Cause) {
        let (asked, cause) = self.next();
        if !matches!(cause, Cause::Request(_)) {
            return (asked, cause);
        }
        self.answered += 1;
        let is_last = self.waiting.len() == 1 && self.more_waiting == 0;
        if self.waiting.pop_front().is_some() {
            // the last one's body may still be on its way
            if is_last && self.requests.is_midway() && !self.requests.is_in_head() {
                notes.push(Note::Early);
            }
        } else if self.more_waiting > 0 {
            self.more_waiting -= 1;
        } else {
            self.early = true;
            if !asked.no_version {
                notes.push(Note::Early);
            }
        }
        (asked, cause)
    }

    fn asked_without_version(&self) -> bool {
        self.next().0.no_version
    }

    pub(super) fn silent(&mut self, since: Duration, notes: &mut Vec<Note>) {
        if self.ended {
            return;
        }
        self.requests.pause(Met::Silence, since, notes);
        let no_version = self.asked_without_version();
        self.answers.pause(no_version, notes);
        if self.waiting.is_empty() || self.requests.is_midway() || self.answers.is_midway() {
            return;
        }
        if self.silent.replace(self.answered) == Some(self.answered) {
            return;
        }
        if !self.requests.note_bare_lf(Met::Silence, notes) {
            notes.push(Note::NoAnswerYet);
        }
    }

    pub(super) fn sent_ended(&mut self, notes: &mut Vec<Note>) {
        self.we_ended = true;
        if !self.ended {
            self.requests.pause(Met::End, Duration::ZERO, notes);
        }
    }

    pub(super) fn received_ended(&mut self, notes: &mut Vec<Note>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.requests.settle(notes);
        let was_closing = self.answers.is_last;
        // whoever asked behind the last answer was told
        let told = was_closing && !self.requests.is_behind_the_last;
        let no_version = self.asked_without_version();
        if self.answers.end(no_version, notes) {
            return;
        }
        let begun = self.is_beginning();
        let requests = self.waiting.len() as u64 + self.more_waiting + u64::from(begun);
        if requests > 0 && !told {
            notes.push(Note::EndedWithoutAnswer { first: self.answered + 1, requests });
            if !begun && !was_closing {
                self.requests.note_bare_lf(Met::End, notes);
            }
        } else if self.answers.final_heads > 0 && !was_closing {
            notes.push(Note::EndedUnsaid { after_us: self.we_ended });
        }
    }

    /// What comes is no HTTP, and that was said.
    pub(super) fn stop(&mut self) {
        self.answers.stop();
        self.requests.stop();
    }
}
