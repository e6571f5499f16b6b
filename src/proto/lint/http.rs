//! A conversation in HTTP/1 as its client sees it: requests, and the answer to each.

use std::collections::VecDeque;
use std::time::Duration;

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
    /// Answers that came before their request was complete.
    early: u64,
    /// It was said of this many requests that there is no answer yet.
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
            if self.early > 0 {
                self.early -= 1;
            } else if self.waiting.len() < WAITING_MAX && self.more_waiting == 0 {
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
        let asked = if interim { self.next() } else { self.take_next(notes) };
        let changes = self.answers.begin(asked, self.answers.final_heads + 1, notes);
        if changes {
            self.requests.stop();
        }
        self.requests.is_behind_the_last = self.answers.is_last;
        if interim {
            return;
        }
        if let Some(line) = self.requests.take_bare_lf() {
            notes.push(Note::BareLf { line, met: Met::Answer });
        }
    }

    /// The request that is answered next.
    fn next(&self) -> Asked {
        match self.waiting.front() {
            Some(asked) => *asked,
            None if self.more_waiting > 0 => Asked::default(),
            None => self.requests.begun(),
        }
    }

    fn take_next(&mut self, notes: &mut Vec<Note>) -> Asked {
        let next = self.next();
        let is_last = self.waiting.len() == 1 && self.more_waiting == 0;
        if self.waiting.pop_front().is_some() {
            // the last one's body may still be on its way
            if is_last && self.requests.is_midway() && !self.requests.is_in_head() {
                notes.push(Note::Early);
            }
        } else if self.more_waiting > 0 {
            self.more_waiting -= 1;
        } else if self.requests.is_in_head() {
            self.early += 1;
            if !next.no_version {
                notes.push(Note::Early);
            }
        }
        next
    }

    fn asked_without_version(&self) -> bool {
        self.next().no_version && (!self.waiting.is_empty() || self.requests.is_in_head())
    }

    pub(super) fn silent(&mut self, since: Duration, notes: &mut Vec<Note>) {
        self.requests.pause(Met::Silence, since, notes);
        let no_version = self.asked_without_version();
        self.answers.pause(no_version, notes);
        if self.waiting.is_empty() || self.requests.is_midway() || self.answers.is_midway() {
            return;
        }
        let answered = self.answers.final_heads;
        if self.silent == Some(answered) {
            return;
        }
        self.silent = Some(answered);
        let bare_lf = self.requests.take_bare_lf();
        notes.push(match bare_lf {
            Some(line) => Note::BareLf { line, met: Met::Silence },
            None => Note::NoAnswerYet,
        });
    }

    pub(super) fn sent_ended(&mut self, notes: &mut Vec<Note>) {
        self.we_ended = true;
        self.requests.pause(Met::End, Duration::ZERO, notes);
    }

    pub(super) fn received_ended(&mut self, notes: &mut Vec<Note>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.requests.settle(notes);
        let was_closing = self.answers.is_last;
        let no_version = self.asked_without_version();
        if self.answers.end(no_version, notes) {
            return;
        }
        let begun = u64::from(self.early == 0 && self.requests.is_in_head());
        let requests = self.waiting.len() as u64 + self.more_waiting + begun;
        if requests > 0 && !was_closing {
            notes.push(Note::EndedWithoutAnswer { requests });
            if let Some(line) = self.requests.take_bare_lf().filter(|_| begun == 0) {
                notes.push(Note::BareLf { line, met: Met::End });
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
