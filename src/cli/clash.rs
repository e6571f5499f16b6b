//! Letters that are switches here and take a value elsewhere. When the value then stands where a
//! host or port is wanted, the error says so.

use std::ffi::OsString;

use super::option::{Id, Spelling};
use super::settings::Settings;
use super::time;
use crate::cli::time::TimeStyle;

/// A letter with two meanings.
#[derive(Debug, PartialEq, Eq)]
pub struct Clash {
    /// The setting it is here.
    pub id: Id,
    /// What its value would have to look like.
    pub value: ValueShape,
    /// The one line that explains it.
    pub hint: &'static str,
}

/// What the first operand must look like for it to have been meant as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueShape {
    /// A time.
    Time,
    /// Anything.
    Any,
}

/// The rows.
pub const CLASHES: &[Clash] = &[
    Clash {
        id: Id::NoInput,
        value: ValueShape::Time,
        hint: "-d takes no value here: it means not to read standard input; Ncat's is --delay TIME",
    },
    Clash {
        id: Id::Crlf,
        value: ValueShape::Any,
        hint: "-C takes no value here: it sends LF as CR LF",
    },
    Clash {
        id: Id::Md5,
        value: ValueShape::Any,
        hint: "-S takes no value here: it signs TCP with MD5; GNU netcat's is --tunnel-source ADDR",
    },
    Clash { id: Id::Dccp, value: ValueShape::Any, hint: "-Z takes no value here: it means DCCP" },
    Clash {
        id: Id::Broadcast,
        value: ValueShape::Any,
        hint: "-b takes no value here: it allows broadcast addresses",
    },
];

/// The clash that could explain why the operands make no sense.
pub fn find(settings: &Settings, operands: &[OsString]) -> Option<&'static Clash> {
    let first = operands.first()?;
    CLASHES.iter().find(|clash| {
        let by_letter = matches!(settings.spelling(clash.id), Some(Spelling::Short(_)));
        by_letter
            && match clash.value {
                ValueShape::Time => time::parse(first, TimeStyle::Units).is_ok(),
                ValueShape::Any => true,
            }
    })
}
