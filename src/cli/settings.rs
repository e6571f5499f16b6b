//! Settings: what the options said, each read by itself; combinations mean nothing yet.
//!
//! The last of several wins; `-v` counts. Values are read in the order of argv, so that the first
//! mistake is the one that is told.

use std::ffi::{OsStr, OsString};
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use super::dialect::Dialect;
use super::number::{Problem, decimal};
use super::option::{Id, Opt, Spelling};
use super::time::TimeStyle;
use super::usage_error::{Quantity, UsageError};
use super::{proxy, time, tos};
use crate::event::Colour;
use crate::plan::{Family, ProxyKind, SocketOptions};

/// What the options said.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `-4`, `-6`.
    pub family: Family,
    /// The last of `-4`, `-6` and `-U` was `-U`.
    pub unix_last: bool,
    /// Socket options, except what needs other settings.
    pub socket: SocketOptions,
    /// `-i`
    pub interval: Option<Duration>,
    /// `-w`
    pub wait: Option<Duration>,
    /// `--idle-timeout`
    pub idle_timeout: Option<Duration>,
    /// `-q`
    pub quit: Option<Quit>,
    /// `-W`
    pub receive_limit: Option<NonZeroU64>,
    /// `-p`, not yet read: it may be a service of a transport not yet known.
    pub source_port: Option<OsString>,
    /// `-s`
    pub source_address: Option<OsString>,
    /// `-f`
    pub file: Option<OsString>,
    /// `-x`, not yet read: its default port depends on `-X`.
    pub proxy: Option<OsString>,
    /// `-X`
    pub proxy_kind: Option<ProxyKind>,
    /// `-P`, or `--proxy-auth` with its password.
    pub proxy_user: Option<(OsString, Option<OsString>)>,
    /// `NCAT_PROXY_AUTH` of the environment, for the dialect that heeds it.
    pub environment_proxy_auth: Option<OsString>,
    /// `SSLKEYLOGFILE` of the environment.
    pub environment_keylog: Option<OsString>,
    /// What was said of each of these, in order: programs, access rules, records, hops, proxies and
    /// whatever else a dialect reads by itself.
    words: Vec<(Id, OsString)>,
    /// `NO_COLOR` or a terminal without colours, in the environment.
    pub environment_no_colour: bool,
    /// `--colour`
    colour: Option<Colour>,
    /// How many of the options were defaults of the environment.
    defaults: usize,
    /// `--lab`
    pub lab: bool,
    /// `--exit-status`
    pub classic_status: Option<bool>,
    /// `--help`, and whether all is wanted.
    pub help: Option<bool>,
    /// How many `-v`.
    pub verbosity: u8,
    /// Every option in order, as it was written.
    given: Vec<(Id, Spelling)>,
}

/// `-q`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quit {
    /// A negative number: never.
    Never,
    /// So long after the end of input.
    After(Duration),
}

impl Settings {
    /// Whether an option was given.
    pub fn has(&self, id: Id) -> bool {
        self.spelling(id).is_some()
    }

    /// How an option was written, the last time.
    pub fn spelling(&self, id: Id) -> Option<Spelling> {
        self.given.iter().rev().find(|(given, _)| *given == id).map(|(_, spelling)| *spelling)
    }

    /// The last value of an option that a dialect reads by itself.
    pub fn word(&self, id: Id) -> Option<&OsString> {
        self.words(id).last()
    }

    /// All values of such an option, in order.
    pub fn words(&self, id: Id) -> impl Iterator<Item = &OsString> {
        self.words.iter().filter(move |(known, _)| *known == id).map(|(_, value)| value)
    }

    /// All such values of all options, in order.
    pub fn all_words(&self) -> impl Iterator<Item = (Id, &OsString)> {
        self.words.iter().map(|(id, value)| (*id, value))
    }

    /// How often an option was given.
    pub fn count(&self, id: Id) -> usize {
        self.given.iter().filter(|(given, _)| *given == id).count()
    }

    /// What was taken in so far were defaults, which the command line may go against.
    pub fn were_defaults(&mut self) {
        self.defaults = self.given.len();
    }

    /// How an option was written on the command line itself, the last time.
    pub fn said(&self, id: Id) -> Option<Spelling> {
        self.said_here().filter(|(said, _)| *said == id).last().map(|(_, spelling)| spelling)
    }

    /// Every option of the command line itself in order.
    pub fn said_here(&self) -> impl Iterator<Item = (Id, Spelling)> {
        self.given().skip(self.defaults)
    }

    /// When there are colours.
    pub fn colour(&self) -> Colour {
        match self.colour {
            Some(Colour::AtTerminal) if self.environment_no_colour => Colour::Never,
            colour => colour.unwrap_or_default(),
        }
    }

    /// Every option in order.
    pub fn given(&self) -> impl Iterator<Item = (Id, Spelling)> {
        self.given.iter().copied()
    }

    /// Of two options that contradict each other, whether `this` came last.
    pub fn came_last(&self, this: Id, other: Id) -> bool {
        let last = self.given.iter().rev().find(|(id, _)| *id == this || *id == other);
        last.is_some_and(|(id, _)| *id == this)
    }

    /// As if an option without a value were given.
    pub fn imply(&mut self, id: Id, spelling: Spelling) {
        self.given.push((id, spelling));
    }

    /// Takes one option in.
    pub fn apply(
        &mut self,
        dialect: &Dialect,
        opt: &Opt,
        spelling: Spelling,
        value: Option<OsString>,
    ) -> Result<(), UsageError> {
        if let Some(check) = opt.check {
            check(self, value.as_deref().unwrap_or_default())?;
        }
        self.given.push((opt.id, spelling));
        if let Some(value) = value {
            return self.apply_value(dialect, opt.id, spelling, value);
        }
        self.apply_switch(opt.id);
        Ok(())
    }

    fn apply_switch(&mut self, id: Id) {
        match id {
            Id::Ipv4 => (self.family, self.unix_last) = (Family::V4, false),
            Id::Ipv6 => (self.family, self.unix_last) = (Family::V6, false),
            Id::Unix => self.unix_last = true,
            Id::Broadcast => self.socket.broadcast = true,
            Id::DebugSocket => self.socket.debug = true,
            Id::Md5 => self.socket.md5_signature = true,
            Id::Verbose => self.verbosity = self.verbosity.saturating_add(1),
            Id::Help => self.help = Some(self.help.unwrap_or(false)),
            Id::Colour => self.colour = Some(Colour::AtTerminal),
            // The others are asked for with `has`.
            _ => {}
        }
    }

    fn apply_value(
        &mut self,
        dialect: &Dialect,
        id: Id,
        option: Spelling,
        value: OsString,
    ) -> Result<(), UsageError> {
        let number = |quantity, least, most| {
            decimal(&value, least, most).map_err(|problem| UsageError::BadNumber {
                option,
                quantity,
                value: value.clone(),
                problem,
                least,
                most,
            })
        };
        match id {
            Id::Ttl => {
                // 0 stops at lookup with an error of the system; a packet with TTL 0 goes nowhere.
                self.socket.ttl = u8::try_from(number(Quantity::Ttl, 1, 255)?).ok();
            }
            Id::MinTtl => {
                self.socket.min_ttl = u8::try_from(number(Quantity::MinTtl, 0, 255)?).ok();
            }
            Id::ReceiveBuffer => {
                let bytes = number(Quantity::ReceiveBuffer, 1, MOST_BUFFER)?;
                self.socket.receive_buffer = u32::try_from(bytes).ok().and_then(NonZeroU32::new);
            }
            Id::SendBuffer => {
                let bytes = number(Quantity::SendBuffer, 1, MOST_BUFFER)?;
                self.socket.send_buffer = u32::try_from(bytes).ok().and_then(NonZeroU32::new);
            }
            Id::ReceiveLimit => {
                let reads = number(Quantity::ReceiveLimit, 1, i64::from(i32::MAX))?;
                self.receive_limit = u64::try_from(reads).ok().and_then(NonZeroU64::new);
            }
            Id::Interval => {
                if dialect.times == TimeStyle::Units
                    && matches!(option, Spelling::Short(_))
                    && time::has_unit(&value)
                {
                    return Err(UsageError::IntervalWithUnit { value });
                }
                self.interval = Some(duration(dialect, Quantity::Interval, option, &value)?);
            }
            Id::Wait => self.wait = Some(duration(dialect, Quantity::Wait, option, &value)?),
            Id::IdleTimeout => {
                self.idle_timeout = Some(duration(dialect, Quantity::IdleTimeout, option, &value)?);
            }
            Id::QuitAfter => self.quit = Some(quit(dialect, option, &value)?),
            Id::Tos => {
                let read = tos::parse(&value, dialect.tos);
                self.socket.tos = Some(read.ok_or(UsageError::BadTos { option, value })?);
            }
            // a dialect without words for it reads it by itself
            Id::ProxyKind if !dialect.proxies.is_empty() => {
                let kind = proxy::kind(&value, dialect.proxies);
                self.proxy_kind = Some(kind.ok_or(UsageError::BadProxyKind { option, value })?);
            }
            Id::RoutingTable => return Err(UsageError::NoRoutingTables),
            Id::SourcePort => self.source_port = Some(value),
            Id::SourceAddress => self.source_address = Some(value),
            Id::File => self.file = Some(value),
            Id::Proxy => {
                self.proxy = Some(value.clone());
                self.words.push((id, value));
            }
            Id::ProxyUser => self.proxy_user = Some((value, None)),
            Id::ProxyAuth => self.proxy_user = Some(proxy::user(&value)),
            Id::Lab => self.lab = word(option, value, &[("http", true)])?,
            Id::ExitStatus => {
                let words = [("classic", true), ("detailed", false)];
                self.classic_status = Some(word(option, value, &words)?);
            }
            Id::Colour => {
                let words = [
                    ("auto", Colour::AtTerminal),
                    ("always", Colour::Always),
                    ("never", Colour::Never),
                ];
                self.colour = Some(word(option, value, &words)?);
            }
            Id::Help => self.help = Some(word(option, value, &[("all", true)])?),
            Id::Dialect => {}
            _ => self.words.push((id, value)),
        }
        Ok(())
    }
}

/// netcat-openbsd's limit for socket buffers, in bytes.
const MOST_BUFFER: i64 = 1 << 30;

fn duration(
    dialect: &Dialect,
    quantity: Quantity,
    option: Spelling,
    value: &OsStr,
) -> Result<Duration, UsageError> {
    timed(dialect.times, quantity, option, value)
}

/// Reads a time of a style.
pub fn timed(
    style: TimeStyle,
    quantity: Quantity,
    option: Spelling,
    value: &OsStr,
) -> Result<Duration, UsageError> {
    time::parse(value, style).map_err(|problem| UsageError::BadTime {
        option,
        quantity,
        value: value.to_owned(),
        problem,
    })
}

/// A negative whole number is "never"; anything else is a time.
fn quit(dialect: &Dialect, option: Spelling, value: &OsStr) -> Result<Quit, UsageError> {
    match decimal(value, i64::from(i32::MIN), -1) {
        Ok(_) => Ok(Quit::Never),
        Err(Problem::TooSmall) => Err(UsageError::BadTime {
            option,
            quantity: Quantity::Quit,
            value: value.to_owned(),
            problem: Problem::TooSmall,
        }),
        Err(Problem::Invalid | Problem::TooLarge) => {
            // 0 is a time here, whatever it is elsewhere
            let style = match dialect.times {
                TimeStyle::Ncat => TimeStyle::Units,
                style => style,
            };
            timed(style, Quantity::Quit, option, value).map(Quit::After)
        }
    }
}

fn word<T: Copy>(
    option: Spelling,
    value: OsString,
    words: &[(&'static str, T)],
) -> Result<T, UsageError> {
    match words.iter().find(|(word, _)| value == *word) {
        Some((_, meaning)) => Ok(*meaning),
        None => Err(UsageError::BadWord {
            option,
            value,
            words: words.iter().map(|(word, _)| *word).collect(),
        }),
    }
}
