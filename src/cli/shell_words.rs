//! Splits a line into words as a shell does where nothing but quotes and backslashes is special, and
//! quotes a word for one.
//!
//! What a shell would put in the place of something, or do besides, is refused: it is not known
//! here. So is a pattern, for which a shell puts names of files where some match. A word with a colon
//! is none: an address, a URL or a header (`[::1]:80`, `http://h/?a=1`, `Accept:*/*`) is no file's
//! name.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::cli::usage_error::UsageError;

/// What ends a command, redirects it or stands for something, wherever it is.
const SPECIAL: &[u8] = b"|&;<>()$`\n";

const NOT_PLAIN: &str = "\" is for the shell: give one plain command without it";
const REPLACED: &str = "\" is for the shell: write what it makes of it, or put it in quotes";
const UNCLOSED: &str = "\" is not closed";
const NOTHING_BEHIND: &str = "\" has nothing behind it";

/// The words of a line. A refusal begins with `before`, and a quotation mark is open.
pub fn split(line: &OsString, before: &'static str) -> Result<Vec<OsString>, UsageError> {
    let refused = |byte, after| UsageError::RefusedValue {
        before,
        value: OsString::from_vec(vec![byte]),
        after,
    };
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut bytes = line.as_bytes().iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' => words.extend(word.take()),
            b'\\' => match bytes.next() {
                None => return Err(refused(byte, NOTHING_BEHIND)),
                // the line goes on
                Some(b'\n') => {}
                Some(kept) => word.get_or_insert_default().bytes.push(kept),
            },
            b'\'' => {
                let quoted = &mut word.get_or_insert_default().bytes;
                loop {
                    match bytes.next() {
                        None => return Err(refused(byte, UNCLOSED)),
                        Some(b'\'') => break,
                        Some(inner) => quoted.push(inner),
                    }
                }
            }
            b'"' => {
                let quoted = &mut word.get_or_insert_default().bytes;
                loop {
                    match bytes.next() {
                        None => return Err(refused(byte, UNCLOSED)),
                        Some(b'"') => break,
                        Some(b'\\') => match bytes.next() {
                            Some(b'\n') => {}
                            Some(kept @ (b'"' | b'\\' | b'$' | b'`')) => quoted.push(kept),
                            other => quoted.extend([b'\\'].into_iter().chain(other)),
                        },
                        Some(inner @ (b'$' | b'`')) => return Err(refused(inner, NOT_PLAIN)),
                        Some(inner) => quoted.push(inner),
                    }
                }
            }
            byte if SPECIAL.contains(&byte) => return Err(refused(byte, NOT_PLAIN)),
            byte if is_replaced(byte, word.as_ref()) => return Err(refused(byte, REPLACED)),
            byte => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    match words.iter().find_map(Word::pattern) {
        Some(byte) => Err(refused(byte, REPLACED)),
        None => Ok(words.into_iter().map(|word| OsString::from_vec(word.bytes)).collect()),
    }
}

/// A word that is being read.
#[derive(Default)]
struct Word {
    bytes: Vec<u8>,
    /// The first byte that makes it a pattern and is not quoted.
    pattern: Option<u8>,
}

impl Word {
    fn push(&mut self, byte: u8) {
        if matches!(byte, b'*' | b'?' | b'[') {
            self.pattern.get_or_insert(byte);
        }
        self.bytes.push(byte);
    }

    fn pattern(&self) -> Option<u8> {
        self.pattern.filter(|_| !self.bytes.contains(&b':'))
    }
}

/// Whether a byte that is not quoted, behind what the word has already, is replaced whatever files
/// there are: a home directory (bash knows it behind `=` and `:` too), a comment, alternatives.
fn is_replaced(byte: u8, word: Option<&Word>) -> bool {
    let last = word.and_then(|word| word.bytes.last());
    match byte {
        b'~' => word.is_none() || matches!(last, Some(b'=' | b':')),
        b'#' => word.is_none(),
        byte => byte == b'{',
    }
}

/// Besides letters and digits, what means itself to every shell, wherever in a word it is.
const PLAIN: &[u8] = b"%+,-./:=@_";

/// A word as it is written for a shell, with nothing in it that a terminal would obey.
pub fn quoted(word: &OsString) -> String {
    let bytes = word.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || PLAIN.contains(byte);
    let shown = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if bytes.iter().all(shown) {
        return format!("'{}'", String::from_utf8_lossy(bytes).replace('\'', "'\\''"));
    }
    // bash's, zsh's and POSIX's (2024) form for bytes
    let escaped: String = bytes
        .iter()
        .map(|byte| match byte {
            b'\\' | b'\'' => format!("\\{}", char::from(*byte)),
            byte if shown(byte) => char::from(*byte).to_string(),
            // octal: its three digits do not run on into what follows
            byte => format!("\\{byte:03o}"),
        })
        .collect();
    format!("$'{escaped}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        for (line, words) in [
            ("nc -lvnp 4444 -q1", &["nc", "-lvnp", "4444", "-q1"][..]),
            ("  nc\t-l  ", &["nc", "-l"]),
            ("nc -e '/bin/sh -i' h", &["nc", "-e", "/bin/sh -i", "h"]),
            ("nc -c \"echo \\\"a\\\" \\x\" h", &["nc", "-c", "echo \"a\" \\x", "h"]),
            ("a\\ b 'c'd''", &["a b", "cd"]),
            ("nc '' 1", &["nc", "", "1"]),
            ("", &[]),
            ("nc -l \\\n8080", &["nc", "-l", "8080"]),
            ("nc h\\\nx \"a\\\nb\" 'c\\\nd'", &["nc", "hx", "ab", "c\\\nd"]),
            (
                "nc h/~me a#b '~' \"#\" \\~ ''~ ''#",
                &["nc", "h/~me", "a#b", "~", "#", "~", "~", "#"],
            ),
            ("nc [::1] 80", &["nc", "[::1]", "80"]),
            ("http://h/s?q Accept:*/* a:=[1]", &["http://h/s?q", "Accept:*/*", "a:=[1]"]),
            ("'*' \"?\" \\[a] a\\{ }", &["*", "?", "[a]", "a{", "}"]),
        ] {
            assert_eq!(split(&line.into(), "").unwrap(), words, "{line:?}");
        }
        for line in ["nc h 80 < f", "nc h 80|cat", "nc $H 80", "nc \"$H\" 80", "nc h 80\nnc h 81"] {
            assert_refused(line, NOT_PLAIN);
        }
        for line in [
            "nc -U ~/x",
            "--log ~",
            "--log=~/x",
            "nc h 80 # one",
            "#",
            "nc a*",
            "nc ?",
            "nc [a]",
            "nc 'a'*",
            "nc {a,b}",
            "a:={}",
        ] {
            assert_refused(line, REPLACED);
        }
        for line in ["nc 'h", "nc \"h", "\"h\\"] {
            assert_refused(line, UNCLOSED);
        }
        for line in ["nc h 80 \\", "nc h\\"] {
            assert_refused(line, NOTHING_BEHIND);
        }
    }

    #[track_caller]
    fn assert_refused(line: &str, why: &str) {
        match split(&line.into(), "") {
            Err(UsageError::RefusedValue { after, .. }) => assert_eq!(after, why, "{line:?}"),
            other => panic!("{line:?}: {other:?}"),
        }
    }

    #[test]
    fn what_is_quoted_is_split_into_the_same_word() {
        for word in [
            "a", "", "a b", "it's", "$HOME", "\\", "--x=y", "[::1]:80", "*", "[a]", "~", "#", "{}",
            "a=~",
        ] {
            assert_eq!(split(&quoted(&word.into()).into(), "").unwrap(), [word], "{word:?}");
        }
        assert_eq!(quoted(&"\u{1b}[2J'1".into()), "$'\\033[2J\\'1'");
    }
}
