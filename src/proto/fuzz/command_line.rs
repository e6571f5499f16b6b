//! The body of the codec for command lines.

use super::super::command_line;

/// Words have no more bytes than the text and only the last can be empty; those of a prompt have
/// no blank in them, and do not depend on what is behind the line.
pub fn command_line(data: &[u8]) {
    let words = command_line::exec(data);
    let empty = words.iter().position(Vec::is_empty);
    assert!(empty.is_none_or(|empty| empty + 1 == words.len() && data.ends_with(b"\\")));
    assert!(words.iter().map(Vec::len).sum::<usize>() <= data.len());
    if let Ok(Some(answer)) = command_line::prompt(data, true) {
        let line = &data[..answer.used];
        for word in &answer.words {
            assert!(!word.iter().any(|byte| b" \t\n\0".contains(byte)));
            assert!(line.windows(word.len()).any(|part| part == word));
        }
        if line.ends_with(b"\n") {
            assert_eq!(command_line::prompt(line, false), Ok(Some(answer)));
        } else {
            assert_eq!(command_line::prompt(line, false), Ok(None));
        }
    }
}
