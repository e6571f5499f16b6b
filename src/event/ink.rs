//! The colours of our own words, which are of the sixteen that terminals let their users choose.

use crate::proto::terminal_view::PLAIN;

/// What words are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Of what is said: yellow.
    Told,
    /// Of what went wrong: red.
    Failed,
}

impl Ink {
    fn sequence(self) -> &'static [u8] {
        match self {
            Self::Told => b"\x1b[33m",
            Self::Failed => b"\x1b[31m",
        }
    }

    /// Each line in this ink, which ends before the line does.
    pub fn paint(self, lines: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(lines.len() + 16);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let (words, end) =
                line.strip_suffix(b"\n").map_or((line, &b""[..]), |words| (words, b"\n"));
            for part in [self.sequence(), words, PLAIN, end] {
                text.extend_from_slice(part);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_painted_and_its_end_is_not() {
        assert_eq!(Ink::Told.paint(b"a\nb"), b"\x1b[33ma\x1b[0m\n\x1b[33mb\x1b[0m");
        assert_eq!(Ink::Failed.paint(b"\n"), b"\x1b[31m\x1b[0m\n");
        assert_eq!(Ink::Failed.paint(b""), b"");
    }
}
