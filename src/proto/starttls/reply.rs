//! Replies that begin with three digits: SMTP (RFC 5321 section 4.2), FTP (RFC 959 section 4.2)
//! and NNTP (RFC 3977 section 3.2).

use super::error::{Stage, StartTlsError};

/// One line of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReplyLine<'a> {
    /// The three digits as a number.
    pub(super) code: u16,
    /// Whether another line belongs to the same reply.
    pub(super) goes_on: bool,
    /// What stands behind the digits.
    pub(super) text: &'a [u8],
}

impl<'a> ReplyLine<'a> {
    /// Reads a line without its end: three digits, then nothing, a blank, or a hyphen.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let (digits, rest) = line.split_at_checked(3)?;
        let code = digits.iter().try_fold(0, |code, digit| {
            digit.is_ascii_digit().then(|| code * 10 + u16::from(digit - b'0'))
        })?;
        let (goes_on, text) = match rest {
            [] => (false, rest),
            [b' ', text @ ..] => (false, text),
            [b'-', text @ ..] => (true, text),
            _ => return None,
        };
        Some(Self { code, goes_on, text })
    }

    /// Puts the words of this line behind those of the lines before.
    pub(super) fn add_words(self, words: &mut Vec<u8>) {
        if !words.is_empty() {
            words.push(b' ');
        }
        words.extend_from_slice(self.text);
    }

    /// The reply that ends with this line as a refusal in these words.
    pub(super) fn refusal(self, stage: Stage, words: &[u8]) -> StartTlsError {
        StartTlsError::refused(stage, format!("{:03}", self.code).as_bytes(), words)
    }
}

#[cfg(test)]
mod tests {
    use super::ReplyLine;

    #[test]
    fn a_line_is_taken_exactly() {
        let line = |code, goes_on, text| Some(ReplyLine { code, goes_on, text });
        assert_eq!(ReplyLine::parse(b"220 ready"), line(220, false, &b"ready"[..]));
        assert_eq!(ReplyLine::parse(b"220-mail "), line(220, true, &b"mail "[..]));
        assert_eq!(ReplyLine::parse(b"250"), line(250, false, &b""[..]));
        assert_eq!(ReplyLine::parse(b"007 "), line(7, false, &b""[..]));
        for other in ["", "22", "2200", "22x hello", " 220 a", "+220 a", "220\ta", "220_a"] {
            assert_eq!(ReplyLine::parse(other.as_bytes()), None, "{other}");
        }
    }
}
