//! What is wrong with a JSON text, and how it is written right.

use crate::proto::lint::json::{JsonError, JsonFault};

/// The sentence, with the place in the body.
pub(super) fn words(error: &JsonError) -> String {
    let JsonError { line, column, fault } = error;
    let what = match fault {
        JsonFault::Unfinished => "it stops before it is complete",
        JsonFault::SingleQuote => "strings are in double quotes",
        JsonFault::BareName => "a name in double quotes should stand here",
        JsonFault::TrailingComma => "a comma stands before the end: take it out",
        JsonFault::NoValue => "a value should stand here",
        JsonFault::NoColon => "a colon should stand here",
        JsonFault::NoComma => "a comma or the end should stand here",
        JsonFault::Word => "the only words are true, false and null",
        JsonFault::Number => "no number is written like this",
        JsonFault::Control(b'\n' | b'\r') => "a line end in a string is written \\n",
        JsonFault::Control(b'\t') => "a tab in a string is written \\t",
        JsonFault::Control(_) => "a control character in a string is written \\u00 and two digits",
        JsonFault::Escape => "this cannot stand behind a backslash",
        JsonFault::NotUtf8 => "this text is not in UTF-8",
        JsonFault::More => "something stands behind the value",
    };
    format!("the body is no JSON: line {line}, column {column}: {what}")
}
