//! A conversation in SMTP as its client sees it (RFC 5321), in its simplest form: what codes mean,
//! lines that are too long, and what is waited for.

use super::line::{Line, Lines};
use super::note::{Met, Note, shown};

/// Without CR LF (RFC 5321 sections 4.5.3.1.4 and 4.5.3.1.6).
const COMMAND_MAX: u64 = 510;
const TEXT_MAX: u64 = 998;
/// The same of what is said in a login (RFC 4954 section 4).
const LOGIN_MAX: u64 = 12_286;
/// In capitals.
const COMMANDS: &[&str] = &[
    "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "EXPN", "HELP",
    "AUTH", "STARTTLS", "BDAT", "ETRN", "XCLIENT", "XFORWARD",
];

/// What the next line that is sent is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Command,
    /// Behind DATA: of the message if the server says so.
    Asked(Asked),
    /// Of the message, so many lines so far.
    Message(u64),
    /// What the server asked for a login.
    Login,
    /// Not understood any more.
    Through,
}

/// A command whose answer changes what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Data,
    StartTls,
}

/// One conversation.
#[derive(Debug, Default)]
pub(super) struct Smtp {
    state: State,
    sent: Lines,
    received: Lines,
    line: u64,
    bare_lf: Option<u64>,
    bare_lf_said: bool,
    said_unfinished: bool,
}

impl Smtp {
    pub(super) fn sent(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        let mut rest = bytes;
        while !rest.is_empty() && self.state != State::Through {
            let (used, line) = self.sent.take(rest);
            rest = &rest[used..];
            if let Some(line) = line {
                self.sent_line(&line, notes);
            }
        }
    }

    fn sent_line(&mut self, line: &Line<'_>, notes: &mut Vec<Note>) {
        self.line += 1;
        self.said_unfinished = false;
        let number = self.line;
        if line.bare_lf {
            self.bare_lf = self.bare_lf.or(Some(number));
        }
        let most = match self.state {
            State::Command if word(&line.text).eq_ignore_ascii_case(b"AUTH") => LOGIN_MAX,
            State::Command => COMMAND_MAX,
            State::Login => LOGIN_MAX,
            State::Asked(_) | State::Message(_) | State::Through => TEXT_MAX,
        };
        if line.length > most {
            notes.push(Note::LongLine { line: number, bytes: line.length, most });
        }
        self.state = match self.state {
            State::Message(_) if *line.text == *b"." => State::Command,
            State::Message(lines) => State::Message(lines + 1),
            State::Login => State::Command,
            State::Command => self.command(&line.text, notes),
            same => same,
        };
    }

    fn command(&self, text: &[u8], notes: &mut Vec<Note>) -> State {
        let word = word(text);
        let known = |command: &&&str| command.as_bytes().eq_ignore_ascii_case(word);
        match COMMANDS.iter().find(known).copied() {
            Some("DATA") => State::Asked(Asked::Data),
            Some("STARTTLS") => State::Asked(Asked::StartTls),
            Some("BDAT") => State::Through,
            Some(_) => State::Command,
            None => {
                notes.push(Note::SmtpUnknown { line: self.line, command: shown(word) });
                State::Command
            }
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8], notes: &mut Vec<Note>) {
        let mut rest = bytes;
        while !rest.is_empty() && self.state != State::Through {
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
        if self.state != State::Through && !may_be_reply(begun) {
            let text = begun.to_vec();
            self.give_up(&text, notes);
        }
    }

    /// What stands here is no answer.
    fn give_up(&mut self, text: &[u8], notes: &mut Vec<Note>) {
        notes.push(Note::NotSmtp { text: shown(text) });
        self.state = State::Through;
    }

    fn received_line(&mut self, text: &[u8], notes: &mut Vec<Note>) {
        if text.is_empty() {
            return;
        }
        let [a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', behind @ ..] = text else {
            return self.give_up(text, notes);
        };
        match behind {
            [] | [b' ', ..] => {}
            [b'-', ..] => return, // more lines follow
            _ => return self.give_up(text, notes),
        }
        let code = [a, b, c].iter().fold(0, |code, digit| code * 10 + u16::from(**digit - b'0'));
        notes.push(Note::Smtp { code });
        self.say_bare_lf(Met::Answer, notes);
        self.state = match (self.state, code) {
            (State::Asked(Asked::Data), 354) => State::Message(0),
            (State::Asked(Asked::StartTls), 220) => State::Through,
            (State::Asked(_), _) => State::Command,
            (State::Command, 334) => State::Login,
            (same, _) => same,
        };
    }

    fn say_bare_lf(&mut self, met: Met, notes: &mut Vec<Note>) {
        if let Some(line) = self.bare_lf.filter(|_| !self.bare_lf_said) {
            self.bare_lf_said = true;
            notes.push(Note::BareLf { line, met });
        }
    }

    /// Nothing moved for a while, or nothing more comes.
    pub(super) fn pause(&mut self, met: Met, is_long: bool, notes: &mut Vec<Note>) {
        let line_begun = !self.sent.begun().is_empty();
        match self.state {
            _ if self.said_unfinished => {}
            // whoever writes a message takes time
            State::Message(lines) if is_long || met == Met::End => {
                self.said_unfinished = true;
                notes.push(Note::MailUnfinished { lines, met });
            }
            State::Through | State::Message(_) => {}
            _ if line_begun => {
                self.said_unfinished = true;
                notes.push(Note::HeadUnfinished { lines: self.line, line_begun, met });
            }
            _ => {}
        }
        if met == Met::Silence && !matches!(self.state, State::Message(_) | State::Through) {
            self.say_bare_lf(met, notes);
        }
        self.look_at_begun(notes);
    }

    pub(super) fn stop(&mut self) {
        self.state = State::Through;
    }
}

/// What a command begins with.
fn word(text: &[u8]) -> &[u8] {
    text.split(|&byte| byte == b' ').next().unwrap_or_default()
}

/// Whether what has come of a line can be an answer's: a code, and a blank or a hyphen.
fn may_be_reply(begun: &[u8]) -> bool {
    let fits = |(at, byte): (usize, &u8)| match at {
        0 => matches!(byte, b'2'..=b'5'),
        1 | 2 => byte.is_ascii_digit(),
        3 => matches!(byte, b' ' | b'-' | b'\r'),
        _ => true,
    };
    begun.iter().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::{Met, Note, Smtp};

    #[test]
    fn a_letter_is_sent() {
        let (mut smtp, mut notes) = (Smtp::default(), Vec::new());
        smtp.received(b"220 mx ESMTP\r\n", &mut notes);
        smtp.sent(b"EHLO me\r\nmail from:<a@b>\r\nRCTP to:<c@d>\r\n", &mut notes);
        smtp.received(b"250-mx\r\n250 SIZE\r\n250 ok\r\n500 what\r\n", &mut notes);
        smtp.sent(b"DATA\r\n", &mut notes);
        smtp.received(b"354 go\r\n", &mut notes);
        smtp.sent(b"Subject: x\r\n\r\nhello\r\n", &mut notes);
        smtp.pause(Met::Silence, false, &mut notes);
        smtp.pause(Met::Silence, true, &mut notes);
        smtp.sent(b".\r\nQUIT\n", &mut notes);
        smtp.received(b"250 queued\r\n221 bye\r\n", &mut notes);
        let code = |code| Note::Smtp { code };
        let unknown = Note::SmtpUnknown { line: 3, command: b"RCTP".to_vec() };
        let unfinished = Note::MailUnfinished { lines: 3, met: Met::Silence };
        let bare = Note::BareLf { line: 9, met: Met::Answer };
        let codes = [code(220), unknown, code(250), code(250), code(500), code(354), unfinished];
        assert_eq!(notes[..7], codes);
        assert_eq!(notes[7..], [code(250), bare, code(221)]);
    }

    #[test]
    fn what_is_no_answer_is_said_once_and_read_no_further() {
        for (answer, text) in [
            ("* OK IMAP\r\n220 x\r\n", Some("* OK IMAP")),
            ("22", None),
            ("220-more\r\n\r\n220", None),
            ("22x", Some("22x")),
            ("2200\r\n", Some("2200")),
        ] {
            let (mut smtp, mut notes) = (Smtp::default(), Vec::new());
            smtp.received(answer.as_bytes(), &mut notes);
            smtp.look_at_begun(&mut notes);
            smtp.pause(Met::Silence, true, &mut notes);
            let note = text.map(|text| Note::NotSmtp { text: text.into() });
            assert_eq!(notes, note.into_iter().collect::<Vec<_>>(), "{answer:?}");
        }
    }

    #[test]
    fn lines_have_a_length_and_an_end() {
        let (mut smtp, mut notes) = (Smtp::default(), Vec::new());
        let long = [&b"NOOP "[..], &[b'x'; 600], b"\r\n"].concat();
        smtp.sent(&long, &mut notes);
        smtp.sent(b"EHLO", &mut notes);
        smtp.pause(Met::Silence, false, &mut notes);
        smtp.pause(Met::End, false, &mut notes);
        let long = Note::LongLine { line: 1, bytes: 605, most: 510 };
        let unfinished = Note::HeadUnfinished { lines: 1, line_begun: true, met: Met::Silence };
        assert_eq!(notes, [long, unfinished]);
    }

    #[test]
    fn a_login_may_be_longer() {
        for (length, found) in [(12_286, None), (12_287, Some(12_287))] {
            let line = |command: &str| format!("{command:x<length$}\r\n").into_bytes();
            let (mut smtp, mut notes) = (Smtp::default(), Vec::new());
            smtp.sent(&line("auth XOAUTH2 "), &mut notes);
            smtp.received(b"334 \r\n", &mut notes);
            smtp.sent(&line(""), &mut notes);
            notes.retain(|note| *note != Note::Smtp { code: 334 });
            let long = |line| found.map(|bytes| Note::LongLine { line, bytes, most: 12_286 });
            assert_eq!(notes, [1, 2].into_iter().filter_map(long).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_login_and_tls_are_not_commands() {
        let (mut smtp, mut notes) = (Smtp::default(), Vec::new());
        smtp.sent(b"AUTH LOGIN\r\n", &mut notes);
        smtp.received(b"334 VXNlcm5hbWU6\r\n", &mut notes);
        smtp.sent(b"am9l\r\nSTARTTLS\r\n", &mut notes);
        smtp.received(b"220 go\r\n", &mut notes);
        smtp.sent(b"\x16\x03\x01\n", &mut notes);
        assert_eq!(notes, [Note::Smtp { code: 334 }, Note::Smtp { code: 220 }]);
    }
}
