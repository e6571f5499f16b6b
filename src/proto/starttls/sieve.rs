//! ManageSieve: the server's list of what it can do, STARTTLS (RFC 5804 sections 1.7, 1.8 and 2.2).

use super::dialogue::{Dialogue, Next, Request};
use super::error::{Stage, StartTlsError};
use super::line;

/// One conversation.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    /// STARTTLS was in the list.
    offered: bool,
    /// It was asked for.
    asked: bool,
    /// How many bytes a line needs at least, for a literal's are counted and not looked at.
    literal_end: usize,
}

impl Dialogue for Sieve {
    /// A line whose end is a literal's size goes on behind the literal (RFC 5804 section 4:
    /// `{5+}`, or `{5}` as servers send it).
    fn is_whole(&mut self, seen: &[u8]) -> Result<bool, StartTlsError> {
        if seen.len() <= self.literal_end || !line::is_whole(self.stage(), seen)? {
            return Ok(false);
        }
        match literal(line::text(&seen[self.literal_end..])) {
            // what is too long is refused before the literal's end
            Some(size) => self.literal_end = seen.len().saturating_add(size),
            None => self.literal_end = 0,
        }
        Ok(self.literal_end == 0)
    }

    fn shown(&self, message: &[u8]) -> Vec<u8> {
        line::text(message).to_vec()
    }

    /// Lines of the list begin with a string; an answer begins with OK, NO or BYE.
    fn message(&mut self, message: &[u8]) -> Result<Next, StartTlsError> {
        let text = line::text(message);
        if let (Some(name), false) = (string(text), self.asked) {
            self.offered |= name.eq_ignore_ascii_case(b"STARTTLS");
            return Ok(Next::Receive);
        }
        let (status, words) = line::first_word(text);
        let is = |word: &[u8]| status.eq_ignore_ascii_case(word);
        if is(b"NO") || is(b"BYE") {
            return Err(StartTlsError::refused(self.stage(), status, words));
        }
        if !is(b"OK") {
            return Err(StartTlsError::Unexpected(self.stage(), text.to_vec()));
        }
        if self.asked {
            return Ok(Next::Done);
        }
        if !self.offered {
            return Err(StartTlsError::NotOffered);
        }
        self.asked = true;
        Ok(Next::Send(Request::line(b"STARTTLS")))
    }

    fn stage(&self) -> Stage {
        if self.asked { Stage::GoAhead } else { Stage::Capabilities }
    }
}

/// The size of the literal that this line ends with.
fn literal(line: &[u8]) -> Option<usize> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|&byte| byte == b'{')?;
    let digits = &inside[open + 1..];
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = digits.iter().fold(0_usize, |size, digit| {
        size.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
    });
    Some(size)
}

/// The string at the beginning of a line, quoted or literal. A quoted one is taken as it stands:
/// the names that are looked for have nothing in them that would be written with a backslash.
fn string(line: &[u8]) -> Option<&[u8]> {
    if let Some(quoted) = line.strip_prefix(b"\"") {
        let end = quoted.iter().position(|&byte| byte == b'"')?;
        return Some(&quoted[..end]);
    }
    let end = line.iter().position(|&byte| byte == b'\n').filter(|_| line.starts_with(b"{"))?;
    let size = literal(line::text(&line[..=end]))?;
    line[end + 1..].get(..size)
}

#[cfg(test)]
mod tests {
    use super::{literal, string};

    #[test]
    fn literals_are_told_from_words() {
        for (line, size) in [
            (&b"{5}"[..], Some(5)),
            (b"OK {12+}", Some(12)),
            (b"\"a\" {0}", Some(0)),
            (b"{99999999999999999999999}", Some(usize::MAX)),
            (b"{}", None),
            (b"{+}", None),
            (b"{5", None),
            (b"5}", None),
            (b"{-5}", None),
            (b"\"a {5}\"", None),
        ] {
            assert_eq!(literal(line), size, "{line:?}");
        }
    }

    #[test]
    fn a_string_is_quoted_or_literal() {
        assert_eq!(string(b"\"STARTTLS\""), Some(&b"STARTTLS"[..]));
        assert_eq!(string(b"\"SIEVE\" \"fileinto\""), Some(&b"SIEVE"[..]));
        assert_eq!(string(b"{8}\r\nSTARTTLS"), Some(&b"STARTTLS"[..]));
        assert_eq!(string(b"{9}\r\nSTARTTLS"), None);
        assert_eq!(string(b"OK \"ready\""), None);
        assert_eq!(string(b"\"open"), None);
    }
}
