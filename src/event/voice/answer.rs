//! The words for an answer over HTTP that did not come, or not whole.

use super::quantity::bytes;
use crate::proto::escape::escape_at_most;
use crate::proto::lint::{AnswerFault, Unfinished};

/// The most bytes of an answer that are shown.
const SHOWN: usize = 80;

/// What is wrong with an answer.
pub fn fault(fault: &AnswerFault) -> String {
    match fault {
        AnswerFault::Nothing => "the connection ended without an answer".to_owned(),
        AnswerFault::Interim(status) => {
            format!("the connection ended without an answer: {status} only says that one will come")
        }
        AnswerFault::Cut(part) => format!("the answer is cut short: {}", so_far(*part)),
        AnswerFault::NotHttp { text } => {
            format!("the answer is no HTTP: \"{}\"", escape_at_most(text, SHOWN))
        }
        AnswerFault::Chunks { bytes: count } => format!(
            "the answer stops being chunks after {} of its body: whether it is whole cannot be known",
            bytes(*count)
        ),
        AnswerFault::Length { value } => format!(
            "the answer says Content-Length: {}: whether it is whole cannot be known",
            escape_at_most(value, SHOWN)
        ),
    }
}

/// How much of an answer has come.
pub fn so_far(part: Unfinished) -> String {
    match part {
        Unfinished::Head { lines: 0 } => "not even its first line is whole".to_owned(),
        Unfinished::Head { lines: 1 } => "1 line of its head, and no empty line".to_owned(),
        Unfinished::Head { lines } => format!("{lines} lines of its head, and no empty line"),
        Unfinished::Length { bytes: count, length } => {
            format!("{count} of {} of its body", bytes(length))
        }
        Unfinished::Chunks { bytes: count } => {
            format!("{} of its body, and no last chunk", bytes(count))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AnswerFault, Unfinished, fault};

    #[test]
    fn each_fault_says_how_far_the_answer_came() {
        let cut = AnswerFault::Cut;
        for (of, words) in [
            (AnswerFault::Nothing, "the connection ended without an answer"),
            (
                AnswerFault::Interim(103),
                "the connection ended without an answer: 103 only says that one will come",
            ),
            (
                cut(Unfinished::Head { lines: 0 }),
                "the answer is cut short: not even its first line is whole",
            ),
            (
                cut(Unfinished::Head { lines: 1 }),
                "the answer is cut short: 1 line of its head, and no empty line",
            ),
            (
                cut(Unfinished::Head { lines: 7 }),
                "the answer is cut short: 7 lines of its head, and no empty line",
            ),
            (
                cut(Unfinished::Length { bytes: 26, length: 40 }),
                "the answer is cut short: 26 of 40 bytes of its body",
            ),
            (
                cut(Unfinished::Chunks { bytes: 1 }),
                "the answer is cut short: 1 byte of its body, and no last chunk",
            ),
            (
                AnswerFault::NotHttp { text: b"\x1b[2J".to_vec() },
                "the answer is no HTTP: \"\\x1b[2J\"",
            ),
            (
                AnswerFault::Chunks { bytes: 2 },
                "the answer stops being chunks after 2 bytes of its body: whether it is whole cannot be known",
            ),
            (
                AnswerFault::Length { value: b"2, \x1b".to_vec() },
                "the answer says Content-Length: 2, \\x1b: whether it is whole cannot be known",
            ),
        ] {
            assert_eq!(fault(&of), words);
        }
    }
}
