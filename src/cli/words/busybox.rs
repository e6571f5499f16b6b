//! BusyBox's words for usage errors, as measured at the small nc; its usage in our own words.
//!
//! Every line begins with the applet's name. Foreign bytes are escaped, which the original does
//! not do.

use super::{base_name, shown};
use crate::cli::dialect::{BUSYBOX, BUSYBOX_SMALL};
use crate::cli::help::busybox_usage;
use crate::cli::option::Spelling;
use crate::cli::unknown::UnknownName;
use crate::cli::usage_error::UsageError;
use crate::proto::escape::escape;

/// What the one with 1.10 compatibility writes on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    let (sentence, usage) = match error {
        UsageError::UnknownOption(unknown) => match &unknown.name {
            UnknownName::Name(name) => {
                (format!("unrecognized option '--{}'", escape(name.as_bytes())), true)
            }
            UnknownName::Letter(letter) => (invalid_option(*letter), true),
        },
        other => match both(other) {
            Some(found) => found,
            None => return super::default(error, program),
        },
    };
    whole(&sentence, program, usage.then(|| busybox_usage(&BUSYBOX)))
}

/// What the small one writes on standard error.
pub fn small(error: &UsageError, program: &[u8]) -> String {
    let (sentence, usage) = match error {
        UsageError::UnknownOption(unknown) => match &unknown.name {
            UnknownName::Name(_) => (invalid_option('-'), true),
            UnknownName::Letter(letter) => (invalid_option(*letter), true),
        },
        other => match both(other) {
            Some(found) => found,
            None => return super::default(error, program),
        },
    };
    whole(&sentence, program, usage.then(|| busybox_usage(&BUSYBOX_SMALL)))
}

fn invalid_option(letter: char) -> String {
    format!("invalid option -- '{}'", escape(letter.to_string().as_bytes()))
}

/// The sentence, empty for the usage alone, and whether the usage follows.
fn both(error: &UsageError) -> Option<(String, bool)> {
    let plain = |sentence| (sentence, false);
    Some(match error {
        UsageError::NoArguments
        | UsageError::NoHost
        | UsageError::Operands
        | UsageError::UnexpectedValue { .. } => (String::new(), true),
        UsageError::MissingValue { option: Spelling::Short(letter), .. } => {
            (format!("option requires an argument -- '{letter}'"), true)
        }
        UsageError::BadTime { value, .. } => plain(format!("invalid number '{}'", shown(value))),
        UsageError::BadPort { bad, .. } => plain(format!("bad port '{}'", shown(&bad.part))),
        UsageError::BadLocalPort { value, .. } => plain(format!("bad port '{}'", shown(value))),
        UsageError::Refused(words) => plain((*words).to_owned()),
        UsageError::RefusedValue { before, value, after } => {
            plain(format!("{before}{}{after}", shown(value)))
        }
        _ => return None,
    })
}

fn whole(sentence: &str, program: &[u8], usage: Option<String>) -> String {
    let name = escape(base_name(program));
    let line = if sentence.is_empty() { String::new() } else { format!("{name}: {sentence}\n") };
    line + &usage.unwrap_or_default()
}
