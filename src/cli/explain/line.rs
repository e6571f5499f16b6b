//! A command line in the making: long options in order, operands behind them.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use super::spelled::time;

/// A command line in the making.
#[derive(Default)]
pub struct Line {
    options: Vec<OsString>,
    operands: Vec<OsString>,
}

impl Line {
    /// A switch.
    pub fn switch(&mut self, name: &str) {
        self.options.push(format!("--{name}").into());
    }

    /// A switch, where it is wanted.
    pub fn switch_if(&mut self, said: bool, name: &str) {
        if said {
            self.switch(name);
        }
    }

    /// A value that looks like an option is attached.
    pub fn value(&mut self, name: &str, value: impl AsRef<OsStr>) {
        let value = value.as_ref();
        let mut option = OsString::from(format!("--{name}"));
        if value.is_empty() || value.as_bytes().starts_with(b"-") {
            option.push("=");
            option.push(value);
            self.options.push(option);
        } else {
            self.options.extend([option, value.to_owned()]);
        }
    }

    /// A number, where there is one.
    pub fn number(&mut self, name: &str, number: Option<impl ToString>) {
        if let Some(number) = number {
            self.value(name, number.to_string());
        }
    }

    /// An operand.
    pub fn operand(&mut self, value: impl Into<OsString>) {
        self.operands.push(value.into());
    }

    /// The arguments; what looks like an option and is an operand stands behind `--`.
    pub fn finish(mut self) -> Vec<OsString> {
        let is_option = |operand: &OsString| operand.as_bytes().starts_with(b"-");
        // what stands before it may be a word
        let like_option = self.operands.iter().position(is_option).unwrap_or(self.operands.len());
        let behind = self.operands.split_off(like_option);
        self.options.extend(self.operands);
        if !behind.is_empty() {
            self.options.push("--".into());
        }
        self.options.extend(behind);
        self.options
    }

    /// A time, where there is one.
    pub fn time(&mut self, name: &str, limit: Option<Duration>) {
        if let Some(limit) = limit {
            self.value(name, time(limit));
        }
    }
}
