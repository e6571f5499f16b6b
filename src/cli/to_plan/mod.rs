//! Settings and operands to a plan: what they mean together, one function a dialect.

mod busybox;
mod default;
mod dial;
mod exclusive;
mod gnu;
mod listen;
mod ncat;
mod openbsd;
mod openbsd_upstream;
mod program;
mod toybox;
mod traditional;

pub use busybox::{busybox, busybox_small};
pub use default::default;
pub use gnu::gnu;
pub use ncat::ncat;
pub use openbsd::openbsd;
pub use openbsd_upstream::openbsd_upstream;
pub use toybox::toybox;
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
    /// What follows an option that takes the rest: it belongs to a program.
    pub rest: Vec<OsString>,
    /// The first one stood behind `--`, so it is a host whatever it looks like.
    pub first_after_dashes: bool,
}
