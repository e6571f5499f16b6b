//! A conversation with Redis as its client sees it, in its simplest form: commands in words or in
//! the server's own framing (RESP), and what errors mean.

use super::field::number;
use super::line::{Line, Lines};
use super::note::{Met, Note, shown};

/// A command in words may be as long as this, without its end.
const INLINE_MAX: u64 = 64 * 1024;
/// What an answer begins with, of both versions of the framing.
const ANSWERS: &[u8] = b"+-:$*_#,(!=%~>|";

/// Where in what is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Sent {
    #[default]
    Command,
    /// So many words are still to come, each with its length before it.
    Length(u64),
    /// In a word of that length, so many bytes of which are left, and of words behind it.
    Word {
        length: u64,
        left: u64,
        words: u64,
    },
    /// Behind a word of that length: its line end.
    End {
        length: u64,
        words: u64,
        after_cr: bool,
    },
    Through,
}

/// One conversation.
#[derive(Debug, Default)]
pub(super) struct Redis {
    state: Sent,
    sent: Lines,
    line: u64,
    received: Lines,
    /// Bytes of a value that are left, with its line end.
    skipped: u64,
    stopped: bool,
    bare_lf: Option<u64>,
    bare_lf_said: bool,
    said_unfinished: bool,
}

impl Redis {
    pub(super) fn sent(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        let mut rest = bytes;
        while let [byte, ..] = rest {
            self.said_unfinished = false;
            let used = match self.state {
                Sent::Through => return,
                Sent::Command | Sent::Length(_) => {
                    let (used, line) = self.sent.take(rest);
                    if let Some(line) = line {
                        self.sent_line(&line, notes);
                    }
                    used
                }
                Sent::Word { length, left, words } => {
                    let most = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    let left = left - most as u64;
                    self.state = match left {
                        0 => Sent::End { length, words, after_cr: false },
                        _ => Sent::Word { length, left, words },
                    };
                    most
                }
                Sent::End { length, words, after_cr } => {
                    self.state = match (byte, after_cr) {
                        (b'\r', false) => Sent::End { length, words, after_cr: true },
                        (b'\n', _) => {
                            self.line += 1;
                            if !after_cr {
                                self.bare_lf = self.bare_lf.or(Some(self.line));
                            }
                            if words == 0 { Sent::Command } else { Sent::Length(words) }
                        }
                        _ => {
                            notes.push(Note::RedisLength { line: self.line + 1, length });
                            Sent::Through
                        }
                    };
                    1
                }
            };
            rest = &rest[used..];
        }
    }

    fn sent_line(&mut self, line: &Line<'_>, notes: &mut Vec<Note>) {
        self.line += 1;
        let framed = matches!(line.text[..], [b'*' | b'$', ..]);
        if line.bare_lf && framed {
            self.bare_lf = self.bare_lf.or(Some(self.line)); // in words, LF alone will do
        }
        if line.length > INLINE_MAX {
            let (bytes, most) = (line.length, INLINE_MAX);
            notes.push(Note::LongLine { line: self.line, bytes, most });
        }
        self.state = match (self.state, &line.text[..]) {
            (Sent::Command, [b'*', digits @ ..]) => match number(digits) {
                Some(words) if words > 0 => Sent::Length(words),
                Some(_) => Sent::Command,
                None => self.lose(&line.text, notes),
            },
            (Sent::Length(words), [b'$', digits @ ..]) => match number(digits) {
                Some(0) => Sent::End { length: 0, words: words - 1, after_cr: false },
                Some(length) => Sent::Word { length, left: length, words: words - 1 },
                None => self.lose(&line.text, notes),
            },
            (Sent::Length(_), _) => self.lose(&line.text, notes),
            (same, _) => same,
        };
    }

    /// A command cannot be followed any more.
    fn lose(&self, text: &[u8], notes: &mut Vec<Note>) -> Sent {
        notes.push(Note::RedisFraming { line: self.line, text: shown(text) });
        Sent::Through
    }

    pub(super) fn received(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        let mut rest = bytes;
        while !rest.is_empty() && !self.stopped {
            let skipped = usize::try_from(self.skipped).unwrap_or(usize::MAX).min(rest.len());
            self.skipped -= skipped as u64;
            rest = &rest[skipped..];
            let (used, line) = self.received.take(rest);
            rest = &rest[used..];
            match line {
                Some(line) => self.received_line(&line.text, notes),
                None if self.received.is_long() => self.look_at_begun(notes),
                None => {}
            }
        }
    }

    /// A line that does not end may be no answer all the same.
    pub(super) fn look_at_begun(&mut self, notes: &mut Vec<Note>) {
        let begun = self.received.begun();
        if !self.stopped && begun.first().is_some_and(|kind| !ANSWERS.contains(kind)) {
            let text = begun.to_vec();
            self.give_up(&text, notes);
        }
    }

    /// What stands here is no answer.
    fn give_up(&mut self, text: &[u8], notes: &mut Vec<Note>) {
        notes.push(Note::NotRedis { text: shown(text) });
        self.stopped = true;
    }

    fn received_line(&mut self, text: &[u8], notes: &mut Vec<Note>) {
        self.say_bare_lf(Met::Answer, notes);
        match text {
            [b'-', error @ ..] => {
                let code = error.split(|&byte| byte == b' ').next().unwrap_or_default();
                notes.push(Note::Redis { code: shown(code) });
            }
            [b'$' | b'*', b'-', b'1'] | [b'_'] => notes.push(Note::RedisNothing),
            [b'$' | b'!' | b'=', digits @ ..] => match number(digits) {
                Some(length) => self.skipped = length.saturating_add(2),
                None => self.give_up(text, notes),
            },
            [kind, ..] if ANSWERS.contains(kind) => {}
            _ => self.give_up(text, notes),
        }
    }

    fn say_bare_lf(&mut self, met: Met, notes: &mut Vec<Note>) {
        if let Some(line) = self.bare_lf.filter(|_| !self.bare_lf_said) {
            self.bare_lf_said = true;
            notes.push(Note::BareLf { line, met });
        }
    }

    /// Nothing moved for a while, or nothing more comes.
    pub(super) fn pause(&mut self, met: Met, notes: &mut Vec<Note>) {
        let line_begun = !self.sent.begun().is_empty();
        if !self.said_unfinished {
            match self.state {
                Sent::Command if line_begun => {
                    self.said_unfinished = true;
                    notes.push(Note::HeadUnfinished { lines: self.line, line_begun, met });
                }
                Sent::Through | Sent::Command => {}
                _ => {
                    self.said_unfinished = true;
                    notes.push(Note::RedisUnfinished { met });
                }
            }
        }
        self.look_at_begun(notes);
        self.say_bare_lf(met, notes);
    }

    pub(super) fn stop(&mut self) {
        (self.state, self.stopped) = (Sent::Through, true);
    }
}

#[cfg(test)]
mod tests {
    use super::{Met, Note, Redis, shown};

    #[test]
    fn words_need_no_cr_and_errors_have_a_code() {
        let (mut redis, mut notes) = (Redis::default(), Vec::new());
        redis.sent(b"PING\nGET a\r\nFROB\n", &mut notes);
        redis.received(b"+PONG\r\n$6\r\n-ERR\r\n\r\n$-1\r\n-WRONGTYPE x\r\n", &mut notes);
        assert_eq!(notes, [Note::RedisNothing, Note::Redis { code: b"WRONGTYPE".to_vec() }]);
    }

    #[test]
    fn what_is_no_answer_is_said_once_and_read_no_further() {
        let nonsense = vec![b'x'; 4 << 20];
        for read in [1 << 10, 4 << 20] {
            let (mut redis, mut notes) = (Redis::default(), Vec::new());
            nonsense.chunks(read).for_each(|bytes| redis.received(bytes, &mut notes));
            redis.look_at_begun(&mut notes);
            assert_eq!(notes, [Note::NotRedis { text: shown(&nonsense) }]);
        }
        for (answer, text) in [("$x\r\n+OK\r\n", "$x"), ("+OK\r\nhi\r\nhi\r\n", "hi"), ("hi", "hi")]
        {
            let (mut redis, mut notes) = (Redis::default(), Vec::new());
            redis.received(answer.as_bytes(), &mut notes);
            redis.pause(Met::Silence, &mut notes);
            assert_eq!(notes, [Note::NotRedis { text: text.into() }], "{answer:?}");
        }
        let (mut redis, mut notes) = (Redis::default(), Vec::new());
        redis.received(b"+", &mut notes);
        redis.look_at_begun(&mut notes);
        redis.sent(b"*1\r\nPING\r\n*x\r\n", &mut notes);
        assert_eq!(notes, [Note::RedisFraming { line: 2, text: b"PING".to_vec() }]);
    }

    #[test]
    fn a_framed_command_keeps_its_lengths() {
        let (mut redis, mut notes) = (Redis::default(), Vec::new());
        redis.sent(b"*2\r\n$3\r\nGET\r\n$0\r\n\r\n*1\r\n$4\r\nPI", &mut notes);
        redis.pause(Met::Silence, &mut notes);
        redis.pause(Met::Silence, &mut notes);
        redis.sent(b"NGS\r\n", &mut notes);
        let unfinished = Note::RedisUnfinished { met: Met::Silence };
        assert_eq!(notes, [unfinished, Note::RedisLength { line: 8, length: 4 }]);
        let (mut redis, mut notes) = (Redis::default(), Vec::new());
        redis.sent(b"*1\n$4\nPING\n", &mut notes);
        redis.pause(Met::Silence, &mut notes);
        assert_eq!(notes, [Note::BareLf { line: 1, met: Met::Silence }]);
    }
}
