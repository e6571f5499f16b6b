//! The command lines that README and manual show: each is one that `nc` understands.
//!
//! What they do is tested where it is built; nothing is run here.

use std::ffi::OsString;
use std::path::PathBuf;

use netcat::cli::{Environment, parse};
use netcat::plan::Transport;

use crate::prose;

/// The words of each command of a line, as a shell would give them; redirections are left out.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let quoted = letters.by_ref().take_while(|&letter| letter != '\'');
                word.get_or_insert_default().extend(quoted);
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            '#' if word.is_none() => break,
            ' ' | '|' | ';' | '&' | '<' | '>' => {
                // the number before a redirection belongs to it
                let descriptor = |word: &String| word.parse::<u8>().is_ok();
                let word = word.take().filter(|word| letter != '>' || !descriptor(word));
                commands.last_mut().unwrap().extend(word);
                match letter {
                    '|' | ';' | '&' => commands.push(Vec::new()),
                    '<' | '>' => {
                        let stops = |c: &char| matches!(c, ' ' | '|' | ';');
                        while letters.next_if(|&c| matches!(c, ' ' | '>')).is_some() {}
                        while letters.next_if(|c| !stops(c)).is_some() {}
                    }
                    _ => {}
                }
            }
            letter => word.get_or_insert_default().push(letter),
        }
    }
    commands.last_mut().unwrap().extend(word);
    commands
}

/// The lines that a reader is to type: those of a block for `sh`, and those behind a prompt.
fn shown(page: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut block = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), block) {
            (Some(language), None) => block = Some(language),
            (Some(_), Some(_)) => block = None,
            (None, Some("sh")) => lines.push(line),
            (None, Some(_)) => lines.extend(line.strip_prefix("$ ")),
            (None, None) => {}
        }
    }
    lines
}

/// What a reader puts in the place of `BASE64`: the SHA-256 of nothing.
const DIGEST: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn service(name: &std::ffi::OsStr, _: Transport) -> Option<u16> {
    (name == "http").then_some(80)
}

/// How many command lines of ours these are, all of which have to be understood.
fn understood<'a>(lines: impl IntoIterator<Item = &'a str>) -> usize {
    let mut count = 0;
    for line in lines {
        for words in commands(&line.replace("BASE64", DIGEST)) {
            if words.first().is_none_or(|program| program != "nc") {
                continue;
            }
            let mut words = words.into_iter().map(OsString::from);
            let program = words.next().unwrap();
            let args = words.collect();
            if let Err(refusal) = parse(&program, args, &Environment::default(), &service) {
                let said = String::from_utf8_lossy(&refusal.message()).into_owned();
                panic!("{line}: {said}");
            }
            count += 1;
        }
    }
    count
}

#[test]
fn every_command_of_the_readme_and_the_manual_is_understood() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    assert!(understood(shown(&readme)) > 50);
    assert!(understood(prose::EXAMPLES.iter().map(|(_, command)| *command)) > 15);
}

#[test]
fn a_line_is_taken_apart_as_a_shell_does() {
    let line =
        "mk 'a b'; nc -v h 1 2>&1 >/dev/null <in | jq -r 'x > \"y\"' & nc -e 'cat -u' 80 # c";
    let expected: [&[&str]; 4] = [
        &["mk", "a b"],
        &["nc", "-v", "h", "1"],
        &["jq", "-r", "x > \"y\""],
        &["nc", "-e", "cat -u", "80"],
    ];
    assert_eq!(commands(line), expected);
}
