//! How fast the bytes go: `--delay`, `--rate`.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroU64;

use crate::cli::option::{Id, Spelling};
use crate::cli::rate;
use crate::cli::settings::Settings;
use crate::cli::time::{self, TimeStyle};
use crate::cli::usage_error::{Quantity, UsageError};
use crate::plan::{Pace, PaceUnit};

/// Ncat's `-d`: before each block, in both directions.
pub fn delay(settings: &Settings, value: &OsStr) -> Result<Option<Pace>, UsageError> {
    let pause = time::parse(value, TimeStyle::Units).map_err(|problem| UsageError::BadTime {
        option: settings.spelling(Id::Delay).unwrap_or(Spelling::Long("delay")),
        quantity: Quantity::Interval,
        value: value.to_owned(),
        problem,
    })?;
    let pace = Pace { pause, unit: PaceUnit::Block, before: true, both_ways: true };
    Ok(Some(pace).filter(|pace| !pace.pause.is_zero()))
}

/// `--rate`
pub fn rate(settings: &Settings) -> Result<Option<NonZeroU64>, UsageError> {
    let read = |value: &OsString| {
        rate::parse(value).map_err(|problem| UsageError::BadRate {
            option: settings.spelling(Id::Rate).unwrap_or(Spelling::Long("rate")),
            value: value.clone(),
            problem,
        })
    };
    settings.word(Id::Rate).map(read).transpose()
}
