//! What is found out about requests, told with which one it is.

use super::note::Note;

/// Where notes on the requests of one connection are put down.
#[derive(Debug)]
pub(super) struct Found<'a> {
    request: u64,
    notes: &'a mut Vec<Note>,
}

impl<'a> Found<'a> {
    /// On the request of that number, from 1.
    pub(super) fn new(request: u64, notes: &'a mut Vec<Note>) -> Self {
        Self { request, notes }
    }

    /// What follows is on that one.
    pub(super) fn turn_to(&mut self, request: u64) {
        self.request = request;
    }

    /// The first request is the only one mostly, and not told apart.
    pub(super) fn push(&mut self, note: Note) {
        self.notes.push(match self.request {
            0 | 1 => note,
            request => Note::OfRequest { request, note: Box::new(note) },
        });
    }

    pub(super) fn extend(&mut self, notes: impl IntoIterator<Item = Note>) {
        notes.into_iter().for_each(|note| self.push(note));
    }
}
