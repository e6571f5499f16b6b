//! The one walk over argv: options by the dialect's table, operands as they are.
//!
//! It decides what is an option, what is its value and what is an operand, as getopt does, and
//! nothing about what they mean. It reads no environment and does no I/O.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use lexopt::Arg;

use super::dialect::Dialect;
use super::option::{Opt, Spelling, Takes};
use super::unknown::Unknown;
use super::usage_error::UsageError;

/// One thing that stood in argv.
#[derive(Debug, Clone)]
pub enum Given {
    /// An option, with its value if it takes one.
    Option {
        /// Its row.
        opt: &'static Opt,
        /// As the user wrote it.
        spelling: Spelling,
        /// Its value.
        value: Option<OsString>,
    },
    /// An operand.
    Operand {
        /// In the user's bytes.
        value: OsString,
        /// It stood behind `--`, so it is no word of ours.
        after_dashes: bool,
    },
}

/// Walks over argv, without the program's name.
#[derive(Debug)]
pub struct Walk {
    parser: lexopt::Parser,
    dialect: &'static Dialect,
    permute: bool,
    after_dashes: bool,
    operands_only: bool,
}

impl Walk {
    /// Begins. `posixly_correct` ends the options at the first operand.
    pub fn new(dialect: &'static Dialect, args: Vec<OsString>, posixly_correct: bool) -> Self {
        let mut parser = lexopt::Parser::from_args(args);
        parser.set_short_equals(false);
        Self {
            parser,
            dialect,
            permute: dialect.permute && !posixly_correct,
            after_dashes: false,
            operands_only: false,
        }
    }

    fn step(&mut self) -> Result<Option<Given>, UsageError> {
        if self.operands_only {
            let rest = self.parser.try_raw_args().and_then(|mut rest| rest.next());
            return Ok(rest.map(|value| self.operand(value)));
        }
        if !self.after_dashes {
            let next = self.parser.try_raw_args();
            self.after_dashes = next.is_some_and(|rest| rest.peek() == Some(OsStr::new("--")));
        }
        let found = match self.parser.next() {
            // The only error of `next` is a value that nobody took, and `option` takes them all.
            Ok(None) | Err(_) => return Ok(None),
            Ok(Some(Arg::Value(value))) => {
                self.operands_only = !self.permute && !self.after_dashes;
                return Ok(Some(self.operand(value)));
            }
            Ok(Some(Arg::Short(letter))) => Name::Short(letter),
            Ok(Some(Arg::Long(_))) if !self.dialect.long_options => Name::Short('-'),
            Ok(Some(Arg::Long(name))) => Name::Long(name.to_owned()),
        };
        self.option(found).map(Some)
    }

    fn operand(&self, value: OsString) -> Given {
        Given::Operand { value, after_dashes: self.after_dashes }
    }

    fn option(&mut self, name: Name) -> Result<Given, UsageError> {
        let (row, spelling) = match name {
            Name::Short(letter) => (self.dialect.short(letter), Spelling::Short(letter)),
            Name::Long(ref name) => {
                let found = self.dialect.long_matches(name);
                if found.len() > 1 {
                    let candidates = found.iter().map(|(_, full)| *full).collect();
                    let name = self.as_written(name);
                    return Err(UsageError::AmbiguousOption { name, candidates });
                }
                let row = found.first();
                (row.map(|(opt, _)| *opt), Spelling::Long(row.map_or("", |(_, full)| full)))
            }
        };
        let Some(opt) = row else {
            return Err(UsageError::UnknownOption(match name {
                Name::Short(letter) => Unknown::letter(self.dialect, letter),
                Name::Long(name) => {
                    let name = self.as_written(&name);
                    Unknown::name(self.dialect, &name)
                }
            }));
        };
        let value = match opt.takes {
            Takes::Value => Some(self.value(opt, spelling)?),
            Takes::Rest => {
                let value = self.value(opt, spelling)?;
                self.operands_only = true;
                Some(value)
            }
            Takes::Nothing | Takes::Attached => self.attached_to_long(opt, spelling)?,
        };
        Ok(Given::Option { opt, spelling, value })
    }

    /// A long name with what is attached to it, where getopt shows both.
    fn as_written(&mut self, name: &str) -> String {
        match self.parser.optional_value() {
            Some(value) if self.dialect.abbreviates => {
                format!("{name}={}", value.to_string_lossy())
            }
            _ => name.to_owned(),
        }
    }

    /// The rest of this argument or else the whole next one, whatever it looks like.
    fn value(&mut self, opt: &'static Opt, spelling: Spelling) -> Result<OsString, UsageError> {
        if let Some(value) = self.parser.optional_value() {
            return Ok(value);
        }
        let Ok(value) = self.parser.value() else {
            return Err(UsageError::MissingValue { option: spelling, metavar: opt.metavar });
        };
        if self.dialect.refuses_option_as_value && looks_like_option(&value) {
            return Err(UsageError::OptionAsValue { option: spelling, value });
        }
        Ok(value)
    }

    /// `--name=value`; what follows a letter in its bundle is the next letter.
    fn attached_to_long(
        &mut self,
        opt: &'static Opt,
        spelling: Spelling,
    ) -> Result<Option<OsString>, UsageError> {
        if matches!(spelling, Spelling::Short(_)) {
            return Ok(None);
        }
        match self.parser.optional_value() {
            Some(value) if opt.takes == Takes::Nothing => {
                Err(UsageError::UnexpectedValue { option: spelling, value })
            }
            value => Ok(value),
        }
    }
}

impl Iterator for Walk {
    type Item = Result<Given, UsageError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

enum Name {
    Short(char),
    Long(String),
}

fn looks_like_option(value: &OsStr) -> bool {
    match value.as_bytes() {
        [b'-', b'-', rest @ ..] => rest.first().is_some_and(u8::is_ascii_alphabetic),
        [b'-', letter, ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}
