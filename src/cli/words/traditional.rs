//! netcat-traditional 1.10's words for usage errors, as measured at the original.
//!
//! Only getopt's own messages begin with the program's name. Foreign bytes are escaped, which the
//! original does not do.

use super::shown;
use crate::cli::option::Spelling;
use crate::cli::usage_error::UsageError;
use crate::proto::escape::escape;

/// What is written on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    let path = escape(program);
    let sentence = match error {
        UsageError::UnknownOption(unknown) => {
            let letter = unknown.letter_met();
            format!("{path}: invalid option -- '{letter}'\nnc -h for help")
        }
        UsageError::MissingValue { option: Spelling::Short(letter), .. } => {
            format!("{path}: option requires an argument -- '{letter}'\nnc -h for help")
        }
        // said behind the prompt
        UsageError::NoArguments => "wrong".to_owned(),
        UsageError::NoHost => "no destination".to_owned(),
        UsageError::MissingPort { .. } => "no port[s] to connect to".to_owned(),
        UsageError::BadPort { bad, .. } => format!("invalid port {}", shown(&bad.part)),
        UsageError::BadLocalPort { value, .. } => format!("invalid local port {}", shown(value)),
        UsageError::BadTime { value, .. } => format!("invalid quit time {}", shown(value)),
        UsageError::BadTos { value, .. } => format!("invalid tos {}", shown(value)),
        UsageError::Refused(words) => (*words).to_owned(),
        UsageError::RefusedValue { before, value, after } => {
            format!("{before}{}{after}", shown(value))
        }
        other => return super::default(other, program),
    };
    format!("{sentence}\n")
}
