//! The words of OpenBSD's own nc for usage errors, after its published manual and source. Its
//! getopt is BSD's, whose words are not glibc's.
//!
//! Where it says what Debian's says, so do we in one place. Foreign bytes are escaped, which the
//! original does not do.

use super::openbsd::sentence;
use super::{base_name, shown};
use crate::cli::dialect::OPENBSD_UPSTREAM;
use crate::cli::help::{OPENBSD_UPSTREAM_USAGE, openbsd_upstream_text};
use crate::cli::number::Problem;
use crate::cli::option::Spelling;
use crate::cli::usage_error::UsageError;
use crate::proto::escape::escape;

/// What is written on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    let name = escape(base_name(program));
    match error {
        UsageError::UnknownOption(unknown) => {
            let letter = unknown.letter_met();
            format!("{name}: unknown option -- {letter}\n{OPENBSD_UPSTREAM_USAGE}")
        }
        UsageError::MissingValue { option: Spelling::Short(letter), .. } => {
            format!("{name}: option requires an argument -- {letter}\n{OPENBSD_UPSTREAM_USAGE}")
        }
        UsageError::NoArguments | UsageError::Operands | UsageError::NoHost => {
            OPENBSD_UPSTREAM_USAGE.to_owned()
        }
        UsageError::Help => openbsd_upstream_text(&OPENBSD_UPSTREAM),
        UsageError::Refused(words) => format!("{name}: {words}\n"),
        UsageError::RefusedValue { before, value, after } => {
            format!("{name}: {before}{}{after}\n", shown(value))
        }
        UsageError::BadPort { bad, .. } if bad.problem == Problem::Invalid => {
            format!("{name}: service \"{}\" unknown\n", shown(&bad.part))
        }
        other => match sentence(other) {
            Some(sentence) => format!("{name}: {sentence}\n"),
            None => super::default(other, program),
        },
    }
}
