//! Where a JSON text (RFC 8259) first goes wrong, byte by byte and without building anything.
//!
//! Only the grammar, and that text is UTF-8: names that occur twice and numbers that are too large
//! are somebody else's to judge. A text that is nested deeper than is kept track of, or longer than
//! anybody has typed, is not judged from there on.

use super::digits::Digits;
use super::utf8::Rest;

/// How deep values may be nested and still be judged.
pub const DEPTH_MAX: usize = 128;
/// As much of a text is judged, in bytes: a judge is slower than what brings large ones.
pub const JUDGED_MAX: usize = 1 << 20;

/// What is wrong with a JSON text, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonError {
    /// From 1.
    pub line: u64,
    /// In characters, from 1; behind the last where the text only stops too soon.
    pub column: u64,
    /// What is wrong.
    pub fault: JsonFault,
}

/// What is wrong with a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonFault {
    /// It stops before it is complete.
    Unfinished,
    /// A string or a name is in single quotes.
    SingleQuote,
    /// A name in an object is not in quotes.
    BareName,
    /// A comma stands before the end of an array or object.
    TrailingComma,
    /// A value should stand here.
    NoValue,
    /// A colon should stand here.
    NoColon,
    /// A comma or the end of the array or object should stand here.
    NoComma,
    /// A word that is not `true`, `false` or `null`.
    Word,
    /// A number is not written as numbers are.
    Number,
    /// This control character, a line end among them, stands in a string.
    Control(u8),
    /// A backslash in a string with a letter behind it that it cannot have.
    Escape,
    /// Text is not in UTF-8.
    NotUtf8,
    /// Something stands behind the value.
    More,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value; the end of an array too where it is the first in it, and not where a comma is
    /// before it.
    Value(Before),
    /// A name in an object.
    Name(Before),
    Colon,
    /// A comma or an end.
    Behind,
    /// In a string, which is a name.
    Text(bool),
    /// In a character of a string.
    Character(bool, Rest),
    /// Behind a backslash in a string.
    Escape(bool),
    /// So many hexadecimal digits are left.
    Hex(bool, u8),
    /// In a word, of which this is left.
    Word(&'static [u8]),
    Digits(Digits),
    /// Not judged any more.
    Unjudged,
}

/// What a value or a name stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Bracket,
    Comma,
    Other,
}

/// One text; a few bytes of state whatever comes.
#[derive(Debug)]
pub struct Json {
    state: State,
    /// A bit for each value that is open: 1 is an object.
    open: [u64; DEPTH_MAX / 64],
    depth: usize,
    line: u64,
    column: u64,
    /// Bytes that are still judged.
    left: usize,
    error: Option<JsonError>,
}

impl Default for Json {
    fn default() -> Self {
        let state = State::Value(Before::Other);
        let (open, left) = ([0; DEPTH_MAX / 64], JUDGED_MAX);
        Self { state, open, depth: 0, line: 1, column: 0, left, error: None }
    }
}

impl Json {
    /// Reads on; what is wrong, if it was found in these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Option<JsonError> {
        if self.error.is_some() || self.state == State::Unjudged {
            return None;
        }
        for &byte in bytes {
            if self.left == 0 {
                self.state = State::Unjudged;
                return None;
            }
            self.left -= 1;
            let within = matches!(self.state, State::Character(..));
            self.column += u64::from(!within);
            if let Err(fault) = self.step(byte) {
                let error = JsonError { line: self.line, column: self.column.max(1), fault };
                self.error = Some(error);
                return self.error;
            }
            if byte == b'\n' {
                (self.line, self.column) = (self.line + 1, 0);
            }
        }
        None
    }

    /// Nothing more comes: what is wrong, if nothing was before.
    pub fn finish(&mut self) -> Option<JsonError> {
        let whole = match self.state {
            State::Behind => self.depth == 0,
            State::Digits(digits) => self.depth == 0 && digits.is_whole(),
            State::Unjudged => true,
            _ => false,
        };
        if whole || self.error.is_some() {
            return None;
        }
        let (line, column) = (self.line, self.column + 1);
        self.error = Some(JsonError { line, column, fault: JsonFault::Unfinished });
        self.error
    }

    fn step(&mut self, byte: u8) -> Result<(), JsonFault> {
        let blank = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.state = match self.state {
            State::Unjudged => State::Unjudged,
            State::Value(_) | State::Name(_) | State::Colon | State::Behind if blank => self.state,
            State::Value(before) => self.value(before, byte)?,
            State::Name(before) => match (byte, before) {
                (b'"', _) => State::Text(true),
                (b'}', Before::Bracket) => self.close(true)?,
                (b'}', _) => return Err(JsonFault::TrailingComma),
                (b'\'', _) => return Err(JsonFault::SingleQuote),
                _ => return Err(JsonFault::BareName),
            },
            State::Colon if byte == b':' => State::Value(Before::Other),
            State::Colon => return Err(JsonFault::NoColon),
            State::Behind => self.behind(byte)?,
            State::Text(is_name) => match byte {
                b'"' if is_name => State::Colon,
                b'"' => State::Behind,
                b'\\' => State::Escape(is_name),
                0..0x20 => return Err(JsonFault::Control(byte)),
                0x20..0x80 => State::Text(is_name),
                _ => State::Character(is_name, Rest::of(byte).ok_or(JsonFault::NotUtf8)?),
            },
            State::Character(is_name, rest) => {
                let rest = rest.behind(byte).ok_or(JsonFault::NotUtf8)?;
                rest.map_or(State::Text(is_name), |rest| State::Character(is_name, rest))
            }
            State::Escape(is_name) => match byte {
                b'u' => State::Hex(is_name, 4),
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => State::Text(is_name),
                _ => return Err(JsonFault::Escape),
            },
            State::Hex(is_name, left) => match (byte.is_ascii_hexdigit(), left) {
                (false, _) => return Err(JsonFault::Escape),
                (true, 1) => State::Text(is_name),
                (true, _) => State::Hex(is_name, left - 1),
            },
            State::Word([first, rest @ ..]) if *first == byte => match rest {
                [] => State::Behind,
                _ => State::Word(rest),
            },
            State::Word(_) => return Err(JsonFault::Word),
            State::Digits(digits) => match digits.next(byte) {
                Some(next) => State::Digits(next),
                None if !digits.is_whole() || byte.is_ascii_digit() => {
                    return Err(JsonFault::Number);
                }
                None if blank => State::Behind,
                None => self.behind(byte)?,
            },
        };
        Ok(())
    }

    fn value(&mut self, before: Before, byte: u8) -> Result<State, JsonFault> {
        Ok(match byte {
            b'{' => self.enter(true),
            b'[' => self.enter(false),
            b'"' => State::Text(false),
            b't' => State::Word(b"rue"),
            b'f' => State::Word(b"alse"),
            b'n' => State::Word(b"ull"),
            b'-' => State::Digits(Digits::Minus),
            b'0' => State::Digits(Digits::Zero),
            b'1'..=b'9' => State::Digits(Digits::Whole),
            b']' if before == Before::Bracket => self.close(false)?,
            b']' if before == Before::Comma => return Err(JsonFault::TrailingComma),
            b'\'' => return Err(JsonFault::SingleQuote),
            b'+' | b'.' => return Err(JsonFault::Number),
            b'a'..=b'z' | b'A'..=b'Z' => return Err(JsonFault::Word),
            _ => return Err(JsonFault::NoValue),
        })
    }

    /// Behind a value.
    fn behind(&mut self, byte: u8) -> Result<State, JsonFault> {
        match byte {
            _ if self.depth == 0 => Err(JsonFault::More),
            b',' if self.is_in_object() => Ok(State::Name(Before::Comma)),
            b',' => Ok(State::Value(Before::Comma)),
            b'}' => self.close(true),
            b']' => self.close(false),
            _ => Err(JsonFault::NoComma),
        }
    }

    fn enter(&mut self, object: bool) -> State {
        let Some(bits) = self.open.get_mut(self.depth / 64) else {
            return State::Unjudged;
        };
        let bit = 1 << (self.depth % 64);
        *bits = if object { *bits | bit } else { *bits & !bit };
        self.depth += 1;
        if object { State::Name(Before::Bracket) } else { State::Value(Before::Bracket) }
    }

    fn close(&mut self, object: bool) -> Result<State, JsonFault> {
        if self.depth == 0 || self.is_in_object() != object {
            return Err(JsonFault::NoComma);
        }
        self.depth -= 1;
        Ok(State::Behind)
    }

    fn is_in_object(&self) -> bool {
        let top = self.depth.saturating_sub(1);
        self.open.get(top / 64).is_some_and(|bits| bits >> (top % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPTH_MAX, JUDGED_MAX, Json, JsonError, JsonFault};

    fn check(text: &str) -> Option<(u64, u64, JsonFault)> {
        let mut json = Json::default();
        let found = json.push(text.as_bytes());
        let found = found.or_else(|| json.finish());
        found.map(|JsonError { line, column, fault }| (line, column, fault))
    }

    #[test]
    fn what_is_right_is_right() {
        for text in [
            "{}",
            " [ ] \r\n",
            "0",
            "-0.5e+10",
            "12",
            "\"\"",
            "null",
            r#"{"a":1,"b":[true,false,null,{"c":"\u00fc\n"}],"ü":-1E5}"#,
        ] {
            assert_eq!(check(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_fault_is_found_where_it_stands() {
        for (text, column, fault) in [
            ("", 1, JsonFault::Unfinished),
            (r#"{"a":1"#, 7, JsonFault::Unfinished),
            ("{'a':1}", 2, JsonFault::SingleQuote),
            ("{a:1}", 2, JsonFault::BareName),
            (r#"{"a":1,}"#, 8, JsonFault::TrailingComma),
            ("[1,]", 4, JsonFault::TrailingComma),
            (r#"{"a":}"#, 6, JsonFault::NoValue),
            (r#"{"a" 1}"#, 6, JsonFault::NoColon),
            (r#"{"a":1 "b":2}"#, 8, JsonFault::NoComma),
            (r#"{"ü":1]"#, 7, JsonFault::NoComma),
            ("{\"a\":True}", 6, JsonFault::Word),
            ("[nul]", 5, JsonFault::Word),
            ("[01]", 3, JsonFault::Number),
            ("[1.]", 4, JsonFault::Number),
            ("[+1]", 2, JsonFault::Number),
            ("\"a\tb\"", 3, JsonFault::Control(b'\t')),
            ("\"a\nb\"", 3, JsonFault::Control(b'\n')),
            (r#""\q""#, 3, JsonFault::Escape),
            (r#""\u12g4""#, 6, JsonFault::Escape),
            ("{} x", 4, JsonFault::More),
            ("]", 1, JsonFault::NoValue),
        ] {
            assert_eq!(check(text), Some((1, column, fault)), "{text}");
        }
        assert_eq!(check("{\n  \"a\": 1,\n  b}"), Some((3, 3, JsonFault::BareName)));
    }

    #[test]
    fn text_is_utf_8() {
        for (text, column) in [
            (&b"\"J\xfcrgen\""[..], 3),
            (b"{\"\xc3\xa4\xa4\":1}", 4),
            (b"\"\xe4h\"", 2),
            (b"\"\xed\xa0\x80\"", 2),
        ] {
            let error = Json::default().push(text);
            assert_eq!(error, Some(JsonError { line: 1, column, fault: JsonFault::NotUtf8 }));
        }
    }

    #[test]
    fn what_is_too_long_is_not_judged() {
        let long = |length: usize| format!("[{}", " ".repeat(length - 1));
        assert!(check(&(long(JUDGED_MAX - 1) + "}")).is_some());
        assert_eq!(check(&(long(JUDGED_MAX) + "}")), None);
    }

    #[test]
    fn what_is_too_deep_is_not_judged() {
        let deep = |depth: usize| "[".repeat(depth);
        assert!(check(&deep(DEPTH_MAX)).is_some());
        assert_eq!(check(&format!("{}{}", deep(DEPTH_MAX), "]".repeat(DEPTH_MAX))), None);
        assert_eq!(check(&format!("{}}}", deep(DEPTH_MAX + 1))), None);
    }

    #[cfg(feature = "json")]
    mod beside_serde {
        use proptest::prelude::*;
        use serde::de::IgnoredAny;

        fn text() -> impl Strategy<Value = String> {
            let piece = prop_oneof![
                Just("{"),
                Just("}"),
                Just("["),
                Just("]"),
                Just(","),
                Just(":"),
                Just("\"a\""),
                Just("\"\\u00fc\\n\""),
                Just("1"),
                Just("-0.5e3"),
                Just("0"),
                Just("true"),
                Just("null"),
                Just(" "),
                Just("\n"),
                Just("{\"a\":"),
                Just("[1,"),
                Just("\"\\x\""),
                Just("."),
                Just("e"),
            ];
            prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
        }

        proptest! {
            #[test]
            fn both_take_the_same(text in text()) {
                let read = serde_json::from_str::<IgnoredAny>(&text);
                prop_assert_eq!(super::check(&text).is_none(), read.is_ok(), "{} {:?}", text, read);
            }
        }
    }
}
