//! GNU netcat 0.7.1's words for usage errors, and glibc's getopt's.
//!
//! What getopt says begins with the whole argv\[0\], the rest with `Error:`. Foreign bytes are
//! escaped, which the original does not do.

use super::shown;
use crate::cli::option::Spelling;
use crate::cli::unknown::UnknownName;
use crate::cli::usage_error::UsageError;
use crate::proto::escape::escape;

/// What is written on standard error.
pub fn words(error: &UsageError, program: &[u8]) -> String {
    let name = escape(program);
    if let Some(sentence) = misuse(error) {
        return format!("{name}: {sentence}\nTry `{name} --help' for more information.\n");
    }
    let sentence = match error {
        UsageError::MissingPort { .. } => "No ports specified for connection".to_owned(),
        UsageError::BadPort { argument, .. } => {
            format!("Invalid port specification: {}", shown(argument))
        }
        UsageError::BadLocalPort { option: Some(Spelling::Short('P')), value, .. }
        | UsageError::BadLocalPort { option: Some(Spelling::Long("tunnel-port")), value, .. } => {
            format!("Invalid tunnel connect port: {}", shown(value))
        }
        UsageError::BadLocalPort { value, .. } => format!("Invalid local port: {}", shown(value)),
        UsageError::Refused(words) => (*words).to_owned(),
        UsageError::RefusedValue { before, value, after } => {
            format!("{before}{}{after}", shown(value))
        }
        other => return super::default(other, program),
    };
    format!("Error: {sentence}\n")
}

/// What is wrong with options and operands, for which it points to its help.
fn misuse(error: &UsageError) -> Option<String> {
    Some(match error {
        UsageError::NoArguments | UsageError::NoHost => "missing hostname argument".to_owned(),
        UsageError::UnknownOption(unknown) => match &unknown.name {
            UnknownName::Letter(letter) => {
                format!("invalid option -- '{}'", escape(letter.to_string().as_bytes()))
            }
            UnknownName::Name(name) => {
                format!("unrecognized option '--{}'", escape(name.as_bytes()))
            }
        },
        UsageError::AmbiguousOption { name, candidates } => {
            let name = escape(name.as_bytes());
            let list = candidates.join("' '--");
            format!("option '--{name}' is ambiguous; possibilities: '--{list}'")
        }
        UsageError::MissingValue { option: Spelling::Short(letter), .. } => {
            format!("option requires an argument -- '{letter}'")
        }
        UsageError::MissingValue { option, .. } => {
            format!("option '{option}' requires an argument")
        }
        UsageError::UnexpectedValue { option, .. } => {
            format!("option '{option}' doesn't allow an argument")
        }
        _ => return None,
    })
}
