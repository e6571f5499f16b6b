//! `--explain-command LINE`: what a command line means in each dialect, where they differ, and how
//! it is spelled clearly here.
//!
//! The line is read as each dialect reads it, and its plans are told in sentences. Nothing is
//! opened, resolved or run.

mod http;
mod line;
mod sentences;
mod session;
mod spell;
mod spelled;
mod tls;
mod way;

use std::ffi::{OsStr, OsString};
use std::fmt::{Display, Write};
use std::os::unix::ffi::OsStrExt;

use super::dialect::{DEFAULT, DIALECTS, Dialect};
use super::option::{Id, Opt, Spelling, Takes};
use super::port::Services;
use super::settings::Settings;
use super::shell_words;
use super::to_plan::Operands;
use super::usage_error::UsageError;
use super::walk::{Given, Walk};
use super::{Environment, Invocation, base, choose, read};
use crate::event::Reporting;
use crate::plan::Plan;

const NAME: &str = "--explain-command";

/// The command line of the default face, without its name and in long names, that comes nearest to
/// a plan. For a plan of the default face it is that plan again.
pub fn clear_spelling(plan: &Plan, reporting: &Reporting) -> Vec<OsString> {
    spell::nearest(plan, reporting)
}

/// What the line that was asked about means, or why it cannot be told.
pub fn asked(
    settings: &Settings,
    operands: &Operands,
    services: Services<'_>,
) -> Option<Result<String, UsageError>> {
    let line = settings.word(Id::ExplainCommand)?;
    let other = settings.said_here().find(|(id, _)| *id != Id::ExplainCommand);
    Some(match (other, operands.values.first()) {
        (Some((_, second)), _) => {
            let first = Spelling::Long("explain-command");
            let why = "the line to explain says all by itself";
            Err(UsageError::Exclusive { first, second, why })
        }
        (None, Some(extra)) => Err(UsageError::ExtraOperand { value: extra.clone() }),
        (None, None) => explain(line, services),
    })
}

fn explain(line: &OsString, services: Services<'_>) -> Result<String, UsageError> {
    let line = Asked::read(line)?;
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}", line.shown());
    if let Some(dialect) = line.by_itself {
        let _ = writeln!(text, "It asks for the dialect {} by itself.", dialect.name);
    }
    let groups = groups(&line, services);
    let common = common(&groups);
    if !common.is_empty() {
        let refused = groups.iter().any(|group| !matches!(group.meaning, Meaning::Does { .. }));
        let who = if refused { "every dialect that takes it" } else { "every dialect" };
        let _ = writeln!(text, "\nin {who}:");
        text.push_str(&indented("  ", &common));
    }
    for group in &groups {
        let _ = writeln!(text, "\n{}:", names(&group.dialects));
        text.push_str(&group.text(&line, &common, services));
    }
    text.push_str(&differing_options(&line));
    Ok(text)
}

/// The line, in words.
struct Asked {
    program: OsString,
    /// Without the program's name and without `--dialect`.
    args: Vec<OsString>,
    by_itself: Option<&'static Dialect>,
}

impl Asked {
    fn read(line: &OsString) -> Result<Self, UsageError> {
        let mut words = shell_words::split(line, "line to explain: \"")?;
        if let [first, second, ..] = words.as_slice()
            && (first == "sudo" || first == "doas")
            && !second.as_bytes().starts_with(b"-")
        {
            // what it runs means the same whoever runs it
            words.remove(0);
        }
        let explains = |word: &OsString| word.as_bytes().starts_with(NAME.as_bytes());
        if words.iter().any(explains) {
            return Err(UsageError::Refused("--explain-command explains other lines than its own"));
        }
        let named = words.first().is_some_and(|word| !word.as_bytes().starts_with(b"-"));
        let program = if named { words.remove(0) } else { OsString::from("nc") };
        let (program, _, words) = choose::applet(&program, words);
        let (dialect, args) = choose::dialect(&program, words, &Environment::default());
        let dialect = dialect?;
        let by_itself = Some(dialect).filter(|dialect| dialect.name != DEFAULT.name);
        Ok(Self { program, args, by_itself })
    }

    fn shown(&self) -> String {
        command(&self.program, &self.args)
    }
}

/// A command for a shell.
fn command(program: &OsStr, args: &[OsString]) -> String {
    let mut words = vec![shell_words::quoted(&program.to_owned())];
    words.extend(args.iter().map(shell_words::quoted));
    words.join(" ")
}

/// Dialects that understand the line in the same way.
struct Group {
    dialects: Vec<&'static Dialect>,
    meaning: Meaning,
}

#[derive(PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there are as many as dialects")]
enum Meaning {
    /// It does something.
    Does { said: Vec<String>, plan: Plan, reporting: Reporting },
    /// It prints something about itself.
    Prints(&'static str),
    /// It is refused in these words.
    Refused(String),
}

impl Meaning {
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Does { said, .. }, Self::Does { said: other, .. }) => said == other,
            _ => self == other,
        }
    }
}

fn groups(line: &Asked, services: Services<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for dialect in DIALECTS {
        let meaning = meaning(dialect, line, services);
        match groups.iter_mut().find(|group| group.meaning.is_like(&meaning)) {
            Some(group) => group.dialects.push(dialect),
            None => groups.push(Group { dialects: vec![dialect], meaning }),
        }
    }
    groups
}

/// What holds wherever the line does something, if that is in several ways.
fn common(groups: &[Group]) -> Vec<String> {
    let mut all = groups.iter().filter_map(|group| match &group.meaning {
        Meaning::Does { said, .. } => Some(said),
        Meaning::Prints(_) | Meaning::Refused(_) => None,
    });
    let Some(first) = all.next() else { return Vec::new() };
    let others: Vec<_> = all.collect();
    let everywhere = |told: &&String| others.iter().all(|said| said.contains(told));
    if others.is_empty() {
        return Vec::new();
    }
    first.iter().filter(everywhere).cloned().collect()
}

fn meaning(dialect: &'static Dialect, line: &Asked, services: Services<'_>) -> Meaning {
    let program = base(&line.program);
    match read(dialect, program, line.args.clone(), &Environment::default(), services) {
        Ok(Invocation::Run { plan, reporting }) => {
            let said = sentences::sentences(&plan, &reporting);
            Meaning::Does { said, plan, reporting }
        }
        Ok(Invocation::Help { .. }) => Meaning::Prints("Prints its help, and leaves."),
        Ok(Invocation::Version { .. }) => Meaning::Prints("Prints its version, and leaves."),
        Ok(Invocation::AskCommandLine { .. }) => {
            Meaning::Prints("Asks for a command line on standard input.")
        }
        Err(error) => Meaning::Refused((dialect.words)(&error, program)),
    }
}

impl Group {
    fn text(&self, line: &Asked, common: &[String], services: Services<'_>) -> String {
        match &self.meaning {
            Meaning::Prints(what) => format!("  {what}\n"),
            Meaning::Refused(words) => {
                let mut text = String::from("  Refuses it:\n");
                let told: Vec<&str> =
                    words.lines().take_while(|told| !is_usage(told)).take(2).collect();
                text.push_str(&indented("    ", &told));
                if told.is_empty() {
                    text.push_str("    it prints how it is used\n");
                }
                text
            }
            Meaning::Does { said, plan, reporting } => {
                let mut text = indented("  ", said.iter().filter(|told| !common.contains(told)));
                text.push_str(&self.clear(line, said, plan, reporting, services));
                text
            }
        }
    }

    /// The clear spelling; with what it leaves out, where the default face cannot say everything.
    fn clear(
        &self,
        line: &Asked,
        said: &[String],
        plan: &Plan,
        reporting: &Reporting,
        services: Services<'_>,
    ) -> String {
        let args = spell::nearest(plan, reporting);
        let nc = OsStr::new("nc");
        let clear = command(nc, &args);
        let again = match read(&DEFAULT, b"nc", args, &Environment::default(), services) {
            Ok(Invocation::Run { plan, reporting }) => sentences::sentences(&plan, &reporting),
            _ => Vec::new(),
        };
        let beyond = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|told| !those.contains(told)).cloned().collect()
        };
        let (missing, added) = (beyond(said, &again), beyond(&again, said));
        if missing.is_empty() && added.is_empty() {
            return format!("  clear spelling: {clear}\n");
        }
        let name = self.dialects.first().map_or(DEFAULT.name, |dialect| dialect.name);
        let mut exact = vec![OsString::from("--dialect"), name.into()];
        exact.extend(line.args.iter().cloned());
        let exact = command(nc, &exact);
        if said.first() != again.first() {
            return format!("  clear spelling: {exact}\n");
        }
        let (what, sentences) =
            if missing.is_empty() { ("adds", added) } else { ("leaves out", missing) };
        let sentences = indented("    ", &sentences);
        format!(
            "  clear spelling: {clear}\n  which {what}:\n{sentences}  the whole of it: {exact}\n"
        )
    }
}

fn indented(indent: &str, lines: impl IntoIterator<Item = impl Display>) -> String {
    let mut text = String::new();
    for line in lines {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{indent}{line}");
    }
    text
}

/// Whether a line is the beginning of a usage text.
fn is_usage(line: &str) -> bool {
    line.starts_with("usage:") || line.starts_with("Usage:") || line.starts_with("BusyBox ")
}

fn names(dialects: &[&'static Dialect]) -> String {
    dialects.iter().map(|dialect| dialect.name).collect::<Vec<_>>().join(", ")
}

/// One meaning of an option, and who has it.
struct Sense {
    opt: &'static Opt,
    dialects: Vec<&'static Dialect>,
}

/// The options of the line that are not one and the same setting in all dialects that have them.
fn differing_options(line: &Asked) -> String {
    let mut options: Vec<(Spelling, Vec<Sense>)> = Vec::new();
    for dialect in DIALECTS {
        let walk = Walk::new(dialect, line.args.clone(), false);
        // where one dialect stops understanding, its later words may be anything
        for given in walk.map_while(Result::ok) {
            let Given::Option { opt, spelling, .. } = given else { continue };
            let at = options.iter().position(|(known, _)| *known == spelling);
            let at = at.unwrap_or_else(|| {
                options.push((spelling, Vec::new()));
                options.len() - 1
            });
            let Some((_, senses)) = options.get_mut(at) else { continue };
            let same = |sense: &&mut Sense| {
                sense.opt.id == opt.id
                    && (sense.opt.takes == Takes::Nothing) == (opt.takes == Takes::Nothing)
            };
            match senses.iter_mut().find(same) {
                Some(sense) if sense.dialects.iter().any(|known| known.name == dialect.name) => {}
                Some(sense) => sense.dialects.push(dialect),
                None => senses.push(Sense { opt, dialects: vec![dialect] }),
            }
        }
    }
    let mut text = String::new();
    for (spelling, senses) in options.iter().filter(|(_, senses)| senses.len() > 1) {
        let _ = writeln!(text, "\n{spelling} is not the same everywhere:");
        for Sense { opt, dialects } in senses {
            let value = if opt.metavar.is_empty() { "" } else { " " };
            let (help, metavar) = (opt.help, opt.metavar);
            let _ = writeln!(text, "  {spelling}{value}{metavar}: {help} ({})", names(dialects));
        }
    }
    text
}
