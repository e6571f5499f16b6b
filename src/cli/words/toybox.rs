//! toybox's words for usage errors, as measured at 0.8.9.
//!
//! Every line begins with the applet's name. Foreign bytes are escaped, which the original does
//! not do.

use super::{base_name, shown};
use crate::cli::unknown::UnknownName;
use crate::cli::usage_error::UsageError;
use crate::proto::escape::escape;

/// What is written on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    let name = escape(base_name(program));
    match error {
        UsageError::RefusedValue { before, value, after } => {
            format!("{name}: {before}{}{after}\n", shown(value))
        }
        UsageError::MissingPath { .. } => {
            format!("{name}: -s must be provided if using -U with -L/-l\n")
        }
        other => match misuse(other) {
            Some(sentence) => format!("{name}: {sentence} (see \"nc --help\")\n"),
            None => super::default(error, program),
        },
    }
}

/// What is wrong with the options, for which the original points to its help.
fn misuse(error: &UsageError) -> Option<String> {
    Some(match error {
        UsageError::NoArguments | UsageError::Operands => "bad argument count".to_owned(),
        UsageError::UnknownOption(unknown) => match &unknown.name {
            UnknownName::Letter(letter) => {
                format!("Unknown option '{}'", escape(letter.to_string().as_bytes()))
            }
            UnknownName::Name(name) => format!("Unknown option '{}'", escape(name.as_bytes())),
        },
        UsageError::UnexpectedValue { option, value } => {
            let name = option.to_string();
            format!("Unknown option '{}={}'", name.trim_start_matches('-'), shown(value))
        }
        UsageError::MissingValue { option, .. } => format!("Missing argument to {option}"),
        UsageError::Exclusive { first, second, .. } => {
            let letter = |spelling: &dyn ToString| spelling.to_string().replace('-', "");
            format!("No '{}' with '{}'", letter(second), letter(first))
        }
        UsageError::Refused(words) => (*words).to_owned(),
        _ => return None,
    })
}
