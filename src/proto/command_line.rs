//! Words of a command in one text: Ncat's `--exec` and the `Cmd line:` prompt of traditional and
//! GNU netcat.
//!
//! No quotes, no variables and no patterns in either: a program that wants those is run by a
//! shell. Not responsible for running anything.

/// Splits the text of `--exec` as Ncat does: blanks (the six bytes that C calls white space)
/// separate, in any number; a backslash makes the byte behind it part of the word, whatever it is,
/// and is dropped; one at the very end is dropped too, and is an empty word if it stands alone.
/// Quotes are ordinary.
///
/// Without a word, or with an empty first one, there is no program: the caller refuses that (Ncat
/// fails only in the child). One fault of 7.93 is left out: blanks right behind an escaped byte,
/// other than an escaped backslash, vanish there and join the two words (`a\! b` is `a!b`).
pub fn exec(text: &[u8]) -> Vec<Vec<u8>> {
    let (mut words, mut word) = (Vec::new(), Vec::new());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(escaped) => word.push(escaped),
                None if word.is_empty() => words.push(Vec::new()),
                None => {}
            },
            b' ' | b'\t'..=b'\r' => take_word(&mut word, &mut words),
            _ => word.push(byte),
        }
    }
    take_word(&mut word, &mut words);
    words
}

fn take_word(word: &mut Vec<u8>, words: &mut Vec<Vec<u8>>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// The longest line that is taken at the `Cmd line:` prompt, its end included, in bytes; as much
/// as traditional reads.
pub const PROMPT_MAX: usize = 8191;

/// What was answered at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The arguments, without the program's name.
    pub words: Vec<Vec<u8>>,
    /// Bytes of the input that are the line and its end; what is behind is data for the network.
    pub used: usize,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The line goes on beyond [`PROMPT_MAX`].
    #[error("command line longer than 8191 bytes")]
    TooLong,
    /// No argument of a program can hold a NUL.
    #[error("NUL in the command line")]
    Nul,
}

/// Takes the answer to the prompt from what was read of standard input so far. `ended`: nothing
/// more will come. `None`: the line is not whole yet.
///
/// The line ends at its LF or at the end of input; a CR in front of that belongs to the end.
/// Blanks and tabs separate, in any number, as in GNU netcat; traditional takes a second blank as
/// the first letter of the next word and a tab as a letter, so that nothing works that is written
/// so, and crashes on more than about 126 words.
pub fn prompt(input: &[u8], ended: bool) -> Result<Option<Answer>, AnswerError> {
    let first = input.get(..PROMPT_MAX).unwrap_or(input);
    let (line, used) = match first.iter().position(|byte| *byte == b'\n') {
        Some(end) => (first.get(..end).unwrap_or_default(), end + 1),
        None if input.len() >= PROMPT_MAX => return Err(AnswerError::TooLong),
        None if !ended => return Ok(None),
        None => (first, first.len()),
    };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.contains(&0) {
        return Err(AnswerError::Nul);
    }
    let words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
    Ok(Some(Answer { words: words.map(<[u8]>::to_vec).collect(), used }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AnswerError, PROMPT_MAX, exec, prompt};
    use crate::proto::fuzz;

    #[test]
    fn exec_as_ncat_was_seen_to_split() {
        let cases: &[(&[u8], &[&[u8]])] = &[
            (b"/bin/p", &[b"/bin/p"]),
            (b"  p  a   b  ", &[b"p", b"a", b"b"]),
            (b"p a\tb\nc\rd\x0be\x0cf", &[b"p", b"a", b"b", b"c", b"d", b"e", b"f"]),
            (br"p a\ b", &[b"p", b"a b"]),
            (b"p a\\\tb", &[b"p", b"a\tb"]),
            (br"p a\\b", &[b"p", br"a\b"]),
            (br"p a\", &[b"p", b"a"]),
            (br"p\", &[b"p"]),
            (br"p a\\", &[b"p", br"a\"]),
            (br"p a\ ", &[b"p", b"a "]),
            (br"p \ ", &[b"p", b" "]),
            (br"p \\ b", &[b"p", br"\", b"b"]),
            (br"p \a\nb", &[b"p", b"anb"]),
            (br"p \aa a", &[b"p", b"aa", b"a"]),
            (br"p \\ a", &[b"p", br"\", b"a"]),
            (br#"p "a b" 'c' a\"b """#, &[b"p", b"\"a", b"b\"", b"'c'", b"a\"b", b"\"\""]),
            (b"p $HOME *", &[b"p", b"$HOME", b"*"]),
            (b"", &[]),
            (b" \t", &[]),
            (br"\", &[b""]),
            (br"p \", &[b"p", b""]),
            (br"p a  \", &[b"p", b"a", b""]),
        ];
        for (text, words) in cases {
            assert_eq!(exec(text), *words, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn words_stay_apart_behind_an_escape() {
        assert_eq!(exec(br"p a\! b"), [&b"p"[..], b"a!", b"b"]);
        assert_eq!(exec(br"p a\  b"), [&b"p"[..], b"a ", b"b"]);
    }

    fn words(input: &[u8]) -> Vec<String> {
        let answer = prompt(input, true).unwrap().unwrap();
        answer.words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect()
    }

    #[test]
    fn an_answer_is_words_between_blanks() {
        assert_eq!(words(b"-n 127.0.0.1 1\n"), ["-n", "127.0.0.1", "1"]);
        assert_eq!(words(b"  -n\t127.0.0.1  1 \r\n"), ["-n", "127.0.0.1", "1"]);
        assert_eq!(words(b"-e 'a b' c\\ d"), ["-e", "'a", "b'", "c\\", "d"]);
        assert!(words(b"").is_empty() && words(b"\n").is_empty());
        assert_eq!(words(&b"1 ".repeat(3000)).len(), 3000);
    }

    #[test]
    fn what_is_behind_the_line_is_not_the_answer() {
        let answer = prompt(b"host 1\r\nGET /\n", false).unwrap().unwrap();
        assert_eq!((answer.words.len(), answer.used), (2, 8));
        assert_eq!(prompt(b"host 1", false), Ok(None));
        assert_eq!(prompt(b"host 1", true).unwrap().unwrap().used, 6);
        assert_eq!(prompt(b"host\0 1\n", false), Err(AnswerError::Nul));
        assert!(prompt(b"host 1\n\0", false).is_ok());
    }

    #[test]
    fn an_answer_has_a_limit() {
        let mut line = vec![b'x'; PROMPT_MAX];
        assert_eq!(prompt(&line, true), Err(AnswerError::TooLong));
        assert_eq!(prompt(&line[1..], false), Ok(None));
        line[PROMPT_MAX - 1] = b'\n';
        assert_eq!(prompt(&line, false).unwrap().unwrap().used, PROMPT_MAX);
        line.insert(0, b'x');
        assert_eq!(prompt(&line, false), Err(AnswerError::TooLong));
    }

    proptest! {
        #[test]
        fn words_survive_being_joined(
            words in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..8), 0..8)
        ) {
            let mut text = Vec::new();
            for word in &words {
                text.extend(word.iter().flat_map(|byte| [b'\\', *byte]));
                text.push(b' ');
            }
            prop_assert_eq!(exec(&text), words);
        }

        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            fuzz::command_line(&bytes);
        }
    }
}
