//! Changes a text that is typed or piped: escapes, then placeholders.
//!
//! Where something means nothing, that is an error, and what stood before it is passed on all the
//! same, wherever a read ended. Of a line that somebody types nothing is passed on then: whoever
//! types it takes it for one thing.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::SystemTime;

use crate::event::InputTextError;
use crate::plan::Session;
use crate::proto::certificate::Timestamp;
use crate::proto::escapes::Escapes;
use crate::proto::fill::{Fill, Sources};

/// What changes a text that is typed or piped.
#[derive(Debug)]
pub struct Text {
    escapes: Option<Escapes>,
    fill: Option<Fill>,
    is_typed: bool,
    wrong: Option<InputTextError>,
}

impl Text {
    /// `None` where the session leaves it as it is.
    pub fn of(session: &Session) -> Option<Self> {
        let escapes = session.escapes.then(Escapes::default);
        let fill = session.fill.then(Fill::default);
        let is_changed = session.escapes || session.fill;
        is_changed.then_some(Self { escapes, fill, is_typed: false, wrong: None })
    }

    /// From now on it is one that somebody types, or not: an empty line ends a body then.
    pub fn set_typed(&mut self, typed: bool) {
        self.is_typed = typed;
        self.fill = self.fill.take().map(|_| Fill::new(typed));
    }

    /// What is passed on for the next part. Where something is wrong in it, [`Text::wrong`] says so,
    /// and nothing more may follow.
    pub fn push(&mut self, part: &[u8]) -> Vec<u8> {
        let mut sent = Vec::with_capacity(part.len());
        let whole_lines = self.is_typed;
        for piece in part.split_inclusive(|byte| whole_lines && *byte == b'\n') {
            let before = sent.len();
            if let Err(error) = self.turn(piece, &mut sent) {
                if whole_lines {
                    sent.truncate(before);
                }
                self.wrong = Some(error);
                break;
            }
        }
        sent
    }

    /// What was held back, now that nothing follows.
    pub fn finish(&mut self) -> Vec<u8> {
        self.rest().unwrap_or_else(|error| {
            self.wrong = Some(error);
            Vec::new()
        })
    }

    /// What was wrong, said once.
    pub fn wrong(&mut self) -> Option<InputTextError> {
        self.wrong.take()
    }

    /// Bytes that are held back.
    pub fn held(&self) -> usize {
        self.fill.as_ref().map_or(0, Fill::held)
    }

    fn turn(&mut self, typed: &[u8], sent: &mut Vec<u8>) -> Result<(), InputTextError> {
        let mut text = Vec::with_capacity(typed.len());
        let turned = match &mut self.escapes {
            None => {
                text.extend_from_slice(typed);
                Ok(())
            }
            Some(escapes) => escapes.push(typed, &mut text),
        };
        match &mut self.fill {
            None => sent.append(&mut text),
            // what is wrong here stands before what is wrong there
            Some(fill) => fill.push(&text, &SOURCES, sent)?,
        }
        Ok(turned?)
    }

    fn rest(&mut self) -> Result<Vec<u8>, InputTextError> {
        if let Some(escapes) = &self.escapes {
            escapes.finish()?;
        }
        let mut rest = Vec::new();
        if let Some(fill) = &mut self.fill {
            fill.finish(&mut rest)?;
        }
        Ok(rest)
    }
}

/// The environment and the clock.
const SOURCES: Sources<'static> = Sources {
    variable: &|name| std::env::var_os(name).map(OsString::into_vec),
    now: &|| Timestamp::from(SystemTime::now()).http_date(),
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(typed: bool) -> Text {
        let session = Session { escapes: true, fill: true, ..Session::default() };
        let mut text = Text::of(&session).unwrap();
        text.set_typed(typed);
        text
    }

    /// What is passed on of these reads, and what was wrong.
    fn passed(typed: bool, reads: &[&[u8]]) -> (String, Option<InputTextError>) {
        let (mut text, mut sent) = (text(typed), Vec::new());
        let mut wrong = None;
        for read in reads {
            sent.extend(text.push(read));
            wrong = text.wrong();
            if wrong.is_some() {
                break;
            }
        }
        if wrong.is_none() {
            sent.extend(text.finish());
            wrong = text.wrong();
        }
        (sent.escape_ascii().to_string(), wrong)
    }

    #[test]
    fn what_stands_before_what_is_wrong_is_passed_on_and_of_a_typed_line_nothing() {
        for (stream, piped, typed) in [
            (r"a\q", "a", ""),
            ("one\ntw\\x41\\q\nthree", "one\ntwA", "one\n"),
            ("one\nb {env:NOBODY_SET_THIS} \\q\n", "one\nb ", "one\n"),
            ("one\n{le\\q\n", "one\n", "one\n"),
            ("one {len}\n\\q\n", "one ", "one "),
            ("a\n\\x4", "a\n", "a\n"),
        ] {
            for (is_typed, sent) in [(false, piped), (true, typed)] {
                let (seen, wrong) = passed(is_typed, &[stream.as_bytes()]);
                assert_eq!(seen, sent.escape_default().to_string(), "{stream:?}");
                assert!(wrong.is_some(), "{stream:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn where_a_read_ends_says_nothing_about_what_is_sent(
            stream in "([a-c\\n]|\\\\[xnq\\\\]|[0-9]|\\{len\\}|\\{env:NOBODY_SET_THIS\\}|[{}]){0,24}",
            cuts in prop::collection::vec(0..80usize, 0..6),
        ) {
            let whole = passed(false, &[stream.as_bytes()]);
            let mut reads = vec![stream.as_bytes()];
            for cut in cuts {
                let last = reads.pop().unwrap_or_default();
                let (head, tail) = last.split_at(cut.min(last.len()));
                reads.extend([head, tail]);
            }
            prop_assert_eq!(passed(false, &reads), whole);
            // what is typed comes in lines, one or several at once
            let whole = passed(true, &[stream.as_bytes()]);
            let lines: Vec<_> = stream.as_bytes().split_inclusive(|byte| *byte == b'\n').collect();
            prop_assert_eq!(passed(true, &lines), whole);
        }
    }
}
