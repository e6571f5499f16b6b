//! Members of a JSON object (RFC 8259), written in the order in which they were given and with each
//! value as it was typed.

use super::Problem;
use super::request::Member;

/// A member, if its value is JSON.
#[cfg(feature = "json")]
pub fn member(name: Vec<u8>, text: &[u8]) -> Result<Member, Problem> {
    use serde::de::IgnoredAny;

    let name = String::from_utf8(name).map_err(|_| Problem::JsonName)?;
    let at = |column, why: String| Problem::Json { column, why };
    let text = str::from_utf8(text)
        .map_err(|error| at(error.valid_up_to() + 1, "not UTF-8".to_owned()))?;
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(Member { name, text: text.to_owned() }),
        Err(error) => {
            let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
            let before: usize = lines.map(str::len).sum();
            let words = error.to_string();
            let why = words.split(" at line ").next().unwrap_or_default().to_owned();
            // of a text of no bytes, where its first would be
            Err(at((before + error.column()).max(1), why))
        }
    }
}

/// Without the reader of JSON nobody can tell.
#[cfg(not(feature = "json"))]
pub fn member(_name: Vec<u8>, _text: &[u8]) -> Result<Member, Problem> {
    Err(Problem::NotBuilt)
}

/// The object.
pub fn encode(members: &[Member]) -> Vec<u8> {
    let mut object = String::from("{");
    for (number, member) in members.iter().enumerate() {
        if number > 0 {
            object.push(',');
        }
        quote(&member.name, &mut object);
        object.push(':');
        object.push_str(&member.text);
    }
    object.push('}');
    object.into_bytes()
}

/// A string (section 7): what must be escaped is, and nothing else.
fn quote(text: &str, to: &mut String) {
    use std::fmt::Write;

    to.push('"');
    for letter in text.chars() {
        match letter {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            letter if letter < ' ' => {
                // Writing to a string does not fail.
                let _ = write!(to, "\\u{:04x}", u32::from(letter));
            }
            letter => to.push(letter),
        }
    }
    to.push('"');
}
