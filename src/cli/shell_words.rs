//! Splits a line into words as a shell does where nothing but quotes and backslashes is special.
//!
//! What a shell would put in the place of something, or do besides, is refused: it is not known
//! here.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::cli::usage_error::UsageError;

const SPECIAL: &[u8] = b"|&;<>()$`\n";

/// The words of a line. A refusal begins with `before`, and a quotation mark is open.
pub fn split(line: &OsString, before: &'static str) -> Result<Vec<OsString>, UsageError> {
    let unclosed = |byte| refused(before, byte, "\" is not closed");
    let special =
        |byte| refused(before, byte, "\" is for the shell: give one plain command without it");
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut bytes = line.as_bytes().iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' => words.extend(word.take()),
            b'\\' => word.get_or_insert_default().extend(bytes.next()),
            b'\'' => {
                let quoted = word.get_or_insert_default();
                loop {
                    match bytes.next() {
                        None => return Err(unclosed(byte)),
                        Some(b'\'') => break,
                        Some(inner) => quoted.push(inner),
                    }
                }
            }
            b'"' => {
                let quoted = word.get_or_insert_default();
                loop {
                    match bytes.next() {
                        None => return Err(unclosed(byte)),
                        Some(b'"') => break,
                        Some(b'\\') => match bytes.next() {
                            Some(kept @ (b'"' | b'\\' | b'$' | b'`')) => quoted.push(kept),
                            other => quoted.extend([b'\\'].into_iter().chain(other)),
                        },
                        Some(inner @ (b'$' | b'`')) => return Err(special(inner)),
                        Some(inner) => quoted.push(inner),
                    }
                }
            }
            byte if SPECIAL.contains(&byte) => return Err(special(byte)),
            byte => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    Ok(words.into_iter().map(OsString::from_vec).collect())
}

fn refused(before: &'static str, byte: u8, after: &'static str) -> UsageError {
    UsageError::RefusedValue { before, value: OsString::from_vec(vec![byte]), after }
}

/// Whether a word means itself to a shell.
const PLAIN: &[u8] = b"%+,-./:=@_[]";

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
        ] {
            assert_eq!(split(&line.into(), "").unwrap(), words, "{line:?}");
        }
        for line in ["nc h 80 < f", "nc h 80|cat", "nc $H 80", "nc \"$H\" 80", "nc 'h", "nc \"h"] {
            assert!(split(&line.into(), "").is_err(), "{line:?}");
        }
    }

    #[test]
    fn what_is_quoted_is_split_into_the_same_word() {
        for word in ["a", "", "a b", "it's", "$HOME", "\\", "--x=y", "[::1]:80", "*"] {
            assert_eq!(split(&quoted(&word.into()).into(), "").unwrap(), [word], "{word:?}");
        }
        assert_eq!(quoted(&"\u{1b}[2J'1".into()), "$'\\033[2J\\'1'");
    }
}
