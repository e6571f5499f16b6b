//! Settings and operands to a plan: what they mean together, one function a dialect.

mod default;
mod dial;
mod exclusive;
mod listen;
mod ncat;
mod openbsd;
mod program;
mod traditional;

pub use default::default;
pub use ncat::ncat;
pub use openbsd::openbsd;
pub use traditional::traditional;

use std::ffi::OsString;

use super::port::Services;
use super::settings::Settings;
use super::usage_error::UsageError;
use crate::plan::Plan;

/// Makes the plan.
pub type Translate = fn(&Settings, &Operands, Services<'_>) -> Result<Plan, UsageError>;

/// What stood in argv and was no option.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operands {
    /// In order.
    pub values: Vec<OsString>,
    /// The first one stood behind `--`, so it is a host whatever it looks like.
    pub first_after_dashes: bool,
}
