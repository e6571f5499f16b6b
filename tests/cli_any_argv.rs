//! Any argv at all: no panic, and a refusal is one line, a hint, or openbsd's usage.

mod cli_common;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use cli_common::{means, services};
use netcat::cli::dialect::DIALECTS;
use netcat::cli::explain::clear_spelling;
use netcat::cli::help::OPENBSD_USAGE;
use netcat::cli::{Environment, parse};
use netcat::event::VoiceName;
use netcat::plan::lint;
use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes, and pieces that look like what people write.
fn argument() -> impl Strategy<Value = OsString> {
    let pieces: Vec<String> = DIALECTS
        .iter()
        .flat_map(|dialect| dialect.opts)
        .flat_map(|opt| {
            let long = opt.long.map(|name| format!("--{name}"));
            opt.short.map(|letter| format!("-{letter}")).into_iter().chain(long)
        })
        .chain(
            [
                "--", "-", "h", "80", "1-3", "serve", "cert", "h:9", "http", "5", "af11", "p:9",
                "@s", "GET", "h:9/x", "a=1", "a@f", "A:b", "a==1", "a:=1", "@-",
            ]
            .map(Into::into),
        )
        .collect();
    let bytes = vec(1_u8..=255, 0..12);
    let piece = prop::sample::select(pieces);
    prop_oneof![
        2 => bytes.clone().prop_map(OsString::from_vec),
        6 => piece.clone().prop_map(OsString::from),
        1 => (piece, bytes).prop_map(|(piece, bytes)| {
            OsString::from_vec([piece.as_bytes(), &bytes].concat())
        }),
    ]
}

/// Names that choose a dialect.
fn program() -> impl Strategy<Value = OsString> {
    let names: Vec<&str> =
        DIALECTS.iter().flat_map(|dialect| dialect.argv0.iter().copied()).collect();
    prop::sample::select(names).prop_map(OsString::from)
}

fn dialect_name() -> impl Strategy<Value = OsString> {
    let names: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.name).collect();
    prop::sample::select(names).prop_map(OsString::from)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn any_argv_is_understood_or_refused_in_words(
        program in prop_oneof![9 => program(), 1 => argument()],
        args in vec(argument(), 0..8),
        dialect in prop::option::of(prop_oneof![3 => dialect_name(), 1 => argument()]),
        posixly_correct in any::<bool>(),
    ) {
        let environment =
            Environment { nc_dialect: dialect, posixly_correct, ..Environment::default() };
        match parse(&program, args, &environment, &services) {
            Ok(netcat::cli::Invocation::Run { plan, .. }) => {
                // What the default face lets through, the lint lets through; openbsd may ask for
                // what its original fails at later.
                let _ = lint(&plan);
            }
            Ok(_) => {}
            Err(refusal) => {
                let message = String::from_utf8(refusal.message()).unwrap();
                let lines = match refusal.dialect.voice {
                    VoiceName::OpenBsd => match message.strip_suffix(OPENBSD_USAGE) {
                        Some(rest) => rest.lines().count() <= 1,
                        None => message.lines().count() == 1,
                    },
                    VoiceName::Default => (1..=2).contains(&message.lines().count()),
                    // some print their whole usage
                    _ => message.lines().count() > 0,
                };
                prop_assert!(lines, "{message:?}");
                prop_assert!(message.ends_with('\n'));
                let shown = message.chars().filter(|c| !matches!(c, '\n' | '\t'));
                prop_assert!(shown.into_iter().all(|c| !c.is_control()), "{message:?}");
                prop_assert_eq!(refusal.status(), refusal.dialect.usage_status);
            }
        }
    }

    #[test]
    fn what_the_default_face_lets_through_passes_the_lint(args in vec(argument(), 0..6)) {
        let parsed = parse("nc".as_ref(), args.clone(), &Environment::default(), &services);
        if let Ok(netcat::cli::Invocation::Run { plan, reporting }) = parsed
            && reporting.voice == VoiceName::Default
        {
            prop_assert_eq!(lint(&plan), Ok(()), "{:?}", args);
            let clear = clear_spelling(&plan, &reporting);
            prop_assert_eq!(means(clear.clone()), Some(plan), "{:?} as {:?}", args, clear);
        }
    }
}
