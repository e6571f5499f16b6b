//! `NC_OPTIONS`, and the options that somebody wants always: how what the peer sends looks.

#![allow(clippy::unwrap_used)] // a test may end so

mod cli_common;

use cli_common::{planned, refused, run};
use netcat::cli::{Environment, Invocation};
use netcat::event::{Colour, Reporting};
use netcat::plan::{Plan, View};

fn with(options: &str) -> Environment {
    Environment { nc_options: Some(options.into()), ..Environment::default() }
}

fn runs(line: &str, environment: &Environment) -> (Plan, Reporting) {
    match run(line, environment) {
        Ok(Invocation::Run { plan, reporting }) => (plan, reporting),
        other => panic!("{line}: {other:?}"),
    }
}

fn view(line: &str, environment: &Environment) -> View {
    runs(line, environment).0.session().unwrap().view
}

const USUAL: View = View { guarded: true, marked: false, coloured: false };

#[test]
fn a_view_is_asked_for() {
    let none = Environment::default();
    for (line, expected) in [
        ("nc h 80", USUAL),
        ("nc -l 80", USUAL),
        ("nc -U /x", USUAL),
        ("nc --raw h 80", View::default()),
        ("nc --marks h 80", View { marked: true, ..USUAL }),
        ("nc --colour h 80", View { coloured: true, ..USUAL }),
        ("nc --color=always --marks -lk 80", View { marked: true, coloured: true, ..USUAL }),
        ("nc --color=always --color h 80", View { coloured: true, ..USUAL }),
        ("nc --colour --color=never h 80", USUAL),
        ("nc --raw --colour h 80", View::default()),
        ("nc.openbsd h 80", View::default()),
        ("ncat h 80", View::default()),
    ] {
        planned(line);
        assert_eq!(view(line, &none), expected, "{line}");
    }
    assert_eq!(planned("nc --colour=always h 80").1.colour, Colour::Always);
    assert_eq!(planned("nc --colour -z h 80").1.colour, Colour::AtTerminal);
    assert_eq!(planned("nc cert --colour h 443").1.colour, Colour::AtTerminal);
    let why = "one shows what came, the other adds to it";
    assert_eq!(
        refused("nc --raw --marks h 80"),
        format!("nc: --raw and --marks do not go together: {why}\n")
    );
    let why = "a dump is not the bytes as they came";
    assert_eq!(
        refused("nc --raw --hex h 80"),
        format!("nc: --hex and --raw do not go together: {why}\n")
    );
    assert!(refused("nc --edit --hex h 80").starts_with("nc: --hex and --edit do not go together"));
    assert_eq!(runs("nc --hex h 80", &with("--edit")).0, planned("nc --hex h 80").0);
    assert!(runs("nc --hex h 80", &with("--raw --marks")).0.session().unwrap().dumps());
    assert_eq!(
        refused("nc --colour=red h 80"),
        "nc: option --colour: \"red\" is not auto or always or never\n"
    );
}

#[test]
fn the_environment_may_want_no_colours() {
    let plain = Environment { no_colour: true, ..Environment::default() };
    assert_eq!(view("nc --colour h 80", &plain), USUAL);
    assert_eq!(runs("nc --colour=auto h 80", &plain).1.colour, Colour::Never);
    assert_eq!(view("nc --colour=always h 80", &plain), View { coloured: true, ..USUAL });
}

#[test]
fn options_of_the_environment_go_before_those_of_the_line() {
    let environment = with("--marks  --colour '-w' 5");
    let (plan, reporting) = runs("nc h 80", &environment);
    assert_eq!(plan, planned("nc --marks --colour -w 5 h 80").0);
    assert_eq!(reporting.colour, Colour::AtTerminal);
    let (plan, reporting) = runs("nc --colour=never -w 9 h 80", &environment);
    assert_eq!((plan, reporting.colour), (planned("nc --marks -w 9 h 80").0, Colour::Never));
    // what is only a default gives way
    assert_eq!(runs("nc --raw -w 5 h 80", &environment).0, planned("nc --raw -w 5 h 80").0);
    assert_eq!(runs("nc h 80", &with("--raw")).0, planned("nc --raw h 80").0);
    assert_eq!(view("nc --marks h 80", &with("--raw")), View { marked: true, ..USUAL });
    // and is no part of what is asked for by a word
    assert!(matches!(runs("nc serve --lab http 80", &environment).0, Plan::Lab(_)));
    assert!(matches!(runs("nc cert h 443", &environment).0, Plan::Certificates(_)));
    assert!(matches!(runs("nc -z h 80", &environment).0, Plan::Scan(_)));
    let explained = run("nc --explain-command nc", &environment);
    assert!(matches!(explained, Ok(Invocation::Help { .. })), "{explained:?}");
}

#[test]
fn another_dialect_has_no_options_of_the_environment() {
    let environment = with("--no-such-option");
    for line in ["nc.openbsd h 80", "nc --dialect ncat h 80", "ncat h 80"] {
        assert_eq!(runs(line, &environment), runs(line, &Environment::default()));
    }
    let environment = Environment { nc_dialect: Some("openbsd".into()), ..environment };
    runs("nc h 80", &environment);
    runs("nc h 80", &with(""));
    runs("nc h 80", &with("  "));
}

#[test]
fn a_mistake_in_the_environment_is_told_as_being_there() {
    for (options, line, expected) in [
        ("host", "nc h 80", "in NC_OPTIONS: \"host\" is no option"),
        ("--marks --dialect ncat", "nc h 80", "--dialect is for the command line alone"),
        ("--help", "nc h 80", "in NC_OPTIONS: --help is for the command line alone"),
        ("-w x", "nc h 80", "in NC_OPTIONS: option -w: \"x\" is not a time"),
        ("-w", "nc h 80", "in NC_OPTIONS: option -w needs a value"),
        ("'--marks", "nc h 80", "in NC_OPTIONS: \"'\" is not closed"),
        ("$HOME", "nc h 80", "in NC_OPTIONS: \"$\" is for the shell"),
        (
            "--log ~/x",
            "nc h 80",
            "in NC_OPTIONS: \"~\" is for the shell: write what it makes of it",
        ),
        ("--scan-everything", "nc h 80", "in NC_OPTIONS: "),
        // it would be right without them
        ("-l", "nc -z h 80", "in NC_OPTIONS: -z and -l do not go together"),
        // and this would not
        ("--marks", "nc -z -l 80", "-z and -l do not go together"),
        ("--help", "nc -z -l 80", "-z and -l do not go together"),
    ] {
        let refusal = run(line, &with(options)).unwrap_err();
        let words = String::from_utf8(refusal.message()).unwrap();
        assert!(words.starts_with("nc: ") && words.contains(expected), "{options}: {words}");
        let is_elsewhere = expected.starts_with("-z");
        assert_eq!(words.contains("in NC_OPTIONS"), !is_elsewhere, "{words}");
    }
}

#[test]
fn a_request_that_is_counted_is_not_changed_any_more() {
    let line = "nc http h a=b";
    let (usual, _) = runs(line, &Environment::default());
    for options in ["-C", "--escapes", "--fill", "-t", "--edit", "--lint smtp"] {
        assert_eq!(runs(line, &with(options)).0, usual, "{options}");
    }
}

#[test]
fn an_editor_is_for_lines_that_are_typed() {
    let why = |refusal: String| refusal.trim_end().rsplit(": ").next().map(str::to_owned);
    for (line, option, expected) in [
        ("-z h 80", "-z", "a scan sends no data"),
        ("-e prog h 80", "-e", "a program talks to the peer"),
        ("-l -c prog 80", "-c", "a program talks to the peer"),
        ("-lk 80", "-k", "what is typed goes to one peer"),
        ("-l --broker 80", "--broker", "a broker's clients talk to each other"),
        ("-l -L h:81 80", "-L", "a tunnel's clients talk to its far end"),
        ("-d h 80", "-d", "then no line is read"),
        ("-F h 80", "-F", "a socket that is passed on is no longer ours"),
    ] {
        let refusal = refused(&format!("nc --edit {line}"));
        assert!(refusal.contains(&format!("--edit and {option} do not go together")), "{refusal}");
        assert_eq!(why(refusal).as_deref(), Some(expected));
        // where it is asked for always, it waits for a run that has lines
        runs(&format!("nc {line}"), &with("--edit"));
    }
    for line in ["http h a=b", "cert h 443", "serve --lab http 80"] {
        let refusal = refused(&format!("nc --edit {line}"));
        assert!(refusal.contains("--edit"), "{refusal}");
        runs(&format!("nc {line}"), &with("--edit"));
    }
}

#[test]
fn who_always_reads_along_does_so_where_there_is_a_stream() {
    for line in ["nc -z h 80", "nc -u h 80", "nc -l 80", "nc -F h 80"] {
        let (usual, _) = runs(line, &Environment::default());
        assert_eq!(runs(line, &with("--lint http")).0, usual, "{line}");
        assert!(refused(&line.replace("nc ", "nc --lint http ")).contains("do not go together"));
    }
    assert_ne!(runs("nc h 80", &with("--lint http")).0, runs("nc h 80", &Environment::default()).0);
}
