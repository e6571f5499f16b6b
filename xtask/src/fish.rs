//! The completion for fish.

use netcat::cli::dialect::DEFAULT;
use netcat::cli::option::{Opt, Takes};

use crate::choices::{self, Choices};

/// The file.
pub fn text() -> String {
    let mut text = "# fish completion for nc, made from its option table.

complete -c nc -f -a '(__fish_print_hostnames)'
complete -c nc -n '__fish_contains_opt -s U unixsock' -F
"
    .to_owned();
    for opt in DEFAULT.opts {
        text += &line(opt);
    }
    text
}

fn line(opt: &Opt) -> String {
    let mut line = "complete -c nc".to_owned();
    if let Some(letter) = opt.short {
        line += &format!(" -s {letter}");
    }
    for name in opt.aliases.iter().copied().chain(opt.long) {
        line += &format!(" -l {name}");
    }
    match (opt.takes, choices::of(opt)) {
        // An attached value is optional, which fish cannot say; the switch alone is right.
        (Takes::Nothing | Takes::Attached, _) => {}
        (Takes::Value | Takes::Rest, Choices::Words(words)) => {
            line += &format!(" -x -a '{}'", words.join(" "));
        }
        (Takes::Value | Takes::Rest, Choices::Files) => line += " -r -F",
        (Takes::Value | Takes::Rest, Choices::Free) => line += " -x",
    }
    line + &format!(" -d '{}'\n", opt.help.replace('\\', "\\\\").replace('\'', "\\'"))
}
