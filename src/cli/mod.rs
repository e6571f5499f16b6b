//! From argv to a plan: the walk over argv, one table a dialect, settings to plan, help text.
//!
//! Everything here is a pure function of argv, two environment variables and a lookup of service
//! names: nothing is opened, resolved or written. What a plan does is not known here.

pub mod clash;
mod defaults;
pub mod dialect;
pub mod elsewhere;
pub mod explain;
pub mod help;
pub mod number;
pub mod option;
pub mod port;
pub mod proxy;
pub mod rate;
pub mod settings;
pub mod time;
pub mod to_plan;
pub mod tos;
pub mod unknown;
pub mod usage_error;
pub mod version;
pub mod walk;

mod choose;
mod shell_words;
mod words;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::event::Reporting;
use crate::plan::Plan;
use dialect::Dialect;
use option::{Id, Takes};
use port::Services;
use settings::Settings;
use to_plan::Operands;
use usage_error::UsageError;
use walk::{Given, Walk};

/// What the command line takes from the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `NC_DIALECT`: the dialect, where the command line names none. Empty is as if unset.
    pub nc_dialect: Option<OsString>,
    /// `NC_OPTIONS`: options of the default face that somebody wants always.
    pub nc_options: Option<OsString>,
    /// `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
    pub no_colour: bool,
    /// `POSIXLY_CORRECT` is set: options end at the first operand.
    pub posixly_correct: bool,
    /// `NCAT_PROXY_AUTH`: what Ncat's `--proxy-auth` would say, where it says nothing.
    pub ncat_proxy_auth: Option<OsString>,
    /// `SSLKEYLOGFILE`: what `--keylog` would say, where it says nothing.
    pub keylog: Option<OsString>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub enum Invocation {
    /// Carry out a plan.
    Run {
        /// What to do.
        plan: Plan,
        /// How to tell.
        reporting: Reporting,
    },
    /// Print a help text and leave with status 0.
    Help {
        /// The text.
        text: String,
        /// On standard error, as openbsd does, rather than standard output.
        on_stderr: bool,
    },
    /// Print the version on standard output and leave with status 0.
    Version {
        /// The text, in words or as a JSON object.
        text: String,
    },
    /// Ask for the arguments: write the prompt on standard error, read one line of standard input
    /// and no byte more, and have [`answered`] read its words.
    AskCommandLine {
        /// What is written, without a line end.
        prompt: &'static str,
        /// Whose command line it is going to be.
        dialect: &'static str,
    },
}

/// A command line that is refused: nothing was opened, the status is 1.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// What is wrong.
    pub error: UsageError,
    /// Whose words.
    pub dialect: &'static Dialect,
    /// argv\[0\] as it came.
    pub program: Vec<u8>,
}

impl Refusal {
    /// What is written on standard error, line ends included.
    pub fn message(&self) -> Vec<u8> {
        (self.dialect.words)(&self.error, &self.program).into_bytes()
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        self.dialect.usage_status
    }
}

/// Reads a command line; `args` is without argv\[0\].
pub fn parse(
    argv0: &OsStr,
    args: Vec<OsString>,
    environment: &Environment,
    services: Services<'_>,
) -> Result<Invocation, Refusal> {
    let (name, argv0, args) = choose::applet(argv0, args);
    let (name, argv0) = (name.as_os_str(), argv0.as_os_str());
    let (dialect, args) = choose::dialect(name, args, environment);
    let refusal = |dialect: &'static Dialect, error| Refusal {
        error,
        dialect,
        program: argv0.as_bytes().to_vec(),
    };
    let dialect = dialect.map_err(|error| refusal(dialect::called(base(name)), error))?;
    if args.is_empty() && dialect.runs_without_arguments {
        let prompt = "Cmd line: ";
        return Ok(Invocation::AskCommandLine { prompt, dialect: dialect.name });
    }
    read(dialect, base(argv0), args, environment, services).map_err(|error| refusal(dialect, error))
}

/// Reads what was answered to [`Invocation::AskCommandLine`]. An answer without a word is refused.
pub fn answered(
    argv0: &OsStr,
    dialect: &str,
    args: Vec<OsString>,
    environment: &Environment,
    services: Services<'_>,
) -> Result<Invocation, Refusal> {
    let (_, argv0, _) = choose::applet(argv0, Vec::new());
    let dialect = dialect::named(OsStr::new(dialect)).unwrap_or(&dialect::DEFAULT);
    let result = if args.is_empty() {
        Err(UsageError::NoArguments)
    } else {
        read(dialect, base(&argv0), args, environment, services)
    };
    result.map_err(|error| Refusal { error, dialect, program: argv0.as_bytes().to_vec() })
}

fn base(argv0: &OsStr) -> &[u8] {
    words::base_name(argv0.as_bytes())
}

/// What was asked for and means nothing.
fn warning(settings: &Settings, plan: &Plan) -> Option<&'static str> {
    match plan {
        Plan::Listen(listen) if settings.has(Id::MostClients) && listen.most_clients.is_none() => {
            Some(
                "Maximum connections ignored, since it does not take effect without -k or \
                 --broker.",
            )
        }
        _ => None,
    }
}

fn read(
    dialect: &'static Dialect,
    program: &[u8],
    args: Vec<OsString>,
    environment: &Environment,
    services: Services<'_>,
) -> Result<Invocation, UsageError> {
    if args.is_empty() {
        return Err(UsageError::NoArguments);
    }
    let mistaken = |error| UsageError::InNcOptions(Box::new(error));
    let defaults = defaults::words(dialect, environment).map_err(mistaken)?;
    if defaults.is_empty() {
        return read_with(dialect, program, defaults, args, environment, services);
    }
    let plain = || read_with(dialect, program, Vec::new(), args.clone(), environment, services);
    read_with(dialect, program, defaults, args.clone(), environment, services).map_err(|error| {
        // a line that would be right without them is not what is wrong
        plain().map_or_else(|own| own, |_| mistaken(error))
    })
}

/// The same, with `defaults` before the arguments.
fn read_with(
    dialect: &'static Dialect,
    program: &[u8],
    defaults: Vec<OsString>,
    args: Vec<OsString>,
    environment: &Environment,
    services: Services<'_>,
) -> Result<Invocation, UsageError> {
    let mut settings = Settings::default();
    settings.environment_no_colour = environment.no_colour;
    settings.environment_proxy_auth.clone_from(&environment.ncat_proxy_auth);
    settings.environment_keylog.clone_from(&environment.keylog);
    defaults::apply(&mut settings, dialect, defaults)?;
    let mut operands = Operands::default();
    let mut rest = false;
    for given in Walk::new(dialect, args, environment.posixly_correct) {
        match given? {
            Given::Option { opt, spelling, value } => {
                rest |= opt.takes == Takes::Rest;
                settings.apply(dialect, opt, spelling, value)?;
                // At once when met, whatever is wrong behind it.
                if let Some(all) = settings.help {
                    return Ok((dialect.help)(dialect, all));
                }
                if let Some(version) = version::as_told_by(dialect, opt.id) {
                    return Ok(version);
                }
            }
            Given::Operand { value, .. } if rest => operands.rest.push(value),
            Given::Operand { value, after_dashes } => {
                operands.first_after_dashes |= operands.values.is_empty() && after_dashes;
                operands.values.push(value);
            }
        }
    }
    if settings.has(Id::Version) {
        return Ok(Invocation::Version { text: version::text(settings.has(Id::Json)) });
    }
    if let Some(explained) = explain::asked(&settings, &operands, services) {
        return Ok(Invocation::Help { text: explained?, on_stderr: false });
    }
    let plan = (dialect.to_plan)(&settings, &operands, services)?;
    let reporting = Reporting {
        warning: warning(&settings, &plan),
        voice: dialect.voice,
        program: program.to_vec(),
        // a server for learners says where it is and what it is asked
        verbosity: settings.verbosity.max(u8::from(matches!(plan, Plan::Lab(_)))),
        scanning: settings.has(Id::Scan),
        secured: matches!(&plan, Plan::Connect(connect) if connect.dial.tls.is_some()),
        by_hand: matches!(plan, Plan::Connect(_)),
        several: plan.has_several_ports(),
        json: settings.has(Id::Json),
        colour: settings.colour(),
        at_terminal: false,
        why: settings.has(Id::Why),
        progress: settings.has(Id::Progress),
        classic_status: settings.classic_status.unwrap_or(dialect.classic_status),
    };
    Ok(Invocation::Run { plan, reporting })
}
