//! A head of either direction, read in whatever pieces it comes, and with no doubt left in it.
//!
//! RFC 9112 with every leniency refused that could let two readers see two messages: folded lines,
//! a CR by itself, NUL and other controls, a blank before the colon. Only a bare LF still ends a
//! line, for the sake of people who type their requests.

use super::field::Field;
use crate::proto::challenge::is_token;

const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// The longest head, in bytes, the empty line included.
pub const HEAD_MAX: usize = 64 * 1024;
/// The longest line, in bytes, its line end not counted.
pub const LINE_MAX: usize = 8 * 1024;
/// The most fields (header lines).
pub const FIELDS_MAX: usize = 100;

/// What came of one byte.
pub(super) enum Read {
    /// The head goes on.
    More,
    /// That was the first line, given without its end.
    Start(Vec<u8>),
    /// That was the empty line.
    End,
}

/// The head so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// The current line, without its LF.
    line: Vec<u8>,
    /// Bytes so far.
    total: usize,
    started: bool,
    fields: Vec<Field>,
}

impl Head {
    pub(super) fn byte(&mut self, byte: u8) -> Result<Read, Malformed> {
        self.total += 1;
        if self.total > HEAD_MAX {
            return Err(Malformed::HeadTooLong);
        }
        if byte == LF {
            let mut line = std::mem::take(&mut self.line);
            line.pop_if(|last| *last == CR);
            return self.whole_line(line);
        }
        if self.line.last() == Some(&CR) {
            return Err(Malformed::Control(CR));
        }
        if byte.is_ascii_control() && byte != CR && byte != b'\t' {
            return Err(Malformed::Control(byte));
        }
        if self.line.len() >= LINE_MAX + usize::from(byte == CR) {
            return Err(Malformed::LineTooLong);
        }
        self.line.push(byte);
        Ok(Read::More)
    }

    fn whole_line(&mut self, line: Vec<u8>) -> Result<Read, Malformed> {
        if !self.started {
            self.started = true;
            return Ok(Read::Start(line));
        }
        if line.is_empty() {
            return Ok(Read::End);
        }
        if matches!(line[0], b' ' | b'\t') {
            return Err(Malformed::Folded);
        }
        if self.fields.len() == FIELDS_MAX {
            return Err(Malformed::TooManyFields);
        }
        let colon = line.iter().position(|&byte| byte == b':').ok_or(Malformed::Field)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if !is_token(name) {
            return Err(Malformed::Field);
        }
        self.fields.push(Field { name: name.to_vec(), value: value.to_vec() });
        Ok(Read::More)
    }

    /// How many bytes it still needs at least.
    pub(super) fn missing(&self) -> usize {
        match (self.started, &self.line[..]) {
            (true, [] | [CR]) => 1,
            _ => 2,
        }
    }

    /// The first line so far, while it is not whole.
    pub(super) fn start(&self) -> Option<&[u8]> {
        (!self.started).then_some(&self.line)
    }

    /// The fields, of a head that has ended.
    pub(super) fn take_fields(&mut self) -> Vec<Field> {
        std::mem::take(&mut self.fields)
    }

    /// Goes on with another head behind this one, within the same [`HEAD_MAX`].
    pub(super) fn next(&mut self) {
        *self = Self { total: self.total, ..Self::default() };
    }
}

/// What is wrong with a head, whichever its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More than [`HEAD_MAX`] bytes.
    #[error("HTTP head longer than {HEAD_MAX} bytes")]
    HeadTooLong,
    /// More than [`LINE_MAX`] bytes in one line.
    #[error("HTTP head with a line longer than {LINE_MAX} bytes")]
    LineTooLong,
    /// More than [`FIELDS_MAX`] fields.
    #[error("HTTP head with more than {FIELDS_MAX} fields")]
    TooManyFields,
    /// A control character, or a CR that is not half of a line end.
    #[error("HTTP head with the byte \\x{0:02x} in it")]
    Control(u8),
    /// A line that goes on with the one before it (obs-fold).
    #[error("HTTP head with a folded line")]
    Folded,
    /// No colon, or a name that is none: with a blank before the colon for example.
    #[error("HTTP head with a malformed field")]
    Field,
    /// A `Content-Length` that is no number, or several that differ.
    #[error("HTTP head with an ambiguous Content-Length")]
    ContentLength,
    /// A `Transfer-Encoding`, which HTTP/1.0 does not have.
    #[error("HTTP head with a Transfer-Encoding")]
    TransferEncoding,
}
