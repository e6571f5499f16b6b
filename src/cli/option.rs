//! What an option is: one setting's name, and the row of a dialect's table that spells it.
//!
//! Rows are data. Nothing here reads an argv or knows what a setting does.

mod group;
mod id;
mod spelling;

use std::ffi::OsStr;

pub use group::Group;
pub use id::Id;
pub use spelling::Spelling;

use super::settings::Settings;
use super::usage_error::UsageError;

/// Whether an option takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A switch.
    Nothing,
    /// A value, attached or as the next argument, whatever that looks like (as getopt does).
    Value,
    /// A value only if it is attached with `=`.
    Attached,
    /// A value, and everything behind it, whatever it looks like (BusyBox's `-e`).
    Rest,
}

/// What a dialect refuses the moment that it meets an option: a value (empty for a switch) by
/// what was given before it.
pub type Check = fn(&Settings, &OsStr) -> Result<(), UsageError>;

/// One row of a dialect's table.
#[derive(Debug, Clone, Copy)]
pub struct Opt {
    /// Which setting.
    pub id: Id,
    /// Its letter.
    pub short: Option<char>,
    /// Its long name, without dashes.
    pub long: Option<&'static str>,
    /// Further long names that other netcats have for it.
    pub aliases: &'static [&'static str],
    /// Whether a value follows.
    pub takes: Takes,
    /// What the value is called in help; empty for a switch.
    pub metavar: &'static str,
    /// Its heading.
    pub group: Group,
    /// Whether the short help shows it.
    pub common: bool,
    /// One line.
    pub help: &'static str,
    /// Some sentences for the manual; options and words between backticks.
    pub manual: &'static str,
    /// What is refused at once.
    pub check: Option<Check>,
}

impl Opt {
    const fn new(id: Id, takes: Takes, metavar: &'static str, group: Group) -> Self {
        Self {
            id,
            short: None,
            long: None,
            aliases: &[],
            takes,
            metavar,
            group,
            common: false,
            help: "",
            manual: "",
            check: None,
        }
    }

    /// An option without a value.
    pub const fn switch(id: Id, group: Group) -> Self {
        Self::new(id, Takes::Nothing, "", group)
    }

    /// An option with a value.
    pub const fn value(id: Id, metavar: &'static str, group: Group) -> Self {
        Self::new(id, Takes::Value, metavar, group)
    }

    /// An option that takes the rest of the command line.
    pub const fn rest(id: Id, metavar: &'static str, group: Group) -> Self {
        Self::new(id, Takes::Rest, metavar, group)
    }

    /// An option whose value, if there is one, is attached with `=`.
    pub const fn attached(id: Id, metavar: &'static str, group: Group) -> Self {
        Self::new(id, Takes::Attached, metavar, group)
    }

    /// Its letter.
    #[must_use]
    pub const fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    /// Its long name.
    #[must_use]
    pub const fn long(mut self, name: &'static str) -> Self {
        self.long = Some(name);
        self
    }

    /// Further long names.
    #[must_use]
    pub const fn aliases(mut self, names: &'static [&'static str]) -> Self {
        self.aliases = names;
        self
    }

    /// Shown in the short help.
    #[must_use]
    pub const fn common(mut self) -> Self {
        self.common = true;
        self
    }

    /// Its help line and its text in the manual.
    #[must_use]
    pub const fn says(mut self, help: &'static str, manual: &'static str) -> Self {
        self.help = help;
        self.manual = manual;
        self
    }

    /// What is refused at once, in the dialect's own words.
    #[must_use]
    pub const fn refuses(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// All its long names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.long.into_iter().chain(self.aliases.iter().copied())
    }

    /// The name that is called so, for as long as the table lives.
    pub fn full_name(&self, name: &str) -> Option<&'static str> {
        self.names().find(|full| *full == name)
    }

    /// Whether a long name, without dashes, is this option's.
    pub fn is_called(&self, name: &str) -> bool {
        self.long == Some(name) || self.aliases.contains(&name)
    }

    /// The spelling that messages use where the user's own is not known.
    pub fn spelling(&self) -> Spelling {
        match (self.short, self.long) {
            (Some(letter), _) => Spelling::Short(letter),
            (None, name) => Spelling::Long(name.unwrap_or_default()),
        }
    }
}
