//! A fold over all tables: what every row must have, the original's getopt string, help texts.

mod cli_common;

use std::collections::BTreeSet;
use std::process::Command;

use cli_common::run;
use netcat::cli::dialect::{DEFAULT, DIALECTS, OPENBSD};
use netcat::cli::elsewhere::ELSEWHERE;
use netcat::cli::option::{Id, Takes};
use netcat::cli::{Environment, Invocation};

#[test]
fn no_table_has_a_name_twice_and_every_row_is_documented() {
    for dialect in DIALECTS {
        let mut ids = BTreeSet::new();
        let mut letters = BTreeSet::new();
        let mut names = BTreeSet::new();
        for opt in dialect.opts {
            let what = (dialect.name, opt.id);
            // what changes nothing needs no name of its own
            let nameless = matches!(opt.id, Id::Ignored);
            assert!(ids.insert(opt.id) || nameless, "{what:?} has two rows");
            assert!(opt.short.is_some() || opt.long.is_some(), "{what:?} has no name");
            if let Some(letter) = opt.short {
                assert!(letters.insert(letter), "{what:?} takes -{letter} twice");
            }
            for name in opt.aliases.iter().copied().chain(opt.long) {
                assert!(names.insert(name), "{what:?} takes --{name} twice");
                assert!(!name.starts_with('-') && !name.contains('='), "{what:?}");
            }
            assert!(!opt.help.is_empty() && !opt.help.contains('\n'), "{what:?} has no help");
            assert!(opt.manual.ends_with('.'), "{what:?} has no sentence in the manual");
            assert_eq!(opt.manual.matches('`').count() % 2, 0, "{what:?} has odd backticks");
            assert_eq!(opt.metavar.is_empty(), opt.takes == Takes::Nothing, "{what:?}");
        }
        assert_eq!(dialect.long_options, !names.is_empty(), "{}", dialect.name);
    }
}

#[test]
fn the_default_face_spells_all_that_openbsd_can_say() {
    for opt in OPENBSD.opts {
        // Linux has no routing tables to choose from, so the letter is free.
        let ours = DEFAULT.opt(opt.id);
        if opt.short == Some('V') {
            assert!(ours.is_none());
            continue;
        }
        let ours = ours.unwrap_or_else(|| panic!("{:?} is missing", opt.id));
        assert_eq!(ours.short, opt.short, "{:?}", opt.id);
        let arity = |takes| takes == Takes::Value;
        assert_eq!(arity(ours.takes), arity(opt.takes), "{:?}", opt.id);
    }
}

#[test]
fn what_is_known_elsewhere_is_not_there() {
    for row in ELSEWHERE {
        assert!(row.short.is_none_or(|letter| DEFAULT.short(letter).is_none()), "{row:?}");
        assert!(row.long.iter().all(|name| DEFAULT.long(name).is_none()), "{row:?}");
        assert!(row.short.is_some() || !row.long.is_empty(), "{row:?}");
    }
}

#[test]
fn openbsds_getopt_string_is_the_originals() {
    let mut letters: Vec<_> =
        OPENBSD.opts.iter().filter_map(|opt| Some((opt.short?, opt.takes))).collect();
    letters.sort_by_key(|(letter, _)| (letter.to_ascii_lowercase(), letter.is_lowercase()));
    let mut string = String::new();
    for (letter, takes) in letters {
        string.push(letter);
        if takes == Takes::Value {
            string.push(':');
        }
    }
    // As it stands in Debian's program, with each pair of letters in one order.
    assert_eq!(string, "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz");
}

fn help(line: &str) -> (String, bool) {
    match run(line, &Environment::default()) {
        Ok(Invocation::Help { text, on_stderr }) => (text, on_stderr),
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_short_help_fits_a_screen() {
    let (text, on_stderr) = help("nc --help");
    assert!(!on_stderr);
    // A line of the screen is the prompt's.
    assert!(text.lines().count() <= 23, "{} lines:\n{text}", text.lines().count());
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    for opt in DEFAULT.opts.iter().filter(|opt| opt.common) {
        assert!(text.contains(opt.help), "{:?}", opt.id);
    }
    assert_eq!(help("nc -h").0, text);
    assert_eq!(help("nc h 80 -vh -w abc").0, text, "at once when met");
    assert_eq!(help("nc serve --lab http --help").0, text);
}

#[test]
fn the_long_help_has_every_option_dialect_and_status() {
    let (text, _) = help("nc --help=all");
    for opt in DEFAULT.opts {
        assert!(text.contains(opt.help), "{:?}", opt.id);
        assert!(opt.long.is_none_or(|name| text.contains(&format!("--{name}"))), "{:?}", opt.id);
    }
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
    for word in ["openbsd", "17", "500ms"] {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn openbsds_help_is_the_originals() {
    let (text, on_stderr) = help("nc.openbsd -h");
    assert!(on_stderr);
    assert_eq!(help("nc.openbsd -h -Y -w abc").0, text, "at once when met");
    match Command::new("nc.openbsd").arg("-h").output() {
        Ok(real) => assert_eq!(text, String::from_utf8(real.stderr).unwrap()),
        Err(_) => println!("skipped: nc.openbsd is not installed"),
    }
}

#[test]
fn the_version_names_dialects_and_features() {
    let version = |line: &str| match run(line, &Environment::default()) {
        Ok(Invocation::Version { text }) => text,
        other => panic!("{line}: {other:?}"),
    };
    let text = version("nc --version");
    assert!(text.starts_with(concat!("nc (netcat) ", env!("CARGO_PKG_VERSION"), "\n")), "{text}");
    let names: Vec<_> = DIALECTS.iter().map(|dialect| dialect.name).collect();
    assert!(text.contains(&format!("\ndialects: {}\n", names.join(" "))), "{text}");
    let json = version("nc --version --json");
    assert!(
        json.starts_with(concat!(
            r#"{"name":"nc","package":"netcat","version":""#,
            env!("CARGO_PKG_VERSION"),
            r#"","dialects":[""#
        )),
        "{json}"
    );
    let names = names.join(r#"",""#);
    assert!(json.contains(&format!(r#""dialects":["{names}"],"features":["#)), "{json}");
    assert!(json.ends_with("]}\n"));
    assert_eq!(version("nc -V"), text);
}
