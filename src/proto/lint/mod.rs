//! Reads along in a conversation that somebody has by hand, and notes what will surprise them.
//!
//! Responsible for finding out: which line is wrong, what the other end waits for, what its answer
//! means. Not for saying it (`event::voice::note` has the words), and not for the clock: whoever
//! holds the conversation says when nothing has moved ([`Lint::silent`]). Nothing here changes a byte
//! or keeps one longer than to the end of its line; whatever comes, the memory is bounded, and so
//! are the notes. They do not depend on how the network cuts the bytes.

mod body;
mod chunked;
mod count;
mod ending;
mod field;
mod foreign;
mod head;
mod http;
mod http_answer;
mod http_request;
pub mod json;
mod line;
mod note;
mod redis;
mod reply;
mod request_body;
mod request_line;
mod smtp;
mod status_line;
#[cfg(test)]
mod tests;

pub use ending::{Framing, Next, Unfinished};
pub use foreign::Foreign;
pub use line::KEPT_MAX;
pub use note::{BodySize, Looks, Met, Note, SHOWN_MAX, Talker};
pub use reply::{AnswerFault, AnswerTo, Reply};

use std::time::Duration;

use super::direction::Direction;
use foreign::{Expected, First};
use http::Http;
use redis::Redis;
use smtp::Smtp;

/// The most notes about one conversation; one more says that there would be more.
pub const NOTES_MAX: usize = 200;
/// As much is read before notes that are too many are left out, in bytes.
const PIECE: usize = 1024;
/// Nothing has moved for this long: who waits for whom is worth a note.
pub const SILENCE: Duration = Duration::from_secs(1);
/// The same for who may still be typing.
pub const LONG_SILENCE: Duration = Duration::from_secs(10);

/// What is expected to be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LintKind {
    /// HTTP/1.
    Http,
    /// SMTP, and LMTP.
    Smtp,
    /// Redis.
    Redis,
    /// HTTP where the first line that is sent is a request's; else nothing is noted.
    Auto,
    /// Nothing is noted.
    Nothing,
}

impl LintKind {
    /// All, by the words that people ask for them by.
    pub const WORDS: &[(&'static str, Self)] = &[
        ("http", Self::Http),
        ("smtp", Self::Smtp),
        ("redis", Self::Redis),
        ("auto", Self::Auto),
        ("none", Self::Nothing),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Smtp => "smtp",
            Self::Redis => "redis",
            Self::Auto => "auto",
            Self::Nothing => "none",
        }
    }
}

/// What reads along.
#[derive(Debug)]
enum Reader {
    Http(Box<Http>),
    Smtp(Box<Smtp>),
    Redis(Box<Redis>),
    /// The beginning of the first line, and something foreign to be said if it is HTTP.
    Undecided(Vec<u8>, Option<Foreign>),
    /// The first line is no HTTP; all that is still worth a word is that the server speaks TLS.
    Aside,
    Off,
}

/// Reads along in one conversation, as its client.
#[derive(Debug)]
pub struct Lint {
    reader: Reader,
    first: First,
    said: usize,
    pasted: bool,
}

impl Lint {
    /// A conversation at its beginning.
    pub fn new(kind: LintKind) -> Self {
        let (reader, expected) = match kind {
            LintKind::Http => (Reader::Http(Box::default()), Expected::Http),
            LintKind::Smtp => (Reader::Smtp(Box::default()), Expected::Codes),
            LintKind::Redis => (Reader::Redis(Box::default()), Expected::Redis),
            LintKind::Auto => (Reader::Undecided(Vec::new(), None), Expected::Http),
            LintKind::Nothing => (Reader::Off, Expected::Http),
        };
        Self { reader, first: First::new(expected), said: 0, pasted: false }
    }

    /// Whether there is nothing to find out any more.
    pub fn is_off(&self) -> bool {
        matches!(self.reader, Reader::Off)
    }

    /// These bytes were sent, as they went out.
    pub fn sent(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        for piece in bytes.chunks(PIECE) {
            let before = notes.len();
            let rest = self.read_undecided(piece, notes);
            match &mut self.reader {
                Reader::Http(http) => http.sent(rest, notes),
                Reader::Smtp(smtp) => smtp.sent(rest, notes),
                Reader::Redis(redis) => redis.sent(rest, notes),
                Reader::Undecided(..) => {}
                Reader::Aside | Reader::Off => return,
            }
            self.limit(before, notes);
        }
    }

    /// Reads the first line where it decides what is spoken; what is behind it.
    fn read_undecided<'a>(&mut self, bytes: &'a [u8], notes: &mut Vec<Note>) -> &'a [u8] {
        let Reader::Undecided(begun, _) = &mut self.reader else {
            return bytes;
        };
        let end = bytes.iter().position(|&byte| byte == b'\n').map(|end| end + 1);
        let (line, behind) = bytes.split_at(end.unwrap_or(bytes.len()));
        begun.extend_from_slice(line);
        if end.is_some() || begun.len() > KEPT_MAX {
            self.decide(notes);
        }
        behind
    }

    /// The first line is complete.
    fn decide(&mut self, notes: &mut Vec<Note>) {
        let Reader::Undecided(line, foreign) = std::mem::replace(&mut self.reader, Reader::Off)
        else {
            return;
        };
        if line.len() > KEPT_MAX || !request_line::is_request_line(line.trim_ascii()) {
            self.reader = if foreign.is_some() || self.first.may_be_tls() {
                Reader::Aside
            } else {
                Reader::Off
            };
            if let Some(foreign) = foreign {
                self.say_foreign(foreign, notes);
            }
            return;
        }
        let mut http = Http::default();
        http.sent(&line, notes);
        if let Some(foreign) = foreign {
            notes.push(Note::Foreign(foreign));
            http.stop();
        }
        self.reader = Reader::Http(Box::new(http));
    }

    /// These bytes were received, as they came in.
    pub fn received(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        for piece in bytes.chunks(PIECE) {
            self.receive(piece, notes);
        }
    }

    fn receive(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        let before = notes.len();
        if let Reader::Http(http) = &mut self.reader {
            http.heard(notes);
        }
        match self.first.look(bytes) {
            Some((at, foreign)) => {
                let (known, behind) = bytes.split_at(at);
                let stays = foreign.is_beside();
                self.read_received(known, notes);
                self.say_foreign(foreign, notes);
                if stays {
                    self.read_received(behind, notes);
                }
            }
            None => self.read_received(bytes, notes),
        }
        if matches!(self.reader, Reader::Aside) && !self.first.may_be_tls() {
            self.reader = Reader::Off;
        }
        self.limit(before, notes);
    }

    fn read_received(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        match &mut self.reader {
            Reader::Http(http) => http.received(bytes, notes),
            Reader::Smtp(smtp) => smtp.received(bytes, notes),
            Reader::Redis(redis) => redis.received(bytes, notes),
            Reader::Undecided(..) | Reader::Aside | Reader::Off => {}
        }
    }

    fn say_foreign(&mut self, foreign: Foreign, notes: &mut Vec<Note>) {
        let stays = foreign.is_beside();
        match &mut self.reader {
            Reader::Off => return,
            Reader::Aside => {
                self.reader = Reader::Off;
                if !matches!(foreign, Foreign::Tls | Foreign::TlsAlert { .. }) {
                    return;
                }
            }
            Reader::Undecided(_, held) => {
                *held = Some(foreign);
                return;
            }
            Reader::Http(http) if !stays => http.stop(),
            Reader::Smtp(smtp) if !stays => smtp.stop(),
            Reader::Redis(redis) if !stays => redis.stop(),
            _ => {}
        }
        notes.push(Note::Foreign(foreign));
    }

    /// So many lines came at once at a terminal, and no more for now. Where they end a request
    /// nothing is missing.
    pub fn pasted(&mut self, lines: u64, notes: &mut Vec<Note>) {
        let before = notes.len();
        let may_lack_more = match &self.reader {
            Reader::Http(http) => http.is_asking(),
            Reader::Smtp(_) | Reader::Redis(_) => true,
            Reader::Undecided(..) | Reader::Aside | Reader::Off => false,
        };
        if may_lack_more && !std::mem::replace(&mut self.pasted, true) {
            notes.push(Note::Pasted { lines });
        }
        self.limit(before, notes);
    }

    /// Nothing has moved either way for this long; to be said at [`SILENCE`] and [`LONG_SILENCE`].
    pub fn silent(&mut self, since: Duration, notes: &mut Vec<Note>) {
        if since < SILENCE {
            return;
        }
        let before = notes.len();
        self.settle_first(notes);
        match &mut self.reader {
            Reader::Http(http) => http.silent(since, notes),
            Reader::Smtp(smtp) => smtp.pause(Met::Silence, since >= LONG_SILENCE, notes),
            Reader::Redis(redis) => redis.pause(Met::Silence, notes),
            Reader::Undecided(..) | Reader::Aside | Reader::Off => {}
        }
        self.limit(before, notes);
    }

    /// Nothing more comes from there.
    pub fn ended(&mut self, direction: Direction, notes: &mut Vec<Note>) {
        let before = notes.len();
        if direction == Direction::Received {
            self.settle_first(notes);
        } else if matches!(self.reader, Reader::Undecided(..)) {
            self.decide(notes);
        }
        match (&mut self.reader, direction) {
            (Reader::Http(http), Direction::Sent) => http.sent_ended(notes),
            (Reader::Http(http), Direction::Received) => http.received_ended(notes),
            (Reader::Smtp(smtp), Direction::Sent) => smtp.pause(Met::End, true, notes),
            (Reader::Redis(redis), Direction::Sent) => redis.pause(Met::End, notes),
            (Reader::Redis(redis), Direction::Received) => redis.look_at_begun(notes),
            (Reader::Smtp(smtp), Direction::Received) => smtp.look_at_begun(notes),
            _ => {}
        }
        self.limit(before, notes);
    }

    fn settle_first(&mut self, notes: &mut Vec<Note>) {
        if let Some(foreign) = self.first.settle() {
            self.say_foreign(foreign, notes);
        }
    }

    /// Leaves out what would be too much: whatever comes, the notes end.
    fn limit(&mut self, before: usize, notes: &mut Vec<Note>) {
        let room = NOTES_MAX.saturating_sub(self.said);
        let new = notes.len() - before;
        if new > room {
            notes.truncate(before + room);
            notes.push(Note::Enough);
            self.reader = Reader::Off;
        }
        self.said += new.min(room);
    }
}
