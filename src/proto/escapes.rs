//! Escapes in what is typed (`--escapes`): `\n`, `\r`, `\t`, `\0`, `\\`, and `\xHH` for any byte.
//!
//! Anything else behind a backslash is refused rather than guessed at: what was meant is not what
//! would be sent.

/// What stands behind a backslash and is none of the escapes; nothing, where the input ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EscapeError {
    /// Another letter.
    #[error("a backslash and {:?} are no escape (\\n \\r \\t \\0 \\\\ \\xHH)", char::from(*.0).escape_default().to_string())]
    Unknown(u8),
    /// `\x` without two hexadecimal digits.
    #[error("\\x wants two hexadecimal digits")]
    Digits,
    /// A backslash at the end.
    #[error("the input ends within an escape")]
    Cut,
}

/// Turns the escapes of one direction of one stream; two bytes of state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Escapes {
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Backslash,
    Hex,
    Digit(u8),
}

impl Escapes {
    /// Appends what `input` stands for to `out`: at most as many bytes. After an error nothing more
    /// may be pushed.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), EscapeError> {
        for &byte in input {
            self.state = match self.state {
                State::Text if byte == b'\\' => State::Backslash,
                State::Text => {
                    out.push(byte);
                    State::Text
                }
                State::Backslash if byte == b'x' => State::Hex,
                State::Backslash => {
                    out.push(match byte {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'0' => 0,
                        b'\\' => b'\\',
                        other => return Err(EscapeError::Unknown(other)),
                    });
                    State::Text
                }
                State::Hex => State::Digit(digit(byte)?),
                State::Digit(high) => {
                    out.push(high << 4 | digit(byte)?);
                    State::Text
                }
            };
        }
        Ok(())
    }

    /// The input has ended.
    pub fn finish(&self) -> Result<(), EscapeError> {
        if self.state == State::Text { Ok(()) } else { Err(EscapeError::Cut) }
    }
}

fn digit(byte: u8) -> Result<u8, EscapeError> {
    let digit = char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digit.ok_or(EscapeError::Digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::proto::fuzz;

    fn turned(text: &[u8]) -> Result<Vec<u8>, EscapeError> {
        let (mut escapes, mut out) = (Escapes::default(), Vec::new());
        escapes.push(text, &mut out)?;
        escapes.finish().map(|()| out)
    }

    #[test]
    fn escapes_stand_for_bytes_and_the_rest_for_itself() {
        for (text, bytes) in [
            (&b""[..], Ok(&b""[..])),
            (b"a/b\"%41\n", Ok(b"a/b\"%41\n")),
            (br"\n\r\t\0\\", Ok(b"\n\r\t\0\\")),
            (br"\x00\xfF\x41n", Ok(b"\0\xffAn")),
            (br"\\x41", Ok(br"\x41")),
            (br"\q", Err(EscapeError::Unknown(b'q'))),
            (b"\\\n", Err(EscapeError::Unknown(b'\n'))),
            (br"\x4g", Err(EscapeError::Digits)),
            (br"\xg", Err(EscapeError::Digits)),
            (br"a\", Err(EscapeError::Cut)),
            (br"\x4", Err(EscapeError::Cut)),
        ] {
            assert_eq!(turned(text), bytes.map(<[u8]>::to_vec), "{}", text.escape_ascii());
        }
        let words = EscapeError::Unknown(b'\n').to_string();
        assert!(!words.contains('\n'), "{words}");
    }

    proptest! {
        #[test]
        fn any_stream(data in r"([\\xnrt0a-f\n]|\PC){0,40}") {
            fuzz::escapes(data.as_bytes());
        }

        #[test]
        fn whatever_is_escaped_can_be_had_back(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let text = bytes.iter().fold(String::new(), |text, byte| format!("{text}\\x{byte:02X}"));
            prop_assert_eq!(turned(text.as_bytes()), Ok(bytes));
        }
    }
}
