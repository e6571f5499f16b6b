//! Makes and checks what is derived from the option tables: manual and completions. Its tests hold
//! what is written about the program against the program.
//!
//! `cargo run -p xtask -- docs` writes the files; `-- docs --check` says which of them differ from
//! what it would write, and leaves with status 1.

#![allow(clippy::format_push_string, reason = "texts are small, and made once a release")]

mod bash;
mod choices;
#[cfg(test)]
mod examples;
mod fish;
#[cfg(test)]
mod house;
mod manual;
mod mdoc;
mod prose;
mod zsh;

use std::path::PathBuf;
use std::process::ExitCode;

/// A file in the repository, and what makes it.
struct Derived {
    path: &'static str,
    make: fn() -> String,
}

const DERIVED: &[Derived] = &[
    Derived { path: "doc/nc.1", make: manual::text },
    Derived { path: "completions/nc.bash", make: bash::text },
    Derived { path: "completions/_nc", make: zsh::text },
    Derived { path: "completions/nc.fish", make: fish::text },
];

#[expect(clippy::print_stderr, reason = "a program for developers tells them so")]
fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["docs"] => match DERIVED.iter().try_for_each(write) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("xtask: {error}");
                ExitCode::FAILURE
            }
        },
        ["docs", "--check"] => {
            let stale: Vec<_> = DERIVED.iter().filter(|derived| !is_current(derived)).collect();
            for derived in &stale {
                eprintln!("{}: differs; cargo run -p xtask -- docs", derived.path);
            }
            if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        _ => {
            eprintln!("usage: cargo run -p xtask -- docs [--check]");
            ExitCode::FAILURE
        }
    }
}

fn place(derived: &Derived) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(derived.path)
}

fn write(derived: &Derived) -> std::io::Result<()> {
    let path = place(derived);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, (derived.make)())
}

fn is_current(derived: &Derived) -> bool {
    std::fs::read_to_string(place(derived)).is_ok_and(|text| text == (derived.make)())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_committed_is_what_the_tables_make() {
        for derived in DERIVED {
            assert!(is_current(derived), "{}: cargo run -p xtask -- docs", derived.path);
        }
    }

    /// Runs a checker over a committed file; skips one that is not installed.
    fn accepts(checker: &[&str], path: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
        match Command::new(checker[0]).args(&checker[1..]).arg(path).output() {
            Ok(output) => {
                let said = [output.stdout, output.stderr].concat();
                let said = String::from_utf8_lossy(&said).into_owned();
                assert!(output.status.success(), "{checker:?}: {said}");
            }
            Err(error) => println!("skipped: {}: {error}", checker[0]),
        }
    }

    #[test]
    fn the_manual_has_no_fault_that_mandoc_knows() {
        accepts(&["mandoc", "-T", "lint", "-W", "warning"], "doc/nc.1");
    }

    #[test]
    fn the_shells_can_read_their_completions() {
        accepts(&["bash", "-n"], "completions/nc.bash");
        accepts(&["zsh", "-n"], "completions/_nc");
        accepts(&["fish", "-n"], "completions/nc.fish");
    }
}
