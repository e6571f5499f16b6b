//! Placeholders in what is typed (`--fill`): `{len}`, `{env:NAME}`, `{now}`, and `{{}` for a brace.
//!
//! `{len}` is the length of a message's body in bytes. From it on, the message is held back until its
//! body is known: the body begins behind the next empty line, and ends with the input; where
//! somebody types, an empty line ends it as well, which like the line end before it is not part of
//! it, and another message may follow. Within a body `{len}` stands for itself. Everything else in
//! braces stays as it is.

#[cfg(test)]
mod tests;

/// How many bytes of a message are held back at most.
pub const MOST_HELD: usize = 1 << 20;

/// The longest name of a variable.
const MOST_NAME: usize = 255;

/// Why a placeholder cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// There is no such variable in the environment.
    #[error("{{env:{0}}}: there is no such variable")]
    NoVariable(String),
    /// No body came.
    #[error("{{len}} is the length of what follows an empty line, and there was none")]
    NoBody,
    /// The message is too long to be held back.
    #[error("{{len}}: a message of more than {MOST_HELD} bytes is not held back")]
    TooLong,
}

/// Where values come from.
pub struct Sources<'a> {
    /// A variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// The time, as `Date` says it (RFC 9110, section 5.6.7).
    pub now: &'a dyn Fn() -> String,
}

/// Fills the placeholders of one direction of one stream.
#[derive(Debug, Default)]
pub struct Fill {
    /// An empty line ends a body.
    typed: bool,
    /// What may become a placeholder.
    begun: Vec<u8>,
    held: Option<Held>,
}

/// A message from its `{len}` on.
#[derive(Debug, Default)]
struct Held {
    head: Vec<u8>,
    /// Where the length goes in the head.
    places: Vec<usize>,
    /// The body, as far as it came; nothing before the empty line.
    body: Option<Vec<u8>>,
    /// How many bytes the line has so far that are no CR.
    line: usize,
}

impl Fill {
    /// Of a stream that somebody types, or not.
    pub fn new(typed: bool) -> Self {
        Self { typed, ..Self::default() }
    }

    /// Bytes that were taken and not given yet.
    pub fn held(&self) -> usize {
        self.begun.len() + self.held.as_ref().map_or(0, Held::size)
    }

    /// Appends what is to be sent to `out`. After an error nothing more may be pushed.
    pub fn push(
        &mut self,
        input: &[u8],
        from: &Sources<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), FillError> {
        input.iter().try_for_each(|&byte| self.step(byte, from, out))
    }

    fn step(&mut self, byte: u8, from: &Sources<'_>, out: &mut Vec<u8>) -> Result<(), FillError> {
        if self.begun.is_empty() && byte != b'{' {
            return self.literal(byte, out);
        }
        self.begun.push(byte);
        match placeholder(&self.begun) {
            Found::Part => {}
            Found::Nothing => {
                // what follows the brace may begin anew
                let begun = std::mem::take(&mut self.begun);
                self.literal(b'{', out)?;
                for &byte in begun.iter().skip(1) {
                    self.step(byte, from, out)?;
                }
            }
            Found::Length if self.is_in_body() => self.as_it_is(out)?,
            Found::Length => {
                self.begun.clear();
                let held = self.held.get_or_insert_default();
                held.places.push(held.head.len());
                held.line += 1;
            }
            Found::Value(value) => {
                let value = value.of(from)?;
                self.begun.clear();
                self.value(&value, out)?;
            }
        }
        Ok(())
    }

    /// The input has ended: appends what was held back.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), FillError> {
        self.as_it_is(out)?;
        match self.held.take() {
            Some(Held { body: None, .. }) => Err(FillError::NoBody),
            Some(held) => {
                held.give(out);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn is_in_body(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.body.is_some())
    }

    /// What began like a placeholder is none.
    fn as_it_is(&mut self, out: &mut Vec<u8>) -> Result<(), FillError> {
        let begun = std::mem::take(&mut self.begun);
        begun.into_iter().try_for_each(|byte| self.literal(byte, out))
    }

    fn literal(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<(), FillError> {
        let Some(held) = &mut self.held else {
            out.push(byte);
            return Ok(());
        };
        held.room(1)?;
        let is_empty = byte == b'\n' && held.line == 0;
        held.line = match byte {
            b'\n' => 0,
            b'\r' => held.line,
            _ => held.line + 1,
        };
        match &mut held.body {
            None => {
                held.head.push(byte);
                if is_empty {
                    held.body = Some(Vec::new());
                }
            }
            Some(body) if is_empty && self.typed => {
                // its own CR, and the end of the line before
                for end in [b"\r".as_slice(), b"\n", b"\r"] {
                    if body.ends_with(end) {
                        body.truncate(body.len() - end.len());
                    }
                }
                if let Some(held) = self.held.take() {
                    held.give(out);
                }
            }
            Some(body) => body.push(byte),
        }
        Ok(())
    }

    /// A value is no text of who types: a line in it ends nothing.
    fn value(&mut self, value: &[u8], out: &mut Vec<u8>) -> Result<(), FillError> {
        let Some(held) = &mut self.held else {
            out.extend_from_slice(value);
            return Ok(());
        };
        held.room(value.len())?;
        held.line += value.len();
        held.body.as_mut().unwrap_or(&mut held.head).extend_from_slice(value);
        Ok(())
    }
}

impl Held {
    fn size(&self) -> usize {
        self.head.len() + self.body.as_ref().map_or(0, Vec::len)
    }

    fn room(&self, more: usize) -> Result<(), FillError> {
        // each place of a length counts too, for it was typed
        let size = self.size() + self.places.len() * "{len}".len();
        if size + more > MOST_HELD { Err(FillError::TooLong) } else { Ok(()) }
    }

    fn give(self, out: &mut Vec<u8>) {
        let body = self.body.unwrap_or_default();
        let length = body.len().to_string();
        let mut from = 0;
        for place in self.places {
            out.extend_from_slice(&self.head[from..place]);
            out.extend_from_slice(length.as_bytes());
            from = place;
        }
        out.extend_from_slice(&self.head[from..]);
        out.extend_from_slice(&body);
    }
}

/// What stands in braces.
enum Found<'a> {
    /// It may become one.
    Part,
    /// It is none.
    Nothing,
    Length,
    Value(Value<'a>),
}

enum Value<'a> {
    Brace,
    Now,
    Variable(&'a str),
}

impl Value<'_> {
    fn of(self, from: &Sources<'_>) -> Result<Vec<u8>, FillError> {
        match self {
            Self::Brace => Ok(b"{".to_vec()),
            Self::Now => Ok((from.now)().into_bytes()),
            Self::Variable(name) => {
                (from.variable)(name).ok_or_else(|| FillError::NoVariable(name.to_owned()))
            }
        }
    }
}

/// Placeholders without a name in them.
const WHOLE: [&[u8]; 3] = [b"{len}", b"{now}", b"{{}"];

fn placeholder(begun: &[u8]) -> Found<'_> {
    match begun {
        b"{len}" => return Found::Length,
        b"{now}" => return Found::Value(Value::Now),
        b"{{}" => return Found::Value(Value::Brace),
        _ if WHOLE.iter().any(|whole| whole.starts_with(begun)) => return Found::Part,
        _ => {}
    }
    let start = b"{env:";
    if start.starts_with(begun) {
        return Found::Part;
    }
    let Some(name) = begun.strip_prefix(start) else { return Found::Nothing };
    let (name, ends) = match name.strip_suffix(b"}") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_name = name.first().is_some_and(|first| !first.is_ascii_digit())
        && name.iter().all(is_letter)
        && name.len() <= MOST_NAME;
    match str::from_utf8(name) {
        Ok(name) if is_name && ends => Found::Value(Value::Variable(name)),
        Ok(_) if is_name => Found::Part,
        _ => Found::Nothing,
    }
}
