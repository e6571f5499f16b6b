//! One line: an object with the version and the time in front. It is pure ASCII: what a terminal
//! could act on is a `\u` escape of JSON's own.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use super::Said;
use super::value::seconds;

/// The version of the schema; changes that readers of the old one would misread count it up.
const VERSION: u8 = 1;

/// One line.
#[derive(Serialize)]
struct Line {
    v: u8,
    t: f64,
    #[serde(flatten)]
    said: Said,
}

/// What is said, as a line.
pub fn line(said: Said, time: Duration) -> Option<Vec<u8>> {
    let line = Line { v: VERSION, t: seconds(time), said };
    // none of the values can fail to be written, so there is no line that is left out
    let mut line = ascii(&serde_json::to_string(&line).ok()?);
    line.push('\n');
    Some(line.into_bytes())
}

/// The same JSON without a byte that is not printable ASCII: such characters stand in strings only,
/// where `\uNNNN` means the same.
fn ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii_graphic() || character == ' ' {
            ascii.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // writing to a string does not fail
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}
