//! `NC_OPTIONS`: options that somebody wants always, put before those of the command line.
//!
//! For the default face alone: a command line written for another netcat means what it means there.

use std::ffi::OsString;

use super::Environment;
use super::dialect::{DEFAULT, Dialect};
use super::option::Id;
use super::settings::Settings;
use super::shell_words;
use super::usage_error::UsageError;
use super::walk::{Given, Walk};

/// What is no default but a command, or is chosen elsewhere.
const COMMANDS: &[Id] = &[Id::Help, Id::Version, Id::ExplainCommand, Id::Dialect, Id::Lab];

/// The words of the variable, as a shell splits them; none for another dialect.
pub fn words(dialect: &Dialect, environment: &Environment) -> Result<Vec<OsString>, UsageError> {
    match &environment.nc_options {
        Some(line) if dialect.name == DEFAULT.name => shell_words::split(line, "\""),
        _ => Ok(Vec::new()),
    }
}

/// Takes them in.
pub fn apply(
    settings: &mut Settings,
    dialect: &'static Dialect,
    words: Vec<OsString>,
) -> Result<(), UsageError> {
    for given in Walk::new(dialect, words, false) {
        match given? {
            Given::Option { opt, spelling, .. } if COMMANDS.contains(&opt.id) => {
                let value = spelling.to_string().into();
                let after = " is for the command line alone";
                return Err(UsageError::RefusedValue { before: "", value, after });
            }
            Given::Option { opt, spelling, value } => {
                settings.apply(dialect, opt, spelling, value)?;
            }
            Given::Operand { value, .. } => {
                let after = "\" is no option";
                return Err(UsageError::RefusedValue { before: "\"", value, after });
            }
        }
    }
    settings.were_defaults();
    Ok(())
}
